"""Every managed field drifts and is repaired. The fields are the models', the values are the table's."""

from collections.abc import Mapping
from typing import Any

import pytest

from drift.difference import escape
from reconcilers import BY_KIND
from reconcilers.resource import Field, Live
from tests.laws.by_hand import ALONG, BY_HAND, IMPOSSIBLE
from tests.laws.conftest import Settled
from tests.laws.fields import Path, all_fields, present, put
from tests.laws.lab import Lab
from tests.laws.place import place
from tests.laws.samples import SAMPLES, Known
from tests.laws.topologies import MAXIMAL

FIELDS = {str(path): path for path in all_fields()}
CHANGEABLE = [name for name, path in FIELDS.items() if not path.top.immutable]


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_has_two_samples(name: str) -> None:
    one, two = SAMPLES[name]
    assert one != two


def test_no_sample_is_of_a_field_that_is_not_there() -> None:
    assert SAMPLES.keys() <= FIELDS.keys()
    assert {*ALONG, *BY_HAND, *IMPOSSIBLE} <= SAMPLES.keys()


@pytest.mark.parametrize("name", CHANGEABLE)
def test_a_field_changed_by_hand_is_found_at_its_path_and_put_back(settled: Settled, name: str) -> None:
    if name in IMPOSSIBLE:
        pytest.skip(IMPOSSIBLE[name])
    path = FIELDS[name]
    lab = settled.of(MAXIMAL)
    settled.place = settled.place or place(lab)
    live, (pointer, there), value = _other(lab, path, settled.place)
    expected = _pointers(pointer, there, value, path.leaf)
    if name in BY_HAND:
        BY_HAND[name](lab, live, settled.place)
    else:
        other = put(live.resource, path, value)
        for more, known in ALONG.get(name, {}).items():
            also = known.read(settled.place) if isinstance(known, Known) else known
            found = present(live.resource, FIELDS[more])
            assert found is not None
            if found[1] != also:
                other = put(other, FIELDS[more], also)
                expected |= _pointers(*found, also, FIELDS[more].leaf)
        _change(lab, live, other, path)
    drift = lab.told()
    assert live.key in drift, "nobody noticed"
    assert drift[live.key].how == "changed"
    assert {each.path for each in drift[live.key].differences} == expected
    assert drift.keys() == {live.key}
    lab.repair()
    assert not lab.told()


def _other(lab: Lab, path: Path, here: dict[str, Any]) -> tuple[Live[Any], tuple[str, Any], Any]:
    """A live resource that has the field, where it stands, and the sample that it has not."""
    for live in lab.live(path.kind.__name__):
        found = present(live.resource, path)
        if found is not None:
            samples = [each.read(here) if isinstance(each, Known) else each for each in SAMPLES[str(path)]]
            for sample in samples:
                if _differs(found[1], sample, path):
                    return live, found, sample
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
    elif isinstance(there, (list, tuple)) and isinstance(value, (list, tuple)) and not field.unordered:
        pairs = list(zip(map(str, range(99)), there, value)) if len(there) == len(value) else []  # noqa: B905
    else:
        pairs = []
    if not pairs:
        return {pointer} if there != value else set()
    return {each for name, mine, other in pairs for each in _pointers(f"{pointer}/{escape(name)}", mine, other, field)}


def _change(lab: Lab, live: Live[Any], other: Any, path: Path) -> None:
    verbs = BY_KIND[live.key.kind]
    if verbs.reissues:
        other = verbs.finish(other)
    lab.changed_to(live, other, path.top.name)
    if verbs.reissues:  # only without the wanted revision does another one count
        lab.by_hand.ecs.deregister_task_definition(taskDefinition=live.id)
