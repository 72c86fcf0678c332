"""A role can be assumed when it exists, and some seconds after it was made (ledger 0.5)."""

from __future__ import annotations

from sandbox import identity, mototime
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("ValidationError", "{why}")


def assume_role(world: World, request: Fields) -> None:
    """Of roles in other accounts we know nothing: moto lets them be assumed, and so each account is its own world."""
    arn = request["RoleArn"]
    if arn.split(":")[4:5] == [world.account] and not identity.assumable(world, arn):
        why = f"is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise Refusal("AccessDenied", f"User: arn:aws:iam::{world.account}:root {why}", 403)
    if role := identity.role(world, arn):
        role.last_used, role.last_used_region = mototime.utcnow(), world.region
