"""Writes docs/spec-reference.md from the models, so that it cannot say anything else than they do.

.venv/bin/python -m tests.docs.generate
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specs import json_schema
from specs.codes import CODES
from specs.later import FIELDS, IMPOSSIBLE, VALUES
from tests.docs.reading import ROOT

SCALARS = {"string", "integer", "boolean"}
"""What may be written without quotes where text is meant."""
PAGE = ROOT / "docs/spec-reference.md"
OPENING = """# Spec reference

Generated from the models by `python -m tests.docs.generate`; a test fails when it is older than they are.
`penstock explain apiservice.services.scaling` shows the same on a terminal, `penstock schema` gives it to an editor.

* A field that is not listed here is refused, with its line and what was probably meant.
* **Short forms** stand under a block's name. `healthCheck: /healthz` is `healthCheck: {path: /healthz}`.
* **Durations** are `30s`, `5m`, `1h`, `30d`; sizes `512`, `512MiB`, `"1 GB"`; CPU `512` or `"0.5 vCPU"`.
* `${vars.NAME}` takes a value from the Environment's `vars` or from `--var NAME=VALUE`; `$${` is a plain `${`.
* **Precedence**: default < `Environment.defaults` < the spec < `environments.<name>` (RFC 7386 merge patches).
"""


def page() -> str:
    schema = json_schema()
    definitions: Mapping[str, Any] = schema["$defs"]
    shown = _reached(definitions, [each["$ref"].rsplit("/", 1)[1] for each in schema["oneOf"]])
    sections = [_section(name, definitions) for name in shown]
    return "\n".join([OPENING, *sections, *_later(), *_codes()]) + "\n"


def _reached(definitions: Mapping[str, Any], roots: list[str]) -> list[str]:
    """Every block, in the order a reader meets it, depth first."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in found:
            return
        found[name] = None
        for reference in _references(definitions[name]):
            visit(reference)

    for root in roots:
        visit(root)
    return list(found)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _section(name: str, definitions: Mapping[str, Any]) -> str:
    definition = definitions[name]
    long = _long(definition)
    lines = [f"## {name}", "", _sentence(definition.get("description", "")), ""]
    brief = [one for one in definition.get("anyOf", ()) if one is not long]
    if brief:
        lines += [f"Short form: {' or '.join(_type(one) for one in brief)}.", ""]
    if not long.get("properties"):
        return "\n".join(lines)
    lines += ["| Field | Type | Default | For |", "| --- | --- | --- | --- |"]
    for field, node in long["properties"].items():
        default = "**required**" if field in long.get("required", ()) else _default(node)
        lines.append(f"| `{field}` | {_type(node)} | {default} | {_cell(_sentence(node.get('description', '')))} |")
    return "\n".join([*lines, ""])


def _long(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """The map among the forms of a block."""
    forms: list[Mapping[str, Any]] = definition.get("anyOf", [definition])
    return next((one for one in reversed(forms) if "properties" in one), forms[-1])


def _default(node: Mapping[str, Any]) -> str:
    value = node.get("default")
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        return "" if "$ref" in str(node) else f"`{value}`"
    words = ", ".join(map(str, value)) if isinstance(value, list) else value
    return f"`{str(words).lower() if isinstance(value, bool) else words}`"


def _type(node: Mapping[str, Any]) -> str:  # noqa: PLR0911  one return for each thing JSON Schema can say
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "allOf" in node:
        return _type(node["allOf"][0])
    if {str(one.get("type")) for one in node.get("anyOf", ())} >= SCALARS:
        return "text"
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_type(one) for one in node["anyOf"] if one.get("type") != "null"))
    if "enum" in node:
        return ", ".join(f"`{each}`" for each in node["enum"])
    if "const" in node:
        return f"`{str(node['const']).lower() if isinstance(node['const'], bool) else node['const']}`"
    if node.get("examples"):
        return f"such as `{node['examples'][0]}`"
    if node.get("type") == "array":
        return f"list of {_type(node['items'])}" if node.get("items") else "list"
    if node.get("type") == "object":
        inside = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
        members = next((each for each in inside if isinstance(each, Mapping)), None)
        return f"map of {_type(members)}" if members else "map"
    return _range(node)


def _range(node: Mapping[str, Any]) -> str:
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
    word = words.get(str(node.get("type")), "anything")
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f"{word} {low:,} to {high:,}"
    return f"{word} from {low:,}" if low is not None else word


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _later() -> Iterator[str]:
    yield "## Not there yet"
    yield ""
    yield "These belong to the language and are refused by name, so that nobody believes them obeyed."
    yield ""
    yield "| Field or value | What comes later |"
    yield "| --- | --- |"
    for path, words in FIELDS.items():
        yield f"| `{path.replace('/', '.')}` | {_what(words)} |"
    for path, values in VALUES.items():
        for value, words in values.items():
            told = "any other" if value == "*" else value
            yield f"| `{path.replace('/', '.')}`: `{told}` | {_what(words)} |"
    yield ""
    yield "And these AWS has no place for with what Penstock runs:"
    yield ""
    yield "| Value | AWS's rule | Instead |"
    yield "| --- | --- | --- |"
    for path, impossible in IMPOSSIBLE.items():
        for value, (rule, instead) in impossible.items():
            yield f"| `{path.replace('/', '.')}`: `{value}` | {rule} | {instead} |"
    yield ""


def _what(words: str) -> str:
    """`custom domains come` as the table's heading completes it."""
    return words.removesuffix(" come").removesuffix(" comes")


def _codes() -> Iterator[str]:
    yield "## Codes"
    yield ""
    yield "What an error's code means; `penstock explain E1304` says it on a terminal."
    yield ""
    yield "| Code | Meaning |"
    yield "| --- | --- |"
    for code, meaning in CODES.items():
        yield f"| `{code}` | {_cell(meaning)} |"


if __name__ == "__main__":
    PAGE.write_text(page())
