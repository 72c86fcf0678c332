"""Tasks that fail are tried again, ever slower, unless the circuit breaker ends it: then the last completed deployment
is PRIMARY again, once, and its tasks, which never stopped, are what the service has (ledger 4.4).

The words of the reasons are from memory of AWS's answers, not from a recording.
"""

from __future__ import annotations

from math import ceil

from sandbox.kinds import Fields
from sandbox.services.ecs import tasks
from sandbox.services.ecs.kinds import TASK
from sandbox.services.ecs.records import REVISED, breaker_of, current, named, revision_of, settle, tell
from sandbox.targets import LONGEST
from sandbox.world import Resource, World, become

PATIENT, FIRST_PAUSE = 3, 30.0  # failures before the scheduler slows down, and seconds then; service-throttle-logic
FEWEST, MOST = 3, 200  # of BOUNDED_PERCENT (botocore ServiceDeploymentCircuitBreaker)
ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
STOPPED = "Service deployment stopped because the circuit breaker threshold was exceeded."
NOWHERE = "Service deployment rollback failed because there is no completed deployment to roll back to."


def threshold(service: Resource) -> int:
    """How many failures trip the breaker (botocore ThresholdConfiguration)."""
    rule = breaker_of(service)["thresholdConfiguration"]
    if rule["type"] == "COUNT":
        return int(rule["value"])
    share = ceil(service["desiredCount"] * rule["value"] / 100)
    return max(1, share) if rule["type"] == "UNBOUNDED_PERCENT" else min(max(share, FEWEST), MOST)


def failed(world: World, service: Resource, deployment: Fields, task: Resource) -> None:
    """One more task of a deployment did not come to work, or was ill."""
    deployment |= {"failedTasks": deployment["failedTasks"] + 1, "updatedAt": world.time}
    times, breaker = deployment["failedTasks"], breaker_of(service)
    tell(world, service, f"{named(task)} failed: {task['stoppedReason']}")
    watched = deployment is service["deployments"][0] and deployment["rolloutState"] == "IN_PROGRESS"
    rolling = service["deploymentConfiguration"]["strategy"] == "ROLLING"  # the others do not ask it (botocore)
    if rolling and watched and breaker["enable"] and service["desiredCount"]:
        if times >= threshold(service):
            _break(world, service, deployment)
    elif times >= PATIENT:
        service.hidden["not_before"] = world.now + pause(times)
        tell(world, service, "is unable to consistently start tasks successfully.")


def pause(failures: int) -> float:
    """Seconds until the next try; in weeks of failures the doubling alone would be too large for a float."""
    return min(FIRST_PAUSE * 2.0 ** min(failures - PATIENT, 16), LONGEST)


def roll_back(world: World, service: Resource, reason: str) -> bool:
    """The last completed deployment is PRIMARY again. False when there never was one."""
    bad, *older = service["deployments"]
    good = next((each for each in older if each["rolloutState"] == "COMPLETED"), None)
    if good is None:
        return False
    revision = revision_of(world, service, good)
    again = good | {
        "status": "PRIMARY",
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment circuit breaker: rolling back to deploymentId {good['id']}.",
        "failedTasks": 0,
        "updatedAt": world.time,
    }
    deployments = [again, bad | {"status": "ACTIVE"}, *(each for each in older if each is not good)]
    restored = {name: revision[name] for name in REVISED if name in revision.fields}
    kept = {name: value for name, value in service.fields.items() if name not in REVISED}
    service.fields = kept | restored | {"deployments": deployments}
    service.hidden["not_before"] = 0.0
    rollback = {"reason": reason, "startedAt": world.time, "serviceRevisionArn": revision.id}
    told = {"status": "ROLLBACK_IN_PROGRESS", "statusReason": reason, "updatedAt": world.time, "rollback": rollback}
    become(world, current(world, service), told)
    tell(world, service, f"(deployment {bad['id']}) deployment failed: tasks failed to start.")
    tell(world, service, f"rolling back to deployment {good['id']}.")
    return True


def _break(world: World, service: Resource, deployment: Fields) -> None:
    """The breaker watches a rollout, not the way back from it."""
    record, rollback = current(world, service), breaker_of(service)["rollback"]
    if record["status"] != "IN_PROGRESS":
        return
    why = "ECS deployment circuit breaker: tasks failed to start."
    deployment |= {"rolloutState": "FAILED", "rolloutStateReason": why, "updatedAt": world.time}
    count = {"status": "TRIGGERED", "failureCount": deployment["failedTasks"], "threshold": threshold(service)}
    become(world, record, {"deploymentCircuitBreaker": count})
    if rollback and roll_back(world, service, ROLLED_BACK):
        return
    settle(world, service, "ROLLBACK_FAILED" if rollback else "STOPPED", NOWHERE if rollback else STOPPED)
    for task in world.all(TASK, service.id):
        if task["startedBy"] == deployment["id"] and task["desiredStatus"] == "RUNNING":
            tasks.stop(world, task, "ServiceSchedulerInitiated", f"Task stopped: {why}")
