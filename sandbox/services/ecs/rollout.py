"""How a service gets from the tasks it has to the tasks it should have, within its minimum and maximum percent.

A deployment is a revision of the service and the tasks of it; the first in the list is PRIMARY and the only one that
starts tasks. Old tasks go as new ones are healthy. When too many new ones fail, the circuit breaker makes the last
completed deployment PRIMARY again, once, and its tasks, which never stopped, are what the service has (ledger 4.4).

`turn` looks at everything and does what is due. It runs when something happened, never on a timer of its own accord.
"""

from __future__ import annotations

from math import ceil

from sandbox import alarms
from sandbox.kinds import Fields
from sandbox.services.ecs import breaker, records, shifting, tasks
from sandbox.services.ecs.kinds import SERVICE, TASK
from sandbox.services.ecs.records import breaker_of, deployment_of, named, tell
from sandbox.targets import LONGEST
from sandbox.world import Resource, World, become

ALARMS_EVERY = 30.0  # seconds between two looks at the alarms of a deployment; ours
FAILURES = ("TaskFailedToStart", "EssentialContainerExited")  # stop codes of a task that never came to work


def deploy(world: World, service: Resource) -> None:
    """A new PRIMARY deployment of the service as its fields now are; the one before serves until it is replaced."""
    service.hidden["not_before"] = 0.0
    if shifting.shifts(service):
        shifting.ready(service)
        records.opened(world, service, shifting.resolved(service))
        shifting.began(world, service)
    else:
        records.opened(world, service)
    rouse(world, service)


def halt(world: World, service: Resource) -> None:
    """The service is being deleted: whatever was rolling out is over."""
    records.settle(world, service, "STOPPED", "Service deployment stopped because the service was deleted.")
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
    deployment = deployment_of(service, task)
    if deployment and tasks.is_healthy(world, task) and breaker_of(service)["resetOnHealthyTask"]:
        deployment["failedTasks"] = 0
    elif deployment and task["lastStatus"] == "STOPPED" and task["stopCode"] in FAILURES:
        breaker.failed(world, service, deployment, task)
    turn(world, service)


def turn(world: World, service: Resource) -> None:
    """One look at a service: replace what is ill, start and stop what is due, and say how far it is."""
    service.hidden["due"] = 0.0
    if service["status"] == "DRAINING":
        _drain(world, service)
    elif service["status"] == "ACTIVE" and _has_capacity(world, service):
        _stop_unhealthy(world, service)
        _heed_alarms(world, service)
        (shifting.turn if shifting.shifts(service) else _balance)(world, service)
    _count(world, service)
    if not (shifting.shifts(service) and records.current(world, service)["status"] == "IN_PROGRESS"):
        _complete(world, service)


def working(world: World, service: Resource) -> list[Resource]:
    """Its tasks that are meant to run, oldest first."""
    return [task for task in world.all(TASK, service.id) if task["desiredStatus"] == "RUNNING"]


def unfinished(world: World, service: Resource) -> list[Resource]:
    """Its tasks that still are, wanted or not."""
    return [task for task in world.all(TASK, service.id) if task["lastStatus"] != "STOPPED"]


# ---- one look


def _heed_alarms(world: World, service: Resource) -> None:
    """While a deployment goes on, an alarm that rings ends it. Source: botocore DeploymentAlarms."""
    told, record = service["deploymentConfiguration"]["alarms"], records.current(world, service)
    if record["status"] != "IN_PROGRESS" or not told["enable"]:
        return
    ringing = alarms.ringing(world, told["alarmNames"])
    watch = {"alarmNames": told["alarmNames"], "status": "TRIGGERED" if ringing else "MONITORING"}
    become(world, record, {"alarms": watch | ({"triggeredAlarmNames": ringing} if ringing else {})})
    if not ringing:
        rouse(world, service, ALARMS_EVERY)
    elif told["rollback"]:
        shifting.back(world, service, f"Service deployment rolled back because of alarms: {', '.join(ringing)}.")
    else:
        primary = service["deployments"][0]
        primary |= {"rolloutState": "FAILED", "rolloutStateReason": "alarm detected", "updatedAt": world.time}
        records.settle(world, service, "STOPPED", "Service deployment stopped because of alarms.")


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
        why = f"Task failed ELB health checks in (target-group {ill[0]})"
        tasks.stop(world, task, "ServiceSchedulerInitiated", why)
        if deployment := deployment_of(service, task):
            breaker.failed(world, service, deployment, task)


def _balance(world: World, service: Resource) -> None:
    """Starts what the maximum has room for, and stops of the old what new ones replace and the minimum can spare."""
    primary, config, count = service["deployments"][0], service["deploymentConfiguration"], service["desiredCount"]
    every, going = working(world, service), primary["rolloutState"] != "FAILED"
    new = [task for task in every if task["startedBy"] == primary["id"]]
    old = [task for task in every if task["startedBy"] != primary["id"]]
    healthy = {task.id for task in every if tasks.is_healthy(world, task)}
    missing = count - len(new) if going else 0
    room = max(count * config["maximumPercent"] // 100, count) - len(every)
    if missing > 0 and room > 0:
        start(world, service, primary, min(missing, room))
    spare = max(len(healthy) - ceil(count * config["minimumHealthyPercent"] / 100), 0)
    replaced = len(old) - max(count - sum(task.id in healthy for task in new), 0) if going else len(old) - count
    surplus = max(replaced, min(missing, spare)) if missing > 0 >= room else replaced
    leaving = sorted(old, key=lambda task: task.id in healthy)[: max(surplus, 0)]
    well = [task for task in leaving if task.id in healthy]
    too_many = sorted(new, key=lambda task: task.id in healthy)[: max(-missing, 0)]
    stop(world, service, [*too_many, *(task for task in leaving if task not in well), *well[:spare]])
    if len(working(world, service)) < len(every):
        rouse(world, service)  # those that left make room for the next


def start(world: World, service: Resource, deployment: Fields, how_many: int) -> None:
    """So many tasks of this deployment, unless its tasks failed too often to try again at once."""
    wait = service.hidden.get("not_before", 0.0) - world.now
    if wait > 0:
        rouse(world, service, wait)
        return
    revision = records.revision_of(world, service, deployment)
    started = [tasks.start(world, service, deployment, revision, heed) for _ in range(how_many)]
    names = " ".join(named(each) for each in started)
    tell(world, service, f"has started {how_many} tasks: {names}.")


def stop(world: World, service: Resource, leaving: list[Resource]) -> None:
    """The service wants these no more."""
    for task in leaving:
        why = f"Scaling activity initiated by (deployment {task['startedBy']})"
        tasks.stop(world, task, "ServiceSchedulerInitiated", why)
    if leaving:
        names = " ".join(named(each) for each in leaving)
        tell(world, service, f"has stopped {len(leaving)} running tasks: {names}.")


def _drain(world: World, service: Resource) -> None:
    stop(world, service, working(world, service))
    if all(task["lastStatus"] == "STOPPED" for task in world.all(TASK, service.id)):
        become(world, service, {"status": "INACTIVE", "deployments": []})


def _complete(world: World, service: Resource) -> None:
    """Steady: as many healthy tasks of the PRIMARY deployment as wanted, and none of any other left."""
    primary = service["deployments"][0] if service["deployments"] else None
    if primary is None or service["status"] != "ACTIVE" or primary["rolloutState"] != "IN_PROGRESS":
        return
    every = unfinished(world, service)
    mine = [task for task in every if task["startedBy"] == primary["id"]]
    waiting = [task for task in mine if not tasks.is_healthy(world, task)]
    if not waiting and len(mine) == len(every) == service["desiredCount"]:
        rolled_back = records.current(world, service)["status"].startswith("ROLLBACK")
        complete(world, service, primary, "ROLLBACK_SUCCESSFUL" if rolled_back else "SUCCESSFUL")
    elif any(task["lastStatus"] == "RUNNING" and not task.hidden["wires"] for task in waiting):
        rouse(world, service, tasks.ALONE)


def complete(world: World, service: Resource, primary: Fields, status: str) -> None:
    """The deployment is over, and the only one there is."""
    primary |= {
        "rolloutState": "COMPLETED",
        "rolloutStateReason": f"ECS deployment {primary['id']} completed.",
        "updatedAt": world.time,
    }
    records.settle(world, service, status)
    become(world, service, {"deployments": [primary]})
    tell(world, service, f"(deployment {primary['id']}) deployment completed.")
    tell(world, service, "has reached a steady state.")
    _count(world, service)


# ---- in their words


def _has_capacity(world: World, service: Resource) -> bool:
    """There are no container instances here, so tasks are placed on Fargate only."""
    if "platformFamily" in service.fields:
        return True
    tell(world, service, "was unable to place a task because no container instance met all of its requirements.")
    return False


def _count(world: World, service: Resource) -> None:
    every = working(world, service)
    running = [task for task in every if task["lastStatus"] == "RUNNING"]
    for deployment in service["deployments"]:
        mine = [task for task in every if task["startedBy"] == deployment["id"]]
        here = sum(task in running for task in mine)
        deployment |= {"runningCount": here, "pendingCount": len(mine) - here}
        deployment["desiredCount"] = service["desiredCount"] if deployment["status"] == "PRIMARY" else len(mine)
    counted = ("requestedTaskCount", "runningTaskCount", "pendingTaskCount")
    shown = [
        {"arn": service.hidden["revisions"][each["id"]]}
        | dict(zip(counted, (each["desiredCount"], each["runningCount"], each["pendingCount"]), strict=True))
        for each in service["deployments"]
    ]
    counts = {"runningCount": len(running), "pendingCount": len(every) - len(running)}
    become(world, service, counts | {"currentServiceRevisions": shown})
