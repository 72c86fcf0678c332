"""Instances that AWS has and no file names: kept, told, and found by their tags alone (architecture.md, *Deletion*)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from controller.conditions import REASONS, Condition
from controller.removal import anchors, fleet_of
from controller.session import Session
from controller.status import ResourceStatus, Status, running_tasks, urls_of
from reconcilers import Aws, Fleet, Live
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import APPLIED
from specs import Catalog


def orphans(session: Session, catalog: Catalog) -> Iterator[Status]:
    """Everything of this installation that no file names, where the files say to look, or else the command line.

    Nothing while a file cannot be read, for it may be the one. Raises LookupError where nobody says where to look.
    """
    if catalog.unreadable:
        return
    named = {each.address for each in catalog.instances}
    for place in {session.place(each) for each in catalog.instances} or {session.default_place(catalog)}:
        aws = session.aws(place)
        found = [each for each in anchors(aws) if each not in named and not catalog.is_frozen(each)]
        fleet = fleet_of(aws, found)
        yield from (_status(aws, fleet, address) for address in found)


def _status(aws: Aws, fleet: Fleet, address: str) -> Status:
    """There is no spec to compare with, so `sync` is Unknown; health is what the resources say themselves."""
    name, _, environment = address.partition("/")
    lives = tuple(live for live in fleet.lives if live.key.instance == address)
    tags = next(((live.resource.tags or {}) for live in fleet.by_key.get(anchor(address), ())), {})
    number = tags.get(APPLIED, "").partition(".")[0]
    generation = int(number) if number.isdigit() else 0
    urls = urls_of(aws, lives)
    resources = tuple(
        ResourceStatus(live.key.address, live.key.kind, live.id, "Unknown", _health(live)) for live in lives
    )
    healths = {each.health for each in resources}
    return Status(
        name,
        environment,
        "Unknown",
        next((each for each in ("Degraded", "Progressing") if each in healths), "Healthy"),
        urls.get("$default", next(iter(urls.values()), "")),
        generation,
        generation,
        tuple(_conditions()),
        resources,
        *running_tasks(lives),
        urls=urls,
    )


def _health(live: Live[Any]) -> str:
    if live.failed:
        return "Degraded"
    return "Progressing" if live.pending or live.settling else "Healthy"


def _conditions() -> Iterator[Condition]:
    yield Condition("Ready", "False", "Orphaned", REASONS["Orphaned"])
    yield from (Condition(type, "False", "Orphaned") for type in ("Reconciling", "Stalled"))
    yield from (Condition(type, "Unknown", "Orphaned") for type in ("SpecValid", "DriftFree"))
