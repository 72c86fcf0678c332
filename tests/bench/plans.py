"""Many services for the planner alone: what they want, and an account in which all of it is there."""

from __future__ import annotations

from typing import Any

from reconcilers import BY_KIND, Facts, Fleet, Graph, Live
from reconcilers.facts import Network
from reconcilers.resource import Resource, fields_of, refs, resolve
from specs import Instance, load_text
from tests.bench.worlds import ENVIRONMENT, SHARED

AT_ONCE = 50
"""Documents of one text: reading is not what is measured."""


def services(number: int) -> tuple[list[Instance], Facts]:
    """An Environment with so many services in it."""
    instances: dict[str, Instance] = {}
    for start in range(0, number, AT_ONCE):
        texts = [SHARED.format(name=f"svc-{place:04}") for place in range(start, min(start + AT_ONCE, number))]
        instances |= {each.address: each for each in load_text("\n---\n".join([ENVIRONMENT, *texts])).instances}
    networks = {"bench": Network("vpc-1", ("10.0.0.0/16",), ("subnet-a", "subnet-b"))}
    return [*instances.values()], Facts("default", "eu-west-1", "123456789012", networks=networks)


def in_sync(graph: Graph) -> Fleet:
    """All that is wanted is there."""
    return Fleet(tuple(_as_live(key, want, graph) for key, want in graph.items()))


ATTRIBUTES = ("arn", "name", "label", "endpoint", "dns_name")


def _as_live(key: Any, want: Any, graph: Any) -> Live[Any]:
    """Everything exists, with ids that look like addresses."""
    known = {(ref.key, ref.attribute): f"{ref.attribute}:{ref.key.instance}:{ref.key}" for ref in refs(want)}
    filled: Resource = BY_KIND[key.kind].finish(resolve(want, known))
    count = getattr(filled, "desired_count", None)
    if count is not None and not isinstance(count, int):
        filled = filled.model_copy(update={"desired_count": count.low})
    attributes = {name: f"{name}:{key.instance}:{key}" for name in ATTRIBUTES}
    assert fields_of(type(filled))
    return Live(key, f"id:{key.instance}:{key}", filled, attributes)
