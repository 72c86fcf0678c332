"""The fields of a spec, read off its models, as YAML spells them: `services.*.healthCheck.path`."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from specs.apiservice import ApiServiceSpec
from specs.block import Block
from specs.environment import EnvironmentSpec


def spec_fields() -> tuple[str, ...]:
    """Every field of an ApiService, then what only an Environment has."""
    own = tuple(_walk(ApiServiceSpec, ""))
    shared = (f"Environment.{each}" for each in _walk(EnvironmentSpec, "") if _once(each) not in own)
    return (*own, *shared)


def _once(path: str) -> str:
    """An Environment's balancers are balancers."""
    return path.replace("loadBalancers.*", "loadBalancer")


def _walk(model: type[Block], before: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{before}{field.alias or name}"
        inner, among = _block(field.annotation)
        if inner is None:
            yield path
        else:
            yield from _walk(inner, f"{path}.*." if among else f"{path}.")


def _block(annotation: Any) -> tuple[type[Block] | None, bool]:
    """The block inside an annotation, and whether there may be several of it."""
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return annotation, False
    origin = get_origin(annotation)
    several = origin is tuple or (isinstance(origin, type) and issubclass(origin, Mapping))
    for argument in get_args(annotation):
        inner, among = _block(argument)
        if inner is not None:
            return inner, several or among
    return None, False
