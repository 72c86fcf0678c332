"""REST APIs: made as EDGE unless said otherwise, their policy told back as a string in a string (ledger 6.2)."""

from __future__ import annotations

import copy
import json

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.apigateway import models
from sandbox.services.apigateway.facts import RESOURCE, REST_API, SIZE, TLS
from sandbox.services.apigateway.patching import Grammar, Operation, Path, listed, members, needed, scalar, switch
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World, become

UPDATES = 60.0  # seconds a new TLS policy or endpoint type takes; ledger 6.2 has the states, not the time
MOVES = {  # from one endpoint type to which others; guide, "Change a public or private API endpoint type"
    "EDGE": ("REGIONAL", "PRIVATE"),
    "REGIONAL": ("EDGE", "PRIVATE"),
    "PRIVATE": ("REGIONAL",),
}
_MALFORMED = bad("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")


def create_rest_api(world: World, request: Fields) -> Fields:
    if "cloneFrom" in request:
        world.get(REST_API, request["cloneFrom"])
        raise Refusal("UnknownOperationException", "cloneFrom is not modelled here", 501)
    return made(world, request).shown(tags="tags" in request)


def made(world: World, request: Fields) -> Resource:
    """A new API with nothing but its root resource and the two models every API begins with."""
    endpoint = {"types": ["EDGE"]} | request.get("endpointConfiguration", {})
    kind = endpoint["types"][0] if endpoint["types"] else ""
    endpoint = {"ipAddressType": "dualstack" if kind == "PRIVATE" else "ipv4"} | endpoint
    created = {"createdDate": world.time, "endpointConfiguration": endpoint}
    if kind == "PRIVATE" and "securityPolicy" not in request:
        created["securityPolicy"] = "TLS_1_2"  # ledger 6.2
    api = world.add(REST_API, {name: each for name, each in request.items() if name != "policy"}, created)
    models.born(world, api.id)
    root = world.add(RESOURCE, {}, {"path": "/"}, parent=api.id)
    become(world, api, {"rootResourceId": root.id} | told_policy(world, api, request.get("policy", "")))
    return api


def get_rest_api(world: World, request: Fields) -> Fields:
    return world.get(REST_API, request["restApiId"]).shown()


def get_rest_apis(world: World, _request: Fields) -> Fields:
    return {"items": Listing(world.all(REST_API), lambda api: api.shown(tags=bool(api.tags)))}


def update_rest_api(world: World, request: Fields) -> Fields:
    api = world.get(REST_API, request["restApiId"])
    before = dict(api.fields)
    after = GRAMMAR.patched(before, request.get("patchOperations", ()))
    _refuse_move(before, after)
    if after.get("policy") != before.get("policy"):
        after |= {"policy": ""} | told_policy(world, api, after.get("policy", ""))
    if not after["securityPolicy"].startswith(TLS):
        after.pop("endpointAccessMode", None)
    replaced(world, api, after)
    if any(after.get(name) != before.get(name) for name in ("securityPolicy", "endpointAccessMode")):
        become(world, api, {"apiStatus": "UPDATING"})
        world.later(UPDATES, become, api, {"apiStatus": "AVAILABLE"})
    return api.shown()


def delete_rest_api(world: World, request: Fields) -> None:
    world.remove(world.get(REST_API, request["restApiId"]))


# ---- what a PATCH may do


def _types(fields: Fields, operation: Operation) -> None:
    """`/endpointConfiguration/types/{the type or its place}`."""
    kept = fields["endpointConfiguration"]["types"]
    if operation.op != "add" and operation.keys[0] not in ("0", *kept):
        raise bad(f"Invalid patch path {operation.path}")
    if operation.op == "remove":
        kept.clear()
        return
    if operation.value not in MOVES:
        raise bad("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
    if operation.op == "add":
        kept.append(operation.value)
        return
    kept[0] = operation.value
    if operation.value == "PRIVATE":
        fields["endpointConfiguration"]["ipAddressType"] = "dualstack"
        if fields["securityPolicy"] == "TLS_1_0":
            fields["securityPolicy"] = "TLS_1_2"
    else:
        fields["endpointConfiguration"].pop("vpcEndpointIds", None)


def _description(fields: Fields, operation: Operation) -> None:
    fields.pop("description", None)
    if operation.op == "replace" and operation.value:
        fields["description"] = operation.value


def _size(value: str) -> int:
    if not value.removeprefix("-").isdecimal():
        raise SIZE.about()
    return int(value)


def _addresses(value: str) -> str:
    if value not in ("ipv4", "dualstack"):
        raise bad("ipAddressType must be either ipv4 or dualstack.")
    return value


GRAMMAR = Grammar(
    (
        needed("name", "Name"),
        Path("/description", ("remove", "replace"), _description),
        needed("apiKeySource", "API key source"),
        members("binaryMediaTypes", empty=False),
        scalar("minimumCompressionSize", _size),
        switch("disableExecuteApiEndpoint"),
        scalar("policy"),
        Path("/endpointConfiguration/types/{}", ("add", "remove", "replace"), _types),
        listed("endpointConfiguration/vpcEndpointIds"),
        needed("endpointConfiguration/ipAddressType", "IP address type", _addresses),
        needed("securityPolicy", "Security policy"),
        scalar("endpointAccessMode"),
    ),
    listed=False,
)


def _refuse_move(before: Fields, after: Fields) -> None:
    (old, *_), new = (each["endpointConfiguration"]["types"] for each in (before, after))
    if new and new[0] not in (old, *MOVES[old]):
        raise bad(f"Cannot change the endpoint type of an API from {old} to {new[0]}")
    stays = after["endpointConfiguration"]["ipAddressType"] == "dualstack"
    if old == "PRIVATE" and new and new[0] != old and not stays:  # guide, api-gateway-ip-address-type
        raise bad("Only dualstack ipAddressType is supported when an API moves from PRIVATE.")


# ---- the resource policy


def told_policy(world: World, api: Resource, sent: str | Fields) -> Fields:
    """Escaped once more than one expects, and with `execute-api:/…` written out (ledger 6.2)."""
    if not sent:
        return {}
    try:
        document = json.loads(sent) if isinstance(sent, str) else copy.deepcopy(sent)
    except ValueError:
        raise _MALFORMED.about() from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not statements:
        raise _MALFORMED.about()
    for each in statements if isinstance(statements, list) else [statements]:
        if each.get("Effect") not in ("Allow", "Deny") or not {"Principal", "NotPrincipal"} & each.keys():
            raise _MALFORMED.about()
        for member in each.keys() & {"Resource", "NotResource"}:
            each[member] = _written_out(world, api, each[member])
    return {"policy": json.dumps(json.dumps(document, separators=(",", ":")))[1:-1]}


def _written_out(world: World, api: Resource, resources: str | list[str]) -> str | list[str]:
    if isinstance(resources, list):
        return [str(_written_out(world, api, each)) for each in resources]
    whole = f"arn:aws:execute-api:{world.region}:{world.account}:{api.id}/"
    return resources.replace("execute-api:/", whole, 1) if resources.startswith("execute-api:/") else resources
