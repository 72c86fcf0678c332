"""The nouns: what a resource is, and what it looks like when live.

A kind of resource is a frozen model whose fields are the AWS fields we manage, in snake_case. The same model holds
what we want and what is live, so comparing the two needs no knowledge of the kind:

    class TargetGroup(Resource):
        protocol: Immutable[str]             # changing it means building a new one
        health_check_path: str = "/"         # HealthCheckPath on the wire; "/" is what AWS answers when it was not sent

Three conventions carry the rest:

* a `Ref` as a value is an attribute of another resource. It is also the dependency: edges are read off the values;
* a field's default is what AWS answers for an object made without it, so taking a line out of a spec puts it back;
* `None` means only "does not exist for this variant".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal

from reconcilers.keys import Key, Ref, Text, Within

T = TypeVar("T")
R = TypeVar("R", bound="Resource")


# ---- what a field is, said in its type


@dataclass(frozen=True, slots=True)
class Mark:
    """What the annotation of a field says about it beyond its type."""

    immutable: bool = False
    unordered: bool = False
    partial: bool = False
    hidden: bool = False
    clear: tuple[Any, ...] = ()


Immutable = Annotated[T, Mark(immutable=True)]
"""AWS cannot change it in place: another value means another resource."""

Unordered = Annotated[tuple[T, ...], Mark(unordered=True)]
"""A list whose order and repetitions mean nothing."""

Partial = Annotated[Mapping[str, T], Mark(partial=True)]
"""A map of which only the keys we name are ours."""

Hidden = Annotated[T, Mark(hidden=True)]
"""It orders, and it may be `Immutable`; AWS is never sent it nor asked for it."""

Delegated = Annotated[T, Mark()]
"""Moved by AWS itself inside an envelope (`Within`): inside it nothing differs, outside it is drift."""


def Clear(value: Any) -> Mark:  # noqa: N802  reads as a type in an annotation
    """AWS forgets the field when it is sent this value instead of nothing."""
    return Mark(clear=(value,))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind, with everything its annotation says."""

    name: str
    alias: str
    immutable: bool
    unordered: bool
    partial: bool
    hidden: bool
    clear: tuple[Any, ...]


class Shape(BaseModel):
    """A structure inside a resource. Spelled as AWS spells it: PascalCase, or camelCase in a `Camel`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal, populate_by_name=True)


class Camel(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Open(Camel):
    """A structure all of whose members are ours: one without a field of its own is kept in AWS's spelling."""

    model_config = ConfigDict(extra="allow")


class Resource(Shape):
    """One AWS resource: exactly the fields we manage."""

    tags: Mapping[str, str] | None = None
    """Every tag it has when live, ours when wanted; None for what AWS cannot tag."""

    @classmethod
    def key(cls, instance: str, part: str = "") -> Key:
        return Key(instance, cls.__name__, part)

    @classmethod
    def from_aws(cls, answer: Mapping[str, Any], **more: Any) -> Self:
        """Read a describe answer. Members that no field names are not ours; `more` corrects the rest."""
        fields = fields_of(cls)
        told = {each.name: answer[each.alias] for each in fields if not each.hidden and each.alias in answer}
        return cls.model_validate({**told, **more}, extra="ignore")

    def to_aws(self, only: frozenset[str] | None = None) -> dict[str, Any]:
        """The arguments of a create call, or of an update of `only` some fields; tags go by calls of their own."""
        if waiting := sorted({str(ref) for ref in refs(self.sent())}):
            raise ValueError(f"{type(self).__name__} still waits: {', '.join(waiting)}")
        chosen = {each.name: each for each in fields_of(type(self)) if not each.hidden and each.name != "tags"}
        told: dict[str, Any] = {}
        for name, each in chosen.items():
            if only is not None and name not in only:
                continue
            value = plain(getattr(self, name))
            if value is None and only is not None and each.clear:
                value = each.clear[0]
            if value is not None:
                told[each.alias] = value
        return told | {name: plain(each) for name, each in others(self).items() if only is None or name in only}

    def immutables(self) -> dict[str, Any]:
        """What its name is made from: the fields AWS cannot change."""
        return {
            each.alias: getattr(self, each.name) for each in fields_of(type(self)) if each.immutable and not each.hidden
        }

    def sent(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields_of(type(self)) if not each.hidden}


class CamelResource(Resource):
    """A resource of a service that spells its members in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


@cache
def fields_of(shape: type[Shape]) -> tuple[Field, ...]:
    """The fields of a shape, with what their annotations say; marks add up."""
    found = []
    for name, info in shape.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Mark)]
        clear = next((mark.clear for mark in marks if mark.clear), ())
        is_any = {
            flag: any(getattr(mark, flag) for mark in marks) for flag in ("immutable", "unordered", "partial", "hidden")
        }
        found.append(Field(name, info.alias or name, clear=clear, **is_any))
    return tuple(found)


NOTHING: tuple[Any, ...] = (None, "", [], (), {})


def others(shape: Shape) -> Mapping[str, Any]:
    """The members of an `Open` that have no field; what says no more than silence (`false`, an empty list) is left out,
    because AWS fills such in (findings.md, A)."""
    found = shape.model_extra
    if not found:
        return {}
    return {name: value for name, value in found.items() if value is not False and value not in NOTHING}


@dataclass(frozen=True, slots=True)
class Live(Generic[R]):
    """One resource as AWS has it."""

    key: Key
    id: str
    resource: R
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What references may ask of it besides its id: arn, name, dns_name …"""
    pending: str = ""
    """Why nothing may depend on it yet, such as "PENDING"; empty when it is usable."""
    settling: str = ""
    """Why it is not done yet though others may already use it, such as a rollout under way."""
    failed: str = ""
    """Why it will not get better by waiting, in AWS's words."""
    blamed: frozenset[str] = frozenset()
    """The fields whose wanted values failed: setting them again, and nothing else with them, would fail again."""
    created: str = ""
    """When, as sortable text; the oldest of two copies is kept."""
    leaving: bool = False
    """AWS is removing it: whoever wants one waits until it is gone."""
    busy: bool = False
    """Traffic refers to it: of two copies this one is kept."""
    expired: bool = False
    """Its time is over, by a tag of its own: it goes, whatever a spec says."""
    adopted: bool = False
    """Somebody else made it and the spec says it may be used: only what the spec states is compared."""

    def attribute(self, name: str) -> str | None:
        return self.id if name == "id" else self.attributes.get(name)


Graph = Mapping[Key, Resource]


# ---- walking values


PLAIN = frozenset({str, int, bool, float, type(None)})


def leaves(value: Any) -> Iterator[Any]:
    """Every scalar inside a value; references are scalars too."""
    stack = [value]
    while stack:
        each = stack.pop()
        kind = type(each)
        if kind in PLAIN or kind is Ref or kind is Text:
            yield each
        elif kind is dict:
            stack.extend(each.values())
        elif isinstance(each, BaseModel):
            stack.extend(each.__dict__.values())
        elif isinstance(each, Mapping):
            stack.extend(each.values())
        elif isinstance(each, (list, tuple, set, frozenset)):
            stack.extend(each)
        else:
            yield each


def refs(value: Any) -> Iterator[Ref]:
    """The references inside a value: what it needs before it can exist."""
    for leaf in leaves(value):
        if type(leaf) is Ref:
            yield leaf
        elif type(leaf) is Text:
            yield from (part for part in leaf.parts if isinstance(part, Ref))


Known = Mapping[tuple[Key, str], str]


def resolve(value: T, known: Known) -> T:
    """The same value with every reference filled in that is known."""
    return _resolve(value, known)


def _resolve(value: Any, known: Known) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is Ref:
        return known.get((value.key, value.attribute), value)
    if kind is Text:
        parts = tuple(_resolve(part, known) for part in value.parts)
        full = all(isinstance(part, str) for part in parts)
        return value.template.format(*parts) if full else Text(value.template, parts)
    return _inside(value, known)


def _inside(value: Any, known: Known) -> Any:
    """A container with its references filled in; the same object when there was nothing to fill in."""
    if isinstance(value, (BaseModel, dict)):
        items = value.__dict__ if isinstance(value, BaseModel) else value
        changed = {name: new for name, old in items.items() if (new := _resolve(old, known)) is not old}
        if not changed:
            return value
        return value.model_copy(update=changed) if isinstance(value, BaseModel) else {**value, **changed}
    if isinstance(value, tuple):
        filled = tuple(_resolve(item, known) for item in value)
        return filled if any(a is not b for a, b in zip(filled, value, strict=True)) else value
    return value


def plain(value: Any) -> Any:
    """A value as boto3 takes it: dicts, lists and scalars; what is None is left out of structures."""
    if isinstance(value, Shape):
        pairs = ((each.alias, plain(getattr(value, each.name))) for each in fields_of(type(value)) if not each.hidden)
        return {alias: item for alias, item in pairs if item is not None} | plain(others(value))
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.low if isinstance(value, Within) else value
