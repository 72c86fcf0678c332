"""Models: what a request's body has to look like, as JSON Schema. Every API is born with two of AWS's own, `Empty` and
`Error` (ledger 6.10)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.described import beside, mine
from reconcilers.gateway.rest.patch import WHOLE, Document, Way, patch, replace
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live, leaves
from reconcilers.topology import api, speaks
from specs import Instance
from specs.openapi.modelling import BORN

REFERRED = re.compile(r"(?:#|https://apigateway\.amazonaws\.com/restapis/[^/]+)/models/([A-Za-z0-9]+)")
"""A model's name in a schema, as a contract has it and as AWS does."""


class Model(CamelResource):
    rest_api_id: Immutable[Link]
    name: Immutable[str]
    content_type: Immutable[str] = "application/json"
    description: str = ""
    json_schema: Mapping[str, Any] = Field(default_factory=dict, alias="schema")
    """A document; text on the wire. Other models are named by their URL."""
    circle: Hidden[tuple[str, ...]] = ()
    """The models that refer to each other in a circle with this one in it."""
    after: Hidden[tuple[Link, ...]] = ()


WAYS: Mapping[str, Way] = {"description": WHOLE, "schema": Document()}
"""Source: ledger 6.10."""


class Models(Reconciler[Model]):
    kind = Model
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Model]]:
        if speaks(instance, "rest"):
            own = api(instance).gateway.models
            if instance.contract is not None:
                yield from documented_models(instance, instance.contract.models, own.keys())
            for name, spec in own.items():
                model = Model(
                    rest_api_id=Ref(rest_key(instance)),
                    name=name,
                    description=spec.description,
                    json_schema=spec.json_schema,
                )
                yield model_key(instance, name), model

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Model]]:
        for live, found in beside(aws, look, Model, "get_models"):
            schemas = {each["name"]: told_schema(each) for each in found if each["name"] not in BORN}
            circular = circles({name: referred(schema) for name, schema in schemas.items()})
            for each in found:
                if (name := each["name"]) in schemas:
                    model = Model.from_aws(each, rest_api_id=live.id, json_schema=schemas[name])
                    named = {} if name in circular else {"url": url(live.id, name)}
                    key = Model.key(live.key.instance, name)
                    yield from mine(look, live, Live(key, f"{live.id}/models/{name}", model, named))

    def create(self, aws: Aws, key: Key, want: Model, name: str) -> Made:
        api_id = str(want.rest_api_id)
        with aws.alone(api_id):
            if want.circle:
                _begin(aws, want)
                changed = patch(want.model_copy(update={"json_schema": {}}), want, {"json_schema", "description"}, WAYS)
                aws.apigateway.update_model(restApiId=api_id, modelName=want.name, patchOperations=changed)
            else:
                told = {member: value for member, value in want.to_aws().items() if value != ""}
                aws.apigateway.create_model(**told | {"schema": json.dumps(told["schema"])})
        return {"id": f"{api_id}/models/{want.name}", **({} if want.circle else {"url": url(api_id, want.name)})}

    def update(self, aws: Aws, live: Live[Model], want: Model, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.update_model(
                restApiId=want.rest_api_id,
                modelName=want.name,
                patchOperations=patch(live.resource, want, changed, WAYS),
            )

    def delete(self, aws: Aws, live: Live[Model]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            if not live.attributes:  # it is in a circle
                _break(aws, live.resource)
            aws.apigateway.delete_model(restApiId=live.resource.rest_api_id, modelName=live.resource.name)

    def parent_of(self, live: Live[Model]) -> str:
        return str(live.resource.rest_api_id)


def _begin(aws: Aws, want: Model) -> None:
    """Models in a circle can only be told of each other once all of them are there, so all of them are made, empty, by
    whoever comes first."""
    api_id = want.rest_api_id
    there = {each["name"] for each in aws.apigateway.pages("get_models", "items", restApiId=api_id, limit=500)}
    for each in sorted({*want.circle} - there):
        aws.apigateway.create_model(restApiId=api_id, name=each, contentType=want.content_type, schema="{}")


def _break(aws: Aws, model: Model) -> None:
    """No model of a circle goes while another names it, so the others forget it; those that stay are told again."""
    found = list(aws.apigateway.pages("get_models", "items", restApiId=model.rest_api_id, limit=500))
    references = {each["name"]: referred(told_schema(each)) for each in found}
    for name in sorted(circles(references).get(model.name, frozenset()) - {model.name}):
        if model.name in references[name]:
            operations = [replace("/schema", "{}")]
            aws.apigateway.update_model(restApiId=model.rest_api_id, modelName=name, patchOperations=operations)


def url(api_id: str, name: str) -> str:
    """How one model names another (developer guide, models-mappings)."""
    return f"https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}"


def model_key(instance: Instance, name: str) -> Key:
    return Model.key(instance.address, name)


def told_schema(found: Mapping[str, Any]) -> Any:
    """The document of an answer, its lists as tuples; a model that somebody made without one has an empty one."""
    return _fixed(json.loads(found.get("schema") or "{}"))


def referred(schema: Any) -> frozenset[str]:
    """The models that a schema names, by URL or as a contract does."""
    found = (REFERRED.fullmatch(each) for each in leaves(schema) if isinstance(each, str))
    return frozenset(each[1] for each in found if each)


def circles(references: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Every model that leads back to itself, with those that it shares the way with."""
    reached = {name: _reached(name, references) for name in references}
    return {
        name: frozenset(other for other in there if name in reached.get(other, ()))
        for name, there in reached.items()
        if name in there
    }


def _reached(name: str, references: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    ahead = list(references.get(name, ()))
    while ahead:
        if (each := ahead.pop()) not in found:
            found.add(each)
            ahead.extend(references.get(each, ()))
    return frozenset(found)


def documented_models(
    instance: Instance, told: Mapping[str, Mapping[str, Any]], own: Collection[str]
) -> Iterator[tuple[Key, Model]]:
    """The models of an OpenAPI document, but for those that the spec has itself."""
    api_id, circular = Ref(rest_key(instance)), circles({name: referred(each["schema"]) for name, each in told.items()})
    for name in (each for each in told if each not in own):
        circle = circular.get(name, frozenset())
        named = referred(told[name]["schema"]) - BORN
        links: dict[str, Link] = {
            other: Text(url("{}", other), (api_id,)) if other in circular else Ref(model_key(instance, other), "url")
            for other in named
        }
        links |= {other: Text(url("{}", other), (api_id,)) for other in referred(told[name]["schema"]) & BORN}
        model = Model(
            rest_api_id=api_id,
            name=name,
            description=told[name].get("description", ""),
            json_schema=_linked(told[name]["schema"], links),
            circle=tuple(sorted(circle)),
            after=tuple(Ref(model_key(instance, other)) for other in sorted(named & circular.keys() - circle)),
        )
        yield model_key(instance, name), model


def _linked(schema: Any, links: Mapping[str, Link]) -> Any:
    if isinstance(schema, Mapping):
        return {name: _linked(each, links) for name, each in schema.items()}
    if isinstance(schema, tuple):
        return tuple(_linked(each, links) for each in schema)
    found = REFERRED.fullmatch(schema) if isinstance(schema, str) else None
    return links[found[1]] if found else schema


def _fixed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _fixed(each) for name, each in value.items()}
    return tuple(map(_fixed, value)) if isinstance(value, list) else value
