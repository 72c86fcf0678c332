"""What a command brought about: each account and region as a pass left it, and the exit codes that follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from controller.executor import Outcome, Result
from controller.seen import Seen
from controller.status import Status, summarise
from drift import Drift
from drift.plan import WRITES
from drift.policy import Refusal
from reconcilers import Aws, Place
from reconcilers.errors import Meaning

DENIED, GUARDED, UNEXPECTED, FAILED, TIMED_OUT = 7, 5, 1, 3, 6


@dataclass(frozen=True)
class View:
    """One account and region as a pass left it."""

    place: Place
    aws: Aws
    seen: Seen | None
    outcomes: tuple[Outcome, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    fresh: tuple[Outcome, ...] = ()
    """Of the outcomes, those of the last time it was acted on."""
    edited: frozenset[str] = frozenset()
    """The instances whose spec was not the applied one when it was acted on."""
    drift: tuple[Drift, ...] = ()
    """As the look found it, before anything was put back."""
    calls: int = 0
    seconds: float = 0.0
    error: str = ""
    meaning: Meaning | None = None
    timed_out: bool = False
    unasked: bool = False
    """Whether AWS could not be asked how the changes went, for a reason that passes."""

    @property
    def touched(self) -> frozenset[str]:
        """The instances of which something was really tried."""
        return frozenset(
            outcome.change.key.instance
            for outcome in self.fresh
            if outcome.change.action in WRITES and outcome.result is not Result.BLOCKED
        )


def statuses(view: View) -> tuple[Status, ...]:
    """One for each instance that was looked at."""
    return () if view.seen is None else summarise(view.aws, view.seen, view.outcomes, view.refusals)


@dataclass(frozen=True)
class Report:
    """What a command brought about."""

    views: tuple[View, ...] = ()
    statuses: tuple[Status, ...] = ()

    @classmethod
    def of(cls, views: Iterable[View]) -> Report:
        told = tuple(views)
        return cls(told, tuple(status for view in told for status in statuses(view)))

    @property
    def timed_out(self) -> bool:
        return any(view.timed_out for view in self.views)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return tuple(outcome for view in self.views for outcome in view.outcomes)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(refusal for view in self.views for refusal in view.refusals)

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """The instance, and why it could not be looked at or planned."""
        return tuple(
            problem
            for view in self.views
            if view.seen is not None
            for problem in (*view.seen.problems.items(), *view.seen.plan.problems, *view.seen.fleet.strangers)
        )

    @property
    def codes(self) -> frozenset[int]:
        """The exit codes that apply (cli.md §2), 0 not among them."""
        found = {DENIED if view.meaning is Meaning.DENIED else UNEXPECTED for view in self.views if view.error}
        found |= {GUARDED for refusal in self.refusals if refusal.guard not in ("drift", "depends-on")}
        found |= {TIMED_OUT} if self.timed_out else set()
        for status in self.statuses:
            stalled = status.condition("Stalled")
            if stalled.status == "True":
                found.add({"Denied": DENIED, "Refused": GUARDED, "Conflict": GUARDED}.get(stalled.reason, FAILED))
            elif status.condition("Ready").reason in ("Failed", "Unknown"):
                found.add(FAILED)
        return frozenset(found)
