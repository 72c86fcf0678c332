"""What a service is told to be, kept as history: its revisions, its deployments, and the events people read."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.kinds import Fields
from sandbox.services.ecs.kinds import SERVICE_DEPLOYMENT, SERVICE_REVISION, TASK_DEFINITION
from sandbox.world import Resource, World, become

REVISED = (  # what a service revision pins, and a rollback brings back (botocore ServiceRevision)
    "taskDefinition",
    "capacityProviderStrategy",
    "launchType",
    "platformVersion",
    "platformFamily",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
)
SHOWN = ("capacityProviderStrategy", "launchType", "networkConfiguration")  # of these, what a deployment repeats
EVENTS = 100  # kept per service; ECS guide "service event messages"
GOING = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def opened(world: World, service: Resource, resolved: Sequence[Fields] = ()) -> None:
    """A new revision of the service as its fields now are, with its deployment as PRIMARY and a record of both.

    `resolved`: the target group that each load balancer's tasks register in, where the service names two.
    """
    settle(world, service, "STOPPED", "Service deployment stopped because a new service deployment was started.")
    number = str(int(world.words()["hex"][:15], 16))
    revision = _revision(world, service, number)
    if resolved:
        become(world, revision, {"resolvedConfiguration": {"loadBalancers": list(resolved)}})
    record = _record(world, service, revision, number)
    older = [each | {"status": "ACTIVE"} for each in service["deployments"]]
    fresh = _deployment(world, service, f"ecs-svc/{number}")
    service.hidden.setdefault("revisions", {})[fresh["id"]] = revision.id
    become(world, service, {"deployments": [fresh, *older], "currentServiceDeployment": record.id})


def settle(world: World, service: Resource, status: str, reason: str = "") -> None:
    """The service's own deployment record is finished, if it was still going on."""
    record = current(world, service) if service.fields.get("currentServiceDeployment") else None
    if record is None or record["status"] not in GOING:
        return
    ended = {"stoppedAt" if status == "STOPPED" else "finishedAt": world.time}
    why = {"statusReason": reason} if reason else {}
    become(world, record, {"status": status, "updatedAt": world.time} | ended | why)


def current(world: World, service: Resource) -> Resource:
    """The record of the service's latest deployment."""
    return world.get(SERVICE_DEPLOYMENT, service["currentServiceDeployment"])


def revision_of(world: World, service: Resource, deployment: Fields) -> Resource:
    """What a deployment's tasks are made from, whatever the service says by now."""
    return world.get(SERVICE_REVISION, service.hidden["revisions"][deployment["id"]])


def wires_of(revision: Resource) -> list[tuple[str, int]]:
    """The target groups that a revision's tasks register in, each with the port of theirs."""
    told = revision.fields.get("loadBalancers", ())
    groups = revision.fields.get("resolvedConfiguration", {}).get("loadBalancers") or told
    return [(one["targetGroupArn"], wire["containerPort"]) for one, wire in zip(groups, told, strict=True)]


def deployment_of(service: Resource, task: Resource) -> Fields | None:
    """The deployment that started a task, while the service still has it."""
    return next((each for each in service["deployments"] if each["id"] == task["startedBy"]), None)


def breaker_of(service: Resource) -> Fields:
    return dict(service["deploymentConfiguration"]["deploymentCircuitBreaker"])


def tell(world: World, service: Resource, what: str) -> None:
    """An event, newest first; the same one twice in a row is said once."""
    message = f"(service {service['serviceName']}) {what}"
    if service["events"] and service["events"][0]["message"] == message:
        return
    event = {"id": world.words()["hex32"], "createdAt": world.time, "message": message}
    become(world, service, {"events": [event, *service["events"]][:EVENTS]})


def named(task: Resource) -> str:
    return f"(task {task.id.rpartition('/')[2]})"


# ---- in their words


def _arn(service: Resource, kind: str, mark: str) -> str:
    prefix, _, name = service.id.partition(":service/")
    return f"{prefix}:{kind}/{name}/{mark}"


def _revision(world: World, service: Resource, number: str) -> Resource:
    definition = world.get(TASK_DEFINITION, service["taskDefinition"])
    images = [{"containerName": each["name"], "image": each["image"]} for each in definition["containerDefinitions"]]
    made = {name: service[name] for name in REVISED if name in service.fields} | {
        "serviceArn": service.id,
        "clusterArn": service["clusterArn"],
        "createdAt": world.time,
        "containerImages": images,
    }
    return world.add(SERVICE_REVISION, {}, made, service.id, _arn(service, "service-revision", number))


def _record(world: World, service: Resource, revision: Resource, number: str) -> Resource:
    counted = ("arn", "requestedTaskCount", "runningTaskCount", "pendingTaskCount")
    made = {
        "serviceArn": service.id,
        "clusterArn": service["clusterArn"],
        "createdAt": world.time,
        "startedAt": world.time,
        "updatedAt": world.time,
        "status": "IN_PROGRESS",
        "lifecycleStage": "SCALE_UP",
        "sourceServiceRevisions": service["currentServiceRevisions"],
        "targetServiceRevision": dict(zip(counted, (revision.id, service["desiredCount"], 0, 0), strict=True)),
        "deploymentConfiguration": service["deploymentConfiguration"],
        "alarms": {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []},
    }
    mark = f"{world.words()['short']}{number[-11:]}"
    return world.add(SERVICE_DEPLOYMENT, {}, made, service.id, _arn(service, "service-deployment", mark))


def _deployment(world: World, service: Resource, id: str) -> Fields:
    fargate = {"platformVersion": "1.4.0", "platformFamily": "Linux"} if "platformFamily" in service.fields else {}
    shown = {name: service[name] for name in SHOWN if name in service.fields}
    return (
        fargate
        | shown
        | {
            "id": id,
            "status": "PRIMARY",
            "taskDefinition": service["taskDefinition"],
            "desiredCount": service["desiredCount"],
            "pendingCount": 0,
            "runningCount": 0,
            "failedTasks": 0,
            "createdAt": world.time,
            "updatedAt": world.time,
            "rolloutState": "IN_PROGRESS",
            "rolloutStateReason": f"ECS deployment {id} in progress.",
        }
    )
