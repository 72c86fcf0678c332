"""Security groups and subnets: names, port ranges, limits, and who still needs them (ledger 1.2, 1.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.ec2.models import vpcs
from moto.ec2.models.subnets import Subnet

from sandbox import elsewhere, tags
from sandbox.kinds import Fields, Quota
from sandbox.refusal import Refusal
from sandbox.services.foreign import HELD, SECURITY_GROUP, SUBNET
from sandbox.world import World

INVALID = Refusal("InvalidParameterValue", "{why}")
WORDS = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")  # names and descriptions; ledger 1.8
RULE_WORDS = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
GROUPS = Quota(
    "security-groups",
    2500,
    Refusal("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached"),
)


def create_security_group(world: World, request: Fields) -> None:
    name, description = request["GroupName"], request["Description"]
    if name.lower().startswith("sg-") or not WORDS.fullmatch(name):
        raise INVALID.about(why=f"Value ({name}) for parameter GroupName is invalid")
    if not WORDS.fullmatch(description):
        raise INVALID.about(why=f"Value ({description}) for parameter GroupDescription is invalid")
    _refuse_tags(request, "security-group")
    groups = elsewhere.backend(world, "ec2").groups.values()
    world.refuse_beyond(GROUPS, sum(len(each) for each in groups))


def delete_security_group(world: World, request: Fields) -> None:
    """Not while anything of ours names it, a network interface has it, or another group's rule refers to it."""
    id, ec2 = request.get("GroupId", ""), elsewhere.backend(world, "ec2")
    world.refuse_if_held(SECURITY_GROUP, id)
    if any(id in {group.id for group in each.group_set} for each in ec2.enis.values()):
        raise HELD.about(id=id)
    for group in (each for vpc in ec2.groups.values() for each in vpc.values()):
        if group.id == id and group.name == "default":
            raise Refusal("CannotDelete", f'the specified group: "{id}" name: "default" cannot be deleted by a user')
        if group.id != id and any(id in _referred(rule) for rule in (*group.ingress_rules, *group.egress_rules)):
            raise HELD.about(id=id)


def _referred(rule: Any) -> set[str]:
    return {rule.source_group.get("GroupId", "")} if rule.source_group else set()


def authorize_security_group_ingress(_world: World, request: Fields) -> None:
    _refuse_permissions(request.get("IpPermissions") or [request])
    _refuse_tags(request, "security-group-rule")


authorize_security_group_egress = authorize_security_group_ingress


def _refuse_permissions(permissions: Iterable[Fields]) -> None:
    for each in permissions:
        first, last = each.get("FromPort"), each.get("ToPort")
        if each.get("IpProtocol") in ("tcp", "udp", "6", "17") and (
            first is None or last is None or not 0 <= first <= last <= 65535
        ):
            raise INVALID.about(why=f"Invalid TCP/UDP port range ({first}:{last})")
        for source in (source for member in SOURCES for source in each.get(member, ())):
            if not RULE_WORDS.fullmatch(source.get("Description", "")):
                raise INVALID.about(why=f"Invalid rule description {source['Description']!r}")


SOURCES = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")


def delete_subnet(world: World, request: Fields) -> None:
    id = request["SubnetId"]
    world.refuse_if_held(SUBNET, id)
    if any(each.subnet.id == id for each in elsewhere.backend(world, "ec2").enis.values()):
        raise HELD.about(id=id)


def create_tags(world: World, request: Fields) -> None:
    kept = elsewhere.backend(world, "ec2").tags
    sent = {each["Key"]: each.get("Value", "") for each in request["Tags"]}
    for id in request["Resources"]:
        tags.check("ec2", kept.get(id, {}) | sent)


def _refuse_tags(request: Fields, type: str) -> None:
    """The resource type must be the one that is made (ledger 0.3)."""
    for specification in request.get("TagSpecifications", ()):
        if specification.get("ResourceType") != type:
            raise INVALID.about(
                why=f"'{specification.get('ResourceType')}' is not a valid taggable resource type for this operation."
            )
        tags.check("ec2", {each["Key"]: each.get("Value", "") for each in specification.get("Tags", ())})


def create_flow_logs(_world: World, request: Fields) -> None:
    refused = Refusal("InvalidParameter", "{why}")
    if request.get("LogGroupName") and request.get("LogDestination"):
        raise refused.about(why="Please only provide LogGroupName or only provide LogDestination.")
    if request.get("LogGroupName") and request.get("LogDestinationType", "cloud-watch-logs") != "cloud-watch-logs":
        raise refused.about(why="LogDestination type must be cloud-watch-logs if LogGroupName is provided.")


def associate_route_table(world: World, request: Fields) -> None:
    tables = elsewhere.backend(world, "ec2").route_tables.values()
    if any(request.get("SubnetId") == one.get("SubnetId") for each in tables for one in each.associations):
        table = request["RouteTableId"]
        why = f"the specified association for route table {table} conflicts with an existing association"
        raise Refusal("Resource.AlreadyAssociated", why)


def release_address(world: World, request: Fields) -> None:
    """Not while a NAT gateway has it."""
    gateways = elsewhere.backend(world, "ec2").nat_gateways.values()
    held = {each["allocationId"] for gateway in gateways if gateway.state != "deleted" for each in gateway.address_set}
    if request.get("AllocationId") in held:
        raise Refusal("InvalidIPAddress.InUse", f"Address {request['AllocationId']} is in use.")


def create_vpc_endpoint(world: World, request: Fields) -> None:
    """AWS's own services are known by name; those of others (`vpce-svc-`) only to who shares them."""
    name = request.get("ServiceName", "")
    offered = elsewhere.backend(world, "ec2")._collect_default_endpoint_services(world.account, world.region)  # noqa: SLF001  it has no verb for it
    known = {each["ServiceName"] for each in offered}
    if "vpce-svc-" not in name and name not in known:
        raise Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def _ipv6_blocks(self: Any) -> list[dict[str, Any]]:
    """moto tells the state of a subnet's IPv6 block one level too deep (botocore, SubnetIpv6CidrBlockAssociation)."""
    kept = self.ipv6_cidr_block_associations.values()
    return [
        {**each, "ipv6CidrBlockState": {"state": each["ipv6CidrBlockState"]["State"]}}
        for each in kept
        if each["ipv6CidrBlockState"]["State"] == "associated"
    ]


Subnet.ipv6_cidr_block_association_set = property(_ipv6_blocks)

# Whoever asks for an endpoint would wait until moto has loaded all of its services, some of which need packages that
# only their extras bring. But for these two their endpoints are as those of services that moto has no module for.
vpcs.IMPLEMENTED_ENDPOINT_SERVICES[:] = vpcs.COVERED_ENDPOINT_SERVICES[:] = ["dynamodb", "s3"]
