"""Authorizers: who may call a route. What fits a JWT authorizer does not fit a Lambda one (ledger 7.5)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigatewayv2.access import AUTHORIZER
from sandbox.services.apigatewayv2.deploying import edited, without_blanks
from sandbox.services.apigatewayv2.facts import API
from sandbox.world import Resource, World

CLEARED = ("AuthorizerCredentialsArn", "IdentitySource")


def create_authorizer(world: World, request: Fields) -> Fields:
    parent = world.get(API, request["ApiId"]).id
    simple = {"EnableSimpleResponses": False} if request["AuthorizerType"] == "REQUEST" else {}
    return without_blanks(world.add(AUTHORIZER, simple | request, parent=parent), *CLEARED).shown()


def get_authorizer(world: World, request: Fields) -> Fields:
    return _authorizer(world, request).shown()


def get_authorizers(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(AUTHORIZER, world.get(API, request["ApiId"]).id), Resource.shown)}


def update_authorizer(world: World, request: Fields) -> Fields:
    return edited(world, without_blanks(world.change(_authorizer(world, request), request), *CLEARED))


def delete_authorizer(world: World, request: Fields) -> None:
    world.remove(_authorizer(world, request))


def _authorizer(world: World, request: Fields) -> Resource:
    return world.get(AUTHORIZER, request["AuthorizerId"], world.get(API, request["ApiId"]).id)
