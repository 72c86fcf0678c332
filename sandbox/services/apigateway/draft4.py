"""JSON Schema of draft 4, which is all that a model may say: CreateModel refuses other keywords by name, and an import
leaves them out.

The refusal is quoted in amazon-archives/aws-apigateway-importer, issues 200 (`discriminator`) and 213 (`example`); that
an import drops `nullable` is seen in models of those who asked why.
"""

from __future__ import annotations

from typing import Any

NAMED = ("properties", "patternProperties", "definitions", "dependencies")
NESTED = ("items", "additionalItems", "additionalProperties", "not", "allOf", "anyOf", "oneOf")
PLAIN = (
    "$schema", "$ref", "id", "title", "description", "default", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties",
    "minProperties", "required", "enum", "type", "format",
)  # fmt: skip
KEYWORDS = frozenset((*NAMED, *NESTED, *PLAIN))


def unsupported(schema: Any) -> list[str]:
    """The words of a schema that are none of draft 4, each once, as CreateModel lists them."""
    found: dict[str, None] = {}
    for word, value in schema.items() if isinstance(schema, dict) else ():
        if word not in KEYWORDS:
            found[word] = None
        for each in _within(word, value):
            found |= dict.fromkeys(unsupported(each))
    return list(found)


def imported(schema: Any) -> Any:
    """A schema as an import keeps it."""
    match schema:
        case dict():
            return {word: _kept(word, value) for word, value in schema.items() if _says(word, value)}
        case list():
            return [imported(each) for each in schema]
    return schema


def _within(word: str, value: Any) -> list[Any]:
    """The schemas that a keyword holds."""
    if word in NAMED and isinstance(value, dict):
        return list(value.values())
    if word in NESTED:
        return value if isinstance(value, list) else [value]
    return []


def _kept(word: str, value: Any) -> Any:
    if word in NAMED and isinstance(value, dict):
        return {name: imported(each) for name, each in value.items()}
    return imported(value) if word in NESTED else value


def _says(word: str, value: Any) -> bool:
    """Draft 4 has no empty `required`, none that is true or false as draft 3 had, and no type `file` as Swagger has."""
    if word == "required":
        return isinstance(value, list) and bool(value)
    return word in KEYWORDS and (word, value) != ("type", "file")
