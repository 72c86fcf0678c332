"""Roles take a while to be believed: IAM shows a new one at once, and the services that should assume it do not know it
yet (ledger 0.5, 2.1). Service-linked roles are made by the service that first needs them (ledger 2.3).
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sandbox import elsewhere

if TYPE_CHECKING:
    from sandbox.world import World

BELIEVED_AFTER = 10.0  # seconds; ledger 0.5: "typical 5-15 s"
LINKED = {  # service principal -> the name of its role; ledger 2.3
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
}


def role(world: World, arn: str) -> Any:
    """moto's role with this ARN, or None. No call of IAM's list operations needed."""
    roles = elsewhere.backend(world, "iam").roles.values()
    return next((each for each in roles if each.arn == arn), None)


def assumable(world: World, arn: str) -> bool:
    """Whether services other than IAM can assume this role by now."""
    found = role(world, arn)
    return found is not None and world.now - _created(found) >= BELIEVED_AFTER


def service_linked_role(world: World, service: str) -> str:
    """The ARN of a service's own role, which is made now if this is the account's first use of the service.

    `service` is the principal, e.g. `ecs.amazonaws.com`. Whether it works yet says `assumable`.
    """
    path, name = f"/aws-service-role/{service}/", LINKED[service]
    arn = f"arn:aws:iam::{world.account}:role{path}{name}"
    if role(world, arn) is None:
        make_service_linked_role(world, service, "")
    return arn


def make_service_linked_role(world: World, service: str, description: str) -> Any:
    trust = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [service]}}
    return elsewhere.backend(world, "iam").create_role(
        LINKED[service],
        json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        f"/aws-service-role/{service}/",
        permissions_boundary=None,
        description=description,
        tags=[],
        max_session_duration="3600",
        linked_service=service,
    )


def _created(found: Any) -> float:
    return float(found.create_date.replace(tzinfo=UTC).timestamp())
