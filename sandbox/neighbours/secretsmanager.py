"""A secret that waits for its end still has its name (API reference, CreateSecret)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("InvalidParameterException", "{why}")


def create_secret(world: World, request: Fields) -> None:
    kept = elsewhere.backend(world, "secretsmanager").secrets
    if any(each.name == request["Name"] and each.is_deleted() for each in kept.values()):
        why = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise Refusal("InvalidRequestException", why)
