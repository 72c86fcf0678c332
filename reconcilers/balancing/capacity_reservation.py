"""Reserved capacity: so many capacity units that AWS keeps ready for a load balancer, before the crowd comes.

A reservation has neither an id nor tags: it is the balancer's one setting, and goes by a reset. It is looked at where
the spec states one, or was edited and may not state it any more, so that nobody else pays a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import LogGroup
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import balancers
from specs import Instance


class CapacityReservation(Resource):
    load_balancer_arn: Immutable[Link]
    capacity_units: int


class CapacityReservations(Reconciler[CapacityReservation]):
    kind = CapacityReservation
    needs = (LoadBalancer,)
    cascades = True
    settles = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, CapacityReservation]]:
        for balancer in balancers(instance):
            if balancer.spec.reserved_capacity is not None:
                of = Ref(LoadBalancer.key(instance.address, balancer.name), "arn")
                key = CapacityReservation.key(instance.address, balancer.name)
                yield key, CapacityReservation(load_balancer_arn=of, capacity_units=balancer.spec.reserved_capacity)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[CapacityReservation]]:
        edited = {
            live.key.instance
            for live in look.of(LogGroup)
            if not live.key.part and not look.settled(live.key.instance, live.resource.tags or {})
        }
        asked = [
            (key, live.id)
            for live in look.of(LoadBalancer)
            if (key := CapacityReservation.key(live.key.instance, live.key.part)) in look.graph
            or live.key.instance in edited
        ]
        answers = aws.parallel(lambda one: aws.elbv2.describe_capacity_reservation(LoadBalancerArn=one[1]), asked)
        for (key, arn), answer in zip(asked, answers, strict=True):
            if units := answer.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits"):
                found = CapacityReservation(load_balancer_arn=arn, capacity_units=units)
                yield Live(key, _id(arn), found, settling=_settling(answer), failed=_failed(answer))

    def create(self, aws: Aws, key: Key, want: CapacityReservation, name: str) -> Made:
        units = {"CapacityUnits": want.capacity_units}
        aws.elbv2.modify_capacity_reservation(LoadBalancerArn=want.load_balancer_arn, MinimumLoadBalancerCapacity=units)
        return {"id": _id(str(want.load_balancer_arn))}

    def update(
        self, aws: Aws, live: Live[CapacityReservation], want: CapacityReservation, changed: frozenset[str]
    ) -> None:
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[CapacityReservation]) -> None:
        aws.elbv2.modify_capacity_reservation(
            LoadBalancerArn=live.resource.load_balancer_arn, ResetCapacityReservation=True
        )

    def parent_of(self, live: Live[CapacityReservation]) -> str:
        return str(live.resource.load_balancer_arn)


def _id(arn: str) -> str:
    """Not the ARN alone: what has the balancer's id goes with the balancer, and would never be reset (as web ACLs)."""
    return f"{arn}#capacity"


def _states(answer: Mapping[str, Any], *codes: str) -> list[Mapping[str, Any]]:
    """The zones in one of these states (elbv2 CapacityReservationStatus, Code)."""
    return [each["State"] for each in answer.get("CapacityReservationState", ()) if each["State"]["Code"] in codes]


def _settling(answer: Mapping[str, Any]) -> str:
    return "capacity is being reserved" if _states(answer, "pending", "rebalancing") else ""


def _failed(answer: Mapping[str, Any]) -> str:
    return next((str(each.get("Reason", "no capacity")) for each in _states(answer, "failed")), "")
