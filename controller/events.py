"""What a command tells whoever watches, while it happens. Renderers decide what it looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from controller.executor import Outcome
from controller.seen import Seen
from drift import Plan
from reconcilers import Place


@dataclass(frozen=True, slots=True)
class Looked:
    """A place was looked at."""

    place: Place
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What is about to be done there."""

    place: Place
    plan: Plan
    seen: Seen | None = None
    """The look it comes from, where there is one: it knows what of the plan is drift."""


@dataclass(frozen=True, slots=True)
class Done:
    """One change ended, well or not."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Waiting:
    """AWS is still at it."""

    instance: str
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Converged:
    """An instance is as its spec says."""

    instance: str
    seconds: float


Event = Looked | Planned | Done | Waiting | Converged
Tell = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Nobody watches."""
