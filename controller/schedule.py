"""When to look again: soon after trouble, later while it lasts, never later than the spec or the full pass says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconcilers.clock import Clock

FIRST_RETRY, FACTOR, LONGEST_RETRY = 2.0, 2.0, 300.0
WAIT, WAIT_FACTOR, LONGEST_WAIT = 2.0, 1.4, 15.0


@dataclass
class Schedule:
    """Due times by instance, in one place. Belongs to the loop's thread."""

    clock: Clock
    interval: float = 300.0
    jitter: float = 0.2
    full_at: float = 0.0
    due_at: dict[str, float] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)
    rests: dict[str, float] = field(default_factory=dict)
    """By instance: until when its spec wants no full look at it."""

    def full_is_due(self) -> bool:
        return self.clock.monotonic() >= self.full_at

    def full_done(self) -> None:
        self.full_at = self.clock.monotonic() + self._spread(self.interval, self.jitter)

    def full_again(self) -> None:
        """It failed: sooner than the next."""
        self.full_at = min(self.full_at, self.clock.monotonic() + min(60.0, self.interval))

    def sweep(self, scope: Iterable[str]) -> frozenset[str]:
        """Of these instances, those that a full pass is for now."""
        now = self.clock.monotonic()
        return frozenset(address for address in scope if self.rests.get(address, now) <= now)

    def due(self) -> frozenset[str]:
        now = self.clock.monotonic()
        return frozenset(address for address, at in self.due_at.items() if now >= at)

    def begun(self, addresses: Iterable[str]) -> None:
        """They are being looked at: whoever ends that says when to look again."""
        for address in addresses:
            self.due_at.pop(address, None)

    def soon(self, addresses: Iterable[str]) -> None:
        """What was seen of them is out of date."""
        self.due_at |= dict.fromkeys(addresses, self.clock.monotonic())

    def settled(self, address: str, interval: float | None = None, jitter: float = 0.2) -> None:
        """Nothing to do but to look again: with the full pass, or sooner or later where the spec asks for it."""
        self._forget(address)
        if interval is None:
            return
        at = self.clock.monotonic() + self._spread(interval, jitter)
        if interval < self.interval:
            self.due_at[address] = at
        elif interval > self.interval:
            self.rests[address] = at

    def wait(self, address: str) -> None:
        """AWS is at work on it: ask again, a little later each time."""
        self._again(address, WAIT, WAIT_FACTOR, LONGEST_WAIT, jitter=False)

    def retry(self, address: str) -> None:
        """Something failed: back off, with full jitter so that many do not come back together."""
        self._again(address, FIRST_RETRY, FACTOR, LONGEST_RETRY, jitter=True)

    def keep_only(self, addresses: Iterable[str]) -> None:
        known = frozenset(addresses)
        for address in {*self.due_at, *self.pauses, *self.rests} - known:
            self._forget(address)

    def _forget(self, address: str) -> None:
        for times in (self.due_at, self.pauses, self.rests):
            times.pop(address, None)

    def _spread(self, seconds: float, jitter: float) -> float:
        return seconds * (1 + jitter * (2 * self.clock.jitter() - 1))

    def _again(self, address: str, first: float, factor: float, longest: float, *, jitter: bool) -> None:
        pause = min(longest, self.pauses.get(address, first / factor) * factor)
        self.pauses[address] = pause
        self.due_at[address] = self.clock.monotonic() + pause * (self.clock.jitter() if jitter else 1.0)
