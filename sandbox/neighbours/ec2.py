"""Security groups and subnets: names, duplicate rules, limits, and who still needs them (ledger 1.2, 1.8)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.services.foreign import HELD, SECURITY_GROUP, SUBNET
from sandbox.world import World


def delete_security_group(world: World, request: Fields) -> None:
    id = request.get("GroupId", "")
    world.refuse_if_held(SECURITY_GROUP, id)
    ec2 = elsewhere.backend(world, "ec2")
    if any(id in {group.id for group in each.group_set} for each in ec2.enis.values()):
        raise HELD.about(id=id)


def delete_subnet(world: World, request: Fields) -> None:
    id = request["SubnetId"]
    world.refuse_if_held(SUBNET, id)
    if any(each.subnet.id == id for each in elsewhere.backend(world, "ec2").enis.values()):
        raise HELD.about(id=id)
