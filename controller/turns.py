"""Whose turn it is: which of the changes that may begin does, where the control planes allow only so many calls.

First come, first served would let a hundred APIs queue for CreateRestApi while whoever could call somebody else stands
behind them. So a change begins when there is a token for its first call, and of those for which there is one, one of
the instance that comes first: instances are finished one after the other, and what is slowest, the deployment at the
end of each, begins early and never waits for all the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from controller.iam_actions import OWN
from drift import Action, Change
from drift.plan import WRITES
from reconcilers.budget import Budget, buckets_of

VERBS = {Action.UPDATE: ("Update", "Modify", "Put"), Action.DELETE: ("Delete", "Deregister", "Disassociate")}
Call = tuple[str, str]
"""A service, as boto3 names it, and an operation."""
NOBODY: Call = ("", "")
Place = tuple[int, int]
"""The place of its instance among all, and its own among all changes."""


def first_call(change: Change) -> Call:
    """What AWS is asked first for a change, as far as its kind tells: a create's call stands first in the table."""
    if change.action not in WRITES:
        return NOBODY
    writes = OWN[change.key.kind].writes
    verbs = VERBS.get(change.action, ())
    call = (
        next((each for each in writes if each.partition(":")[2].startswith(verbs)), writes[0]) if verbs else writes[0]
    )
    service, _, operation = call.partition(":")
    return service, operation


@dataclass
class Turns:
    """The changes that may begin, by the call they begin with; and those that have begun. Belongs to one thread."""

    budget: Budget
    places: dict[str, Place]
    calls: dict[str, Call]
    waiting: dict[Call, list[tuple[Place, str]]] = field(default_factory=lambda: defaultdict(list))
    begun: Counter[str] = field(default_factory=Counter)
    """By bucket: how many draw on it now."""

    @classmethod
    def of(cls, changes: Iterable[Change], budget: Budget) -> Turns:
        listed = list(changes)
        instances = {name: number for number, name in enumerate(dict.fromkeys(each.key.instance for each in listed))}
        places = {each.name: (instances[each.key.instance], number) for number, each in enumerate(listed)}
        return cls(budget, places, {each.name: first_call(each) for each in listed})

    def __bool__(self) -> bool:
        return any(self.waiting.values())

    def join(self, names: Iterable[str]) -> None:
        """What these need is there."""
        for name in names:
            heappush(self.waiting[self.calls[name]], (self.places[name], name))

    def next(self) -> str | None:
        """Whose turn it is now, taken out of the line; None when all have to wait."""
        open_now = [line for call, line in self.waiting.items() if line and not self._delay(call)]
        if not open_now:
            return None
        _, name = heappop(min(open_now, key=lambda line: line[0]))
        self.begun.update(buckets_of(*self.calls[name]))
        return name

    def ended(self, name: str) -> None:
        self.begun.subtract(buckets_of(*self.calls[name]))

    def seconds(self) -> float | None:
        """How long until somebody's turn comes, if nobody else calls meanwhile; None when nobody waits."""
        return min((self._delay(call) for call, line in self.waiting.items() if line), default=None)

    def _delay(self, call: Call) -> float:
        return 0.0 if call is NOBODY else self.budget.delay(*call, self.begun)
