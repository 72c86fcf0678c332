"""Tags of APIs, stages, VPC links and domain names, by ARN (ledger 0.3)."""

from __future__ import annotations

from urllib.parse import unquote

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2.facts import API, STAGE, VPC_LINK
from sandbox.services.apigatewayv2.names import DOMAIN
from sandbox.world import Resource, World


def tag_resource(world: World, request: Fields) -> None:
    world.tag(_tagged(world, request), request["Tags"])


def untag_resource(world: World, request: Fields) -> None:
    world.untag(_tagged(world, request), request["TagKeys"])


def get_tags(world: World, request: Fields) -> Fields:
    return {"Tags": dict(_tagged(world, request).tags)}


def _tagged(world: World, request: Fields) -> Resource:
    match unquote(request["ResourceArn"]).removeprefix(f"arn:aws:apigateway:{world.region}::/").split("/"):
        case ["apis", api]:
            found = world.find(API, api)
        case ["apis", api, "stages", stage]:
            found = world.find(STAGE, f"{api}/{stage}")
        case ["vpclinks", link]:
            found = world.find(VPC_LINK, link)
        case ["domainnames", domain]:
            found = world.find(DOMAIN, domain)
        case _:
            found = None
    if found is None:
        raise Refusal("NotFoundException", "Invalid Resource identifier specified")
    return found
