"""Specs as they are obeyed: short forms, defaults and patches expanded, and where each value was written."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from controller.output.table import table
from controller.output.values import written
from drift.report import masked
from specs import Instance, Origin

API_VERSION = "penstock.dev/v1alpha1"
DEFAULT = "default"
"""The origin of what nobody wrote."""


def expanded(instance: Instance, *, defaults: bool = False) -> dict[str, Any]:
    """The document in its long form, all layers in it: it can be loaded as it is, and asks for the same instance.

    With the built-in `defaults` it shows everything that is obeyed, and also what does not concern this variant.
    """
    about = {"labels": dict(instance.labels), "annotations": dict(instance.annotations)}
    spec = instance.spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=not defaults)
    place = {"environment": instance.environment} if instance.environment else {}
    return {
        "apiVersion": API_VERSION,
        "kind": instance.kind,
        "metadata": {"name": instance.name, **{name: each for name, each in about.items() if each}},
        "spec": place | masked("", spec),
    }


def origins(instance: Instance) -> Iterator[tuple[str, Any, Origin | None]]:
    """JSON pointer into the spec, value and origin of everything that is obeyed; no origin: a built-in default."""
    for pointer, value in _leaves("", expanded(instance, defaults=True)["spec"]):
        if pointer != "/environment":
            yield pointer, value, instance.origins.get(pointer)


def origin_table(instances: Mapping[str, Instance]) -> str:
    """One row per value: `get --show-origin`."""
    rows = [
        (address, pointer, written(value), str(origin or DEFAULT))
        for address, instance in instances.items()
        for pointer, value, origin in origins(instance)
    ]
    return table(("SPEC", "PATH", "VALUE", "ORIGIN"), rows)


def specs_json(instances: Mapping[str, Instance], *, show_origin: bool) -> dict[str, Any]:
    """`penstock.specs/1`: the expanded documents, and by JSON pointer where each value was written."""
    told = []
    for address, instance in instances.items():
        found = {pointer: origin for pointer, _, origin in origins(instance) if origin} if show_origin else {}
        places = {pointer: {"file": one.file, "line": one.line, "column": one.column} for pointer, one in found.items()}
        document = expanded(instance, defaults=show_origin)
        told.append({"address": address, "document": document} | ({"origins": places} if show_origin else {}))
    return {"format": "penstock.specs/1", "specs": told}


def specs_yaml(instances: Mapping[str, Instance], *, show_origin: bool) -> str:
    """The expanded documents, with an origin behind every value if that is asked for."""
    return "---\n".join(_document(each, show_origin=show_origin) for each in instances.values())


def as_yaml(value: Any) -> str:
    from ruamel.yaml import YAML

    yaml, text = YAML(), io.StringIO()
    yaml.width = 4096
    yaml.dump(value, text)
    return text.getvalue()


def _document(instance: Instance, *, show_origin: bool) -> str:
    document = _commentable(expanded(instance, defaults=show_origin))
    for pointer, _, origin in origins(instance) if show_origin else ():
        inside = document["spec"]
        *way, last = pointer.split("/")[1:]
        for step in way:
            inside = inside[_step(inside, step)]
        inside.yaml_add_eol_comment(str(origin or DEFAULT), _step(inside, last), column=0)
    return as_yaml(document)


def _commentable(value: Any) -> Any:
    """The same in ruamel's own maps and lists, which can carry comments."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        return CommentedMap({name: _commentable(each) for name, each in value.items()})
    return CommentedSeq(_commentable(each) for each in value) if isinstance(value, list) else value


def _leaves(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    members = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    inside = [(str(name).replace("~", "~0").replace("/", "~1"), each) for name, each in members]
    if not inside:
        yield pointer, value
    for step, each in inside:
        yield from _leaves(f"{pointer}/{step}", each)


def _step(inside: Any, step: str) -> Any:
    """A step of a pointer as a key of a map or the number of a list's member."""
    return int(step) if isinstance(inside, list) else step.replace("~1", "/").replace("~0", "~")
