"""Turns what a person wrote into the one long form, and reports every field nobody knows, in one walk over the models.

The models say what a block may be called, how it is written in brief and what is inside; so this walk, validation and
the JSON Schema cannot disagree. It runs over a whole spec, over each patch in `environments` and over an
Environment's `defaults` before they are merged, because a merge would hide a misspelt `null`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from specs import later
from specs.block import Block
from specs.node import Node, Steps, built, dotted
from specs.problem import Problem


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand somewhere: a block, a map of something, a list of something, or (none of these) a scalar."""

    block: type[Block] | None = None
    members: "Shape | None" = None
    items: "Shape | None" = None
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """The mistakes found so far, and in which blocks something was refused that may be why something is missing."""

    problems: list[Problem] = field(default_factory=list)
    refused: dict[Steps, set[str]] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def excuses(self, block: Steps, missing: str) -> bool:
        """Whether a missing field has been explained already: it was misspelt, or what replaces it comes later."""
        return bool(self.refused.get(block, set()) & {missing, "*"})


@cache
def fields_of(block: type[Block]) -> Mapping[str, Shape]:
    """The keys of a block as YAML spells them, with what each may hold."""
    return {field.alias or name: shape_of(cast("Any", field.annotation)) for name, field in block.model_fields.items()}


@cache
def shape_of(annotation: Any) -> Shape:
    """Reads a field's annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0])
    if origin in (Union, UnionType):
        present = [argument for argument in arguments if argument is not NoneType]
        return shape_of(present[0]) if len(present) == 1 else Shape()
    if origin is tuple:
        return Shape(items=shape_of(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys = get_args(arguments[0]) if get_origin(arguments[0]) is Literal else ()
        return Shape(members=shape_of(arguments[1]), keys=keys)
    return Shape(block=annotation) if isinstance(annotation, type) and issubclass(annotation, Block) else Shape()


def expand(node: Node, shape: Shape, where: Steps, report: Report) -> Node | None:
    """The long form of a node. `where` is the way to it as `specs.later` knows it; None when the value
    comes later, or never."""
    if words := later.value(where, node.value):
        report.add(node.problem("E1102", f"`{dotted(node.path)}: {node.value}` is not there yet: {words}"))
        return None
    if told := later.impossible(where, node.value):
        report.add(node.problem("E1345", f"`{dotted(node.path)}: {node.value}` cannot be: {told[0]}", told[1]))
        return None
    if shape.block:
        return _block(node, shape.block, where, report)
    if shape.members and isinstance(node.value, Mapping):
        return _map(node, shape, where, report)
    if shape.items and isinstance(node.value, tuple):
        items = (expand(item, shape.items, (*where, "*"), report) for item in node.value)
        return node.with_value(tuple(item for item in items if item))
    return node


def _block(node: Node, block: type[Block], where: Steps, report: Report) -> Node:
    if block.short and block.short.accepts(node.value):
        node = built(block.short.expand(node.value), node)
    if not isinstance(node.value, Mapping):
        return node
    fields = fields_of(block)
    members: dict[str, Node] = {}
    for name, member in node.value.items():
        if name not in fields:
            _unknown(node, name, fields, (*where, name), report)
            continue
        if (long := expand(member, fields[name], (*where, name), report)) is not None:
            members[name] = long
        else:
            report.refused.setdefault(node.path, set()).add("*")
    return node.with_value(members)


def _map(node: Node, shape: Shape, where: Steps, report: Report) -> Node:
    assert isinstance(node.value, Mapping)
    assert shape.members
    members: dict[str, Node] = {}
    for name, member in node.value.items():
        if shape.keys and name not in shape.keys:
            _unknown(node, name, shape.keys, (*where, name), report)
        elif long := expand(member, shape.members, (*where, name), report):
            members[name] = long
    return node.with_value(members)


def _unknown(node: Node, name: str, fields: Iterable[str], where: Steps, report: Report) -> None:
    member = node.get(name)
    assert member
    refused = report.refused.setdefault(node.path, set())
    if words := later.field(where):
        report.add(member.problem("E1102", f"`{dotted(member.path)}` is not there yet: {words}", at_key=True))
        refused.add("*")
        return
    place = f" in {dotted(node.path)}" if node.path else ""
    hint = did_you_mean(name, fields)
    refused.update(hint.split("`")[1:2])
    report.add(member.problem("E1101", f"unknown field `{name}`{place}", hint, at_key=True))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean `max`?`, or the empty string."""
    spelt = {_letters(other): other for other in reversed(tuple(known))}
    near = get_close_matches(_letters(word), spelt, n=1, cutoff=0.6)
    return f"did you mean `{spelt[near[0]]}`?" if near else ""


def _letters(word: str) -> str:
    return word.replace("-", "").replace("_", "").lower()
