"""What we tell people about an instance: conditions in the Kubernetes sense, and each of its resources.

`sync` says whether AWS is as the spec says, `health` whether it works; the health of a whole is its worst part's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from controller.engine import Seen, suspensions
from controller.executor import Outcome, Result
from drift import Action, Change
from drift.plan import WRITES
from drift.policy import Refusal
from reconcilers import Aws, Key, Live
from reconcilers.errors import Meaning
from reconcilers.gateway.http_api import HttpApi
from reconcilers.gateway.stage import Stage

LAYERS: Mapping[str, frozenset[str]] = {
    "NetworkReady": frozenset({"SecurityGroup", "SecurityGroupRule"}),
    "LoadBalancerReady": frozenset(
        {"LoadBalancer", "LoadBalancerAttributes", "TargetGroup", "TargetGroupAttributes", "Listener", "ListenerRule"}
    ),
    "ServicesReady": frozenset(
        {"LogGroup", "Role", "RolePolicy", "Cluster", "TaskDefinition", "Service", "ScalableTarget", "ScalingPolicy"}
    ),
    "GatewayReady": frozenset({"VpcLink", "HttpApi", "Integration", "Route", "Stage"}),
}
REASONS: Mapping[str, str] = {
    "Ready": "everything is as the spec says and works",
    "Accepted": "the spec was understood",
    "InSync": "nothing differs",
    "Progressing": "changes are under way, or AWS is still at work on them",
    "ChangesPending": "the spec was edited and is not applied yet",
    "NetworkNotFound": "the VPC or its subnets are not as the spec says",
    "Drifted": "something was changed outside the specs",
    "NoDrift": "nothing was changed outside the specs",
    "Rejected": "AWS refused a change, and will refuse it again",
    "Denied": "credentials or permissions do not allow it",
    "Failed": "a change failed and is tried again",
    "DeploymentRolledBack": "ECS gave the new revision up; only a changed spec tries again",
    "DeploymentFailed": "a part reports that it failed",
    "DriftFight": "somebody keeps changing a field back; it is no longer corrected",
    "Conflict": "a name or place is held by something that is not ours",
    "Unknown": "a part could not be looked at",
    "Refused": "a guard held a change back",
    "Suspended": "nothing is written until the suspension ends",
    "Orphaned": "no file names it any more; it is kept",
    "Missing": "nothing of it is there",
}
"""Every reason a condition can have: `penstock explain reasons`."""


@dataclass(frozen=True, slots=True)
class Condition:
    type: str
    status: str
    """True, False or Unknown."""
    reason: str
    message: str = ""

    def to_json(self) -> dict[str, str]:
        return {"type": self.type, "status": self.status, "reason": self.reason, "message": self.message}


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    address: str
    kind: str
    id: str
    sync: str
    health: str

    def to_json(self) -> dict[str, str]:
        return {"address": self.address, "kind": self.kind, "id": self.id, "sync": self.sync, "health": self.health}


@dataclass(frozen=True, slots=True)
class Status:
    """One instance after one pass."""

    name: str
    environment: str
    sync: str
    health: str
    url: str
    generation: int
    observed_generation: int
    conditions: tuple[Condition, ...]
    resources: tuple[ResourceStatus, ...] = ()
    running: int = 0
    desired: int = 0
    file: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.name}/{self.environment}" if self.environment else self.name

    @property
    def ready(self) -> bool:
        return self.condition("Ready").status == "True"

    def condition(self, type: str) -> Condition:
        return next(each for each in self.conditions if each.type == type)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "environment": self.environment,
            "sync": self.sync,
            "health": self.health,
            "url": self.url,
            "urls": dict(self.urls),
            "generation": self.generation,
            "observedGeneration": self.observed_generation,
            "tasks": {"running": self.running, "desired": self.desired},
            "conditions": [each.to_json() for each in self.conditions],
            "resources": [each.to_json() for each in self.resources],
        }


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
    def health(self) -> str:
        if self.standing:
            return "Suspended"
        if self.trouble is not None and self.trouble.stalled:
            return "Degraded"
        if not self.lives:
            return "Missing"
        if self.trouble is not None and self.trouble.reason == "Unknown":
            return "Unknown"
        busy = self.changes or any(live.pending or live.settling for live in self.lives)
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


def _network(picture: Picture) -> Iterator[Trouble]:
    if picture.address in picture.seen.problems:
        yield Trouble("NetworkNotFound", picture.seen.problems[picture.address])


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


def _unknowns(picture: Picture) -> Iterator[Trouble]:
    for change in picture.changes:
        if change.action is Action.UNKNOWN:
            yield Trouble("Unknown", f"{change.key}: {change.reason}", stalled=False)


def _failed(picture: Picture) -> Iterator[Trouble]:
    for outcome in picture.outcomes:
        if outcome.result is Result.FAILED:
            yield Trouble("Failed", f"{outcome.change.key}: {outcome.error}", stalled=False)


TROUBLES = (_network, _failures, _rejections, _conflicts, _refused, _fights, _unknowns, _failed)


def summarise(
    aws: Aws, seen: Seen, outcomes: Iterable[Outcome] = (), refusals: Iterable[Refusal] = ()
) -> tuple[Status, ...]:
    """One status per instance of the pass."""
    outcomes, refusals = tuple(outcomes), tuple(refusals)
    standing = suspensions(seen, aws.now)
    pictures = (
        Picture(
            seen,
            address,
            seen.plan.of(address),
            tuple(each for each in outcomes if each.change.key.instance == address),
            tuple(each for each in refusals if each.instance == address),
            standing.get(address, ""),
        )
        for address in sorted(seen.scope)
    )
    return tuple(_status(aws, picture) for picture in pictures)


def _status(aws: Aws, picture: Picture) -> Status:
    seen, address = picture.seen, picture.address
    instance, urls = seen.instances[address], urls_of(aws, picture.lives)
    running, desired = _tasks(picture.lives)
    return Status(
        instance.name,
        instance.environment,
        picture.sync,
        picture.health,
        urls.get("$default", next(iter(urls.values()), "")),
        seen.generation(address) + (not seen.applied_is_current(address)),
        seen.generation(address),
        tuple(_conditions(picture)),
        tuple(_resources(seen, address)),
        running,
        desired,
        instance.file,
        urls,
    )


def _conditions(picture: Picture) -> Iterator[Condition]:
    seen, trouble = picture.seen, picture.trouble
    ready = picture.health == "Healthy" and seen.applied_is_current(picture.address)
    yield _ready(picture, ready=ready)
    stalled = trouble is not None and trouble.stalled
    moving = not ready and not picture.standing and not stalled
    reason = "Progressing" if moving else "InSync"
    yield Condition("Reconciling", str(moving), reason, picture.summary if moving else "")
    if trouble is not None and stalled:
        yield Condition("Stalled", "True", trouble.reason, trouble.message)
    else:
        yield Condition("Stalled", "False", reason)
    yield Condition("SpecValid", "True", "Accepted")
    for layer, kinds in LAYERS.items():
        yield _layer(picture, layer, kinds)
    mine = [each for each in seen.drift if each.key.instance == picture.address]
    told = "; ".join(f"{each.key} {each.how}" for each in mine)
    yield Condition("DriftFree", str(not mine), "Drifted" if mine else "NoDrift", told)


def _ready(picture: Picture, *, ready: bool) -> Condition:
    if ready:
        return Condition("Ready", "True", "Ready")
    if picture.standing:
        return Condition("Ready", "False", "Suspended", picture.standing)
    if picture.trouble is not None:
        return Condition("Ready", "False", picture.trouble.reason, picture.trouble.message)
    return Condition("Ready", "False", "Missing" if picture.health == "Missing" else "Progressing", picture.summary)


def _layer(picture: Picture, layer: str, kinds: frozenset[str]) -> Condition:
    if problem := picture.seen.problems.get(picture.address):
        return Condition(layer, "False" if layer == "NetworkReady" else "Unknown", "NetworkNotFound", problem)
    open_ = [change for change in picture.changes if change.key.kind in kinds]
    live = [each for each in picture.lives if each.key.kind in kinds]
    failed = next((each for each in live if each.failed), None)
    if failed is not None:
        return Condition(layer, "False", "DeploymentFailed", f"{failed.key}: {failed.failed}")
    if unknown := next((change for change in open_ if change.action is Action.UNKNOWN), None):
        return Condition(layer, "Unknown", "Unknown", f"{unknown.key}: {unknown.reason}")
    waiting = next((each for each in live if each.pending or each.settling), None)
    if open_ or waiting is not None:
        told = f"{open_[0].key}: {open_[0].reason}" if open_ else ""
        told = told or (f"{waiting.key}: {waiting.pending or waiting.settling}" if waiting is not None else "")
        return Condition(layer, "False", "Progressing", told)
    return Condition(layer, "True", "InSync")


def _resources(seen: Seen, address: str) -> Iterator[ResourceStatus]:
    changes = {change.key: change for change in seen.plan.of(address)}
    for key in seen.graph:
        if key.instance == address:
            yield _resource(seen, key, changes.get(key))


def _resource(seen: Seen, key: Key, change: Change | None) -> ResourceStatus:
    live = next((each for each in seen.fleet.by_key.get(key, ()) if not each.leaving), None)
    action = change.action if change is not None else None
    differs = action in WRITES or (change is not None and change.stalled)
    sync = "Unknown" if action is Action.UNKNOWN else "OutOfSync" if differs else "InSync"
    if live is None:
        health = "Unknown" if action is Action.UNKNOWN else "Missing"
    elif live.failed:
        health = "Degraded"
    else:
        health = "Progressing" if live.pending or live.settling else "Healthy"
    return ResourceStatus(key.address, key.kind, live.id if live is not None else "", sync, health)


def urls_of(aws: Aws, lives: Iterable[Live[Any]]) -> dict[str, str]:
    """By stage, the address that opens from here: API Gateway's own, or the override's (cli.md §0)."""
    lives = tuple(lives)
    found: dict[str, str] = {}
    for api in (live for live in lives if isinstance(live.resource, HttpApi)):
        for stage in (live.resource for live in lives if isinstance(live.resource, Stage)):
            if aws.endpoint:
                found[stage.stage_name] = f"{aws.endpoint}/_aws/execute-api/{api.id}/{stage.stage_name}"
            else:
                suffix = "" if stage.stage_name == "$default" else f"/{stage.stage_name}"
                found[stage.stage_name] = f"{api.attributes['endpoint']}{suffix}"
    return found


def _tasks(lives: Iterable[Live[Any]]) -> tuple[int, int]:
    told = [live.attributes for live in lives if "running" in live.attributes]
    return sum(int(each["running"]) for each in told), sum(int(each["desired"]) for each in told)
