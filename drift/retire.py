"""What may go, on what evidence, and not before what.

Evidence (architecture.md, *Deletion needs evidence*): a newer spec no longer wants the part; it is the tail of a
replacement; it is an unwanted child of a closed parent of ours; somebody said `penstock delete`. Without evidence a
tagged thing that nobody wants is reported and kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from drift.behind import CARRIES, LETS_IN, Kept
from drift.draft import Draft
from drift.plan import WRITES, Action, Change
from reconcilers import BY_KIND, ORDER, Key, Live
from reconcilers.resource import leaves

Problems = list[tuple[str, str]]


def deletions(draft: Draft, changes: tuple[Change, ...]) -> tuple[list[Change], Problems, frozenset[str]]:
    """The deletions a draft leads to, each after whatever must come first; what is kept for want of evidence; and the
    ids of what stays because a stage is behind."""
    going: list[Change] = []
    problems: Problems = []
    kept = Kept(draft)
    for live in draft.fleet.lives:
        if live.key.instance in draft.scope.instances and live is not draft.chosen.get(live.key):
            change = _doom(draft, live, problems)
            if change is not None and not kept.keeps(live):
                going.append(change)
    problems += kept.told()
    ids = {change.live.id for change in going if change.live}
    going = [change for change in going if not _goes_along(change, ids)]
    return _ordered(draft, changes, going), problems, frozenset(kept.ids)


def _doom(  # noqa: C901, PLR0911  one for each evidence
    draft: Draft, live: Live[Any], problems: Problems
) -> Change | None:
    key, verbs = live.key, BY_KIND[live.key.kind]
    if live.adopted:
        return None
    if live.id in draft.moving and key.instance not in draft.scope.doomed:
        return _used_still(draft, live)
    if key in draft.graph:
        return _copy(draft, live)
    if key.kind in draft.fleet.unknown:
        return None
    if live.leaving:
        return Change(Action.WAIT, key, live=live, reason=live.pending)
    if key.instance in draft.scope.doomed:
        return Change(Action.DELETE, key, live=live, reason="asked for by `penstock delete`")
    if live.expired:
        return Change(Action.DELETE, key, live=live, reason="another one has taken its place, and its time is over")
    if verbs.kept:
        return None
    if verbs.closed:
        extra = key.instance not in draft.scope.edited
        return Change(Action.DELETE, key, live=live, reason="nobody asked for it", extra=extra)
    if key.instance in draft.scope.edited:
        return Change(Action.DELETE, key, live=live, reason="no longer in the spec")
    problems.append((key.instance, f"{key} ({live.id}) has our tags, but neither the spec nor the last one wants it"))
    return None


def _used_still(draft: Draft, live: Live[Any]) -> Change:
    """What waits for a handover waits for a person when the service that is to take over does not come up."""
    services = (each for each in draft.fleet.lives if each.key.kind == "Service")
    failed = next((each.key for each in services if each.failed and each.key.instance == live.key.instance), None)
    reason = "traffic or tasks still use it" if failed is None else f"{failed} does not answer"
    return Change(Action.WAIT, live.key, live=live, reason=reason, tail=True, stalled=failed is not None)


def _copy(draft: Draft, live: Live[Any]) -> Change | None:
    """A second copy of something wanted goes once the one to keep is chosen; before that nobody knows which."""
    key, change = live.key, draft.changes.get(live.key)
    if live.leaving:
        return None
    replaced = change is not None and change.action is Action.REPLACE
    if not replaced and key not in draft.chosen:
        return None
    return Change(Action.DELETE, key, live=live, reason="tail of a replacement", tail=True)


def _goes_along(change: Change, doomed: set[str]) -> bool:
    """Whether AWS removes it with its parent, which goes too."""
    assert change.live is not None
    verbs = BY_KIND[change.key.kind]
    return verbs.cascades and verbs.parent_of(change.live) in doomed


def _ordered(draft: Draft, changes: tuple[Change, ...], going: list[Change]) -> list[Change]:
    if not going:
        return []
    mentions = _mentions((*changes, *going))
    unsettled = _unsettled(draft, changes)
    outstanding = _outstanding(draft, changes)
    held = _held(going, mentions, unsettled)
    ordered = []
    for change in going:
        live = change.live
        assert live is not None
        if change.name in held:
            ordered.append(replace(change, action=Action.WAIT, reason=held[change.name]))
            continue
        after = {name for each in _names(live) for name in mentions[each]}
        after -= {other.name for other in going if _later(change.key, other.key)}  # a namesake, as a certificate's name
        after |= {other.name for other in going if _later(other.key, change.key) and not _still_used(draft, other)}
        after |= outstanding.get(change.key, set())
        after |= {other.name for other in changes if _takes_over(other.key, change.key)}
        ordered.append(replace(change, after=frozenset(after - {change.name})))
    names = {change.name for change in (*changes, *ordered)}
    return [replace(change, after=change.after & names) for change in ordered]


def _held(going: list[Change], mentions: dict[str, set[str]], unsettled: set[Any]) -> dict[str, str]:
    """By name of a deletion, why it has to wait: for what is still settling, or for what mentions it and waits."""
    lives = {change.name: change.live for change in going if change.live and change.action is Action.DELETE}
    held = {
        name: "something that uses it is still settling"
        for name, live in lives.items()
        if unsettled & {live.id, live.key, *_neighbours(live)}
    }
    while more := {
        name: "something that mentions it goes later"
        for name, live in lives.items()
        if name not in held and any(user in held and user != name for each in _names(live) for user in mentions[each])
    }:
        held |= more
    return held


def _names(live: Live[Any]) -> frozenset[str]:
    """What others may call it: its id, ARN, name …; counts, such as that of running tasks, are no names."""
    return frozenset(each for each in (live.id, *live.attributes.values()) if each and not each.isdecimal())


def _neighbours(live: Live[Any]) -> Iterator[str]:
    """What a child of a closed parent joins, such as the two security groups of a rule: it serves whoever uses them."""
    return (leaf for leaf in leaves(live.resource) if isinstance(leaf, str) and BY_KIND[live.key.kind].closed)


def _mentions(changes: Iterable[Change]) -> dict[str, set[str]]:
    """By id or name: the changes to what mentions it now."""
    found: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        for leaf in leaves(change.live.resource) if change.live else ():
            if isinstance(leaf, str):
                found[leaf].add(change.name)
    return found


def _later(other: Key, key: Key) -> bool:
    """Within an instance things go in the reverse order of the topology."""
    return other.instance == key.instance and ORDER[other.kind] > ORDER[key.kind]


def _still_used(draft: Draft, change: Change) -> bool:
    """Whether it waits for a handover to be done: that may wait for others to go first."""
    return change.live is not None and change.live.id in draft.moving


def _takes_over(other: Key, key: Key) -> bool:
    """Whether it stands in for the other when the type of an API changes, or leads requests away from it."""
    moves = key.kind in CARRIES and (other.kind in LETS_IN or _deals_out(other.kind, key.kind))
    return other.instance == key.instance and (moves or other.kind in BY_KIND[key.kind].heirs)


def _outstanding(draft: Draft, changes: tuple[Change, ...]) -> dict[Key, set[str]]:
    """By key: the changes that make its replacement, or move somebody over to it."""
    found: dict[Key, set[str]] = defaultdict(set)
    for change in changes:
        found[change.key].add(change.name)
        for ref in draft.needs.get(change.key, ()):
            found[ref.key].add(change.name)
    return found


def _unsettled(draft: Draft, changes: tuple[Change, ...]) -> set[Any]:
    """Everything that is used by what is still settling or is about to: by id through what it mentions, and by the keys
    it wants."""
    by_name: dict[str, Live[Any]] = {}
    for live in draft.fleet.lives:
        for name in _names(live):
            by_name.setdefault(name, live)
    stirred = {change.key for change in changes if BY_KIND[change.key.kind].settles and change.action in WRITES}
    waiting = [
        live
        for live in draft.fleet.lives
        if (live.settling or live.pending or live.key in stirred) and live.key in draft.graph and not live.leaving
    ]
    reached: set[Any] = set()
    for key in stirred | {live.key for live in waiting}:
        reached |= {ref.key for ref in draft.needs[key]}
    while waiting:
        for found in _used(waiting.pop(), by_name):
            if found.id not in reached:
                reached.add(found.id)
                waiting.append(found)
    return reached


def _used(live: Live[Any], by_name: dict[str, Live[Any]]) -> Iterator[Live[Any]]:
    return (by_name[leaf] for leaf in leaves(live.resource) if isinstance(leaf, str) and leaf in by_name)


def _deals_out(other: str, kind: str) -> bool:
    """A rule leads requests away from what stands behind it."""
    return other == "ListenerRule" and ORDER[kind] > ORDER[other]
