"""Figures, as one JSON object: calls first (control planes throttle), then seconds. A benchmark fails nothing.

python -m tests.bench            all of them
python -m tests.bench calls      those whose name begins so
"""

from __future__ import annotations

import base64
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from drift import Scope, make_plan
from reconcilers import Fleet
from reconcilers.survey import desire
from tests.bench import fleets, plans
from tests.bench.worlds import NETWORK, OWN, counted, crowd, roomy, settled
from tests.world import World

BUDGETS = {
    "own": {1: 28, 10: 125, 100: 980},
    "shared": {1: 28, 10: 85, 100: 560},
}


def calls_noop() -> dict[str, Any]:
    """A no-op full pass: services that own everything, and services that share an Environment."""
    told: dict[str, Any] = {}
    for form, budgets in BUDGETS.items():
        for number, budget in budgets.items():
            world = settled(number, shared=form == "shared")
            told[f"{form}_{number}"] = counted(world) | {"budget": budget}
            if number == 10:
                crowd(world)
                world.time.advance(3600)
                told[f"{form}_{number}_crowded"] = counted(world)
    return told


def fleets_cold_and_noop() -> dict[str, Any]:
    """A hundred APIs of either type made under API Gateway's request rates, and a no-op pass over them."""
    figures = {}
    for form, budget in {"rest": 1_000, "http": 560}.items():
        one, world = fleets.alone(form), fleets.empty(Path(tempfile.mkdtemp(prefix="penstock-bench-")))
        figures[f"{form}_100_cold"] = fleets.told(world, form, 100, one)
        world.time.advance(3600)
        figures[f"{form}_100_noop"] = counted(world) | {"budget": budget}
    return figures


def calls_cold_create() -> dict[str, Any]:
    """A cold create of one service: what it asks once, what it writes, what it polls; and the longest chain."""
    world = World(Path(tempfile.mkdtemp(prefix="penstock-bench-")), workers=1)
    roomy(world)
    world.write(OWN.format(name="svc", network=NETWORK))
    from controller.engine import Options, act, ask_again, remember
    from controller.seen import converged

    world.sandbox.log.clear()
    began, started = world.time.now(), time.perf_counter()
    seen, polls, options = world.look(), 0, Options()
    looked = len(world.sandbox.log)
    chain = _longest_chain(seen.plan)
    while True:
        if seen.plan:
            _, _, seen = act(world.aws, seen, world.marks, options)
        before = len(world.sandbox.log)
        seen = ask_again(world.aws, seen)
        polls += len(world.sandbox.log) - before
        seen = remember(world.aws, seen, world.marks)
        if converged(seen) == seen.scope:
            break
        world.clock.sleep(5)
    calls, seconds = list(world.sandbox.log), time.perf_counter() - started
    return {
        "first_look": looked,
        "writes": sum(call["mutating"] for call in calls),
        "other_reads": len(calls) - looked - polls - sum(call["mutating"] for call in calls),
        "calls": len(calls) - polls,
        "budget": 60,
        "polls": polls,
        "longest_chain": chain,
        "aws_seconds": round(world.time.now() - began),
        "milliseconds_per_call": round(seconds / len(calls) * 1000, 2),
    }


def _longest_chain(plan: Any) -> list[str]:
    by_name = {change.name: change for change in plan}
    best: dict[str, list[str]] = {}

    def chain(name: str) -> list[str]:
        if name not in best:
            longer = max((chain(each) for each in by_name[name].after if each in by_name), key=len, default=[])
            best[name] = [*longer, by_name[name].key.address]
        return best[name]

    return max((chain(name) for name in by_name), key=len)


def planning() -> dict[str, Any]:
    """Planning 1,000 services, all new and all in sync: `make_plan` alone, on what `desire` says."""
    instances, facts = plans.services(1000)
    began = time.perf_counter()
    graph = desire(instances, facts).graph
    desired = time.perf_counter() - began
    scope = Scope(frozenset(each.address for each in instances))
    began = time.perf_counter()
    new = make_plan(graph, Fleet(), scope)
    all_new = time.perf_counter() - began
    fleet = plans.in_sync(graph)
    began = time.perf_counter()
    same = make_plan(graph, fleet, scope)
    in_sync = time.perf_counter() - began
    return {
        "services": 1000,
        "resources": len(graph),
        "desire_seconds": round(desired, 2),
        "all_new_seconds": round(all_new, 2),
        "all_new_changes": len(new.changes),
        "in_sync_seconds": round(in_sync, 2),
        "in_sync_changes": len(same.changes),
        "budget_seconds": 1.0,
    }


def milliseconds_per_call() -> dict[str, Any]:
    """Calls in process, boto3 and all: strict services of our own, and moto's."""
    world = World(Path(tempfile.mkdtemp(prefix="penstock-bench-")), workers=1)
    roomy(world)
    world.write(OWN.format(name="svc", network=NETWORK))
    spent: dict[str, list[float]] = {"strict": [], "moto": []}
    proceed = world.sandbox.perform

    ours = {"apigatewayv2", "elbv2", "ecs", "application-autoscaling", "resourcegroupstaggingapi"}

    def timed(call: Any) -> Any:
        began = time.perf_counter()
        try:
            return proceed(call)
        finally:
            spent["strict" if call.service in ours else "moto"].append(time.perf_counter() - began)

    with patch.object(world.sandbox, "perform", timed):
        world.settle()
    return {
        name: {"calls": len(times), "average": round(sum(times) / len(times) * 1000, 2)}
        for name, times in spent.items()
    } | {"budget": {"strict": 1.0, "moto": 3.0}}


def milliseconds_per_page() -> dict[str, Any]:
    """A page of ten thousand resources of a kind, in the middle of the list; the best of five, and the size of it."""
    from sandbox import ManualClock, Sandbox

    most = 10_000
    sandbox = Sandbox(clock=ManualClock(), quotas={"apis": most, "target-groups": most})
    for number in range(most):
        sandbox.call("apigatewayv2", "create_api", Name=f"api-{number}", ProtocolType="HTTP", Tags={"team": "bench"})
        sandbox.call("elbv2", "create_target_group", Name=f"group-{number}", TargetType="lambda")
    asked = (
        ("elbv2", "describe_target_groups", "TargetGroups", {"Marker": base64.b64encode(b"5000").decode()}),
        ("apigatewayv2", "get_apis", "Items", {"NextToken": base64.b64encode(b"5000").decode(), "MaxResults": "500"}),
    )
    told: dict[str, Any] = {"resources": 2 * most}
    for service, operation, items, more in asked:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            answer = sandbox.call(service, operation, **more)
            times.append(time.perf_counter() - began)
        told[operation] = {"items": len(answer[items]), "milliseconds": round(min(times) * 1000, 1)}
    return told


def seconds_cli() -> dict[str, Any]:
    """`--help`, and `validate` of 100 files, as whole processes; the best of five."""
    folder = Path(tempfile.mkdtemp(prefix="penstock-bench-"))
    for place in range(100):
        (folder / f"{place:03}.yaml").write_text(OWN.format(name=f"svc-{place:03}", network=NETWORK))
    penstock = str(Path(sys.executable).with_name("penstock"))
    return {
        "help": _best([penstock, "--help"]),
        "help_budget": 0.15,
        "validate_100_files": _best([penstock, "validate", str(folder)]),
        "validate_budget": 0.5,
    }


def _best(command: list[str]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return round(min(times), 3)


def megabytes_controller() -> dict[str, Any]:
    """The memory of a controller process with 100 idle services, after two full passes over HTTP."""
    world = settled(100, shared=True)
    from sandbox.server import serving

    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from controller.loop import Loop\n"
        "from controller.session import Session, Settings\n"
        "loop = Loop([Path(sys.argv[1])], Session(Settings(share=1.0)))\n"
        "from controller.telemetry import application, serving\n"
        "with serving(application(loop.telemetry, loop.session.clock.monotonic, 300), '127.0.0.1:0'):\n"
        "    loop.session.settings = Settings(share=1.0)\n"
        "    for _ in range(2):\n"
        "        for lane in loop.lanes.values():\n"
        "            lane.schedule.full_at = 0.0\n"
        "        [report] = loop.turn(edited=False)\n"
        "    assert all(status.ready for status in report.statuses), [s.conditions[0] for s in report.statuses][:3]\n"
        "    told = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "    print(*(int(told[name].split()[0]) // 1024 for name in ('VmHWM', 'VmRSS')))\n"
    )
    import os

    with serving(world.sandbox) as endpoint:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "eu-west-1",
        }
        done = subprocess.run(
            [sys.executable, "-c", script, str(world.folder)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode:
        return {"error": done.stderr[-2000:]}
    peak, now = map(int, done.stdout.split()[-2:])
    return {"services": 100, "megabytes": now, "peak_megabytes": peak, "budget": 150}


BENCHMARKS: tuple[Callable[[], dict[str, Any]], ...] = (
    calls_noop,
    calls_cold_create,
    fleets_cold_and_noop,
    planning,
    milliseconds_per_call,
    milliseconds_per_page,
    seconds_cli,
    megabytes_controller,
)


def main() -> None:
    logging.disable()
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asked = tuple(sys.argv[1:]) or ("",)
    told = {each.__name__: each() for each in BENCHMARKS if each.__name__.startswith(asked)}
    told["peak_megabytes_of_this_process"] = {"value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
