"""The escape hatch: what a spec's `overrides` say, put into the resource that is wanted.

An override is another value for a field of the kind, or for a member of a task definition. So it is sent, compared and
repaired like any field, and taking it out of the spec puts the field's default back (docs/decisions/0003-overrides.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from reconcilers.compute import containers
from reconcilers.facts import Missing
from reconcilers.keys import Key
from reconcilers.resource import Resource, Shape, fields_of
from specs import Instance
from specs.apiservice import ApiServiceSpec

R = TypeVar("R", bound=Resource)
S = TypeVar("S", bound=Shape)


def overridden(instance: Instance, key: Key, want: R) -> R:
    """What is wanted, with the members its spec overrides; raises Missing where they do not fit together."""
    members = _stated(instance.spec, key) if isinstance(instance.spec, ApiServiceSpec) else {}
    if not members:
        return want
    try:
        return merged(want, members)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Missing(f"the overrides of {key} do not fit: {place}: {first['msg']}") from error


def _stated(spec: ApiServiceSpec, key: Key) -> Mapping[str, Any]:
    shared = {
        "HttpApi": spec.overrides.api,
        "Stage": spec.overrides.stage,
        "RestApi": spec.overrides.api,
        "RestStage": spec.overrides.stage,
        "LoadBalancer": spec.overrides.load_balancer,
    }
    if key.kind in shared or key.part not in spec.services:
        return shared.get(key.kind, {})
    own = spec.services[key.part].overrides
    stated = {"TargetGroup": own.target_group, "Service": own.service, "TaskDefinition": _by_name(own.task_definition)}
    return stated.get(key.kind, {})


def _by_name(members: Mapping[str, Any]) -> Mapping[str, Any]:
    if "containerDefinitions" not in members:
        return members
    return {**members, "containerDefinitions": containers.by_name(members["containerDefinitions"])}


def merged(shape: S, members: Mapping[str, Any]) -> S:
    """The same structure with these members of the AWS request in it: maps are merged, all else is replaced."""
    names = {each.alias: each.name for each in fields_of(type(shape)) if not each.hidden}
    told = {names.get(member, member): value for member, value in members.items()}
    values = {name: _within(getattr(shape, name, None), value) for name, value in told.items()}
    return type(shape).model_validate({**dict(shape), **values})


def _within(there: Any, stated: Any) -> Any:
    if isinstance(stated, Mapping) and isinstance(there, Shape):
        return merged(there, stated)
    if isinstance(stated, Mapping) and isinstance(there, Mapping):
        return {**there, **{name: _within(there.get(name), each) for name, each in stated.items()}}
    return stated
