"""GetExport: what a stage shows, as an OpenAPI 3 or Swagger 2 document. It reads the deployed picture, so it proves
what is live, not what the tree has become (guide, "Export a REST API from API Gateway")."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from sandbox.kinds import Fields
from sandbox.services.apigateway import openapi as words
from sandbox.services.apigateway.facts import DEPLOYMENT, INTEGRATION, STAGE
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World

KINDS = ("oas30", "swagger")
TYPES = ("application/json", "application/yaml")
ASKED = ("integrations", "apigateway", "authorizers")  # what `extensions` may name
KEY_SCHEME = {"type": "apiKey", "name": "x-api-key", "in": "header"}


def get_export(world: World, request: Fields) -> Fields:
    kind, sort = request["exportType"], request.get("accepts", TYPES[0])
    if kind not in KINDS:
        raise bad(f"Invalid Export type specified: {kind}. Must be one of: [{', '.join(KINDS)}]")
    if sort not in TYPES:
        raise bad(f"Invalid Accept header specified: {sort}")
    extensions = [each for each in request.get("parameters", {}).get("extensions", "").split(",") if each]
    if unknown := [each for each in extensions if each not in ASKED]:
        raise bad(f"Invalid extensions specified: {', '.join(unknown)}")
    stage = world.get(STAGE, f"{api_of(world, request).id}/{request['stageName']}")
    document = _document(world, stage, kind, set(extensions))
    name = f"{kind}_{world.time:%Y-%m-%dT%H-%M-%SZ}.{sort.rpartition('/')[2]}"
    return {
        "body": _written(document, sort),
        "contentType": sort,
        "contentDisposition": f'attachment; filename="{name}"',
    }


def _written(document: Fields, sort: str) -> bytes:
    if sort == TYPES[0]:
        return json.dumps(document, indent=2).encode()
    told, yaml = StringIO(), YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(document, told)
    return told.getvalue().encode()


def _document(world: World, stage: Resource, kind: str, extensions: set[str]) -> Fields:
    shown = world.get(DEPLOYMENT, stage["deploymentId"]).hidden
    api, newer = shown["api"], kind == "oas30"
    info = {"title": api["name"], "version": api.get("version", f"{api['createdDate']:%Y-%m-%dT%H:%M:%SZ}")}
    if "description" in api:
        info["description"] = api["description"]
    host = f"{api['id']}.execute-api.{world.region}.amazonaws.com"
    base = f"/{stage['stageName']}"
    server = {"url": f"https://{host}/{{basePath}}", "variables": {"basePath": {"default": base}}}
    head: Fields = (
        {"openapi": "3.0.1", "info": info, "servers": [server]}
        if newer
        else {"swagger": "2.0", "info": info, "host": host, "basePath": base, "schemes": ["https"]}
    )
    told = _Told(shown, newer, extensions)
    paths = {each["path"]: told.path(each) for each in sorted(shown["resources"], key=lambda each: each["path"])}
    head["paths"] = {path: item for path, item in paths.items() if item}
    return head | told.components() | (told.beside() if "apigateway" in extensions else {})


class _Told:
    """The parts of one document, in the words of one version."""

    def __init__(self, shown: Fields, newer: bool, extensions: set[str]) -> None:  # noqa: FBT001  # one caller
        self.shown, self.newer, self.extensions = shown, newer, extensions

    def path(self, resource: Fields) -> Fields:
        methods = resource.get("resourceMethods", {})
        return {
            words.ANY if verb == "ANY" else verb.lower(): self.operation(resource, methods[verb])
            for verb in sorted(methods)
        }

    def operation(self, resource: Fields, method: Fields) -> Fields:
        told: Fields = {}
        if "operationName" in method:
            told["operationId"] = method["operationName"]
        if parameters := [self.parameter(*each) for each in sorted(method.get("requestParameters", {}).items())]:
            told["parameters"] = parameters
        if models := method.get("requestModels"):
            told |= self.body(models, told)
        told["responses"] = {
            status: self.response(each) for status, each in sorted(method.get("methodResponses", {}).items())
        }
        if security := self.security(method):
            told["security"] = security
        if "apigateway" in self.extensions and "requestValidatorId" in method:
            told[words.VALIDATOR] = self.shown["validators"][method["requestValidatorId"]]["name"]
        if self.extensions & {"integrations", "apigateway"}:
            told[words.INTEGRATION] = integration_told(method["methodIntegration"], resource["id"])
        return told

    def parameter(self, name: str, required: bool) -> Fields:  # noqa: FBT001  # a value, not a switch
        _, _, place, key = name.split(".", 3)
        where = next((here for here, there in words.PLACES.items() if there == place.removeprefix("multivalue")), place)
        told: Fields = {"name": key, "in": where, "required": required or where == "path"}
        return told | ({"schema": {"type": "string"}} if self.newer else {"type": "string"})

    def body(self, models: Fields, told: Fields) -> Fields:
        content = {sort: {"schema": self.ref(name)} for sort, name in models.items()}
        if self.newer:
            return {"requestBody": {"content": content, "required": True}}
        first = next(iter(models.values()))
        parameter = {"in": "body", "name": first, "required": True, "schema": self.ref(first)}
        return {"consumes": list(models), "parameters": [*told.get("parameters", ()), parameter]}

    def response(self, response: Fields) -> Fields:
        told: Fields = {"description": f"{response['statusCode']} response"}
        if headers := response.get("responseParameters"):
            sort = {"schema": {"type": "string"}} if self.newer else {"type": "string"}
            told["headers"] = {name.removeprefix("method.response.header."): sort for name in headers}
        if models := response.get("responseModels"):
            content = {sort: {"schema": self.ref(name)} for sort, name in models.items()}
            told |= {"content": content} if self.newer else {"schema": self.ref(next(iter(models.values())))}
        return told

    def ref(self, model: str) -> Fields:
        return {"$ref": f"#/components/schemas/{model}" if self.newer else f"#/definitions/{model}"}

    def security(self, method: Fields) -> list[Fields]:
        told: list[Fields] = []
        if "authorizerId" in method and method["authorizationType"] not in ("NONE", "AWS_IAM"):
            told.append(
                {self.shown["authorizers"][method["authorizerId"]]["name"]: method.get("authorizationScopes", [])}
            )
        if method["authorizationType"] == "AWS_IAM":
            told.append({"sigv4": []})
        return [*told, {"api_key": []}] if method["apiKeyRequired"] else told

    def components(self) -> Fields:
        schemes: Fields = {}
        methods = [
            each for resource in self.shown["resources"] for each in resource.get("resourceMethods", {}).values()
        ]
        if any(each["apiKeyRequired"] for each in methods):
            schemes["api_key"] = KEY_SCHEME
        if any(each["authorizationType"] == "AWS_IAM" for each in methods):
            schemes["sigv4"] = {**KEY_SCHEME, "name": "Authorization", words.AUTH_TYPE: "awsSigv4"}
        for each in self.shown["authorizers"].values():
            schemes[each["name"]] = self.scheme(each)
        schemas = {name: json.loads(each.get("schema", "{}")) for name, each in self.shown["models"].items()}
        if self.newer:
            return {"components": {"schemas": schemas} | ({"securitySchemes": schemes} if schemes else {})}
        return {"definitions": schemas} | ({"securityDefinitions": schemes} if schemes else {})

    def scheme(self, authorizer: Fields) -> Fields:
        told: Fields = {**KEY_SCHEME, "name": authorizer.get("identitySource", "Unused").rpartition(".")[2]}
        if not self.extensions & {"authorizers", "apigateway"}:
            return told
        told[words.AUTH_TYPE] = authorizer.get("authType", "custom")
        judged = {name: authorizer[name] for name in words.JUDGED if name in authorizer}
        return told | {words.AUTHORIZER: {"type": words.AUTHORIZERS[authorizer["type"]]} | judged}

    def beside(self) -> Fields:
        """The API's own settings, in extensions at the top."""
        api, told = self.shown["api"], {}
        if api.get("policy"):
            told[words.POLICY] = json.loads(json.loads(f'"{api["policy"]}"'))
        if api.get("binaryMediaTypes"):
            told[words.BINARY] = api["binaryMediaTypes"]
        if "minimumCompressionSize" in api:
            told[words.COMPRESSION] = api["minimumCompressionSize"]
        if api["apiKeySource"] != "HEADER":
            told[words.KEY_SOURCE] = api["apiKeySource"]
        if own := self.shown["responses"]:
            members = ("statusCode", "responseParameters", "responseTemplates")
            told[words.RESPONSES] = {
                type: {name: each[name] for name in members if each.get(name)} for type, each in own.items()
            }
        if validators := self.shown["validators"].values():
            flags = ("validateRequestBody", "validateRequestParameters")
            told[words.VALIDATORS] = {each["name"]: {flag: each[flag] for flag in flags} for each in validators}
        return told


def integration_told(integration: Fields, resource: str) -> Fields:
    """In an extension: type and behaviour in small letters, responses by pattern, and nothing that is as always."""
    usual: dict[str, Any] = {**INTEGRATION.defaults, "cacheNamespace": resource, "connectionType": "INTERNET"}
    told = {
        name: integration[name]
        for name in words.MEMBERS
        if name in integration and integration[name] != usual.get(name)
    }
    told |= {"type": integration["type"].lower(), "passthroughBehavior": integration["passthroughBehavior"].lower()}
    if answers := integration.get("integrationResponses", {}).values():
        told["responses"] = {
            each.get("selectionPattern") or "default": {name: each[name] for name in words.ANSWERED if name in each}
            for each in answers
        }
    return told
