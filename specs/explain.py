"""`penstock explain apiservice.services.scaling`: what a field is for, from the models; and what a code means."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specs.codes import CODES
from specs.expand import did_you_mean
from specs.schema import json_schema

INDENT = "  "
CODE = re.compile(r"[Ee]\d+")


def explain(path: str) -> str:
    """Help on a kind, a block or a field. `spec` and the names in maps may be left out of the path.

    Raises KeyError, with what was probably meant, for a path that leads nowhere.
    """
    if path.upper() in CODES:
        return f"{path.upper()}: {CODES[path.upper()]}"
    schema = json_schema()
    definitions: Mapping[str, Any] = schema["$defs"]
    kinds = {reference["$ref"].rsplit("/", 1)[1].lower(): reference for reference in schema["oneOf"]}
    first, *steps = path.split(".")
    node = kinds.get(first.lower())
    if node is None and CODE.fullmatch(path):
        raise KeyError(f"no code `{path}`; `penstock explain codes` lists them")
    if node is None:
        raise KeyError(_nowhere(first, kinds))
    if steps[:1] != ["metadata"] and steps[:1] != ["spec"]:
        steps = ["spec", *steps] if steps else []
    for step in steps:
        node = _step(node, step, definitions)
    return "\n".join(_shown(path, node, definitions))


def _nowhere(step: str, known: Mapping[str, Any]) -> str:
    hint = did_you_mean(step, known)
    return f"no field `{step}`" + (f": {hint}" if hint else f"; there are {', '.join(sorted(known))}")


def _step(node: Mapping[str, Any], step: str, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = _fields(node, definitions)
    if step in fields:
        return fields[step]
    inside = _inside(node, definitions)
    if inside is None:
        raise KeyError(_nowhere(step, fields))
    return _fields(inside, definitions).get(step, inside)


def _long(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The map that a node is in the end, beyond references, null and short forms."""
    if "$ref" in node:
        return _long(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    maps = [long for one in node.get("anyOf", ()) if "type" in (long := _long(one, definitions)) and _is_block(long)]
    return maps[-1] if maps else node


def _is_block(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "object" and "properties" in node


def _fields(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = _long(node, definitions).get("properties", {})
    return found


def _inside(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the members of a map, or the items of a list, are."""
    long = _long(node, definitions)
    members = list(long.get("patternProperties", {}).values()) or [long.get("additionalProperties"), long.get("items")]
    return next((one for one in members if isinstance(one, Mapping)), None)


def _shown(path: str, node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    yield f"{path}  <{_kind(node, definitions)}>"
    about = node.get("description") or _about(node, definitions)
    yield from [f"{INDENT}{about}"] if about else []
    inside = _inside(node, definitions)
    fields = _fields(node, definitions) or (_fields(inside, definitions) if inside else {})
    required = _long(node, definitions).get("required", ())
    if fields:
        yield ""
        yield "FIELDS"
    for name, field in fields.items():
        yield f"{INDENT}{name}  <{_kind(field, definitions)}>{_remark(name in required, field.get('default'))}"
        yield from [f"{INDENT * 3}{field['description']}"] if "description" in field else []


def _remark(required: bool, default: object) -> str:  # noqa: FBT001  # a private sentence, not an interface
    if required:
        return "  required"
    return "" if default in (None, "", [], {}) or isinstance(default, Mapping) else f"  default {_written(default)}"


def _written(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _about(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    name = node.get("$ref", "").rsplit("/", 1)[-1]
    return str(definitions.get(name, {}).get("description", ""))


def _kind(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The type of a field in a few words."""
    if "enum" in node:
        return " | ".join(map(str, node["enum"]))
    if "const" in node:
        return _written(node["const"])
    if "$ref" in node:
        return str(node["$ref"].rsplit("/", 1)[1])
    if "anyOf" in node:
        words = [_kind(one, definitions) for one in node["anyOf"] if one.get("type") != "null"]
        return " | ".join(dict.fromkeys(words))
    inside = _inside(node, definitions)
    words_for = {"array": "list", "object": "map", "string": "text", "integer": "number", "boolean": "true | false"}
    word = words_for.get(str(node.get("type")), str(node.get("type", "anything")))
    if node.get("examples"):
        return f"such as {node['examples'][0]}"
    return f"{word} of {_kind(inside, definitions)}" if inside else word
