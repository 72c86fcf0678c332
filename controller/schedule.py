"""When to look again: soon after trouble, later while it lasts, never later than the full pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconcilers.clock import Clock

FIRST_RETRY, FACTOR, LONGEST_RETRY = 2.0, 2.0, 300.0
WAIT, WAIT_FACTOR, LONGEST_WAIT = 2.0, 1.4, 15.0


@dataclass
class Schedule:
    """Due times by instance. Belongs to the loop's thread."""

    clock: Clock
    interval: float = 300.0
    jitter: float = 0.2
    full_at: float = 0.0
    due_at: dict[str, float] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)

    def full_is_due(self) -> bool:
        return self.clock.monotonic() >= self.full_at

    def full_done(self) -> None:
        spread = 1 + self.jitter * (2 * self.clock.jitter() - 1)
        self.full_at = self.clock.monotonic() + self.interval * spread

    def due(self) -> frozenset[str]:
        now = self.clock.monotonic()
        return frozenset(address for address, at in self.due_at.items() if now >= at)

    def settled(self, address: str, interval: float | None = None, jitter: float = 0.2) -> None:
        """Nothing to do but to look again: with the full pass, or sooner where the spec asks for it."""
        self.due_at.pop(address, None)
        self.pauses.pop(address, None)
        if interval is not None and interval < self.interval:
            self.due_at[address] = self.clock.monotonic() + interval * (1 + jitter * (2 * self.clock.jitter() - 1))

    def wait(self, address: str) -> None:
        """AWS is at work on it: ask again, a little later each time."""
        self._again(address, WAIT, WAIT_FACTOR, LONGEST_WAIT, jitter=False)

    def retry(self, address: str) -> None:
        """Something failed: back off, with full jitter so that many do not come back together."""
        self._again(address, FIRST_RETRY, FACTOR, LONGEST_RETRY, jitter=True)

    def keep_only(self, addresses: Iterable[str]) -> None:
        known = frozenset(addresses)
        for address in list(self.due_at):
            if address not in known:
                self.settled(address)

    def _again(self, address: str, first: float, factor: float, longest: float, *, jitter: bool) -> None:
        pause = min(longest, self.pauses.get(address, first / factor) * factor)
        self.pauses[address] = pause
        self.due_at[address] = self.clock.monotonic() + pause * (self.clock.jitter() if jitter else 1.0)
