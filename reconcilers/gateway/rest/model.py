"""Models: what a request's body has to look like, as JSON Schema. Every API is born with two of AWS's own, `Empty` and
`Error` (ledger 6.10)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.described import beside, mine
from reconcilers.gateway.rest.patch import WHOLE, Document, Way, patch
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import api, speaks
from specs import Instance

BORN = frozenset({"Empty", "Error"})


class Model(CamelResource):
    rest_api_id: Immutable[Link]
    name: Immutable[str]
    content_type: Immutable[str] = "application/json"
    description: str = ""
    json_schema: Mapping[str, Any] = Field(default_factory=dict, alias="schema")
    """A document; text on the wire."""


WAYS: Mapping[str, Way] = {"description": WHOLE, "schema": Document()}
"""Source: ledger 6.10."""


class Models(Reconciler[Model]):
    kind = Model
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Model]]:
        if speaks(instance, "rest"):
            for name, spec in api(instance).gateway.models.items():
                model = Model(
                    rest_api_id=Ref(rest_key(instance)),
                    name=name,
                    description=spec.description,
                    json_schema=spec.json_schema,
                )
                yield model_key(instance, name), model

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Model]]:
        for live, found in beside(aws, look, Model, "get_models"):
            for each in found:
                if each["name"] not in BORN:
                    key = Model.key(live.key.instance, each["name"])
                    model = Model.from_aws(each, rest_api_id=live.id, json_schema=told_schema(each))
                    yield from mine(look, live, Live(key, f"{live.id}/models/{each['name']}", model))

    def create(self, aws: Aws, key: Key, want: Model, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.create_model(**told | {"schema": json.dumps(told["schema"])})
        return {"id": f"{want.rest_api_id}/models/{want.name}"}

    def update(self, aws: Aws, live: Live[Model], want: Model, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.update_model(
                restApiId=want.rest_api_id,
                modelName=want.name,
                patchOperations=patch(live.resource, want, changed, WAYS),
            )

    def delete(self, aws: Aws, live: Live[Model]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_model(restApiId=live.resource.rest_api_id, modelName=live.resource.name)

    def parent_of(self, live: Live[Model]) -> str:
        return str(live.resource.rest_api_id)


def model_key(instance: Instance, name: str) -> Key:
    return Model.key(instance.address, name)


def told_schema(found: Mapping[str, Any]) -> Any:
    """The document of an answer, its lists as tuples; a model that somebody made without one has an empty one."""
    return _fixed(json.loads(found.get("schema") or "{}"))


def _fixed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _fixed(each) for name, each in value.items()}
    return tuple(map(_fixed, value)) if isinstance(value, list) else value
