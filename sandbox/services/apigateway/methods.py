"""Methods and what they may answer: a second PutMethod is a conflict, parameters are flags, and authorizers, models and
validators must be there (ledger 6.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from sandbox.kinds import Fields
from sandbox.services.apigateway.facts import METHOD, METHOD_RESPONSE
from sandbox.services.apigateway.models import refuse_models
from sandbox.services.apigateway.patching import Grammar, entries, flag, listed, needed, scalar, switch
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import Tree, method_of, resource_of
from sandbox.services.apigateway.words import NO_CONTENT_TYPE, NO_PARAMETER, bad
from sandbox.world import Resource, World

NEED_AUTHORIZER = ("CUSTOM", "COGNITO_USER_POOLS", "JWT")
ASKED = re.compile(r"method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.([^\s]+)")
ANSWERED = re.compile(r"method\.response\.header\.[^\s]+")
NAME = re.compile(r"[a-zA-Z0-9:._$-]+")  # AWS's own words, quoted in floci-io/floci#3549 and api-platform#2150
WRONG_MAPPING = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{why}]"
GRAMMAR = Grammar(
    (
        switch("apiKeyRequired"),
        needed("authorizationType", "authorizationType"),
        scalar("authorizerId"),
        scalar("operationName"),
        scalar("requestValidatorId", blank=False),
        listed("authorizationScopes"),
        entries("requestModels", unknown=NO_CONTENT_TYPE, empty=False),
        entries("requestParameters", flag, unknown=NO_PARAMETER, empty=False),
    ),
    listed=False,
)
RESPONSES = Grammar(
    (
        entries("responseModels", unknown=NO_CONTENT_TYPE, empty=False),
        entries("responseParameters", flag, unknown=NO_PARAMETER, empty=False),
    ),
    listed=False,
)


def put_method(world: World, request: Fields) -> Fields:
    resource = resource_of(world, request)
    fields = _authorized({}, request)
    _refuse(world, resource.parent, fields)
    return world.add(METHOD, fields, parent=resource.id).shown()


def get_method(world: World, request: Fields) -> Fields:
    return _shown(world, request, method_of(world, request))


def update_method(world: World, request: Fields) -> Fields:
    method = method_of(world, request)
    after = _authorized(method.fields, GRAMMAR.patched(method.fields, request.get("patchOperations", ())))
    _refuse(world, request["restApiId"], after)
    return _shown(world, request, replaced(world, method, after))


def delete_method(world: World, request: Fields) -> None:
    world.remove(method_of(world, request))


def _shown(world: World, request: Fields, method: Resource) -> Fields:
    return Tree(world, request["restApiId"]).method(method)


def _authorized(before: Fields, after: Fields) -> Fields:
    """An authorizer where there is nothing to authorize is passed over, not refused."""
    id = before.get("authorizerId")
    if after["authorizationType"] in NEED_AUTHORIZER or after.get("authorizerId") in (None, id):
        return after
    return {name: each for name, each in after.items() if name != "authorizerId"} | ({"authorizerId": id} if id else {})


def _refuse(world: World, api: str, fields: Fields) -> None:
    if fields["authorizationType"] in NEED_AUTHORIZER and not fields.get("authorizerId"):
        raise bad(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires "
            "a valid authorizer."
        )
    if fields.get("requestValidatorId") == "":  # only null clears it; TF method.go
        raise bad("Invalid Request Validator identifier specified")
    refuse_models(world, api, fields.get("requestModels", {}))
    refuse_parameters(fields.get("requestParameters", ()), ASKED)
    names = Counter(match[2] for name in fields.get("requestParameters", ()) if (match := ASKED.fullmatch(name)))
    if not all(map(NAME.fullmatch, names)):
        said = f"Parameter name should match the following regular expression: ^{NAME.pattern}$"
        raise bad(WRONG_MAPPING.format(why=said))
    if any(count > 1 for count in names.values()):
        raise bad("Parameter names must be unique across querystring, header and path")


def refuse_parameters(names: Iterable[str], allowed: re.Pattern[str]) -> None:
    for name in names:
        if not allowed.fullmatch(name):
            raise bad(WRONG_MAPPING.format(why=f"Invalid mapping expression specified: {name}"))


# ---- responses


def put_method_response(world: World, request: Fields) -> Fields:
    method = method_of(world, request)
    refuse_models(world, request["restApiId"], request.get("responseModels", {}))
    refuse_parameters(request.get("responseParameters", ()), ANSWERED)
    return world.add(METHOD_RESPONSE, request, parent=method.id).shown()


def get_method_response(world: World, request: Fields) -> Fields:
    return _response(world, request).shown()


def update_method_response(world: World, request: Fields) -> Fields:
    response = _response(world, request)
    after = RESPONSES.patched(response.fields, request.get("patchOperations", ()))
    refuse_models(world, request["restApiId"], after.get("responseModels", {}))
    refuse_parameters(after.get("responseParameters", ()), ANSWERED)
    return replaced(world, response, after).shown()


def delete_method_response(world: World, request: Fields) -> None:
    world.remove(_response(world, request))


def _response(world: World, request: Fields) -> Resource:
    return world.get(METHOD_RESPONSE, f"{method_of(world, request).id}/{request['statusCode']}")
