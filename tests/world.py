"""A world for tests: the strict sandbox in process, on a clock that moves only when something waits for it.

A small vocabulary for stories: `write` a spec, `settle` until nothing is left to do, look at `writes`, ask `boto`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.loaders import Loader
from botocore.session import get_session

from controller.engine import Options, act, ask_again, look, remember
from controller.executor import Outcome
from controller.roots import Marks
from controller.seen import Seen, converged
from controller.session import Session, Settings
from reconcilers import Aws, Place
from reconcilers.ownership import SERVICE
from sandbox import ManualClock, Sandbox, elsewhere, snapshot
from sandbox.clock import Clock
from sandbox.dataplane import Walk, balancers, walk
from sandbox.dataplane.journey import Request
from sandbox.inprocess import connect
from sandbox.seed import seed
from specs import Catalog, load

ACCOUNT, REGION = "123456789012", "eu-west-1"
READS = ("Describe", "Get", "List", "Head", "Search", "Filter")


@dataclass
class StillClock:
    """The sandbox's time: sleeping moves it, so nothing in a test waits."""

    sandbox: Clock
    slept: list[float] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None
    """What goes on 20 times a second while somebody waits."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.now(), UTC)

    def monotonic(self) -> float:
        return self.sandbox.now()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.meanwhile is None:
            self.sandbox.advance(seconds)
            return
        for _ in range(int(seconds * 20)):
            self.sandbox.advance(0.05)
            self.meanwhile()
        self.sandbox.advance(seconds % 0.05)

    def jitter(self) -> float:
        return 0.5


PATIENCE = 60.0
"""Seconds between two looks of `settle`: each costs, and the clock goes as far as it is told."""
LOADER = Loader()
"""The service models are parsed once for all tests, not once for every connection."""


def session(sandbox: Sandbox, account: str = ACCOUNT) -> Any:
    inner = get_session()
    inner.register_component("data_loader", LOADER)
    made = boto3.Session(
        aws_access_key_id=account, aws_secret_access_key="test", region_name=REGION, botocore_session=inner
    )
    connect(sandbox, made)
    return made


MADE: dict[Any, bytes] = {}
"""Accounts that tests begin with, by what was asked for: the first test makes one, and all others get copies."""


class World:
    """One account, one folder of specs."""

    def __init__(self, folder: Path, *, install: str = "default", workers: int = 1, sandbox: Sandbox | None = None):
        self.folder, self.install = folder, install
        self.time = ManualClock() if sandbox is None else sandbox.clock
        self.sandbox = Sandbox(clock=self.time) if sandbox is None else sandbox
        if sandbox is None:
            elsewhere.reset()
            self._made_once("the demo account", lambda: seed(self.sandbox, ACCOUNT, REGION))
        self.born = self.sandbox.calls
        self.clock = StillClock(self.time)
        self.workers = workers
        self.marks = Marks()
        self.boto_session = session(self.sandbox)
        self.aws = self.connect()

    def connect(self) -> Aws:
        return Aws(
            session(self.sandbox), REGION, install=self.install, clock=self.clock, share=1.0, workers=self.workers,
            stopping=threading.Event(),
        )  # fmt: skip

    def restart(self) -> None:
        """Another process: nothing is remembered but what AWS knows."""
        self.aws, self.marks = self.connect(), Marks()

    def process(self, **settings: Any) -> Session:
        """A process of its own, as `apply` and `run` are: it knows nothing of what others did."""

        def connect(place: Place, *, profile: str | None, **told: Any) -> Aws:
            return Aws(session(self.sandbox), place.region, expected_account=place.account_id, **told)

        told = {"install": self.install, "workers": self.workers, "share": 1.0, **settings}
        return Session(Settings(**told), clock=self.clock, connect=connect)

    def boto(self, service: str) -> Any:
        return self.boto_session.client(service)

    def write(self, text: str, name: str = "spec.yaml") -> None:
        (self.folder / name).write_text(text)

    def api(self, instance: str = "hello") -> str:
        """The id of an instance's API."""
        return next(
            each["ApiId"]
            for each in self.boto("apigatewayv2").get_apis(MaxResults="500")["Items"]
            if each["Tags"].get(SERVICE) == instance
        )

    def request(self, api: str, path: str = "/", method: str = "GET", **headers: str) -> Walk:
        """A request from outside, walked hop by hop through what is really configured."""
        return self.send(api, Request(method, path, headers=headers))

    def send(self, api: str, request: Request) -> Walk:
        with self.sandbox.lock:
            return walk(self.sandbox.world(ACCOUNT, REGION), api, request)

    def call(self, host: str, /, path: str = "/", method: str = "GET", **headers: str) -> Walk:
        """A request to a load balancer itself, by its DNS name and perhaps a port."""
        with self.sandbox.lock:
            return balancers.call(self.sandbox.world(ACCOUNT, REGION), host, Request(method, path, headers=headers))

    def catalog(self) -> Catalog:
        return load([self.folder])

    def look(self, *names: str) -> Seen:
        catalog = self.catalog()
        assert not catalog.errors, catalog.render()
        scope = names or tuple(each.address for each in catalog.instances)
        return look(self.aws, catalog.instances, scope)

    def once(self, *names: str, options: Options = Options()) -> tuple[tuple[Outcome, ...], Seen]:  # noqa: B008
        """One pass, as `run` makes it: look, act, remember."""
        seen = self.look(*names)
        outcomes, _, after = act(self.aws, seen, self.marks, options)
        if not seen.plan:
            after = remember(self.aws, seen, self.marks)
        return outcomes, after

    def settle(self, *names: str, passes: int = 60, options: Options = Options()) -> None:  # noqa: B008
        """Until every instance has converged. In an account in which nothing was done yet it is done once for all."""
        if self.sandbox.calls > self.born or self.sandbox.faults or self.sandbox.watchers or self.clock.meanwhile:
            self._converge(names, passes, options)
            return
        specs = tuple(
            (str(file.relative_to(self.folder)), file.read_text())
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        )
        asked = (specs, names, passes, options, self.install, self.sandbox.index_lag, *self.sandbox.quotas.items())
        self._made_once(asked, lambda: self._converge(names, passes, options))

    def _made_once(self, asked: Any, make: Callable[[], object]) -> None:
        """The account as `make` leaves it, made the first time and a copy ever after."""
        if asked in MADE:
            elsewhere.reset()
            snapshot.restore(self.sandbox, MADE[asked])
            return
        make()
        MADE[asked] = snapshot.taken(self.sandbox)

    def _converge(self, names: tuple[str, ...], passes: int, options: Options) -> None:
        """As `apply` does it: act, ask about what is pending alone, and again."""
        seen = self.look(*names)
        for _ in range(passes):
            if seen.plan:
                outcomes, _, seen = act(self.aws, seen, self.marks, options)
                wrong = [f"{each.change.name}: {each.error}" for each in outcomes if each.result == "rejected"]
                assert not wrong, wrong
                seen = ask_again(self.aws, seen)
            seen = remember(self.aws, seen, self.marks)
            if converged(seen) == seen.scope:
                self.aws.calls.clear()
                return
            self.clock.sleep(PATIENCE)
            seen = ask_again(self.aws, seen)
        raise AssertionError("never converged: " + "; ".join(f"{each.name} {each.reason}" for each in seen.plan))

    @property
    def writes(self) -> list[str]:
        """Every mutating call since the last `settle`, by name."""
        return writes(self.aws)


def writes(aws: Aws) -> list[str]:
    """The mutating calls of a connection, by name."""
    return sorted(
        name for name, times in aws.calls.items() for _ in range(times) if not name.partition(":")[2].startswith(READS)
    )


def before_deploying(world: World, hand: Callable[..., None]) -> None:
    """Somebody's hand moves in the moment before a REST API is deployed."""
    client = world.aws.apigateway._connection("create_deployment")
    client.meta.events.register("before-parameter-build.api-gateway.CreateDeployment", hand)
