"""A protected user pool stays (API reference, DeleteUserPool)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("InvalidParameterException", "{why}")


def delete_user_pool(world: World, request: Fields) -> None:
    pool = elsewhere.backend(world, "cognito-idp").user_pools.get(request["UserPoolId"])
    if pool and pool.extended_config.get("DeletionProtection") == "ACTIVE":
        why = "The user pool cannot be deleted because deletion protection is activated."
        raise INVALID.about(why=f"{why} Deletion protection must be inactivated first.")
