"""One scene in an account of its own: what stands before it, the processes that play it, and how it ends.

Everything runs in one thread on the sandbox's clock, so that the same scene makes the same calls in the same order, and
a copy of the process (`fork`) at any call is a whole copy of the world.
"""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from botocore.exceptions import BotoCoreError, ClientError

from controller.events import Event
from controller.logs import configure
from controller.loop import Loop
from controller.removal import Removal
from controller.report import Report
from controller.session import Session, Settings
from reconcilers import Aws, Place
from reconcilers.errors import code, message
from tests.cheap import cheap_clients, long_waits
from tests.faults import hands
from tests.faults.callers import callers
from tests.faults.ending import Ending, ids
from tests.faults.folders import LOOKS, Moment, moments
from tests.faults.scenes import Documents, Scene, prepared, text
from tests.faults.strangers import Strangers
from tests.world import REGION, StillClock, World

SERVICES = (
    *("ec2", "ecs", "elbv2", "iam", "logs", "sts", "secrets", "apigateway", "apigatewayv2", "acm", "route53"),
    *("functions", "waf", "autoscaling", "tagging"),
)
NOBODY: Mapping[str, str] = MappingProxyType({})
PATIENCE = 60.0
"""Seconds between two looks of who waits for AWS."""
FAMILIES = 2
"""Of strangers, in every history; one experiment has many more."""
STEP = 5.0
"""Seconds between two calls of a caller while nobody else does anything."""


class OneByOne(Executor):
    """What is submitted is done at once, by who submits it: the order that one worker would keep."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*arguments, **named))
        except Exception as error:  # a death is no Exception, and ends this process at once
            future.set_exception(error)
        return future


@dataclass
class WatchedClock(StillClock):
    """While somebody waits others go on, and whoever is told to stop waits no longer. `skew` is how wrong the wall
    clock of our machine is."""

    skew: float = 0.0
    passing: Callable[[], None] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    """Of the process that waits."""

    def now(self) -> Any:
        from datetime import timedelta

        return super().now() + timedelta(seconds=self.skew)

    def sleep(self, seconds: float) -> None:
        if self.stopping.is_set():
            return
        if self.passing is None:
            self.sandbox.advance(seconds)
            return
        left = seconds
        while left > 0:
            self.sandbox.advance(min(STEP, left))
            left -= STEP
            self.passing()


@contextmanager
def alone_in_the_process() -> Iterator[None]:
    """One thread, cheap clients, long waits: what every history needs of the process it is played in."""
    with cheap_clients(), long_waits(PATIENCE), patch("controller.executor.threads", OneByOne):
        yield


class Unheard(OSError):
    """Nothing can be written where a command tells what it does."""


@dataclass(frozen=True)
class Ended:
    """How one command ended."""

    ok: bool
    """Whether it says that all is as it should be."""
    claims: frozenset[str]
    """The instances that it calls Ready."""
    told: str
    """What it says is wrong."""
    touched: frozenset[str]
    """The instances of which it changed something."""
    report: Report | None = None
    changes: tuple[str, ...] = ()
    """What it did, by name."""


class Stage:
    """A scene that is about to begin."""

    def __init__(self, scene: Scene, folder: Path, *, families: int = FAMILIES) -> None:
        self.scene, self.world = scene, World(folder, install="team" if scene.moment else "default")
        self.clock = self.world.clock = WatchedClock(self.world.time)
        self.words = prepared(self.world, scene.topology)
        wanted = scene.after or scene.before or []
        self.names = tuple(each["metadata"]["name"] for each in wanted if each["kind"] == "ApiService")
        self.strangers = Strangers(self.world, self.names[0], families)
        self.spares: list[Aws] = []
        self.watch: Any = None
        """Whoever looks at every call of the history that is played."""
        self.rest: Ending | None = None
        """How everything was before others came, and has to be again."""
        self.log = io.StringIO()
        """All that the controller logs, at its most talkative."""
        self.unheard = False
        """Whether nothing can be told any more: the disk is full, or who listened is gone."""
        self.there: frozenset[str] = frozenset()
        """The ids of what was there when others had been."""
        if scene.before is not None:
            self._write(scene.before)
            begun = ended(self.process().apply(self.world.catalog()))
            assert begun.ok, f"{scene.name} does not begin: {begun.told}"
            self.world.clock.sleep(600)
            self._meanwhile()
        self.callers = callers(self.world, scene.before, scene.after) if scene.before and scene.after else ()
        self.addresses = tuple(each.address for each in self.world.catalog().instances) if scene.before else ()
        self._write(scene.after or [])
        self.spares = [self._warmed() for _ in range(3)]

    def _meanwhile(self) -> None:
        """What others do, when it is known how everything was."""
        if self.scene.hand:
            report = self.process().look(self.world.catalog())
            self.rest = Ending.of(self.world, report)
            [seen] = [view.seen for view in report.views if view.seen is not None]
            hands.do(self.world, seen, self.scene.hand)
            self.there = ids(self.world)

    def _write(self, documents: Documents) -> None:
        file = self.world.folder / "spec.yaml"
        if documents:
            file.write_text(text(documents, self.words))
        elif file.exists():
            file.unlink()

    # ---- the processes that play it

    def _warmed(self) -> Aws:
        """A connection whose clients are made: a copy of this process has them for nothing."""
        aws = self.world.connect()
        for service in SERVICES:
            for operation in ("get_it", "put_it", "create_api"):
                getattr(aws, service)._connection(operation)
        return aws

    def process(self) -> Session:
        """Another process: nothing is remembered but what AWS knows."""

        def connect(place: Place, *, stopping: threading.Event, **told: Any) -> Aws:
            aws = self.spares.pop() if self.spares else self.world.connect()
            aws.stopping, aws.expected_account = stopping, place.account_id
            return aws

        gone = self.scene.after is None
        settings = Settings(
            self.world.install, workers=1, share=1.0, region=REGION if gone else None, allow_replace=gone
        )
        process = Session(settings, clock=self.world.clock, connect=connect)
        self.clock.stopping = process.stopping
        return process

    def perform(self, process: Session) -> Ended:
        """What the scene is about, as a command does it."""
        if self.scene.moment:
            self._lived_through(process)
        return self.applied(process) if self.scene.after is not None else self._deleted(process)

    def applied(self, process: Session) -> Ended:
        return ended(process.apply(self.world.catalog(), tell=self.tell), self.scene.stuck)

    def tell(self, event: Event) -> None:
        """Where a command tells what happens while it happens."""
        if self.unheard:
            raise Unheard(errno.ENOSPC, os.strerror(errno.ENOSPC), str(event)[:40])

    def _lived_through(self, process: Session) -> None:
        """`run --prune`, while the folder is something else for a while; then it is what it was."""
        configure(2, "json", self.log)
        loop = Loop([self.world.folder], process, prune=True)
        loop.turn(edited=True)
        one, two = ([each] for each in self.scene.before or ())
        moment = moments(text(one, self.words), text(two, self.words), self.names[0])[self.scene.moment]
        moment.show(self.world.folder)
        for _ in range(int(moment.seconds / LOOKS)):
            loop.turn(edited=True)
            self.world.clock.sleep(LOOKS)
        Moment({}).show(self.world.folder)
        self._write(self.scene.after or [])
        loop.turn(edited=True)

    def passed(self, process: Session) -> Ended:
        """One pass, as `run` makes it."""
        if self.scene.after is None:
            return self._deleted(process)
        return ended(process.step(self.world.catalog()), self.scene.stuck)

    def _deleted(self, process: Session) -> Ended:
        """Services first, their Environments after."""
        inner = [each for each in self.addresses if "/" in each or each in self.names]
        outer = [each for each in self.addresses if each not in inner]
        removals = [self._removal(process, names) for names in (inner, outer) if names]
        gone = frozenset(each for one in removals for each in (*one.gone, *one.missing))
        wrong = [
            *(text for one in removals for text in one.errors),
            *(str(r) for one in removals for r in one.refusals),
        ]
        wrong += [f"{name} is still there" for name in self.addresses if name not in gone]
        touched = frozenset(o.change.key.instance for one in removals for o in one.outcomes)
        return Ended(not wrong, gone, "; ".join(wrong), touched)

    def _removal(self, process: Session, names: list[str]) -> Removal:
        """An error of AWS ends the command, which tells it."""
        try:
            return process.delete(names, self.world.catalog(), self.tell)
        except (ClientError, BotoCoreError) as error:
            return Removal(errors=(f"{code(error)}: {message(error)}",))


def ended(report: Report, stuck: Mapping[str, str] = NOBODY) -> Ended:
    """`stuck`: by instance, the reason that it has to give for not being Ready."""
    wrong = [f"{each.change.name}: {each.error}" for each in report.outcomes if each.error]
    wrong += [f"{name}: {why}" for name, why in report.problems]
    wrong += [refusal.text for refusal in report.refusals]
    wrong += [view.error for view in report.views if view.error]
    others = tuple(each for each in report.statuses if each.address not in stuck)
    there = {each.address: each.condition("Ready").reason for each in report.statuses if each.address in stuck}
    codes = replace(report, statuses=others).codes
    ready = all(each.ready for each in others) and bool(report.statuses)
    touched = frozenset(instance for view in report.views for instance in view.touched)
    return Ended(
        not codes and not report.timed_out and ready and there == stuck,
        frozenset(each.address for each in report.statuses if each.ready),
        f"codes {sorted(report.codes)}: {'; '.join(wrong)}",
        touched,
        report,
        tuple(each.change.name for each in report.outcomes),
    )
