"""A controller that dies at any call leaves an account that the next one brings to the same end.

By default a sample of the calls; all of them with `make faults`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.calls import Call
from sandbox.faults import Fault
from tests.faults.copying import DyingAt
from tests.faults.picture import picture
from tests.stories.writing import alone, service
from tests.world import World

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot copy a process")
Chosen = Callable[[int, Call], bool]
TWO = {"GET /a": "web", "GET /b": "other"}
BOTH = alone(services={"web": service(), "other": service(port=3000)}, gateway={"routes": TWO})
TELLING = ("CreateApi", "CreateVpcLink", "UpdateService", "RegisterTaskDefinition", "DeleteService")
EDITS = {
    "another image": (alone(), alone(services={"web": service("web:2")})),
    "another port": (alone(), alone(services={"web": service(port=9090)})),
    "one of two services gone": (BOTH, alone(gateway={"routes": {"GET /a": "web"}})),
}


def every(_number: int, _call: Call) -> bool:
    return True


def some(number: int, call: Call) -> bool:
    """What makes duplicates, and a sample of the rest."""
    return call.operation in TELLING or number % 90 == 0


SAMPLES = [pytest.param(some, id="some calls"), pytest.param(every, id="every call", marks=pytest.mark.slow)]


def reviving(expected: dict[str, Any]) -> Callable[[World], None]:
    """Another process brings it home, and then has nothing more to do."""

    def revive(world: World) -> None:
        world.settle()
        outcomes, seen = world.once()
        assert not outcomes, outcomes
        assert world.writes == []
        assert not seen.drift
        found = picture(world, seen)
        for address in expected.keys() | found.keys():
            assert found.get(address) == expected.get(address), address
        assert world.request(world.api(), "/a").answer.status == 200

    return revive


def ending(folder: Path, *specs: str) -> dict[str, Any]:
    """How it ends when nothing goes wrong."""
    folder.mkdir()
    world = World(folder)
    for spec in specs:
        world.write(spec)
        world.settle()
    return picture(world, world.look())


def die_during(world: World, chosen: Chosen, expected: dict[str, Any]) -> None:
    dying = DyingAt(world, chosen, reviving(expected))
    world.sandbox.faults.append(Fault(dying))
    world.settle()
    world.sandbox.faults.clear()
    assert dying.died
    assert not dying.failures, f"{len(dying.failures)} of {len(dying.died)} deaths: " + "\n".join(dying.failures[:3])


@pytest.mark.parametrize("chosen", SAMPLES)
def test_a_death_while_everything_is_made_leaves_nothing_twice_and_nothing_behind(tmp_path: Path, chosen: Chosen):
    expected = ending(tmp_path / "without", alone())
    (tmp_path / "with").mkdir()
    world = World(tmp_path / "with")
    world.write(alone())
    die_during(world, chosen, expected)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("chosen", SAMPLES)
def test_a_death_in_the_middle_of_an_edit_ends_as_the_edit_would_have(tmp_path: Path, edit: str, chosen: Chosen):
    before, after = EDITS[edit]
    expected = ending(tmp_path / "without", before, after)
    (tmp_path / "with").mkdir()
    world = World(tmp_path / "with")
    world.write(before)
    world.settle()
    world.write(after)
    die_during(world, chosen, expected)
