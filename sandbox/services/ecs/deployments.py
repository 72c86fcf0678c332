"""What became of each release: service deployments and the revisions they were of (ledger 4.4)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.ecs import breaker, records, rollout
from sandbox.services.ecs.kinds import SERVICE, SERVICE_DEPLOYMENT, SERVICE_REVISION, bad
from sandbox.services.ecs.services import service_of
from sandbox.world import Resource, World, become

BRIEF = (
    "serviceDeploymentArn",
    "serviceArn",
    "clusterArn",
    "startedAt",
    "createdAt",
    "finishedAt",
    "status",
    "statusReason",
)


def list_service_deployments(world: World, request: Fields) -> Fields:
    """Newest first, filtered by status and time."""
    service, asked = service_of(world, request), request.get("createdAt", {})
    every = reversed(world.all(SERVICE_DEPLOYMENT, service.id))
    chosen = [each for each in every if each["status"] in request.get("status", [each["status"]])]
    chosen = [each for each in chosen if "after" not in asked or each["createdAt"] >= asked["after"]]
    chosen = [each for each in chosen if "before" not in asked or each["createdAt"] <= asked["before"]]
    return {"serviceDeployments": [_brief(each) for each in chosen]}


def describe_service_deployments(world: World, request: Fields) -> Fields:
    arns = request["serviceDeploymentArns"]
    if len(arns) > 20:
        raise bad("Service deployment ARNs can have at most 20 items.")
    found = [each for arn in arns if (each := world.find(SERVICE_DEPLOYMENT, arn))]
    return {"serviceDeployments": [_shown(world, each) for each in found], "failures": _missing(arns, found)}


def describe_service_revisions(world: World, request: Fields) -> Fields:
    arns = request["serviceRevisionArns"]
    if len(arns) > 20:
        raise bad("Service revision ARNs can have at most 20 items.")
    found = [each for arn in arns if (each := world.find(SERVICE_REVISION, arn))]
    return {"serviceRevisions": [each.shown() for each in found], "failures": _missing(arns, found)}


def stop_service_deployment(world: World, request: Fields) -> Fields:
    """Back to the last completed deployment, or, with ABORT, no further."""
    record = world.get(SERVICE_DEPLOYMENT, request["serviceDeploymentArn"])
    service = world.get(SERVICE, record["serviceArn"])
    if record["status"] != "IN_PROGRESS" or service["currentServiceDeployment"] != record.id:
        raise Refusal("ConflictException", "The service deployment cannot be stopped because it is not in progress.")
    primary = service["deployments"][0]
    primary |= {
        "rolloutState": "FAILED",
        "rolloutStateReason": "Service deployment was stopped by the user.",
        "updatedAt": world.time,
    }
    back = request.get("stopType", "ROLLBACK") == "ROLLBACK"
    if not (back and breaker.roll_back(world, service, "Service deployment was rolled back by the user.")):
        records.settle(world, service, "STOPPED", "Service deployment was stopped by the user.")
    become(world, record, {"stoppedAt": world.time})
    rollout.rouse(world, service)
    return {"serviceDeploymentArn": record.id}


# ---- in their words


def _brief(record: Resource) -> Fields:
    return {name: record[name] for name in BRIEF if name in record.fields} | {
        "targetServiceRevisionArn": record["targetServiceRevision"]["arn"]
    }


def _shown(world: World, record: Resource) -> Fields:
    """With the counts of the moment, for as long as it is the service's latest."""
    shown, service = record.shown(), world.get(SERVICE, record["serviceArn"])
    counts = {each["arn"]: each for each in service["currentServiceRevisions"]}
    going = record["status"] in records.GOING
    shown["targetServiceRevision"] |= counts.get(shown["targetServiceRevision"]["arn"], {}) if going else {}
    rolling = record["deploymentConfiguration"]["strategy"] == "ROLLING"
    watching = rolling and records.breaker_of(service)["enable"]
    status = ("MONITORING" if going else "MONITORING_COMPLETE") if watching else "DISABLED"
    failures = service["deployments"][0]["failedTasks"] if going and service["deployments"] else 0
    watch = {"status": status, "failureCount": failures, "threshold": breaker.threshold(service)}
    return {"deploymentCircuitBreaker": watch} | shown


def _missing(arns: list[str], found: list[Resource]) -> list[Fields]:
    return [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in {each.id for each in found}]
