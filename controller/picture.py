"""What one pass says of one instance, and the first thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from controller.executor import Outcome, Result
from controller.seen import Seen, drift_policy
from drift import Action, Change
from drift.plan import WRITES
from drift.policy import Refusal
from reconcilers import Live
from reconcilers.errors import DENIED, Meaning


@dataclass(frozen=True)
class Trouble:
    """The first thing that is wrong with an instance, worst first."""

    reason: str
    message: str
    stalled: bool = True


@dataclass(frozen=True)
class Picture:
    """Everything a pass says of one instance."""

    seen: Seen
    address: str
    changes: tuple[Change, ...]
    outcomes: tuple[Outcome, ...]
    refusals: tuple[Refusal, ...]
    standing: str
    """Why it is suspended; empty when it is not."""

    @property
    def lives(self) -> tuple[Live[Any], ...]:
        return tuple(live for live in self.seen.fleet.lives if live.key.instance == self.address)

    @cached_property
    def trouble(self) -> Trouble | None:
        return next((found for look in TROUBLES for found in look(self)), None)

    @property
    def sync(self) -> str:
        if self.address in self.seen.problems or any(each.action is Action.UNKNOWN for each in self.changes):
            return "Unknown"
        differs = any(each.action in WRITES or each.stalled for each in self.changes)
        return "OutOfSync" if differs else "InSync"

    @property
    def moving(self) -> bool:
        """Whether anything is still to be done, but for drift that is only told."""
        current = self.seen.applied_is_current(self.address)
        return any(not current or drift_policy(self.seen, each) == "correct" for each in self.changes)

    @property
    def health(self) -> str:
        if self.standing:
            return "Suspended"
        if self.trouble is not None and self.trouble.stalled:
            return "Degraded"
        if not self.lives:
            return "Missing"
        if self.trouble is not None and self.trouble.reason == "Unknown":
            return "Unknown"
        busy = self.moving or any(live.pending or live.settling for live in self.lives)
        return "Progressing" if busy else "Healthy"

    @property
    def summary(self) -> str:
        """The first thing that is waited for, in one line."""
        for change in self.changes:
            if change.action is Action.WAIT and change.reason:
                return f"{change.key}: {change.reason}"
        for live in self.lives:
            if live.pending or live.settling:
                return f"{live.key}: {live.pending or live.settling}"
        return f"{len(self.changes)} changes to make" if self.changes else ""


QUIET = frozenset({"drift", "suspended", "depends-on"})
"""Guards that hold something back without anything being wrong."""


def _fights(picture: Picture) -> Iterator[Trouble]:
    for key, path in sorted(picture.seen.fought):
        if key.instance == picture.address:
            yield Trouble("DriftFight", f"{key} {path}: somebody keeps changing it back; it is left alone for an hour")


def _references(picture: Picture) -> Iterator[Trouble]:
    if picture.address in picture.seen.problems:
        yield Trouble("ReferenceNotFound", picture.seen.problems[picture.address])


def _failures(picture: Picture) -> Iterator[Trouble]:
    for live in picture.seen.plan.settling.get(picture.address, ()):
        if live.failed:
            rolled_back = any(change.stalled and change.key == live.key for change in picture.changes)
            yield Trouble("DeploymentRolledBack" if rolled_back else "DeploymentFailed", f"{live.key}: {live.failed}")


def _rejections(picture: Picture) -> Iterator[Trouble]:
    for outcome in picture.outcomes:
        if outcome.result is Result.REJECTED and not outcome.change.stalled:
            reason = "Denied" if outcome.meaning is Meaning.DENIED else "Rejected"
            yield Trouble(reason, f"{outcome.change.key}: {outcome.error}")


def _conflicts(picture: Picture) -> Iterator[Trouble]:
    for change in picture.changes:
        if change.action is Action.UNKNOWN and change.reason.startswith("conflict"):
            yield Trouble("Conflict", f"{change.key}: {change.reason}")


def _refused(picture: Picture) -> Iterator[Trouble]:
    for refusal in picture.refusals:
        if refusal.guard not in QUIET:
            yield Trouble("Refused", refusal.text)


def _denied(picture: Picture) -> Iterator[Trouble]:
    """What nobody lets us look at; asking again is of no use until somebody does."""
    for change in picture.changes:
        why = picture.seen.fleet.unknown.get(change.key.kind, "")
        if change.action is Action.UNKNOWN and DENIED.fullmatch(why.partition(":")[0]):
            yield Trouble("Denied", f"{change.key}: {change.reason}")


def _unknowns(picture: Picture) -> Iterator[Trouble]:
    for change in picture.changes:
        if change.action is Action.UNKNOWN:
            yield Trouble("Unknown", f"{change.key}: {change.reason}", stalled=False)


def _failed(picture: Picture) -> Iterator[Trouble]:
    for outcome in picture.outcomes:
        if outcome.result is Result.FAILED:
            yield Trouble("Failed", f"{outcome.change.key}: {outcome.error}", stalled=False)


TROUBLES = (_references, _failures, _rejections, _conflicts, _refused, _fights, _denied, _unknowns, _failed)
