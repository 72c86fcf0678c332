"""Promotions: a stage that waits is pointed to a deployment that is there already, another stage's or an earlier one.

What it led through before may have stayed for its sake only (`drift.behind`). So a promotion counts as an edit: first
the anchor forgets which spec was applied, then the stage moves, and the next pass takes away what nobody needs now. A
crash between the two leaves an edit without a difference, and the promotion to be said again.
"""

from __future__ import annotations

from dataclasses import dataclass

from controller.seen import Seen, suspensions
from reconcilers import BY_KIND, Aws, Live
from reconcilers.gateway.rest.promoting import Snapshot, point, snapshots
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.ownership import APPLIED


class Impossible(Exception):
    """Why this cannot be promoted, and what can."""


@dataclass(frozen=True)
class Stages:
    """The stages of one REST API and the deployments that there are, as one look found them."""

    seen: Seen
    address: str
    lives: tuple[Live[RestStage], ...]
    kept: tuple[Snapshot, ...]

    @classmethod
    def of(cls, aws: Aws, seen: Seen, address: str) -> Stages:
        """Raises Impossible where there are none."""
        lives = tuple(live for live in seen.fleet.of(RestStage) if live.key.instance == address)
        if not lives:
            raise Impossible(f"{address} has no stage of a REST API")
        return cls(seen, address, lives, snapshots(aws, str(lives[0].resource.rest_api_id)))

    def chosen(self, to: str, source: str | None, deployment: str | None) -> Snapshot:
        """What a stage is to serve: what another one serves, a deployment by its id, or what its canary serves."""
        if source is not None:
            return self._kept(str(self._stage(source).resource.serves))
        if deployment is not None:
            return self._kept(deployment)
        canary = self._stage(to).resource.canary_settings
        if canary is None:
            raise Impossible(f"stage {to} has no canary: say which deployment, with --from or --deployment")
        return self._kept(str(canary.deployment_id))

    def waiting(self, name: str) -> Live[RestStage]:
        """A stage that waits to be promoted. Raises Impossible for one that follows by itself."""
        live = self._stage(name)
        want = self.seen.graph.get(live.key)
        if not isinstance(want, RestStage) or want.deployment_id is not None:
            raise Impossible(f"stage {name} follows every deployment; `deploy: manual` or `canary` lets it wait")
        if told := suspensions(self.seen, self.seen.now).get(self.address):
            raise Impossible(f"{self.address} is suspended {told}")
        return live

    def promote(self, aws: Aws, name: str, snapshot: Snapshot) -> bool:
        """Let a stage serve a deployment. Returns whether anything had to be done."""
        live, anchor = self.waiting(name), self.seen.anchor(self.address)
        if aws.expected_account and aws.expected_account != aws.account_id:
            raise Impossible(f"these credentials belong to account {aws.account_id}, not {aws.expected_account}")
        if live.resource.serves == snapshot.id:
            return False
        if anchor is not None:
            BY_KIND[anchor.key.kind].tag(aws, anchor, {APPLIED: f"{self.seen.generation(self.address)}."}, ())
        point(aws, live, snapshot.id)
        return True

    def _stage(self, name: str) -> Live[RestStage]:
        found = next((live for live in self.lives if live.key.part == name), None)
        if found is None:
            names = ", ".join(sorted(live.key.part for live in self.lives))
            raise Impossible(f"{self.address} has no stage {name}; it has {names}")
        return found

    def _kept(self, id: str) -> Snapshot:
        found = next((each for each in self.kept if each.id == id), None)
        if found is None:
            raise Impossible(f"there is no deployment {id}; there are {', '.join(each.id for each in self.kept)}")
        return found
