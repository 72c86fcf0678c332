"""By ARN or by name, and one unknown fails the whole call (ledger 0.4)."""

from __future__ import annotations

from sandbox.kinds import Fields, Kind
from sandbox.listing import Listing
from sandbox.world import Resource, World


def chosen(world: World, kind: Kind, request: Fields, by_arn: str, name: str) -> list[Resource]:
    """`by_arn` is the member of the request that lists ARNs, `name` the member of the resource that `Names` speaks
    of."""
    if by_arn in request:
        return [world.get(kind, arn) for arn in request[by_arn]]
    every = world.all(kind)
    if "Names" in request:
        known = {each[name]: each for each in every}
        return [known[each] if each in known else world.get(kind, each) for each in request["Names"]]
    return every


def described(world: World, kind: Kind, request: Fields, by_arn: str, name: str = "") -> Listing[Resource]:
    return Listing(chosen(world, kind, request, by_arn, name), Resource.shown)
