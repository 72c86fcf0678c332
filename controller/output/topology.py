"""The way of a request through one instance, as data: API, routes, integrations, link, listener, rules, targets, tasks.

A chain is the way of one route, read off what is wanted: each step refers to the next, and the rule is the one that
matches the header that the integration sets. Without an API it begins with the load balancer. Every picture is drawn
from the chains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from controller.seen import Seen
from controller.status import Status
from drift import Change
from drift.report import shown
from reconcilers import Key, Ref
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.listener_rule import ListenerRule
from reconcilers.compute.service import Service
from reconcilers.gateway.integration import Integration
from reconcilers.gateway.rest.rest_integration import RestIntegration
from reconcilers.gateway.route import Route
from reconcilers.gateway.websocket.web_socket_route import WebSocketRoute
from reconcilers.resource import refs
from reconcilers.topology import TARGET_HEADER, has_api

COLUMNS: tuple[frozenset[str], ...] = tuple(
    frozenset(kinds.split())
    for kinds in (
        "HttpApi RestApi WebSocketApi LoadBalancer", "Route Method WebSocketRoute",
        "Integration RestIntegration WebSocketIntegration", "VpcLink RestVpcLink", "Listener",
        "ListenerRule", "TargetGroup DiscoveryService", "Service",
    )
)  # fmt: skip
"""The kinds that stand below each other, from the left."""
APIS = ("HttpApi", "RestApi", "WebSocketApi")
TITLES = ("front door", "routes", "integrations", "link", "listener", "rules", "targets", "services")

PLANNED = {
    "create": "+ to be created", "update": "~ to be changed", "replace": "± to be replaced",
    "delete": "- to be deleted", "wait": "… waited for", "unknown": "? nothing is known",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One resource on the way. `column` counts from the left."""

    key: Key
    column: int
    sync: str
    health: str
    detail: str = ""
    change: str = ""
    """What a plan would do with it, in drift.Action's words; empty when nothing, or when nobody asked."""

    @property
    def id(self) -> str:
        return f"{self.key.instance}:{self.key.address}"

    @property
    def label(self) -> str:
        """What it is called in a column that already says its kind."""
        return self.key.part or self.key.instance

    @property
    def planned(self) -> str:
        """What a plan would do with it, in words behind a sign."""
        return PLANNED.get(self.change, "")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is said of it besides its name and its health."""
        told = (self.sync if self.sync != "InSync" else "", self.detail, self.planned)
        return tuple(word for word in told if word)


@dataclass(frozen=True)
class Topology:
    """One instance's picture."""

    name: str
    url: str
    sync: str
    health: str
    chains: tuple[tuple[Node, ...], ...]
    besides: tuple[tuple[str, str], ...] = ()
    """Of a plan, what changes away from the path of a request: address and action."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(dict.fromkeys(node for chain in self.chains for node in chain))

    @property
    def edges(self) -> tuple[tuple[Node, Node], ...]:
        return tuple(dict.fromkeys(pair for chain in self.chains for pair in pairwise(chain)))

    def marked(self, changes: Iterable[Change]) -> Topology:
        """The same with what a plan would do. Only the changes of its own instance are told besides."""
        actions = {change.key: change.action.value for change in shown(changes)}
        on_the_way = {node.key for node in self.nodes}
        chains = tuple(
            tuple(replace(node, change=actions.get(node.key, "")) for node in chain) for chain in self.chains
        )
        besides = tuple(
            (key.address, action)
            for key, action in actions.items()
            if key.instance == self.name and key not in on_the_way
        )
        return replace(self, chains=chains, besides=besides)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "url": self.url,
            "sync": self.sync,
            "health": self.health,
            "nodes": [
                {
                    "id": node.id, "service": node.key.instance, "address": node.key.address, "kind": node.key.kind,
                    "column": node.column, "sync": node.sync, "health": node.health, "detail": node.detail,
                    "change": node.change,
                }
                for node in self.nodes
            ],
            "edges": [{"from": left.id, "to": right.id} for left, right in self.edges],
            "besides": [{"address": address, "change": action} for address, action in self.besides],
        }  # fmt: skip


def topologies(seen: Seen, statuses: Iterable[Status]) -> Iterator[Topology]:
    """A picture of every ApiService of a look, with what the statuses say of each resource."""
    told = {status.address: status for status in statuses}
    words = {
        (status.address, each.address): (each.sync, each.health)
        for status in told.values()
        for each in status.resources
    }
    for address, status in sorted(told.items()):
        if seen.instances[address].kind == "Environment":
            continue
        found = _chains if has_api(seen.instances[address]) else _fronts
        chains = [tuple(_node(key, words, told) for key in keys) for keys in found(seen.graph, address)]
        if chains:
            yield Topology(address, status.url, status.sync, status.health, tuple(chains))


def _fronts(graph: Mapping[Key, Any], address: str) -> Iterator[tuple[Key, ...]]:
    """Without an API, the keys from the load balancer to the service that answers: by rule, or behind a network load
    balancer by listener."""
    for key, want in graph.items():
        if key.instance != address or not isinstance(want, (Listener, ListenerRule)):
            continue
        groups = tuple(dict.fromkeys(ref.key for ref in refs(want) if ref.key.kind == "TargetGroup"))
        listener = _first(want, "Listener") if isinstance(want, ListenerRule) else None
        above: tuple[Key | None, ...]
        if isinstance(want, ListenerRule):  # on somebody else's listener it begins the way
            above = (_first(graph[listener], "LoadBalancer"), listener) if listener is not None else ()
        elif groups:
            above = (_first(want, "LoadBalancer"),)
        else:
            continue
        for behind in [tuple(_behind(graph, group)) for group in groups] or [()]:
            yield (*filter(None, above), key, *behind)


def _chains(graph: Mapping[Key, Any], address: str) -> Iterator[tuple[Key, ...]]:
    """The keys from the API by each of its routes to the service that answers."""
    for api in (key for key in graph if key.instance == address and key.kind in APIS):
        yield from ((api, *rest) for rest in _routes(graph, api))


def _routes(graph: Mapping[Key, Any], api: Key) -> Iterator[tuple[Key, ...]]:
    """The keys from each route of an API to the service that answers it."""
    for key, want in graph.items():
        if key.instance != api.instance:
            continue
        if isinstance(want, Route | WebSocketRoute):
            integration = _first(want, "Integration") or _first(want, "WebSocketIntegration")
            if integration is not None:
                yield (key, integration, *_below(graph, api.instance, graph[integration]))
        elif isinstance(want, RestIntegration):
            yield (Key(key.instance, "Method", key.part), key, *_below(graph, api.instance, want))


def _below(graph: Mapping[Key, Any], instance: str, integration: Integration | RestIntegration) -> Iterator[Key]:
    yield from filter(None, (_first(integration, kind) for kind in ("VpcLink", "RestVpcLink", "Listener")))
    if (found := _first(integration, "DiscoveryService")) is not None:
        yield found
        yield from (key for key, want in graph.items() if isinstance(want, Service) and _registers(want, found))
        return
    listener = _first(integration, "Listener")
    group = _first(graph[listener], "TargetGroup") if listener is not None and listener in graph else None
    if group is not None:  # a network load balancer's listener leads there by itself
        yield from _behind(graph, group)
        return
    header = _header(integration)
    for key, rule in graph.items():
        if key.instance == instance and isinstance(rule, ListenerRule) and header in _values(rule):
            yield from filter(None, (_first(rule, "Listener") if listener is None else None,))
            yield key
            group = _first(rule, "TargetGroup")
            if group is not None:
                yield from _behind(graph, group)


def _header(integration: Integration | RestIntegration) -> str:
    """The value that the listener's rules look for."""
    if isinstance(integration, Integration):
        return str(integration.request_parameters.get(f"overwrite:header.{TARGET_HEADER}", ""))
    return str(integration.request_parameters.get(f"integration.request.header.{TARGET_HEADER}", "")).strip("'")


def _behind(graph: Mapping[Key, Any], group: Key) -> Iterator[Key]:
    """A target group, and the service that registers its tasks there."""
    yield group
    yield from (each for each, want in graph.items() if isinstance(want, Service) and _uses(want.load_balancers, group))


def _registers(service: Service, found: Key) -> bool:
    """Whether a service's tasks are registered in a Cloud Map service."""
    return any(ref.key == found for ref in refs(service.service_registries))


def _values(rule: ListenerRule) -> frozenset[str]:
    return frozenset(
        str(value) for each in rule.conditions if each.http_header_config for value in each.http_header_config.values
    )


def _uses(value: Any, key: Key) -> bool:
    return any(ref.key == key for ref in refs(value))


def _first(value: Any, kind: str) -> Key | None:
    found: Iterator[Ref] = (ref for ref in refs(value) if ref.key.kind == kind)
    return next((ref.key for ref in found), None)


def _node(key: Key, words: Mapping[tuple[str, str], tuple[str, str]], told: Mapping[str, Status]) -> Node:
    sync, health = words.get((key.instance, key.address), ("Unknown", "Unknown"))
    status = told.get(key.instance)
    detail = f"{status.running}/{status.desired} tasks" if status and key.kind == "Service" and _single(status) else ""
    return Node(key, next(n for n, kinds in enumerate(COLUMNS) if key.kind in kinds), sync, health, detail)


def _single(status: Status) -> bool:
    """Whether the status's task counts are those of one service."""
    return sum(each.kind == "Service" for each in status.resources) == 1
