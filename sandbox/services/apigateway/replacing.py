"""The end of every PATCH: the resource has the fields that came out of it, if these keep its rules."""

from __future__ import annotations

from sandbox import shapes
from sandbox.kinds import Fields
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World


def replaced(world: World, resource: Resource, fields: Fields) -> Resource:
    """Raises `Refusal` for a value that is none of an enumeration, and whatever the kind's rules refuse."""
    shape = shapes.model(resource.kind.service).shape_for(resource.kind.name)
    if wrong := sorted(shapes.problems(shape, fields, asked=False)):
        raise bad(f"Invalid value specified: {'; '.join(wrong)}")
    return world.replace(resource, fields)
