"""Integrations: a second PutIntegration overwrites, the type never changes, and what goes through a VPC link must name
one of the right generation (ledger 6.5)."""

from __future__ import annotations

import re

from sandbox import shapes
from sandbox.kinds import Fields
from sandbox.services.apigateway.facts import (
    INTEGRATION,
    INTEGRATION_RESPONSE,
    METHOD_RESPONSE,
    TIMEOUT,
    VPC_LINK,
)
from sandbox.services.apigateway.methods import WRONG_MAPPING, refuse_parameters
from sandbox.services.apigateway.patching import Grammar, entries, flag, members, needed, scalar, whole
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import Tree, integration_of, method_of, resource_of
from sandbox.services.apigateway.words import NO_CONTENT_TYPE, NO_PARAMETER, bad
from sandbox.services.apigatewayv2.facts import VPC_LINK as VPC_LINK_V2
from sandbox.services.elbv2.facts import LOAD_BALANCER
from sandbox.world import Resource, World, merged

SHORTEST = 50  # ms; ledger 6.5
LONGEST_STREAM = 900_000  # ms; guide, "Stream the integration response for your proxy integrations"
BY_HTTP = ("HTTP", "HTTP_PROXY")
ASKED = re.compile(r"integration\.request\.(path|querystring|header)\.[^\s]+")
ANSWERED = re.compile(r"method\.response\.header\.[^\s]+")
SOURCE = re.compile(  # guide, "Mapping data": where a parameter's value may come from
    r"'[^']*'|(stageVariables|context)\.\S+|method\.request\.body(\.\S+|\[\S+)?"
    r"|method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.\S+"
)
TOLD = re.compile(
    r"'[^']*'|(stageVariables|context)\.\S+|integration\.response\.(body(\.\S+|\[\S+)?|(multivalue)?header\.\S+)"
)
VARIABLE = re.compile(r"\$\{stageVariables\.\w+\}")
GRAMMAR = Grammar(
    (
        members("cacheKeyParameters"),
        needed("cacheNamespace", "Cache namespace"),
        scalar("connectionId"),
        scalar("connectionType"),
        scalar("contentHandling"),
        scalar("credentials"),
        needed("httpMethod", "Enumeration value for HttpMethod"),
        scalar("integrationTarget"),
        needed("passthroughBehavior", "Passthrough behavior"),
        entries("requestParameters", unknown=NO_PARAMETER),
        entries("requestTemplates", unknown=NO_CONTENT_TYPE),
        needed("responseTransferMode", "Response transfer mode"),
        needed("timeoutInMillis", "Timeout", whole),
        scalar("tlsConfig/insecureSkipVerification", flag),
        needed("uri", "URI"),
    ),
    listed=False,
)
RESPONSES = Grammar(
    (
        scalar("contentHandling"),
        entries("responseParameters", unknown=NO_PARAMETER),
        entries("responseTemplates", unknown=NO_CONTENT_TYPE),
        scalar("selectionPattern", blank=False),
    ),
    listed=False,
)


def put_integration(world: World, request: Fields) -> Fields:
    """A second one takes the place of the first, whose responses go with it."""
    method = method_of(world, request)
    sent = {"cacheNamespace": method.parent} | request
    if request["type"] in BY_HTTP:
        sent = {"connectionType": "INTERNET"} | sent
    del sent["httpMethod"]
    if request.get("integrationHttpMethod"):
        sent["httpMethod"] = request["integrationHttpMethod"]
    known = shapes.members("apigateway", "Integration")
    fields = merged(INTEGRATION.defaults, {name: each for name, each in sent.items() if name in known})
    _refuse(world, method, fields)
    before = world.find(INTEGRATION, f"{method.id}/integration")
    if before is None:
        return world.add(INTEGRATION, fields, parent=method.id).shown()
    replaced(world, before, fields)
    for each in world.all(INTEGRATION_RESPONSE, before.id):
        world.remove(each)
    return before.shown()


def get_integration(world: World, request: Fields) -> Fields:
    return _shown(world, request, integration_of(world, request))


def update_integration(world: World, request: Fields) -> Fields:
    integration, method = integration_of(world, request), method_of(world, request)
    after = GRAMMAR.patched(integration.fields, request.get("patchOperations", ()))
    if after.get("connectionType") == "INTERNET":
        after.pop("connectionId", None)
        after.pop("integrationTarget", None)
    _refuse(world, method, after)
    return _shown(world, request, replaced(world, integration, after))


def delete_integration(world: World, request: Fields) -> None:
    world.remove(integration_of(world, request))


def _shown(world: World, request: Fields, integration: Resource) -> Fields:
    return Tree(world, request["restApiId"]).integration(integration)


def _refuse(world: World, method: Resource, fields: Fields) -> None:
    """What no table can say: it depends on the method, on quotas, or on which generation a link is of."""
    streams = fields["responseTransferMode"] == "STREAM"
    longest = LONGEST_STREAM if streams else world.quotas.get(TIMEOUT.name, TIMEOUT.limit)
    if not SHORTEST <= fields["timeoutInMillis"] <= longest:
        raise bad(f"Timeout should be between {SHORTEST} ms and {longest} ms")
    _refuse_parameters(method, fields)
    _refuse_link(world, fields)


def _refuse_parameters(method: Resource, fields: Fields) -> None:
    parameters, declared = fields.get("requestParameters", {}), method.fields.get("requestParameters", {})
    refuse_parameters(parameters, ASKED)
    for value in parameters.values():
        if not SOURCE.fullmatch(value):
            raise bad(WRONG_MAPPING.format(why=f"Invalid mapping expression specified: {value}"))
        if re.match(r"method\.request\.(?!body)", value) and value.replace(".multivalue", ".") not in declared:
            raise bad(WRONG_MAPPING.format(why=f"Invalid mapping expression parameter specified: {value}"))
    for each in fields["cacheKeyParameters"]:
        if each not in declared and each not in parameters:
            raise bad(f"Invalid cache key parameter specified: {each}")


def _refuse_link(world: World, fields: Fields) -> None:
    link, target = fields.get("connectionId"), fields.get("integrationTarget")
    if target:
        balancer = world.find(LOAD_BALANCER, target)
        if balancer is None or balancer["Type"] not in ("application", "network"):
            raise bad("The integrationTarget must be the ARN of an Application or a Network Load Balancer")
    if not link or VARIABLE.fullmatch(link):
        return
    if world.find(VPC_LINK_V2, link):
        if not target:
            raise bad("IntegrationTarget is required for VpcLinkV2")
        if fields.get("tlsConfig", {}).get("insecureSkipVerification"):
            raise bad("insecureSkipVerification is not supported for VPC links V2")
    elif world.find(VPC_LINK, link) is None:
        raise bad(f"Invalid Vpc Link identifier specified: {link}")
    elif target:
        raise bad("IntegrationTarget is supported for VpcLinkV2 only")


# ---- responses


def put_integration_response(world: World, request: Fields) -> Fields:
    """A second one overwrites. The method need not have declared the status, but its headers."""
    integration = integration_of(world, request)
    _refuse_answer(world, integration, request)
    id = f"{integration.id}/{request['statusCode']}"
    if before := world.find(INTEGRATION_RESPONSE, id):
        world.remove(before)
    return world.add(INTEGRATION_RESPONSE, request, parent=integration.id).shown()


def get_integration_response(world: World, request: Fields) -> Fields:
    return _response(world, request).shown()


def update_integration_response(world: World, request: Fields) -> Fields:
    response = _response(world, request)
    after = RESPONSES.patched(response.fields, request.get("patchOperations", ()))
    _refuse_answer(world, integration_of(world, request), after)
    return replaced(world, response, after).shown()


def delete_integration_response(world: World, request: Fields) -> None:
    world.remove(_response(world, request))


def _response(world: World, request: Fields) -> Resource:
    method = f"{resource_of(world, request).id}/{request['httpMethod']}"  # need not be there: it is not asked for
    integration = world.get(INTEGRATION, f"{method}/integration")
    return world.get(INTEGRATION_RESPONSE, f"{integration.id}/{request['statusCode']}")


def _refuse_answer(world: World, integration: Resource, fields: Fields) -> None:
    response = world.find(METHOD_RESPONSE, f"{integration.parent}/{fields['statusCode']}")
    declared = response.fields.get("responseParameters", {}) if response else {}
    refuse_parameters(fields.get("responseParameters", ()), ANSWERED)
    if odd := next((each for each in fields.get("responseTemplates") or () if "/" not in each), ""):  # recorded
        raise bad(f"Validation Result: warnings : [], errors : [Invalid content type specified: {odd}]")
    for name, value in fields.get("responseParameters", {}).items():
        if response is None:  # quoted in amazon-archives/aws-apigateway-importer#121
            raise bad(WRONG_MAPPING.format(why="No method response exists for method."))
        if name not in declared:
            raise bad(WRONG_MAPPING.format(why=f"Invalid mapping expression parameter specified: {name}"))
        if not TOLD.fullmatch(value):
            raise bad(WRONG_MAPPING.format(why=f"Invalid mapping expression specified: {value}"))
