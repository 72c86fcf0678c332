"""An OpenAPI 3 or Swagger 2 document as API Gateway reads one: JSON or YAML, references followed within it, and the two
versions brought under one set of words (guide, "Develop REST APIs using OpenAPI", "Known issues")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.kinds import Fields
from sandbox.services.apigateway import openapi as words
from sandbox.services.apigateway.words import bad

INVALID = "Invalid OpenAPI input."
JSON = "application/json"
_SCHEMA = re.compile(r"#/(?:components/schemas|definitions)/(.+)")


class Operation(NamedTuple):
    """One method of one path: `fields` as written, `parameters` with those of its path, references followed."""

    path: str
    verb: str
    fields: Fields
    parameters: list[Fields]


class Document:
    """Raises `Refusal` for bytes that are no such document."""

    def __init__(self, body: bytes) -> None:
        self.root = _read(body)
        version = str(self.root.get("swagger", self.root.get("openapi", "")))
        if not version.startswith(("2", "3")) or not isinstance(self.root.get("info"), dict):
            raise bad(INVALID)
        self.newer = "openapi" in self.root
        self.info: Fields = self.root["info"]
        parts = self.root.get("components", {}) if self.newer else self.root
        self.schemas: Fields = parts.get("schemas" if self.newer else "definitions") or {}
        self.schemes: Fields = parts.get("securitySchemes" if self.newer else "securityDefinitions") or {}

    def followed(self, value: Any) -> Any:
        """What a local reference means; anything else is itself."""
        seen = 0
        while isinstance(value, dict) and isinstance(value.get("$ref"), str) and seen < 50:  # a circle ends too
            value, seen = self._at(value["$ref"]), seen + 1
        return value

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise bad(f"{INVALID} References to other documents are not supported: {reference}")
        place: Any = self.root
        for step in reference[2:].split("/"):
            place = place.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(place, dict) else {}
        return place

    @property
    def server(self) -> Fields:
        """The first of its servers; Swagger has one, which is the document itself."""
        if not self.newer:
            return self.root
        servers = self.root.get("servers") or ()
        return next((each for each in servers if isinstance(each, dict)), {})

    @property
    def base(self) -> str:
        """The path under which the document says it lives; empty for none."""
        if not self.newer:
            return str(self.root.get("basePath", "")).strip("/")
        server = self.server
        default = server.get("variables", {}).get("basePath", {}).get("default")
        return str(default if default is not None else urlsplit(server.get("url", "")).path).strip("/")

    def paths(self) -> Iterator[tuple[str, Fields]]:
        for path, item in (self.root.get("paths") or {}).items():
            if path.startswith("/"):
                found = self.followed(item) or {}
                if not isinstance(found, dict):
                    raise bad(INVALID)
                yield path, found

    def operations(self) -> Iterator[Operation]:
        for path, item in self.paths():
            for name, operation in item.items():
                verb = "ANY" if name == words.ANY else name.upper()
                if verb != "ANY" and name not in words.VERBS:
                    continue
                if not isinstance(operation or {}, dict):
                    raise bad(INVALID)
                shared = [self.followed(each) for each in item.get("parameters") or ()]
                own = [self.followed(each) for each in (operation or {}).get("parameters") or ()]
                known = {(each.get("in"), each.get("name")) for each in own}
                kept = [each for each in shared if (each.get("in"), each.get("name")) not in known]
                yield Operation(path, verb, operation or {}, [*kept, *own])

    def request_schemas(self, operation: Operation) -> dict[str, Fields]:
        """The schema of each content type a body may have."""
        if self.newer:
            content = (self.followed(operation.fields.get("requestBody")) or {}).get("content") or {}
            return _schemas(content)
        body = next((each for each in operation.parameters if each.get("in") == "body"), {})
        sorts = operation.fields.get("consumes") or self.root.get("consumes") or [JSON]
        return _for_all(sorts, body.get("schema"))

    def response_schemas(self, operation: Operation, response: Fields) -> dict[str, Fields]:
        if self.newer:
            content = response.get("content") or {}
            return _schemas(content)
        sorts = operation.fields.get("produces") or self.root.get("produces") or [JSON]
        return _for_all(sorts, response.get("schema"))


def _schemas(content: Fields) -> dict[str, Fields]:
    return {sort: each["schema"] for sort, each in content.items() if each and each.get("schema")}


def _for_all(sorts: Iterable[str], schema: Fields | None) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    if schema:
        found |= ((sort, schema) for sort in sorts)
    return found


def model_named(schema: Fields) -> str:
    """The model a schema is nothing but a reference to; empty otherwise."""
    found = _SCHEMA.fullmatch(str(schema.get("$ref", "")))
    return found[1] if found else ""


def model_schema(schema: Any, api: str) -> Any:
    """A schema as a model keeps it: references are to the API's models by URL."""
    match schema:
        case {"$ref": str() as reference} if found := _SCHEMA.fullmatch(reference):
            return {"$ref": f"https://apigateway.amazonaws.com/restapis/{api}/models/{found[1]}"}
        case dict():
            return {name: model_schema(each, api) for name, each in schema.items()}
        case list():
            return [model_schema(each, api) for each in schema]
    return schema


def _read(body: bytes) -> Fields:
    try:
        read = json.loads(body)
    except ValueError:
        try:
            read = YAML(typ="safe", pure=True).load(body)
        except (YAMLError, ValueError):
            raise bad(INVALID) from None
    told = _plain(read)
    if not isinstance(told, dict):
        raise bad(INVALID)
    return told


def _plain(value: Any) -> Any:
    """As JSON would have it: status codes written as numbers are words, and so are dates."""
    match value:
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case datetime() | date():
            return value.isoformat()
    return value
