"""What every block of a spec has in common: frozen, camelCase in YAML, no unknown member, and perhaps one short form.

A short form belongs to its block: `HealthCheck` says that a bare string is its path. The loader expands it before
anything else looks, and the JSON Schema offers it, so the two cannot disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


@dataclass(frozen=True, slots=True)
class ShortForm:
    """How a block may be written in brief.

    `accepts` says whether a YAML value (a scalar, or a map or tuple of nodes) is the short form; `expand` makes the
    long form of it (a plain map whose values may be those nodes, or None for "the block is not there"); `schema`
    describes it to editors, and `keys` are the extra keys of a block that is written as a map all the same.
    """

    accepts: Callable[[object], bool]
    expand: Callable[[Any], Mapping[str, object] | None]
    schema: Mapping[str, object]
    keys: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def text_as(field: str, **schema: object) -> ShortForm:
    """A bare string stands for one field: `healthCheck: /healthz` is `{path: /healthz}`."""
    return ShortForm(lambda value: isinstance(value, str), lambda value: {field: value}, {"type": "string", **schema})


class Block(BaseModel):
    """One map in a spec. Attributes are snake_case, keys in YAML camelCase; values are frozen and sequences tuples."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        arbitrary_types_allowed=False,
        defer_build=True,  # built once and whole at the first validation, not once for every block at import
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    short: ClassVar[ShortForm | None] = None
