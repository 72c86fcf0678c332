"""What plan, apply and drift show: a look at AWS, told one instance at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from controller.seen import Seen, drift_policy, protected, suspensions
from drift import Action, Change, Drift
from drift.plan import WRITES, in_order
from drift.policy import protecting
from drift.report import About, plan_json, shown
from reconcilers import Key
from reconcilers.compute.service import Service
from reconcilers.network.security_group_rule import EVERYBODY, SecurityGroupRule
from specs import Instance

PUBLIC = "/networkConfiguration/awsvpcConfiguration/assignPublicIp"


@dataclass(frozen=True)
class Sight:
    """One instance as one look found it."""

    instance: Instance
    about: About
    changes: tuple[Change, ...]
    """As people count and read them."""
    drift: Mapping[Key, Drift]
    resources: int
    """How many the spec asks for."""
    notes: tuple[str, ...]
    """What deserves a word though it is no change."""

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def quiet(self) -> bool:
        """Nothing to do and nothing to say: as the spec says."""
        return not (self.changes or self.about.edited or self.notes)

    def drifted(self, change: Change) -> bool:
        return change.key in self.drift


def sights(seen: Seen, now: datetime) -> Iterator[Sight]:
    """Every instance of a look, in the order of their addresses. `now` decides which suspensions have ended."""
    standing = suspensions(seen, now)
    for address in sorted(seen.scope):
        changes = tuple(in_order(shown(seen.plan.of(address))))
        yield Sight(
            seen.instances[address],
            about(seen, address),
            changes,
            {each.key: each for each in seen.drift if each.key.instance == address},
            sum(key.instance == address for key in seen.graph),
            tuple(_notes(seen, address, changes, standing.get(address, ""))),
        )


def about(seen: Seen, address: str) -> About:
    """What the reports say of an instance besides its changes. Its generation is the one that the file asks for."""
    instance, edited = seen.instances[address], address in seen.edited
    remembered = seen.remembered(address)
    number = seen.generation(address) + edited
    problems = (seen.problems[address],) if address in seen.problems else ()
    return About(instance.name, instance.environment, instance.file, number, edited, remembered, problems)


def _notes(seen: Seen, address: str, changes: tuple[Change, ...], standing: str) -> Iterator[str]:
    if address in seen.problems:
        yield seen.problems[address]
    if standing:
        yield f"suspended {standing}: nothing is written"
    drifted = {each.key for each in seen.drift} if address not in seen.edited else set()
    for policy in sorted({drift_policy(seen, each) for each in changes if each.key in drifted} - {"correct"}):
        yield f"drift.policy is {policy}: drift is left as it is"
    protect = protecting({address: protected(seen, address)})
    for change in changes:
        if change.action is Action.REPLACE:
            yield f"replaces {change.key}, make before break"
        elif change.action is Action.UNKNOWN:
            yield f"{change.key}: {change.reason}"
        yield from _opened(change)
        if refusal := protect(change):
            yield refusal.text
    yield from (text for where, text in (*seen.plan.problems, *seen.fleet.strangers) if where == address)


def _opened(change: Change) -> Iterator[str]:
    """What a change opens to the internet: it was asked for, and is seen before it is done (spec.md §2, rule 9)."""
    new, fields = change.action is Action.CREATE, {each.path for each in change.differences}
    match change.want:
        case SecurityGroupRule(is_egress=False, cidr_ipv4=four, cidr_ipv6=six) if new and {four, six} & set(EVERYBODY):
            yield f"{change.key} lets in everybody"
        case Service(network_configuration=network) if new or PUBLIC in fields:
            if network.awsvpc_configuration.assign_public_ip == "ENABLED":
                yield f"{change.key} gives its tasks public addresses"


# ---- as JSON


def report_json(looks: Iterable[Seen]) -> dict[str, Any]:
    """`penstock.plan/1` over several accounts and regions."""
    told: dict[str, Any] = {"format": "penstock.plan/1", "summary": {}, "services": []}
    for seen in looks:
        mine = replace(seen.plan, changes=tuple(change for change in seen.plan if change.key.instance in seen.scope))
        one = plan_json(mine, seen.drift, [about(seen, address) for address in sorted(seen.scope)])
        told["summary"] = {name: told["summary"].get(name, 0) + number for name, number in one["summary"].items()}
        told["services"] += [_with_sources(seen, service) for service in one["services"]]
    if not told["summary"]:
        told["summary"] = dict.fromkeys((*(action.value for action in Action), "unchanged", "drift"), 0)
    return told


def _with_sources(seen: Seen, service: dict[str, Any]) -> dict[str, Any]:
    """The same with `source` on every difference whose place in the files is known."""
    from controller.output.source import source

    address = f"{service['name']}/{service['environment']}" if service["environment"] else service["name"]
    places = {
        (change.key.address, each.path): origin
        for change in seen.plan.of(address)
        for each in change.differences
        if (origin := source(seen.instances.get(address), change.key, each)) is not None
    }
    for change in service["changes"]:
        for each in change["differences"]:
            if origin := places.get((change["address"], each["path"])):
                each["source"] = {"file": origin.file, "line": origin.line, "column": origin.column}
    return service


def reasons_found(looks: Iterable[Seen]) -> frozenset[str]:
    """Which words of `--fail-on` apply."""
    found: set[str] = set()
    for seen in looks:
        drifted = {each.key for each in seen.drift}
        found |= {"drift"} if drifted else set()
        for change in shown(change for change in seen.plan if change.key.instance in seen.scope):
            if change.action in WRITES:
                found |= {"changes"} if change.key not in drifted else set()
                found |= {change.action.value} & {"replace", "delete"}
    return frozenset(found)
