"""Routes of WebSocket APIs: `$connect`, `$disconnect`, `$default`, and the words by which messages choose theirs.

Only `$connect` asks who it is. What an integration reads of the client's headers and query has to be stated by the
route first (developer guide, websocket-api-data-mapping: "any defined route request parameters").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.described import Child
from reconcilers.gateway.integration import TARGET
from reconcilers.gateway.permission import permission_key
from reconcilers.gateway.route import ApiRoutes
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, socket_key
from reconcilers.gateway.websocket.web_socket_authorizer import socket_guard
from reconcilers.gateway.websocket.web_socket_integration import expression, socket_integration_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Made
from reconcilers.resource import Hidden, Immutable, Live, Shape, plain
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Route

REPLY = "$default"
"""The one key that route responses have (developer guide, websocket-api-route-response)."""


class Parameter(Shape):
    required: bool = False


class WebSocketRoute(Child):
    route_key: Immutable[str]
    integration: Link
    """The id of its integration; `integrations/{id}` as `Target` on the wire."""
    authorization_type: str = "NONE"
    authorizer_id: Link | None = None
    route_response_selection_expression: str = ""
    """`$default` where the client hears what the container answers."""
    request_parameters: Mapping[str, Parameter] = {}
    operation_name: str = ""
    permission: Hidden[Link | None] = None
    """Nobody asks a function that may not answer."""


class WebSocketRoutes(ApiRoutes[WebSocketRoute]):
    kind = WebSocketRoute
    needs = (WebSocketApi,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RouteId": "it is the id",
        "Target": "the field `integration`, without its prefix",
        "ApiKeyRequired": "no route asks for a key",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketRoute]]:
        if not speaks(instance, "websocket"):
            return
        for route_key, spec in api(instance).gateway.routes.items():
            kind, authorizer = socket_guard(instance, spec.authorizer)
            yield (
                socket_route_key(instance, route_key),
                WebSocketRoute(
                    api_id=Ref(socket_key(instance)),
                    route_key=route_key,
                    integration=Ref(socket_integration_key(instance, route_key)),
                    authorization_type=kind,
                    authorizer_id=authorizer,
                    route_response_selection_expression=REPLY if spec.reply else "",
                    request_parameters=_read(spec),
                    permission=Ref(permission_key(instance, spec.authorizer)) if kind == "CUSTOM" else None,
                ),
            )

    def create(self, aws: Aws, key: Key, want: WebSocketRoute, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value not in ("", {})}
        target = told.pop("Integration")
        return {"id": aws.apigatewayv2.create_route(Target=f"{TARGET}{target}", **told)["RouteId"]}

    def update(self, aws: Aws, live: Live[WebSocketRoute], want: WebSocketRoute, changed: frozenset[str]) -> None:
        """A request parameter leaves by a call of its own, and what is not sent stays (apigatewayv2 UpdateRoute)."""
        place = {"ApiId": live.resource.api_id, "RouteId": live.id}
        gone = live.resource.request_parameters.keys() - want.request_parameters.keys()
        for name in sorted(gone) if "request_parameters" in changed else ():
            aws.apigatewayv2.delete_route_request_parameter(RequestParameterKey=name, **place)
        told = want.to_aws(changed - {"integration", "request_parameters"})
        if "request_parameters" in changed and want.request_parameters:
            told["RequestParameters"] = plain(want.request_parameters)
        if "integration" in changed:
            told["Target"] = f"{TARGET}{want.integration}"
        if "authorization_type" in changed or "authorizer_id" in changed:
            told["AuthorizationType"] = want.authorization_type
        if told:
            aws.apigatewayv2.update_route(**place, **told)


def socket_route_key(instance: Instance, route_key: str) -> Key:
    return WebSocketRoute.key(instance.address, route_key)


def _read(route: Route) -> dict[str, Parameter]:
    """The client's headers and query parameters that the route's integration reads."""
    values = map(expression, filter(None, (*route.rewrite.headers.values(), *route.rewrite.query.values())))
    read = ("route.request.header.", "route.request.querystring.")
    return {value: Parameter() for value in sorted(values) if value.startswith(read)}
