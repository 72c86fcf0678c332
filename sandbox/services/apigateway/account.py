"""The one record per account and region: through whose role API Gateway writes logs (ledger 6.14)."""

from __future__ import annotations

import json
import re

from sandbox import identity
from sandbox.kinds import Fields
from sandbox.services.apigateway.facts import ACCOUNT
from sandbox.services.apigateway.patching import Grammar, Operation, Path, scalar
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World

PRINCIPAL = "apigateway.amazonaws.com"
PUSH = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
ROLE = re.compile(r"arn:aws[^:]*:iam::\d{12}:role/\S+")
_NO_PERMISSION = bad(
    "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add "
    "the required role policy."
)


def get_account(world: World, _request: Fields) -> Fields:
    return _account(world).shown()


def update_account(world: World, request: Fields) -> Fields:
    account = _account(world)
    after = GRAMMAR.patched(account.fields, request.get("patchOperations", ()))
    if after.get("cloudwatchRoleArn") != account.fields.get("cloudwatchRoleArn"):
        _refuse_role(world, after.get("cloudwatchRoleArn", ""))
    return replaced(world, account, after).shown()


def _account(world: World) -> Resource:
    return world.find(ACCOUNT, "account") or world.add(ACCOUNT, {})


def _features(fields: Fields, operation: Operation) -> None:
    """`UsagePlans` is the only one there is, everybody has it, and nobody loses it (API reference)."""
    if operation.value != "UsagePlans" or operation.op == "remove":
        raise bad(f"Invalid feature specified: {operation.value}")


GRAMMAR = Grammar((scalar("cloudwatchRoleArn", blank=False), Path("/features", ("add", "remove"), _features)))


def _refuse_role(world: World, arn: str) -> None:
    """It must be a role API Gateway may assume by now, and that may write logs."""
    if not ROLE.fullmatch(arn):
        raise bad("The role ARN is not well formed")
    role = identity.role(world, arn)
    if role is None or not identity.assumable(world, arn) or PRINCIPAL not in str(role.assume_role_policy_document):
        raise _NO_PERMISSION.about()
    inline = json.dumps(list(role.policies.values()))
    if PUSH not in role.managed_policies and "logs:" not in inline:
        raise _NO_PERMISSION.about()
