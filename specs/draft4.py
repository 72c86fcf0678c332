"""JSON Schema as the models of REST APIs take it: draft 4, and not a word more.

CreateModel refuses every keyword that draft 4 does not have, those that OpenAPI adds among them: `Invalid model schema
specified. Unsupported keyword(s): ["example"]`. So a schema of a spec is refused with its line, and of a document's
schemas such words are left out, as an import does.

Sources: API Gateway developer guide, "Data models for REST APIs" and "Amazon API Gateway important notes"; the refusals
are quoted in amazon-archives/aws-apigateway-importer, issues 200 and 213.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from specs.node import Steps

Fault = tuple[Steps, str]
"""Where in a schema, and what is wrong there."""
REFUSED = "Invalid model schema specified"
NAMED = ("properties", "patternProperties", "definitions", "dependencies")
"""Maps of schemas by name: what they hold are no keywords."""
NESTED = ("items", "additionalItems", "additionalProperties", "not", "allOf", "anyOf", "oneOf")
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def _text(value: object) -> bool:
    return isinstance(value, str)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _some(value: object) -> bool:
    """A list of one or more, no two of them the same."""
    return isinstance(value, (list, tuple)) and 0 < len(value) == len({repr(each) for each in value})


def _names(value: object) -> bool:
    return _some(value) and all(isinstance(each, str) for each in value)  # type: ignore[attr-defined]  # _some says so


def _type(value: object) -> bool:
    said = (value,) if isinstance(value, str) else value
    return _names(said) and all(each in TYPES for each in said)  # type: ignore[attr-defined]  # _names says so


def _schema(value: object) -> bool:
    return isinstance(value, Mapping)


def _schemas(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_schema, value))


def _one_or_several(value: object) -> bool:
    return _schema(value) or _schemas(value)


def _schema_or_flag(value: object) -> bool:
    return _schema(value) or _flag(value)


SHAPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(("$schema", "$ref", "id", "title", "description", "pattern", "format"), (_text, "text")),
    **dict.fromkeys(("maximum", "minimum", "multipleOf"), (_number, "a number")),
    **dict.fromkeys(
        ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
        (_count, "a whole number from 0"),
    ),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "uniqueItems"), (_flag, "true or false")),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (_schemas, "a list of schemas")),
    **dict.fromkeys(("properties", "patternProperties", "definitions", "dependencies"), (_schema, "a map")),
    **dict.fromkeys(("additionalItems", "additionalProperties"), (_schema_or_flag, "a schema, or true or false")),
    "default": (lambda _: True, ""),
    "enum": (_some, "a list of values, none of them twice"),
    "items": (_one_or_several, "a schema, or several"),
    "not": (_schema, "a schema"),
    "required": (_names, "a list of names, none of them twice"),
    "type": (_type, f"one or several of {', '.join(TYPES)}"),
}
"""Every keyword of draft 4 with what its value has to be (JSON Schema, core and validation, draft 4)."""


def says(word: str, value: object) -> bool:
    """Whether an import keeps this of a schema: draft 4 has no empty `required`, none that is true or false as draft 3
    had, and no type `file` as Swagger has."""
    if word == "required":
        return isinstance(value, tuple) and bool(value)
    return word in SHAPES and (word, value) != ("type", "file")


def faults(schema: Any, steps: Steps = ()) -> Iterator[Fault]:
    """What CreateModel would refuse."""
    for word, value in schema.items() if isinstance(schema, Mapping) else ():
        here = (*steps, word)
        shape, wanted = SHAPES.get(word, (None, ""))
        if shape is None:
            yield here, f"models have no keyword `{word}`"
        elif not shape(value):
            yield here, f"`{word}` is {wanted}"
        elif word in NAMED:
            for name, each in value.items():
                yield from faults(each, (*here, name))
        elif word in NESTED:
            several = value if isinstance(value, (list, tuple)) else ()
            for number, each in enumerate(several):
                yield from faults(each, (*here, number))
            yield from faults(value, here)
