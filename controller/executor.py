"""Carries out a plan, as parallel as its order allows.

Only the calling thread keeps books. A worker gets one change with every reference filled in, makes its calls and hands
back an outcome, so workers share nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from enum import StrEnum
from graphlib import TopologicalSorter
from math import inf
from types import MappingProxyType
from typing import Any

from controller.turns import Turns
from drift import Action, Change, Plan
from drift.difference import compare
from reconcilers import BY_KIND, Aws, Key, Live
from reconcilers.errors import Meaning, Stopped, code, is_gone, meaning, message, sendings
from reconcilers.ownership import LABELS
from reconcilers.resource import refs, resolve
from reconcilers.threads import threads


class Result(StrEnum):
    DONE = "done"
    PENDING = "pending"
    """Begun; AWS is still at it."""
    POSTPONED = "postponed"
    """Not tried yet: its turn had not come when it was time to look at what is pending."""
    BLOCKED = "blocked"
    """Not tried: something it needs has not succeeded."""
    FAILED = "failed"
    """May succeed when tried again."""
    REJECTED = "rejected"
    """Failed in a way that only a person can mend."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change. `change.want` has its references filled in."""

    change: Change
    result: Result
    attributes: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    meaning: Meaning | None = None
    seconds: float = 0.0
    resent: bool = False
    """Whether the refused call went out more than once: what was there already may be its own doing."""

    @property
    def id(self) -> str:
        return self.attributes.get("id") or (self.change.live.id if self.change.live else "")


RESULTS = {
    Meaning.REJECTED: Result.REJECTED,
    Meaning.DENIED: Result.REJECTED,
}
NOTHING: Mapping[str, Exception] = MappingProxyType({})


def execute(
    plan: Plan, aws: Aws, patience: float = inf, barred: Mapping[str, Exception] = NOTHING
) -> Iterator[Outcome]:
    """Yield each outcome as it happens. A change whose needs did not succeed is blocked, never tried; after SIGTERM
    calls in flight are finished and none is begun.

    `patience`: so many seconds after something was begun that AWS is still at, nothing more is. It may have come
    meanwhile, and what waits for it may be more urgent than what is left here. `barred`: by the name of a change, the
    error it ends with untried.
    """
    changes = {change.name: change for change in plan}
    known, order = dict(plan.known), _order(changes)
    turns, running, ends = Turns.of(plan, aws.budget), dict[Future[Outcome], str](), inf
    with threads(aws.workers, "change") as pool:
        while True:
            turns.join(order.get_ready())
            over = aws.stopping.is_set() or aws.clock.monotonic() > ends
            while not over and len(running) < aws.workers and (name := turns.next()):
                change = _filled(changes[name], known)
                running[pool.submit(copy_context().run, _apply, change, aws, barred.get(name))] = name
            soon = turns.seconds()
            if not running and (over or soon is None):
                break
            if not running:
                aws.clock.sleep(soon or 0.0)
                continue
            full = over or len(running) == aws.workers
            finished, _ = wait(running, None if full else soon, return_when=FIRST_COMPLETED)
            for future in [each for each in running if each in finished]:  # as they were begun: the same every time
                name, outcome = running.pop(future), future.result()
                del changes[name]
                turns.ended(name)
                _learn(known, outcome)
                if outcome.result is Result.DONE:
                    order.done(name)
                if outcome.result is Result.PENDING:
                    ends = min(ends, aws.clock.monotonic() + patience)
                yield outcome
    left = Result.POSTPONED if turns and not aws.stopping.is_set() else Result.BLOCKED
    yield from (Outcome(change, left) for change in changes.values())


def _order(changes: Mapping[str, Change]) -> TopologicalSorter[str]:
    order = TopologicalSorter({name: change.after & changes.keys() for name, change in changes.items()})
    order.prepare()
    return order


def _learn(known: dict[tuple[Key, str], str], outcome: Outcome) -> None:
    """New attributes are what later changes refer to. The end of an old copy says nothing of the new one."""
    if outcome.change.action is not Action.DELETE and outcome.result in (Result.DONE, Result.PENDING):
        known |= {(outcome.change.key, name): value for name, value in outcome.attributes.items()}


def _filled(change: Change, known: Mapping[tuple[Key, str], str]) -> Change:
    if change.want is None:
        return change
    want = resolve(change.want, known)
    if next(refs(want.sent()), None) is None:
        want = BY_KIND[change.key.kind].finish(want)
    return replace(change, want=want)


def _apply(change: Change, aws: Aws, barred: Exception | None) -> Outcome:
    if barred is not None:
        return _failed(change, barred)
    started = aws.clock.monotonic()
    try:
        outcome = _carry_out(change, aws)
    except Stopped:
        return Outcome(change, Result.BLOCKED, error="stopped before it was begun")
    except Exception as error:  # one resource's trouble is not another's
        outcome = _failed(change, error)
    return replace(outcome, seconds=aws.clock.monotonic() - started)


def _failed(change: Change, error: Exception) -> Outcome:
    """What an error makes of a change; a deletion of what is gone is done."""
    if change.action is Action.DELETE and is_gone(error):
        return Outcome(change, Result.DONE)
    meant = meaning(error)
    result, told = RESULTS.get(meant, Result.FAILED), f"{code(error)}: {message(error)}"
    return Outcome(change, result, error=told, meaning=meant, resent=sendings(error) > 1)


def _carry_out(change: Change, aws: Aws) -> Outcome:
    verbs = BY_KIND[change.key.kind]
    if change.awaits:
        waits = replace(change, action=Action.WAIT, reason=change.awaits)
        return Outcome(waits, Result.REJECTED if change.stalled else Result.PENDING, error=change.awaits)
    match change.action:
        case Action.CREATE | Action.REPLACE:
            assert change.want is not None
            name = verbs.name(aws.install, change.key, change.want, change.copies)
            made = verbs.create(aws, change.key, change.want, name)
            return Outcome(change, Result.PENDING if made.get("pending") else Result.DONE, made)
        case Action.UPDATE:
            made = _update(change, aws)
            if change.again and change.live is not None:
                verbs.retry(aws, change.live)
            return Outcome(change, Result.DONE, made)
        case Action.DELETE:
            assert change.live is not None
            verbs.delete(aws, change.live)
            return Outcome(change, Result.PENDING if verbs.leaves else Result.DONE)
        case Action.WAIT:
            return Outcome(change, Result.REJECTED if change.stalled else Result.PENDING, error=change.reason)
    return Outcome(change, Result.BLOCKED, error=change.reason)


def _update(change: Change, aws: Aws) -> Mapping[str, str]:
    """Fields by the kind's own update, tags by its tag call; only what still differs now that every id is known."""
    verbs, live, want = BY_KIND[change.key.kind], change.live, change.want
    assert live is not None
    assert want is not None
    differences = compare(want, live.resource, adopted=live.adopted)
    fields = frozenset(each.field for each in differences) - {"tags"}
    made: Mapping[str, str] = {}
    if fields:
        made = verbs.update(aws, live, want, fields) or {}
        if verbs.reissues:
            return made
    _retag(verbs, aws, live, want, any(each.field == "tags" for each in differences))
    return {"id": live.id, **live.attributes, **made}


def _retag(verbs: Any, aws: Aws, live: Live[Any], want: Any, differs: bool) -> None:  # noqa: FBT001  it is the value
    if not differs:
        return
    wanted, there = want.tags or {}, live.resource.tags or {}
    put = {name: value for name, value in wanted.items() if there.get(name) != value}
    once_ours = {*there.get(LABELS, "").split(), LABELS}
    drop = tuple(sorted(once_ours & (there.keys() - wanted.keys())))
    verbs.tag(aws, live, put, drop)
