"""A first look has nothing to fall back on: one that AWS fails for a moment must not end a command that had all the
time in the world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reconcilers.clock import Clock
from reconcilers.errors import Meaning, Stopped, meaning

LASTING = frozenset({Meaning.DENIED, Meaning.REJECTED})
"""Errors of a look that nobody waits out."""
LOOKS, PAUSE = 3, 2.0
"""How many there are at most, each with the SDK's own attempts, and how many seconds between them: where nobody answers
at all, whoever waits at the terminal hears of it soon."""
T = TypeVar("T")


def insisted(look: Callable[[], T], clock: Clock) -> T:
    """What it returns, or what it raises: at once for what lasts, else when it has failed LOOKS times."""
    for _ in range(LOOKS - 1):
        try:
            return look()
        except Stopped:
            raise
        except Exception as error:
            if meaning(error) in LASTING:
                raise
        clock.sleep(PAUSE)
    return look()
