"""How a change of a REST API is said: JSON Patch, with rules of AWS's own for every member (ledger 0.9).

Values are text, `/` and `~` in a key are escaped, and which operations a member takes differs from member to member. A
kind names the way of each of its fields once, and `patch` writes the operations that lead from what is live to what is
wanted: nothing is removed that is not there, because AWS refuses that.

Sources: API Gateway API reference, *Patch operations*; botocore `PatchOperation`; ledger 0.9.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconcilers.resource import Resource, Shape, fields_of, plain

Operation = dict[str, str]
"""`op`, `path` and mostly `value`."""


def escaped(key: str) -> str:
    """A key as one step of a path (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def text(value: Any) -> str:
    """A value as API Gateway reads it in a patch."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, float) else str(value)


def replace(path: str, value: Any) -> Operation:
    return {"op": "replace", "path": path, "value": text(value)}


def add(path: str, value: Any = None) -> Operation:
    return {"op": "add", "path": path} | ({} if value is None else {"value": text(value)})


def remove(path: str, value: Any = None) -> Operation:
    return {"op": "remove", "path": path} | ({} if value is None else {"value": text(value)})


class Way(ABC):
    """How one member is told another value."""

    @abstractmethod
    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        """What turns the one into the other; both as boto3 takes them."""


@dataclass(frozen=True, slots=True)
class Whole(Way):
    """A scalar: `replace`, and by an empty value or by none at all where it is no longer wanted."""

    empty: str | None = ""
    """What takes it away; None for an operation without a value."""
    name: str = ""
    """What the path calls it, where that is not the member's name."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        path = f"/{self.name}" if self.name else path
        value = self.empty if want is None else want
        yield {"op": "replace", "path": path} if value is None else replace(path, value)


@dataclass(frozen=True, slots=True)
class Kept(Way):
    """A scalar that nobody can take away: it only becomes another."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        if want is not None:
            yield replace(path, want)


@dataclass(frozen=True, slots=True)
class Document(Way):
    """A JSON document, as text."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        yield replace(path, "" if want is None else json.dumps(want))


@dataclass(frozen=True, slots=True)
class Entries(Way):
    """A map, entry by entry. Stage variables know no `add`: there `replace` does both (ledger 0.9)."""

    adds: bool = True

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        there, wanted = live or {}, want or {}
        for key in sorted(there.keys() - wanted.keys()):
            yield remove(f"{path}/{escaped(key)}")
        for key, value in sorted(wanted.items()):
            if key not in there and self.adds:
                yield add(f"{path}/{escaped(key)}", value)
            elif there.get(key) != value:
                yield replace(f"{path}/{escaped(key)}", value)


@dataclass(frozen=True, slots=True)
class Named(Way):
    """A list whose items stand in the path, as binary media types do."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        there, wanted = set(live or ()), set(want or ())
        yield from (remove(f"{path}/{escaped(each)}") for each in sorted(there - wanted))
        yield from (add(f"{path}/{escaped(each)}") for each in sorted(wanted - there))


@dataclass(frozen=True, slots=True)
class Valued(Way):
    """A list whose items are values, as the user pools of an authorizer are."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        there, wanted = set(live or ()), set(want or ())
        yield from (add(path, each) for each in sorted(wanted - there))
        yield from (remove(path, each) for each in sorted(there - wanted))


@dataclass(frozen=True, slots=True)
class Inside(Way):
    """A structure, member by member; what is no longer wanted at all is removed whole."""

    ways: Mapping[str, Way]

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        if want is None:
            yield remove(path)
            return
        there, wanted = live or {}, want
        for name, way in self.ways.items():
            if there.get(name) != wanted.get(name):
                yield from way.operations(f"{path}/{name}", there.get(name), wanted.get(name))


WHOLE, ENTRIES, NAMED, VALUED = Whole(), Entries(), Named(), Valued()


def patch(live: Resource, want: Resource, changed: Iterable[str], ways: Mapping[str, Way]) -> list[Operation]:
    """The operations that change these fields; `ways` is by AWS's spelling. Fields without a way are not told here."""
    names = {each.name: each.alias for each in fields_of(type(want))}
    found: list[Operation] = []
    for name in sorted(changed):
        alias = names[name]
        if alias in ways:
            there, wanted = told(getattr(live, name)), told(getattr(want, name))
            found += ways[alias].operations(f"/{alias}", there, wanted)
    return found


def told(value: Shape | Any) -> Any:
    """A value as boto3 takes it."""
    return plain(value)
