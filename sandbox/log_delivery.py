"""HTTP API access logs are delivered by CloudWatch Logs itself, which must be allowed to: AWS adds each log group to
a resource policy of its own, and that policy has room for so many characters (ledger 3.2).
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from sandbox import elsewhere
from sandbox.kinds import Quota
from sandbox.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.world import World

POLICY = "AWSLogDeliveryWrite20150319"
VENDED = "/aws/vendedlogs/"  # groups under it share one statement; ledger 3.2
ROOM = Quota(
    "log-delivery-policy-characters",
    5120,
    Refusal(
        "BadRequestException",
        "Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120",
    ),
)


def allow(world: World, group_arn: str) -> None:
    """`group_arn` without `:*`. Raises `Refusal` when there is no such group, or no more room."""
    logs = elsewhere.backend(world, "logs")
    name = group_arn.partition(":log-group:")[2]
    if name not in logs.groups:
        raise Refusal(
            "BadRequestException", f"The log group '{group_arn}' does not exist: access logging cannot be enabled"
        )
    resource = f"{group_arn}:log-stream:*"
    if any(_covers(policy.policy_document, resource) for policy in logs.resource_policies.values()):
        return
    if name.startswith(VENDED):
        resource = f"{group_arn.partition(':log-group:')[0]}:log-group:{VENDED}*"
    kept = logs.resource_policies.get(POLICY)
    resources = [*(_resources(kept.policy_document) if kept else ()), resource]
    document = json.dumps(_document(world, resources), separators=(",", ":"))
    world.refuse_beyond(ROOM, len(document))
    logs.put_resource_policy(POLICY, document)


def _document(world: World, resources: list[str]) -> dict[str, Any]:
    statement = {
        "Sid": POLICY,
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": resources,
        "Condition": {"StringEquals": {"aws:SourceAccount": world.account}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _resources(document: str) -> list[str]:
    found = [statement.get("Resource", []) for statement in json.loads(document)["Statement"]]
    return [each for one in found for each in (one if isinstance(one, list) else [one])]


def _covers(document: str, resource: str) -> bool:
    return "delivery.logs.amazonaws.com" in document and any(
        fnmatchcase(resource, each) for each in _resources(document)
    )
