"""Exit codes: what a script learns of a command without reading a word of it (cli.md §2).

0 says done, and that there are changes or drift is no failure; 2 says so only to who asked for it. When several apply,
the first of `PRECEDENCE` is returned, and `-o json` lists them all as `exitCodes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """One of the numbers a command ends with."""

    DONE = 0
    ERROR = 1
    """Unexpected: a bug, or an AWS error that did not go away."""
    CHANGES = 2
    """Changes or drift exist; only with `--detailed-exitcode` or `--fail-on`."""
    FAILED = 3
    """Some resources failed, others are done."""
    INPUT = 4
    """Usage or an invalid spec. Click's own code for usage, 2, is mapped to it, so 2 never means two things."""
    REFUSED = 5
    """A guard said no: account, protect, policy, suspended, somebody else's resource."""
    TIMEOUT = 6
    """Work continues in AWS."""
    CREDENTIALS = 7
    """Nobody, or somebody who may not."""
    INTERRUPTED = 130
    TERMINATED = 143


PRECEDENCE = (
    Exit.INTERRUPTED, Exit.TERMINATED, Exit.INPUT, Exit.CREDENTIALS, Exit.REFUSED, Exit.ERROR, Exit.FAILED,
    Exit.TIMEOUT, Exit.CHANGES,
)  # fmt: skip


def listed(codes: Iterable[int]) -> list[int]:
    """Every code that applies, the one that counts first; `[0]` when none does."""
    found = frozenset(codes)
    return [int(code) for code in PRECEDENCE if code in found] or [int(Exit.DONE)]


def first(codes: Iterable[int]) -> int:
    return listed(codes)[0]


class Stop(Exception):
    """Ends a command with one sentence on stderr. Raised where the words are known."""

    def __init__(self, sentence: str, code: Exit = Exit.INPUT) -> None:
        super().__init__(sentence)
        self.code = code
