"""What becomes of each wanted resource: nothing, or one change. A plan while it is made.

* A change comes after the changes to whatever its wanted value refers to (edges are read off the values);
* an id about to be replaced is unknown, so its dependents differ, and are changed after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Any

from drift.difference import Difference, compare, ignoring
from drift.plan import WRITES, Action, Change, Scope
from reconcilers import BY_KIND, Fleet, Graph, Key, Live, Resource
from reconcilers.keys import Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import SERVING, Reconciler
from reconcilers.resource import resolve

DERIVED = frozenset(kind for kind, verbs in BY_KIND.items() if type(verbs).finish is not Reconciler.finish)
"""Kinds of which a field is worked out when every reference is filled in."""
Known = dict[tuple[Key, str], str]


def dependencies_first(needs: Mapping[Key, Iterable[Ref]]) -> Iterator[Key]:
    """An order in which everything comes after what it refers to."""
    edges = {key: [ref.key for ref in found if ref.key in needs] for key, found in needs.items()}
    return iter(tuple(TopologicalSorter(edges).static_order()))


@dataclass
class Draft:
    """A plan while it is made. Belongs to one call of `make_plan` and is never seen outside."""

    graph: Graph
    fleet: Fleet
    scope: Scope
    needs: Mapping[Key, tuple[Ref, ...]]
    """What each wanted resource refers to, read off its values once."""
    moving: frozenset[str] = frozenset()
    """The ids of what may not go before a handover is done."""
    known: Known = field(default_factory=dict)
    changes: dict[Key, Change] = field(default_factory=dict)
    chosen: dict[Key, Live[Any]] = field(default_factory=dict)
    unchanged: int = 0

    def consider(self, key: Key, want: Resource) -> None:
        """Decide what becomes of one wanted resource."""
        change = self._decide(key, want)
        if change is None:
            self.unchanged += key.instance in self.scope.instances
        elif key.instance in self.scope.instances or change.action in (Action.WAIT, Action.UNKNOWN):
            self.changes[key] = change
        elif change.action in (Action.CREATE, Action.REPLACE):  # another instance's to make: whoever needs it waits
            self.changes[key] = Change(Action.UNKNOWN, key, reason=f"{key} of {key.instance} is missing")

    def anchored(self, change: Change) -> Change:
        """The anchor is an instance's first resource: everything new of it comes after."""
        first = self.changes.get(anchor(change.key.instance))
        if first is None or first.key == change.key or change.action is not Action.CREATE:
            return change
        return replace(change, after=change.after | {first.name})

    def _decide(self, key: Key, want: Resource) -> Change | None:
        if reason := self._unknown(key):
            self._remember_present(key)
            return Change(Action.UNKNOWN, key, want, reason=reason)
        copies = self.fleet.by_key.get(key, ())
        there = [copy for copy in copies if not copy.leaving]
        if len(there) == 1 and self._agrees(key, want, there[0]):
            return self._keep(key, want, there[0], (), self._after(key))
        filled = resolve(want, self.known) if self.needs[key] else want
        after = self._after(key)
        if reason := self._untold(key):
            self._remember_present(key)
            return Change(Action.WAIT, key, filled, next(iter(there), None), after=after, reason=reason)
        if there:
            return self._mend(key, filled, there, after)
        if copies:
            return Change(Action.WAIT, key, filled, copies[0], after=after, reason=copies[0].pending)
        return Change(Action.CREATE, key, filled, after=after, reason="new")

    def _untold(self, key: Key) -> str:
        """What it needs that something which is there does not say yet, such as the record of a new certificate."""
        for ref in self.needs[key]:
            kept = ref.key in self.chosen and not BY_KIND[ref.key.kind].reissues and ref.attribute != SERVING
            if kept and (ref.key, ref.attribute) not in self.known:
                return self.chosen[ref.key].settling or f"{ref.key} does not say its {ref.attribute} yet"
        return ""

    def _mend(self, key: Key, want: Resource, there: list[Live[Any]], after: frozenset[str]) -> Change | None:
        """What becomes of a resource that is there: changed in place, replaced, or left as it is."""
        live, filled, differences = self._fit(key, want, there)
        breaking = [each for each in differences if each.replaces]
        if breaking and BY_KIND[key.kind].cascades and all(each.unknown for each in breaking):
            return Change(Action.CREATE, key, filled, after=after, reason="its parent is new")
        if breaking:
            reason = f"{breaking[0].path} cannot change"
            ids = tuple(copy.id for copy in self.fleet.by_key[key])
            return Change(Action.REPLACE, key, filled, live, differences, after, reason, copies=ids)
        if (silent := self._silent(key, differences)) is not None:
            self.chosen[key] = live
            self._remember(live)
            failed = any(copy.failed for copy in self.fleet.by_key.get(silent, ()))
            reason = f"{silent} does not answer{'' if failed else ' yet'}"
            told = Change(Action.UPDATE, key, filled, live, differences, after, "changed", awaits=reason)
            return replace(told, stalled=failed)
        return self._keep(key, filled, live, differences, after)

    def _silent(self, key: Key, differences: tuple[Difference, ...]) -> Key | None:
        """Who does not answer though requests are to be led there; None when somebody does."""
        if not any(each.field in BY_KIND[key.kind].leads for each in differences):
            return None
        asked = (ref.key for ref in self.needs[key] if ref.attribute == SERVING)
        return next((each for each in asked if (each, SERVING) not in self.known), None)

    def _agrees(self, key: Key, want: Resource, live: Live[Any]) -> bool:
        """Whether it is plainly as wanted, told without filling in its references: true of most, most of the time."""
        if live.pending or live.failed or key.kind in DERIVED or self.scope.paths(key):
            return False
        return not compare(want, live.resource, adopted=live.adopted, known=self.known)

    def _keep(
        self, key: Key, want: Resource, live: Live[Any], differences: tuple[Difference, ...], after: frozenset[str]
    ) -> Change | None:
        """A live copy stays: as it is, or with some fields changed."""
        self.chosen[key] = live
        if differences and self._failed_before(key, live, differences):
            self._remember(live)
            return Change(Action.WAIT, key, want, live, (), after, live.failed, stalled=True)
        reissued = BY_KIND[key.kind].reissues and any(each.field != "tags" for each in differences)
        if not reissued:
            self._remember(live)
        again = self._tried_again(key, live, differences)
        if differences:
            reason = "new revision" if reissued else "changed"
            return Change(Action.UPDATE, key, want, live, differences, after, reason, again=again)
        if again:
            return Change(Action.UPDATE, key, want, live, (), after, "what it needs has changed", again=True)
        return Change(Action.WAIT, key, want, live, after=after, reason=live.pending) if live.pending else None

    def _failed_before(self, key: Key, live: Live[Any], differences: tuple[Difference, ...]) -> bool:
        """Whether this is what failed already and nothing that it needs is changed with it: then nobody tries again."""
        same = all(each.field in live.blamed and not each.unknown for each in differences)
        return same and not self._needs_change(key)

    def _tried_again(self, key: Key, live: Live[Any], differences: tuple[Difference, ...]) -> bool:
        """Whether what failed just as it is wanted may come up now: the spec was edited, and something it needs or
        something about it changes. A change of what failed itself is a new try anyway."""
        if not (live.failed and BY_KIND[key.kind].retries and key.instance in self.scope.edited):
            return False
        if any(each.field in live.blamed for each in differences):
            return False
        return bool(differences) or self._needs_change(key)

    def _needs_change(self, key: Key) -> bool:
        needs = (self.changes.get(ref.key) for ref in self.needs[key])
        return any(change is not None and change.action in WRITES for change in needs)

    def _fit(
        self, key: Key, want: Resource, there: list[Live[Any]]
    ) -> tuple[Live[Any], Resource, tuple[Difference, ...]]:
        """The copy to keep: one that fits and works, then the one traffic refers to, then the oldest."""
        whole = all((ref.key, ref.attribute) in self.known for ref in self.needs[key]) or BY_KIND[key.kind].ready(want)

        def compared(live: Live[Any]) -> tuple[Live[Any], Resource, tuple[Difference, ...]]:
            mine = ignoring(want, live.resource, self.scope.paths(key))
            if whole:
                mine = BY_KIND[key.kind].finish(mine)
            return live, mine, compare(mine, live.resource, adopted=live.adopted)

        def rank(one: tuple[Live[Any], Resource, tuple[Difference, ...]]) -> tuple[Any, ...]:
            live, _, differences = one
            replaces = any(each.replaces for each in differences)
            return replaces, bool(live.failed), not live.busy, live.created, live.id

        return min(map(compared, there), key=rank)

    def _unknown(self, key: Key) -> str:
        """Why nothing can be said of this resource; empty when something can."""
        if key in self.fleet.conflicts and key not in self.fleet.by_key:
            return f"conflict: {self.fleet.conflicts[key]}"
        if key.kind in self.fleet.unknown:
            return f"{key.kind} could not be looked at: {self.fleet.unknown[key.kind]}"
        for ref in self.needs[key]:
            other = self.changes.get(ref.key)
            if other is not None and other.action is Action.UNKNOWN and (ref.key, ref.attribute) not in self.known:
                return f"it needs {ref.key}, of which nothing is known"
            told = (ref.key, ref.attribute) in self.known or ref.attribute == SERVING
            if other is None and ref.key not in self.graph and not told:
                return f"it needs {ref.key} of {ref.key.instance}, which is not in these files"
        return ""

    def _after(self, key: Key) -> frozenset[str]:
        """What is new waits for nobody to answer: nobody calls it yet."""
        needs = (self.changes.get(ref.key) for ref in self.needs[key] if ref.attribute != SERVING)
        return frozenset(change.name for change in needs if change is not None and not change.stalled)

    def _remember(self, live: Live[Any]) -> None:
        self.known[live.key, "id"] = live.id
        for name, value in live.attributes.items():
            self.known[live.key, name] = value

    def _remember_present(self, key: Key) -> None:
        """Nothing is done about it, but what it is called is known."""
        for live in self.fleet.by_key.get(key, ())[:1]:
            self.chosen[key] = live
            self._remember(live)

    def settling(self) -> dict[str, tuple[Live[Any], ...]]:
        found: dict[str, list[Live[Any]]] = {}
        for key, live in self.chosen.items():
            if live.settling or live.failed:
                found.setdefault(key.instance, []).append(live)
        return {instance: tuple(lives) for instance, lives in found.items()}
