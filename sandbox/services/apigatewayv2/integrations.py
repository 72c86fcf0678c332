"""Integrations: nothing of them is unique, and their parameters are removed by being sent empty (ledger 7.3)."""

from __future__ import annotations

import re

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigatewayv2 import sockets
from sandbox.services.apigatewayv2.deploying import edited, without_blanks
from sandbox.services.apigatewayv2.facts import API, INTEGRATION, VPC_LINK
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World, merged

# Which parts of a request may be mapped; API Gateway's guide, HTTP APIs, "Transform API requests and responses"
MAPPED = re.compile(r"(append|overwrite|remove):(header|querystring)\.[^\s]+|overwrite:path")
RESERVED = re.compile(
    r"(append|overwrite|remove):header\.(access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length"
    r"|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding"
    r"|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-for|x-forwarded-host|x-forwarded-proto|via)",
    re.IGNORECASE,
)
INVALID_MAPPING = "Invalid mapping expression specified: Validation Result: warnings : [],"
# The same of WebSocket APIs; guide, websocket-api-data-mapping
TO = re.compile(r"integration\.request\.(header|querystring|path)\.[a-zA-Z0-9._$-]+")
FROM = re.compile(
    r"route\.request\.((querystring|header|multivaluequerystring|multivalueheader)\.[a-zA-Z0-9._$-]+|body(\.[^\s']+)?)"
    r"|(stageVariables|context)\.[a-zA-Z0-9._$-]+|'[^']*'"
)
ANSWERED = re.compile(r"(append|overwrite|remove):header\.[^\s]+|overwrite:statuscode")


def create_integration(world: World, request: Fields) -> Fields:
    api = world.get(API, request["ApiId"])
    _refuse_parameters(api, request)
    _refuse_leaving_link(world, request)
    if "" in request.get("RequestParameters", {}).values():
        raise bad("Invalid mapping expression specified: a value is empty")
    method = (
        {}
        if "IntegrationMethod" in request or request["IntegrationType"] != "AWS_PROXY"
        else {"IntegrationMethod": "POST"}
    )
    if api["ProtocolType"] == "HTTP" and not request.get("PayloadFormatVersion"):
        raise bad(f"PayloadFormatVersion is a required parameter for {request['IntegrationType']} integration")
    unsaid = sockets.INTEGRATION_DEFAULTS if api["ProtocolType"] == "WEBSOCKET" else {}
    integration = world.add(INTEGRATION, unsaid | request, method, parent=api.id)
    return edited(world, without_blanks(integration, *CLEARED))


CLEARED = ("Description", "RequestParameters", "ResponseParameters", "TlsConfig", "CredentialsArn")


def get_integration(world: World, request: Fields) -> Fields:
    return _integration(world, request).shown()


def get_integrations(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(INTEGRATION, world.get(API, request["ApiId"]).id), Resource.shown)}


def update_integration(world: World, request: Fields) -> Fields:
    """Parameters are merged, one that is sent empty goes; `TlsConfig={}` takes TLS off (ledger 7.3)."""
    integration = _integration(world, request)
    _refuse_parameters(world.get(API, request["ApiId"]), request)
    _refuse_leaving_link(world, request)
    merges = {
        name: {key: value for key, value in merged(integration.fields.get(name, {}), request[name]).items() if value}
        for name in ("RequestParameters",)
        if name in request
    }
    if "ResponseParameters" in request:
        kept = integration.fields.get("ResponseParameters", {}) | request["ResponseParameters"]
        merges["ResponseParameters"] = {status: each for status, each in kept.items() if each}
    return edited(world, without_blanks(world.change(integration, request | merges), *CLEARED))


def delete_integration(world: World, request: Fields) -> None:
    world.remove(integration := _integration(world, request))
    edited(world, integration)


def _integration(world: World, request: Fields) -> Resource:
    return world.get(INTEGRATION, request["IntegrationId"], world.get(API, request["ApiId"]).id)


def _refuse_leaving_link(world: World, request: Fields) -> None:
    link = world.find(VPC_LINK, request.get("ConnectionId", ""))
    if link and link["VpcLinkStatus"] == "DELETING":
        raise bad(f"VpcLink {link.id} is being deleted")


def _refuse_parameters(api: Resource, request: Fields) -> None:
    for key, value in request.get("RequestParameters", {}).items():
        if api["ProtocolType"] == "WEBSOCKET":
            _refuse_source(key, value)
        else:
            _refuse_mapping(key, value, MAPPED)
    for status, parameters in request.get("ResponseParameters", {}).items():
        if not re.fullmatch(r"[2-5]\d\d", status):
            raise bad(f"Invalid status code {status} in ResponseParameters")
        for key, value in parameters.items():
            _refuse_mapping(key, value, ANSWERED)


def _refuse_source(key: str, value: str) -> None:
    """Of a WebSocket API; an empty value takes the parameter away."""
    if not TO.fullmatch(key) or (value and not FROM.fullmatch(value)):
        raise bad(f"{INVALID_MAPPING} errors : [Invalid mapping expression specified: {key}: {value}]")


def _refuse_mapping(key: str, value: str, allowed: re.Pattern[str]) -> None:
    if not allowed.fullmatch(key):
        raise bad(f"{INVALID_MAPPING} errors : [Invalid mapping key: {key}]")
    if RESERVED.fullmatch(key):
        raise bad(f"Operations on header {key.rpartition('.')[2]} are restricted")
    if value.startswith("$") and not re.match(r"\$(request|response|context|stageVariables|\{)", value):
        raise bad(f"{INVALID_MAPPING} errors : [Invalid expression: {value}]")
