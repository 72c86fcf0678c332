"""What we tell people about an instance: conditions in the Kubernetes sense, and each of its resources.

`sync` says whether AWS is as the spec says, `health` whether it works; the health of a whole is its worst part's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.engine import Seen, suspensions
from controller.executor import Outcome, Result
from drift import Action, Change
from drift.plan import WRITES
from drift.policy import Refusal
from reconcilers import Aws, Key, Live
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
    stalled: bool


def summarise(
    aws: Aws, seen: Seen, outcomes: Iterable[Outcome] = (), refusals: Iterable[Refusal] = ()
) -> tuple[Status, ...]:
    """One status per instance of the pass."""
    outcomes, refusals = tuple(outcomes), tuple(refusals)
    standing = suspensions(seen, aws.now)
    return tuple(
        _status(aws, seen, address, outcomes, refusals, standing.get(address, "")) for address in sorted(seen.scope)
    )


def _status(
    aws: Aws, seen: Seen, address: str, outcomes: tuple[Outcome, ...], refusals: tuple[Refusal, ...], standing: str
) -> Status:
    instance = seen.instances[address]
    changes = seen.plan.of(address)
    lives = [live for live in seen.fleet.lives if live.key.instance == address]
    trouble = _trouble(seen, address, changes, outcomes, refusals)
    sync, health = _sync(seen, address, changes), _health(lives, changes, trouble, standing)
    urls = urls_of(aws, lives)
    running, desired = _tasks(lives)
    return Status(
        instance.name,
        instance.environment,
        sync,
        health,
        urls.get("$default", next(iter(urls.values()), "")),
        seen.generation(address) + (not seen.applied_is_current(address)),
        seen.generation(address),
        tuple(_conditions(seen, address, changes, trouble, health, standing)),
        tuple(_resources(seen, address)),
        running,
        desired,
        instance.file,
        urls,
    )


def _trouble(  # noqa: PLR0911  one return per kind of trouble, worst first
    seen: Seen,
    address: str,
    changes: tuple[Change, ...],
    outcomes: tuple[Outcome, ...],
    refusals: tuple[Refusal, ...],
) -> Trouble | None:
    if address in seen.problems:
        return Trouble("NetworkNotFound", seen.problems[address], stalled=True)
    mine = [each for each in outcomes if each.change.key.instance == address]
    for live in seen.plan.settling.get(address, ()):
        if live.failed:
            rolled = any(change.stalled and change.key == live.key for change in changes)
            reason = "DeploymentRolledBack" if rolled else "DeploymentFailed"
            return Trouble(reason, f"{live.key}: {live.failed}", stalled=True)
    for outcome in mine:
        if outcome.result is Result.REJECTED and not outcome.change.stalled:
            reason = "Denied" if outcome.meaning == "denied" else "Rejected"
            return Trouble(reason, f"{outcome.change.key}: {outcome.error}", stalled=True)
    for change in changes:
        if change.action is Action.UNKNOWN and change.reason.startswith("conflict"):
            return Trouble("Conflict", f"{change.key}: {change.reason}", stalled=True)
    for refusal in refusals:
        if refusal.instance == address and refusal.guard not in ("drift", "suspended"):
            return Trouble("Refused", refusal.text, stalled=True)
    for change in changes:
        if change.action is Action.UNKNOWN:
            return Trouble("Unknown", f"{change.key}: {change.reason}", stalled=False)
    for outcome in mine:
        if outcome.result is Result.FAILED:
            return Trouble("Failed", f"{outcome.change.key}: {outcome.error}", stalled=False)
    return None


def _sync(seen: Seen, address: str, changes: tuple[Change, ...]) -> str:
    if address in seen.problems or any(change.action is Action.UNKNOWN for change in changes):
        return "Unknown"
    return "OutOfSync" if any(change.action in WRITES for change in changes) else "InSync"


def _health(lives: list[Live[Any]], changes: tuple[Change, ...], trouble: Trouble | None, standing: str) -> str:
    if standing:
        return "Suspended"
    if trouble is not None and trouble.stalled:
        return "Degraded"
    if not lives:
        return "Missing"
    if trouble is not None and trouble.reason == "Unknown":
        return "Unknown"
    busy = changes or any(live.pending or live.settling for live in lives)
    return "Progressing" if busy else "Healthy"


def _conditions(
    seen: Seen, address: str, changes: tuple[Change, ...], trouble: Trouble | None, health: str, standing: str
) -> Iterable[Condition]:
    ready = health == "Healthy" and seen.applied_is_current(address)
    summary = _summary(changes, seen, address)
    if ready:
        yield Condition("Ready", "True", "Ready")
    elif standing:
        yield Condition("Ready", "False", "Suspended", standing)
    elif trouble is not None:
        yield Condition("Ready", "False", trouble.reason, trouble.message)
    else:
        yield Condition("Ready", "False", "Missing" if health == "Missing" else "Progressing", summary)
    moving = not ready and not standing and (trouble is None or not trouble.stalled)
    yield Condition("Reconciling", str(moving), "Progressing" if moving else "InSync", summary if moving else "")
    if trouble is not None and trouble.stalled:
        yield Condition("Stalled", "True", trouble.reason, trouble.message)
    else:
        yield Condition("Stalled", "False", "Progressing" if moving else "InSync")
    yield Condition("SpecValid", "True", "Accepted")
    for layer, kinds in LAYERS.items():
        yield _layer(seen, address, layer, kinds, changes)
    mine = [each for each in seen.drift if each.key.instance == address]
    told = "; ".join(f"{each.key} {each.how}" for each in mine)
    yield Condition("DriftFree", str(not mine), "Drifted" if mine else "NoDrift", told)


def _layer(seen: Seen, address: str, layer: str, kinds: frozenset[str], changes: tuple[Change, ...]) -> Condition:
    if address in seen.problems:
        reason = "NetworkNotFound"
        return Condition(layer, "False" if layer == "NetworkReady" else "Unknown", reason, seen.problems[address])
    open_ = [change for change in changes if change.key.kind in kinds]
    live = [each for each in seen.fleet.lives if each.key.instance == address and each.key.kind in kinds]
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


def _summary(changes: tuple[Change, ...], seen: Seen, address: str) -> str:
    """The first thing that is waited for, in one line."""
    for change in changes:
        if change.action is Action.WAIT and change.reason:
            return f"{change.key}: {change.reason}"
    for live in seen.fleet.lives:
        if live.key.instance == address and (live.pending or live.settling):
            return f"{live.key}: {live.pending or live.settling}"
    return f"{len(changes)} changes to make" if changes else ""


def _resources(seen: Seen, address: str) -> Iterable[ResourceStatus]:
    changes = {change.key: change for change in seen.plan.of(address)}
    for key in seen.graph:
        if key.instance == address:
            yield _resource(seen, key, changes.get(key))


def _resource(seen: Seen, key: Key, change: Change | None) -> ResourceStatus:
    live = next((each for each in seen.fleet.by_key.get(key, ()) if not each.leaving), None)
    action = change.action if change is not None else None
    sync = "Unknown" if action is Action.UNKNOWN else "OutOfSync" if action in WRITES else "InSync"
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
