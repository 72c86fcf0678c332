"""What the order of a plan promises, whatever is missing, changed or too much: over real topologies, at random."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from drift import Action, Plan, Scope, make_plan
from drift.draft import dependencies_first
from drift.plan import WRITES
from reconcilers import BY_KIND, Facts, Fleet, Graph, Key, Live, Resource
from reconcilers.facts import Network
from reconcilers.reconciler import SERVING
from reconcilers.resource import leaves, refs, resolve
from reconcilers.survey import desire
from specs.loader import load_text
from tests.stories.writing import alone, environment, service, shared

OFFERED = ("id", "arn", "name", "dns_name", "label", "endpoint")
TWO = {"web": service(), "other": service(port=3000, count=None, scaling={"min": 1, "max": 3, "cpu": 50})}
ROUTES = {"routes": {"GET /a": "web", "GET /b": "other"}}
TEXTS = (
    alone("hello", services=TWO, gateway=ROUTES),
    environment(),
    shared("users"),
    shared("orders", services=TWO, gateway=ROUTES),
)


def wanted() -> Graph:
    """Everything that four specs want: one that stands alone, an Environment and two that live in it."""
    catalog = load_text("\n---\n".join(TEXTS))
    assert not catalog.errors, catalog.render()
    network = Network("vpc-1", ("10.0.0.0/16",), ("subnet-1", "subnet-2"))
    networks = {each.address: network for each in catalog.instances}
    found = desire(catalog.instances, Facts("default", "eu-west-1", "123456789012", "aws", networks))
    assert not found.problems
    return found.graph


GRAPH = wanted()
INSTANCES = frozenset(key.instance for key in GRAPH)
KEYS = sorted(GRAPH)


def lives(graph: Graph) -> dict[Key, Live[Any]]:
    """AWS exactly as wanted."""
    known: dict[tuple[Key, str], str] = {}
    found: dict[Key, Live[Any]] = {}
    for number, key in enumerate(dependencies_first({key: tuple(refs(want)) for key, want in graph.items()})):
        ids = {name: f"{key.kind}-{number}" + ("" if name == "id" else f".{name}") for name in OFFERED}
        known |= {(key, name): value for name, value in ids.items()}
        resource: Resource = BY_KIND[key.kind].finish(resolve(graph[key], known))
        found[key] = Live(key, ids["id"], resource, {name: value for name, value in ids.items() if name != "id"})
    return found


LIVES = lives(GRAPH)


def planned(graph: Graph, there: Iterable[Live[Any]]) -> Plan:
    return make_plan(graph, Fleet(tuple(there)), Scope(INSTANCES, edited=INSTANCES))


def everything_after(plan: Plan) -> dict[str, set[str]]:
    """By name of a change, all that must have succeeded before it. Raises CycleError where that cannot be."""
    edges = {change.name: change.after for change in plan}
    assert len(edges) == len(plan.changes), "a name for each change"
    found: dict[str, set[str]] = {}
    for name in TopologicalSorter(edges).static_order():
        if name in edges:
            found[name] = {*edges[name], *(far for near in edges[name] for far in found.get(near, ()))}
    return found


some_keys = some.sets(some.sampled_from(KEYS), max_size=len(KEYS))


def test_what_is_as_wanted_needs_nothing():
    plan = planned(GRAPH, LIVES.values())
    assert plan.changes == ()
    assert plan.unchanged == len(GRAPH)


@settings(max_examples=60, deadline=None)
@given(some_keys)
def test_every_change_comes_after_the_changes_to_what_it_refers_to(missing: set[Key]):
    plan = planned(GRAPH, [live for key, live in LIVES.items() if key not in missing])
    by_key = {change.key: change for change in plan if change.action in WRITES and change.action is not Action.DELETE}
    before = everything_after(plan)
    assert missing <= by_key.keys(), "what is missing is made"
    for key, change in by_key.items():
        for ref in refs(GRAPH[key]):
            if ref.key in by_key and ref.attribute != SERVING:  # who is new need not wait until somebody serves
                assert by_key[ref.key].name in before[change.name], f"{change.name} before {ref.key}"


@settings(max_examples=60, deadline=None)
@given(some_keys)
def test_nothing_goes_before_what_uses_it(unwanted: set[Key]):
    """Whatever leaves the specs, alone or with what refers to it."""
    gone = closed(unwanted)
    graph = {key: want for key, want in GRAPH.items() if key not in gone}
    plan = planned(graph, LIVES.values())
    going = {change.key: change for change in plan if change.action is Action.DELETE}
    before = everything_after(plan)
    assert going.keys() <= gone, "only what left"
    for key, change in going.items():
        live = LIVES[key]
        names = {live.id, *live.attributes.values()}
        for other, later in going.items():
            uses = names & {leaf for leaf in leaves(LIVES[other].resource) if isinstance(leaf, str)}
            if other != key and uses:
                assert later.name in before[change.name], f"{change.name} before {other}, which uses it"


def closed(keys: set[Key]) -> set[Key]:
    """These, and all that refers to them."""
    found = set(keys)
    while more := {
        key for key, want in GRAPH.items() if key not in found and any(ref.key in found for ref in refs(want))
    }:
        found |= more
    return found


@settings(max_examples=40, deadline=None)
@given(some_keys, some.sampled_from(sorted({key.kind for key in KEYS})))
def test_of_an_unknown_kind_nothing_is_made_or_removed(missing: set[Key], kind: str):
    there = [live for key, live in LIVES.items() if key not in missing and key.kind != kind]
    plan = make_plan(GRAPH, Fleet(tuple(there), unknown={kind: "it failed"}), Scope(INSTANCES, edited=INSTANCES))
    for change in plan:
        assert change.key.kind != kind or change.action is Action.UNKNOWN
        needs_it = any(ref.key.kind == kind for ref in refs(GRAPH[change.key]))
        assert not needs_it or change.action is Action.UNKNOWN


@settings(max_examples=40, deadline=None)
@given(some_keys)
def test_the_same_look_gives_the_same_plan(missing: set[Key]):
    there = [live for key, live in LIVES.items() if key not in missing]
    once, again = planned(GRAPH, there), planned(dict(reversed([*GRAPH.items()])), reversed(there))
    assert {change.name: change.after for change in once} == {change.name: change.after for change in again}


@pytest.mark.parametrize("instance", sorted(INSTANCES))
def test_a_pass_over_one_instance_changes_nothing_of_another(instance: str):
    plan = make_plan(GRAPH, Fleet(), Scope(frozenset({instance}), edited=frozenset({instance})))
    assert {change.key.instance for change in plan if change.action in WRITES} <= {instance}
