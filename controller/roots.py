"""Creates that would make a second one when repeated: APIs and VPC links (ledger 0.2).

Before the first root of an instance its anchor carries `penstock:creating=<time>`. A process that finds the mark and
did not set it may be standing behind one that died half-way: it looks again until AWS's own clock is `absence_wait`
seconds past the mark, because lists lag. The same wait follows an answer that never came.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from controller.executor import Outcome, Result
from drift import Action, Change, Plan
from reconcilers import BY_KIND, Aws, Fleet, Key
from reconcilers.errors import Meaning, Stopped
from reconcilers.observability.log_group import anchor, stamp
from reconcilers.ownership import CREATING

FRESH = 20.0
"""Seconds after which a mark is set anew before another root is made: who comes after a death waits from there on."""


@dataclass
class Marks:
    """The marks this process has set itself, and when. Kept by the calling thread alone."""

    ours: dict[str, datetime] = field(default_factory=dict)

    def note(self, outcome: Outcome, now: datetime) -> None:
        change = outcome.change
        if change.key == anchor(change.key.instance) and change.action is Action.CREATE:
            if outcome.result is Result.DONE:
                self.ours[change.key.instance] = now
        elif makes_root(change) and outcome.meaning is Meaning.UNKNOWN:
            self.ours.pop(change.key.instance, None)

    def clear(self, instance: str) -> None:
        self.ours.pop(instance, None)

    def fresh(self, now: datetime) -> frozenset[str]:
        """Whose mark is ours and so new that whoever finds it would wait."""
        return frozenset(each for each, at in self.ours.items() if (now - at).total_seconds() < FRESH)


def makes_root(change: Change) -> bool:
    return change.action in (Action.CREATE, Action.REPLACE) and BY_KIND[change.key.kind].once


def held_roots(plan: Plan, fleet: Fleet, now: datetime, marks: Marks, absence_wait: float) -> Plan:
    """The plan with those roots waiting that another process may just have created; the same plan when none is."""

    def waiting(change: Change) -> Change:
        if not makes_root(change) or change.key.instance in marks.ours:
            return change
        since = _marked(fleet, change.key)
        if since is None or (now - since).total_seconds() >= absence_wait:
            return change
        left = round(absence_wait - (now - since).total_seconds())
        reason = f"another process may have created it; looking again for {left} s"
        return replace(change, action=Action.WAIT, reason=reason)

    return plan.altered(waiting)


def mark_roots(aws: Aws, plan: Plan, fleet: Fleet, marks: Marks) -> dict[str, Exception]:
    """Mark the anchors of the instances whose roots are about to be created; a new anchor is born with its mark.

    Returns, by the name of a change, why its root may not be created: nothing would remember it.
    """
    barred: dict[str, Exception] = {}
    roots = [change for change in plan if makes_root(change)]
    for instance in sorted({change.key.instance for change in roots} - marks.fresh(aws.now)):
        try:
            for live in fleet.by_key.get(anchor(instance), ()):
                BY_KIND[live.key.kind].tag(aws, live, {CREATING: stamp(aws.now)}, ())
                marks.ours[instance] = aws.now
        except Stopped:
            raise
        except Exception as error:
            barred |= {change.name: error for change in roots if change.key.instance == instance}
    return barred


def _marked(fleet: Fleet, key: Key) -> datetime | None:
    for live in fleet.by_key.get(anchor(key.instance), ()):
        told = (live.resource.tags or {}).get(CREATING)
        if told:
            return datetime.strptime(told, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return None
