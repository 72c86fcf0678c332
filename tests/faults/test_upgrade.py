"""E22: whoever upgrades Penstock and changes no spec sees nothing written."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from reconcilers.gateway.rest import snapshot
from tests.faults.released import Released, names
from tests.world import World

NAMES = names()
ALWAYS = ("nlb", "rest-nlb", "storefront")
OF_REST = "rest-nlb"


def left_by(name: str, folder: Path) -> World:
    released = Released.read(name)
    if released.moto != version("moto"):
        pytest.skip(f"the account was kept with objects of moto {released.moto}")
    return released.world(folder)


@pytest.mark.parametrize(
    "name", [each if each in ALWAYS else pytest.param(each, marks=pytest.mark.slow) for each in NAMES]
)
def test_what_a_released_penstock_left_needs_no_write(name: str, tmp_path: Path):
    world = left_by(name, tmp_path)
    for _ in range(2):
        outcomes, seen = world.once()
        assert not seen.drift
        assert not outcomes
        assert world.writes == []
        assert not seen.edited, "not even a hash of the spec is another one"
        world.clock.sleep(300)


def test_a_newer_way_to_describe_a_deployment_does_not_deploy_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is recorded says by which algorithm, and by that it is judged."""
    world = left_by(OF_REST, tmp_path)
    fewer = replace(snapshot.FIRST, beside={})
    monkeypatch.setattr(snapshot, "ALGORITHMS", {1: snapshot.FIRST, 2: fewer})
    monkeypatch.setattr(snapshot, "NEWEST", 2)
    outcomes, _ = world.once()
    assert not outcomes
    assert world.writes == []


def test_every_topology_that_is_tried_was_kept():
    assert len(NAMES) > 10
