"""Histories of the planner alone: AWS on a sheet of paper, where a change is one line and costs nothing.

What a whole topology would take minutes for is tried here by the thousand: every edit after every other, with a death
in the middle of the first. The paper is strict: what a change refers to is there, nothing goes while something mentions
it, and what cannot be changed is not.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from typing import Any

from drift import Action, Change, Scope, make_plan
from drift.difference import compare
from drift.plan import WRITES
from reconcilers import BY_KIND, Facts, Fleet, Graph, Key, Live
from reconcilers.balancing.actions import groups_of
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.listener_rule import ListenerRule
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.service import Service
from reconcilers.facts import Definition, Network, platform
from reconcilers.reconciler import SERVING
from reconcilers.resource import Resource, fields_of, leaves, plain, refs, resolve
from reconcilers.survey import desire
from specs import load_text
from tests.faults.history import Blow, History
from tests.faults.scenes import EDITS, EXAMPLES, Documents, documents, edited, text

PLANS = 12
"""How many plans an edit may take: the longest, a new target group, takes four."""
NETWORK = Network("vpc-1", ("10.0.0.0/16",), ("subnet-1", "subnet-2"))
ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/billing-app:1"


@cache
def facts() -> dict[str, Any]:
    return {
        "zones": {"shop.example.com": "Z0000000000001"},
        "definitions": {"billing-app": Definition(ARN, {8080: "app"})},
    }


def graph_of(told: Documents) -> Graph:
    """What these specs want."""
    catalog = load_text(text(told, {}), str(EXAMPLES / "spec.yaml"))
    assert not catalog.errors, catalog.render()
    networks = {platform(each).address: NETWORK for each in catalog.instances}
    desired = desire(catalog.instances, Facts("default", "eu-west-1", "123456789012", networks=networks, **facts()))
    assert not desired.problems, desired.problems
    return desired.graph


@dataclass
class Paper:
    """An account on paper. `broken` says what AWS would not have liked."""

    offered: frozenset[str]
    """What anybody may ask of a resource: its id, its ARN …"""
    lives: dict[str, Live[Any]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    tape: list[str] = field(default_factory=list)
    serial: int = 0

    def copy(self) -> Paper:
        return Paper(self.offered, dict(self.lives), list(self.broken), list(self.tape), self.serial)

    # ---- as a look sees it

    def fleet(self) -> Fleet:
        """Targets are healthy at once; a group is busy when a balancer leads to it."""
        led = {arn for live in self.lives.values() for arn in _led(live)}
        served = {
            str(wire.target_group_arn)
            for live in self.lives.values()
            if isinstance(live.resource, Service)
            for wire in live.resource.load_balancers
        }
        return Fleet(tuple(_seen(live, led, served) for live in self.lives.values()))

    # ---- as AWS

    def change(self, change: Change, known: dict[tuple[Key, str], str]) -> None:
        """One line of the plan is done."""
        self.tape.append(change.name)
        match change.action:
            case Action.DELETE:
                self._delete(change)
            case Action.UPDATE:
                self._update(change, known)
            case Action.CREATE | Action.REPLACE:
                self._make(change, self._filled(change, known), known)

    def _filled(self, change: Change, known: Mapping[tuple[Key, str], str]) -> Any:
        assert change.want is not None
        want = resolve(change.want, known)
        missing = [str(ref) for ref in refs(want.sent())]  # what is hidden orders, and is never sent
        if missing:
            self.broken.append(f"order: {change.name} is done before {missing[0]} is there")
        return want if missing else BY_KIND[change.key.kind].finish(want)

    def _make(self, change: Change, want: Any, known: dict[tuple[Key, str], str]) -> None:
        self.serial += 1
        id = f"{change.key.kind}-{self.serial}"
        told = {name: id if name == "id" else f"{id}.{name}" for name in sorted(self.offered)}
        if isinstance(want, TargetGroup | LoadBalancer | Listener):  # ELBv2 knows them by their ARNs
            told |= {"arn": id}
        gone = [name for name in _mentioned(want) if name not in self._names() and _made_here(name)]
        if gone:
            self.broken.append(f"order: {change.name} refers to {gone[0]}, which is not there")
        created = f"{self.serial:06d}"
        self.lives[id] = Live(change.key, id, want, {n: v for n, v in told.items() if n != "id"}, created=created)
        known |= {(change.key, name): value for name, value in told.items()}

    def _update(self, change: Change, known: dict[tuple[Key, str], str]) -> None:
        want, live = self._filled(change, known), change.live
        assert live is not None
        if live.id not in self.lives:
            self.broken.append(f"order: {change.name} changes {live.id}, which is gone")
            return
        differences = compare(want, live.resource)
        if any(each.replaces for each in differences):
            self.broken.append(f"order: {change.name} changes what cannot change")
        if BY_KIND[change.key.kind].reissues and any(each.field != "tags" for each in differences):
            del self.lives[live.id]
            self._make(change, want, known)
            return
        self.lives[live.id] = replace(self.lives[live.id], resource=want)

    def _delete(self, change: Change) -> None:
        live = change.live
        assert live is not None
        names = {each for each in (live.id, *live.attributes.values()) if not each.isdecimal()}
        for other in self.lives.values():
            held = names & set(_mentioned(_shown(other.resource))) if other.id != live.id else set()
            if held and not _goes_with(other, live.id):
                self.broken.append(f"order: {change.name} goes while {other.key} ({other.id}) mentions {sorted(held)}")
        self.lives = {id: other for id, other in self.lives.items() if id != live.id and not _goes_with(other, live.id)}

    def _names(self) -> set[str]:
        return {name for live in self.lives.values() for name in (live.id, *live.attributes.values())}

    # ---- as a picture

    def picture(self) -> dict[str, Any]:
        """By address, with ids as addresses."""
        names = {
            value: f"<{live.key.instance}:{live.key.address}.{name}>"
            for live in self.lives.values()
            for name, value in {**live.attributes, "id": live.id}.items()
        }
        found: dict[str, Any] = {}
        for live in self.lives.values():
            address = f"{live.key.instance}:{live.key.address}"
            if address in found:
                self.broken.append(f"I4: two of {address}")
            found[address] = _named(plain(live.resource), names)
        return found


def _seen(live: Live[Any], led: set[str], served: set[str]) -> Live[Any]:
    if not isinstance(live.resource, TargetGroup):
        return replace(live, resource=_shown(live.resource))
    healthy = {"healthy": "2" if live.id in served and live.id in led else "0"}
    return replace(live, busy=live.id in led, attributes={**live.attributes, **healthy})


def _shown(resource: Resource) -> Resource:
    """Without what only we know of it: AWS does not show that. (What cannot change is read where it is.)"""
    told = type(resource).model_fields
    unseen = (each.name for each in fields_of(type(resource)) if each.hidden and not each.immutable)
    hidden = [name for name in unseen if not told[name].is_required()]
    return resource.model_copy(update={name: told[name].get_default(call_default_factory=True) for name in hidden})


def _led(live: Live[Any]) -> Iterator[str]:
    match live.resource:
        case ListenerRule(actions=actions) | Listener(default_actions=actions):
            yield from (str(each.target_group_arn) for each in groups_of(actions))


def _goes_with(other: Live[Any], id: str) -> bool:
    """AWS removes it with its parent, as the rules of a security group with the group; ids on paper do not tell of
    parents' parents, but whoever goes along names one of them."""
    verbs = BY_KIND[other.key.kind]
    return verbs.parent_of(other) == id or (verbs.cascades and id in _mentioned(_shown(other.resource)))


def _mentioned(resource: Any) -> list[str]:
    return [leaf for leaf in leaves(resource) if isinstance(leaf, str)]


MADE_HERE = re.compile(r"(\w+)-\d+(\.\w+)?")
HASHES = re.compile(r"\b(?:[0-9a-f]{16}|[0-9a-f]{32})\b")
"""Of what was registered or deployed: ids are in there."""
IDS = re.compile(r"[A-Z]\w+-\d+(\.\w+)?")


def _made_here(name: str) -> bool:
    found = MADE_HERE.fullmatch(name)
    return found is not None and found[1] in BY_KIND


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return HASHES.sub("<hash>", IDS.sub(lambda found: names.get(found[0], found[0]), value))
    if isinstance(value, Mapping):
        return {_named(key, names): _named(each, names) for key, each in value.items()}
    return [_named(each, names) for each in value] if isinstance(value, (list, tuple)) else value


# ---- plans, one after another


def settled(paper: Paper, graph: Graph, after_each: Callable[[Paper], None] = lambda _: None) -> bool:
    """Plan and do until there is nothing to do; whether it came that far."""
    instances = frozenset(key.instance for key in graph)
    for _ in range(PLANS):
        plan = make_plan(graph, paper.fleet(), Scope(instances, edited=instances))
        changes = {change.name: change for change in plan if change.action in WRITES}
        if not changes:
            return not any(change.action is Action.WAIT for change in plan)
        known = dict(plan.known)
        waiting = {change.name for change in plan} - changes.keys()
        for name in TopologicalSorter({name: change.after for name, change in changes.items()}).static_order():
            if name in changes and not changes[name].after & waiting:
                paper.change(changes[name], known)
                after_each(paper)
            elif name in changes:
                waiting.add(name)
    paper.broken.append(f"I1: not done after {PLANS} plans: {[change.name for change in plan][:3]}")
    return False


# ---- E13: every edit after every other, with a death in the middle of the first


@dataclass(frozen=True)
class Walk:
    """From a topology by one edit to another: `T -> T+first -> T+second`."""

    topology: str
    first: str
    second: str

    @property
    def name(self) -> str:
        return f"paper:{self.topology}/{self.first}-{self.second}"

    @classmethod
    def parsed(cls, name: str) -> Walk:
        topology, _, edits = name.removeprefix("paper:").partition("/")
        return cls(topology, *edits.split("-"))


def walks(topology: str) -> Iterator[Walk]:
    able = [name for name, edit in EDITS.items() if edited(documents(topology), edit) is not None]
    for first, second in itertools.permutations(("nothing", *able), 2):
        yield Walk(topology, first, second)


@cache
def _graph(topology: str, edit: str) -> Graph:
    told = documents(topology)
    changed = told if edit == "nothing" else edited(told, EDITS[edit])
    assert changed is not None
    return graph_of(changed)


@cache
def _offered(topology: str) -> frozenset[str]:
    able = ("nothing", *(name for name, edit in EDITS.items() if edited(documents(topology), edit) is not None))
    asked = {ref.attribute for edit in able for want in _graph(topology, edit).values() for ref in refs(want)}
    return frozenset({"id", "arn", "name", SERVING, *asked})


@cache
def _standing(topology: str, edit: str) -> Paper:
    """The account as a fresh create of this spec leaves it."""
    paper = Paper(_offered(topology))
    assert settled(paper, _graph(topology, edit)), paper.broken
    return paper


@cache
def _interrupted(topology: str, edit: str) -> tuple[Paper, ...]:
    """The account when the edit is done, and as it was after each of its changes."""
    moments: list[Paper] = []
    paper = _standing(topology, "nothing").copy()
    paper.tape = []
    settled(paper, _graph(topology, edit), lambda paper: moments.append(paper.copy()))
    return (paper, *moments)


def walked(walk: Walk) -> list[History]:
    """Uninterrupted, and with a death after each change of the first edit; the end is that of a fresh create."""
    expected = _standing(walk.topology, walk.second).copy().picture()
    return [
        _ended(walk, death, moment.copy(), expected)
        for death, moment in enumerate(_interrupted(walk.topology, walk.first))
    ]


def _ended(walk: Walk, death: int, paper: Paper, expected: Mapping[str, Any]) -> History:
    steps = len(paper.tape)
    try:
        settled(paper, _graph(walk.topology, walk.second))
    except CycleError as error:
        paper.broken.append(f"order: {error.args[0]}: {error.args[1]}")
    else:
        _compare(paper, expected)
    tape = "\n".join([*paper.tape[:steps], f"death {death}", *paper.tape[steps:]])
    blows = (Blow("crash-after", death),) if death else ()
    broken = tuple(dict.fromkeys(paper.broken))
    return History(walk.name, blows, sha256(tape.encode()).hexdigest()[:24], 1, len(paper.tape), broken)


def _compare(paper: Paper, expected: Mapping[str, Any]) -> None:
    found = paper.picture()
    for address in sorted(found.keys() | expected.keys()):
        kind = address.partition(":")[2].partition("/")[0]
        if address not in expected and BY_KIND[kind].kept:
            continue  # it goes by `penstock delete` only
        if _but_delegated(found.get(address)) != _but_delegated(expected.get(address)):
            told = f"{str(found.get(address))[:300]} instead of {str(expected.get(address))[:300]}"
            paper.broken.append(f"I3/I4: {address} ends as {told}")


def _but_delegated(told: Any) -> Any:
    """Autoscaling may have left any count."""
    return {name: each for name, each in told.items() if name != "desiredCount"} if isinstance(told, dict) else told
