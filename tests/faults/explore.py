"""Every fault at every call, without playing again what led to it: at each call the world is copied, once for each
fault that shall strike there, and the copy plays the rest.

A death forgets all that the process knew, so what follows depends on the account and the time alone: two deaths between
the same two writes have one future, which is played once and counted for both.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from controller.session import Session
from sandbox.calls import Call
from sandbox.faults import Fault, Proceed
from sandbox.refusal import Crash
from tests.faults.ending import Ending, ids
from tests.faults.forking import PATIENCE, Lost, Original, apart, fork
from tests.faults.history import Blow, History, Tape, joined
from tests.faults.invariants import Watch, judged, unprovoked
from tests.faults.scenes import CANARY
from tests.faults.stage import Ended, Stage, Unheard
from tests.faults.strikes import STRIKES, Struck

PASSES = 3
"""How many it may take once the faults have stopped, and how many are watched for writes after that."""
INTERVAL = 300.0
REFUSALS = 100
"""How many calls may be refused for good before nobody asks any more: one for each list there is, and some."""
GRACE = 25.0
"""Seconds from SIGTERM to the end; ECS waits for 30."""


@dataclass(frozen=True)
class Point:
    """A call that something may happen to."""

    call: Call
    number: int
    blows: tuple[Blow, ...]
    """What has happened before."""


Choose = Callable[[Point], Iterable[str]]


def nothing(_: Point) -> Iterable[str]:
    return ()


def exactly(*blows: Blow) -> Choose:
    """What a history says, for playing it again."""
    return lambda point: [each.strike for each in blows if each.at == point.number]


@dataclass
class Nemesis:
    """Goes round every call: counts, writes the tape, and lets the chosen faults strike, each in a copy of its own.

    `straight` strikes in this process instead: for playing one history again."""

    stage: Stage
    choose: Choose = nothing
    straight: bool = False
    first: bool = False
    """Whether one violation is enough."""
    number: int = 0
    sent: int = 0
    """Writes so far: between two of them a death has one future."""
    tape: Tape = field(default_factory=Tape)
    blows: tuple[Blow, ...] = ()
    struck: Struck | None = None
    struck_at: tuple[int, float] = (0, 0.0)
    """How many writes were sent by then, and when it was."""
    found: list[History] = field(default_factory=list)
    futures: dict[tuple[int, float], list[History]] = field(default_factory=dict)
    original: Original | None = None
    calm: bool = False
    process: Session | None = None

    def __call__(self, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        if self.calm:
            return proceed()
        self.number += 1
        if self.struck is not None and self.struck.again(call):
            self.tape.note(f"{call}!")
            return self.struck.effect(sandbox, call, proceed)
        enough = self.first and any(each.broken for each in self.found)
        for name in () if enough else self.choose(Point(call, self.number, self.blows)):
            if STRIKES[name].suits(call) and (self.straight or self._in_a_copy(name, call)):
                return self._strike(name, sandbox, call, proceed)
        self.tape.note(str(call))
        self.sent += not call.reads
        return proceed()

    def _strike(self, name: str, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        self.blows = (*self.blows, Blow(name, self.number))
        self.struck = Struck(STRIKES[name], call, self.stage, self.process)
        if STRIKES[name].rivals:
            self.stage.watch.raced = True
        if STRIKES[name].kills:
            self.tape, self.futures = Tape(), {}
        else:
            self.tape.note(f"{call}!{name}")
        self.sent += not call.reads
        self.struck_at = self.sent, self.stage.world.time.now()
        return self.struck.effect(sandbox, call, proceed)

    def _in_a_copy(self, name: str, call: Call) -> bool:
        """Whether this process is the copy that is struck. The original takes in what became of it."""
        strike, here = STRIKES[name], Blow(name, self.number)
        applied = self.sent + (strike.applies and not call.reads)
        future = (applied, self.stage.world.time.now())
        if strike.kills and not strike.lag and future in self.futures:
            self.found += [self._after_death(here, call, each, played=False) for each in self.futures[future]]
            return False
        born = fork()
        if isinstance(born, Original):
            self.original, self.found = born, []
            return True
        try:
            ends: list[History] = born.answer()
        except Lost as lost:
            ends = [History(self.stage.scene.name, (*self.blows, here), broken=(f"error: {lost}",))]
        signal.alarm(PATIENCE if self.original else 0)
        if strike.kills:
            self.futures[future] = ends
            ends = [self._after_death(here, call, each, played=each.played) for each in ends]
        self.found += ends
        return False

    def _after_death(self, here: Blow, call: Call, end: History, *, played: bool) -> History:
        """A history that dies here and then goes on as one that died with the same to follow."""
        there = end.blows[len(self.blows)]
        later = tuple(Blow(each.strike, each.at - there.at + here.at) for each in end.blows[len(self.blows) + 1 :])
        tape = joined(self.tape.digest, f"{call}!{here.strike}", end.tape)
        return replace(end, blows=(*self.blows, here, *later), tape=tape, played=played and end.played)


@dataclass
class Play:
    """One scene from its beginning to its end, in this process."""

    stage: Stage
    nemesis: Nemesis
    watch: Watch
    passes: int = 0
    ended: Ended | None = None

    def through(self) -> Ending:
        """Strike, calm down, converge, stay. What the invariants say is in `watch.broken`."""
        self.stage.watch = self.watch
        sandbox = self.stage.world.sandbox
        sandbox.faults[:] = [Fault(self.watch), Fault(self.nemesis)]
        ended = self._struck()
        self.stage.clock.skew = 0.0
        if self.nemesis.struck is not None:
            self.nemesis.struck.over(sandbox)
        self.nemesis.calm = True
        ended = self._converged(ended)
        report = self._stays()
        return Ending.of(self.stage.world, report, self.stage.callers)

    def _struck(self) -> Ended | None:
        """The processes that live through the faults, one after another; None when the last one stopped."""
        while True:
            process = self.nemesis.process = self.stage.process()
            try:
                ended = self.stage.perform(process)
            except (Crash, Unheard):
                self.stage.unheard = False
                continue
            strikes = [STRIKES[each.strike] for each in self.nemesis.blows]
            if process.stopping.is_set():
                self._stopped()
                return None
            self._heard(ended)
            if self.stage.scene.accounted and any(each.foreign for each in strikes):
                self._foreign(ended)
            self._refused(ended, [each.final for each in strikes if each.final])
            if all(each.mends for each in strikes) and not ended.ok:
                self.watch.says("I1", f"who was struck did not bring it home: {ended.told}")
            if strikes and strikes[-1].kills and not strikes[-1].lag:
                self.passes = 1
            return ended

    def _heard(self, ended: Ended) -> None:
        """Nothing that is told holds what only the tasks may know."""
        if CANARY in ended.told:
            self.watch.says("I9", f"it tells the value of an environment variable: {ended.told}")
        if CANARY in self.stage.log.getvalue():
            self.watch.says("I9", "the log tells the value of an environment variable")

    def _refused(self, ended: Ended, words: list[str]) -> None:
        """What AWS will always refuse is not tried until the time is over; whoever asked hears that it was not done,
        and why. (A list that is refused may be done without.)"""
        if words and ended.report is not None and ended.report.timed_out:
            self.watch.says("I11", "it went on trying what stays refused until its time was over")
        struck = self.nemesis.struck
        if struck is None or not words:
            return
        if ended.ok and not struck.first.reads:
            self.watch.says("honest", f"{struck.first} was refused, and all is called well")
        if struck.sendings > REFUSALS:
            self.watch.says("I11", f"{struck.sendings} calls were sent though each was refused")
        if not ended.ok and any(each not in ended.told for each in words):
            self.watch.says("honest", f"{struck.first} was refused, and all that is told is {ended.told}")

    def _foreign(self, ended: Ended) -> None:
        """In an account that is not the spec's nothing is written."""
        sent, _ = self.nemesis.struck_at
        if self.nemesis.sent > sent:
            self.watch.says("I5", f"{self.nemesis.sent - sent} writes were begun in another account")
        if ended.ok:
            self.watch.says("honest", "the account is another one, and all is called well")

    def _stopped(self) -> None:
        """After SIGTERM: no new write, and an end in time."""
        sent, then = self.nemesis.struck_at
        if self.nemesis.sent > sent:
            self.watch.says("I10", f"{self.nemesis.sent - sent} writes were begun after SIGTERM")
        if (seconds := self.stage.world.time.now() - then) > GRACE:
            self.watch.says("I10", f"it ended {seconds:.0f} s after SIGTERM")

    def _converged(self, ended: Ended | None) -> Ended | None:
        settled = ended is not None and not self.passes and not self.watch.raced
        claims = ended.claims if ended is not None and settled else frozenset[str]()
        while self.passes == 0 or ended is None or not ended.ok:
            if self.passes == PASSES:
                self.watch.says("I1", f"not converged after {PASSES} passes: {ended.told if ended else 'stopped'}")
                break
            self.passes += 1
            ended = self.stage.perform(self.stage.process())
            self._heard(ended)
            if wrongly := claims & ended.touched:
                self.watch.says("I8", f"{sorted(wrongly)} was called Ready before {list(ended.changes)}")
            claims = frozenset()
        return ended

    def _stays(self) -> Any:
        """Three passes that write nothing."""
        process = self.stage.process()
        for _ in range(PASSES):
            before = self.watch.called.copy()
            ended = self.stage.passed(process)
            if written := self.watch.called - before:
                self.watch.says("I2", f"a pass with nothing to do wrote {dict(written)}")
            if not ended.ok:
                self.watch.says("I2", f"a pass with nothing to do ends with {ended.told}")
            self.stage.world.clock.sleep(INTERVAL)
        return ended.report


@dataclass(frozen=True)
class Undisturbed:
    """A scene as it goes when nothing happens."""

    ending: Ending
    called: Mapping[str, int]
    tape: Tape
    history: History

    @property
    def may_delete(self) -> frozenset[str]:
        return frozenset(self.called)

    @property
    def creates(self) -> dict[str, int]:
        return {each: times for each, times in self.called.items() if ":Create" in each}


def undisturbed(stage: Stage) -> Undisturbed:
    """Played in a copy: the stage is as it was."""

    def story() -> Undisturbed:
        nemesis, watch = Nemesis(stage), Watch(stage)
        play = Play(stage, nemesis, watch)
        ending = play.through()
        unprovoked(stage, watch, ending)
        history = History(
            stage.scene.name, (), nemesis.tape.digest, play.passes, nemesis.tape.calls, tuple(watch.broken)
        )
        return Undisturbed(ending, dict(watch.called), nemesis.tape, history)

    usual: Undisturbed = apart(story).answer()
    return usual


def explored(
    stage: Stage, choose: Choose, usual: Undisturbed, *, straight: bool = False, first: bool = False
) -> list[History]:
    """Every history that `choose` leads to. Ends the process in the copies, so that only the original returns."""
    nemesis = Nemesis(stage, choose, straight=straight, first=first)
    watch = Watch(stage, usual.may_delete, usual.creates)
    play, before = Play(stage, nemesis, watch), ids(stage.world)
    try:
        judged(stage, watch, play.through(), usual.ending, before)
    except Exception as error:
        if nemesis.original is None and not straight:
            raise
        import traceback

        watch.says("error", f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-6)}")
    end = History(
        stage.scene.name, nemesis.blows, nemesis.tape.digest, play.passes, nemesis.tape.calls, tuple(watch.broken)
    )
    if nemesis.original is not None:
        nemesis.original.answer([end, *nemesis.found])
    return [end, *nemesis.found]
