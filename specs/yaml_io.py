"""Reads YAML that strangers wrote: quickly, in bounds, every value with its place, and nothing that two readers of
YAML would understand differently.

ruamel's scanner gives events; nodes are built from them here, so aliases, tags and depth are seen before anything is
built. Refused: anchors, aliases and merge keys (but in documents of others, where bounds allow them), tags, directives,
duplicate keys, numbers that YAML 1.1 reads otherwise (`010`, `0x1F`, `1_000`), `.nan` and `.inf`. Limits are those of
the threat model (design/security.md, S2 to S6).
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.parser import Parser
from ruamel.yaml.scanner import Scanner

from specs.node import Node, Scalar, Steps, Value
from specs.problem import Origin, Problem

MOST_DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one file may hold: bytes, values, and maps and lists inside each other."""

    bytes: int
    values: int
    deep: int
    aliases: bool = False
    """Whether a value may be said once and meant again, by alias or merge key; each time it counts whole."""


SPEC = Bounds(256 * 1024, 10_000, 20)

# YAML's line breaks other than \n, control characters, and the ones that make text read backwards
FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028-\u202e\u2066-\u2069\ufeff]"
)
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?|[-+]?\.[0-9]+([eE][-+]?[0-9]{1,3})?")
AMBIGUOUS = re.compile(r"[-+]?0[0-9_]+|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[1-9][0-9]*_[0-9_]*|[-+]?[1-9][0-9]{18,}")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Unreadable(Exception):
    """A file that cannot be read at all; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Text:
    """What a file held: its documents (None for an empty one), its mistakes, and whether it was read to its end."""

    documents: tuple[Node | None, ...]
    problems: tuple[Problem, ...]
    complete: bool


def read_file(path: Path, bounds: Bounds = SPEC) -> str:
    """The text of a regular file, read once and only if it held still meanwhile (reliability.md R10).

    Raises Unreadable for anything else: a link, a pipe, a missing, a large or a changing file, or not UTF-8.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(_whole(path, "E1002", f"cannot read {path}: {error.strerror}")) from error
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable(_whole(path, "E1002", f"cannot read {path}: not a regular file"))
        content = file.read(bounds.bytes + 1)
        after = os.fstat(handle)
    if len(content) > bounds.bytes:
        raise Unreadable(_whole(path, "E1003", f"{path} is larger than {bounds.bytes // 1024} KiB"))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise Unreadable(_whole(path, "E1004", f"{path} changed while it was read"))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(Problem(str(path), line, 1, "", f"byte {error.start} is not UTF-8", code="E1005")) from error


def parse(text: str, file: str, bounds: Bounds = SPEC) -> Text:
    """The documents of a text. Mistakes that leave the structure intact are collected; others end the reading."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text.encode()) > bounds.bytes:
        return Text((), (_whole(file, "E1003", f"{file} is larger than {bounds.bytes // 1024} KiB"),), complete=False)
    if found := FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        message = f"character U+{ord(found[0]):04X} is not allowed"
        return Text((), (Problem(file, line, column, "", message, code="E1006"),), complete=False)
    builder = _Builder(file, _yaml().parse(text), bounds)
    documents: list[Node | None] = []
    try:
        for document in builder.documents():
            documents.append(document)  # noqa: PERF402  # what was read before the mistake is kept
    except Unreadable as stop:
        return Text(tuple(documents), (*builder.problems, stop.problem), complete=False)
    except MarkedYAMLError as error:
        return Text(tuple(documents), (*builder.problems, _syntax(error, file)), complete=False)
    except (YAMLError, ValueError) as error:
        problem = _whole(file, "E1001", f"not YAML: {str(error).splitlines()[0]}")
        return Text(tuple(documents), (*builder.problems, problem), complete=False)
    return Text(tuple(documents), tuple(builder.problems), complete=True)


class _Scanner(Scanner):
    """ruamel's scanner, which looks for open keys only where there can be one: a third of the time of reading."""

    def check_token(self, *choices: Any) -> bool:
        if self.possible_simple_keys or not self.tokens:
            return bool(super().check_token(*choices))
        return not choices or isinstance(self.tokens[0], choices)


class _Parser(Parser):
    """ruamel's parser, which remembers its scanner."""

    @cached_property
    def scanner(self) -> Any:
        return self.loader.scanner


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner, yaml.Parser = _Scanner, _Parser
    return yaml


def _whole(path: object, code: str, message: str) -> Problem:
    return Problem(str(path), 1, 1, "", message, code=code)


def _syntax(error: MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = " ".join(str(part).strip() for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, column, "", f"not YAML: {said}", code="E1001")


@dataclass(slots=True)
class _Builder:
    """Makes nodes of events, counting as it goes."""

    file: str
    events: Iterator[Any]
    bounds: Bounds
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0
    anchors: dict[str, tuple[Node, int, int]] = field(default_factory=dict)
    """What an alias means, how many values that is, and how deep they go."""

    def documents(self) -> Iterator[Node | None]:
        seen = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > MOST_DOCUMENTS:
                    raise self._stop(event, "E1009", f"more than {MOST_DOCUMENTS} documents in one file")
                if event.version or event.tags:
                    self._refuse(event, "E1007", "YAML directives are not allowed")
                self.anchors.clear()
                first = next(self.events)
                if not isinstance(first, DocumentEndEvent):
                    node = self._node(first, (), None, 0)
                    yield None if node.value is None else node

    def _node(self, event: Any, path: Steps, key: Any, depth: int) -> Node:
        before = self.nodes
        self._count(event, 1, depth)
        self._plain_yaml_only(event)
        named = key or event
        place = Node(None, self._origin(event), self._origin(named), path, _width(event), _width(named))
        if isinstance(event, AliasEvent):
            return place.with_value(self._meant(event, depth))
        node = self._value(event, place, path, depth)
        if event.anchor:
            self.anchors[event.anchor] = node, self.nodes - before, _levels(node)
        return node

    def _count(self, event: Any, values: int, depth: int) -> None:
        self.nodes += values
        if self.nodes > self.bounds.values:
            raise self._stop(event, "E1009", f"more than {self.bounds.values} values in one file")
        if depth > self.bounds.deep:
            raise self._stop(event, "E1009", f"nested more than {self.bounds.deep} deep")

    def _meant(self, event: Any, depth: int) -> Value:
        """What an alias stands for; its members keep the places where they are written."""
        if not self.bounds.aliases:
            return None
        if event.anchor not in self.anchors:
            raise self._stop(event, "E1001", f"not YAML: nothing before here is called `&{event.anchor}`")
        node, values, levels = self.anchors[event.anchor]
        self._count(event, values, depth + levels)
        return node.value

    def _value(self, event: Any, place: Node, path: Steps, depth: int) -> Node:
        if isinstance(event, MappingStartEvent):
            return place.with_value(self._members(path, depth))
        if isinstance(event, SequenceStartEvent):
            return place.with_value(tuple(self._items(path, depth)))
        return place.with_value(self._scalar(event) if isinstance(event, ScalarEvent) else None)

    def _items(self, path: Steps, depth: int) -> Iterator[Node]:
        for number in count():
            event = next(self.events)
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, (*path, number), None, depth + 1)

    def _members(self, path: Steps, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            if not isinstance(key, ScalarEvent):
                raise self._stop(key, "E1007", "a key has to be plain text")
            self._plain_yaml_only(key)
            name = str(key.value)
            member = self._node(next(self.events), (*path, name), key, depth + 1)
            if name == "<<" and key.implicit[0]:
                merged |= self._merged(key, member)
            elif name in members:
                first = members[name].key.line
                self._refuse(key, "E1008", f"duplicate key `{name}`: it is already on line {first}")
            else:
                members[name] = member
        return {**merged, **members} if merged else members

    def _merged(self, key: Any, said: Node) -> dict[str, Node]:
        """The members that a merge key brings, the first of several maps going before the others."""
        if not self.bounds.aliases:
            self._refuse(key, "E1007", "merge keys (`<<`) are not allowed")
            return {}
        found: dict[str, Node] = {}
        for each in reversed(said.value if isinstance(said.value, tuple) else (said,)):
            if not isinstance(each.value, Mapping):
                raise self._stop(key, "E1001", "not YAML: a merge key takes a map, or a list of maps")
            found |= each.value
        return found

    def _scalar(self, event: Any) -> Scalar:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in WORDS:
            return WORDS[text]
        if INTEGER.fullmatch(text):
            return int(text)
        if AMBIGUOUS.fullmatch(text):
            self._refuse(event, "E1010", f"`{text}` is not the same number everywhere", f'write "{text}" if it is text')
            return text
        if NOT_FINITE.fullmatch(text):
            self._refuse(event, "E1010", f"`{text}` is not a number here", f'write "{text}" if it is text')
            return text
        return float(text) if FLOAT.fullmatch(text) else text

    def _plain_yaml_only(self, event: Any) -> None:
        if event.anchor and not self.bounds.aliases:
            what = "aliases are not allowed: `*" if isinstance(event, AliasEvent) else "anchors are not allowed: `&"
            self._refuse(event, "E1007", f"{what}{event.anchor}`")
        if not isinstance(event, AliasEvent) and event.tag:
            written = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, "E1007", f"tags are not allowed: `{written}`")

    def _origin(self, event: Any) -> Origin:
        return Origin(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: Any, code: str, message: str, hint: str = "") -> None:
        origin = self._origin(event)
        self.problems.append(
            Problem(self.file, origin.line, origin.column, "", message, hint, code, width=_width(event))
        )

    def _stop(self, event: Any, code: str, message: str) -> Unreadable:
        origin = self._origin(event)
        return Unreadable(Problem(self.file, origin.line, origin.column, "", message, code=code, width=_width(event)))


def _levels(node: Node) -> int:
    """How many maps and lists lie inside each other here."""
    within = node.value.values() if isinstance(node.value, Mapping) else node.value
    return 1 + max(map(_levels, within), default=0) if isinstance(within, (tuple, ValuesView)) else 0


def _width(event: Any) -> int:
    """Columns that the caret line underlines: the scalar as written, as far as its first line goes."""
    start, end = event.start_mark, event.end_mark
    return max(1, end.column - start.column) if isinstance(event, ScalarEvent) and start.line == end.line else 1
