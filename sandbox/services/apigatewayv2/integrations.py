"""Integrations: nothing of them is unique, and their parameters are removed by being sent empty (ledger 7.3)."""

from __future__ import annotations

import re

from sandbox.kinds import Fields
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
ANSWERED = re.compile(r"(append|overwrite|remove):header\.[^\s]+|overwrite:statuscode")


def create_integration(world: World, request: Fields) -> Fields:
    parent = world.get(API, request["ApiId"]).id
    _refuse_parameters(request)
    _refuse_leaving_link(world, request)
    if "" in request.get("RequestParameters", {}).values():
        raise bad("Invalid mapping expression specified: a value is empty")
    method = (
        {}
        if "IntegrationMethod" in request or request["IntegrationType"] != "AWS_PROXY"
        else {"IntegrationMethod": "POST"}
    )
    integration = world.add(INTEGRATION, request, method, parent=parent)
    return edited(world, without_blanks(integration, *CLEARED))


CLEARED = ("Description", "RequestParameters", "ResponseParameters", "TlsConfig", "CredentialsArn")


def get_integration(world: World, request: Fields) -> Fields:
    return _integration(world, request).shown()


def get_integrations(world: World, request: Fields) -> Fields:
    return {"Items": [each.shown() for each in world.all(INTEGRATION, world.get(API, request["ApiId"]).id)]}


def update_integration(world: World, request: Fields) -> Fields:
    """Parameters are merged, one that is sent empty goes; `TlsConfig={}` takes TLS off (ledger 7.3)."""
    integration = _integration(world, request)
    _refuse_parameters(request)
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


def _refuse_parameters(request: Fields) -> None:
    for key, value in request.get("RequestParameters", {}).items():
        _refuse_mapping(key, value, MAPPED)
    for status, parameters in request.get("ResponseParameters", {}).items():
        if not re.fullmatch(r"[2-5]\d\d", status):
            raise bad(f"Invalid status code {status} in ResponseParameters")
        for key, value in parameters.items():
            _refuse_mapping(key, value, ANSWERED)


def _refuse_mapping(key: str, value: str, allowed: re.Pattern[str]) -> None:
    if not allowed.fullmatch(key):
        raise bad(f"{INVALID_MAPPING} errors : [Invalid mapping key: {key}]")
    if RESERVED.fullmatch(key):
        raise bad(f"Operations on header {key.rpartition('.')[2]} are restricted")
    if value.startswith("$") and not re.match(r"\$(request|response|context|stageVariables|\{)", value):
        raise bad(f"{INVALID_MAPPING} errors : [Invalid expression: {value}]")
