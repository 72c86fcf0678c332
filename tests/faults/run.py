"""Runs experiments scene by scene, side by side, and counts.

Every scene is played in a copy of a process that has all it needs; so is every history. What is printed last are the
figures.
"""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.faults.experiments import DEATHS, PAPER, Experiment, chosen, some
from tests.faults.explore import Choose, Undisturbed, exactly, explored, undisturbed
from tests.faults.forking import Lost, side_by_side
from tests.faults.history import History
from tests.faults.paper import Walk, walked, walks
from tests.faults.scenes import TOPOLOGIES, Scene, scene
from tests.faults.stage import FAMILIES, Stage, alone_in_the_process
from tests.world import World

Plan = Callable[[Undisturbed], Choose]


@dataclass(frozen=True)
class Played:
    """One scene under one experiment."""

    experiment: str
    scene: str
    histories: tuple[History, ...] = ()
    calls: int = 0
    """Of the scene when nothing happens."""
    flaky: int = 0
    """How many times the same gave another tape."""
    on_paper: bool = False
    """Whether they are the planner's alone, without AWS."""
    seconds: float = 0.0

    @property
    def boundaries(self) -> frozenset[tuple[str, str, int]]:
        """The calls at which a process died, before or after."""
        firsts = (each.blows[0] for each in self.histories if each.blows)
        return frozenset((self.scene, each.strike, each.at) for each in firsts if each.strike in DEATHS)


@contextmanager
def staged(name: str, families: int = FAMILIES) -> Iterator[Stage]:
    with TemporaryDirectory() as folder:
        stage = Stage(scene(name), Path(folder), families=families)
        with patch("botocore.endpoint.time", stage.world.clock):
            gc.collect()
            gc.freeze()
            yield stage


def play(experiment: str, name: str, plan: Plan, *, first: bool = False) -> Played:
    """One scene: undisturbed, and then with all that the plan wants. Twice the same has to be the same. `first`: one
    violation is enough."""
    began = time.monotonic()
    with staged(name) as stage:
        usual = undisturbed(stage)
        if first and usual.history.broken:
            return Played(experiment, name, (usual.history,), usual.tape.calls)
        found = explored(stage, plan(usual), usual, first=first)
    again, *rest = found
    flaky = again.tape != usual.tape.digest
    seconds = time.monotonic() - began
    return Played(experiment, name, (usual.history, *rest), usual.tape.calls, flaky, seconds=seconds)


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


# ---- many


@dataclass
class Figures:
    """What all of it came to."""

    tapes: set[tuple[str, str]] = field(default_factory=set)
    histories: int = 0
    played: int = 0
    planned: set[tuple[str, str]] = field(default_factory=set)
    crashed: set[tuple[str, str, int]] = field(default_factory=set)
    boundaries: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    flaky: int = 0
    rows: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, played: Played) -> None:
        tapes = {(each.scene, each.tape) for each in played.histories}
        broken = sum(bool(each.broken) for each in played.histories)
        (self.planned if played.on_paper else self.tapes).update(tapes)
        self.histories += len(played.histories)
        self.violations += broken
        self.flaky += played.flaky
        if not played.on_paper:
            self.played += sum(each.played for each in played.histories)
            self.crashed |= played.boundaries
            self.boundaries[played.scene] = 2 * played.calls
        self.rows.setdefault(played.experiment, Counter()).update(
            scenes=1, histories=len(played.histories), violations=broken, seconds=round(played.seconds),
            played=sum(each.played for each in played.histories),
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"histories {self.histories}, distinct {len(self.tapes) + len(self.planned)},"
            f" full topologies {len(self.tapes)} ({self.played} played, the others end as one of those),"
            f" planner-level {len(self.planned)},"
            f" boundaries crashed {len(self.crashed)} of {sum(self.boundaries.values())},"
            f" violations {self.violations}, flaky {self.flaky}"
        )


@dataclass(frozen=True)
class Job:
    """One scene to play under one experiment."""

    experiment: str
    scene: str
    story: Callable[[], Played]


def nightly(names: Sequence[str], wanted: Callable[[Scene], bool]) -> list[Job]:
    """Everything there is."""
    jobs = [
        Job(each.name, scene.name, partial(play, each.name, scene.name, lambda _, each=each: each.whole()))
        for each in chosen(names)
        for scene in each.scenes()
        if wanted(scene)
    ]
    if PAPER in (names or [PAPER]):
        jobs += [Job(PAPER, topology, partial(on_paper, topology)) for topology in TOPOLOGIES]
    return jobs


def sliced(
    names: Sequence[str], wanted: Callable[[Scene], bool], seed: int, most: int, *, first: bool = False
) -> list[Job]:
    """About so many histories, of scenes and calls that the seed chooses: half of them deaths, which are cheap, a
    quarter on paper, and some of every other experiment."""
    random = Random(seed)
    jobs: list[Job] = []
    if PAPER in (names or [PAPER]):
        share = most // 4 if len(names) != 1 else most
        jobs.append(
            Job(PAPER, "some", partial(on_paper, random.choice(list(TOPOLOGIES)), random.getrandbits(32), share))
        )
    experiments = chosen(names)
    scenes = {
        each.name: random.sample(found, len(found))
        for each in experiments
        for found in [[*filter(wanted, each.scenes())]]
    }
    others = max(1, most // 4 // (len(experiments) - 1)) if len(experiments) > 1 else most
    left = dict.fromkeys(scenes, others) | {"E1": most // 2}
    while any(left[name] > 0 and scenes[name] for name in scenes):
        for each in experiments:
            if left[each.name] > 0 and scenes[each.name]:
                scene, share = (
                    scenes[each.name].pop(),
                    min(left[each.name], OF_A_SCENE[each.name == "E1"] if len(experiments) > 1 else most),
                )
                left[each.name] -= share
                plan = partial(_sample, each, random.getrandbits(64), share)
                jobs.append(Job(each.name, scene.name, partial(play, each.name, scene.name, plan, first=first)))
    return jobs


OF_A_SCENE = {True: 250, False: 40}
"""How many histories of one scene a slice has at most: of deaths many have one end, and are judged once."""


def _sample(experiment: Experiment, seed: int, share: int, usual: Undisturbed) -> Choose:
    return some(experiment.sampled(usual, Random(seed), share))


def on_paper(topology: str, seed: int = 0, most: int = 0) -> Played:
    """Every walk of one topology, or so many histories."""
    began = time.monotonic()
    every = list(walks(topology))
    if most:
        Random(seed).shuffle(every)
    found: list[History] = []
    for walk in every:
        if not most or len(found) < most:
            found += walked(walk)
    return Played(
        PAPER, topology, tuple(found[:most] if most else found), on_paper=True, seconds=time.monotonic() - began
    )


@contextmanager
def ready() -> Iterator[None]:
    """What all scenes need is there before the first copy is made."""
    with alone_in_the_process(), TemporaryDirectory() as folder:
        World(Path(folder))
        yield


def run(jobs: Sequence[Job], side: int, log: Path | None, tell: Callable[[str], None]) -> Figures:
    figures = Figures()
    with ready():
        for number, answer in side_by_side([each.story for each in jobs], side):
            job = jobs[number]
            ended = lost(job, answer) if isinstance(answer, Lost) else answer
            figures.take(ended)
            note(ended, log)
            tell(f"{job.experiment} {ended.scene}: {len(ended.histories)} histories, {ended.seconds:.0f} s")
            for history in filter(lambda each: each.broken, ended.histories):
                tell(f"  REPLAY='{history}'\n    " + "\n    ".join(history.broken))
    return figures


def lost(job: Job, why: Lost) -> Played:
    """A scene that could not be played at all is a violation too."""
    return Played(job.experiment, job.scene, (History(job.scene, broken=(f"error: {why}",)),))


def note(played: Played, log: Path | None) -> None:
    """One line of JSON for each history."""
    if log is None:
        return
    with log.open("a") as file:
        for each in played.histories:
            file.write(json.dumps({"experiment": played.experiment} | each.to_json()) + "\n")


def table(figures: Figures, experiments: Mapping[str, Experiment]) -> str:
    """As docs/reliability.md shows it."""
    lines = ["| experiment | scenes | histories | played | violations | seconds |", "|---|---|---|---|---|---|"]
    for name, row in figures.rows.items():
        title = f"{name} {experiments[name].title}" if name in experiments else f"{name} edits after edits, on paper"
        counts = (row[each] for each in ("scenes", "histories", "played", "violations", "seconds"))
        lines.append(f"| {title} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)
