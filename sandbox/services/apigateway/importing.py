"""ImportRestApi and PutRestApi: a document becomes a tree, all of it or nothing. `merge` adds to what is there and lets
the document win, `overwrite` begins anew below the root (ledger 6.2; guide, "Update an existing API")."""

from __future__ import annotations

import copy

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway import apis, models
from sandbox.services.apigateway import openapi as words
from sandbox.services.apigateway.documents import Document
from sandbox.services.apigateway.facts import RESOURCE, REST_API
from sandbox.services.apigateway.parts import AUTHORIZER, GATEWAY_RESPONSE, MODEL, REQUEST_VALIDATOR
from sandbox.services.apigateway.planting import Planting
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.resources import below
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World

ENDPOINT, BASE_PATHS = "endpointConfigurationTypes", ("ignore", "prepend", "split")
BEGUN = ("description", "version", "policy", "binaryMediaTypes", "minimumCompressionSize")  # gone when overwritten


def import_rest_api(world: World, request: Fields) -> Fields:
    document, asked = Document(request["body"]), request.get("parameters", {})
    made: Fields = {"name": _title(document)}
    if kind := asked.get(ENDPOINT):
        made["endpointConfiguration"] = {"types": [kind]}
    api = apis.made(world, made)
    try:
        warnings = _planted(world, api, document, request)
    except Refusal:
        world.remove(api)
        raise
    return _told(api, warnings, tags=bool(api.tags))


def put_rest_api(world: World, request: Fields) -> Fields:
    api, document = api_of(world, request), Document(request["body"])
    before = [(each, copy.copy(each)) for each in world.family(api)]
    try:
        if request.get("mode", "merge") == "overwrite":
            _cleared(world, api)
        warnings = _planted(world, api, document, request)
    except Refusal:
        _restored(world, api, before)
        raise
    return _told(api, warnings, tags=True)


def _told(api: Resource, warnings: list[str], *, tags: bool) -> Fields:
    return api.shown(tags=tags) | ({"warnings": warnings} if warnings else {})


def _title(document: Document) -> str:
    return str(document.info.get("title") or "Created by AWS API Gateway import")


def _planted(world: World, api: Resource, document: Document, request: Fields) -> list[str]:
    """Everything the document says. Returns what it warns about; raises `Refusal` for errors, all in one."""
    _settle(world, api, document)
    basepath = request.get("parameters", {}).get("basepath", "ignore").lower()
    if basepath not in BASE_PATHS:
        raise bad(f"Invalid basepath parameter specified: {basepath}. Must be one of: [{', '.join(BASE_PATHS)}]")
    planting = Planting(world, api, document, _prefix(document, basepath))
    planting.all()
    if planting.errors:
        raise bad("Errors found during import:\n\t" + "\n\t".join(planting.errors))
    if planting.warnings and request.get("failOnWarnings"):
        raise bad("Warnings found during import:\n\t" + "\n\t".join(planting.warnings))
    return planting.warnings


def _prefix(document: Document, basepath: str) -> str:
    """`prepend` puts the base path before every path, `split` all of it but its first part."""
    base = {"ignore": "", "prepend": document.base, "split": document.base.partition("/")[2]}[basepath]
    return f"/{base}" if base else ""


def _settle(world: World, api: Resource, document: Document) -> None:
    """The API's own members, from the document's head and its extensions."""
    root, fields = document.root, {**api.fields, "name": _title(document)}
    fields |= {name: str(document.info[name]) for name in ("description", "version") if document.info.get(name)}
    if words.BINARY in root:
        fields["binaryMediaTypes"] = root[words.BINARY]
    if words.COMPRESSION in root:
        fields["minimumCompressionSize"] = root[words.COMPRESSION]
    if words.KEY_SOURCE in root:
        fields["apiKeySource"] = root[words.KEY_SOURCE]
    if words.POLICY in root:
        fields |= apis.told_policy(world, api, root[words.POLICY])
    endpoint = document.server.get(words.ENDPOINT) or root.get(words.ENDPOINT) or {}
    if "disableExecuteApiEndpoint" in endpoint:
        fields["disableExecuteApiEndpoint"] = endpoint["disableExecuteApiEndpoint"]
    if "vpcEndpointIds" in endpoint:
        fields["endpointConfiguration"] = fields["endpointConfiguration"] | {
            "vpcEndpointIds": endpoint["vpcEndpointIds"]
        }
    replaced(world, api, fields)


def _cleared(world: World, api: Resource) -> None:
    """Only the root resource, the two models of every API, and what the API must have, stay."""
    for each in [each for each in world.all(RESOURCE, api.id) if each.fields.get("parentId") == api["rootResourceId"]]:
        for one in reversed(below(world, each)):
            world.remove(one)
    root = world.get(RESOURCE, api["rootResourceId"])
    for one in world.family(root)[1:]:
        if one.parent == root.id:
            world.remove(one)
    for kind in (AUTHORIZER, REQUEST_VALIDATOR, GATEWAY_RESPONSE, MODEL):
        for one in world.all(kind, api.id):
            world.remove(one)
    models.born(world, api.id)
    fields = {name: value for name, value in api.fields.items() if name not in BEGUN}
    replaced(world, api, fields | {"apiKeySource": REST_API.defaults["apiKeySource"]})


def _restored(world: World, api: Resource, before: list[tuple[Resource, Resource]]) -> None:
    for each in world.family(api):
        del world.resources[each.kind.shelf][each.id]
    for resource, was in before:
        vars(resource).update(vars(was))
        world.resources[resource.kind.shelf][resource.id] = resource
        world.renamed(resource.kind)
