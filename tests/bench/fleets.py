"""A hundred APIs made at once under API Gateway's documented request rates, by AWS's clock; and looked at again.

The Environment with its balancer and link is there before. What no controller can undercut, with the budget in force:

    bound = max over the buckets of (calls - burst) / rate

`calls` are those that the run made and that draw on the bucket; `rate` and `burst` are the bucket's, a share of what a
control plane allows in all and nearly the whole of what it allows of one operation (`reconcilers.budget`). The sandbox
holds everybody to the documented rates of API Gateway themselves (`sandbox.throttles`, ledger 0.6).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
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


@dataclass
class Limited:
    """A fault that holds callers to the documented rates and remembers when API Gateway was asked."""

    limit: Any = field(default_factory=documented)
    asked: list[float] = field(default_factory=list)
    throttled: int = 0

    def __call__(self, sandbox: Sandbox, call: Call, proceed: Proceed) -> Any:
        if call.service in SERVICES:
            self.asked.append(sandbox.clock.now())
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
    bound: float
    gateway: float
    """Until API Gateway was asked for the last time."""
    makespan: float
    """Until everything was Ready."""


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
    calls = bulkhead.aws.calls
    return Made(
        report,
        calls,
        limited.throttled,
        bound(bulkhead.aws.budget, calls),
        max(limited.asked) - began,
        world.time.now() - began,
    )


def bound(budget: Budget, calls: Counter[str]) -> float:
    """The seconds below which these calls cannot be made."""
    drawn: Counter[str] = Counter()
    for call, times in calls.items():
        service, _, operation = call.partition(":")
        for name in buckets_of(service, operation):
            drawn[name] += times
    return max((drawn[name] - each.burst) / each.rate for name, each in budget.buckets.items())


def told(world: World, form: str, number: int) -> dict[str, Any]:
    """A cold create as figures."""
    started = time.perf_counter()
    made = cold(world, form, number)
    return {
        "ready": sum(status.ready for status in made.report.statuses),
        "calls": made.calls.total(),
        "gateway_calls": sum(times for call, times in made.calls.items() if call.startswith("apigateway")),
        "throttled": made.throttled,
        "bound_seconds": round(made.bound),
        "gateway_seconds": round(made.gateway),
        "makespan_seconds": round(made.makespan),
        "budget_seconds": round(1.2 * made.bound),
        "seconds": round(time.perf_counter() - started),
    }
