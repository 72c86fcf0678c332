"""WebSocket APIs: connections that stay open, whose messages become requests to the container.

As with HTTP APIs names are not unique and a repeated create makes another one; only the protocol and the way a message
chooses its route are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.facts import Facts
from reconcilers.gateway.http_api import Apis
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.resource import Hidden, Immutable, Resource
from reconcilers.topology import api, speaks
from specs import Instance

ACTION = "$request.body.action"
"""AWS asks for an expression though `$default` may be the only route; this is the one of the developer guide."""


class WebSocketApi(Resource):
    protocol_type: Immutable[str] = "WEBSOCKET"
    route_selection_expression: str = ACTION
    description: str = ""
    version: str = ""
    disable_execute_api_endpoint: bool = False
    ip_address_type: str = "ipv4"
    anchor: Hidden[Link | None] = None


class WebSocketApis(Apis[WebSocketApi]):
    kind = WebSocketApi
    heirs = frozenset({"Stage", "RestStage"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ApiId": "it is the id",
        "Name": "a name is chosen once and never compared",
        "ApiKeySelectionExpression": "no route asks for a key",
        "CorsConfiguration": "HTTP APIs only",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketApi]]:
        if speaks(instance, "websocket"):
            gateway = api(instance).gateway
            yield (
                socket_key(instance),
                WebSocketApi(
                    route_selection_expression=gateway.selection or ACTION,
                    description=gateway.description,
                    disable_execute_api_endpoint=gateway.default_endpoint == "disabled",
                    ip_address_type=gateway.ip_address_type,
                    anchor=Ref(anchor(instance.address)),
                ),
            )


def socket_key(instance: Instance) -> Key:
    return WebSocketApi.key(instance.address)
