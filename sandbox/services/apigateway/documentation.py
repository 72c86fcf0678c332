"""Documentation of an API: parts that say what of it they describe, and versions that stages bear (recorded by
LocalStack against AWS). What it says goes into no export here."""

from __future__ import annotations

import json

from sandbox.kinds import Fields, Kind
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.apigateway.documents import Document
from sandbox.services.apigateway.patching import Grammar, Operation, Path, scalar
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import bad, conflict, missing
from sandbox.world import Resource, World

DOCUMENTED = "x-amazon-apigateway-documentation"
PART = Kind(
    "apigateway",
    "DocumentationPart",
    "id",
    "{short}",
    missing("Invalid Documentation part identifier specified"),
)
VERSION = Kind(
    "apigateway",
    "DocumentationVersion",
    "",
    "{parent}/{version}",
    missing("Invalid Documentation version specified"),
    unique=("version",),
    twice=conflict("Documentation version already exists: {version}"),
)


def _properties(fields: Fields, operation: Operation) -> None:
    fields["properties"] = _document(operation.value or "")


PARTS = Grammar((Path("/properties", ("replace",), _properties),))
VERSIONS = Grammar((scalar("description"),))


def create_documentation_part(world: World, request: Fields) -> Fields:
    api, place = api_of(world, request).id, request["location"]
    if any(each["location"] == place for each in world.all(PART, api)):
        raise conflict("Documentation part already exists for the specified location").about()
    return world.add(PART, {**request, "properties": _document(request["properties"])}, parent=api).shown()


def get_documentation_part(world: World, request: Fields) -> Fields:
    return _part(world, request).shown()


def get_documentation_parts(world: World, request: Fields) -> Fields:
    found = world.all(PART, api_of(world, request).id)
    wanted = {"type": request.get("type"), "name": request.get("nameQuery"), "path": request.get("path")}
    asked = {name: each for name, each in wanted.items() if each}
    if asked:
        found = [each for each in found if asked.items() <= each["location"].items()]
    return {"items": Listing(found, Resource.shown)}


def update_documentation_part(world: World, request: Fields) -> Fields:
    part = _part(world, request)
    return replaced(world, part, PARTS.patched(part.fields, request.get("patchOperations", ()))).shown()


def delete_documentation_part(world: World, request: Fields) -> None:
    world.remove(_part(world, request))


def import_documentation_parts(world: World, request: Fields) -> Fields:
    """The parts that an OpenAPI document has of its own. `overwrite` lets no other stay, `merge` those of other places;
    what a document says of a place replaces what was said of it."""
    api = api_of(world, request).id
    try:
        document = Document(request["body"])
    except Refusal:
        raise bad("Unable to build importer with provided input.") from None
    told = (document.root.get(DOCUMENTED) or {}).get("documentationParts") or ()
    places = [each["location"] for each in told]
    for part in world.all(PART, api):
        if request.get("mode") == "overwrite" or part["location"] in places:
            world.remove(part)
    made = [
        world.add(PART, {"location": each["location"], "properties": json.dumps(each["properties"])}, parent=api)
        for each in told
    ]
    return {"ids": [each.id for each in made]}


def create_documentation_version(world: World, request: Fields) -> Fields:
    api, version = api_of(world, request).id, request["documentationVersion"]
    if not world.all(PART, api):
        raise bad("No documentation parts exist to create a version from")
    made = {"version": version, "createdDate": world.time}
    return world.add(VERSION, {**request, "version": version}, made, parent=api).shown()


def get_documentation_version(world: World, request: Fields) -> Fields:
    return _version(world, request).shown()


def get_documentation_versions(world: World, request: Fields) -> Fields:
    return {"items": Listing(world.all(VERSION, api_of(world, request).id), Resource.shown)}


def update_documentation_version(world: World, request: Fields) -> Fields:
    version = _version(world, request)
    return replaced(world, version, VERSIONS.patched(version.fields, request.get("patchOperations", ()))).shown()


def delete_documentation_version(world: World, request: Fields) -> None:
    world.remove(_version(world, request))


def _document(text: str) -> str:
    try:
        json.loads(text)
    except ValueError:
        raise bad("Invalid documentation content: Could not parse the properties as JSON") from None
    return text


def _part(world: World, request: Fields) -> Resource:
    return world.get(PART, request["documentationPartId"], api_of(world, request).id)


def _version(world: World, request: Fields) -> Resource:
    api = api_of(world, request).id
    return world.get(VERSION, f"{api}/{request['documentationVersion']}", api)
