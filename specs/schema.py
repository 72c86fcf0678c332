"""JSON Schema for editors, from the models themselves: short forms included, fields that come later absent.

An editor sees one file, so it cannot know an Environment's `defaults`: `image` and `port` are not required here,
though the loader requires them of what results.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from specs.block import Block
from specs.expand import Shape, fields_of
from specs.kinds import KINDS
from specs.values import Scalar

Draft = Literal["7", "2020-12"]
DIALECTS: Mapping[Draft, str] = {
    "7": "http://json-schema.org/draft-07/schema#",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
# pydantic's names for bounds on a value that a function prepares, and JSON Schema's
BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "min_length": "minItems"}


def json_schema(kind: str | None = None, draft: Draft = "2020-12") -> dict[str, Any]:
    """The schema of one kind, or of both. Raises KeyError for an unknown kind or draft."""
    from pydantic.json_schema import models_json_schema  # for editors only, so `validate` does not wait for it

    dialect = DIALECTS[draft]
    kinds = [kind] if kind else list(KINDS)
    _, generated = models_json_schema([(KINDS[one], "validation") for one in kinds], by_alias=True)
    definitions = generated["$defs"]
    blocks = {block.__name__: block for one in kinds for block in _blocks(KINDS[one])}
    for name, block in blocks.items():
        definitions[name] = _block(block, definitions[name])
    choice = [{"$ref": f"#/$defs/{one}"} for one in kinds]
    whole = {"$schema": dialect, "title": "Penstock", "$defs": definitions}
    whole |= choice[0] if kind else {"oneOf": choice}
    tidy: dict[str, Any] = _tidy(whole)
    return _draft_7(tidy) if draft == "7" else tidy


def _blocks(block: type[Block]) -> frozenset[type[Block]]:
    """The block and every block inside it."""
    found = {block}
    for field_shape in fields_of(block).values():
        shape: Shape | None = field_shape
        while shape is not None:
            if shape.block:
                found |= _blocks(shape.block)
            shape = shape.members or shape.items
    return frozenset(found)


def _block(block: type[Block], schema: dict[str, Any]) -> dict[str, Any]:
    """One definition with descriptions, written defaults, and the short form beside the long one."""
    texts = help_of(block)
    for name, field in block.model_fields.items():
        member = schema["properties"][field.alias or name]
        member["description"] = texts[name]
        for scalar in field.metadata:
            if isinstance(scalar, Scalar) and member.get("default") is not None:
                member["default"] = scalar.show(field.default)
    if block.__name__ in ("Service", "Model"):  # `image` may be inherited, `schema` may be in a file
        del schema["required"]
    if block.short is None:
        return schema
    description = schema.pop("description")
    if block.short.keys:
        schema["properties"] |= block.short.keys
        schema.pop("required", None)
    return {"description": description, "anyOf": [dict(block.short.schema), schema]}


@cache
def help_of(block: type[Block]) -> Mapping[str, str]:
    """The sentence under each field in the source of the model, by attribute; inherited ones too."""
    texts: dict[str, str] = {}
    for one in reversed(block.__mro__):
        if issubclass(one, Block) and one is not Block:
            texts |= _sentences(inspect.getsource(one))
    return texts


def _sentences(source: str) -> dict[str, str]:
    body = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)).body
    return {
        before.target.id: " ".join(str(after.value.value).split())
        for before, after in pairwise(body)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    }


def _tidy(schema: Any) -> Any:
    """Without pydantic's titles, and with JSON Schema's own words for bounds."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {BOUNDS.get(key, key): _member(key, value) for key, value in schema.items() if key != "title"}
    if "patternProperties" in tidy:  # the keys of a map are checked by the pattern alone
        tidy.pop("propertyNames", None)
        tidy["additionalProperties"] = False
    return tidy


def _member(key: str, value: Any) -> Any:
    if key in ("properties", "$defs", "patternProperties"):
        return {name: _tidy(member) for name, member in value.items()}
    return value if key in ("default", "examples", "enum") else _tidy(value)


def _draft_7(schema: Any) -> Any:
    """The same in the older dialect: definitions, and no keys beside a reference."""
    if isinstance(schema, list):
        return [_draft_7(item) for item in schema]
    if isinstance(schema, str):
        return schema.replace("#/$defs/", "#/definitions/")
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and set(schema) - {"$ref", "$schema", "$defs"}:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _draft_7({**beside, "allOf": [{"$ref": schema["$ref"]}]})
    return {"definitions" if key == "$defs" else key: _draft_7(value) for key, value in schema.items()}
