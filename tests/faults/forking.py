"""A copy of this process is a copy of the world, made in no time: what happens in it happened nowhere."""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

PATIENCE = 180
"""Seconds of real time after which a copy that does not answer is held to hang."""


class Lost(Exception):
    """A copy ended without an answer, or with an error: its traceback."""


@dataclass(frozen=True)
class Copy:
    """Another process that began as a copy of this one, and will answer once."""

    pid: int
    reading: int

    def answer(self) -> Any:
        """What it has to say, when it is done. Raises `Lost`."""
        with os.fdopen(self.reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        if not told:
            why = "it hung" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM else f"status {status}"
            raise Lost(f"a copy ended without an answer: {why}")
        good, answer = pickle.loads(told)
        if not good:
            raise Lost(answer)
        return answer


@dataclass(frozen=True)
class Original:
    """Where a copy leaves its answer."""

    writing: int

    def answer(self, answer: Any, *, good: bool = True) -> None:
        with os.fdopen(self.writing, "wb") as pipe:
            pipe.write(pickle.dumps((good, answer)))
        os._exit(0)


def fork() -> Copy | Original:
    """Go on as two processes: this one is handed the copy, the copy is handed where its answer goes."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there is one thread, so no lock can be another's
        pid = os.fork()
    if pid:
        os.close(writing)
        return Copy(pid, reading)
    os.close(reading)
    gc.disable()
    signal.alarm(PATIENCE)
    return Original(writing)


def apart(story: Callable[[], Any], *, hangs: bool = True) -> Copy:
    """Play a story in a copy of this process, which stays as it is."""
    born = fork()
    if isinstance(born, Copy):
        return born
    if not hangs:
        signal.alarm(0)
    try:
        answer = story()
    except BaseException:  # whatever it is, who waits has to hear of it
        born.answer(traceback.format_exc(), good=False)
    born.answer(answer)
    raise AssertionError("a copy that answered is gone")


def side_by_side(stories: Sequence[Callable[[], Any]], most: int) -> Iterator[tuple[int, Any]]:
    """The number of each story and its answer, or `Lost`, as they end; so many at a time."""
    running: dict[int, tuple[int, Copy]] = {}
    waiting = list(enumerate(stories))
    with selectors.DefaultSelector() as selector:
        while waiting or running:
            while waiting and len(running) < most:
                number, story = waiting.pop(0)
                copy = apart(story, hangs=False)
                running[copy.reading] = (number, copy)
                selector.register(copy.reading, selectors.EVENT_READ)
            for ready, _ in selector.select():
                number, copy = running.pop(ready.fd)
                selector.unregister(ready.fd)
                try:
                    yield number, copy.answer()
                except Lost as lost:
                    yield number, lost
