"""Who a resource is, and how one refers to another: the edges of the topology are values of these types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Key(NamedTuple):
    """Who a resource is, before AWS has given it an id: `TargetGroup/web` of `orders/prod`."""

    instance: str
    kind: str
    part: str = ""

    @property
    def address(self) -> str:
        """Unique within the instance; what plans print, tags hold and `ignoreDifferences` takes."""
        return f"{self.kind}/{self.part}" if self.part else self.kind

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class Ref:
    """An attribute of another resource, as a value: unknown until that resource exists."""

    key: Key
    attribute: str = "id"

    def __str__(self) -> str:
        return f"(after {self.key})"


@dataclass(frozen=True, slots=True)
class Text:
    """A string with references inside: `Text("service/{}/{}", (Ref(...), Ref(...)))`."""

    template: str
    parts: tuple[Ref | str, ...]

    def __str__(self) -> str:
        return self.template.format(*self.parts)


@dataclass(frozen=True, slots=True)
class Within:
    """What somebody else may move between two bounds, both included (autoscaling moves `desiredCount`)."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


Link = str | Ref | Text
