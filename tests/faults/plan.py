"""What a run plays, and in which order: the most telling first, so that one that is cut short has shown the most.

A night has two rounds. In the first every process dies everywhere. It shows which calls each scene makes; in the second
every other fault strikes each operation once in a create, an edit and a delete, of a scene that the seed chooses, and
whatever is asked for in the topology that makes the least calls. Another night, another seed.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from tests.faults.experiments import PAPER, Blows, Experiment, chosen, some
from tests.faults.explore import Choose, Undisturbed, nothing
from tests.faults.figures import CALM, Part, meeting
from tests.faults.history import Blow
from tests.faults.scenes import TOPOLOGIES, Scene

Plan = Callable[[Undisturbed], Choose]
Wanted = Callable[[Scene], bool]
Tapes = Mapping[str, Sequence[str]]
"""By scene, the calls it makes when nothing happens."""
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


def deaths(names: Sequence[str], wanted: Wanted, seed: int, known: Container[str] = ()) -> list[Job]:
    """The first round. At the end the scenes that nothing else of it plays, and of which nobody knows the calls."""
    asked = [each for each in chosen(names) if not each.once]
    first = [(each, scene) for name in FIRST for each in asked if each.name == name for scene in _scenes(each, wanted)]
    jobs = [Job(scene.name, {each.name: _night(each, scene, seed)}) for each, scene in first]
    if PAPER in (names or [PAPER]):
        jobs += [Job(topology) for topology in TOPOLOGIES]
    jobs += _by_scene(
        (each, scene, _night(each, scene, seed))
        for each in asked
        if each.name not in FIRST
        for scene in _scenes(each, wanted)
    )
    there = {job.scene for job in jobs if job.plans}
    once = {scene.name: scene for each in chosen(names) if each.once for scene in _scenes(each, wanted)}
    unknown = [scene for name, scene in once.items() if name not in there and name not in known]
    return jobs + [Job(scene.name, {CALM: lambda _: nothing}) for scene in unknown]


def answers(names: Sequence[str], wanted: Wanted, seed: int, tapes: Tapes) -> list[Job]:
    """The second round, by what the first one showed. What is played whole comes last, an experiment at a time."""
    plans: list[tuple[Experiment, Scene, Plan]] = []
    whole: list[Job] = []
    for each in (found for found in chosen(names) if found.once):
        drawn = once(each, _scenes(each, wanted), tapes, Random(f"{seed}/{each.name}"))
        for scene in _scenes(each, wanted):
            if scene.name == WHOLE:
                whole.append(Job(scene.name, {each.name: partial(_whole, each)}))
            elif scene.name in drawn:
                plans.append((each, scene, partial(_some, drawn[scene.name])))
    return _by_scene(plans) + whole


def _whole(experiment: Experiment, _: Undisturbed) -> Choose:
    return experiment.whole()


def _some(blows: Sequence[Blows], _: Undisturbed) -> Choose:
    return some(blows)


def once(experiment: Experiment, scenes: Iterable[Scene], tapes: Tapes, random: Random) -> dict[str, list[Blows]]:
    """By scene what to play there, so that each strike meets each operation once in every kind of step."""
    places: dict[tuple[str, str, str], list[tuple[str, Blow]]] = {}
    for scene in scenes:
        lines = tapes.get(scene.name, ())
        for blow in experiment.blows(lines):
            places.setdefault(meeting(scene.name, lines, blow), []).append((scene.name, blow))
    found: dict[str, list[Blows]] = {}
    for where in places.values():
        name, blow = random.choice(where)
        found.setdefault(name, []).append((blow,))
    return found


def _by_scene(plans: Iterable[tuple[Experiment, Scene, Plan]]) -> list[Job]:
    """One job for each scene: to set it up takes longer than to play a history."""
    found: dict[str, dict[str, Plan]] = {}
    scenes: dict[str, Scene] = {}
    for experiment, scene, plan in plans:
        scenes[scene.name] = scene
        found.setdefault(scene.name, {})[experiment.name] = plan
    return [Job(scene.name, found[scene.name]) for scene in in_order(scenes.values())]


def _scenes(experiment: Experiment, wanted: Wanted) -> list[Scene]:
    return in_order(filter(wanted, experiment.scenes()))


def in_order(scenes: Iterable[Scene]) -> list[Scene]:
    def rank(scene: Scene) -> int:
        return STEPS.index(scene.step) if scene.step in STEPS else len(STEPS)

    return sorted(scenes, key=rank)


def _night(experiment: Experiment, scene: Scene, seed: int) -> Plan:
    if not experiment.most or scene.name == WHOLE:
        return partial(_whole, experiment)
    return partial(_sample, experiment, f"{seed}/{experiment.name}/{scene.name}", experiment.most)


def _sample(experiment: Experiment, seed: str, share: int, usual: Undisturbed) -> Choose:
    return some(experiment.sampled(usual, Random(seed), share))


def sliced(names: Sequence[str], wanted: Wanted, seed: int, most: int, *, first: bool = False) -> list[Job]:
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
