"""Gateway responses: one for every way in which API Gateway itself refuses, all there from the start (ledger 6.10)."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

from sandbox.kinds import Fields
from sandbox.services.apigateway.parts import GATEWAY_RESPONSE
from sandbox.services.apigateway.patching import Grammar, Operation, Path, entries, scalar
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import NO_CONTENT_TYPE, NO_PARAMETER, bad
from sandbox.world import Resource, World

STATUSES = {  # guide, "Gateway response types"
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
CLASSES = {"4": "DEFAULT_4XX", "5": "DEFAULT_5XX"}


def _status(fields: Fields, operation: Operation) -> None:
    if operation.op != "replace":
        raise bad(f"Invalid patch path {operation.path}")
    scalar("statusCode").write(fields, operation)


GRAMMAR = Grammar(
    (
        Path("/statusCode", ("add", "remove", "replace"), _status),
        entries("responseParameters", unknown=NO_PARAMETER),
        entries("responseTemplates", unknown=NO_CONTENT_TYPE),
    ),
    listed=False,
)
NAMED = re.compile(r"gatewayresponse\.header\.\S+")
SOURCE = re.compile(
    r"'[^']*'|method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.\S+"
    r"|(context|stageVariables)\.\S+"
)
OVERRIDDEN = ("statusCode", "responseParameters", "responseTemplates")
TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}


def effective(own: Mapping[str, Fields], type: str) -> Fields:
    """What an API says for this type: its own response, what its default of the class adds to AWS's, or AWS's.

    `own`: those that were put, by type.
    """
    if type in own:
        return own[type]
    answer: Fields = {
        "responseType": type,
        "defaultResponse": True,
        "responseParameters": {},
        "responseTemplates": dict(TEMPLATES),
    }
    if type in STATUSES:
        answer["statusCode"] = str(STATUSES[type])
        default = own.get(CLASSES[str(STATUSES[type])[0]], {})
        answer |= {name: value for name, value in default.items() if name in OVERRIDDEN and value}
    return answer


def put_gateway_response(world: World, request: Fields) -> Fields:
    """There is one already, whoever asks; this puts one's own in its place."""
    api = api_of(world, request).id
    _refuse(request)
    kept = {name: request[name] for name in OVERRIDDEN if request.get(name)}
    return _own(world, api, effective({}, request["responseType"]) | kept).shown()


def get_gateway_response(world: World, request: Fields) -> Fields:
    return copy.deepcopy(effective(put(world, api_of(world, request).id), request["responseType"]))


def get_gateway_responses(world: World, request: Fields) -> Fields:
    own = put(world, api_of(world, request).id)
    return {"items": [copy.deepcopy(effective(own, type)) for type in sorted((*STATUSES, *CLASSES.values()))]}


def update_gateway_response(world: World, request: Fields) -> Fields:
    api = api_of(world, request).id
    before = effective(put(world, api), request["responseType"])
    after = GRAMMAR.patched(before, request.get("patchOperations", ()))
    _refuse(after)
    return _own(world, api, after).shown()


def delete_gateway_response(world: World, request: Fields) -> None:
    """AWS's own is back."""
    world.remove(world.get(GATEWAY_RESPONSE, f"{api_of(world, request).id}/{request['responseType']}"))


def put(world: World, api: str) -> dict[str, Fields]:
    """Those that somebody put, by type."""
    return {each["responseType"]: each.fields for each in world.all(GATEWAY_RESPONSE, api)}


def _own(world: World, api: str, fields: Fields) -> Resource:
    fields = fields | {"defaultResponse": False}
    before = world.find(GATEWAY_RESPONSE, f"{api}/{fields['responseType']}")
    return replaced(world, before, fields) if before else world.add(GATEWAY_RESPONSE, fields, parent=api)


def _refuse(fields: Fields) -> None:
    for name, source in fields.get("responseParameters", {}).items():
        if not NAMED.fullmatch(name) or not SOURCE.fullmatch(source):
            raise bad(f"Invalid response parameter specified: {name}")
