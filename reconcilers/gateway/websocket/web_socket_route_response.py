"""Route responses: that the client hears what the container answers to its message.

A route that has one is two-way, one that has none is one-way (developer guide, websocket-api-route-response). There is
one key for them, `$default`; they have no tags.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, socket_key
from reconcilers.gateway.websocket.web_socket_route import REPLY, WebSocketRoute, socket_route_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import api, speaks
from specs import Instance


class WebSocketRouteResponse(Resource):
    api_id: Immutable[Link]
    route_id: Immutable[Link]
    route_response_key: Immutable[str] = REPLY


class WebSocketRouteResponses(Reconciler[WebSocketRouteResponse]):
    kind = WebSocketRouteResponse
    needs = (WebSocketApi, WebSocketRoute)
    cascades = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RouteResponseId": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketRouteResponse]]:
        if speaks(instance, "websocket"):
            for route_key, route in api(instance).gateway.routes.items():
                if route.reply:
                    yield (
                        WebSocketRouteResponse.key(instance.address, route_key),
                        WebSocketRouteResponse(
                            api_id=Ref(socket_key(instance)), route_id=Ref(socket_route_key(instance, route_key))
                        ),
                    )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebSocketRouteResponse]]:
        """Of routes that are two-way or shall be: to ask every route would cost a call for each."""
        wanted = {(key.instance, key.part) for key in look.graph if key.kind == WebSocketRouteResponse.__name__}
        routes = [
            live
            for live in look.of(WebSocketRoute)
            if live.resource.route_response_selection_expression or (live.key.instance, live.key.part) in wanted
        ]
        answers = aws.parallel(
            lambda live: list(
                aws.apigatewayv2.pages(
                    "get_route_responses", "Items", ApiId=live.resource.api_id, RouteId=live.id, MaxResults="500"
                )
            ),
            routes,
        )
        for live, found in zip(routes, answers, strict=True):
            for each in found:
                key = WebSocketRouteResponse.key(live.key.instance, live.key.part)
                told = WebSocketRouteResponse.from_aws(each, api_id=live.resource.api_id, route_id=live.id)
                yield Live(key, each["RouteResponseId"], told)

    def create(self, aws: Aws, key: Key, want: WebSocketRouteResponse, name: str) -> Made:
        return {"id": aws.apigatewayv2.create_route_response(**want.to_aws())["RouteResponseId"]}

    def update(
        self, aws: Aws, live: Live[WebSocketRouteResponse], want: WebSocketRouteResponse, changed: frozenset[str]
    ) -> None:
        raise AssertionError("a route response has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[WebSocketRouteResponse]) -> None:
        aws.apigatewayv2.delete_route_response(
            ApiId=live.resource.api_id, RouteId=live.resource.route_id, RouteResponseId=live.id
        )

    def parent_of(self, live: Live[WebSocketRouteResponse]) -> str:
        return str(live.resource.route_id)
