"""What a run plays, and in which order: the most telling first, so that one that is cut short has shown the most.

A night plays every death, and as much of everything else as fits into six hours of two processors: of the topology
that makes the least calls all of a create, of all others as many histories as `Experiment.most` says, chosen by the
seed. Another night, another seed.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from tests.faults.experiments import PAPER, Experiment, chosen, some
from tests.faults.explore import Choose, Undisturbed
from tests.faults.figures import Part
from tests.faults.scenes import TOPOLOGIES, Scene

Plan = Callable[[Undisturbed], Choose]
WHOLE = "hello/create"
"""Of which everything is played."""
STEPS = ("create", "delete", "edit protocol", "unedit protocol")
"""What is played first of each topology: it makes and removes the most."""
FIRST = ("E1", "E2")
"""Experiments that come before all others, each by itself."""
OF_A_SCENE = {True: 250, False: 40}
"""How many histories of one scene a slice has at most: of deaths many have one end, and are judged once."""


@dataclass(frozen=True)
class Job:
    """One scene to play, under some experiments; or some of a topology on paper."""

    scene: str
    plans: Mapping[str, Plan] = field(default_factory=dict)
    """By experiment. None: on paper."""
    first: bool = False
    """Whether one violation is enough."""
    seed: int = 0
    most: int = 0
    """How many histories on paper; 0: all."""

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple((each, self.scene) for each in self.plans or (PAPER,))

    def without(self, parts: Container[Part]) -> Job | None:
        """What is left of it when these have been played; None: nothing."""
        if not self.plans:
            return None if self.parts[0] in parts else self
        rest = {name: plan for name, plan in self.plans.items() if (name, self.scene) not in parts}
        return replace(self, plans=rest) if rest else None


def nightly(names: Sequence[str], wanted: Callable[[Scene], bool], seed: int = 0) -> list[Job]:
    """All that a night plays."""
    asked = chosen(names)
    jobs = [
        Job(scene.name, {each.name: _night(each, scene, seed)})
        for name in FIRST
        for each in asked
        if each.name == name
        for scene in in_order(filter(wanted, each.scenes()))
    ]
    if PAPER in (names or [PAPER]):
        jobs += [Job(topology) for topology in TOPOLOGIES]
    others: dict[str, dict[str, Plan]] = {}
    scenes: dict[str, Scene] = {}
    for each in asked:
        for scene in filter(wanted, each.scenes()) if each.name not in FIRST else ():
            scenes[scene.name] = scene
            others.setdefault(scene.name, {})[each.name] = _night(each, scene, seed)
    return jobs + [Job(scene.name, others[scene.name]) for scene in in_order(scenes.values())]


def in_order(scenes: Iterable[Scene]) -> list[Scene]:
    def rank(scene: Scene) -> int:
        return STEPS.index(scene.step) if scene.step in STEPS else len(STEPS)

    return sorted(scenes, key=rank)


def _night(experiment: Experiment, scene: Scene, seed: int) -> Plan:
    if not experiment.most or scene.name == WHOLE:
        return lambda _: experiment.whole()
    return partial(_sample, experiment, f"{seed}/{experiment.name}/{scene.name}", experiment.most)


def _sample(experiment: Experiment, seed: str, share: int, usual: Undisturbed) -> Choose:
    return some(experiment.sampled(usual, Random(seed), share))


def sliced(
    names: Sequence[str], wanted: Callable[[Scene], bool], seed: int, most: int, *, first: bool = False
) -> list[Job]:
    """About so many histories, of scenes and calls that the seed chooses: half of them deaths, which are cheap, a
    quarter on paper, and some of every other experiment."""
    random = Random(seed)
    jobs: list[Job] = []
    if PAPER in (names or [PAPER]):
        share = most // 4 if len(names) != 1 else most
        jobs.append(Job(random.choice(list(TOPOLOGIES)), seed=random.getrandbits(32), most=share))
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
                scene = scenes[each.name].pop()
                share = min(left[each.name], OF_A_SCENE[each.name == "E1"] if len(experiments) > 1 else most)
                left[each.name] -= share
                plan = partial(_sample, each, str(random.getrandbits(64)), share)
                jobs.append(Job(scene.name, {each.name: plan}, first))
    return jobs
