"""Dying at a call without replaying what led to it: the process is copied at the call, and the copy dies there.

All that a controller knows is lost with it; AWS is as it was at that moment. Then another process has to bring it home.
"""

from __future__ import annotations

import gc
import os
import threading
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sandbox import Sandbox
from sandbox.calls import Call
from sandbox.refusal import Refusal
from tests.world import World

Proceed = Callable[[], Any]


def copied(story: Callable[[], None]) -> str:
    """Play a story in a copy of this process, which stays as it is; what went wrong, empty when nothing did."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the copy has one thread and needs no lock of another
        child = os.fork()
    if child == 0:
        os._exit(_told(story, writing))
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


def _told(story: Callable[[], None], writing: int) -> int:
    gc.disable()
    told = ""
    try:
        story()
    except BaseException:  # whatever it is, the test that waits has to hear of it
        told = traceback.format_exc()
    with os.fdopen(writing, "w") as answer:
        answer.write(told)
    return 0


@dataclass
class DyingAt:
    """A fault that strikes everywhere and harms nobody: at each chosen call a copy of the world dies and is revived.

    `chosen` takes the number of the call, counted from 1, and the call; `revive` is played in the copy."""

    world: World
    chosen: Callable[[int, Call], bool]
    revive: Callable[[World], None]
    number: int = 0
    died: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __call__(self, sandbox: Sandbox, call: Call, proceed: Proceed) -> Any:
        self.number += 1
        if not self.chosen(self.number, call):
            return proceed()
        self._die(sandbox, call, "before", lambda: None)
        if not call.reads:
            self._die(sandbox, call, "after", proceed)
        return proceed()

    def _die(self, sandbox: Sandbox, call: Call, when: str, proceed: Proceed) -> None:
        def story() -> None:
            with suppress(Refusal):
                proceed()
            sandbox.faults.clear()
            sandbox.lock = threading.RLock()  # the one held for this call died with its thread
            self.world.restart()
            self.revive(self.world)

        name = f"{when} {call} (call {self.number})"
        self.died.append(name)
        if told := copied(story):
            self.failures.append(f"{name}: {told}")
