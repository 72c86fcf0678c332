"""Fields that somebody else keeps changing back. Correcting for ever helps nobody: after so many corrections in an hour
a field is left alone, and the instance says so (`Stalled/DriftFight`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from controller.executor import Outcome, Result
from controller.seen import Fought
from drift import Action
from reconcilers import Key

HOUR = 3600.0


@dataclass
class Fights:
    """When each field was corrected, within the last hour. Kept by the calling thread of one process."""

    corrected: dict[tuple[Key, str], list[float]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)

    def note(self, outcomes: Iterable[Outcome], edited: Iterable[str], limits: Mapping[str, int], now: float) -> None:
        """Take in what a pass corrected. What an edited spec changed is no correction."""
        self.limits |= limits
        changed = frozenset(edited)
        for outcome in outcomes:
            change = outcome.change
            if change.action is Action.UPDATE and outcome.result is Result.DONE and change.key.instance not in changed:
                for difference in change.differences:
                    if not difference.unknown:
                        self.corrected.setdefault((change.key, difference.path), []).append(now)

    def of(self, now: float) -> Fought:
        """The fields that were corrected more often than their spec allows within an hour."""
        lately = {name: [at for at in times if now - at < HOUR] for name, times in self.corrected.items()}
        self.corrected = {name: times for name, times in lately.items() if times}
        contested = {key.instance for key, _ in self.corrected}
        self.limits = {address: limit for address, limit in self.limits.items() if address in contested}
        return frozenset(
            name for name, times in self.corrected.items() if len(times) > self.limits.get(name[0].instance, len(times))
        )
