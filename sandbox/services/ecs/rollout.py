"""How a service gets from the tasks it has to the tasks it should have, within its minimum and maximum percent.

A deployment is a revision of the service and the tasks of it; the first in the list is PRIMARY and the only one that
starts tasks. Old tasks go as new ones are healthy. When too many new ones fail, the circuit breaker makes the last
completed deployment PRIMARY again, once, and its tasks, which never stopped, are what the service has (ledger 4.4).

`turn` looks at everything and does what is due. It runs when something happened, never on a timer of its own accord.
"""

from __future__ import annotations

from math import ceil

from sandbox.kinds import Fields
from sandbox.services.ecs import tasks
from sandbox.services.ecs.kinds import SERVICE, SERVICE_DEPLOYMENT, SERVICE_REVISION, TASK, TASK_DEFINITION
from sandbox.targets import LONGEST
from sandbox.world import Resource, World, become

REVISED = (  # what a service revision pins, and a rollback brings back (botocore ServiceRevision)
    "taskDefinition", "capacityProviderStrategy", "launchType", "platformVersion", "platformFamily", "loadBalancers",
    "serviceRegistries", "networkConfiguration",
)  # fmt: skip
SHOWN = ("capacityProviderStrategy", "launchType", "networkConfiguration")  # of these, what a deployment repeats
EVENTS = 100  # kept per service; ECS guide "service event messages"
PATIENT = 3  # failures in a row before the scheduler slows down; ledger 4.4, service-throttle-logic
BROKEN = "Service deployment rolled back because the circuit breaker threshold was exceeded."
FAILURES = ("TaskFailedToStart", "EssentialContainerExited")  # stop codes of a task that never came to work
RUNNING_STATUSES = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def deploy(world: World, service: Resource) -> None:
    """A new PRIMARY deployment of the service as its fields now are; the one before it goes on serving until replaced."""
    settle_record(world, service, "STOPPED", "Service deployment stopped because a new service deployment was started.")
    name = service.id.rpartition(":service/")[2]
    prefix = service.id.rpartition(":service/")[0]
    number = str(int(world.words()["hex"][:15], 16))
    revision = world.add(
        SERVICE_REVISION, {}, {name: service[name] for name in REVISED if name in service.fields} | _revised(world, service),
        service.id, f"{prefix}:service-revision/{name}/{number}",
    )  # fmt: skip
    sources = [
        {key: value for key, value in each.items() if key != "pendingTaskCount"}
        for each in service["currentServiceRevisions"]
    ]
    record = world.add(
        SERVICE_DEPLOYMENT, {},
        {
            "serviceArn": service.id, "clusterArn": service["clusterArn"], "createdAt": world.time, "startedAt": world.time,
            "updatedAt": world.time, "status": "IN_PROGRESS", "sourceServiceRevisions": sources,
            "targetServiceRevision": {"arn": revision.id, "requestedTaskCount": service["desiredCount"], "runningTaskCount": 0, "pendingTaskCount": 0},
            "deploymentConfiguration": service["deploymentConfiguration"], "lifecycleStage": "SCALE_UP",
            "alarms": {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []},
        },
        service.id, f"{prefix}:service-deployment/{name}/{world.words()['short']}{number[-11:]}",
    )  # fmt: skip
    fresh = _deployment(world, service, f"ecs-svc/{number}")
    older = [each | {"status": "ACTIVE"} for each in service["deployments"]]
    service.hidden.setdefault("revisions", {})[fresh["id"]] = revision.id
    service.hidden["not_before"] = 0.0
    become(world, service, {"deployments": [fresh, *older], "currentServiceDeployment": record.id})
    rouse(world, service)


def halt(world: World, service: Resource) -> None:
    """The service is being deleted: whatever was rolling out is over."""
    settle_record(world, service, "STOPPED", "Service deployment stopped because the service was deleted.")
    turn(world, service)


def rouse(world: World, service: Resource, seconds: float = 0.0) -> None:
    """Look again after so many seconds, unless somebody does before."""
    due, moment = service.hidden.get("due", 0.0), world.now + seconds
    if not world.now < due <= moment:
        service.hidden["due"] = moment
        world.later(seconds, turn, service)


def heed(world: World, task: Resource) -> None:
    """Something happened to a task: it runs, stopped, or its target turned."""
    service = world.find(SERVICE, task.parent)
    if service is None:
        return
    deployment = next((each for each in service["deployments"] if each["id"] == task["startedBy"]), None)
    if deployment and tasks.is_healthy(world, task) and _breaker(service)["resetOnHealthyTask"]:
        deployment["failedTasks"] = 0
    elif deployment and task["lastStatus"] == "STOPPED" and task["stopCode"] in FAILURES:
        _failed(world, service, deployment, task)
    turn(world, service)


def turn(world: World, service: Resource) -> None:
    """One look at a service: replace what is ill, start and stop what is due, and say how far it is."""
    service.hidden["due"] = 0.0
    if service["status"] == "DRAINING":
        _drain(world, service)
    elif service["status"] == "ACTIVE" and _has_capacity(world, service):
        _stop_unhealthy(world, service)
        _balance(world, service)
    _count(world, service)
    _complete(world, service)


def roll_back(world: World, service: Resource, reason: str) -> bool:
    """The last completed deployment is PRIMARY again. False when there never was one."""
    failed = service["deployments"][0]
    good = next((each for each in service["deployments"][1:] if each["rolloutState"] == "COMPLETED"), None)
    if good is None:
        return False
    revision = world.get(SERVICE_REVISION, service.hidden["revisions"][good["id"]])
    others = [each for each in service["deployments"] if each not in (good, failed)]
    why = f"ECS deployment circuit breaker: rolling back to deploymentId {good['id']}."
    again = good | {
        "status": "PRIMARY",
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": why,
        "failedTasks": 0,
        "updatedAt": world.time,
        "desiredCount": service["desiredCount"],
    }
    restored = {name: revision[name] for name in REVISED if name in revision.fields}
    kept = {name: value for name, value in service.fields.items() if name not in REVISED}
    service.fields = (
        kept | restored | {"deployments": [again, failed | {"status": "ACTIVE", "rolloutState": "FAILED"}, *others]}
    )
    become(world, record_of(world, service), {
        "status": "ROLLBACK_IN_PROGRESS", "updatedAt": world.time, "statusReason": reason,
        "rollback": {"reason": reason, "startedAt": world.time, "serviceRevisionArn": revision.id},
    })  # fmt: skip
    _tell(world, service, f"(deployment {failed['id']}) deployment failed: tasks failed to start.")
    _tell(world, service, f"rolling back to deployment {good['id']}.")
    service.hidden["not_before"] = 0.0
    rouse(world, service)
    return True


def settle_record(world: World, service: Resource, status: str, reason: str = "") -> None:
    """The service's own deployment record is finished, if it was still going on."""
    record = record_of(world, service) if service.fields.get("currentServiceDeployment") else None
    if record is None or record["status"] not in RUNNING_STATUSES:
        return
    ended = {"stoppedAt" if status == "STOPPED" else "finishedAt": world.time}
    become(
        world,
        record,
        {"status": status, "updatedAt": world.time, **ended} | ({"statusReason": reason} if reason else {}),
    )


def record_of(world: World, service: Resource) -> Resource:
    return world.get(SERVICE_DEPLOYMENT, service["currentServiceDeployment"])


def threshold(service: Resource) -> int:
    """How many failures trip the circuit breaker (botocore ThresholdConfiguration, ServiceDeploymentCircuitBreaker)."""
    rule = _breaker(service)["thresholdConfiguration"]
    if rule["type"] == "COUNT":
        return int(rule["value"])
    share = ceil(service["desiredCount"] * rule["value"] / 100)
    return max(1, share) if rule["type"] == "UNBOUNDED_PERCENT" else min(max(share, 3), 200)


def working(world: World, service: Resource) -> list[Resource]:
    """Its tasks that are meant to run, oldest first."""
    return [task for task in world.all(TASK, service.id) if task["desiredStatus"] == "RUNNING"]


# ---- one look


def _stop_unhealthy(world: World, service: Resource) -> None:
    """After the grace period a task whose target fails its checks is replaced, and counts as a failure."""
    grace = min(float(service.fields.get("healthCheckGracePeriodSeconds", 0)), LONGEST)
    for task in working(world, service):
        ill = [arn for arn, state in tasks.states(world, task).items() if state == "unhealthy"]
        if task["lastStatus"] != "RUNNING" or not ill:
            continue
        left = task["startedAt"].timestamp() + grace - world.now
        if left > 0:
            rouse(world, service, left)
            continue
        tasks.stop(
            world, task, "ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {ill[0]})"
        )
        deployment = next((each for each in service["deployments"] if each["id"] == task["startedBy"]), None)
        if deployment:
            _failed(world, service, deployment, task)


def _balance(world: World, service: Resource) -> None:
    primary, config, count = service["deployments"][0], service["deploymentConfiguration"], service["desiredCount"]
    new, old = _split(world, service, primary)
    healthy = {task.id for task in (*new, *old) if tasks.is_healthy(world, task)}
    missing = count - len(new) if primary["rolloutState"] != "FAILED" else 0
    room = max(count * config["maximumPercent"] // 100, count) - len(new) - len(old)
    if missing > 0 and room > 0:
        _start(world, service, primary, min(missing, room))
    _stop(world, service, sorted(new, key=lambda task: task.id in healthy)[: max(-missing, 0)])
    keep = max(count - sum(task.id in healthy for task in new), 0) if primary["rolloutState"] != "FAILED" else count
    spare = max(len(healthy) - ceil(count * config["minimumHealthyPercent"] / 100), 0)
    surplus = len(old) - keep if room > 0 or missing <= 0 else max(len(old) - keep, min(missing, spare))
    leaving = sorted(old, key=lambda task: task.id in healthy)[: max(surplus, 0)]
    ill = [task for task in leaving if task.id not in healthy]
    _stop(world, service, [*ill, *[task for task in leaving if task.id in healthy][:spare]])


def _split(world: World, service: Resource, primary: Fields) -> tuple[list[Resource], list[Resource]]:
    every = working(world, service)
    return [each for each in every if each["startedBy"] == primary["id"]], [
        each for each in every if each["startedBy"] != primary["id"]
    ]


def _start(world: World, service: Resource, primary: Fields, how_many: int) -> None:
    wait = service.hidden.get("not_before", 0.0) - world.now
    if wait > 0:
        rouse(world, service, wait)
        return
    revision = world.get(SERVICE_REVISION, service.hidden["revisions"][primary["id"]])
    started = [tasks.start(world, service, primary, revision, heed) for _ in range(how_many)]
    names = " ".join(f"(task {each.id.rpartition('/')[2]})" for each in started)
    _tell(world, service, f"has started {how_many} tasks: {names}.")


def _stop(world: World, service: Resource, leaving: list[Resource]) -> None:
    for task in leaving:
        tasks.stop(
            world, task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task['startedBy']})"
        )
    if leaving:
        names = " ".join(f"(task {each.id.rpartition('/')[2]})" for each in leaving)
        _tell(world, service, f"has stopped {len(leaving)} running tasks: {names}.")


def _drain(world: World, service: Resource) -> None:
    _stop(world, service, working(world, service))
    if all(task["lastStatus"] == "STOPPED" for task in world.all(TASK, service.id)):
        become(world, service, {"status": "INACTIVE", "deployments": []})


def _complete(world: World, service: Resource) -> None:
    """Steady: as many healthy tasks of the PRIMARY deployment as wanted, and none of any other left."""
    primary = service["deployments"][0] if service["deployments"] else None
    if primary is None or service["status"] != "ACTIVE" or primary["rolloutState"] != "IN_PROGRESS":
        return
    unfinished = [task for task in world.all(TASK, service.id) if task["lastStatus"] != "STOPPED"]
    mine = [task for task in unfinished if task["startedBy"] == primary["id"]]
    waiting = [task for task in mine if not tasks.is_healthy(world, task)]
    if not waiting and len(mine) == len(unfinished) == service["desiredCount"]:
        primary |= {
            "rolloutState": "COMPLETED",
            "rolloutStateReason": f"ECS deployment {primary['id']} completed.",
            "updatedAt": world.time,
        }
        rolled_back = record_of(world, service)["status"].startswith("ROLLBACK")
        settle_record(world, service, "ROLLBACK_SUCCESSFUL" if rolled_back else "SUCCESSFUL")
        become(world, service, {"deployments": [primary]})
        _tell(world, service, f"(deployment {primary['id']}) deployment completed.")
        _tell(world, service, "has reached a steady state.")
        _count(world, service)
    elif any(task["lastStatus"] == "RUNNING" and not task.hidden["wires"] for task in waiting):
        rouse(world, service, tasks.ALONE)


# ---- failures


def _failed(world: World, service: Resource, deployment: Fields, task: Resource) -> None:
    deployment |= {"failedTasks": deployment["failedTasks"] + 1, "updatedAt": world.time}
    times = deployment["failedTasks"]
    _tell(world, service, f"(task {task.id.rpartition('/')[2]}) failed: {task['stoppedReason']}")
    if times >= PATIENT and not _breaker(service)["enable"]:
        service.hidden["not_before"] = world.now + min(30.0 * 2 ** (times - PATIENT), LONGEST)
        _tell(world, service, "is unable to consistently start tasks successfully.")
    watched = deployment is service["deployments"][0] and deployment["rolloutState"] == "IN_PROGRESS"
    if watched and _breaker(service)["enable"] and service["desiredCount"] and times >= threshold(service):
        _break(world, service, deployment)


def _break(world: World, service: Resource, deployment: Fields) -> None:
    """The breaker watches a rollout, not the way back from it."""
    record = record_of(world, service)
    if record["status"] != "IN_PROGRESS":
        return
    why = "ECS deployment circuit breaker: tasks failed to start."
    deployment |= {"rolloutState": "FAILED", "rolloutStateReason": why, "updatedAt": world.time}
    become(
        world,
        record,
        {
            "deploymentCircuitBreaker": {
                "status": "TRIGGERED",
                "failureCount": deployment["failedTasks"],
                "threshold": threshold(service),
            }
        },
    )
    if _breaker(service)["rollback"] and roll_back(world, service, BROKEN):
        return
    rollback = _breaker(service)["rollback"]
    reason = "Service deployment failed because the circuit breaker threshold was exceeded"
    settle_record(
        world,
        service,
        "ROLLBACK_FAILED" if rollback else "STOPPED",
        reason + (", and there is no completed deployment to roll back to." if rollback else "."),
    )
    _stop(world, service, [task for task in working(world, service) if task["startedBy"] == deployment["id"]])


# ---- in their words


def _has_capacity(world: World, service: Resource) -> bool:
    """There are no container instances here, so tasks are placed on Fargate only."""
    if "platformFamily" in service.fields:
        return True
    _tell(world, service, "was unable to place a task because no container instance met all of its requirements.")
    return False


def _breaker(service: Resource) -> Fields:
    return dict(service["deploymentConfiguration"]["deploymentCircuitBreaker"])


def _count(world: World, service: Resource) -> None:
    every = working(world, service)
    running = [task for task in every if task["lastStatus"] == "RUNNING"]
    for deployment in service["deployments"]:
        mine = [task for task in every if task["startedBy"] == deployment["id"]]
        here = sum(task in running for task in mine)
        deployment |= {"runningCount": here, "pendingCount": len(mine) - here}
        deployment["desiredCount"] = service["desiredCount"] if deployment["status"] == "PRIMARY" else len(mine)
    shown = [
        {"arn": service.hidden["revisions"][each["id"]], "requestedTaskCount": each["desiredCount"], "runningTaskCount": each["runningCount"], "pendingTaskCount": each["pendingCount"]}
        for each in service["deployments"]
    ]  # fmt: skip
    become(
        world,
        service,
        {"runningCount": len(running), "pendingCount": len(every) - len(running), "currentServiceRevisions": shown},
    )


def _deployment(world: World, service: Resource, id: str) -> Fields:
    fargate = {"platformVersion": "1.4.0", "platformFamily": "Linux"} if "platformFamily" in service.fields else {}
    return fargate | {name: service[name] for name in SHOWN if name in service.fields} | {
        "id": id, "status": "PRIMARY", "taskDefinition": service["taskDefinition"], "desiredCount": service["desiredCount"],
        "pendingCount": 0, "runningCount": 0, "failedTasks": 0, "createdAt": world.time, "updatedAt": world.time,
        "rolloutState": "IN_PROGRESS", "rolloutStateReason": f"ECS deployment {id} in progress.",
    }  # fmt: skip


def _revised(world: World, service: Resource) -> Fields:
    definition = world.get(TASK_DEFINITION, service["taskDefinition"])
    images = [{"containerName": each["name"], "image": each["image"]} for each in definition["containerDefinitions"]]
    return {
        "serviceArn": service.id,
        "clusterArn": service["clusterArn"],
        "createdAt": world.time,
        "containerImages": images,
    }


def _tell(world: World, service: Resource, what: str) -> None:
    """An event, newest first; the same one twice in a row is said once."""
    message = f"(service {service['serviceName']}) {what}"
    if service["events"] and service["events"][0]["message"] == message:
        return
    event = {"id": f"{world.words()['hex32']}", "createdAt": world.time, "message": message}
    become(world, service, {"events": [event, *service["events"]][:EVENTS]})
