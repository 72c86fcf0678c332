"""REST APIs made by hand: `gateway.adopt` names one, and of it and of what is in it only what the spec states is ours.

What the spec does not state is None in what is wanted, so nothing compares it. Maps are looked at by our keys alone.
What is in the API besides is neither told nor touched, and nothing in it is ever deleted: nobody can tell who made it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from reconcilers.resource import Resource, fields_of
from reconcilers.topology import api, speaks
from specs import Instance

R = TypeVar("R", bound=Resource)


def adopted_api(instance: Instance) -> str:
    """The id of the REST API that an instance takes over; empty when it makes its own."""
    return (api(instance).gateway.adopt or "") if speaks(instance, "rest") else ""


def states(instance: Instance, *pointers: str) -> bool:
    """Whether a file says anything at or below one of these places of the expanded spec."""
    return any(
        written == pointer or written.startswith(f"{pointer}/") for written in instance.origins for pointer in pointers
    )


def stated(want: R, names: Collection[str]) -> R:
    """Of what is wanted only these fields, and those that say which it is."""
    left = {
        each.name: None
        for each in fields_of(type(want))
        if not (each.immutable or each.hidden or each.name in (*names, "tags"))
    }
    return want.model_copy(update=left)


def shown(live: R, want: Resource | None) -> R:
    """Of what is live only what is wanted of it."""
    if want is None:
        return live
    seen: dict[str, Any] = {}
    for each in fields_of(type(live)):
        wanted, there = getattr(want, each.name), getattr(live, each.name)
        if isinstance(wanted, Mapping) and isinstance(there, Mapping):
            seen[each.name] = {name: value for name, value in there.items() if name in wanted}
    return live.model_copy(update=seen)


def whole(want: R, **more: Any) -> R:
    """What is not stated as AWS has it by default, for something that is not there yet and has to be made."""
    empty = {each.name for each in fields_of(type(want)) if getattr(want, each.name) is None}
    fields = type(want).model_fields
    defaults = {
        name: fields[name].get_default(call_default_factory=True) for name in empty if not fields[name].is_required()
    }
    return want.model_copy(update=defaults | {name: value for name, value in more.items() if name in empty})
