"""Every managed field drifts and is repaired. The fields are the models', the values are the table's."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from drift.difference import escape
from reconcilers import BY_KIND
from reconcilers.domains.routing_rule import RoutingRule
from reconcilers.gateway.authorizer import Authorizer
from reconcilers.gateway.rest.rest_integration import RestIntegration
from reconcilers.ownership import CONTENT
from reconcilers.resource import Field, Live, Shape, fields_of
from tests.laws.by_hand import ALONG, BY_HAND, IMPOSSIBLE, MOVES, SLOW
from tests.laws.conftest import Settled
from tests.laws.fields import Path, all_fields, present, put
from tests.laws.lab import Lab
from tests.laws.place import place
from tests.laws.samples import ELSEWHERE, SAMPLES, Here, read
from tests.laws.topologies import MAXIMAL

FIELDS = {str(path): path for path in all_fields()}
CHANGEABLE = sorted((name for name, path in FIELDS.items() if not path.top.immutable), key=ELSEWHERE.__contains__)
"""Those of one topology after those of another, so that each is settled once."""


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_has_two_samples(name: str) -> None:
    one, two = SAMPLES[name]
    assert one != two


def test_no_sample_is_of_a_field_that_is_not_there() -> None:
    assert SAMPLES.keys() <= FIELDS.keys()
    assert {*ALONG, *BY_HAND, *IMPOSSIBLE, *MOVES} <= SAMPLES.keys()


@pytest.mark.parametrize("name", CHANGEABLE)
def test_a_field_changed_by_hand_is_found_at_its_path_and_put_back(settled: Settled, name: str) -> None:
    if name in IMPOSSIBLE:
        pytest.skip(IMPOSSIBLE[name])
    path = FIELDS[name]
    lab = settled.of(ELSEWHERE.get(name, MAXIMAL))
    settled.place = settled.place or place(lab)
    live, value = _other(lab, path, settled.place)
    if name in BY_HAND:
        change, expected = BY_HAND[name]
        change(lab, live, settled.place)
    else:
        other, expected = _with(live.resource, {name: value, **ALONG.get(name, {})}, settled.place)
        expected = MOVES.get(name, expected) | _change(lab, live, other, {name, *ALONG.get(name, {})})
    lab.clock.sleep(SLOW.get(live.key.kind, 0))
    drift = lab.told()
    assert live.key in drift, "nobody noticed"
    assert drift[live.key].how == "changed"
    assert {each.path for each in drift[live.key].differences} == expected
    assert drift.keys() == {live.key}
    lab.repair()
    assert not lab.left()


def _with(resource: Any, values: Mapping[str, Any], here: Here) -> tuple[Any, frozenset[str]]:
    """The resource with these fields changed, and where that must be told."""
    expected: set[str] = set()
    for name, known in values.items():
        found = present(resource, FIELDS[name])
        assert found is not None
        value = read(known, here)
        expected |= _pointers(*found, value, FIELDS[name].leaf)
        resource = put(resource, FIELDS[name], value)
    return resource, frozenset(expected)


def _other(lab: Lab, path: Path, here: Here) -> tuple[Live[Any], Any]:
    """A live resource that has the field, where it stands, and the sample that it has not."""
    lives = lab.live(path.kind.__name__)
    if path.kind in (Authorizer, RoutingRule):  # a field of the other type is None
        lives.sort(key=lambda live: (present(live.resource, path) or ("", None))[1] is None)
    if path.kind is RestIntegration:  # an answer of API Gateway's own has few fields
        lives.sort(key=lambda live: (live.resource.type == "MOCK", live.key.part.startswith("OPTIONS")))
    for live in lives:
        found = present(live.resource, path)
        if found is not None:
            samples = [read(each, here) for each in SAMPLES[str(path)]]
            for sample in samples:
                if _differs(found[1], sample, path):
                    return live, sample
    raise AssertionError(f"the maximal spec has nothing with {path}")


def _differs(there: Any, sample: Any, path: Path) -> bool:
    if path.leaf.partial:
        return any(there.get(name) != value for name, value in sample.items())
    return sorted(there) != sorted(sample) if path.leaf.unordered and there and sample else there != sample


def _pointers(pointer: str, there: Any, value: Any, field: Field) -> set[str]:
    """Where a difference must be told: at the field, or in a map at each key that differs."""
    if isinstance(there, Mapping) and isinstance(value, Mapping):
        names = value.keys() if field.partial else there.keys() | value.keys()
        pairs = [(name, there.get(name), value.get(name)) for name in names]
    elif isinstance(there, Shape) and isinstance(value, Shape):
        inner = [
            _pointers(f"{pointer}/{each.alias}", getattr(there, each.name), getattr(value, each.name), each)
            for each in fields_of(type(there))
        ]
        return set().union(*inner)
    elif isinstance(there, (list, tuple)) and isinstance(value, (list, tuple)) and not field.unordered:
        pairs = (
            [(str(n), *both) for n, both in enumerate(zip(there, value, strict=False))]
            if len(there) == len(value)
            else []
        )
    else:
        pairs = []
    if not pairs:
        return {pointer} if there != value else set()
    return {each for name, mine, other in pairs for each in _pointers(f"{pointer}/{escape(name)}", mine, other, field)}


def _change(lab: Lab, live: Live[Any], other: Any, names: Collection[str]) -> frozenset[str]:
    """Change it by hand; where that must be told besides."""
    fields = frozenset(FIELDS[name].top.name for name in names)
    verbs = BY_KIND[live.key.kind]
    if not verbs.reissues:
        verbs.update(lab.by_hand, live, other, fields)
        return frozenset()
    verbs.update(lab.by_hand, live, verbs.finish(other), fields)
    lab.by_hand.ecs.deregister_task_definition(taskDefinition=live.id)  # while the wanted one is there no other counts
    return frozenset({f"/Tags/{CONTENT}"})
