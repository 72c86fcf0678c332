"""Routes and authorizers. A route key exists once in an API; a route without authorization keeps no authorizer
(ledger 7.4).
"""

from __future__ import annotations

import re
from collections import Counter

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2.deploying import edited, without_blanks
from sandbox.services.apigatewayv2.facts import API, AUTHORIZER, ROUTE, bad
from sandbox.world import Resource, World

CLEARED = ("OperationName", "AuthorizerId", "AuthorizationScopes", "Target", "RequestParameters")


def create_route(world: World, request: Fields) -> Fields:
    _refuse_repeated_variables(request)
    return edited(world, without_blanks(world.add(ROUTE, request, parent=_api(world, request)), *CLEARED))


def get_route(world: World, request: Fields) -> Fields:
    return _route(world, request).shown()


def get_routes(world: World, request: Fields) -> Fields:
    return {"Items": [each.shown() for each in world.all(ROUTE, _api(world, request))]}


def update_route(world: World, request: Fields) -> Fields:
    _refuse_repeated_variables(request)
    route = _route(world, request)
    if request.get("AuthorizationType") in ("NONE", "AWS_IAM"):
        request = {"AuthorizerId": "", "AuthorizationScopes": []} | request
    return edited(world, without_blanks(world.change(route, request), *CLEARED))


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


def _refuse_repeated_variables(request: Fields) -> None:
    variables = Counter(re.findall(r"\{([^}+]+)\+?\}", request.get("RouteKey", "")))
    if any(count > 1 for count in variables.values()):
        raise bad("The provided route key has duplicate path variables")


def _api(world: World, request: Fields) -> str:
    return world.get(API, request["ApiId"]).id


def _route(world: World, request: Fields) -> Resource:
    return world.get(ROUTE, request["RouteId"], _api(world, request))


# ---- authorizers


def create_authorizer(world: World, request: Fields) -> Fields:
    return world.add(AUTHORIZER, request, parent=_api(world, request)).shown()


def get_authorizer(world: World, request: Fields) -> Fields:
    return _authorizer(world, request).shown()


def get_authorizers(world: World, request: Fields) -> Fields:
    return {"Items": [each.shown() for each in world.all(AUTHORIZER, _api(world, request))]}


def update_authorizer(world: World, request: Fields) -> Fields:
    return edited(world, world.change(_authorizer(world, request), request))


def delete_authorizer(world: World, request: Fields) -> None:
    world.remove(_authorizer(world, request))


def _authorizer(world: World, request: Fields) -> Resource:
    return world.get(AUTHORIZER, request["AuthorizerId"], _api(world, request))
