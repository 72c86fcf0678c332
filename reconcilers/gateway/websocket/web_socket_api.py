"""WebSocket APIs: connections that stay open, whose messages become requests to the container.

As with HTTP APIs names are not unique and a repeated create makes another one; only the protocol and the way a message
chooses its route are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.vpc_link import gateway_tag, ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource
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


class WebSocketApis(Reconciler[WebSocketApi]):
    kind = WebSocketApi
    longest_name = 128
    once = True
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

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebSocketApi]]:
        for found in aws.apigatewayv2.pages("get_apis", "Items", MaxResults="500"):
            tags = found.get("Tags", {})
            if key := look.whose(WebSocketApi, tags, natural=partial(self.named, look, found["Name"])):
                yield Live(
                    key,
                    found["ApiId"],
                    WebSocketApi.from_aws(found, tags=ours(tags)),
                    {"endpoint": found.get("ApiEndpoint", "")},
                    created=found["CreatedDate"].isoformat(),
                )

    def create(self, aws: Aws, key: Key, want: WebSocketApi, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        made = aws.apigatewayv2.create_api(Name=name, **told, Tags=dict(want.tags or {}))
        return {"id": made["ApiId"], "endpoint": made.get("ApiEndpoint", "")}

    def update(self, aws: Aws, live: Live[WebSocketApi], want: WebSocketApi, changed: frozenset[str]) -> None:
        aws.apigatewayv2.update_api(ApiId=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[WebSocketApi]) -> None:
        aws.apigatewayv2.delete_api(ApiId=live.id)

    def tag(self, aws: Aws, live: Live[WebSocketApi], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        gateway_tag(aws, f"apis/{live.id}", put, drop)


def socket_key(instance: Instance) -> Key:
    return WebSocketApi.key(instance.address)


Children = list[tuple[Live[WebSocketApi], list[Mapping[str, Any]]]]


def parts(aws: Aws, look: Look, operation: str) -> Children:
    """What `get_integrations`, `get_routes` … answers, by WebSocket API; asked once in a look."""

    def ask() -> Children:
        apis = look.of(WebSocketApi)
        answers = aws.parallel(
            lambda live: list(aws.apigatewayv2.pages(operation, "Items", ApiId=live.id, MaxResults="500")), apis
        )
        return list(zip(apis, answers, strict=True))

    return look.once((operation, WebSocketApi), ask)
