"""Tags by ARN (ledger 0.3)."""

from __future__ import annotations

from urllib.parse import unquote

from sandbox.kinds import Fields
from sandbox.services.apigateway.facts import REST_API, STAGE, VPC_LINK
from sandbox.services.apigateway.metering import API_KEY, USAGE_PLAN
from sandbox.services.apigateway.words import missing
from sandbox.services.apigatewayv2.names import ACCESS, DOMAIN
from sandbox.world import Resource, World

TAGGED = {
    "restapis": REST_API,
    "vpclinks": VPC_LINK,
    "apikeys": API_KEY,
    "usageplans": USAGE_PLAN,
    "domainnames": DOMAIN,
}
NAMED = (DOMAIN, ACCESS)
"""Kinds whose ARNs have an account in them: private custom domain names, and who may come to them."""


def tag_resource(world: World, request: Fields) -> None:
    world.tag(_tagged(world, request), request["tags"])


def untag_resource(world: World, request: Fields) -> None:
    world.untag(_tagged(world, request), request["tagKeys"])


def get_tags(world: World, request: Fields) -> Fields:
    return {"tags": dict(_tagged(world, request).tags)}


def _tagged(world: World, request: Fields) -> Resource:
    arn = unquote(request["resourceArn"])
    match arn.removeprefix(f"arn:aws:apigateway:{world.region}::/").split("/"):
        case ["restapis", api, "stages", stage]:
            found = world.find(STAGE, f"{api}/{stage}")
        case [plural, id] if plural in TAGGED:
            found = world.find(TAGGED[plural], id)
        case _:
            found = next((each for kind in NAMED for each in world.all(kind) if each.arn == arn), None)
    if found is None:
        raise missing("Invalid resource identifier specified")
    return found
