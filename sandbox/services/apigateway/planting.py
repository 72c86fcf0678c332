"""One import at work: models, authorizers, validators and gateway responses first, then resource by resource, through
the same operations a caller would use, so the same rules hold. What is refused is collected, not raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox import shapes
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway import authorizers, integrations, methods, models, resources, responses
from sandbox.services.apigateway import openapi as words
from sandbox.services.apigateway.documents import JSON, Document, Operation, model_named, model_schema
from sandbox.services.apigateway.draft4 import imported
from sandbox.services.apigateway.facts import INTEGRATION_RESPONSE, METHOD, RESOURCE
from sandbox.services.apigateway.parts import AUTHORIZER, MODEL, REQUEST_VALIDATOR
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World

OPERATIONS: dict[str, Callable[[World, Fields], Fields]] = {
    "CreateAuthorizer": authorizers.create_authorizer,
    "CreateModel": models.create_model,
    "CreateRequestValidator": models.create_request_validator,
    "CreateResource": resources.create_resource,
    "PutGatewayResponse": responses.put_gateway_response,
    "PutIntegration": integrations.put_integration,
    "PutIntegrationResponse": integrations.put_integration_response,
    "PutMethod": methods.put_method,
    "PutMethodResponse": methods.put_method_response,
}
KEY = ("apiKey", "x-api-key", "header")
STATUSES = ("1", "2", "3", "4", "5")


class Planting:
    """`prefix`: what goes before every path. `errors` and `warnings` are in AWS's words where those are known."""

    def __init__(self, world: World, api: Resource, document: Document, prefix: str) -> None:
        self.world, self.api, self.document, self.prefix = world, api, document, prefix
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.paths = {each["path"]: each.id for each in world.all(RESOURCE, api.id)}

    def all(self) -> None:
        self.models()
        self.beside()
        for path, _ in self.document.paths():
            self.resource(self._full(path))
        for operation in self.document.operations():
            if self._full(operation.path) in self.paths:
                self.operation(operation)

    def tried(self, what: str, operation: str, **request: Any) -> bool:
        """Whether the operation was accepted; otherwise one more error."""
        try:
            self.done(operation, **request)
        except Refusal as refusal:
            self.errors.append(f"{what}: {refusal.message}")
            return False
        return True

    def done(self, operation: str, **request: Any) -> Fields:
        """What the operation answers to a request that has come the usual way: checked by the model first."""
        sent = {"restApiId": self.api.id, **request}
        if wrong := sorted(shapes.problems(shapes.operation("apigateway", operation).input_shape, sent, asked=True)):
            raise bad("; ".join(wrong))
        return OPERATIONS[operation](self.world, sent)

    # ---- beside the tree

    def models(self) -> None:
        """Twice: first that they are there, then what they say, because they may name each other."""
        fresh = [name for name in self.document.schemas if self.model(name) is None]
        for name in fresh:
            what = f"Unable to create model for '{name}'"
            self.tried(what, "CreateModel", name=name, contentType=JSON, schema="{}")
        for name, schema in self.document.schemas.items():
            if model := self.model(name):
                told = json.dumps(model_schema(imported(schema), self.api.id))
                described = {"description": schema["description"]} if schema.get("description") else {}
                self.world.change(model, {"schema": told} | described)

    def model(self, name: str) -> Resource | None:
        return self.world.find(MODEL, f"{self.api.id}/{name}")

    def beside(self) -> None:
        root = self.document.root
        known = {each["name"]: each for each in self.world.all(REQUEST_VALIDATOR, self.api.id)}
        for name, flags in (root.get(words.VALIDATORS) or {}).items():
            if name in known:
                self.world.change(known[name], flags)
            else:
                self.tried(f"Unable to create validator '{name}'", "CreateRequestValidator", name=name, **flags)
        for type, said in (root.get(words.RESPONSES) or {}).items():
            told = {name: each for name, each in (said or {}).items() if name in responses.OVERRIDDEN}
            told |= {"statusCode": str(told["statusCode"])} if told.get("statusCode") else {}
            self.tried(f"Unable to put gateway response '{type}'", "PutGatewayResponse", responseType=type, **told)
        for name, scheme in self.document.schemes.items():
            if words.AUTHORIZER in scheme:
                self.authorizer(name, scheme)

    def authorizer(self, name: str, scheme: Fields) -> None:
        said = scheme[words.AUTHORIZER]
        told: Fields = {each: said[each] for each in words.JUDGED if each in said}
        kind = str(said.get("type", "token")).upper()
        if kind != "REQUEST" and not told.get("identitySource"):
            told["identitySource"] = f"method.request.header.{scheme.get('name', 'Authorization')}"
        if words.AUTH_TYPE in scheme:
            told["authType"] = scheme[words.AUTH_TYPE]
        if before := self._authorizer(name):
            self.world.change(before, told)
        else:
            self.tried(f"Unable to create authorizer '{name}'", "CreateAuthorizer", name=name, type=kind, **told)

    def _authorizer(self, name: str) -> Resource | None:
        return next((each for each in self.world.all(AUTHORIZER, self.api.id) if each["name"] == name), None)

    # ---- the tree

    def _full(self, path: str) -> str:
        return f"{self.prefix}{path}".rstrip("/") or "/"

    def resource(self, path: str) -> bool:
        """The resource at a path, with all that must be above it."""
        if path in self.paths:
            return True
        above, _, part = path.rpartition("/")
        if not self.resource(above or "/"):
            return False
        what, parent = f"Unable to create resource at path '{path}'", self.paths[above or "/"]
        if not self.tried(what, "CreateResource", parentId=parent, pathPart=part):
            return False
        siblings = self.world.all(RESOURCE, self.api.id)
        self.paths[path] = next(each.id for each in siblings if each["path"] == path)
        return True

    def operation(self, operation: Operation) -> None:
        path = self._full(operation.path)
        at = {"resourceId": self.paths[path], "httpMethod": operation.verb}
        if before := self.world.find(METHOD, f"{self.paths[path]}/{operation.verb}"):
            self.world.remove(before)
        where = f"'{operation.verb}' for resource at path '{path}'"
        if not self.tried(f"Unable to put method {where}", "PutMethod", **at, **self.method(operation)):
            return
        for status, response in self.responses(operation).items():
            self.tried(f"Unable to put method response '{status}' on {where}", "PutMethodResponse", **at, **response)
        if said := self.document.followed(operation.fields.get(words.INTEGRATION)):
            self.integration(at, said, path, operation.verb)

    def method(self, operation: Operation) -> Fields:
        told: Fields = {"apiKeyRequired": False, "authorizationType": "NONE"}
        if operation.fields.get("operationId"):
            told["operationName"] = operation.fields["operationId"]
        parameters = {
            f"method.request.{words.PLACES[each['in']]}.{each['name']}": bool(each.get("required"))
            for each in operation.parameters
            if each.get("in") in words.PLACES
        }
        if parameters:
            told["requestParameters"] = parameters
        if named := self._models(self.document.request_schemas(operation)):
            told["requestModels"] = named
        validator = operation.fields.get(words.VALIDATOR, self.document.root.get(words.VALIDATOR))
        known = {each["name"]: each.id for each in self.world.all(REQUEST_VALIDATOR, self.api.id)}
        if validator:
            told["requestValidatorId"] = known.get(validator, validator)
        return told | self.security(operation)

    def security(self, operation: Operation) -> Fields:
        """The first scheme that means something here, and an API key beside it."""
        told: Fields = {}
        if (operation.fields.get(words.AUTH) or {}).get("type", "").upper() == "AWS_IAM":
            told["authorizationType"] = "AWS_IAM"
        wanted = operation.fields.get("security", self.document.root.get("security")) or ()
        for name, scopes in ((name, scopes) for each in wanted for name, scopes in (each or {}).items()):
            scheme = self.document.schemes.get(name) or {}
            if scheme.get(words.AUTH_TYPE, "").lower() == "awssigv4":
                told["authorizationType"] = "AWS_IAM"
            elif found := self._authorizer(name):
                kind = found["type"] if found["type"] in ("COGNITO_USER_POOLS", "JWT") else "CUSTOM"
                told |= {"authorizationType": kind, "authorizerId": found.id}
                told |= {"authorizationScopes": scopes} if scopes and kind != "CUSTOM" else {}
            elif (scheme.get("type"), str(scheme.get("name", "")).lower(), scheme.get("in")) == KEY:
                told["apiKeyRequired"] = True
        return told

    def responses(self, operation: Operation) -> dict[str, Fields]:
        """By status; `default` is no status, and is passed over."""
        told: dict[str, Fields] = {}
        for status, written in (operation.fields.get("responses") or {}).items():
            if not status.startswith(STATUSES):
                continue
            response = self.document.followed(written) or {}
            sent: Fields = {"statusCode": status}
            if headers := response.get("headers"):
                sent["responseParameters"] = {f"method.response.header.{name}": False for name in headers}
            if named := self._models(self.document.response_schemas(operation, response)):
                sent["responseModels"] = named
            told[status] = sent
        return told

    def _models(self, schemas: dict[str, Fields]) -> dict[str, str]:
        """By content type. A schema without a name of its own becomes a model with one made up."""
        return {sort: model_named(schema) or self._nameless(schema) for sort, schema in schemas.items()}

    def _nameless(self, schema: Fields) -> str:
        told = json.dumps(model_schema(imported(schema), self.api.id))
        kept = self.world.all(MODEL, self.api.id)
        same = next(
            (each["name"] for each in kept if each["schema"] == told and each["name"].startswith("MODEL")), None
        )
        if same is None:
            same = f"MODEL{self.world.words()['short']}"
            self.tried(f"Unable to create model for '{same}'", "CreateModel", name=same, contentType=JSON, schema=told)
        return str(same)

    # ---- integrations

    def integration(self, at: Fields, said: Fields, path: str, verb: str) -> None:
        told: Fields = {name: said[name] for name in words.MEMBERS if said.get(name) is not None}
        told["requestParameters"] = self._strings(told.get("requestParameters") or {}, path, verb)
        told = {name: each for name, each in told.items() if each != {}}
        if "httpMethod" in told:
            told["integrationHttpMethod"] = str(told.pop("httpMethod")).upper()
        for name in ("passthroughBehavior", "connectionType", "contentHandling"):
            if said.get(name):
                told[name] = str(said[name]).upper()
        what = f"Unable to put integration on '{verb}' for resource at path '{path}'"
        if self.tried(what, "PutIntegration", **at, **told, type=str(said.get("type", "")).upper()):
            for pattern, answer in (said.get("responses") or {}).items():
                self._answer(at, path, pattern, answer or {})

    def _answer(self, at: Fields, path: str, pattern: str, said: Fields) -> None:
        """A header that the method does not declare is refused (amazon-archives/aws-apigateway-importer#209)."""
        told = {name: said[name] for name in words.ANSWERED if said.get(name) is not None}
        told["statusCode"] = str(told.get("statusCode", "200"))
        if pattern != "default":
            told["selectionPattern"] = pattern
        verb = at["httpMethod"]
        if self.world.find(INTEGRATION_RESPONSE, f"{at['resourceId']}/{verb}/integration/{told['statusCode']}") is None:
            what = f"Unable to put integration response on '{verb}' for resource at path '{path}'"
            self.tried(what, "PutIntegrationResponse", **at, **told)

    def _strings(self, parameters: Fields, path: str, verb: str) -> Fields:
        """Those that are words; others are left out with a warning (recorded put_rest_api/5)."""
        for name, value in parameters.items():
            if not isinstance(value, str):
                self.warnings.append(
                    f"Invalid format for 'requestParameters'. Expected type string for property '{name}' of resource "
                    f"'{path}' and method '{verb}' but got '{json.dumps(value)}'"
                )
        return {name: value for name, value in parameters.items() if isinstance(value, str)}
