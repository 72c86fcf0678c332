"""VPC links V1: one network load balancer each, minutes to come, a failure that only polling shows, and nothing to
change but their name (ledger 6.1)."""

from __future__ import annotations

import re
from functools import partial
from itertools import chain

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.facts import DEPLOYMENT, LINK_STARTS, LINK_STOPS, STAGE, VPC_LINK
from sandbox.services.apigateway.patching import Grammar, needed, scalar
from sandbox.services.apigateway.references import LINKED
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad
from sandbox.services.apigatewayv2 import deploying
from sandbox.services.elbv2.facts import LOAD_BALANCER
from sandbox.world import Resource, World, become, vanish

GRAMMAR = Grammar((needed("name", "Name"), scalar("description")))
READY = {"status": "AVAILABLE", "statusMessage": "Your vpc link is ready for use"}
ARN = re.compile(r"arn:aws[^:]*:elasticloadbalancing:([^:]+):(\d{12}):loadbalancer/(\w+)/[^/]+/\w+")
BUSY = ("PENDING", "DELETING")
TAKEN = "NLB is already associated with another VPC Endpoint Service"


def create_vpc_link(world: World, request: Fields) -> Fields:
    for arn in request["targetArns"][:1]:
        _refuse_target(world, arn)
    link = world.add(VPC_LINK, request)
    world.later(LINK_STARTS, _started, link)
    return link.shown(tags=bool(link.tags))


def get_vpc_link(world: World, request: Fields) -> Fields:
    return world.get(VPC_LINK, request["vpcLinkId"]).shown()


def get_vpc_links(world: World, _request: Fields) -> Fields:
    """Without their tags (ledger 0.3)."""
    return {"items": Listing(world.all(VPC_LINK), partial(Resource.shown, tags=False))}


def update_vpc_link(world: World, request: Fields) -> Fields:
    link = world.get(VPC_LINK, request["vpcLinkId"])
    operations = request.get("patchOperations", ())
    if any(each.get("path", "").startswith("/targetArns") for each in operations):
        raise bad("Target arns are not allowed to be changed/added")
    _refuse_busy(link)
    return replaced(world, link, GRAMMAR.patched(link.fields, operations)).shown()


def delete_vpc_link(world: World, request: Fields) -> None:
    """Refused while an integration, or what a stage has deployed, uses it (ledger 6.1)."""
    link = world.get(VPC_LINK, request["vpcLinkId"])
    _refuse_busy(link)
    world.refuse_if_held(VPC_LINK, link.id)
    refuse_deployed(world, link.id)
    deploying.refuse_served(world, link.id)
    become(world, link, {"status": "DELETING", "statusMessage": "Your vpc link is being deleted"})
    world.later(LINK_STOPS, vanish, link)


def refuse_deployed(world: World, link: str) -> None:
    """Raises `Refusal` while a stage of a REST API serves a deployment that goes through this link, of either kind."""
    for stage in world.all(STAGE):
        shown = (stage["deploymentId"], stage.fields.get("canarySettings", {}).get("deploymentId"))
        for deployment in (world.find(DEPLOYMENT, id) for id in shown if id):
            for verb, path in _users(deployment, link):
                raise LINKED.about(id=link, holder=f"{verb}:{path}:{stage['stageName']}")


def _users(deployment: Resource | None, link: str) -> list[tuple[str, str]]:
    resources = deployment.hidden["resources"] if deployment else ()
    methods = chain.from_iterable(
        ((verb, each["path"], method) for verb, method in each.get("resourceMethods", {}).items()) for each in resources
    )
    return [(verb, path) for verb, path, method in methods if method["methodIntegration"].get("connectionId") == link]


def _started(world: World, link: Resource) -> None:
    """It fails when its load balancer is not there or not active by now, or serves another link; only a look tells
    (ledger 6.1; developer guide, set-up-api-with-vpclink-cli)."""
    balancer = world.find(LOAD_BALANCER, link["targetArns"][0])
    others = (each for each in world.all(VPC_LINK) if each is not link and each["targetArns"] == link["targetArns"])
    if any(each["status"] != "FAILED" for each in others):
        become(world, link, {"status": "FAILED", "statusMessage": TAKEN})
    elif balancer and balancer["State"]["Code"] == "active":
        become(world, link, READY)
    else:
        why = "is not active" if balancer else "does not exist"
        become(world, link, {"status": "FAILED", "statusMessage": f"NLB {link['targetArns'][0]} {why}"})


def _refuse_target(world: World, arn: str) -> None:
    found = ARN.fullmatch(arn)
    if found is None:
        raise bad(f"Invalid ARN. ARN is not well formed {arn}")
    if found[3] != "net":
        raise bad(f"Invalid target ARN {arn}: only Network Load Balancers are supported")
    if (found[1], found[2]) != (world.region, world.account):
        raise bad(f"Invalid target ARN {arn}: the load balancer must be in the same account and region")


def _refuse_busy(link: Resource) -> None:
    if link["status"] in BUSY:
        raise bad(f"Vpc link '{link.id}' cannot be changed or deleted while it is {link['status']}")
