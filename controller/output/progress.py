"""How progress is told while it happens, always on stderr: a live tree on a terminal, lines elsewhere, or JSON.

Each teller takes the session's events. `telling` chooses one and cleans up after it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from controller.events import Converged, Done, Event, Looked, Planned, Tell, Waiting, silent
from controller.executor import Outcome, Result
from controller.output.terminal import Terminal, told
from drift import Action
from reconcilers.clock import Clock

HEARTBEAT = 60.0
"""Seconds after which somebody who waits hears that nothing has changed."""
PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.REPLACE: "replacement created",
        Action.DELETE: "deleted"}  # fmt: skip
BEGUN = {Action.CREATE: "being created", Action.UPDATE: "being updated", Action.REPLACE: "replacement being created",
         Action.DELETE: "being deleted"}  # fmt: skip


@contextmanager
def telling(kind: str, terminal: Terminal, clock: Clock) -> Iterator[Tell]:
    """A teller for as long as the block lasts. `kind`: auto, tree, plain, json or none."""
    if kind == "auto":
        kind = "tree" if terminal.tty and not os.environ.get("CI") else "plain"
    if kind == "tree":
        from controller.output.live_tree import LiveTree

        with LiveTree(terminal, clock.monotonic) as tree:
            yield tree.tell
    else:
        yield {"plain": Lines(terminal, clock).tell, "json": JsonLines(terminal).tell, "none": silent}[kind]


def words(outcome: Outcome) -> str:
    """What became of one change, in a few words."""
    action = outcome.change.action
    match outcome.result:
        case Result.DONE:
            return PAST.get(action, outcome.change.reason or "done")
        case Result.PENDING:
            return BEGUN.get(action, f"waits: {outcome.error or outcome.change.reason}")
        case Result.BLOCKED:
            return f"not tried: {outcome.error}" if outcome.error else "waits for what it needs"
        case Result.FAILED:
            return f"failed, will be tried again: {outcome.error}"
    return f"rejected: {outcome.error}"


@dataclass
class Lines:
    """One line per change of things and one a minute while nothing changes; never a repaint."""

    terminal: Terminal
    clock: Clock
    said: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By what it is about: the words, and when they were last said, in seconds of the command."""

    def tell(self, event: Event) -> None:
        match event:
            case Done(outcome) if outcome.result is not Result.BLOCKED or outcome.error:
                self._once(f"{outcome.change.key.instance} {outcome.change.key}", words(outcome), outcome.seconds)
            case Waiting(instance, text, seconds):
                self._waiting(instance, text or "still at it", seconds)
            case Converged(instance, seconds):
                self._say(f"{instance} ready {told(seconds)}")
            case Looked(place, calls, seconds):
                self._say(f"read {place.region} calls={calls} {told(seconds)}")
            case _:
                pass  # a plan's changes are told as they end, and what was not tried is still to come

    def _once(self, about: str, text: str, seconds: float) -> None:
        if self.said.get(about, ("", 0.0))[0] != text:
            self.said[about] = text, 0.0
            self._say(f"{about} {text} {told(seconds)}")

    def _waiting(self, instance: str, text: str, seconds: float) -> None:
        before, when = self.said.get(instance, ("", 0.0))
        if text != before or seconds - when >= HEARTBEAT:
            self.said[instance] = text, seconds
            self._say(f"{instance} waits: {text} {told(seconds)}" if text != before else
                      f"{instance} still waits: {text} {told(seconds)}")  # fmt: skip

    def _say(self, text: str) -> None:
        moment = self.clock.now()
        stamp = f"{moment.astimezone():%H:%M:%S}" if self.terminal.tty else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        self.terminal.show(f"{stamp} {text.replace(chr(10), ' ')}", err=True)


@dataclass
class JsonLines:
    """One JSON object per event, for programs that watch."""

    terminal: Terminal

    def tell(self, event: Event) -> None:
        if line := event_json(event):
            self.terminal.show(json.dumps(line), err=True)


def event_json(event: Event) -> dict[str, Any]:
    match event:
        case Looked(place, calls, seconds):
            return {"event": "looked", "region": place.region, "calls": calls, "seconds": round(seconds, 3)}
        case Planned(place, plan):
            return {"event": "planned", "region": place.region, "changes": len(plan.changes)}
        case Done(outcome):
            key = outcome.change.key
            return {
                "event": "done", "service": key.instance, "address": key.address, "action": outcome.change.action.value,
                "outcome": outcome.result.value, "id": outcome.id, "error": outcome.error,
                "seconds": round(outcome.seconds, 3),
            }  # fmt: skip
        case Waiting(instance, text, seconds):
            return {"event": "waiting", "service": instance, "for": text, "seconds": round(seconds, 3)}
        case Converged(instance, seconds):
            return {"event": "ready", "service": instance, "seconds": round(seconds, 3)}
