"""Removing an instance whole, its file or no file: it is found by its tags, and its anchor goes last.

`delete` says so itself; a vanished spec needs more evidence, which `controller.vanished` collects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from controller.events import Done, Planned, Tell, Waiting, silent
from controller.executor import Outcome, Result, execute
from controller.insisting import insisted
from drift import Plan, Scope, make_plan
from drift.policy import PROTECTED, Refusal, guarded, protecting
from reconcilers import BY_KIND, Aws, Facts, Fleet, Live, Place
from reconcilers.clock import Clock
from reconcilers.gateway.rest.leading import led_through
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.gateway.rest.rest_vpc_link import RestVpcLink
from reconcilers.gateway.vpc_link import VpcLink
from reconcilers.observability.log_group import PREFIX, anchor, instance_of
from reconcilers.ownership import ON_REMOVE, PROTECT
from reconcilers.ownership import PREFIX as OURS
from reconcilers.survey import observe

FIRST_WAIT, WAIT_FACTOR, LONGEST_WAIT = 2.0, 1.4, 15.0


@dataclass(frozen=True)
class Removal:
    """What became of a deletion."""

    outcomes: tuple[Outcome, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    gone: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of which AWS shows nothing."""
    timed_out: bool = False
    stopped: bool = False
    """Whether somebody said stop before all of it was gone."""
    errors: tuple[str, ...] = ()


def joined(removals: Iterable[Removal]) -> Removal:
    """What several deletions came to, as one."""
    listed = tuple(removals)
    return Removal(
        tuple(each for one in listed for each in one.outcomes),
        tuple(each for one in listed for each in one.refusals),
        tuple(each for one in listed for each in one.gone),
        tuple(each for one in listed for each in one.missing),
        any(one.timed_out for one in listed),
        any(one.stopped for one in listed),
        tuple(each for one in listed for each in one.errors),
    )


def anchors(aws: Aws) -> tuple[str, ...]:
    """Every instance of this installation that AWS knows of, by the names of their anchors: one list."""
    prefix = f"{PREFIX}/{aws.install}/"
    found = aws.logs.pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    return tuple(sorted({instance_of(aws.install, each["logGroupName"]) for each in found}))


def remove_vanished(aws: Aws, address: str, clock: Clock, *, timeout: float) -> Removal | None:
    """Remove an instance whose spec vanished, if its last spec said so; None when it did not."""
    return remove(aws, [address], clock, timeout=timeout) if _may_go(aws, address) else None


def rehearsed(aws: Aws, address: str) -> Removal | None:
    """What the same would come to, with nothing done: None when the instance would stay."""
    return Removal() if _may_go(aws, address) else None


def _may_go(aws: Aws, address: str) -> bool:
    return any((live.resource.tags or {}).get(ON_REMOVE) == "delete" for live in anchors_of(aws, address))


def anchors_of(aws: Aws, address: str) -> tuple[Live[Any], ...]:
    return fleet_of(aws, (address,)).by_key.get(anchor(address), ())


def fleet_of(aws: Aws, names: Iterable[str]) -> Fleet:
    """Everything there is of these instances, whatever any file says. Their Environments are looked at too, because a
    service's rules hang on its Environment's listeners; what is theirs alone is left out."""
    facts = Facts(aws.install, aws.region, aws.account_id, aws.partition)
    asked = frozenset(names)
    homes = {home for name in asked if (home := name.partition("/")[2])}
    fleet = observe(aws, {}, asked | homes, facts, {})
    return replace(fleet, lives=tuple(live for live in fleet.lives if live.key.instance in asked))


def remove(
    aws: Aws, names: Iterable[str], clock: Clock, *, timeout: float, allow_replace: bool = False, tell: Tell = silent
) -> Removal:
    """Delete these instances, and return when AWS shows nothing of them. Each round looks again and trusts nothing."""
    asked, began, pause = frozenset(names), clock.monotonic(), FIRST_WAIT
    result = Removal()
    first = True
    while not aws.stopping.is_set():
        fleet, refusals = insisted(partial(_look, aws, asked), clock) if first else (fleet_of(aws, asked), ())
        there = {live.key.instance for live in fleet.lives}
        if first:
            missing = () if fleet.unknown else tuple(sorted(asked - there))
            result = replace(result, missing=missing, refusals=refusals)
            if result.refusals:
                return result
        if not there and not fleet.unknown:
            return replace(result, gone=tuple(sorted(asked - set(result.missing))))
        plan = make_plan({}, fleet, Scope(asked, doomed=asked))
        held = guarded(plan, protecting({} if allow_replace else _protected(fleet, asked)))
        if held.refusals:
            return replace(result, refusals=held.refusals)
        if first:
            tell(Planned(Place(aws.region), plan))
        result = _round(aws, plan, result, tell)
        stuck = [each for each in result.outcomes if each.result is Result.REJECTED]
        if stuck:
            return replace(result, errors=tuple(f"{each.change.key}: {each.error}" for each in stuck))
        if clock.monotonic() - began + pause > timeout:
            return replace(result, timed_out=True, errors=tuple(_unlisted(fleet)))
        first = False
        if not _all_done(result):
            tell(Waiting(", ".join(sorted(there or asked)), _waits_for(result, fleet), clock.monotonic() - began))
            clock.sleep(pause)
            pause = min(LONGEST_WAIT, pause * WAIT_FACTOR)
    return replace(result, stopped=True)


def _look(aws: Aws, asked: frozenset[str]) -> tuple[Fleet, tuple[Refusal, ...]]:
    """What there is, and what stands in the way."""
    fleet = fleet_of(aws, asked)
    return fleet, (*_in_use(aws, asked), *_led_through(aws, fleet))


def _round(aws: Aws, plan: Plan, result: Removal, tell: Tell) -> Removal:
    outcomes = []
    for outcome in execute(plan, aws):
        outcomes.append(outcome)
        tell(Done(outcome))
    return replace(result, outcomes=tuple(outcomes))


def _all_done(result: Removal) -> bool:
    """Whether the next look may come at once: a round that could do nothing has to wait for AWS."""
    return bool(result.outcomes) and all(outcome.result is Result.DONE for outcome in result.outcomes)


def _waits_for(result: Removal, fleet: Fleet) -> str:
    open_ = [each for each in result.outcomes if each.result in (Result.PENDING, Result.FAILED)]
    told = [f"{each.change.key}: {each.error or 'AWS is removing it'}" for each in open_]
    return "; ".join([*told, *_unlisted(fleet)][:3])


def _unlisted(fleet: Fleet) -> Iterator[str]:
    """The kinds of which nobody can say that nothing is left, and why."""
    for kind, why in fleet.unknown.items():
        yield f"{kind} cannot be listed: {why}"


def _protected(fleet: Fleet, names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """What the anchors protect; a word in the tag that is no part any more protects nothing."""
    return {name: tuple(part for part in _tag(fleet, name, PROTECT).split() if part in PROTECTED) for name in names}


def _tag(fleet: Fleet, name: str, tag: str) -> str:
    return next(((live.resource.tags or {}).get(tag, "") for live in fleet.by_key.get(anchor(name), ())), "")


def _in_use(aws: Aws, names: frozenset[str]) -> tuple[Refusal, ...]:
    """An Environment stays while services live in it."""
    told = []
    for name in sorted(names):
        users = [each for each in anchors(aws) if each.endswith(f"/{name}") and each not in names]
        if users and "/" not in name:
            told.append(Refusal(name, "in-use", f"{name} is the Environment of {', '.join(users)}: delete those first"))
    return tuple(told)


def _led_through(aws: Aws, fleet: Fleet) -> Iterator[Refusal]:
    """A VPC link cannot go while an API that stays leads through it: one that was made by hand, and taken over."""
    going = {live.id for live in fleet.of(RestApi)}
    links: tuple[Live[Any], ...] = (*fleet.of(VpcLink), *fleet.of(RestVpcLink))
    for link in links:
        for id, methods in led_through(aws, link.id, going).items():
            told = f"{', '.join(methods[:3])}{' …' if len(methods) > 3 else ''}"
            text = (
                f"REST API {id} was made by others, stays, and leads through VPC link {link.id}: {told}. "
                "Send these methods elsewhere and deploy; or `delete --retain`, which leaves all of it as it is"
            )
            yield Refusal(link.key.instance, "in-use", text)


def retain(aws: Aws, names: Iterable[str]) -> Removal:
    """The exit door: take our tags and marks off and leave everything else, anchors last."""
    asked = frozenset(names)
    fleet = fleet_of(aws, asked)
    there = {live.key.instance for live in fleet.lives}
    for live in reversed(fleet.lives):
        drop = tuple(sorted(name for name in live.resource.tags or {} if name.startswith(OURS)))
        if drop:
            BY_KIND[live.key.kind].tag(aws, live, {}, drop)
        else:
            BY_KIND[live.key.kind].forget(aws, live)
    return Removal(gone=tuple(sorted(there)), missing=tuple(sorted(asked - there)))
