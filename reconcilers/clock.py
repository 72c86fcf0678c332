"""Time is injected, so the same seed gives the same trace and nothing in a test sleeps."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def jitter(self) -> float:
        """A number in [0, 1)."""
        ...


@dataclass(frozen=True)
class RealClock:
    """The machine's; a sleep ends early when `stop` is set."""

    stop: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)

    def jitter(self) -> float:
        return random.random()  # noqa: S311  jitter is not cryptography
