"""Authorizers: the name is unique, the type decides what is needed, and one that a method names stays (ledger 6.9)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.parts import AUTHORIZER
from sandbox.services.apigateway.patching import Grammar, listed, needed, scalar, whole
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import conflict
from sandbox.world import Resource, World

FUNCTIONS = ("TOKEN", "REQUEST")
HEADER = "method.request.header.Authorization"
AUTH_TYPES = {"TOKEN": "custom", "REQUEST": "custom", "COGNITO_USER_POOLS": "cognito_user_pools"}  # recorded
GRAMMAR = Grammar(
    (
        needed("name", "Authorizer name"),
        needed("type", "Authorizer type"),
        scalar("authType"),
        needed("authorizerUri", "Authorizer URI"),
        scalar("authorizerCredentials"),
        scalar("identitySource"),
        scalar("identityValidationExpression"),
        needed("authorizerResultTtlInSeconds", "Result TTL", whole),
        listed("providerARNs"),
    )
)


def create_authorizer(world: World, request: Fields) -> Fields:
    if world.find(REST_API, request["restApiId"]) is None:  # it does not say NotFound; ledger 0.9
        raise conflict("Unable to complete operation due to concurrent modification. Please try again later.")
    made: Fields = {}
    if request["type"] in FUNCTIONS and "authorizerResultTtlInSeconds" not in request:
        made["authorizerResultTtlInSeconds"] = 300
    if request["type"] in ("TOKEN", "COGNITO_USER_POOLS") and "identitySource" not in request:
        made["identitySource"] = HEADER
    if request["type"] in AUTH_TYPES and "authType" not in request:
        made["authType"] = AUTH_TYPES[request["type"]]
    return world.add(AUTHORIZER, request, made, parent=request["restApiId"]).shown()


def get_authorizer(world: World, request: Fields) -> Fields:
    return _authorizer(world, request).shown()


def get_authorizers(world: World, request: Fields) -> Fields:
    return {"items": Listing(world.all(AUTHORIZER, api_of(world, request).id), Resource.shown)}


def update_authorizer(world: World, request: Fields) -> Fields:
    authorizer = _authorizer(world, request)
    return replaced(world, authorizer, GRAMMAR.patched(authorizer.fields, request.get("patchOperations", ()))).shown()


def delete_authorizer(world: World, request: Fields) -> None:
    world.remove(_authorizer(world, request))


def _authorizer(world: World, request: Fields) -> Resource:
    return world.get(AUTHORIZER, request["authorizerId"], api_of(world, request).id)
