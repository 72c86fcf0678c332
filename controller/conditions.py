"""Conditions in the Kubernetes sense: a stable reason for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from controller.picture import Picture
from drift import Action

LAYERS: Mapping[str, frozenset[str]] = {
    "NetworkReady": frozenset({"SecurityGroup", "SecurityGroupRule"}),
    "LoadBalancerReady": frozenset(
        {
            "LoadBalancer",
            "LoadBalancerAttributes",
            "WebAclAssociation",
            "CapacityReservation",
            "TargetGroup",
            "TargetGroupAttributes",
            "Listener",
            "ListenerRule",
        }
    ),
    "ServicesReady": frozenset(
        {"LogGroup", "Role", "RolePolicy", "Cluster", "TaskDefinition", "Service", "ScalableTarget", "ScalingPolicy"}
        | {"Namespace", "DiscoveryService"}
    ),
    "GatewayReady": frozenset(
        {"VpcLink", "HttpApi", "Integration", "Authorizer", "Permission", "Route", "Stage"}
        | {"Certificate", "DomainName", "DomainNameAccessAssociation", "ApiMapping", "RoutingRule", "RecordSet"}
        | {"Account", "RestApi", "RestResource", "Method", "RestIntegration", "RestDeployment", "RestStage"}
        | {"Model", "RequestValidator", "GatewayResponse", "RestAuthorizer"}
        | {"ApiKey", "KeySecret", "UsagePlan", "UsagePlanKey"}
        | {"RestVpcLink", "WebSocketApi", "WebSocketIntegration", "WebSocketAuthorizer", "WebSocketRoute"}
        | {"WebSocketRouteResponse", "WebSocketStage"}
    ),
}
REASONS: Mapping[str, str] = {
    "Ready": "everything is as the spec says and works",
    "Accepted": "the spec was understood",
    "InSync": "nothing differs",
    "Progressing": "changes are under way, or AWS is still at work on them",
    "ChangesPending": "the spec was edited and is not applied yet",
    "ReferenceNotFound": "what the spec refers to is not there as it says: VPC, subnets, task definition, secret …",
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


def conditions(picture: Picture) -> Iterator[Condition]:
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
        return Condition(layer, "False" if layer == "NetworkReady" else "Unknown", "ReferenceNotFound", problem)
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
