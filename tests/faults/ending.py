"""How an account looks when all is done, in a form that can be held against another one's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controller.report import Report
from tests.faults.callers import ANSWERED, Caller
from tests.faults.picture import KEPT, counts, picture
from tests.world import World


@dataclass(frozen=True)
class Ending:
    """How an account looks when all is done."""

    picture: Mapping[str, Any]
    ids: frozenset[str]
    """Of everything that AWS shows, ours or not."""
    callers: tuple[Caller, ...] = ()
    """Who is answered then, of those who were answered before."""

    @classmethod
    def of(cls, world: World, report: Report | None, callers: tuple[Caller, ...] = ()) -> Ending:
        seen = [view.seen for view in report.views if view.seen is not None] if report is not None else []
        told = unhashed(picture(world, seen[0])) if seen else {"counts": counts(world)}
        return cls(told, ids(world), tuple(each for each in callers if each.status(world) in ANSWERED))


HASHES = re.compile(r"\b(?:[0-9a-f]{16}|[0-9a-f]{32})\b")


def unhashed(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was registered or deployed is known by a hash, and there are ids in what it is made of."""
    found: dict[str, Any] = json.loads(HASHES.sub("<hash>", json.dumps(told)))
    return found


def ids(world: World) -> frozenset[str]:
    """Of everything that our models show; what is on its way out or only remembered does not count."""
    return frozenset(
        each.id
        for there in world.sandbox.worlds.values()
        for kept in there.resources.values()
        for each in kept.values()
        if each.kind.name not in KEPT and each.kind.counts(each.fields)
    )
