"""What a running controller tells machines: whether it lives, and figures for Prometheus. Read-only, on loopback."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from controller.executor import Result

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from controller.report import Report
    from reconcilers import Place

HEALTHS = ("Healthy", "Progressing", "Degraded", "Missing", "Suspended", "Unknown")


@dataclass
class Telemetry:
    """Figures of one process, in a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    last_turn: float | None = None
    first_pass_done: bool = False

    def __post_init__(self) -> None:
        registry = self.registry
        self.passes = Counter("penstock_passes", "Passes over the specs", ["kind"], registry=registry)
        self.failures = Counter("penstock_pass_failures", "Passes that ended in an error", registry=registry)
        self.seconds = Histogram("penstock_look_seconds", "How long a look at one place took", registry=registry)
        self.changes = Counter("penstock_changes", "Changes tried", ["action", "result"], registry=registry)
        self.drift = Counter("penstock_drift", "Resources found changed outside the specs", ["how"], registry=registry)
        self.calls = Gauge("penstock_aws_calls", "Calls to AWS since the start", ["operation"], registry=registry)
        self.instances = Gauge("penstock_instances", "Instances by health", ["health"], registry=registry)
        self.orphaned = Gauge("penstock_orphans", "Instances in AWS that no file names", registry=registry)
        self.healths: dict[str, str] = {}
        self.made: dict[Place, Tally[str]] = {}

    def alive(self, now: float) -> None:
        self.last_turn = now

    def failed(self) -> None:
        self.failures.inc()

    def orphans(self, number: int) -> None:
        self.orphaned.set(number)

    def passed(self, report: Report, *, full: bool) -> None:
        self.passes.labels("full" if full else "narrow").inc()
        for outcome in report.outcomes:
            if outcome.result is not Result.BLOCKED:
                self.changes.labels(outcome.change.action.value, outcome.result.value).inc()
        for view in report.views:
            self.seconds.observe(view.seconds)
            for drift in view.drift:
                self.drift.labels(drift.how).inc()
            self.made[view.place] = view.aws.calls.copy()
        for operation, times in sum(self.made.values(), Tally()).items():
            self.calls.labels(operation).set(times)
        self.healths |= {status.address: status.health for status in report.statuses}
        self._count()

    def known(self, addresses: Container[str]) -> None:
        """The instances there are now."""
        self.healths = {address: health for address, health in self.healths.items() if address in addresses}
        self._count()

    def _count(self) -> None:
        counted = Tally(self.healths.values())
        for health in HEALTHS:
            self.instances.labels(health).set(counted[health])


def application(telemetry: Telemetry, monotonic: object, interval: float) -> Starlette:
    """`/healthz`: the loop has turned within three intervals. `/readyz`: the first pass is done. `/metrics`."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    assert callable(monotonic)

    async def healthz(_request: Request) -> Response:
        since = None if telemetry.last_turn is None else monotonic() - telemetry.last_turn
        well = since is None or since < 3 * max(interval, 10.0)
        return PlainTextResponse("ok\n" if well else "the loop has stopped turning\n", 200 if well else 503)

    async def readyz(_request: Request) -> Response:
        done = telemetry.first_pass_done
        return PlainTextResponse("ok\n" if done else "the first pass is not done\n", 200 if done else 503)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(telemetry.registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


@contextmanager
def serving(app: Starlette, listen: str) -> Iterator[str]:
    """The address it answers on, for as long as the block lasts; port 0 takes a free one."""
    import socket

    import uvicorn

    host, _, port = listen.rpartition(":")
    bound = socket.create_server((host or "127.0.0.1", int(port)))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="http", daemon=True)
    thread.start()
    try:
        yield f"{host or '127.0.0.1'}:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        bound.close()
