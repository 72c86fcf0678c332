"""Reserved capacity: one setting of a load balancer, in effect some minutes later (botocore,
ModifyCapacityReservation)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.elbv2.facts import LOAD_BALANCER, bad
from sandbox.world import Resource, World

LASTS = 120  # seconds from pending to provisioned; ours
MOST = 1500  # units of one balancer; "LCU reservations" quota, ours where AWS has one per account


def modify_capacity_reservation(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    wanted = request.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits")
    if (wanted is None) != bool(request.get("ResetCapacityReservation")):
        raise bad("Either a minimum capacity or a reset has to be specified")
    if wanted is not None and wanted > MOST:
        raise Refusal("CapacityUnitsLimitExceeded", f"At most {MOST} capacity units can be reserved")
    balancer.hidden["capacity"] = {"units": wanted, "since": world.now} if wanted is not None else {}
    return _told(world, balancer)


def describe_capacity_reservation(world: World, request: Fields) -> Fields:
    return _told(world, world.get(LOAD_BALANCER, request["LoadBalancerArn"]))


def _told(world: World, balancer: Resource) -> Fields:
    kept = balancer.hidden.get("capacity", {})
    if not kept:
        return {"DecreaseRequestsRemaining": 2}
    code = "provisioned" if world.now >= kept["since"] + LASTS else "pending"
    return {
        "DecreaseRequestsRemaining": 2,
        "MinimumLoadBalancerCapacity": {"CapacityUnits": kept["units"]},
        "CapacityReservationState": [
            {"AvailabilityZone": zone["ZoneName"], "State": {"Code": code}} for zone in balancer["AvailabilityZones"]
        ],
    }
