"""The list of kinds is whole and in order, and the order AWS needs (ledger 0.7) is in the graph."""

import inspect
import pkgutil
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import reconcilers
from drift import Scope, make_plan
from reconcilers import BY_KIND, ORDER, RECONCILERS, Facts, Graph, Key, Reconciler
from reconcilers.facts import Definition, Entrance, Network, platform
from reconcilers.resource import refs
from reconcilers.survey import desire
from specs import Catalog, load, load_text
from tests.laws.conftest import Settled
from tests.laws.topologies import (
    CLOUD,
    CLOUD_KINDS,
    ENDPOINT,
    FRONT,
    INTERNET,
    MAXIMAL,
    MINIMAL,
    NLB,
    PRIVATE,
    REST_KINDS,
    RESTFUL,
    RULED,
    SHARED,
    SOCKET_KINDS,
    SOCKETS,
    filled,
    topology,
)

NETWORK = Network("vpc-1", ("10.0.0.0/16",), ("subnet-1", "subnet-2"))

BEFORE = (
    ("LogGroup", "HttpApi"),
    ("LogGroup", "VpcLink"),
    ("LogGroup", "Stage"),
    ("LogGroup", "TaskDefinition"),
    ("SecurityGroup", "SecurityGroupRule"),
    ("SecurityGroup", "LoadBalancer"),
    ("SecurityGroup", "VpcLink"),
    ("SecurityGroupRule", "Service"),
    ("Role", "RolePolicy"),
    ("Role", "TaskDefinition"),
    ("RolePolicy", "Service"),
    ("Cluster", "Service"),
    ("LoadBalancer", "LoadBalancerAttributes"),
    ("LoadBalancer", "Listener"),
    ("TargetGroup", "TargetGroupAttributes"),
    ("TargetGroup", "ListenerRule"),
    ("Listener", "ListenerRule"),
    ("Listener", "Integration"),
    ("ListenerRule", "Service"),
    ("TaskDefinition", "Service"),
    ("Service", "ScalableTarget"),
    ("ScalableTarget", "ScalingPolicy"),
    ("VpcLink", "Integration"),
    ("HttpApi", "Integration"),
    ("Integration", "Route"),
    ("HttpApi", "Authorizer"),
    ("Authorizer", "Permission"),
    ("LogGroup", "DomainName"),
    ("DomainName", "ApiMapping"),
    ("DomainName", "DomainNameAccessAssociation"),
    ("LogGroup", "Namespace"),
    ("Namespace", "DiscoveryService"),
    ("DiscoveryService", "Service"),
    ("DiscoveryService", "Integration"),
    ("DomainName", "RoutingRule"),
    ("RestStage", "RoutingRule"),
    ("Route", "Stage"),
    ("LogGroup", "RestApi"),
    ("LogGroup", "RestStage"),
    ("RestApi", "RestResource"),
    ("RestApi", "RestAuthorizer"),
    ("GatewayResponse", "RestDeployment"),
    ("Model", "RestDeployment"),
    ("RequestValidator", "RestDeployment"),
    ("RestAuthorizer", "RestDeployment"),
    ("RestResource", "Method"),
    ("Method", "RestIntegration"),
    ("VpcLink", "RestDeployment"),
    ("RestIntegration", "RestDeployment"),
    ("RestDeployment", "RestStage"),
    ("Account", "RestStage"),
    ("LogGroup", "WebSocketApi"),
    ("LoadBalancer", "RestVpcLink"),
    ("RestVpcLink", "WebSocketIntegration"),
    ("Listener", "WebSocketIntegration"),
    ("WebSocketApi", "WebSocketAuthorizer"),
    ("WebSocketIntegration", "WebSocketRoute"),
    ("WebSocketRoute", "WebSocketRouteResponse"),
    ("WebSocketRoute", "WebSocketStage"),
)
"""What AWS needs before what: ledger 0.7, and 0.5 for what its requests do not mention."""


def wanted(catalog: Catalog) -> Graph:
    networks = {platform(each).address: NETWORK for each in catalog.instances}
    zones = {"shop.example.com": "Z0000000000001", "example.com": "Z0000000000002"}
    tasks = {
        "billing-app": Definition("arn:aws:ecs:eu-west-1:123456789012:task-definition/billing-app:1", {8080: "app"})
    }
    facts = Facts(
        "default", "eu-west-1", "123456789012", networks=networks, zones=zones, definitions=tasks,
        secrets={"demo/db": "1"}, entrances={ENDPOINT: Entrance("vpce.example.com", "Z0000000000003")},
    )  # fmt: skip
    desired = desire(catalog.instances, facts)
    assert not desired.problems
    return desired.graph


TEXTS = {
    "maximal": MAXIMAL,
    "network": NLB,
    "front": FRONT,
    "rest": RESTFUL,
    "ruled": RULED,
    "private": PRIVATE,
    "cloud": CLOUD,
    "sockets": SOCKETS,
    "minimal": MINIMAL,
    "shared": SHARED,
    "internet": INTERNET,
}
GRAPHS = {"examples": wanted(load([Path(__file__).parents[2] / "examples"]))} | {
    name: wanted(load_text(filled(text))) for name, text in TEXTS.items()
}


def on_disk() -> Iterator[type]:
    """Every reconciler in a file below `reconcilers/`, whether anybody imports it or not."""
    for found in pkgutil.walk_packages(reconcilers.__path__, "reconcilers."):
        for _, each in inspect.getmembers(import_module(found.name), inspect.isclass):
            if issubclass(each, Reconciler) and not inspect.isabstract(each) and each.__module__ == found.name:
                yield each


def test_every_kind_on_disk_is_in_the_list_once() -> None:
    assert sorted(each.__name__ for each in on_disk()) == sorted(type(each).__name__ for each in RECONCILERS)
    assert len(BY_KIND) == len(RECONCILERS)


def test_every_kind_is_wanted_by_some_spec() -> None:
    names = ("maximal", "rest", "ruled", "private", "sockets", "internet", "cloud")
    assert {key.kind for name in names for key in GRAPHS[name]} == BY_KIND.keys()


@pytest.mark.parametrize("name", GRAPHS)
def test_the_list_has_dependencies_first(name: str) -> None:
    backwards = {
        (key.kind, ref.key.kind)
        for key, want in GRAPHS[name].items()
        for ref in refs(want)
        if ORDER[ref.key.kind] >= ORDER[key.kind]
    }
    assert backwards <= {("RestResource", "RestResource"), ("Model", "Model")}, "but for a tree, and models in models"


def test_what_a_list_starts_from_comes_before_it() -> None:
    for each in RECONCILERS:
        for need in each.needs:
            assert ORDER[need.__name__] < ORDER[each.kind.__name__]


@pytest.mark.parametrize("name", GRAPHS)
def test_everything_wanted_refers_to_something_wanted(name: str) -> None:
    graph = GRAPHS[name]
    assert not {str(ref) for want in graph.values() for ref in refs(want) if ref.key not in graph}


@pytest.mark.parametrize(("first", "then"), BEFORE)
def test_what_aws_needs_first_is_made_first(first: str, then: str) -> None:
    graph = GRAPHS[_place(first, then)]
    found = [key for key in graph if key.kind == then]
    assert found
    for key in found:
        assert first in {each.kind for each in reachable(graph, key)}, key


def _place(first: str, then: str) -> str:
    """The topology that has both."""
    if CLOUD_KINDS & {first, then}:
        return "cloud"
    if then == "RoutingRule":
        return "ruled"
    if then == "DomainNameAccessAssociation":
        return "private"
    return "sockets" if then in SOCKET_KINDS else "rest" if then in REST_KINDS else "maximal"


def reachable(graph: Graph, key: Key) -> set[Key]:
    found: set[Key] = set()
    ahead = [key]
    while ahead:
        for ref in refs(graph[ahead.pop()]):
            if ref.key not in found:
                found.add(ref.key)
                ahead.append(ref.key)
    return found


def test_a_policy_on_requests_waits_for_the_rule_that_hangs_its_group_on_the_balancer() -> None:
    graph = GRAPHS["maximal"]
    assert Key("shop", "ListenerRule", "catalog") in reachable(graph, Key("shop", "ScalingPolicy", "catalog:requests"))


@pytest.mark.parametrize(("first", "then"), [(first, then) for then, first in BEFORE])
def test_what_is_made_last_goes_first(settled: Settled, first: str, then: str) -> None:
    """Deletion is the reverse, but for what goes along with its parent in one call."""
    lab = settled.of(topology(first))
    seen = lab.seen or lab.looked()
    plan = make_plan({}, seen.fleet, Scope(frozenset({"shop"}), doomed=frozenset({"shop"})))
    if not any(change.key.kind == first for change in plan):
        assert BY_KIND[first].cascades
        return
    order = list(TopologicalSorter({change.name: change.after for change in plan}).static_order())
    place = {change.name: order.index(change.name) for change in plan}
    last = max(place[change.name] for change in plan if change.key.kind == first)
    assert all(place[change.name] > last for change in plan if change.key.kind == then)
