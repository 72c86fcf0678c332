"""A plan: the changes that turn what is live into what is wanted, and their order.

A plan is data: it prints, it serialises, and nothing happens until the controller executes it. `drift.planner` makes
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from drift.difference import Difference
from reconcilers import ORDER, Key, Live, Resource


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    WAIT = "wait"
    UNKNOWN = "unknown"


WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE})


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

    def altered(self, alter: Callable[[Change], Change]) -> Plan:
        """Each change as `alter` leaves it, in the same order; this very plan when it leaves all as they are."""
        pairs = [(change, alter(change)) for change in self.changes]
        if all(before is after for before, after in pairs):
            return self
        renamed = {before.name: after.name for before, after in pairs}
        changes = (
            replace(after, after=frozenset(renamed.get(name, name) for name in after.after)) for _, after in pairs
        )
        return replace(self, changes=tuple(changes))

    def of(self, instance: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.key.instance == instance)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """As people read them: the order of the topology, deletions last and backwards."""

    def place(change: Change) -> tuple[Any, ...]:
        deletes = change.action is Action.DELETE
        rank = ORDER.get(change.key.kind, 0)
        return deletes, -rank if deletes else rank, change.key

    return sorted(changes, key=place)
