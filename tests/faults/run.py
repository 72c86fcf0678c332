"""Plays experiments scene by scene, side by side.

Every scene is played in a copy of a process that has all it needs; so is every experiment on it, and every history.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.faults.experiments import PAPER
from tests.faults.explore import Undisturbed, exactly, explored, undisturbed
from tests.faults.figures import CALM, Figures, Log, Part, Played, averages, projected
from tests.faults.forking import Lost, apart, side_by_side
from tests.faults.history import History
from tests.faults.paper import Walk, walked, walks
from tests.faults.plan import Job, Plan
from tests.faults.scenes import scene
from tests.faults.stage import FAMILIES, Stage, alone_in_the_process

HOUR = 3600.0
WARMING = ("hello/create", "rest-nlb/create")
"""Made before any other scene is played: between them they call most of what there is to call."""
MANY = 20
"""How many scenes are played between two words about how it goes."""
SECONDS = {
    CALM: 3.0, "E1": 11.0, "E2": 60.0, "E4": 3.0, "E5": 15.0, "E7": 3.0, "E7u": 2.0, "E8": 3.0, "E8i": 120.0, "E9": 5.0,
    "E10": 10.0, "E12": 8.0, "E13": 40.0, "E15": 2.0, "E16": 2.0, "E17": 30.0, "E18": 4.0,
}  # fmt: skip
"""Of one processor: about what a scene takes under each experiment, until the log knows better (measured on the machine
of docs/reliability.md, or as many histories as there are at what one took there)."""


@contextmanager
def staged(name: str, families: int = FAMILIES) -> Iterator[Stage]:
    with TemporaryDirectory() as folder:
        stage = Stage(scene(name), Path(folder), families=families)
        with patch("botocore.endpoint.time", stage.world.clock):
            gc.collect()
            gc.freeze()
            yield stage


def play(job: Job) -> tuple[Played, ...]:
    """One scene: undisturbed, and then under each experiment with all that its plan wants. Twice the same has to be the
    same."""
    if not job.plans:
        return (on_paper(job.scene, job.seed, job.most),)
    began, found = spent(), []
    with staged(job.scene) as stage:
        usual = undisturbed(stage)
        if job.first and usual.history.broken:
            return (Played(job.parts[0][0], job.scene, (usual.history,), tuple(usual.tape.lines)),)
        for experiment, plan in job.plans.items():
            found.append(_tried(experiment, stage, plan, usual, began, first=job.first))
            began = spent()
    return tuple(found)


def _tried(experiment: str, stage: Stage, plan: Plan, usual: Undisturbed, began: float, *, first: bool) -> Played:
    story = partial(explored, stage, plan(usual), usual, first=first)
    again, *rest = apart(story, hangs=False).answer()
    flaky = again.tape != usual.tape.digest
    histories = (usual.history, *rest)
    return Played(experiment, stage.scene.name, histories, tuple(usual.tape.lines), flaky, seconds=spent() - began)


def spent() -> float:
    """Seconds that processors gave to this process and to its copies."""
    return sum(os.times()[:4])


def replayed(told: str) -> History:
    """One history once more, without copies."""
    wanted = History.parsed(told)
    if wanted.scene.startswith("paper:"):
        return next(each for each in walked(Walk.parsed(wanted.scene)) if each.blows == wanted.blows)
    with staged(wanted.scene) as stage:
        usual = undisturbed(stage)
        if usual.history.broken or not wanted.blows:
            return usual.history
        [found] = explored(stage, exactly(*wanted.blows), usual, straight=True)
    return found


def on_paper(topology: str, seed: int = 0, most: int = 0) -> Played:
    """Every walk of one topology, or so many histories."""
    began = spent()
    every = list(walks(topology))
    if most:
        Random(seed).shuffle(every)
    found: list[History] = []
    for walk in every:
        if not most or len(found) < most:
            found += walked(walk)
    histories = tuple(found[:most] if most else found)
    return Played(PAPER, topology, histories, on_paper=True, seconds=spent() - began)


# ---- many


@contextmanager
def ready() -> Iterator[None]:
    """What all scenes need is there before the first copy is made."""
    with alone_in_the_process():
        warm()
        yield


@cache
def warm() -> None:
    """Once in a process: what each would have to read and to build for itself."""
    for name in WARMING:
        with staged(name) as stage:
            stage.applied(stage.process())


def run(jobs: Sequence[Job], side: int, log: Log, tell: Callable[[str], None], figures: Figures) -> None:
    """Play what the log does not hold yet, and count what it holds."""
    kept, costs = log.kept(), log.costs()
    for part in (part for job in jobs for part in job.parts if part in kept):
        figures.take(kept[part])
    left = [rest for job in jobs if (rest := job.without(kept.keys())) is not None]
    tell(f"{len(jobs)} scenes to play, {len(jobs) - len(left)} of them played already; {_needs(left, costs, side)}")
    with ready():
        for done, (number, answer) in enumerate(side_by_side([partial(play, each) for each in left], side), start=1):
            job = left[number]
            for ended in lost(job, answer) if isinstance(answer, Lost) else answer:
                figures.take(ended)
                log.note(ended)
                costs[ended.part] = ended.seconds
                tell(f"{ended.experiment} {ended.scene}: {len(ended.histories)} histories, {ended.seconds:.0f} s")
                for history in ended.broken:
                    tell(f"  REPLAY='{history}'\n    " + "\n    ".join(history.broken))
            if done % MANY == 0:
                tell(f"-- {done} of {len(left)}; {figures}; {_needs(left[done:], costs, side)}")


def _needs(jobs: Sequence[Job], costs: Mapping[Part, float], side: int) -> str:
    """How long what is left will take, as far as anybody can know."""
    parts = [part for job in jobs for part in job.parts]
    usual = SECONDS | averages(costs)
    seconds = projected(parts, costs, usual)
    return f"{seconds / HOUR:.1f} hours of one processor are left, {seconds / HOUR / side:.1f} with {side} of them idle"


def lost(job: Job, why: Lost) -> tuple[Played, ...]:
    """A scene that could not be played at all is a violation too."""
    return tuple(Played(*part, (History(job.scene, broken=(f"error: {why}",)),)) for part in job.parts)
