"""Routes: which requests an HTTP API lets in, and where they go. `GET /items` is a route's key and its identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import guard
from reconcilers.gateway.described import C, Child, Children, children
from reconcilers.gateway.http_api import HttpApi, api_key
from reconcilers.gateway.integration import TARGET, integration_key
from reconcilers.gateway.permission import Permission, permission_key
from reconcilers.gateway.vpc_link import through
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import SERVING, Look, Made
from reconcilers.resource import Hidden, Immutable, Live, Unordered
from reconcilers.topology import api, by_internet, speaks
from specs import Instance


class Route(Child):
    route_key: Immutable[str]
    integration: Link
    """The id of its integration; `integrations/{id}` as `Target` on the wire."""
    authorization_type: str = "NONE"
    authorizer_id: Link | None = None
    authorization_scopes: Unordered[str] = ()
    operation_name: str = ""
    permission: Hidden[Link | None] = None
    """Nobody asks a function that may not answer."""
    serves: Hidden[Ref | None] = None
    """Who answers: nobody who calls is led to a service that does not yet."""
    through: Hidden[Ref | None] = None
    """The link on the way there, once it carries requests."""


class ApiRoutes(Children[C]):
    """Looks after routes of either protocol of apigatewayv2: how they are found and removed."""

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Any]]:
        [parent] = self.needs
        lets = {live.resource.authorizer: live.id for live in look.of(Permission)}
        for live, found in children(aws, look, parent, "get_routes"):
            for each in found:
                target = each.get("Target", "").removeprefix(TARGET)
                permission = lets.get(each.get("AuthorizerId"))
                route = self.kind.from_aws(each, api_id=live.id, integration=target, permission=permission)
                yield Live(self.kind.key(live.key.instance, each["RouteKey"]), each["RouteId"], route)

    def delete(self, aws: Aws, live: Live[C]) -> None:
        aws.apigatewayv2.delete_route(ApiId=live.resource.api_id, RouteId=live.id)


class Routes(ApiRoutes[Route]):
    kind = Route
    needs = (HttpApi,)
    leads = frozenset({"integration"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RouteId": "it is the id",
        "Target": "the field `integration`, without its prefix",
        "ApiKeyRequired": "WebSocket APIs only",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Route]]:
        if speaks(instance, "http"):
            for route_key, spec in api(instance).gateway.routes.items():
                target = Ref(integration_key(instance, route_key, spec))
                kind, authorizer = guard(instance, spec.authorizer)
                route = Route(
                    api_id=Ref(api_key(instance)),
                    route_key=route_key,
                    integration=target,
                    authorization_type=kind,
                    authorizer_id=authorizer,
                    authorization_scopes=spec.scopes,
                    permission=Ref(permission_key(instance, spec.authorizer)) if kind == "CUSTOM" else None,
                    serves=Ref(Key(instance.address, "Service", spec.service), SERVING),
                    through=None if by_internet(instance) else through(instance),
                )
                yield Route.key(instance.address, route_key), route

    def create(self, aws: Aws, key: Key, want: Route, name: str) -> Made:
        told = {"ApiId": want.api_id, "RouteKey": want.route_key, "Target": f"{TARGET}{want.integration}"}
        if want.authorization_type != "NONE":
            told |= want.to_aws(frozenset({"authorization_type", "authorizer_id", "authorization_scopes"}))
        return {"id": aws.apigatewayv2.create_route(**told)["RouteId"]}

    def update(self, aws: Aws, live: Live[Route], want: Route, changed: frozenset[str]) -> None:
        told = want.to_aws(changed - {"integration"})
        if "integration" in changed:
            told["Target"] = f"{TARGET}{want.integration}"
        if "authorization_type" in changed or "authorizer_id" in changed:
            told["AuthorizationType"] = want.authorization_type
        aws.apigatewayv2.update_route(ApiId=live.resource.api_id, RouteId=live.id, **told)
