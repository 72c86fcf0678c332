"""Balancers, VPC links and Fargate tasks live in subnets through network interfaces, and those outlive their owners: a
security group or a subnet stays undeletable for a while after everything visible in it is gone (ledger 1.8, 5.2, 7.1).

The interfaces are moto's own, so `DescribeNetworkInterfaces` shows them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox import elsewhere
from sandbox.services.foreign import NETWORK_INTERFACE

if TYPE_CHECKING:
    from sandbox.world import Resource, World

RESERVED = 4  # AWS keeps the first four addresses of a subnet and its last one (ledger 1.2)


def attach(world: World, subnet: str, groups: Sequence[str], description: str) -> tuple[str, str]:
    """A new interface in a subnet: its id and its private address. Without groups it gets the VPC's default one.

    `description` is how AWS tells whose it is, e.g. `ELB app/web/1234` (ledger 5.2).
    """
    ec2 = elsewhere.backend(world, "ec2")
    interface = ec2.create_network_interface(
        subnet, _free_address(ec2, subnet), group_ids=list(groups), description=description
    )
    interface.requester_managed, interface.status = True, "in-use"
    return interface.id, interface.private_ip_address


def _free_address(ec2: Any, subnet: str) -> str:
    taken = {each.private_ip_address for each in ec2.enis.values() if each.subnet.id == subnet}
    network = ipaddress.ip_network(ec2.get_subnet(subnet).cidr_block)
    start = int(network.network_address) + RESERVED
    free = (str(ipaddress.ip_address(each)) for each in range(start, int(network.broadcast_address)))
    return next(each for each in free if each not in taken)


def owned(world: World, description: str) -> list[str]:
    """The ids of the interfaces made under this description."""
    return [each.id for each in elsewhere.backend(world, "ec2").enis.values() if each.description == description]


def regroup(world: World, description: str, groups: Sequence[str]) -> None:
    """Their owner has other security groups now."""
    ec2 = elsewhere.backend(world, "ec2")
    for id in owned(world, description):
        ec2.modify_network_interface_attribute(id, list(groups))


def detach(world: World, ids: Sequence[str], after: float = 0.0) -> None:
    """They go `after` so many seconds; until then they hold their groups and subnets."""
    for id in ids:
        if interface := world.find(NETWORK_INTERFACE, id):
            world.later(after, _release, interface)


def _release(world: World, interface: Resource) -> None:
    elsewhere.backend(world, "ec2").delete_network_interface(interface.id)
