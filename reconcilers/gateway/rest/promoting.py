"""A stage that waits to be promoted is pointed to another deployment by hand, not by what a spec says.

The deployments that are kept are what there is to choose from, the way back among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reconcilers.aws import Aws
from reconcilers.gateway.rest.patch import replace
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.resource import Live


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One deployment of an API. `stages` are those that serve it, `canaries` those whose canary does."""

    id: str
    created: datetime
    description: str
    stages: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()


def snapshots(aws: Aws, api_id: str) -> tuple[Snapshot, ...]:
    """Every deployment of an API, the newest first: two calls."""
    stages = aws.apigateway.get_stages(restApiId=api_id)["item"]
    found = aws.apigateway.pages("get_deployments", "items", restApiId=api_id, limit=500)

    def serving(id: str, *, canary: bool) -> Iterator[str]:
        for each in stages:
            if (each.get("canarySettings", {}) if canary else each).get("deploymentId") == id:
                yield each["stageName"]

    told = (
        Snapshot(
            each["id"],
            each["createdDate"],
            each.get("description", ""),
            tuple(serving(each["id"], canary=False)),
            tuple(serving(each["id"], canary=True)),
        )
        for each in found
    )
    return tuple(sorted(told, key=lambda each: (each.created, each.id), reverse=True))


def point(aws: Aws, stage: Live[RestStage], deployment: str) -> None:
    """Let a stage serve a deployment. With a canary the canary's is told along, though it stays (ledger 6.7)."""
    api_id, canary = str(stage.resource.rest_api_id), stage.resource.canary_settings
    operations = [replace("/deploymentId", deployment)]
    if canary is not None:
        operations.append(replace("/canarySettings/deploymentId", canary.deployment_id))
    with aws.alone(api_id):
        aws.apigateway.update_stage(restApiId=api_id, stageName=stage.resource.stage_name, patchOperations=operations)
