"""One grammar for every update of API Gateway v1: a list of operations on JSON pointers, and each resource says which
paths it has and what may be done to them (ledger 0.9; API reference, "Patch Operations").

Values are strings, `/` in a key is `~1` and `~` is `~0`, and operations apply in order, all or none.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway.words import bad


class Operation(NamedTuple):
    """One operation whose path has been found: the keys are those in the path, as they were written."""

    op: str
    path: str
    keys: tuple[str, ...]
    value: str | None
    source: str | None  # of a copy


Write = Callable[[Fields, Operation], None]
Convert = Callable[[str], Any]


@dataclass(frozen=True)
class Path:
    """`{}` in a pattern is one key."""

    pattern: str
    ops: tuple[str, ...]
    write: Write

    @cached_property
    def match(self) -> Callable[[str], re.Match[str] | None]:
        return re.compile(re.escape(self.pattern).replace(r"\{\}", "([^/]+)")).fullmatch


@dataclass(frozen=True)
class Grammar:
    """The paths of one kind. `listed`: its refusals name the path and list the alternatives; others are shorter."""

    paths: tuple[Path, ...]
    listed: bool = True

    def patched(self, fields: Fields, operations: Iterable[Fields]) -> Fields:
        """A copy of `fields` to which the operations have been applied. Raises `Refusal` for what AWS would not do."""
        result = copy.deepcopy(fields)
        for sent in operations:
            path, op = sent.get("path"), sent.get("op", "")
            found = self._found(path, op)
            match = found.match(path or "")
            assert match, "it was found by matching"
            found.write(result, Operation(op, path or "", match.groups(), sent.get("value"), sent.get("from")))
        return result

    def _found(self, path: str | None, op: str) -> Path:
        alike = [each for each in self.paths if path and each.match(path)]
        right = next((each for each in alike if op in each.ops), None)
        if right:
            return right
        if not self.listed:
            if not alike:
                raise bad(f"Invalid patch path {path or 'null'}")
            ops = alike[0].ops
            raise bad(f"Invalid patch operation specified. Must be {_either(ops)}")
        if op != "replace":
            raise bad(f"Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations")
        known = ", ".join(each.pattern for each in self.paths)
        raise bad(f"Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{known}]")


def _either(ops: tuple[str, ...]) -> str:
    return f"one of: [{ops[0]}]" if len(ops) == 1 else "|".join(f"'{op}'" for op in sorted(ops))


def unescaped(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


# ---- values


def text(value: str) -> str:
    return value


def flag(value: str) -> bool:
    """What is not true is false; recorded update_method_validation."""
    return value.lower() == "true"


def whole(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise bad(f"Invalid integer value '{value}'") from None


def number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise bad(f"Invalid number '{value}'") from None


# ---- the usual paths


def scalar(name: str, convert: Convert = text, *, blank: bool = True) -> Path:
    """`/name` or `/struct/name`. `blank`: an empty value takes the member away; otherwise only null does."""
    *within, last = name.split("/")

    def write(fields: Fields, operation: Operation) -> None:
        place = _inside(fields, within)
        if operation.value is None or (blank and operation.value == ""):
            place.pop(last, None)
        else:
            place[last] = convert(operation.value)

    return Path(f"/{name}", ("replace",), write)


def needed(name: str, what: str, convert: Convert = text) -> Path:
    """A member that has to have a value."""
    usual = scalar(name, convert)

    def write(fields: Fields, operation: Operation) -> None:
        if not operation.value:
            raise bad(f"{what} cannot be empty")
        usual.write(fields, operation)

    return Path(usual.pattern, usual.ops, write)


def switch(name: str) -> Path:
    """A flag that is always there: no value is false, too."""

    def write(fields: Fields, operation: Operation) -> None:
        fields[name] = flag(operation.value or "")

    return Path(f"/{name}", ("replace",), write)


def entries(
    name: str,
    convert: Convert = text,
    ops: tuple[str, ...] = ("add", "remove", "replace"),
    *,
    unknown: Refusal | None = None,
    empty: bool = True,
) -> Path:
    """`/name/{key}`: one entry of a map. What is not there cannot be taken away, nor replaced if `unknown` says so.

    `empty`: a map stays when its last entry has gone.
    """

    def write(fields: Fields, operation: Operation) -> None:
        place, key = _inside(fields, name.split("/")), unescaped(operation.keys[0])
        if key not in place and (operation.op == "remove" or (operation.op == "replace" and unknown)):
            raise (unknown or bad(f"Invalid patch path {operation.path}: there is no such entry")).about()
        if operation.op == "remove":
            del place[key]
            if not place and not empty:
                del fields[name]
        elif operation.value is None:
            raise bad(f"Invalid null or empty value in {name}")
        else:
            place[key] = convert(operation.value)

    return Path(f"/{name}/{{}}", ops, write)


def members(name: str, *, empty: bool = True) -> Path:
    """`/name/{member}`: one member of a list, named in the path. `empty`: a list stays without its last member."""

    def write(fields: Fields, operation: Operation) -> None:
        _member(fields, name, unescaped(operation.keys[0]), operation)
        if not fields[name] and not empty:
            del fields[name]

    return Path(f"/{name}/{{}}", ("add", "remove", "replace"), write)


def listed(name: str) -> Path:
    """`/name`, the member of the list in the value."""
    *within, last = name.split("/")

    def write(fields: Fields, operation: Operation) -> None:
        if not operation.value:
            raise bad(f"Invalid patch operation on {operation.path}: a value is needed")
        _member(_inside(fields, within), last, operation.value, operation)

    return Path(f"/{name}", ("add", "remove"), write)


def _member(fields: Fields, name: str, member: str, operation: Operation) -> None:
    kept: list[str] = fields.setdefault(name, [])
    if operation.op == "add":
        kept += [member] if member not in kept else []
        return
    if member not in kept:
        raise bad(f"Invalid patch path {operation.path}: there is no {member}")
    kept.remove(member)
    if operation.op == "replace":  # it goes to the end; recorded update_rest_api_binary_media_types
        kept.append(operation.value or "")


def whole_member(name: str) -> Path:
    """`remove /name`: all of it."""

    def write(fields: Fields, operation: Operation) -> None:
        if fields.pop(name, None) is None:
            raise bad(f"Invalid patch path {operation.path}: there is nothing to remove")

    return Path(f"/{name}", ("remove",), write)


def _inside(fields: Fields, names: Iterable[str]) -> Fields:
    place = fields
    for name in names:
        place = place.setdefault(name, {})
    return place
