"""Figures of several runs add up, and say no more than was played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from shutil import copytree

import pytest

from specs.loader import load
from tests.faults.experiments import EXPERIMENTS
from tests.faults.figures import CALM, Figures, Log, Played, averages, meeting, projected
from tests.faults.history import Blow, History
from tests.faults.plan import FIRST, WHOLE, answers, deaths, once
from tests.faults.run import SECONDS
from tests.faults.scenes import EDITS, EXAMPLES, TOPOLOGIES, scenes, text

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
    jobs = deaths(["E1"], lambda scene: scene.name in ("hello/create", "hello/edit image", "hello/delete"), 0)
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
    assert (len(figures.crashed), figures.boundaries) == (2, 8)
    assert figures.met == {("crash-before", "a:One", "create"), ("crash-after", "a:One", "create")}


def test_how_long_it_will_take_is_told_from_how_long_it_took() -> None:
    costs = {CREATE.part: 8.0, DELETE.part: 2.0}
    asked = [CREATE.part, ("E1", "shop/create"), ("E9", "hello/create")]
    assert projected(asked, costs, {"E9": 30.0} | averages(costs)) == 8 + 5 + 30


READ, LIST, WRITE = "sts:GetCallerIdentity", "ec2:DescribeVpcs", "ecs:CreateCluster"
TAPES = {each.name: (READ, LIST, LIST, WRITE) for each in scenes()}


def test_a_night_has_every_death_of_every_scene_first_and_something_of_every_experiment() -> None:
    first, second = deaths([], lambda _: True, 0), answers([], lambda _: True, 0, TAPES)
    assert [job.scene for job in first[: len(TOPOLOGIES)]] == [f"{each}/create" for each in TOPOLOGIES]
    died = [job.scene for job in first if tuple(job.plans) == FIRST[:1]]
    assert sorted(died) == sorted(each.name for each in scenes())
    parts = [part for job in (*first, *second) for part in job.parts]
    assert {experiment for experiment, _ in parts} == {*EXPERIMENTS, "E13"}
    assert len(set(parts)) == len(parts)
    assert SECONDS.keys() == {*EXPERIMENTS, "E13", CALM}


def test_of_scenes_that_nobody_has_seen_the_calls_are_asked_first() -> None:
    one = "hello/edit image"
    asked = [(["E4"], {}), (["E4"], TAPES), (["E1", "E4"], {})]
    parts = [[job.parts for job in deaths(names, lambda scene: scene.name == one, 0, known)] for names, known in asked]
    assert parts == [[((CALM, one),)], [], [(("E1", one),)]]


def test_every_fault_meets_every_operation_in_every_kind_of_step_once() -> None:
    every = [each for each in scenes() if each.name != WHOLE]
    for experiment in (each for each in EXPERIMENTS.values() if each.once):
        there = [each for each in every if experiment.where(each)]
        drawn = once(experiment, there, TAPES, Random(0))
        found = [meeting(name, TAPES[name], blow) for name, blows in drawn.items() for (blow,) in blows]
        steps = {each.step.split()[0].removeprefix("un") for each in there}
        suited = {(each.strike, TAPES[WHOLE][each.at - 1]) for each in experiment.blows(TAPES[WHOLE])}
        assert suited, experiment.name
        assert sorted(found) == sorted((*pair, step) for pair in suited for step in steps)


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


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_scene_is_one_that_penstock_understands(topology: str, tmp_path: Path) -> None:
    if (EXAMPLES / topology).is_dir():
        copytree(EXAMPLES / topology, tmp_path / topology)
    for scene in scenes(topology):
        if scene.after is not None:
            (tmp_path / "spec.yaml").write_text(text(scene.after, {}))
            catalog = load([tmp_path])
            assert not catalog.errors, f"{scene.name}: {catalog.render()}"
