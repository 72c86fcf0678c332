"""A history: one scene, what struck which of its calls, and what became of it.

`hello/create crash-after@17` says it all, together with the commit: it is played again by `make faults REPLAY='…'`.
Calls are counted from the first of the scene, through whatever processes there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Blow:
    """A strike, and the number of the call it hits."""

    strike: str
    at: int

    def __str__(self) -> str:
        return f"{self.strike}@{self.at}"

    @classmethod
    def of(cls, text: str) -> Blow:
        strike, _, at = text.rpartition("@")
        return cls(strike, int(at))


@dataclass(frozen=True)
class History:
    """What was played, or is to be played."""

    scene: str
    blows: tuple[Blow, ...] = ()
    tape: str = ""
    """A digest of every call and what struck it, in order: two histories with one tape are the same."""
    passes: int = 0
    """How many passes it took when the faults had stopped."""
    calls: int = 0
    broken: tuple[str, ...] = ()
    """The invariants that it broke."""
    played: bool = True
    """False where a death left the account as an earlier one did, with the same to follow: judged there."""

    def __str__(self) -> str:
        return " ".join((self.scene, *map(str, self.blows)))

    @classmethod
    def parsed(cls, text: str) -> History:
        """The scene may have a space in its name, a blow has an @."""
        words = text.split()
        blows = [word for word in words if "@" in word]
        return cls(" ".join(word for word in words if "@" not in word), tuple(map(Blow.of, blows)))

    def to_json(self) -> dict[str, Any]:
        return {
            "history": str(self), "tape": self.tape, "passes": self.passes, "calls": self.calls,
            "broken": list(self.broken), "played": self.played,
        }  # fmt: skip

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> History:
        rest = {name: told[name] for name in ("tape", "passes", "calls", "played")}
        return replace(cls.parsed(told["history"]), broken=tuple(told["broken"]), **rest)


@dataclass
class Tape:
    """Every call of one process and what struck it, as a digest that grows."""

    calls: int = 0
    digest: str = ""
    lines: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        self.calls += 1
        self.lines.append(line)
        self.digest = sha256(f"{self.digest}\n{line}".encode()).hexdigest()[:24]


def joined(before: str, blow: str, after: str) -> str:
    """The digest of a tape that goes on after a death."""
    return sha256(f"{before}|{blow}|{after}".encode()).hexdigest()[:24]
