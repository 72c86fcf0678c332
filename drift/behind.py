"""What a stage leads through that waits to be promoted: it serves an earlier deployment, so nothing of that may go.

A deployment is a snapshot, and nobody can tell from outside what is in an earlier one. So while a stage is behind, what
carries requests stays, whoever no longer asks for it; `penstock promote` is what ends that. The same holds while a VPC
link V1 of ours is somebody else's way as well, or that of a stage somebody else made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drift.draft import Draft
from reconcilers import BY_KIND, ORDER, Key, Live
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.gateway.rest.rest_vpc_link import RestVpcLink
from reconcilers.keys import Ref
from reconcilers.ownership import SERVICE
from reconcilers.reconciler import HELD

CARRIES = frozenset(kind for kind, place in ORDER.items() if place <= ORDER["VpcLink"]) | {"Permission"}
"""What stands between a stage and a task, and what lets them."""
LETS_IN = frozenset(
    {"Integration", "Route", "Stage", "RestIntegration", "RestDeployment", "RestStage", "ApiMapping", "RoutingRule"}
    | {"WebSocketIntegration", "WebSocketRoute"}
)
"""What says where requests go."""


def behind(draft: Draft) -> Mapping[str, tuple[str, str]]:
    """By instance: who still goes the old way, and what ends that. A stage of it that serves another deployment than
    the newest, or is about to; or whoever holds its link."""
    waiting = {
        live.key.instance: (f"stage {live.key.part} serves an earlier deployment", "promote it first")
        for live in draft.fleet.of(RestStage)
        if _waits(draft, live)
    }
    held = {
        live.key.instance: (f"{holder} leads through {live.key} ({live.id})", "lead it elsewhere and deploy first")
        for live in draft.fleet.of(RestVpcLink)
        if (holder := live.attributes.get(HELD))
    }
    return waiting | held


def _waits(draft: Draft, live: Live[RestStage]) -> bool:
    want = draft.graph.get(live.key)
    if not isinstance(want, RestStage) or want.deployment_id is not None:
        return False
    assert isinstance(want.serves, Ref)
    newest = draft.chosen.get(want.serves.key)
    return want.serves.key in draft.changes or newest is None or newest.id != live.resource.serves


class Kept:
    """What stays though nobody wants it, as the fleet is gone through from parents to children."""

    def __init__(self, draft: Draft) -> None:
        self.behind = {name: told for name, told in behind(draft).items() if name not in draft.scope.doomed}
        self.ids: set[str] = set()
        self.keys: dict[str, list[Key]] = {}

    def keeps(self, live: Live[Any]) -> bool:
        """Whether this one stays. What somebody put into something of ours by hand has neither our tags nor a parent
        that only stays, and goes."""
        verbs = BY_KIND[live.key.kind]
        if live.key.instance not in self.behind or live.key.kind not in CARRIES:
            return False
        if verbs.closed and SERVICE not in (live.resource.tags or {}) and verbs.parent_of(live) not in self.ids:
            return False
        self.ids.add(live.id)
        self.keys.setdefault(live.key.instance, []).append(live.key)
        return True

    def told(self) -> Iterator[tuple[str, str]]:
        """By instance, a sentence about what stays and why."""
        for instance, keys in self.keys.items():
            (why, end), some = self.behind[instance], ", ".join(map(str, keys[:3]))
            more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
            yield instance, f"{why}, so {some}{more} may not go: {end}"
