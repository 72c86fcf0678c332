"""Replacing a target group behind a running service, because there traffic and registration move by different calls.

Three plans, each the ordinary planner's answer to what is live (architecture.md, *Replacement is nobody's code*):

1. make the new group; the rule forwards `old:1, new:0`, which hangs it on the balancer, and the service stays put;
2. the service registers its tasks in both groups, until the new one has as many healthy targets as the old one;
3. the rule forwards to the new group, then the service leaves the old one, which goes when nothing settles any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drift.difference import compare
from reconcilers import Fleet, Graph, Key, Live, Resource
from reconcilers.balancing.listener_rule import Forward, Forwarding, ListenerRule, Weighted
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.service import Service
from reconcilers.compute.service_shapes import Wire
from reconcilers.keys import Link, Ref
from reconcilers.resource import resolve

if TYPE_CHECKING:
    from drift.plan import Scope


def handover(graph: Graph, fleet: Fleet, scope: Scope) -> dict[Key, Resource]:
    """Other wants for the rules and services of target groups that are being replaced, and for nobody else."""
    wants: dict[Key, Resource] = {}
    ids = {(live.key, "id"): live.id for live in fleet.lives}
    for key, want in graph.items():
        if isinstance(want, TargetGroup) and key.instance in scope.instances and fleet.by_key.get(key):
            old, new = _copies(resolve(want, ids), fleet.by_key[key], fleet, key)
            if old is not None:
                wants |= _steps(key, old, new, graph, fleet)
    return wants


def _copies(
    want: TargetGroup, there: tuple[Live[Any], ...], fleet: Fleet, key: Key
) -> tuple[Live[Any] | None, Live[Any] | None]:
    """The group that traffic or tasks still use though it is not as wanted, and the one that is, if there is one."""
    fits = [live for live in there if not any(each.replaces for each in compare(want, live.resource))]
    others = [live for live in there if live not in fits]
    used = set(_forwarded(fleet, key)) | set(_registered(fleet, key))
    old = next((live for live in others if live.id in used), None)
    return old, next(iter(fits), None)


def _forwarded(fleet: Fleet, group: Key) -> list[str]:
    """The groups the live rule sends traffic to."""
    rules = fleet.by_key.get(ListenerRule.key(group.instance, group.part), ())
    return [
        str(each.target_group_arn)
        for rule in rules
        for action in rule.resource.actions
        if action.forward_config is not None
        for each in action.forward_config.target_groups
        if each.weight > 0
    ]


def _registered(fleet: Fleet, group: Key) -> list[str]:
    """The groups the live service registers its tasks in."""
    found = fleet.by_key.get(Service.key(group.instance, group.part), ())
    return [str(wire.target_group_arn) for live in found for wire in live.resource.load_balancers]


def _steps(group: Key, old: Live[Any], new: Live[Any] | None, graph: Graph, fleet: Fleet) -> dict[Key, Resource]:
    rule_key = ListenerRule.key(group.instance, group.part)
    service_key = Service.key(group.instance, group.part)
    rule, service = graph[rule_key], graph[service_key]
    assert isinstance(rule, ListenerRule)
    assert isinstance(service, Service)
    forwarded = _forwarded(fleet, group)
    if old.id not in forwarded:  # plan 3 is under way: traffic has left, the service follows by the ordinary plan
        return {}
    fresh: Link = new.id if new is not None else Ref(group, "arn")
    ready = (
        new is not None
        and _settled(service_key, fleet)
        and _healthy(new) >= max(1, _healthy(old))
        and ({old.id, new.id} <= set(_registered(fleet, group)))
    )
    if ready:
        return {}
    both = _rule(rule, [(old.id, 1), (fresh, 0)])
    attached = new is not None and new.busy
    wires: list[Link] = [old.id, fresh] if attached else [old.id]
    return {rule_key: both, service_key: _service(service, wires)}


def _rule(rule: ListenerRule, groups: list[tuple[Link, int]]) -> ListenerRule:
    weighted = tuple(Weighted(target_group_arn=arn, weight=weight) for arn, weight in groups)
    return rule.model_copy(update={"actions": (Forward(forward_config=Forwarding(target_groups=weighted)),)})


def _service(service: Service, groups: list[Link]) -> Service:
    wire = service.load_balancers[0]
    wires = tuple(
        Wire(target_group_arn=arn, container_name=wire.container_name, container_port=wire.container_port)
        for arn in groups
    )
    return service.model_copy(update={"load_balancers": wires})


def _settled(service: Key, fleet: Fleet) -> bool:
    return all(not live.settling for live in fleet.by_key.get(service, ()))


def _healthy(group: Live[Any]) -> int:
    return int(group.attributes.get("healthy", "0"))
