"""Replacing a target group behind a running service, because there traffic and registration move by different calls.

Behind the same balancer it takes three plans, each the ordinary planner's answer to what is live (architecture.md,
*Replacement is nobody's code*):

1. make the new group; the rule forwards `old:1, new:0`, which hangs it on the balancer, and the service stays put;
2. the service registers its tasks in both groups, until the new one has as many healthy targets as the old one;
3. the rule forwards to the new group, then the service leaves the old one, which goes when nothing settles any more.

A group serves one balancer only, so a new balancer has a new group, with a rule or listener of its own that leads there
from the start. Then it is the callers who move, in plan 3: until the new group is healthy they stay as they are, and
until they have moved nothing of the old way goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from drift.crossing import as_it_is, crossing
from drift.difference import compare
from drift.letting_in import letting_in
from drift.plan import Scope
from drift.succession import succession, unwanted
from reconcilers import Fleet, Graph, Key, Live, Resource
from reconcilers.balancing.actions import Weighted, groups_of
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.listener_rule import ListenerRule
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.service import Service
from reconcilers.compute.service_shapes import Wire
from reconcilers.keys import Link, Ref
from reconcilers.network.security_group_rule import SecurityGroupRule
from reconcilers.resource import leaves, refs, resolve

INSIDE = frozenset({"LoadBalancerAttributes", "TargetGroup", "Listener", "ListenerRule", "Service", "ScalingPolicy"})
"""What refers to a balancer or a listener without sending it requests."""
CALLERS = frozenset({"Integration", "RestIntegration", "RestVpcLink"})
"""What of an API names what it calls."""


@dataclass(frozen=True)
class Handover:
    """Other wants than the graph's, and what may not go meanwhile."""

    wants: Mapping[Key, Resource] = field(default_factory=dict)
    keeps: frozenset[str] = frozenset()
    """The ids of live resources that traffic still needs."""


def handover(graph: Graph, fleet: Fleet, scope: Scope) -> Handover:
    """Other wants for the services, and what leads to them, whose target groups are being replaced; nobody else's."""
    wants: dict[Key, Resource] = {}
    keeps: set[str] = set()
    known = _fitting(graph, fleet)
    for key, want in graph.items():
        if not isinstance(want, TargetGroup) or key.instance not in scope.instances:
            continue
        there = fleet.by_key.get(key, ())
        new = _first_fit(resolve(want, known), there)
        if len(there) == (new is not None):  # none, or the one there should be
            continue
        old = _used(key, [live for live in there if not _fits(resolve(want, known), live)], fleet)
        if old is not None:
            step = _steps(Move(key, old, new, graph, fleet, known))
            wants |= step.wants
            keeps |= step.keeps
    for other in (succession, crossing):
        waiting, staying = other(graph, fleet, scope.instances)
        wants = {**waiting, **wants}
        keeps |= staying
    return Handover(letting_in(graph, fleet) | wants, frozenset(keeps))


def _fitting(graph: Graph, fleet: Fleet) -> dict[tuple[Key, str], str]:
    """What references resolve to; of a balancer or listener that is being replaced, to the new one if there is one."""
    known = {(live.key, name): value for live in fleet.lives for name, value in _settled(live).items()}
    for kind in (LoadBalancer, Listener):
        for key, want in graph.items():
            if isinstance(want, kind) and (live := _first_fit(resolve(want, known), fleet.by_key.get(key, ()))):
                known |= {(key, name): value for name, value in {**live.attributes, "id": live.id}.items()}
    return known


def _settled(live: Live[Any]) -> dict[str, str]:
    """What of a live resource holds whatever comes of this: not the ARN of a group, which may have to go."""
    match live.resource:
        case LoadBalancer() | Listener():
            return {}
        case TargetGroup():
            return {"id": live.id}
    return {**live.attributes, "id": live.id}


def _first_fit(want: Resource, there: tuple[Live[Any], ...]) -> Live[Any] | None:
    return next((live for live in there if _fits(want, live)), None)


def _fits(want: Resource, live: Live[Any]) -> bool:
    return not any(each.replaces for each in compare(want, live.resource))


def _used(group: Key, others: list[Live[Any]], fleet: Fleet) -> Live[Any] | None:
    """The group that traffic or tasks still use though it is not as wanted."""
    registered = _registered(fleet, group)
    return next((live for live in others if live.id in registered or _ways(fleet, live)), None)


def _ways(fleet: Fleet, group: Live[Any]) -> list[Live[Any]]:
    """The live rules, or listeners of a network load balancer, that send traffic to a group."""
    every: tuple[Live[Any], ...] = (*fleet.of(ListenerRule), *fleet.of(Listener))
    mine = (way for way in every if way.key.instance == group.key.instance)
    return [way for way in mine if any(each.target_group_arn == group.id for each in _sent(way.resource))]


def _sent(way: Resource) -> list[Weighted]:
    """Where a rule or a listener sends traffic to."""
    assert isinstance(way, ListenerRule | Listener)
    actions = way.actions if isinstance(way, ListenerRule) else way.default_actions
    return [each for each in groups_of(actions) if each.weight > 0]


def _registered(fleet: Fleet, group: Key) -> list[str]:
    """The groups the live service registers its tasks in."""
    found = fleet.by_key.get(Service.key(group.instance, group.part), ())
    return [str(wire.target_group_arn) for live in found for wire in live.resource.load_balancers]


@dataclass(frozen=True)
class Move:
    """One service on its way from one target group to another."""

    group: Key
    old: Live[Any]
    new: Live[Any] | None
    graph: Graph
    fleet: Fleet
    known: Mapping[tuple[Key, str], str]

    @property
    def ways(self) -> dict[Key, Resource]:
        """What will lead to the new group."""
        kinds = (ListenerRule, Listener)
        mine = ((key, want) for key, want in self.graph.items() if key.instance == self.group.instance)
        return {
            key: resolve(want, self.known)
            for key, want in mine
            if isinstance(want, kinds) and any(ref.key == self.group for ref in refs(self.graph[key]))
        }

    @property
    def service(self) -> Key:
        return Service.key(self.group.instance, self.group.part)

    @property
    def fresh(self) -> Link:
        return self.new.id if self.new is not None else Ref(self.group, "arn")

    @property
    def ready(self) -> bool:
        """Whether the new group has as many healthy targets as the old one."""
        settled = all(not live.settling for live in self.fleet.by_key.get(self.service, ()))
        return (
            self.new is not None
            and settled
            and _healthy(self.new) >= max(1, _healthy(self.old))
            and {self.old.id, self.new.id} <= set(_registered(self.fleet, self.group))
        )

    @property
    def open(self) -> bool:
        """Whether the balancer of the new group takes requests."""
        new = self.new.resource.load_balancer if self.new is not None else None
        return any(live.id == new and not live.settling for live in self.fleet.of(LoadBalancer))

    def registering(self) -> Service:
        """The service, in the old group and, as soon as that hangs on a balancer, in the new one."""
        service = self.graph[self.service]
        assert isinstance(service, Service)
        attached = self.new is not None and self.new.busy
        wire = service.load_balancers[0]
        wires = tuple(
            Wire(target_group_arn=arn, container_name=wire.container_name, container_port=wire.container_port)
            for arn in ([self.old.id, self.fresh] if attached else [self.old.id])
        )
        return service.model_copy(update={"load_balancers": wires})


def _steps(move: Move) -> Handover:
    ways = _ways(move.fleet, move.old)
    if not ways:  # plan 3 is under way: traffic has left, the service follows by the ordinary plan
        return Handover()
    wants = move.ways
    if not any(way.key in wants and _fits(wants[way.key], way) for way in ways):
        return _callers(move, ways)
    if move.ready:
        return Handover()
    both: dict[Key, Resource] = {key: _both(want, move) for key, want in wants.items()}
    both[move.service] = move.registering()
    return Handover(both, frozenset(leaf for leaf in leaves(both) if isinstance(leaf, str)))


def _both(way: Resource, move: Move) -> Resource:
    """A rule or a listener whose share for the group stays with the old one, and leads to the new one with weight 0."""
    assert isinstance(way, ListenerRule | Listener)
    *first, last = way.actions if isinstance(way, ListenerRule) else way.default_actions
    groups: list[tuple[Link, int]] = []
    for each in groups_of([last]):
        mine = isinstance(each.target_group_arn, Ref) and each.target_group_arn.key == move.group
        groups += [(move.old.id, each.weight), (move.fresh, 0)] if mine else [(each.target_group_arn, each.weight)]
    forward = type(last).to(*groups).forward_config
    assert forward is not None
    assert last.forward_config is not None
    kept = last.forward_config.model_copy(update={"target_groups": forward.target_groups})
    actions = (*first, last.model_copy(update={"forward_config": kept}))
    return way.model_copy(update={"actions" if isinstance(way, ListenerRule) else "default_actions": actions})


def _callers(move: Move, ways: list[Live[Any]]) -> Handover:
    """The balancer is another one: its callers stay where they are until the new group is healthy, then they move."""
    old = _old_way(move, ways)
    held = {key: as_it_is(want, live) for key, want, live in _calling(move, old)}
    ready = move.ready and move.open
    left = move.old.id not in _registered(move.fleet, move.group)
    if not (held or _going(move, old)) and (ready or left):
        return Handover()
    wants = {move.service: move.registering(), **(held if not ready else {})}
    carrying = unwanted(move.graph, move.fleet, {move.group.instance}) if not ready else set()
    return Handover(wants, frozenset(old | {move.old.id} | carrying))


def _old_way(move: Move, ways: list[Live[Any]]) -> set[str]:
    """What leads to the old group: the ids of rules, listeners, balancers, and of the packets they let through; and the
    balancers' names."""
    found = {way.id for way in ways} | {str(getattr(way.resource, "listener_arn", way.id)) for way in ways}
    listeners = [live for live in move.fleet.of(Listener) if live.id in found]
    balancers = {str(live.resource.load_balancer_arn) for live in listeners}
    instances = {move.group.instance, *(live.key.instance for live in listeners)}
    rules = {live.id for live in move.fleet.of(SecurityGroupRule) if live.key.instance in instances}
    hosts = {live.attributes["dns_name"] for live in move.fleet.of(LoadBalancer) if live.id in balancers}
    return found | balancers | rules | hosts


def _leads(live: Live[Any], old: set[str]) -> bool:
    """Whether it names one of these, by itself or in a URL."""
    said = [leaf for leaf in leaves(live.resource) if isinstance(leaf, str)]
    return any(word in leaf for leaf in said for word in old)


def _going(move: Move, old: set[str]) -> bool:
    """Whether requests still come the old way by an API that goes when its heir, of another type, stands."""
    lives = (live for live in move.fleet.lives if live.key.instance == move.group.instance)
    return any(live.key.kind in CALLERS and live.key not in move.graph and _leads(live, old) for live in lives)


def _calling(move: Move, old: set[str]) -> Iterator[tuple[Key, Resource, Live[Any]]]:
    """Who still sends requests the old way: what is wanted of each, and what is live."""
    for key, want in move.graph.items():
        serves = key.kind in CALLERS and move.service == getattr(getattr(want, "serves", None), "key", None)
        led = key.kind not in INSIDE and any(ref.key.kind in ("Listener", "LoadBalancer") for ref in refs(want))
        if serves or led:
            for live in move.fleet.by_key.get(key, ())[:1]:
                if _leads(live, old) or (
                    serves and _by_name(live) and _uri(live.resource) != _uri(resolve(want, move.known))
                ):
                    yield key, want, live


def _by_name(live: Live[Any]) -> bool:
    """Whether it goes over the internet: to a name, which may be anybody's, and not by an ARN."""
    return getattr(live.resource, "connection_type", None) == "INTERNET"


def _uri(integration: Resource) -> Any:
    return getattr(integration, "uri", None) or getattr(integration, "integration_uri", None)


def _healthy(group: Live[Any]) -> int:
    return int(group.attributes.get("healthy", "0"))
