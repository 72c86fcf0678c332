"""The one comparison. Plan, apply and drift report all read its answer; it knows no kind.

Every field of a kind is ours, of the hidden ones those that AWS cannot change and has a value for; members that no
field names are not compared; a `Partial` map is compared by our keys, any other map exactly; a `Within` holds anything
between its bounds; what is not known yet differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from reconcilers.keys import Ref, Text, Within
from reconcilers.ownership import ANCHOR_ONLY, LABELS
from reconcilers.resource import PLAIN, Known, Resource, Shape, fields_of, others, plain, refs, resolve

R = TypeVar("R", bound=Resource)
NOTHING: Known = {}
REFERENCES = frozenset({Ref, Text})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as wanted. `path` is a JSON pointer in AWS's own spelling."""

    path: str
    want: Any
    live: Any
    field: str
    replaces: bool = False
    """Whether only a new resource can have the wanted value."""

    @property
    def unknown(self) -> bool:
        """Whether it only says that an id is not known yet."""
        return next(refs(self.want), None) is not None


def escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def compare(want: Resource, live: Resource, *, adopted: bool = False, known: Known = NOTHING) -> tuple[Difference, ...]:
    """Every field whose live value is not the wanted one. Of an adopted object only what the spec states counts.

    `known`: what references stand for, where they are not filled in yet: most resources are as wanted, and filling in
    costs more than looking.
    """
    found = []
    for each in fields_of(type(want)):
        wanted, there = getattr(want, each.name), getattr(live, each.name)
        if type(wanted) in REFERENCES:
            wanted = resolve(wanted, known)
        if wanted is there or (type(wanted) in PLAIN and wanted == there):  # by far the most, and the quickest
            continue
        if each.name == "tags" or (adopted and wanted is None):
            continue
        if each.hidden and not (each.immutable and there is not None):
            continue
        for path, left, right in _walk(
            f"/{escape(each.alias)}", wanted, there, known, unordered=each.unordered, partial=each.partial
        ):
            found.append(Difference(path, left, right, each.name, each.immutable))
    found += [Difference(path, left, right, path.split("/")[1]) for path, left, right in _others("", want, live, known)]
    if want.tags is not None and not adopted:
        found += _tags(want.tags, live.tags or {})
    return tuple(found)


def _tags(want: Mapping[str, str], live: Mapping[str, str]) -> Iterator[Difference]:
    """Ours must be as wanted; a label that we once set and no longer want goes; other people's stay."""
    for name, value in want.items():
        if live.get(name) != value:
            yield Difference(f"/Tags/{escape(name)}", value, live.get(name), "tags")
    once_ours = {*live.get(LABELS, "").split(), LABELS}
    for name in sorted(once_ours & (live.keys() - want.keys()) - ANCHOR_ONLY):
        yield Difference(f"/Tags/{escape(name)}", None, live[name], "tags")


def _walk(
    path: str, want: Any, live: Any, known: Known, *, unordered: bool = False, partial: bool = False
) -> Iterator[tuple[str, Any, Any]]:
    if type(want) in REFERENCES:
        want = resolve(want, known)
    if isinstance(want, Within):
        if not (isinstance(live, int) and want.low <= live <= want.high):
            yield path, want, live
    elif isinstance(want, Shape) and type(want) is type(live):
        yield from _members(path, want, live, known)
    elif isinstance(want, Mapping) and isinstance(live, Mapping):
        for name in want if partial else {**want, **live}:
            yield from _walk(f"{path}/{escape(str(name))}", want.get(name), live.get(name), known)
    elif isinstance(want, (tuple, list)) and isinstance(live, (tuple, list)):
        yield from _lists(path, want, live, known, unordered=unordered)
    elif want != live:
        yield path, want, live


def _members(path: str, want: Shape, live: Shape, known: Known) -> Iterator[tuple[str, Any, Any]]:
    for each in fields_of(type(want)):
        mine, theirs = getattr(want, each.name), getattr(live, each.name)
        if mine is theirs or (type(mine) in PLAIN and mine == theirs):
            continue
        yield from _walk(
            f"{path}/{escape(each.alias)}", mine, theirs, known, unordered=each.unordered, partial=each.partial
        )
    yield from _others(path, want, live, known)


def _others(path: str, want: Shape, live: Shape, known: Known) -> Iterator[tuple[str, Any, Any]]:
    mine, theirs = others(want), others(live)
    for name in {**mine, **theirs}:
        yield from _walk(f"{path}/{escape(name)}", mine.get(name), theirs.get(name), known)


def _lists(
    path: str, want: tuple[Any, ...] | list[Any], live: tuple[Any, ...] | list[Any], known: Known, *, unordered: bool
) -> Iterator[tuple[str, Any, Any]]:
    if unordered:
        want = resolve(want, known)
        if tuple(want) != tuple(live) and {repr(plain(each)) for each in want} != {repr(plain(each)) for each in live}:
            yield path, tuple(want), tuple(live)
    elif len(want) != len(live):
        yield path, tuple(want), tuple(live)
    else:
        for index, (mine, theirs) in enumerate(zip(want, live, strict=True)):
            yield from _walk(f"{path}/{index}", mine, theirs, known)


# ---- ignored paths: the live value is taken over, so diff, plan, status and writes all leave it alone


def ignoring(want: R, live: Resource, paths: Iterable[str]) -> R:
    """What is wanted, with the live value at every ignored path; `*` stands for any one step."""
    for path in paths:
        want = _blend(want, live, path.split("/")[1:])
    return want


def _blend(want: Any, live: Any, steps: list[str]) -> Any:
    if not steps:
        return live
    step = steps[0].replace("~1", "/").replace("~0", "~")
    if isinstance(want, Shape) and isinstance(live, Shape):
        names = {each.alias: each.name for each in fields_of(type(want))} | {"Tags": "tags"}
        names |= {name: name for name in (*others(want), *others(live))}
        chosen = [name for alias, name in names.items() if fnmatchcase(alias, step)]
        changes = {name: _blend(getattr(want, name, None), getattr(live, name, None), steps[1:]) for name in chosen}
        return want.model_copy(update=changes)
    if isinstance(want, Mapping) and isinstance(live, Mapping):
        chosen = [name for name in {**want, **live} if fnmatchcase(str(name), step)]
        blended = {name: _blend(want.get(name), live.get(name), steps[1:]) for name in chosen}
        return {name: value for name, value in ({**want, **blended}).items() if value is not None}
    if isinstance(want, tuple) and isinstance(live, tuple) and len(want) == len(live):
        return tuple(
            _blend(mine, theirs, steps[1:]) if fnmatchcase(str(index), step) else mine
            for index, (mine, theirs) in enumerate(zip(want, live, strict=True))
        )
    return want


# ---- what a value looks like


def jsonable(value: Any) -> Any:
    """A value for `-o json`: an unknown one says what it waits for (cli.md §0)."""
    if isinstance(value, (Ref, Text)):
        first = next(refs(value))
        return {"unknown": first.key.address, "attribute": first.attribute}
    if isinstance(value, Within):
        return str(value)
    if isinstance(value, Shape):
        told = {each.alias: jsonable(getattr(value, each.name)) for each in fields_of(type(value)) if not each.hidden}
        return {name: each for name, each in told.items() if each is not None} | jsonable(others(value))
    if isinstance(value, Mapping):
        return {str(name): jsonable(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [jsonable(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


SENSITIVE = frozenset({"KEY", "TOKEN", "SECRET", "PASSWORD"})


def sensitive(path: str) -> bool:
    """Whether the value at a path, AWS's or a spec's, must not be shown: a variable whose name says so (cli.md §1)."""
    steps = path.split("/")
    if len(steps) < 2 or not {"environment", "env"} & set(steps):
        return False
    return steps[-1].upper().replace("-", "_").rpartition("_")[2] in SENSITIVE
