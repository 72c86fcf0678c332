"""The fields of every kind, nested ones too, read off the models: a new one is tested before anybody writes a test.

A field is named `Kind.field.inner`, with `*` for any member of a map or list, as in
`TaskDefinition.container_definitions.*.image`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from drift.difference import escape
from reconcilers import RECONCILERS
from reconcilers.resource import Field, Resource, Shape, fields_of

ANY = "*"


@dataclass(frozen=True)
class Step:
    """One step on the way to a field: the shape it is in, and what its annotation says."""

    shape: type[Shape]
    field: Field
    inside: str
    """How the next shape lies in it: "" for a shape itself, "map" or "list" for one among several."""


@dataclass(frozen=True)
class Path:
    """The way to one field of a kind."""

    kind: type[Resource]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        words = [word for step in self.steps for word in (step.field.name, *([ANY] if step.inside else []))]
        return ".".join([self.kind.__name__, *(words[:-1] if self.steps[-1].inside else words)])

    @property
    def top(self) -> Field:
        return self.steps[0].field

    @property
    def leaf(self) -> Field:
        return self.steps[-1].field

    @property
    def hidden(self) -> bool:
        return any(step.field.hidden for step in self.steps)


def all_fields() -> tuple[Path, ...]:
    """Every field of every kind that AWS is sent or asked for, tags apart."""
    return tuple(path for each in RECONCILERS for path in _walk(each.kind, each.kind, ()))


def _walk(kind: type[Resource], shape: type[Shape], before: tuple[Step, ...]) -> Iterator[Path]:
    for field in fields_of(shape):
        if field.hidden or (field.name == "tags" and not before):
            continue
        inside, inner, optional = nested(shape.model_fields[field.name].annotation)
        here = (*before, Step(shape, field, inside))
        if inner is None or optional:
            yield Path(kind, (*before, Step(shape, field, "")))
        if inner is not None:
            yield from _walk(kind, inner, here)


def nested(annotation: Any) -> tuple[str, type[Shape] | None, bool]:
    """How a shape lies in an annotation ("", "map", "list"), which one, and whether None may stand in its place."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return "", annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        found = [nested(each) for each in arguments if each is not type(None)]
        inside, inner, _ = next((each for each in found if each[1]), ("", None, False))
        return inside, inner, type(None) in arguments
    if origin is tuple:
        return "list", nested(arguments[0])[1], False
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "map", nested(arguments[1])[1], False
    return "", None, False


def present(resource: Resource, path: Path) -> tuple[str, Any] | None:
    """The JSON pointer and the value of a field in this resource; None when a part on the way does not exist in it.

    Members of lists without a natural key count from 0; what is unordered is named as a whole.
    """
    value: Any = resource
    pointer, whole = "", False
    for step in path.steps:
        if not whole:
            pointer += f"/{escape(step.field.alias)}"
        value = getattr(value, step.field.name)
        if step is path.steps[-1]:
            return pointer, value
        if not value:
            return None
        whole = whole or step.field.unordered
        name = next(iter(value)) if step.inside == "map" else "0"
        if step.inside and not whole:
            pointer += f"/{escape(name)}"
        value = value[name] if step.inside == "map" else value[0] if step.inside == "list" else value
    raise AssertionError(path)


def put(value: Any, path: Path, wanted: Any, depth: int = 0) -> Any:
    """The same resource with another value in that field, in the first member of every map and list on the way."""
    step = path.steps[depth]
    if depth == len(path.steps) - 1:
        old = getattr(value, step.field.name)
        new = {**old, **wanted} if step.field.partial else wanted
    else:
        old = getattr(value, step.field.name)
        if step.inside == "map":
            name = next(iter(old))
            new = {**old, name: put(old[name], path, wanted, depth + 1)}
        elif step.inside == "list":
            new = (put(old[0], path, wanted, depth + 1), *old[1:])
        else:
            new = put(old, path, wanted, depth + 1)
    return value.model_copy(update={step.field.name: new})
