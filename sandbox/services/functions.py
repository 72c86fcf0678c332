"""Lambda functions, as far as API Gateway needs them: that they are there, who may call them, and what they answer.

The code of a function is never run; `sandbox.invoking` has what it answers.
Permissions: Lambda guide, access-control-resource-based; botocore `lambda` AddPermission, RemovePermission, GetPolicy.
"""

from __future__ import annotations

import json

from sandbox import invoking
from sandbox.invoking import ALIAS, FUNCTION, INVALID, LATEST
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import Resource, World

TOKEN_REUSED = INVALID
POLICY_LENGTH = 20_480  # bytes; Lambda quotas, "Resource-based policy"
PAGE = {"*": 50}


def create_function(world: World, request: Fields) -> Fields:
    made = world.add(FUNCTION, request, {"LastModified": world.time.strftime("%Y-%m-%dT%H:%M:%S.000+0000")})
    made.hidden = {"policies": {}, "answers": []}
    return made.shown()


def get_function(world: World, request: Fields) -> Fields:
    return {"Configuration": invoking.function(world, request["FunctionName"])[0].shown()}


def delete_function(world: World, request: Fields) -> None:
    world.remove(invoking.function(world, request["FunctionName"])[0])


def create_alias(world: World, request: Fields) -> Fields:
    function, _ = invoking.function(world, request["FunctionName"])
    return world.add(ALIAS, request, parent=function.id).shown()


def add_permission(world: World, request: Fields) -> Fields:
    """One statement more in the policy of the function, or of its alias."""
    function, qualifier = _qualified(world, request)
    policies = function.hidden["policies"]
    before = policies.get(qualifier, [])
    if any(each["Sid"] == request["StatementId"] for each in before):
        why = f"The statement id ({request['StatementId']}) provided already exists."
        raise Refusal("ResourceConflictException", f"{why} Please provide a new statement id, or remove it.", 409)
    statement = _statement(function.id if qualifier == LATEST else f"{function.id}:{qualifier}", request)
    after = [*before, statement]
    if len(json.dumps(after)) > POLICY_LENGTH:
        raise Refusal("PolicyLengthExceededException", "The final policy size is bigger than the limit (20480).", 400)
    function.hidden = function.hidden | {"policies": policies | {qualifier: after}}
    return {"Statement": json.dumps(statement)}


def _statement(resource: str, request: Fields) -> Fields:
    who = request["Principal"]
    principal = {"Service": who} if who.endswith(".amazonaws.com") else {"AWS": who}
    condition = {"ArnLike": {"AWS:SourceArn": request["SourceArn"]}} if "SourceArn" in request else {}
    if "SourceAccount" in request:
        condition["StringEquals"] = {"AWS:SourceAccount": request["SourceAccount"]}
    told = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": principal,
        "Action": request["Action"],
        "Resource": resource,
    }
    return told | ({"Condition": condition} if condition else {})


def remove_permission(world: World, request: Fields) -> None:
    function, qualifier = _qualified(world, request)
    policies = function.hidden["policies"]
    kept = [each for each in policies.get(qualifier, ()) if each["Sid"] != request["StatementId"]]
    if len(kept) == len(policies.get(qualifier, ())):
        raise Refusal(
            "ResourceNotFoundException", f"Statement {request['StatementId']} is not found in resource policy."
        )
    function.hidden = function.hidden | {"policies": policies | {qualifier: kept}}


def get_policy(world: World, request: Fields) -> Fields:
    """A function without any statement has no policy."""
    function, qualifier = _qualified(world, request)
    statements = function.hidden["policies"].get(qualifier)
    if not statements:
        raise Refusal("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    return {"Policy": json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements})}


def _qualified(world: World, request: Fields) -> tuple[Resource, str]:
    function, qualifier = invoking.function(world, request["FunctionName"])
    asked = request.get("Qualifier", qualifier)
    if asked != LATEST:
        world.get(ALIAS, f"{function.id}:{asked}")
    return function, asked
