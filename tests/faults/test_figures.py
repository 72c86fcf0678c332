"""Figures of several runs add up, and say no more than was played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.faults.experiments import EXPERIMENTS
from tests.faults.figures import Figures, Log, Played, averages, projected
from tests.faults.history import Blow, History
from tests.faults.plan import FIRST, nightly
from tests.faults.run import HOUR, SECONDS
from tests.faults.scenes import EDITS, EXAMPLES, TOPOLOGIES, scenes

DEATH = History("hello/create", (Blow("crash-before", 1),), "one", calls=2)
SAME = History("hello/create", (Blow("crash-after", 1),), "two", calls=2, broken=("I4: two",), played=False)
LIVED = History("hello/create", tape="zero")
CREATE = Played("E1", "hello/create", (LIVED, DEATH, SAME), lines=("a:One", "a:Two"), seconds=7.5)
DELETE = replace(CREATE, scene="hello/delete", histories=(History("hello/delete", tape="zero"),), seconds=2.5)


def test_what_a_log_holds_is_counted_and_not_played_again(tmp_path: Path) -> None:
    log = Log(tmp_path / "night.jsonl", "abc", "0")
    for played in (CREATE, DELETE):
        log.note(played)
    assert log.kept() == {CREATE.part: CREATE, DELETE.part: DELETE}
    assert log.tapes() == {CREATE.scene: CREATE.lines, DELETE.scene: DELETE.lines}
    assert not replace(log, commit="abd").kept()
    assert not replace(log, choice="1").kept()
    jobs = nightly(["E1"], lambda scene: scene.topology == "hello" and scene.step in ("create", "edit image", "delete"))
    left = [rest.scene for job in jobs if (rest := job.without(log.kept().keys())) is not None]
    assert left == ["hello/edit image"]


def test_a_scene_that_was_cut_short_in_the_log_never_happened(tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    log = Log(file, "abc", "0")
    log.note(CREATE)
    whole = file.read_text()
    for end in range(len(whole) - 1):
        file.write_text(whole[:end])
        assert not log.kept(), end
        log.note(DELETE)
        assert log.kept() == {DELETE.part: DELETE}, end


def test_figures_count_what_differs_and_what_died() -> None:
    figures = Figures()
    for played in (CREATE, CREATE, DELETE):
        figures.take(played)
    assert (figures.histories, len(figures.tapes), figures.played, figures.violations) == (7, 4, 5, 2)
    assert (len(figures.crashed), sum(figures.boundaries.values())) == (2, 8)


def test_how_long_it_will_take_is_told_from_how_long_it_took() -> None:
    costs = {CREATE.part: 8.0, DELETE.part: 2.0}
    asked = [CREATE.part, ("E1", "shop/create"), ("E9", "hello/create")]
    assert projected(asked, costs, {"E9": 30.0} | averages(costs)) == 8 + 5 + 30


def test_a_night_has_every_death_of_every_scene_first_and_something_of_every_experiment() -> None:
    jobs = nightly([], lambda _: True)
    assert [job.scene for job in jobs[: len(TOPOLOGIES)]] == [f"{each}/create" for each in TOPOLOGIES]
    deaths = [job.scene for job in jobs if tuple(job.plans) == FIRST[:1]]
    assert sorted(deaths) == sorted(each.name for each in scenes())
    assert {experiment for job in jobs for experiment, _ in job.parts} == {*EXPERIMENTS, "E13"}
    parts = [part for job in jobs for part in job.parts]
    assert len(set(parts)) == len(parts)
    assert SECONDS.keys() == {*EXPERIMENTS, "E13"}
    hours = projected(parts, {}, SECONDS) / HOUR
    assert 6 < hours < 12, "six hours of two processors, and they may be slower"


def test_faults_are_tried_on_every_example() -> None:
    assert {each.stem for each in EXAMPLES.glob("*.yaml")} <= {file for files in TOPOLOGIES.values() for file in files}


def test_every_edit_is_tried_where_there_is_something_of_its_kind() -> None:
    steps = {topology: {each.step for each in scenes(topology)} for topology in TOPOLOGIES}
    assert {step for found in steps.values() for step in found} == {
        *("create", "delete"),
        *(f"{way} {name}" for way in ("edit", "unedit") for name in EDITS),
    }
    simple = {"image", "setting", "port", "draining", "labels", "description"}
    assert {step.removeprefix("edit ") for step in steps["hello"]} >= {*simple, "protocol"}
    assert all("edit draining" in found for topology, found in steps.items() if topology != "cloud-map")
