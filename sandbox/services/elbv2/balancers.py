"""Load balancers: in at least two zones, minutes to start, and network interfaces that stay a while after them."""

from __future__ import annotations

from typing import Any

from sandbox import elsewhere, identity, interfaces
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import attributes, look_up
from sandbox.services.elbv2.facts import (
    BALANCERS,
    ELSEWHERE,
    INTERFACES_LINGER,
    LOAD_BALANCER,
    PATH,
    STARTS,
    ZONES,
    bad,
    misconfigured,
)
from sandbox.services.foreign import SUBNET
from sandbox.world import Resource, World, become

MOST_ASKED = 20  # ARNs in one DescribeLoadBalancers; ledger 0.4


def create_load_balancer(world: World, request: Fields) -> Fields:
    kind, name = request.get("Type", "application"), request["Name"]
    subnets = request.get("Subnets") or [each["SubnetId"] for each in request.get("SubnetMappings", ())]
    if not subnets:
        raise bad("A subnet must be specified")
    _refuse_addresses(world, request, kind)
    _refuse_ipv4_only(world, request.get("IpAddressType", ""), subnets)
    named = [each for each in world.all(LOAD_BALANCER) if each["LoadBalancerName"] == name]
    if not named:
        alike = [each for each in world.all(LOAD_BALANCER) if each["Type"] == kind]
        world.refuse_beyond(BALANCERS[kind], len(alike))
    id = LOAD_BALANCER.id.replace("{path}", PATH[kind]).format_map(world.words() | {"LoadBalancerName": name})
    balancer = world.add(LOAD_BALANCER, request, _made(world, request, kind, subnets), id=id)
    if balancer.id == id:
        _refuse_unreachable(world, balancer)
        identity.service_linked_role(world, "elasticloadbalancing.amazonaws.com")
        balancer.hidden["attributes"] = attributes.defaults(attributes.of_balancer(balancer))
        _guard_ipv6(balancer)
        _attach(world, balancer, subnets)
        _give(world, balancer, request.get("SubnetMappings", ()))
        world.later(STARTS[kind], become, balancer, {"State": {"Code": "active"}})
    return {"LoadBalancers": [balancer.shown()]}


def _refuse_addresses(world: World, request: Fields, kind: str) -> None:
    """Elastic IPs are for network load balancers that face the internet, and each serves once (botocore,
    SubnetMapping)."""
    asked = [each["AllocationId"] for each in request.get("SubnetMappings", ()) if "AllocationId" in each]
    if asked and (kind != "network" or request.get("Scheme") == "internal"):
        raise misconfigured("Elastic IP addresses are for internet-facing Network Load Balancers")
    for id in asked:
        address = _address(world, id)
        if address is None:
            raise Refusal("AllocationIdNotFound", f"The allocation ID '{id}' does not exist")
        holders = [each for each in world.all(LOAD_BALANCER) if id in _allocations(each)]
        if address.association_id or any(each["LoadBalancerName"] != request["Name"] for each in holders):
            raise Refusal("ResourceInUse", f"The allocation ID '{id}' is already in use")


def _refuse_ipv4_only(world: World, type: str, subnets: list[str]) -> None:
    """IPv6 wants addresses to give (aws-load-balancer-controller#4852)."""
    kept = elsewhere.backend(world, "ec2").subnets
    there = (subnet for zones in kept.values() for subnet in zones.values() if subnet.id in subnets)
    if type.startswith("dualstack") and any(not each.ipv6_cidr_block_association_set for each in there):
        raise bad("You must specify subnets with an associated IPv6 CIDR block.")


def _address(world: World, id: str) -> Any:
    addresses = elsewhere.backend(world, "ec2").addresses
    return next((each for each in addresses if each.allocation_id == id), None)


def _allocations(balancer: Resource) -> list[str]:
    given = (each for zone in balancer["AvailabilityZones"] for each in zone["LoadBalancerAddresses"])
    return [each["AllocationId"] for each in given]


def _give(world: World, balancer: Resource, mappings: list[Fields]) -> None:
    """Each zone shows the address that was asked for its subnet."""
    asked = {each["SubnetId"]: each["AllocationId"] for each in mappings if "AllocationId" in each}
    zones = [zone | _given(world, asked.get(zone["SubnetId"], "")) for zone in balancer["AvailabilityZones"]]
    world.change(balancer, {"AvailabilityZones": zones})


def _given(world: World, allocation: str) -> Fields:
    address = _address(world, allocation)
    if address is None:
        return {}
    return {"LoadBalancerAddresses": [{"AllocationId": allocation, "IpAddress": address.public_ip}]}


def _made(world: World, request: Fields, kind: str, subnets: list[str]) -> Fields:
    first = world.find(SUBNET, subnets[0])
    vpc = first["VpcId"] if first else ""
    made = {
        "LoadBalancerName": request["Name"],
        "AvailabilityZones": _zones(world, subnets),
        "State": {"Code": "provisioning"},
        "CreatedTime": world.time,
        "VpcId": vpc,
        "CanonicalHostedZoneId": ZONES.get(world.region, ELSEWHERE)[kind == "network"],
        "DNSName": _dns_name(world, request, kind),
    }
    if kind == "application" and first and not request.get("SecurityGroups"):
        default = elsewhere.backend(world, "ec2").get_default_security_group(vpc)
        made["SecurityGroups"] = [default.id]  # ledger 5.2
    if kind == "network" and request.get("SecurityGroups"):
        made["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "on"  # ledger 5.2
    return made


def _dns_name(world: World, request: Fields, kind: str) -> str:
    if kind == "network":
        return f"{request['Name']}-{world.words()['hex']}.elb.{world.region}.amazonaws.com"
    prefix = "internal-" if request.get("Scheme") == "internal" else ""
    return f"{prefix}{request['Name']}-{1000000000 + world.turns}.{world.region}.elb.amazonaws.com"


def _refuse_unreachable(world: World, balancer: Resource) -> None:
    """A balancer that faces the internet needs a way there (ledger 5.2)."""
    gateways = elsewhere.backend(world, "ec2").internet_gateways.values()
    if balancer["Scheme"] == "internet-facing" and balancer["VpcId"] not in {
        getattr(each.vpc, "id", "") for each in gateways
    }:
        world.remove(balancer)
        raise Refusal("InvalidSubnet", f"VPC {balancer['VpcId']} has no internet gateway")


def _attach(world: World, balancer: Resource, subnets: list[str]) -> None:
    for subnet in subnets:
        interfaces.attach(world, subnet, balancer.fields.get("SecurityGroups", ()), owner(balancer))


def owner(balancer: Resource) -> str:
    """How its network interfaces say whose they are (ledger 5.2)."""
    return f"ELB {balancer.id.split(':loadbalancer/')[1]}"


def describe_load_balancers(world: World, request: Fields) -> Fields:
    if len(request.get("LoadBalancerArns", ())) > MOST_ASKED:
        raise bad(f"The maximum number of load balancers is {MOST_ASKED}")
    return {"LoadBalancers": look_up.described(world, LOAD_BALANCER, request, "LoadBalancerArns", "LoadBalancerName")}


def delete_load_balancer(world: World, request: Fields) -> None:
    """An unknown one is deleted already; its listeners and their rules go with it (ledger 5.2)."""
    balancer = world.find(LOAD_BALANCER, request["LoadBalancerArn"])
    if balancer is None:
        return
    if balancer.hidden["attributes"]["deletion_protection.enabled"] == "true":
        why = "cannot be deleted because deletion protection is enabled"
        raise Refusal("OperationNotPermitted", f"Load balancer '{balancer.id}' {why}")
    world.remove(balancer)
    interfaces.detach(world, interfaces.owned(world, owner(balancer)), after=INTERFACES_LINGER)


def describe_load_balancer_attributes(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    return attributes.told(balancer, attributes.of_balancer(balancer))


def modify_load_balancer_attributes(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    fixed = attributes.FIXED.get(balancer["Type"], ())
    return attributes.merge(balancer, attributes.of_balancer(balancer), request["Attributes"], fixed)


def set_subnets(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    wanted = request.get("Subnets") or [each["SubnetId"] for each in request.get("SubnetMappings", ())]
    _refuse_ipv4_only(world, balancer["IpAddressType"], wanted)
    before = {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}
    world.change(balancer, {"AvailabilityZones": _zones(world, wanted)})
    _attach(world, balancer, [each for each in wanted if each not in before])
    ec2 = elsewhere.backend(world, "ec2")
    left = [id for id in interfaces.owned(world, owner(balancer)) if ec2.enis[id].subnet.id not in wanted]
    interfaces.detach(world, left, after=INTERFACES_LINGER)
    return {"AvailabilityZones": balancer["AvailabilityZones"], "IpAddressType": balancer["IpAddressType"]}


def set_security_groups(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    if balancer["Type"] == "network" and bool(balancer.fields.get("SecurityGroups")) != bool(request["SecurityGroups"]):
        raise misconfigured(
            "Security groups of a Network Load Balancer can be replaced, not added later nor all removed"
        )
    if balancer["Type"] == "application" and not request["SecurityGroups"]:
        raise misconfigured("At least one security group must be specified")
    world.change(balancer, {"SecurityGroups": request["SecurityGroups"]})
    interfaces.regroup(world, owner(balancer), request["SecurityGroups"])
    enforced = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    if balancer["Type"] == "network" and enforced in request:
        world.change(balancer, {enforced: request[enforced]})
    return {"SecurityGroupIds": balancer["SecurityGroups"]}


def _guard_ipv6(balancer: Resource) -> None:
    """Only of load balancers that IPv6 reaches AWS tells whether the internet does (recorded: none of the others has
    the attribute)."""
    told = balancer.hidden["attributes"]
    if balancer["Type"] == "gateway" or not balancer["IpAddressType"].startswith("dualstack"):
        told.pop("ipv6.deny_all_igw_traffic", None)
    else:
        told["ipv6.deny_all_igw_traffic"] = str(balancer["Scheme"] == "internal").lower()


def set_ip_address_type(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    _refuse_ipv4_only(world, request["IpAddressType"], [zone["SubnetId"] for zone in balancer["AvailabilityZones"]])
    world.change(balancer, {"IpAddressType": request["IpAddressType"]})
    _guard_ipv6(balancer)
    return {"IpAddressType": balancer["IpAddressType"]}


def _zones(world: World, subnets: list[str]) -> list[Fields]:
    found = [(id, world.find(SUBNET, id)) for id in subnets]
    return [
        {"SubnetId": id, "ZoneName": subnet["AvailabilityZone"] if subnet else id, "LoadBalancerAddresses": []}
        for id, subnet in found
    ]
