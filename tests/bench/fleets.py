"""A hundred APIs made at once under API Gateway's documented request rates, by AWS's clock; and looked at again.

The Environment with its balancer and link is there before. What cannot be undercut, with the budget in force:

    bound = max over the buckets of (calls - burst) / rate

`calls` are those that the run made and that draw on the bucket; `rate` and `burst` are the bucket's, a share of what a
control plane allows in all and nearly the whole of what it allows of one operation (`reconcilers.budget`). A fleet that
queues for one operation cannot be done before that queue has begun and its last task has started, so a second figure
adds how long one API made alone takes to its first such call and from its last one to Ready:

    paced = max over the buckets of head + (calls - burst) / rate + tail

The sandbox holds everybody to the documented rates of API Gateway themselves (`sandbox.throttles`, ledger 0.6).
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from controller.report import Report
from reconcilers.budget import Budget, buckets_of
from sandbox.calls import Call
from sandbox.dispatch import Sandbox
from sandbox.faults import Fault, Proceed
from sandbox.refusal import Refusal
from sandbox.throttles import SERVICES, documented
from tests.bench.worlds import ENVIRONMENT, QUOTAS, SHARED, roomy
from tests.world import World

REST = "  gateway: {{type: rest, defaults: {{authorizer: none}}}}\n  services:\n"
TEXTS = {"http": SHARED, "rest": SHARED.replace("  services:\n", REST)}
SHARE = 0.5
[GATEWAY] = {bucket for service in SERVICES for bucket in buckets_of(service, "")}


@dataclass
class Limited:
    """A fault that holds callers to the documented rates and remembers who was asked when."""

    limit: Any = field(default_factory=documented)
    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By bucket."""
    throttled: int = 0

    def __call__(self, sandbox: Sandbox, call: Call, proceed: Proceed) -> Any:
        for name in buckets_of(call.service, call.operation):
            self.asked[name].append(sandbox.clock.now())
        try:
            return self.limit(sandbox, call, proceed)
        except Refusal as refusal:
            self.throttled += refusal.status == 429
            raise


@dataclass(frozen=True)
class Made:
    """How a cold create went, in AWS's seconds."""

    report: Report
    calls: Counter[str]
    """By `service:operation`."""
    throttled: int
    asked: Mapping[str, tuple[float, float]]
    """By bucket: how long until its first call, and from its last one to the end."""
    budget: Budget
    gateway: float
    """Until API Gateway was asked for the last time."""
    makespan: float
    """Until everything was Ready."""

    @property
    def bound(self) -> float:
        """The seconds below which these calls cannot be made."""
        return max(self._queues().values())

    def paced(self, one: Made) -> float:
        """The seconds of the longest queue with what one API waits before and after it."""
        return max(sum(one.asked.get(name, (0.0, 0.0))) + each for name, each in self._queues().items())

    def _queues(self) -> dict[str, float]:
        """By bucket: how long its calls take at its rate."""
        drawn: Counter[str] = Counter()
        for call, times in self.calls.items():
            service, _, operation = call.partition(":")
            drawn.update(dict.fromkeys(buckets_of(service, operation), times))
        return {name: max(0.0, drawn[name] - each.burst) / each.rate for name, each in self.budget.buckets.items()}


def empty(folder: Path) -> World:
    """An Environment, and room for hundreds of services in it."""
    world = World(folder, workers=1)
    world.sandbox.quotas.update(QUOTAS)
    roomy(world)
    world.write(ENVIRONMENT, "environment.yaml")
    world.settle()
    world.time.advance(3600)
    return world


def cold(world: World, form: str, number: int) -> Made:
    """So many services of one type of API, none of which is there."""
    for place in range(number):
        world.write(TEXTS[form].format(name=f"svc-{place:03}"), f"{place:03}.yaml")
    limited, began = Limited(), world.time.now()
    world.sandbox.faults.append(Fault(limited))
    process = world.process(share=SHARE, timeout=36_000.0)
    report = process.apply(world.catalog())
    world.sandbox.faults.clear()
    [bulkhead] = process.bulkheads.values()
    ended = world.time.now()
    return Made(
        report,
        bulkhead.aws.calls,
        limited.throttled,
        {name: (times[0] - began, ended - times[-1]) for name, times in limited.asked.items()},
        bulkhead.aws.budget,
        max(limited.asked[GATEWAY]) - began,
        ended - began,
    )


def alone(form: str) -> Made:
    """One API, before there is another world: of two in a process the later one tells the time."""
    with TemporaryDirectory() as folder:
        return cold(empty(Path(folder)), form, 1)


def told(world: World, form: str, number: int, one: Made) -> dict[str, Any]:
    """A cold create as figures. `one`: how one alone went."""
    started = time.perf_counter()
    made = cold(world, form, number)
    seconds = time.perf_counter() - started
    return {
        "ready": sum(status.ready for status in made.report.statuses),
        "calls": made.calls.total(),
        "gateway_calls": sum(times for call, times in made.calls.items() if call.startswith("apigateway")),
        "throttled": made.throttled,
        "bound_seconds": round(made.bound),
        "paced_seconds": round(made.paced(one)),
        "gateway_seconds": round(made.gateway),
        "makespan_seconds": round(made.makespan),
        "budget_seconds": round(1.2 * max(made.bound, made.paced(one))),
        "seconds": round(seconds),
    }
