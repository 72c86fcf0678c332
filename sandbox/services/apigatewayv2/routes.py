"""Routes. A route key exists once in an API; a route without authorization keeps no authorizer (ledger 7.4)."""

from __future__ import annotations

import re
from collections import Counter

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2.access import AUTHORIZER
from sandbox.services.apigatewayv2.deploying import edited, without_blanks
from sandbox.services.apigatewayv2.facts import API, ROUTE
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World

CLEARED = ("OperationName", "AuthorizerId", "AuthorizationScopes", "Target", "RequestParameters")
ANSWERING = ("RouteResponseSelectionExpression",)  # of WebSocket APIs; cleared the same way


def create_route(world: World, request: Fields) -> Fields:
    _refuse_repeated_variables(request)
    _refuse_other_type(world, request)
    return edited(world, without_blanks(world.add(ROUTE, request, parent=_api(world, request)), *CLEARED, *ANSWERING))


def get_route(world: World, request: Fields) -> Fields:
    return _route(world, request).shown()


def get_routes(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(ROUTE, _api(world, request)), Resource.shown)}


def update_route(world: World, request: Fields) -> Fields:
    _refuse_repeated_variables(request)
    route = _route(world, request)
    if request.get("AuthorizationType") in ("NONE", "AWS_IAM"):
        request = {"AuthorizerId": "", "AuthorizationScopes": []} | request
    _refuse_other_type(world, route.fields | request)
    return edited(world, without_blanks(world.change(route, request), *CLEARED, *ANSWERING))


def delete_route(world: World, request: Fields) -> None:
    world.remove(route := _route(world, request))
    edited(world, route)


def delete_route_request_parameter(world: World, request: Fields) -> None:
    route = _route(world, request)
    kept = dict(route.fields.get("RequestParameters", {}))
    if kept.pop(request["RequestParameterKey"], None) is None:
        raise Refusal("NotFoundException", f"Invalid request parameter specified {request['RequestParameterKey']}")
    without_blanks(world.change(route, {"RequestParameters": kept}), "RequestParameters")
    edited(world, route)


def _refuse_other_type(world: World, fields: Fields) -> None:
    """JWT goes with a JWT authorizer of this API, CUSTOM with a Lambda one (ledger 7.4)."""
    wanted = {"JWT": "JWT", "CUSTOM": "REQUEST"}.get(fields.get("AuthorizationType", "NONE"))
    if wanted is None or not fields.get("AuthorizerId"):
        return
    found = world.find(AUTHORIZER, fields["AuthorizerId"], fields["ApiId"])
    if found is None or found["AuthorizerType"] != wanted:
        raise bad(f"Invalid Authorizer identifier {fields['AuthorizerId']} for authorization {wanted}")


def _refuse_repeated_variables(request: Fields) -> None:
    variables = Counter(re.findall(r"\{([^}+]+)\+?\}", request.get("RouteKey", "")))
    if any(count > 1 for count in variables.values()):
        raise bad("The provided route key has duplicate path variables")


def _api(world: World, request: Fields) -> str:
    return world.get(API, request["ApiId"]).id


def _route(world: World, request: Fields) -> Resource:
    return world.get(ROUTE, request["RouteId"], _api(world, request))
