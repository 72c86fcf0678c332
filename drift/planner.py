"""Making a plan of what is wanted and what is live: what orders it is read off the values.

* A change comes after the changes to whatever its wanted value refers to (`drift.draft`);
* nothing is deleted while a change to something that mentions it is outstanding, or while anything that mentions it is
  still settling (`drift.retire`).

A target group behind a service is the one replacement with more to it (`drift.handover`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drift.draft import Draft, dependencies_first
from drift.handover import handover
from drift.plan import WRITES, Change, Plan, Scope
from drift.retire import deletions
from reconcilers import BY_KIND, Fleet, Graph
from reconcilers.resource import refs
from specs.uncollected import uncollected


def make_plan(graph: Graph, fleet: Fleet, scope: Scope) -> Plan:
    """What to do, dependencies first, deletions last."""
    with uncollected():
        return _plan(graph, fleet, scope)


def _plan(graph: Graph, fleet: Fleet, scope: Scope) -> Plan:
    moves = handover(graph, fleet, scope)
    wants = {**graph, **moves.wants}
    needs = {key: tuple(refs(want)) for key, want in wants.items()}
    draft = Draft(graph, fleet, scope, needs, moves.keeps)
    for key in dependencies_first(needs):
        draft.consider(key, wants[key])
    changes = tuple(map(draft.anchored, draft.changes.values()))
    gone, problems, stays = deletions(draft, changes)
    changes = tuple(_sealing(change, gone) for change in changes)
    return Plan((*changes, *gone), draft.known, draft.unchanged, tuple(problems), draft.settling(), stays)


def _sealing(change: Change, gone: Iterable[Change]) -> Change:
    """A picture is taken when what it must not show is gone."""
    kinds = {each.__name__ for each in BY_KIND[change.key.kind].seals}
    if not kinds or change.action not in WRITES:
        return change
    first = {each.name for each in gone if each.key.instance == change.key.instance and each.key.kind in kinds}
    return replace(change, after=change.after | first)
