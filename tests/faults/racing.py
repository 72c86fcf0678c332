"""Two controllers at work at once, call by call: at each call of either a seed says who goes on.

Each is a thread, but only one of them ever runs, so that the same seed gives the same calls in the same order. The turn
passes where a call reaches AWS and while somebody waits, and nowhere else: nothing in between can be seen from outside.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.calls import Call
from sandbox.faults import Proceed

HANDS_OVER = 0.3
"""How likely the turn passes at a call."""


@dataclass
class Race:
    """The one that was there first, and its rival."""

    seed: int
    rival: Callable[[], object]
    """What it does, from beginning to end."""
    failed: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.mine, self.theirs = threading.Semaphore(0), threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.over = False

    def begin(self, sandbox: Any) -> None:
        """From now on the rival has turns. Nobody needs to be kept out of AWS while another is in it."""
        sandbox.lock = nullcontext()
        self.thread.start()

    def _run(self) -> None:
        self.theirs.acquire()
        try:
            self.rival()
        except Exception as error:
            self.failed.append(error)
        self.over = True
        self.mine.release()

    def __call__(self, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        """Round every call."""
        self.turn()
        return proceed()

    def turn(self) -> None:
        """The turn may pass."""
        if not self.over and self.random.random() < HANDS_OVER:
            self._hand_over()

    def _hand_over(self) -> None:
        me, other = self.theirs, self.mine
        if threading.current_thread() is not self.thread:
            me, other = self.mine, self.theirs
        other.release()
        me.acquire()

    def end(self) -> None:
        """The rival goes on until it is done: the first one is."""
        while not self.over:
            self._hand_over()
        self.thread.join()
        if self.failed:
            raise self.failed[0]
