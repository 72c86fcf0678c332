"""A plan: the changes that turn what is live into what is wanted, and their order.

A plan is data. It prints, it serialises, and nothing happens until the controller executes it. What orders it:

* a change comes after the changes to whatever its wanted value refers to (edges are read off the values);
* an id about to be replaced is unknown, so its dependents differ, and are changed after;
* nothing is deleted while a change to something that mentions it is outstanding, or while anything that mentions it is
  still settling (`drift.retire`).

A target group behind a service is the one replacement with more to it (`drift.handover`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from drift.difference import Difference, compare, ignoring
from reconcilers import BY_KIND, ORDER, Fleet, Graph, Key, Live, Resource
from reconcilers.keys import Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import SERVING, Reconciler
from reconcilers.resource import refs, resolve
from specs.uncollected import uncollected

if TYPE_CHECKING:
    from drift.handover import Handover


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    WAIT = "wait"
    UNKNOWN = "unknown"


DERIVED = frozenset(kind for kind, verbs in BY_KIND.items() if type(verbs).finish is not Reconciler.finish)
"""Kinds of which a field is worked out when every reference is filled in."""
WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE})
Known = dict[tuple[Key, str], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to one resource."""

    action: Action
    key: Key
    want: Resource | None = None
    live: Live[Any] | None = None
    differences: tuple[Difference, ...] = ()
    after: frozenset[str] = frozenset()
    """The names of the changes that must succeed first."""
    reason: str = ""
    extra: bool = False
    """A deletion of something nobody asked for, in a parent of ours."""
    tail: bool = False
    """A deletion that ends a replacement: part of that one change in every count."""
    copies: tuple[str, ...] = ()
    """The ids of what is live of this key: a new one needs another name."""
    stalled: bool = False
    """It waits for a person, not for AWS."""
    awaits: str = ""
    """Why it is not done before another look."""
    again: bool = False
    """What failed is tried once more, as it is."""

    @property
    def name(self) -> str:
        """Unique within a plan: one key can have old copies to delete."""
        copy = f" ({self.live.id})" if self.live and (self.tail or self.action is Action.DELETE) else ""
        return f"{self.action} {self.key.instance}:{self.key.address}{copy}"

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(difference.field for difference in self.differences)


@dataclass(frozen=True)
class Scope:
    """What may be changed, and how: the instances of this pass, and what is known of them."""

    instances: frozenset[str]
    edited: frozenset[str] = frozenset()
    """Instances whose spec differs from the one applied last: they may lose parts."""
    ignores: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    """By instance: address patterns and the paths below them that are left alone."""
    doomed: frozenset[str] = frozenset()
    """Instances to remove whole, log groups and all: somebody said `penstock delete`."""

    def paths(self, key: Key) -> tuple[str, ...]:
        rules = self.ignores.get(key.instance, ())
        return tuple(path for pattern, paths in rules if fnmatchcase(key.address, pattern) for path in paths)


@dataclass(frozen=True)
class Plan:
    """Changes in an order that works, and what references already resolve to."""

    changes: tuple[Change, ...] = ()
    known: Mapping[tuple[Key, str], str] = field(default_factory=dict)
    unchanged: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    """The instance, and a sentence about something that is left alone."""
    settling: Mapping[str, tuple[Live[Any], ...]] = field(default_factory=dict)
    """By instance: what is as wanted but not done yet, or never will be."""
    stays: frozenset[str] = frozenset()
    """The ids of what nobody wants and nobody waits for, because a stage still leads through it."""

    def __bool__(self) -> bool:
        return any(change.action in WRITES for change in self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def only(self, keep: Callable[[Change], bool]) -> Plan:
        return replace(self, changes=tuple(filter(keep, self.changes)))

    def of(self, instance: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.key.instance == instance)


def make_plan(graph: Graph, fleet: Fleet, scope: Scope) -> Plan:
    """What to do, dependencies first, deletions last."""
    from drift.handover import handover
    from drift.retire import deletions

    with uncollected():
        return _plan(graph, fleet, scope, handover(graph, fleet, scope), deletions)


def _plan(graph: Graph, fleet: Fleet, scope: Scope, moves: Handover, deletions: Callable[..., Any]) -> Plan:
    wants = {**graph, **moves.wants}
    needs = {key: tuple(refs(want)) for key, want in wants.items()}
    draft = Draft(graph, fleet, scope, needs, moves.keeps)
    for key in dependencies_first(needs):
        draft.consider(key, wants[key])
    changes = tuple(map(draft.anchored, draft.changes.values()))
    gone, problems, stays = deletions(draft, changes)
    changes = tuple(_sealing(change, gone) for change in changes)
    missing = tuple(draft.problems)
    return Plan((*changes, *gone), draft.known, draft.unchanged, (*missing, *problems), draft.settling(), stays)


def _sealing(change: Change, gone: Iterable[Change]) -> Change:
    """A picture is taken when what it must not show is gone."""
    kinds = {each.__name__ for each in BY_KIND[change.key.kind].seals}
    if not kinds or change.action not in WRITES:
        return change
    first = {each.name for each in gone if each.key.instance == change.key.instance and each.key.kind in kinds}
    return replace(change, after=change.after | first)


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
    problems: list[tuple[str, str]] = field(default_factory=list)
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
            if other is None and ref.key not in self.graph and (ref.key, ref.attribute) not in self.known:
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


def in_order(changes: Iterable[Change]) -> list[Change]:
    """As people read them: the order of the topology, deletions last and backwards."""

    def place(change: Change) -> tuple[Any, ...]:
        deletes = change.action is Action.DELETE
        rank = ORDER.get(change.key.kind, 0)
        return deletes, -rank if deletes else rank, change.key

    return sorted(changes, key=place)
