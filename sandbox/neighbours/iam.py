"""Roles and policies: documents that say something, boundaries that exist, and nothing deleted from under its users
(ledger 2.1, 2.2).
"""

from __future__ import annotations

import json
from typing import Any

from sandbox import elsewhere, tags
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("ValidationError", "{why}")
TRUST_LENGTH, INLINE_LENGTH = 2048, 10240  # characters without white space; ledger 2.1
MALFORMED = Refusal("MalformedPolicyDocument", "{why}")


def create_role(world: World, request: Fields) -> None:
    _refuse_document(request["AssumeRolePolicyDocument"], "Principal", TRUST_LENGTH, "ACLSizePerRole")
    _refuse_boundary(world, request)
    _refuse_tags({}, request)


def update_assume_role_policy(_world: World, request: Fields) -> None:
    _refuse_document(request["PolicyDocument"], "Principal", TRUST_LENGTH, "ACLSizePerRole")


def put_role_permissions_boundary(world: World, request: Fields) -> None:
    _refuse_boundary(world, request)


def put_role_policy(world: World, request: Fields) -> None:
    """All inline policies of a role together have so much room."""
    _refuse_document(request["PolicyDocument"], "Resource", INLINE_LENGTH, "RolePolicySize")
    role = _role(world, request["RoleName"])
    others = {name: text for name, text in role.policies.items() if name != request["PolicyName"]} if role else {}
    if sum(map(_length, (*others.values(), request["PolicyDocument"]))) > INLINE_LENGTH:
        raise Refusal(
            "LimitExceeded", f"Maximum policy size of {INLINE_LENGTH} bytes exceeded for role {request['RoleName']}"
        )


def attach_user_policy(world: World, request: Fields) -> None:
    """AWS's own policies are there before anybody attaches them."""
    iam, arn = elsewhere.backend(world, "iam"), request["PolicyArn"]
    if not arn.startswith("arn:"):
        raise INVALID.about(why="Invalid ARN:  Could not be parsed!")
    if arn.startswith("arn:aws:iam::aws:policy/") and arn not in iam.managed_policies:
        _load(iam, arn)


attach_role_policy = attach_group_policy = attach_user_policy


def _load(iam: Any, arn: str) -> None:
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy

    known = json.loads(aws_managed_policies_data)
    name = arn.rpartition("/")[2]
    if name in known:
        policy = AWSManagedPolicy.from_data(name, iam.account_id, iam.region_name, known[name])
        iam.managed_policies[policy.arn] = policy


def delete_policy(world: World, request: Fields) -> None:
    iam = elsewhere.backend(world, "iam")
    if any(request["PolicyArn"] in role.managed_policies for role in iam.roles.values()):
        raise Refusal("DeleteConflict", "Cannot delete a policy attached to entities.", 409)


def tag_role(world: World, request: Fields) -> None:
    role = _role(world, request["RoleName"])
    _refuse_tags(
        {each["Key"]: each["Value"] for each in role.tags.values()} if role and isinstance(role.tags, dict) else {},
        request,
    )


def _role(world: World, name: str) -> Any:
    return next((each for each in elsewhere.backend(world, "iam").roles.values() if each.name == name), None)


def _refuse_tags(kept: dict[str, str], request: Fields) -> None:
    tags.check("iam", kept | {each["Key"]: each["Value"] for each in request.get("Tags", ())})


def _refuse_boundary(world: World, request: Fields) -> None:
    arn = request.get("PermissionsBoundary")
    if (
        arn
        and not arn.startswith("arn:aws:iam::aws:policy/")
        and arn not in elsewhere.backend(world, "iam").managed_policies
    ):
        raise Refusal("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


def _refuse_document(text: str, needed: str, room: int, quota: str) -> None:
    """Valid JSON, with statements that have an effect, an action and (`needed`) a principal or a resource."""
    try:
        document = json.loads(text)
    except ValueError:
        raise MALFORMED.about(why="This policy contains invalid Json") from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not statements:
        raise MALFORMED.about(why="Missing required field Statement")
    for each in statements if isinstance(statements, list) else [statements]:
        if each.get("Effect") not in ("Allow", "Deny"):
            raise MALFORMED.about(why="Missing required field Effect")
        if not {"Action", "NotAction"} & each.keys():
            raise MALFORMED.about(why="Missing required field Action")
        if not {needed, f"Not{needed}"} & each.keys():
            raise MALFORMED.about(why=f"Missing required field {needed}")
    if _length(text) > room:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for {quota}: {room}", 409)


def _length(document: str) -> int:
    return len("".join(document.split()))
