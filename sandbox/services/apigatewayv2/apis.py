"""HTTP and WebSocket APIs. An HTTP API made with a Target brings an integration, a route and a stage that AWS manages
(ledger 7.2)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigatewayv2 import deploying
from sandbox.services.apigatewayv2.facts import API, INTEGRATION, ROUTE, STAGE
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World

LOWERED = ("AllowHeaders", "ExposeHeaders")  # ledger 7.2


def create_api(world: World, request: Fields) -> Fields:
    if "Target" not in request and {"RouteKey", "CredentialsArn"} & request.keys():
        raise bad("RouteKey and CredentialsArn can be specified with Target only")
    sockets = request["ProtocolType"] == "WEBSOCKET"
    if sockets and "Target" in request:
        raise bad("Quick create is supported for HTTP APIs only")
    if sockets and "RouteSelectionExpression" not in request:
        raise bad("RouteSelectionExpression is required for WebSocket APIs")
    api = world.add(API, request, {"CreatedDate": world.time} | _cors(request))
    api.fields["ApiEndpoint"] = f"{'wss' if sockets else 'https'}://{api.id}.execute-api.{world.region}.amazonaws.com"
    if "Target" in request:
        _quick_create(world, api, request)
    return api.shown()


def _cors(request: Fields) -> Fields:
    """As AWS tells it back: header names in lower case, and the flag that was left out."""
    if "CorsConfiguration" not in request:
        return {}
    sent = request["CorsConfiguration"]
    lowered = {name: [each.lower() for each in sent[name]] for name in LOWERED if name in sent}
    return {"CorsConfiguration": {"AllowCredentials": False} | sent | lowered}


def _quick_create(world: World, api: Resource, request: Fields) -> None:
    target, managed = request["Target"], {"ApiGatewayManaged": True}
    if target.startswith("arn:"):
        how = {"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "PayloadFormatVersion": "2.0"}
    else:
        how = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
    integration = world.add(INTEGRATION, how | {"IntegrationUri": target}, managed, parent=api.id)
    route = {"RouteKey": request.get("RouteKey", "$default"), "Target": f"integrations/{integration.id}"}
    world.add(ROUTE, route, managed, parent=api.id)
    stage = world.add(
        STAGE, {"StageName": "$default", "AutoDeploy": True}, managed | deploying.dates(world), parent=api.id
    )
    deploying.edited(world, stage)


def get_api(world: World, request: Fields) -> Fields:
    return world.get(API, request["ApiId"]).shown()


def get_apis(world: World, _request: Fields) -> Fields:
    return {"Items": Listing(world.all(API), Resource.shown)}


def update_api(world: World, request: Fields) -> Fields:
    """Omitted is unchanged; an empty description or version is none (ledger 7.2)."""
    api = world.get(API, request["ApiId"])
    return deploying.without_blanks(world.change(api, request | _cors(request)), "Description", "Version").shown()


def delete_cors_configuration(world: World, request: Fields) -> None:
    api = world.get(API, request["ApiId"])
    api.fields = {name: value for name, value in api.fields.items() if name != "CorsConfiguration"}


def delete_api(world: World, request: Fields) -> None:
    world.remove(world.get(API, request["ApiId"]))
