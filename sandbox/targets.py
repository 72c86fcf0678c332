"""A target is healthy because its checks pass, not because somebody waited.

Each target is probed at its group's interval: what would answer there, on which port, with which code, and do the
security groups let the load balancer through (ledger 5.1)? As many equal results in a row as the group's thresholds say
turn it. Whoever registered it is told of each turn, which is how an ECS service learns of its tasks' health.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox import echo
from sandbox.firewall import Peer, refusal
from sandbox.kinds import Fields, kind_named
from sandbox.world import Resource, World

LONGEST = 300.0  # seconds any single wait of ours takes, so that sixty-fold time keeps it at five
Key = tuple[str, int]  # address and port
Heed = Callable[[World, Resource], None]


class Fault(NamedTuple):
    """Why a check fails: AWS's reason code and its sentence."""

    reason: str
    description: str


UNUSED = Fault("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
DRAINING = Fault("Target.DeregistrationInProgress", "Target deregistration is in progress")
REGISTERING = Fault("Elb.RegistrationInProgress", "Target registration is in progress")
TIMEOUT = Fault("Target.Timeout", "Request timed out")
REFUSED = Fault("Target.FailedHealthChecks", "Health checks failed")


@dataclass
class Target:
    """One address and port in a group. `task` answers there and is told, by `heed`, when the state turns."""

    serial: int
    task: Resource | None = None
    heed: Heed | None = None
    state: str = "initial"  # initial healthy unhealthy unused draining
    fault: Fault | None = REGISTERING  # what the last check found
    run: int = 0  # checks in a row with that result
    looked: int = -1  # the world's edits when it was last looked into


def register(
    world: World, group: Resource, keys: Iterable[Key], task: Resource | None = None, heed: Heed | None = None
) -> None:
    for key in keys:
        old = group.hidden["targets"].get(key)
        if old and old.state != "draining":
            continue
        target = group.hidden["targets"][key] = Target(world.turns, task, heed)
        world.later(_pace(group), probe, group, key, target.serial)


def deregister(world: World, group: Resource, keys: Iterable[Key]) -> float:
    """Seconds until the last of them has drained (ledger 5.1: the deregistration delay)."""
    delay = min(float(group.hidden["attributes"]["deregistration_delay.timeout_seconds"]), LONGEST)
    for key in keys:
        target = group.hidden["targets"].get(key)
        if target and target.state != "draining":
            target.state, target.fault = "draining", DRAINING
            world.later(delay, forget, group, key, target.serial)
    return delay


def forget(_world: World, group: Resource, key: Key, serial: int) -> None:
    target = group.hidden["targets"].get(key)
    if target and target.serial == serial:
        del group.hidden["targets"][key]


def state(group: Resource, key: Key) -> str:
    """One of AWS's target health states; empty when it is not registered."""
    target = group.hidden["targets"].get(key)
    return target.state if target else ""


def described(world: World, group: Resource, wanted: list[Key] | None = None) -> list[Fields]:
    """What DescribeTargetHealth shows, of all targets or of those asked for."""
    attached = bool(balancers(world, group))
    keys = list(group.hidden["targets"]) if wanted is None else wanted
    return [_described(group, key, attached=attached) for key in keys]


def balancers(world: World, group: Resource) -> list[Resource]:
    """The load balancers whose listeners and rules forward to the group."""
    listener, balancer = kind_named("elbv2", "Listener"), kind_named("elbv2", "LoadBalancer")
    holders = [holder for _, holder in world.holders(group.kind, group.id) if holder.kind.name in ("Listener", "Rule")]
    listeners = [holder if holder.kind is listener else world.find(listener, holder.parent) for holder in holders]
    arns = dict.fromkeys(each["LoadBalancerArn"] for each in listeners if each)
    return [found for arn in arns if (found := world.find(balancer, arn))]


# ---- checks


def probe(world: World, group: Resource, key: Key, serial: int) -> None:
    """One health check, and the next one. While nothing was edited and nothing changes, a leap needs only one."""
    target = group.hidden["targets"].get(key)
    if target is None or target.serial != serial or target.state == "draining":
        return
    before = target.fault
    if target.looked != world.edits:
        target.fault, target.looked = fault(world, group, key, target.task), world.edits
    target.run = target.run + 1 if (before is None) == (target.fault is None) and before != REGISTERING else 1
    settled = _turned(target, group) == target.state
    if not settled:
        target.state = _turned(target, group)
        if target.heed and target.task:
            world.later(0, target.heed, target.task)
    steady = "unused" if target.fault == UNUSED else "unhealthy" if target.fault else "healthy"
    still = settled and target.state == steady
    world.later(max(_pace(group), world.clock.now() - world.now if still else 0.0), probe, group, key, serial)


def _turned(target: Target, group: Resource) -> str:
    if target.fault == UNUSED:
        return "unused"
    if target.fault is None and target.state != "healthy":
        return "healthy" if target.run >= group["HealthyThresholdCount"] else _waiting(target)
    if target.fault and target.state != "unhealthy":
        return "unhealthy" if target.run >= group["UnhealthyThresholdCount"] else _waiting(target)
    return target.state


def _waiting(target: Target) -> str:
    return "initial" if target.state == "unused" else target.state


def fault(world: World, group: Resource, key: Key, task: Resource | None = None) -> Fault | None:
    """What a health check of this target would find now; None: it passes."""
    attached = balancers(world, group)
    if not attached:
        return UNUSED
    port = key[1] if group["HealthCheckPort"] == "traffic-port" else int(group["HealthCheckPort"])
    task = task or at_address(world, key[0])
    if task is None or any(refusal(world, peer(world, each), peer(world, task), port) for each in attached):
        return TIMEOUT
    program = task.hidden["listens"].get(port)
    if program is None:
        return REFUSED
    return _mismatch(group, echo.status(program))


def _mismatch(group: Resource, code: int) -> Fault | None:
    wanted = group.fields.get("Matcher", {})
    if grpc := wanted.get("GrpcCode"):
        code, wanted = 12 if code == 200 else 13, {"HttpCode": grpc}
    if group["HealthCheckProtocol"] in ("TCP", "TLS") or matches(wanted.get("HttpCode", "200"), code):
        return None
    return Fault("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{code}]")


def matches(wanted: str, code: int) -> bool:
    """`200`, `200,202`, `200-299` as the Matcher of a target group means them."""
    spans = (re.split("-", span.strip()) for span in wanted.split(","))
    return any(int(span[0]) <= code <= int(span[-1]) for span in spans)


def at_address(world: World, address: str) -> Resource | None:
    """The running task that has this private address."""
    running = (task for task in world.all(kind_named("ecs", "Task")) if task["lastStatus"] == "RUNNING")
    return next((task for task in running if task.hidden["address"] == address), None)


def peer(world: World, resource: Resource) -> Peer:
    """A load balancer or a task, as the firewall sees it."""
    if resource.kind.name == "Task":
        return Peer(resource.hidden["groups"], (resource.hidden["address"],))
    subnets = [zone["SubnetId"] for zone in resource["AvailabilityZones"]]
    return Peer(tuple(resource.fields.get("SecurityGroups", ())), blocks(world, subnets))


def blocks(world: World, subnets: Iterable[str]) -> tuple[str, ...]:
    """The CIDR blocks of these subnets."""
    kind = kind_named("ec2", "Subnet")
    return tuple(found["CidrBlock"] for id in subnets if (found := world.find(kind, id)))


# ---- in their words


def _pace(group: Resource) -> float:
    slowest = max(group["HealthyThresholdCount"], group["UnhealthyThresholdCount"])
    return float(min(group["HealthCheckIntervalSeconds"], LONGEST / slowest))


def _described(group: Resource, key: Key, *, attached: bool) -> Fields:
    target: Target | None = group.hidden["targets"].get(key)
    port = str(key[1]) if group["HealthCheckPort"] == "traffic-port" else group["HealthCheckPort"]
    health: dict[str, Any] = {"State": "unused", "Reason": UNUSED.reason, "Description": UNUSED.description}
    if target is None:
        health |= {"Reason": "Target.NotRegistered", "Description": "Target is not registered to the target group"}
    elif target.state == "healthy" and attached:
        health = {"State": "healthy"}
    elif target.state == "draining" or (attached and target.state != "unused"):
        told = target.fault or Fault("Elb.InitialHealthChecking", "Initial health checks in progress")
        told = REGISTERING if target.state == "initial" and told != REGISTERING else told
        health = {"State": target.state, "Reason": told.reason, "Description": told.description}
    return {"Target": {"Id": key[0], "Port": key[1]}, "HealthCheckPort": port, "TargetHealth": health}
