"""How an ECS rollout is doing, as far as it can be read off a service (ledger 4.4, *Waits* and *Circuit breaker*)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.keys import Link

ROLLED_BACK = ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
"""STOPPED is not among them: it ends a deployment that another one overtook, which says nothing of its revision
(ecs ServiceDeployment, status)."""


def settling(service: Mapping[str, Any]) -> str:
    """Why the service is not steady yet; empty when one deployment runs as many tasks as are wanted.

    `ServicesStable` is not enough: it is also true right after a circuit breaker has rolled back.
    """
    deployments = service.get("deployments", ())
    primary = next((each for each in deployments if each["status"] == "PRIMARY"), None)
    if service["status"] != "ACTIVE" or primary is None:
        return f"the service is {service['status'].lower()}"
    running, desired = service["runningCount"], service["desiredCount"]
    if primary.get("rolloutState") == "FAILED":
        return ""
    if len(deployments) > 1 or primary.get("rolloutState", "COMPLETED") != "COMPLETED":
        new = primary["runningCount"]
        return f"deployment {primary.get('rolloutState', '').lower() or 'under way'}, {new} of {desired} new tasks"
    return "" if running == desired else f"{running} of {desired} tasks run"


def serving(service: Mapping[str, Any]) -> bool:
    """Whether tasks of a deployment that was completed answer, or nobody is to: then there is no use in waiting."""
    completed = any(each.get("rolloutState") == "COMPLETED" for each in service.get("deployments", ()))
    return completed and (service["runningCount"] > 0 or service["desiredCount"] == 0)


def failed(aws: Aws, service: Mapping[str, Any], wanted: Link | None) -> str:
    """Why the wanted revision will not come up by waiting: its deployment failed, or ECS rolled it back.

    Nothing but the service is needed while it runs what is wanted and its deployment is in order.
    """
    deployments: list[Mapping[str, Any]] = service.get("deployments", [])
    primary = next((each for each in deployments if each["status"] == "PRIMARY"), {})
    if service["taskDefinition"] == wanted:
        return primary.get("rolloutStateReason", "the deployment failed") if _is_over(primary) else ""
    if not isinstance(wanted, str):
        return ""
    for brief in aws.ecs.list_service_deployments(
        service=service["serviceArn"], cluster=service["clusterArn"], status=list(ROLLED_BACK)
    )["serviceDeployments"]:
        revision = brief.get("targetServiceRevisionArn")
        if revision and _definition(aws, revision) == wanted:
            return str(brief.get("statusReason") or "ECS rolled the deployment back")
    return ""


def _is_over(primary: Mapping[str, Any]) -> bool:
    return primary.get("rolloutState") == "FAILED"


def _definition(aws: Aws, revision: str) -> str:
    answer = aws.ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
    return str(answer[0]["taskDefinition"]) if answer else ""
