"""Models and request validators: two models every API has from the start, and neither goes while a method names it
(ledger 6.10)."""

from __future__ import annotations

import json
import re

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.draft4 import unsupported
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.parts import MODEL, REQUEST_VALIDATOR
from sandbox.services.apigateway.patching import Grammar, Operation, Path, needed, scalar, switch
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import Tree, api_of
from sandbox.services.apigateway.words import bad, conflict, missing
from sandbox.world import Resource, World

GRAMMAR = Grammar((scalar("description"), needed("schema", "Model schema")))


def _name(fields: Fields, operation: Operation) -> None:
    if not operation.value:
        raise bad("Request Validator name cannot be blank")
    fields["name"] = operation.value


VALIDATORS = Grammar(
    (
        Path("/name", ("replace",), _name),
        switch("validateRequestParameters"),
        switch("validateRequestBody"),
    )
)
REF = re.compile(r'"\$ref"\s*:\s*"https://apigateway\.amazonaws\.com/restapis/[^/"]+/models/([^"]+)"')
_DRAFT = (
    '{{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title" : "{} Schema",\n  "type" : "object"{}\n}}'
)
BORN = {  # with every API; recorded get_model/2, get_models/2
    "Empty": _DRAFT.format("Empty", ""),
    "Error": _DRAFT.format("Error", ',\n  "properties" : {\n    "message" : { "type" : "string" }\n  }'),
}


def born(world: World, api: str) -> None:
    """The models an API begins with."""
    for name, schema in BORN.items():
        described = {"name": name, "description": f"This is a default {name.lower()} schema model", "schema": schema}
        _made(world, api, described | {"contentType": "application/json"})


def create_model(world: World, request: Fields) -> Fields:
    api = api_of(world, request).id
    _refuse_schema(world, api, request.get("schema"))
    empty = () if request.get("description") else ("description",)
    return _made(world, api, {name: each for name, each in request.items() if name not in empty}).shown()


def get_model(world: World, request: Fields) -> Fields:
    return _model(world, request).shown()


def get_models(world: World, request: Fields) -> Fields:
    return {"items": Listing(world.all(MODEL, api_of(world, request).id), Resource.shown)}


def update_model(world: World, request: Fields) -> Fields:
    model = _model(world, request)
    after = GRAMMAR.patched(model.fields, request.get("patchOperations", ()))
    _refuse_schema(world, model.parent, after.get("schema"))
    return replaced(world, model, after).shown()


def delete_model(world: World, request: Fields) -> None:
    model = _model(world, request)
    if user := _user(world, model):
        raise conflict(f"Cannot delete model '{model['name']}', is referenced in {user}")
    world.remove(model)


def refuse_models(world: World, api: str, models: Fields) -> None:
    """Raises `Refusal` when a method or a response names a model that is not there: `{content type: name}`."""
    for name in models.values():
        if world.find(MODEL, f"{api}/{name}") is None:
            raise bad(f"Invalid model identifier specified: {name}")


def _made(world: World, api: str, fields: Fields) -> Resource:
    return world.add(MODEL, fields, {"id": world.words()["short"]}, parent=api)


def _model(world: World, request: Fields) -> Resource:
    found = world.find(MODEL, f"{request['restApiId']}/{request['modelName']}")  # whether or not there is the API
    if found is None:
        raise missing(f"Invalid model name specified: {request['modelName']}")
    return found


def _user(world: World, model: Resource) -> str:
    """Who names the model, in AWS's words; empty when nobody does."""
    name, tree = model["name"], Tree(world, model.parent)
    paths = {each.id: each["path"] for each in tree.resources}
    for method in (each for kept in tree.methods.values() for each in kept):
        where = f"{paths[method.parent]}/{method['httpMethod']}"
        if name in method.fields.get("requestModels", {}).values():
            return f"method request: {where}"
        for response in tree.responses.get(method.id, ()):
            if name in response.fields.get("responseModels", {}).values():
                return f"method response: {where}/{response['statusCode']}"
    others = [each for each in world.all(MODEL, model.parent) if each is not model]
    return next((f"model: {each['name']}" for each in others if name in REF.findall(each.fields.get("schema", ""))), "")


def _refuse_schema(world: World, api: str, schema: str | None) -> None:
    if not schema:
        return
    wrong = "Invalid model specified: Validation Result: warnings : [], errors : [{}]"
    try:
        parsed = json.loads(schema)
    except ValueError:
        raise bad(wrong.format("Invalid model schema specified")) from None
    if not isinstance(parsed, dict):
        raise bad(wrong.format("Invalid model schema specified"))
    if unknown := unsupported(parsed):
        said = f"Invalid model schema specified. Unsupported keyword(s): {json.dumps(unknown)}"
        raise bad(wrong.format(said))
    for name in REF.findall(schema):
        if world.find(MODEL, f"{api}/{name}") is None:
            raise bad(wrong.format(f"Invalid model reference specified: {name}"))


# ---- request validators


def create_request_validator(world: World, request: Fields) -> Fields:
    if world.find(REST_API, request["restApiId"]) is None:
        raise bad("Invalid REST API identifier specified")
    return world.add(REQUEST_VALIDATOR, request, parent=request["restApiId"]).shown()


def get_request_validator(world: World, request: Fields) -> Fields:
    return _validator(world, request).shown()


def get_request_validators(world: World, request: Fields) -> Fields:
    return {"items": Listing(world.all(REQUEST_VALIDATOR, api_of(world, request).id), Resource.shown)}


def update_request_validator(world: World, request: Fields) -> Fields:
    validator = _validator(world, request)
    after = VALIDATORS.patched(validator.fields, request.get("patchOperations", ()))
    return replaced(world, validator, after).shown()


def delete_request_validator(world: World, request: Fields) -> None:
    world.remove(_validator(world, request))


def _validator(world: World, request: Fields) -> Resource:
    return world.get(REQUEST_VALIDATOR, request["requestValidatorId"], request["restApiId"])
