"""Says pydantic's errors in the words of somebody who wrote YAML, at the character they wrote."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from specs import later
from specs.block import Block
from specs.expand import Report, did_you_mean
from specs.node import Node, Steps, dotted
from specs.problem import Problem

# What YAML 1.1 reads as true or false and YAML 1.2, and we, as text.
WORDS_FOR_BOOLEANS = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "True", "TRUE"), "true"),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF", "n", "N", "False", "FALSE"), "false"),
}
SENTENCES = {
    "bool_type": "Input should be true or false",
    "int_type": "Input should be a whole number",
    "int_from_float": "Input should be a whole number",
    "float_type": "Input should be a number",
    "string_type": "Input should be text",
    "string_too_short": "Input should not be empty",
    "too_short": "Input should not be empty",
    "tuple_type": "Input should be a list",
    "dict_type": "Input should be a map",
    "mapping_type": "Input should be a map",
    "model_type": "Input should be a map",
    "model_attributes_type": "Input should be a map",
}
CODES = {
    "literal_error": "E1106",
    "greater_than": "E1105",
    "greater_than_equal": "E1105",
    "less_than": "E1105",
    "less_than_equal": "E1105",
    "range": "E1105",
    "retention": "E1105",
}


def problems(invalid: ValidationError, spec: Node, report: Report) -> Iterator[Problem]:
    """The problems of one expanded spec; `spec` is the node that was validated."""
    errors = invalid.errors(include_url=False)
    places = [tuple(error["loc"]) for error in errors]
    for steps, error in zip(places, errors, strict=True):
        if steps and steps[-1] == "[key]":
            yield _wrong_key(spec.nearest(steps[:-1]), error)
        elif error["type"] == "missing" or (error["type"] == "too_short" and _unwritten(spec, steps)):
            yield from _missing(spec.nearest(steps[:-1]), str(steps[-1]), report)
        elif error["type"] == "too_short" and any(deeper[: len(steps)] == steps != deeper for deeper in places):
            continue  # pydantic counts the good ones alone, and of the others each has its own sentence
        else:
            yield _wrong_value(spec.nearest(steps), steps, error)


def _unwritten(spec: Node, steps: Steps) -> bool:
    """Whether nobody wrote the value there: it was filled in, and so stands where its block does."""
    return spec.nearest(steps).path == spec.nearest(steps[:-1]).path


def _wrong_key(node: Node, error: Any) -> Problem:
    return node.problem("E1107", f"{dotted(node.path)}: key {_lower(error['msg'])}", at_key=True)


def _missing(block: Node, name: str, report: Report) -> Iterator[Problem]:
    if not report.excuses(block.path, name):
        place = f" in {dotted(block.path)}" if block.path else ""
        yield block.problem("E1103", f"missing field `{name}`{place}", at_key=True)


def _wrong_value(node: Node, steps: Steps, error: Any) -> Problem:
    kind, context = error["type"], error.get("ctx") or {}
    sentence, hint = SENTENCES.get(kind, error["msg"]), str(context.get("hint") or "")
    written = node.value
    if kind == "literal_error":
        known = _alternatives(str(context["expected"]), steps)
        sentence, hint = f"Input should be {listed(known)}", did_you_mean(str(written), known)
    elif kind == "bool_type" and isinstance(written, str) and written in WORDS_FOR_BOOLEANS:
        hint = f"write {WORDS_FOR_BOOLEANS[written]}: `{written}` is text in YAML 1.2"
    elif kind in ("int_type", "float_type") and isinstance(written, str) and written.isdecimal():
        hint = f"write {written} without quotes"
    elif kind in ("string_type", "form") and isinstance(written, int | float):
        hint = "put it in quotes"
    elif kind == "model_type" and isinstance(written, str):
        hint = _brief_form(str(context["class_name"]))
        sentence = f"{sentence} or its short form" if hint else sentence
    elif hint:
        hint = f"did you mean `{hint}`?"
    return node.problem(CODES.get(kind, "E1104"), f"{dotted(node.path)}: {sentence}", hint)


def _alternatives(expected: str, steps: Steps) -> tuple[str, ...]:
    """The words of a Literal, and those that come later: `bluegreen` meant `blueGreen`, which then says so itself."""
    present = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return (*present, *(word for word in later.values(("spec", *steps)) if word not in present))


def _brief_form(name: str) -> str:
    """The first sentence of a block that may be written in brief: it says how."""
    blocks = (block for block in Block.__subclasses__() if block.__name__ == name and block.short)
    return next(((block.__doc__ or "").splitlines()[0] for block in blocks), "")


def listed(words: tuple[str, ...]) -> str:
    """`'a', 'b' or 'c'`."""
    quoted = [f"'{word}'" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
