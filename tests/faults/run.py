"""Runs experiments scene by scene, side by side, and counts.

Every scene is played in a copy of a process that has all it needs; so is every history. What is printed last are the
figures.
"""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.faults.experiments import DEATHS, Experiment, some
from tests.faults.explore import Choose, Undisturbed, exactly, explored, undisturbed
from tests.faults.forking import Lost, side_by_side
from tests.faults.history import History
from tests.faults.scenes import Scene, scene
from tests.faults.stage import Stage, alone_in_the_process
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
    planned: int = 0
    """How many of them are played on paper, without AWS."""
    seconds: float = 0.0

    @property
    def boundaries(self) -> frozenset[tuple[str, str, int]]:
        """The calls at which a process died, before or after."""
        firsts = (each.blows[0] for each in self.histories if each.blows)
        return frozenset((self.scene, each.strike, each.at) for each in firsts if each.strike in DEATHS)


@contextmanager
def staged(name: str) -> Iterator[Stage]:
    with TemporaryDirectory() as folder:
        stage = Stage(scene(name), Path(folder))
        with patch("botocore.endpoint.time", stage.world.clock):
            gc.collect()
            gc.freeze()
            yield stage


def play(experiment: str, name: str, plan: Plan) -> Played:
    """One scene: undisturbed, and then with all that the plan wants. Twice the same has to be the same."""
    began = time.monotonic()
    with staged(name) as stage:
        usual = undisturbed(stage)
        found = explored(stage, plan(usual), usual)
    again, *rest = found
    flaky = again.tape != usual.tape.digest
    seconds = time.monotonic() - began
    return Played(experiment, name, (usual.history, *rest), usual.tape.calls, flaky, seconds=seconds)


def replayed(told: str) -> History:
    """One history once more, without copies."""
    wanted = History.parsed(told)
    with staged(wanted.scene) as stage:
        usual = undisturbed(stage)
        [found] = explored(stage, exactly(*wanted.blows), usual, straight=True)
    return found


# ---- many


@dataclass
class Figures:
    """What all of it came to."""

    tapes: set[tuple[str, str]] = field(default_factory=set)
    histories: int = 0
    played: int = 0
    planned: int = 0
    crashed: set[tuple[str, str, int]] = field(default_factory=set)
    boundaries: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    flaky: int = 0
    rows: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, played: Played) -> None:
        row = self.rows.setdefault(played.experiment, Counter())
        before = len(self.tapes)
        self.tapes |= {(each.scene, each.tape) for each in played.histories}
        broken = sum(bool(each.broken) for each in played.histories)
        self.histories += len(played.histories)
        self.played += sum(each.played for each in played.histories)
        self.planned += played.planned
        self.crashed |= played.boundaries
        if not played.planned:
            self.boundaries[played.scene] = 2 * played.calls
        self.violations += broken
        self.flaky += played.flaky
        row.update(
            scenes=1, histories=len(played.histories), distinct=len(self.tapes) - before, violations=broken,
            played=sum(each.played for each in played.histories), seconds=round(played.seconds),
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"histories {self.histories}, distinct {len(self.tapes)}, full topologies {len(self.tapes) - self.planned}"
            f" ({self.played} played, the others end as one of those), planner-level {self.planned},"
            f" boundaries crashed {len(self.crashed)} of {sum(self.boundaries.values())},"
            f" violations {self.violations}, flaky {self.flaky}"
        )


Job = tuple[Experiment, Scene, Plan]


def nightly(experiments: Iterable[Experiment]) -> list[Job]:
    return [(each, scene, lambda _, each=each: each.whole()) for each in experiments for scene in each.scenes()]


def sliced(experiments: Sequence[Experiment], seed: int, most: int) -> list[Job]:
    """About so many histories, of scenes and calls that the seed chooses; some of every experiment."""
    random = Random(seed)
    share = max(8, min(40, most // len(experiments)))
    jobs: list[Job] = []
    each_scenes = [random.sample(found, len(found)) for each in experiments for found in [list(each.scenes())]]
    for turn in range(max(map(len, each_scenes))):
        for experiment, found in zip(experiments, each_scenes, strict=True):
            if len(jobs) * share >= most:
                return jobs
            if turn < len(found):
                plan = partial(_sample, experiment, random.getrandbits(64), share)
                jobs.append((experiment, found[turn], plan))
    return jobs


def _sample(experiment: Experiment, seed: int, share: int, usual: Undisturbed) -> Choose:
    return some(experiment.sampled(usual, Random(seed), share))


@contextmanager
def ready() -> Iterator[None]:
    """What all scenes need is there before the first copy is made."""
    with alone_in_the_process(), TemporaryDirectory() as folder:
        World(Path(folder))
        yield


def run(jobs: Sequence[Job], side: int, log: Path | None, tell: Callable[[str], None]) -> Figures:
    figures = Figures()
    stories = [partial(play, experiment.name, scene.name, plan) for experiment, scene, plan in jobs]
    with ready():
        for number, answer in side_by_side(stories, side):
            experiment, scene, _ = jobs[number]
            ended = lost(experiment, scene, answer) if isinstance(answer, Lost) else answer
            figures.take(ended)
            note(ended, log)
            tell(f"{experiment.name} {scene.name}: {len(ended.histories)} histories, {ended.seconds:.0f} s")
            for history in filter(lambda each: each.broken, ended.histories):
                tell(f"  REPLAY='{history}'\n    " + "\n    ".join(history.broken))
    return figures


def lost(experiment: Experiment, scene: Scene, why: Lost) -> Played:
    """A scene that could not be played at all is a violation too."""
    return Played(experiment.name, scene.name, (History(scene.name, broken=(f"error: {why}",)),))


def note(played: Played, log: Path | None) -> None:
    """One line of JSON for each history."""
    if log is None:
        return
    with log.open("a") as file:
        for each in played.histories:
            file.write(json.dumps({"experiment": played.experiment} | each.to_json()) + "\n")


def table(figures: Figures, experiments: Mapping[str, Experiment]) -> str:
    """As docs/reliability.md shows it."""
    lines = ["| experiment | scenes | histories | played | violations | CPU s |", "|---|---|---|---|---|---|"]
    for name, row in figures.rows.items():
        title = f"{name} {experiments[name].title}" if name in experiments else name
        counts = (row[each] for each in ("scenes", "histories", "played", "violations", "seconds"))
        lines.append(f"| {title} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)
