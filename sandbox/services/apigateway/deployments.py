"""Deployments: pictures of the whole tree, which nothing changes any more; stages show them (ledger 6.6)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway import stages
from sandbox.services.apigateway.facts import DEPLOYMENT, STAGE
from sandbox.services.apigateway.parts import AUTHORIZER, GATEWAY_RESPONSE, MODEL, REQUEST_VALIDATOR
from sandbox.services.apigateway.patching import Grammar, scalar
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import Tree, api_of
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World

BESIDE = (  # what else a picture shows, and by which member
    ("models", MODEL, "name"),
    ("validators", REQUEST_VALIDATOR, "id"),
    ("authorizers", AUTHORIZER, "id"),
    ("responses", GATEWAY_RESPONSE, "responseType"),
)
GRAMMAR = Grammar((scalar("description"),))


def create_deployment(world: World, request: Fields) -> Fields:
    """With a stage name it also moves that stage, or makes it; with canary settings only its canary (ledger 6.6)."""
    api, name = api_of(world, request), request.get("stageName", "")
    stage = world.find(STAGE, f"{api.id}/{name}")
    _refuse_canary(request, stage)
    deployment = world.add(DEPLOYMENT, request, {"createdDate": world.time}, parent=api.id)
    try:
        deployment.hidden = picture(world, api)
        if name:
            stages.deployed(world, api, stage, deployment, request)
    except Exception:
        world.remove(deployment)
        raise
    return deployment.shown()


def get_deployment(world: World, request: Fields) -> Fields:
    deployment = _deployment(world, request)
    shown = deployment.shown()
    if "apisummary" in request.get("embed", ()):
        shown["apiSummary"] = {
            resource["path"]: {
                verb: {"authorizationType": each["authorizationType"], "apiKeyRequired": each["apiKeyRequired"]}
                for verb, each in resource["resourceMethods"].items()
            }
            for resource in deployment.hidden["resources"]
            if "resourceMethods" in resource
        }
    return shown


def get_deployments(world: World, request: Fields) -> Fields:
    return {"items": Listing(world.all(DEPLOYMENT, api_of(world, request).id), Resource.shown)}


def update_deployment(world: World, request: Fields) -> Fields:
    deployment = _deployment(world, request)
    after = GRAMMAR.patched(deployment.fields, request.get("patchOperations", ()))
    return replaced(world, deployment, after).shown()


def delete_deployment(world: World, request: Fields) -> None:
    world.remove(_deployment(world, request))


def picture(world: World, api: Resource) -> Fields:
    """All that a stage shows of an API: `{"api", "resources", ...}` in the words in which they are told."""
    tree = Tree(world, api.id)
    resources = [tree.resource(each, methods=True) for each in tree.resources]
    methods = [each for resource in resources for each in resource.get("resourceMethods", {}).values()]
    if not methods:
        raise bad("The REST API doesn't contain any methods")
    if any("methodIntegration" not in each for each in methods):
        raise bad("No integration defined for method")
    beside = {name: {each.fields[key]: each.shown() for each in world.all(kind, api.id)} for name, kind, key in BESIDE}
    return {"api": api.shown(), "resources": resources} | beside


def _deployment(world: World, request: Fields) -> Resource:
    return world.get(DEPLOYMENT, request["deploymentId"], api_of(world, request).id)


def _refuse_canary(request: Fields, stage: Resource | None) -> None:
    if "canarySettings" not in request:
        return
    wrong = "Invalid deployment content specified."
    if not request.get("stageName"):
        told = request.get("stageName", "null")
        raise bad(
            f"{wrong}Non null and non empty stageName must be provided for canary deployment. Provided value is {told}"
        )
    if stage is None:
        raise bad(
            f"{wrong}Stage {request['stageName']} must already be created before making a canary release deployment"
        )
