"""Integrations of WebSocket APIs: the request that an event becomes, through the VPC link V1 to a service's listener.

A message has no method and no path, so each route has an integration whose URI says them: `/connect`, `/disconnect`,
`/default`, or the route's own word. Nothing of the client's goes on by itself, so headers tell the container whose
message it is and where to answer (developer guide, websocket-api-data-mapping). They have neither tags nor a natural
key, so an integration carries its address in `Description`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.facts import Facts
from reconcilers.gateway.described import Child, Children, children
from reconcilers.gateway.integration import TARGET
from reconcilers.gateway.rest.rest_vpc_link import link_v1_key
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, socket_key
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.ownership import decode, encode, key_of
from reconcilers.reconciler import SERVING, Look, Made
from reconcilers.resource import Hidden, Immutable, Live
from reconcilers.topology import api, balancer_of, front_of, speaks, speaks_tls
from specs import Instance
from specs.gateway import Route

TOLD = ("connectionId", "eventType", "routeKey", "apiId", "domainName", "stage")
"""What of `$context` every request has as a header of that name: enough to call `@connections`."""
EXPRESSION = re.compile(r"\$(request|context|stageVariables)\.")


class WebSocketIntegration(Child):
    integration_type: Immutable[str] = "HTTP_PROXY"
    integration_method: str = "POST"
    integration_uri: Link | None = None
    connection_type: str = "VPC_LINK"
    connection_id: Link | None = None
    """These two are None in integrations of other types: somebody's, and not what is wanted."""
    timeout_in_millis: int = 29_000
    request_parameters: Mapping[str, str] = {}
    description: str
    listener: Hidden[Link | None] = None
    """The port in the URI is its."""
    serves: Hidden[Ref | None] = None
    """Who answers there: no message is led to a service that does not yet."""
    through: Hidden[Ref | None] = None
    """The link on the way there, once it carries requests."""


class WebSocketIntegrations(Children[WebSocketIntegration]):
    kind = WebSocketIntegration
    needs = (WebSocketApi,)
    leads = frozenset({"integration_uri", "connection_id"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "IntegrationId": "it is the id",
        "PayloadFormatVersion": "HTTP APIs only",
        "PassthroughBehavior": "of mapping templates, and an HTTP_PROXY has none",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketIntegration]]:
        if speaks(instance, "websocket"):
            for route_key, route in api(instance).gateway.routes.items():
                key = socket_integration_key(instance, route_key)
                yield key, _wanted(instance, key, route_key, route)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebSocketIntegration]]:
        routes = {live.id: found for live, found in children(aws, look, WebSocketApi, "get_routes")}
        for live, found in children(aws, look, WebSocketApi, "get_integrations"):
            for each, key in _recognised(look, live.key.instance, found, routes[live.id]):
                told = each.get("Description", "")
                integration = WebSocketIntegration.from_aws(each, api_id=live.id, description=told)
                used = any(route.get("Target") == TARGET + each["IntegrationId"] for route in routes[live.id])
                yield Live(key, each["IntegrationId"], integration, busy=used)

    def create(self, aws: Aws, key: Key, want: WebSocketIntegration, name: str) -> Made:
        return {"id": aws.apigatewayv2.create_integration(**want.to_aws())["IntegrationId"]}

    def update(
        self, aws: Aws, live: Live[WebSocketIntegration], want: WebSocketIntegration, changed: frozenset[str]
    ) -> None:
        """AWS wants the type with every update, and a parameter goes by an empty value (ledger 7.3)."""
        told = want.to_aws(changed | {"api_id", "integration_type"})
        if "request_parameters" in changed:
            gone = dict.fromkeys(live.resource.request_parameters, "")
            told["RequestParameters"] = gone | dict(want.request_parameters)
        aws.apigatewayv2.update_integration(IntegrationId=live.id, **told)

    def delete(self, aws: Aws, live: Live[WebSocketIntegration]) -> None:
        aws.apigatewayv2.delete_integration(ApiId=live.resource.api_id, IntegrationId=live.id)


def socket_integration_key(instance: Instance, route_key: str) -> Key:
    return WebSocketIntegration.key(instance.address, route_key)


def _wanted(instance: Instance, key: Key, route_key: str, route: Route) -> WebSocketIntegration:
    return WebSocketIntegration(
        api_id=Ref(socket_key(instance)),
        integration_uri=_uri(instance, route.service, route.rewrite.path or f"/{route_key.removeprefix('$')}"),
        connection_id=Ref(link_v1_key(instance)),
        timeout_in_millis=route.timeout,
        request_parameters=_parameters(route),
        description=encode(key.address),
        listener=Ref(front_of(instance, route.service).key),
        serves=Ref(Key(instance.address, "Service", route.service), SERVING),
        through=Ref(link_v1_key(instance), SERVING),
    )


def _uri(instance: Instance, service: str, path: str) -> Link:
    """The listener's port, the host that its certificate names, and the container's path."""
    balancer, front = balancer_of(instance), front_of(instance, service)
    path = path.replace("{", "{{").replace("}", "}}")
    tls = balancer.spec.gateway_tls
    if speaks_tls(instance, service) and tls is not None:
        return Text(f"https://{{}}:{front.port}{path}", (tls.server_name,))
    host = Ref(LoadBalancer.key(balancer.owner.address, balancer.name), "dns_name")
    return Text(f"http://{{}}:{front.port}{path}", (host,))


def _parameters(route: Route) -> dict[str, str]:
    told = {f"integration.request.header.{name}": f"context.{name}" for name in TOLD}
    for place, values in (("header", route.rewrite.headers), ("querystring", route.rewrite.query)):
        told |= {f"integration.request.{place}.{name}": expression(value or "") for name, value in values.items()}
    return told


def expression(value: str) -> str:
    """What a rewrite says, as WebSocket APIs say it: `$request.body.x` is `route.request.body.x`."""
    if EXPRESSION.match(value):
        return re.sub(r"^request\.", "route.request.", value[1:])
    return f"'{value}'"


def _recognised(
    look: Look, instance: str, found: list[Mapping[str, Any]], routes: list[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Key]]:
    """By the address in the description; where that was changed by hand, by the route that leads there."""
    kind = WebSocketIntegration.__name__
    wanted = {encode(key.address): key for key in look.graph if (key.instance, key.kind) == (instance, kind)}
    claimed = {each.get("Description", "") for each in found} & wanted.keys()
    by_route = {route.get("Target", "").removeprefix(TARGET): f"{kind}/{route['RouteKey']}" for route in routes}
    for each in found:
        told, routed = each.get("Description", ""), encode(by_route.get(each["IntegrationId"], ""))
        key = wanted.get(told) or (wanted.get(routed) if routed not in claimed else None)
        if key is None:
            named = decode(told) if told.startswith(f"{kind}/") else f"{kind}/{each['IntegrationId']}"
            key = key_of(instance, named)
        yield each, key
