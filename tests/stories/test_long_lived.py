"""A controller runs for months: what is over is forgotten, what the machine refuses or sleeps through does no harm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from controller.executor import Outcome, Result
from controller.fights import HOUR, Fights
from controller.loop import Loop, ticks
from drift import Action, Change, Difference
from reconcilers import Key
from tests.stories.test_running import of_two_places, sweep, until_ready
from tests.stories.writing import alone
from tests.world import World


def test_what_was_corrected_an_hour_ago_is_forgotten():
    fights = Fights()
    key = Key("hello", "HttpApi")
    difference = Difference("/Description", "", "by hand", "description")
    corrected = Outcome(Change(Action.UPDATE, key, differences=(difference,)), Result.DONE)
    for now in (0.0, 1.0):
        fights.note([corrected], (), {"hello": 1}, now)
    assert fights.of(2.0) == {(key, "/Description")}
    assert fights.of(HOUR + 1) == frozenset()
    assert (fights.corrected, fights.limits) == ({}, {})


def test_of_a_spec_that_is_gone_nothing_is_remembered(world: World):
    world.write(alone("stays"), "stays.yaml")
    world.write(alone("goes"), "goes.yaml")
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    [lane] = loop.lanes.values()
    assert lane.bulkhead.applied.keys() == {"stays", "goes"}
    text = (world.folder / "goes.yaml").read_text()
    (world.folder / "goes.yaml").write_text(text[:-20])
    loop.turn(edited=True)
    assert "goes" in lane.bulkhead.applied, "what cannot be read is not gone"
    (world.folder / "goes.yaml").unlink()
    loop.turn(edited=True)
    assert lane.bulkhead.applied.keys() == lane.hashes.keys() == loop.told.ready == {"stays"}
    sweep(loop, world)
    assert lane.changed_at == {}


def test_the_calls_of_all_places_are_counted(world: World):
    loop = of_two_places(world)
    lists = "logs:DescribeLogGroups"
    made = [lane.bulkhead.aws.calls[lists] for lane in loop.lanes.values()]
    assert len(made) == 2
    assert all(made)
    told = loop.telemetry.registry.get_sample_value("penstock_aws_calls", {"operation": lists})
    assert told == sum(made)


@pytest.mark.parametrize("refusal", [OSError("inotify instance limit reached"), RuntimeError("error in the watcher")])
def test_a_folder_that_the_kernel_does_not_watch_is_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
):
    stop = threading.Event()

    def watch(*_: Path, force_polling: bool | None, **__: Any) -> Iterator[set[Any]]:
        if not force_polling:
            raise refusal
        yield set()
        stop.set()

    monkeypatch.setattr("controller.loop.watch", watch)
    told = list(ticks(lambda: (tmp_path,), stop))
    assert told == [True, True, False], "at first, when it could not be watched, and then by itself"


def test_a_machine_that_slept_calls_aws_no_faster(world: World):
    world.aws.sts.get_caller_identity()
    assert world.aws.told is not None
    world.clock.sleep(60)
    world.aws.told += timedelta(hours=8)
    assert world.aws.speed == 1.0
