"""Target groups: health checks follow the protocol family, and which balancers use one is read off their listeners."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from sandbox import targets
from sandbox.kinds import Fields, Reference
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import attributes, look_up
from sandbox.services.elbv2.facts import LISTENER, RULE, TARGET_GROUP, bad
from sandbox.services.foreign import VPC
from sandbox.world import Resource, World

Key = tuple[str, int]  # address and port
Holders = Iterable[tuple[Reference, Resource]]


def create_target_group(world: World, request: Fields) -> Fields:
    group = world.add(TARGET_GROUP, request, {"TargetGroupName": request["Name"]} | _health_check(request))
    if "targets" not in group.hidden:
        group.hidden = {"targets": {}, "attributes": attributes.defaults(attributes.of_group(group))}
    return {"TargetGroups": [_told(world, group, world.holders(TARGET_GROUP, group.id))]}


def _health_check(request: Fields) -> Fields:
    """Health checks follow the family: HTTP on an ALB, TCP on an NLB (ledger 5.1)."""
    if request.get("TargetType") == "lambda":
        usual: Fields = {"HealthCheckIntervalSeconds": 35, "HealthCheckTimeoutSeconds": 30, "HealthyThresholdCount": 5}
        usual |= {"HealthCheckEnabled": False, "HealthCheckPath": "/", "Matcher": {"HttpCode": "200"}}
        return {name: request.get(name, value) for name, value in usual.items()}
    http = request.get("Protocol") in (None, "HTTP", "HTTPS")
    protocol = request.get("HealthCheckProtocol", "HTTP" if http else "TCP")
    made = {
        "HealthCheckProtocol": protocol,
        "HealthCheckTimeoutSeconds": request.get("HealthCheckTimeoutSeconds", 5 if protocol == "HTTP" else 10),
    }
    if http:
        made["ProtocolVersion"] = request.get("ProtocolVersion", "HTTP1")
    if protocol not in ("HTTP", "HTTPS"):
        return made
    if made.get("ProtocolVersion") == "GRPC":
        path, matcher = "/AWS.ALB/healthcheck", {"GrpcCode": "12"}
    else:
        path, matcher = "/", {"HttpCode": "200" if http else "200-399"}
    return made | {"HealthCheckPath": request.get("HealthCheckPath", path), "Matcher": request.get("Matcher", matcher)}


def describe_target_groups(world: World, request: Fields) -> Fields:
    groups = look_up.chosen(world, TARGET_GROUP, request, "TargetGroupArns", "TargetGroupName")
    held, balancer = world.held(TARGET_GROUP), request.get("LoadBalancerArn")
    if balancer is not None:
        groups = [each for each in groups if balancer in _balancers(world, held.get(each.id, ()))]
    return {"TargetGroups": Listing(groups, lambda each: _told(world, each, held.get(each.id, ())))}


def modify_target_group(world: World, request: Fields) -> Fields:
    """What a health check by TCP has no use for goes when it becomes one (ledger 5.1)."""
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    if request.get("HealthCheckProtocol") == "TCP" and group["HealthCheckProtocol"] != "TCP":
        group.fields = {
            name: value for name, value in group.fields.items() if name not in ("HealthCheckPath", "Matcher")
        }
    elif request.get("HealthCheckProtocol") in ("HTTP", "HTTPS") and group["HealthCheckProtocol"] == "TCP":
        request = {"HealthCheckPath": "/", "Matcher": {"HttpCode": "200-399"}} | request
    world.change(group, request)
    return {"TargetGroups": [_told(world, group, world.holders(TARGET_GROUP, group.id))]}


def delete_target_group(world: World, request: Fields) -> None:
    if group := world.find(TARGET_GROUP, request["TargetGroupArn"]):
        world.remove(group)


def describe_target_group_attributes(world: World, request: Fields) -> Fields:
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    return attributes.told(group, attributes.of_group(group))


def modify_target_group_attributes(world: World, request: Fields) -> Fields:
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    return attributes.merge(group, attributes.of_group(group), request["Attributes"])


def register_targets(world: World, request: Fields) -> None:
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    for target in request["Targets"]:
        _refuse_outside(world, group, target)
    targets.register(world, group, _keys(group, request["Targets"]))


def deregister_targets(world: World, request: Fields) -> None:
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    targets.deregister(world, group, _keys(group, request["Targets"]))


def describe_target_health(world: World, request: Fields) -> Fields:
    group = world.get(TARGET_GROUP, request["TargetGroupArn"])
    wanted = list(_keys(group, request["Targets"])) if request.get("Targets") else None
    return {"TargetHealthDescriptions": targets.described(world, group, wanted)}


def _keys(group: Resource, asked: Iterable[Fields]) -> Iterable[Key]:
    return ((target["Id"], target.get("Port", group["Port"])) for target in asked)


def _refuse_outside(world: World, group: Resource, target: Fields) -> None:
    """An address is one of the VPC, or any private one for which the zone `all` is given (botocore,
    TargetDescription)."""
    if group["TargetType"] != "ip":
        raise Refusal("InvalidTarget", f"The following targets are not in a running state: {target['Id']}")
    try:
        address = ipaddress.ip_address(target["Id"])
    except ValueError:
        raise bad(f"The IP address '{target['Id']}' is not a valid IPv4 address") from None
    inside = address in ipaddress.ip_network(world.get(VPC, group["VpcId"])["CidrBlock"])
    if not inside and not (address.is_private and target.get("AvailabilityZone") == "all"):
        raise bad(
            f"The IP address '{target['Id']}' is not within the VPC's CIDR blocks: AvailabilityZone must be 'all'"
        )


def _told(world: World, group: Resource, holders: Holders) -> Fields:
    """With the load balancers whose listeners and rules forward to it."""
    return group.shown() | {"LoadBalancerArns": sorted(_balancers(world, holders))}


def _balancers(world: World, holders: Holders) -> set[str]:
    return {balancer_of(world, holder) for _, holder in holders} - {""}


def balancer_of(world: World, holder: Resource) -> str:
    """The ARN of the load balancer a listener or a rule belongs to; empty for any other holder."""
    if holder.kind is RULE:
        listener = world.find(LISTENER, holder.parent)
        return listener.parent if listener else ""
    return holder.parent if holder.kind is LISTENER else ""
