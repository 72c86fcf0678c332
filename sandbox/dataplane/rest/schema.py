"""Does a value keep to a JSON schema of draft 4, as models of REST APIs are written (guide, "Models and templates")?

The words that say something about a value are here; `format`, `default`, titles and descriptions say nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sized
from typing import Any

Schema = Mapping[str, Any]
Models = Mapping[str, Schema]
MODEL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/]+/models/(\w+)")
TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def keeps(value: Any, schema: Schema, models: Models, root: Schema | None = None) -> bool:
    """`models`: the schemas of the API's other models, by name. `root`: the document that `#/definitions` is of."""
    root = schema if root is None else root
    if reference := schema.get("$ref"):
        return _keeps_reference(value, reference, models, root)
    return all(check(value, schema[word], schema, models, root) for word, check in CHECKS.items() if word in schema)


def _keeps_reference(value: Any, reference: str, models: Models, root: Schema) -> bool:
    if named := MODEL.fullmatch(reference):
        found = models.get(named[1], {})
        return keeps(value, found, models)
    place: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        place = place.get(step, {}) if step else place
    return keeps(value, place, models, root)


Check = Callable[[Any, Any, Schema, Models, Schema], bool]


def _type(value: Any, wanted: Any, *_: Any) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    return any(isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in names)


def _properties(value: Any, wanted: Any, _: Schema, models: Models, root: Schema) -> bool:
    named = wanted.items() if isinstance(value, dict) else ()
    return all(keeps(value[name], each, models, root) for name, each in named if name in value)


def _additional(value: Any, wanted: Any, schema: Schema, models: Models, root: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    patterns = schema.get("patternProperties", {})
    known = {
        name for name in value if name in schema.get("properties", {}) or any(re.search(p, name) for p in patterns)
    }
    others = [each for name, each in value.items() if name not in known]
    return (
        not others if wanted is False else wanted is True or all(keeps(each, wanted, models, root) for each in others)
    )


def _items(value: Any, wanted: Any, _: Schema, models: Models, root: Schema) -> bool:
    if not isinstance(value, list):
        return True
    pairs = zip(value, wanted, strict=False) if isinstance(wanted, list) else ((each, wanted) for each in value)
    return all(keeps(each, schema, models, root) for each, schema in pairs)


def _sized(kind: type[Sized], holds: Callable[[int, Any], bool]) -> Check:
    return lambda value, wanted, *_: not isinstance(value, kind) or holds(len(value), wanted)


def _measured(holds: Callable[[Any, Any, Schema], bool]) -> Check:
    def check(value: Any, wanted: Any, schema: Schema, *_: Any) -> bool:
        return not isinstance(value, (int, float)) or isinstance(value, bool) or holds(value, wanted, schema)

    return check


def _counted(holds: Callable[[list[bool]], bool]) -> Check:
    def check(value: Any, wanted: Any, _: Schema, models: Models, root: Schema) -> bool:
        return holds([keeps(value, each, models, root) for each in wanted])

    return check


CHECKS: dict[str, Check] = {
    "type": _type,
    "enum": lambda value, wanted, *_: value in wanted,
    "required": lambda value, wanted, *_: not isinstance(value, dict) or set(wanted) <= value.keys(),
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "minItems": _sized(list, lambda size, least: size >= least),
    "maxItems": _sized(list, lambda size, most: size <= most),
    "uniqueItems": lambda value, wanted, *_: not (wanted and isinstance(value, list)) or _distinct(value),
    "minProperties": _sized(dict, lambda size, least: size >= least),
    "maxProperties": _sized(dict, lambda size, most: size <= most),
    "minLength": _sized(str, lambda size, least: size >= least),
    "maxLength": _sized(str, lambda size, most: size <= most),
    "pattern": lambda value, wanted, *_: not isinstance(value, str) or re.search(wanted, value) is not None,
    "minimum": _measured(
        lambda value, least, schema: value > least or (value == least and not schema.get("exclusiveMinimum"))
    ),
    "maximum": _measured(
        lambda value, most, schema: value < most or (value == most and not schema.get("exclusiveMaximum"))
    ),
    "multipleOf": _measured(lambda value, step, _: value % step == 0),
    "allOf": _counted(all),
    "anyOf": _counted(any),
    "oneOf": _counted(lambda kept: kept.count(True) == 1),
    "not": lambda value, wanted, _, models, root: not keeps(value, wanted, models, root),
}


def _distinct(values: list[Any]) -> bool:
    return len({json.dumps(each, sort_keys=True) for each in values}) == len(values)
