"""What `apply` brought about: every change with its outcome, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from controller.conditions import REASONS
from controller.events import Done, Event, Planned, Tell
from controller.executor import Outcome, Result
from controller.output.progress import words
from controller.output.sights import report_json
from controller.output.terminal import columns
from controller.report import Report
from controller.seen import Seen
from controller.status import Status
from drift import Action, Change
from drift.plan import WRITES
from drift.report import change_json, shown, summary
from reconcilers import Place


@dataclass
class Account:
    """The books of one apply, kept by the calling thread: what each place was like first, and what was done."""

    before: dict[Place, Seen] = field(default_factory=dict)
    done: dict[str, Outcome] = field(default_factory=dict)
    """By the change's name: its last outcome."""
    report: Report = field(default_factory=Report)

    @classmethod
    def of(cls, report: Report) -> Account:
        """Of a mere look."""
        account = cls(report=report)
        account.ended(report)
        return account

    def listening(self, tell: Tell) -> Tell:
        """The same teller, with its events noted."""

        def noted(event: Event) -> None:
            if isinstance(event, Planned) and event.seen is not None:
                self.before.setdefault(event.place, event.seen)
            elif isinstance(event, Done):
                self.done[event.outcome.change.name] = event.outcome
            tell(event)

        return noted

    def ended(self, report: Report) -> None:
        """A place in which nothing was to be done is as it ended."""
        self.report = report
        for view in report.views:
            if view.seen is not None:
                self.before.setdefault(view.place, view.seen)

    def later(self) -> Iterator[Outcome]:
        """Writes that a pass after the first one found: the next step of a replacement, a retry."""
        planned = {change.name for seen in self.before.values() for change in seen.plan}
        yield from (
            outcome
            for name, outcome in self.done.items()
            if name not in planned and outcome.change.action in WRITES and not outcome.change.tail
        )


# ---- as JSON


def applied_json(account: Account) -> dict[str, Any]:
    """`penstock.plan/1` with the outcome, id and error of every change, and every service's status (cli.md §0)."""
    told = report_json(account.before.values())
    statuses = {each.address: each for each in account.report.statuses}
    changes = {
        (change.key.instance, change.key.address, change.action.value): change
        for seen in account.before.values()
        for change in shown(seen.plan)
    }
    for service in told["services"]:
        address = f"{service['name']}/{service['environment']}" if service["environment"] else service["name"]
        status = statuses.get(address)
        for each in service["changes"]:
            each.update(_outcome_json(account, changes[address, each["address"], each["action"]], status))
        service["changes"] += [
            change_json(each.change, {}) | _outcome_json(account, each.change, status)
            for each in account.later()
            if each.change.key.instance == address
        ]
        service["status"] = status.to_json() if status is not None else None
    later = summary((each.change for each in account.later()), 0, 0)
    told["summary"] = {name: number + later[name] for name, number in told["summary"].items()}
    return told


def _outcome_json(account: Account, change: Change, status: Status | None) -> dict[str, Any]:
    """What was pending is done once its service is Ready."""
    outcome = account.done.get(change.name)
    result = outcome.result if outcome is not None else Result.BLOCKED
    if status is not None and status.ready and (result is Result.PENDING or change.action is Action.WAIT):
        result = Result.DONE
    identity = outcome.id if outcome is not None else change.live.id if change.live is not None else ""
    return {"outcome": result.value, "id": identity, "error": outcome.error if outcome is not None else ""}


# ---- as text


def ending(account: Account, *, interrupted: bool = False) -> str:
    """How it ended, one block per instance that is not Ready, and the last line counts."""
    lines: list[str] = []
    for status in account.report.statuses:
        lines += [_ready(status)] if status.ready else list(_not_ready(account, status))
    for refusal in account.report.refusals:
        lines.append(f"! {refusal.instance}  {refusal.guard}: {refusal.text}")
    for address, text in account.report.problems:
        lines.append(f"! {address}  {text}")
    if interrupted or account.report.timed_out:
        end = "stopped waiting" if interrupted else "timed out"
        lines.append(f"{end}; AWS goes on with {_begun(account) or 'nothing'}, and the next apply takes it from here")
    return "\n".join([*dict.fromkeys(lines), _counted(account)])


def _begun(account: Account) -> str:
    """What AWS is still at work on, by instance and address."""
    lives = [live for view in account.report.views if view.seen is not None for live in view.seen.fleet.lives]
    return ", ".join(f"{live.key.instance} {live.key}" for live in lives if live.pending or live.settling)


def _ready(status: Status) -> str:
    tasks = f"  {status.running}/{status.desired} tasks" if status.desired else ""
    return columns(f"✔ {status.address}  ready, generation {status.observed_generation}{tasks}", status.url, 40)


def _not_ready(account: Account, status: Status) -> Iterator[str]:
    """What is wrong with the evidence at hand, and what to ask next."""
    ready, stalled = status.condition("Ready"), status.stalled
    why = f"{ready.reason}: {ready.message}" if ready.message else ready.reason
    yield f"✘ {status.address}  stalled, {why}" if stalled else f"… {status.address}  {why}"
    if stalled:
        yield f"    {REASONS[ready.reason]}: waiting does not help"
    for outcome in account.done.values():
        bad = outcome.result in (Result.FAILED, Result.REJECTED) and not outcome.change.stalled
        if bad and outcome.change.key.instance == status.address:
            yield f"    ✘ {outcome.change.key}  {words(outcome)}"
    if stalled:
        yield f"    next: penstock describe {status.address}    penstock explain {ready.reason}"


def _counted(account: Account) -> str:
    """Fixed grammar: `Applied: 3 created, 1 updated, 0 replaced, 0 deleted.   1 of 2 ready, 1 stalled.`"""
    counts = Counter(
        outcome.change.action for outcome in account.done.values() if outcome.result in (Result.DONE, Result.PENDING)
    )
    statuses = account.report.statuses
    ready, stalled = sum(each.ready for each in statuses), sum(each.stalled for each in statuses)
    return (
        f"Applied: {counts[Action.CREATE]} created, {counts[Action.UPDATE]} updated, "
        f"{counts[Action.REPLACE]} replaced, {counts[Action.DELETE]} deleted.   "
        f"{ready} of {len(statuses)} ready{f', {stalled} stalled' if stalled else ''}."
    )
