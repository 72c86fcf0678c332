"""VPC links: immutable but for their name, minutes to come and to go, and gone later still from the subnets."""

from __future__ import annotations

from sandbox import identity, interfaces
from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway import links as rest
from sandbox.services.apigatewayv2.deploying import refuse_served
from sandbox.services.apigatewayv2.facts import INTERFACES_LINGER, LINK_STARTS, LINK_STOPS, VPC_LINK
from sandbox.services.apigatewayv2.words import bad
from sandbox.services.foreign import SUBNET
from sandbox.world import Resource, World, become, vanish

NOT_SERVED = frozenset({"use1-az3", "usw1-az1", "usw1-az3"})  # zone ids without VPC links; ledger 1.2
READY = {"VpcLinkStatus": "AVAILABLE", "VpcLinkStatusMessage": "VPC link is ready to route traffic"}


def create_vpc_link(world: World, request: Fields) -> Fields:
    link = world.add(VPC_LINK, request, {"CreatedDate": world.time})
    subnets = [world.get(SUBNET, id) for id in link["SubnetIds"]]
    try:
        _refuse_subnets(subnets)
    except Exception:
        world.remove(link)
        raise
    identity.service_linked_role(world, "ops.apigateway.amazonaws.com")
    for subnet in subnets:
        interfaces.attach(world, subnet.id, link["SecurityGroupIds"], owner(link))
    world.later(LINK_STARTS, become, link, READY)
    return link.shown()


def _refuse_subnets(subnets: list[Resource]) -> None:
    if len({each["VpcId"] for each in subnets}) > 1:
        raise bad("All subnets of a VPC link must be in the same VPC")
    for subnet in subnets:
        if subnet["AvailabilityZoneId"] in NOT_SERVED:
            zone = subnet["AvailabilityZoneId"]
            raise bad(f"Subnet {subnet.id} is in availability zone '{zone}' where service is not available.")


def owner(link: Resource) -> str:
    """How its network interfaces say whose they are (ledger 7.1)."""
    return f"AWS created network interface for VPC Link {link.id}"


def get_vpc_link(world: World, request: Fields) -> Fields:
    return world.get(VPC_LINK, request["VpcLinkId"]).shown()


def get_vpc_links(world: World, _request: Fields) -> Fields:
    return {"Items": Listing(world.all(VPC_LINK), Resource.shown)}


def update_vpc_link(world: World, request: Fields) -> Fields:
    link = world.get(VPC_LINK, request["VpcLinkId"])
    return world.change(link, {"Name": request["Name"]} if "Name" in request else {}).shown()


def delete_vpc_link(world: World, request: Fields) -> None:
    """Refused while an integration, or what a stage has deployed, uses it (ledger 7.1)."""
    link = world.get(VPC_LINK, request["VpcLinkId"])
    if link["VpcLinkStatus"] == "DELETING":
        return
    world.refuse_if_held(VPC_LINK, link.id)
    refuse_served(world, link.id)
    rest.refuse_deployed(world, link.id)
    become(world, link, {"VpcLinkStatus": "DELETING", "VpcLinkStatusMessage": "VPC link is deprovisioning ENIs"})
    interfaces.detach(world, interfaces.owned(world, owner(link)), after=LINK_STOPS + INTERFACES_LINGER)
    world.later(LINK_STOPS, vanish, link)
