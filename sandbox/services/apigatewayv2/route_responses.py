"""Route responses: a route of a WebSocket API that has one is two-way; the client hears what the integration answers.

Source: developer guide, websocket-api-route-response.
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigatewayv2.deploying import deployed
from sandbox.services.apigatewayv2.facts import API, ROUTE
from sandbox.services.apigatewayv2.sockets import ROUTE_RESPONSE
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World


def create_route_response(world: World, request: Fields) -> Fields:
    route = _route(world, request)
    made = world.add(ROUTE_RESPONSE, request, parent=route.id)
    deployed(world, route.parent)
    return made.shown()


def get_route_response(world: World, request: Fields) -> Fields:
    return _response(world, request).shown()


def get_route_responses(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(ROUTE_RESPONSE, _route(world, request).id), Resource.shown)}


def update_route_response(world: World, request: Fields) -> Fields:
    changed = world.change(_response(world, request), request)
    deployed(world, request["ApiId"])
    return changed.shown()


def delete_route_response(world: World, request: Fields) -> None:
    world.remove(_response(world, request))
    deployed(world, request["ApiId"])


def _route(world: World, request: Fields) -> Resource:
    api = world.get(API, request["ApiId"])
    if api["ProtocolType"] != "WEBSOCKET":
        raise bad("Route responses are supported for WebSocket APIs only")
    return world.get(ROUTE, request["RouteId"], api.id)


def _response(world: World, request: Fields) -> Resource:
    return world.get(ROUTE_RESPONSE, request["RouteResponseId"], _route(world, request).id)
