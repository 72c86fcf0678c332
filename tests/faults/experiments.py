"""The experiments: which faults, at which calls, of which scenes (the design's reliability page, E1 to E19).

An experiment turns a scene, as it goes when nothing happens, into the histories to play: tuples of blows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from random import Random

from sandbox.calls import Call
from tests.faults.explore import Choose, Point, Undisturbed
from tests.faults.history import Blow
from tests.faults.scenes import Scene, accounted, others, scenes, unsettled
from tests.faults.strikes import STRIKES

Blows = tuple[Blow, ...]
DEATHS = ("crash-before", "crash-after")
BASIC = ("hello", "rest-nlb")
"""Where every scene would be too dear: one topology of each family of APIs and of each type of load balancer."""


def every(_: Scene) -> bool:
    return True


def making(scene: Scene) -> bool:
    return scene.step == "create"


def basic(scene: Scene) -> bool:
    return scene.topology in BASIC


def few(scene: Scene) -> bool:
    """Where every call is a whole history of its own."""
    return scene.topology == "hello" and scene.step in ("create", "edit image", "edit protocol", "delete")


@dataclass(frozen=True)
class Experiment:
    """What is tried, and where."""

    name: str
    title: str
    strikes: tuple[str, ...]
    where: Callable[[Scene], bool] = every
    twice: bool = False
    """Whether the process that comes after is struck as well."""
    in_turn: bool = False
    """Whether each call is struck by one of them only, the next call by the next."""
    calls: str = "*"
    """Which calls are struck, with wildcards."""
    of: Callable[[], Iterator[Scene]] = scenes
    most: int = 0
    """How many of one scene a night plays, chosen by the seed; 0: all."""
    once: bool = False
    """Whether a night plays each strike once at each operation in each kind of step (tests.faults.plan)."""

    def scenes(self) -> Iterator[Scene]:
        return (each for each in self.of() if self.where(each))

    def points(self, usual: Undisturbed) -> Iterator[Blow]:
        """Every first blow."""
        return self.blows(usual.tape.lines)

    def blows(self, lines: Sequence[str]) -> Iterator[Blow]:
        """Every first blow on these calls."""
        for number, line in enumerate(lines, start=1):
            service, _, operation = line.partition(":")
            call = Call(service, operation)
            strikes = self._at(number) if fnmatchcase(line, self.calls) else ()
            yield from (Blow(name, number) for name in strikes if STRIKES[name].suits(call))

    def _at(self, number: int) -> tuple[str, ...]:
        return (self.strikes[number % len(self.strikes)],) if self.in_turn else self.strikes

    def whole(self) -> Choose:
        """Every history there is."""

        def choose(point: Point) -> Iterable[str]:
            wanted = len(point.blows) < 1 + self.twice and fnmatchcase(str(point.call), self.calls)
            return self._at(point.number) if wanted else ()

        return choose

    def sampled(self, usual: Undisturbed, random: Random, most: int) -> frozenset[Blows]:
        """So many of them, or all."""
        points = list(self.points(usual))
        firsts = random.sample(points, min(most, len(points)))
        if not self.twice:
            return frozenset((each,) for each in firsts)
        calls = usual.tape.calls
        return frozenset(
            (each, Blow(random.choice(self.strikes), each.at + random.randint(1, calls))) for each in firsts
        )


def some(histories: Iterable[Blows]) -> Choose:
    """These histories, and those that they begin with."""
    after: dict[tuple[Blows, int], dict[str, None]] = {}
    for blows in sorted(histories, key=str):
        for depth, blow in enumerate(blows):
            after.setdefault((blows[:depth], blow.at), {})[blow.strike] = None

    def choose(point: Point) -> Iterable[str]:
        return after.get((point.blows, point.number), ())

    return choose


LOST = ("reply-lost", "reply-timed-out", "reply-cut-short", "failed-after", "replies-lost")
ANSWERS = (
    *("unsent", "all-unsent", "throttled", "all-throttled", "failed", "all-failed", "unavailable", "conflict"),
    *("missing-once", "denied-once", "denied", "expired", "limited", "invalid"),
)
PAGES = ("page-failed", "page-empty", "page-again", "turned-round")
LATE = ("lagging-5", "lagging-30")
RACES = tuple(name for name, each in STRIKES.items() if each.schedule is not None)
EXPERIMENTS: Mapping[str, Experiment] = {
    each.name: each
    for each in (
        Experiment("E1", "the process dies at a call", DEATHS),
        Experiment("E2", "it dies, and the next one as well", DEATHS, making, twice=True, most=12),
        Experiment("E4", "a write is applied and its answer lost", LOST, once=True),
        Experiment("E5", "every answer AWS may give", ANSWERS, once=True),
        Experiment("E7", "lists answer from before the death", LATE, once=True),
        Experiment("E7u", "an answer is lost, and lists do not show yet what was made", ("unseen-30",), once=True),
        Experiment("E8", "another controller does it all meanwhile", ("rival",), once=True),
        Experiment("E8i", "two controllers, call by call", RACES, few, in_turn=True),
        Experiment("E9", "our clock is wrong, or time is lost", ("clock+1h", "clock-1d", "frozen"), basic, once=True),
        Experiment("E10", "the folder is not what it was for a while", DEATHS, of=unsettled),
        Experiment("E12", "others change things, and the process dies", DEATHS, of=others),
        Experiment("E15", "SIGTERM", ("sigterm",), once=True),
        Experiment("E16", "nothing that is told can be written", ("unheard",), once=True),
        Experiment("E17", "the credentials are another account's, or expire", ("foreign", "cut-off"), of=accounted),
        Experiment("E18", "lists that are not whole, or not in order", PAGES, once=True),
    )
}


PAPER = "E13"
"""Edits after edits are the planner's alone (tests.faults.paper)."""


def chosen(names: Sequence[str]) -> list[Experiment]:
    return [one(name) for name in names if name != PAPER] if names else list(EXPERIMENTS.values())


def one(name: str) -> Experiment:
    """`E5`; of its strikes one, `E5/denied`; and that at some calls only, `E5/denied/ecs:*`."""
    which, _, rest = name.partition("/")
    strike, _, calls = rest.partition("/")
    whole = EXPERIMENTS[which]
    return replace(whole, strikes=(strike,) if strike else whole.strikes, calls=calls or whole.calls)
