"""Ctrl-C and SIGTERM: calls in flight are finished and none is begun. A second one stops waiting even for those.

What AWS was told to do goes on there; the command says so before it ends with 130 or 143.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import click

from controller.cli.exits import Exit

CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
GRACE = "finishing the calls in flight; once more ends at once. Work that AWS has begun goes on there."


@dataclass
class Interruption:
    """Whether somebody asked us to end, and how."""

    codes: frozenset[int] = frozenset()


@contextmanager
def interruptible(stopping: threading.Event) -> Iterator[Interruption]:
    """Sets `stopping` at the first signal, and raises KeyboardInterrupt at the second."""
    told = Interruption()

    def handle(number: int, _frame: FrameType | None) -> None:
        if told.codes:
            raise KeyboardInterrupt
        told.codes = frozenset({CODES[signal.Signals(number)]})
        stopping.set()
        click.echo(GRACE, err=True)

    before = {number: signal.signal(number, handle) for number in CODES}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
