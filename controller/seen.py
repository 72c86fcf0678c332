"""What one look saw, and what can be said of it without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from controller import carry
from drift import Change, Drift, Plan
from reconcilers import BY_KIND, Facts, Fleet, Graph, Key, Live
from reconcilers.gateway.rest.adoption import adopted_api, states
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import APPLIED, PROTECT, SUSPENDED
from specs import Instance

Fought = frozenset[tuple[Key, str]]


@dataclass(frozen=True)
class Seen:
    """Everything one look saw and what follows from it. A value: acting on it returns another."""

    instances: Mapping[str, Instance]
    """Of this pass, and the Environments they live in."""
    scope: frozenset[str]
    facts: Facts
    graph: Graph
    fleet: Fleet
    plan: Plan
    drift: tuple[Drift, ...]
    problems: Mapping[str, str]
    """By instance: why its wants could not be told."""
    now: datetime
    """By AWS's clock, when the look was taken."""
    calls: int = 0
    fought: Fought = frozenset()
    """Fields that somebody else keeps changing back: left alone until they stop."""
    earlier: Mapping[str, Instance] = field(default_factory=dict)
    """Of the instances whose spec is not the applied one, those whose applied one is known."""
    before: Graph = field(default_factory=dict)
    """What should be by the earlier specs: what differs from it as well is drift inside an edited spec."""
    doubtful: bool = False
    """Whether an answer was lost, a name was taken or a root may be somebody's: only a whole new look can tell."""
    doubts: Mapping[Key, float] = field(default_factory=dict)
    """What may have been made though no list shows it yet, and since when (by our own clock)."""

    postponed: bool = False
    """Whether changes are left whose turn had not come: what is pending is asked about, and then they go on."""

    @property
    def edited(self) -> frozenset[str]:
        return frozenset(each for each in self.scope if each in self.instances and not self.applied_is_current(each))

    def anchor(self, address: str) -> Live[Any] | None:
        return next(iter(self.fleet.by_key.get(anchor(address), ())), None)

    def tags(self, address: str) -> Mapping[str, str]:
        live = self.anchor(address)
        return {} if live is None else live.resource.tags or {}

    def generation(self, address: str) -> int:
        number = self.tags(address).get(APPLIED, "0.").partition(".")[0]
        return int(number) if number.isdigit() else 0

    def applied_is_current(self, address: str) -> bool:
        return self.tags(address).get(APPLIED, "").partition(".")[2] == self.instances[address].hash

    def remembered(self, address: str) -> bool:
        """Whether what is live was ever applied: the anchor says so, or it is gone though others of it are there. What
        is taken over was there before."""
        if self.anchor(address) is None:
            return any(live.key.instance == address and not live.adopted for live in self.fleet.lives)
        return APPLIED in self.tags(address)


def depends_on(instance: Instance) -> tuple[str, ...]:
    """The addresses of the instances that must be Ready before this one is changed."""
    suffix = f"/{instance.environment}" if instance.environment else ""
    return tuple(f"{name}{suffix}" for name in getattr(instance.spec, "depends_on", ()))


def unmet(seen: Seen, address: str) -> tuple[str, ...]:
    """The dependencies that are not Ready: never applied as they are written, or still at work."""
    busy = {key.instance for key in carry.unsettled(seen.fleet, seen.instances, seen.plan.stays)}
    return tuple(
        other
        for other in depends_on(seen.instances[address])
        if other not in seen.instances or other in busy or not seen.applied_is_current(other)
    )


def converged(seen: Seen) -> frozenset[str]:
    """The instances that are as their spec says, with nothing outstanding."""
    busy = {change.key.instance for change in seen.plan} | {
        key.instance for key in carry.unsettled(seen.fleet, seen.scope, seen.plan.stays)
    }
    failed = {live.key.instance for live in seen.fleet.lives if live.failed}
    return seen.scope - busy - failed - seen.problems.keys()


def drift_policy(seen: Seen, change: Change) -> str:
    """What becomes of drift there: what the spec says. Where it says nothing it is corrected in what we made, and only
    told in what somebody else made (spec.md §4)."""
    instance = seen.instances.get(change.key.instance)
    if instance is None or (change.live is not None and change.live.expired):
        return "correct"
    theirs = change.live.adopted if change.live is not None else _within_adopted(instance, change.key)
    silent = instance.spec.drift.policy == "correct" and not states(instance, "/drift/policy")
    return "report" if theirs and silent else instance.spec.drift.policy


def _within_adopted(instance: Instance, key: Key) -> bool:
    """Whether it is to be made inside an API that somebody else made."""
    return bool(adopted_api(instance)) and RestApi in BY_KIND[key.kind].needs


def protected(seen: Seen, address: str) -> tuple[str, ...]:
    """What may not be replaced or deleted: the spec's word, or the anchor's where the file is gone."""
    instance = seen.instances.get(address)
    own = getattr(instance.spec, "protect", ()) if instance is not None else ()
    return tuple({*own, *seen.tags(address).get(PROTECT, "").split()})


def suspensions(seen: Seen, now: datetime) -> dict[str, str]:
    """By instance: why it stands still, and until when."""
    found = {}
    for address, instance in seen.instances.items():
        spec = getattr(instance.spec, "suspend", None)
        if spec is not None and utc(spec.until) > now:
            found[address] = f"until {utc(spec.until):%Y-%m-%dT%H:%M:%SZ}: {spec.reason}"
        elif SUSPENDED in seen.tags(address):
            found[address] = seen.tags(address)[SUSPENDED]
    return found


def utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
