"""A YAML value that remembers where it was written, through short forms, merges and substitution.

An error found in the expanded spec has to point at the character that a person typed, perhaps in another file. So
values are never separated from their places: everything before validation works on nodes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from specs.problem import Origin, Problem

Scalar: TypeAlias = bool | int | float | str | None
Steps: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "Scalar | Mapping[str, Node] | tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a map of nodes, or a tuple of nodes.

    `origin` is where the value begins and `key` where its key does (the value itself outside a map); `path` is the way
    to it in the file as written; the widths are for carets.
    """

    value: Value
    origin: Origin
    key: Origin
    path: Steps = ()
    width: int = 1
    key_width: int = 1

    def with_value(self, value: "Value | Node") -> "Node":
        """The same place with another value; a node among the members keeps its own place."""
        if isinstance(value, Node):
            return value
        return Node(value, self.origin, self.key, self.path, self.width, self.key_width)

    def problem(
        self, code: str, message: str, hint: str = "", *, at_key: bool = False, warning: bool = False
    ) -> Problem:
        """A mistake in this value, or in its key."""
        place, width = (self.key, self.key_width) if at_key else (self.origin, self.width)
        found = Problem(place.file, place.line, place.column, dotted(self.path), message, hint, code, width=width)
        return replace(found, severity="warning") if warning else found

    def get(self, name: str) -> "Node | None":
        return self.value.get(name) if isinstance(self.value, Mapping) else None

    def at(self, steps: Steps) -> "Node | None":
        """What lies at the end of these steps, or None."""
        node: Node | None = self
        for step in steps:
            if node is None:
                return None
            if isinstance(node.value, tuple):
                node = node.value[step] if isinstance(step, int) and step < len(node.value) else None
            else:
                node = node.get(str(step))
        return node

    def put(self, steps: Steps, value: "Node") -> "Node":
        """The same tree with another value at the end of these keys, every place on the way kept."""
        if not steps:
            return value
        members = self.value if isinstance(self.value, Mapping) else {}
        name = str(steps[0])
        inside = members.get(name) or self.with_value({})
        return self.with_value({**members, name: inside.put(steps[1:], value)})

    def nearest(self, steps: Steps) -> "Node":
        """The deepest node on the way that was really written."""
        return next(found for end in range(len(steps), -1, -1) if (found := self.at(steps[:end])))

    def plain(self) -> object:
        """The value without its places."""
        if isinstance(self.value, Mapping):
            return {name: member.plain() for name, member in self.value.items()}
        return tuple(member.plain() for member in self.value) if isinstance(self.value, tuple) else self.value

    def pointers(self, pointer: str = "") -> Iterator[tuple[str, Origin]]:
        """JSON pointer and origin of every value below, this one's own first."""
        yield pointer, self.origin
        members = self.value.items() if isinstance(self.value, Mapping) else ()
        items = enumerate(self.value) if isinstance(self.value, tuple) else ()
        for step, member in (*members, *items):
            yield from member.pointers(f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}")


def built(value: object, like: Node) -> Node:
    """A node made of plain values (and of nodes, which keep their places) that stands where `like` does."""
    if isinstance(value, Node):
        return value
    if isinstance(value, Mapping):
        return like.with_value({str(name): built(member, like) for name, member in value.items()})
    if isinstance(value, list | tuple):
        return like.with_value(tuple(built(member, like) for member in value))
    assert value is None or isinstance(value, bool | int | float | str)
    return like.with_value(value)


def dotted(steps: Steps) -> str:
    """`spec.services.orders.command[0]`; a step that is no plain name is quoted: `routes."GET /"`."""
    shown = ""
    for step in steps:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f".{step}" if step.replace("-", "").replace("_", "").isalnum() else f'."{step}"'
    return shown.removeprefix(".")


def merge(under: Node | None, over: Node, *, literal: bool = False) -> Node:
    """RFC 7386: maps merge, null removes, everything else replaces.

    `literal` maps are those where null is a value of its own (`rewrite.headers` and the like): it stays.
    """
    if not isinstance(over.value, Mapping):
        return over
    members = dict(under.value) if under is not None and isinstance(under.value, Mapping) else {}
    for name, member in over.value.items():
        keeps_null = name in ("headers", "query") and "rewrite" in over.path
        if member.value is None and not literal:
            members.pop(name, None)
            continue
        members[name] = merge(members.get(name), member, literal=keeps_null)
    return over.with_value(members)
