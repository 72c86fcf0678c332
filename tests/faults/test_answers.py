"""Calls that fail, once each: it converges all the same, or says honestly that a person must act."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from controller.report import Report
from drift import Action
from sandbox.calls import Call
from sandbox.faults import Effect, Fault, fail, fail_after, lose_reply, refuse, stale, throttle
from sandbox.refusal import Crash, Refusal
from tests.faults.picture import picture
from tests.stories.writing import alone
from tests.world import World

ANSWERS: dict[str, Effect] = {
    "throttled": throttle,
    "failed": fail,
    "applied, then failed": fail_after,
    "applied, the reply lost": lose_reply,
}
FINAL: dict[str, Effect] = {
    "denied": refuse(Refusal("AccessDenied", "User is not authorized to perform this", 403)),
    "refused": refuse(Refusal("ValidationException", "1 validation error detected", 400)),
}
SAMPLE = {
    "throttled": ("ecs:CreateService",),
    "failed": ("ec2:CreateSecurityGroup",),
    "applied, then failed": ("apigatewayv2:CreateApi", "elbv2:CreateRule"),
    "applied, the reply lost": ("apigatewayv2:CreateVpcLink", "apigatewayv2:CreateStage"),
    "denied": ("apigatewayv2:CreateVpcLink",),
    "refused": ("elbv2:CreateTargetGroup",),
}
"""What is tried by default."""
End = tuple[list[str], dict[str, Any]]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> End:
    return operations(tmp_path_factory.mktemp("without"))


def operations(folder: Path) -> End:
    """The mutating operations of a cold create in the order of their first use, and how it ends."""
    world = World(folder)
    world.write(alone())
    called: dict[str, None] = {}

    def note(_sandbox: Any, call: Call, proceed: Any) -> Any:
        if not call.reads:
            called[str(call)] = None
        return proceed()

    world.sandbox.faults.append(Fault(note))
    world.settle()
    world.sandbox.faults.clear()
    return list(called), picture(world, world.look())


CHOICES = [pytest.param(False, id="some calls"), pytest.param(True, id="every call", marks=pytest.mark.slow)]


def begin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    folder.mkdir()
    world = World(folder)
    monkeypatch.setattr("botocore.endpoint.time", world.clock)
    world.write(alone())
    return world


@pytest.mark.parametrize("all_of_them", CHOICES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_call_that_goes_wrong_once_changes_nothing_of_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: End, answer: str, *, all_of_them: bool
):
    called, expected = without
    for number, operation in enumerate(called if all_of_them else SAMPLE[answer]):
        world = begin(tmp_path / str(number), monkeypatch)
        world.sandbox.faults.append(Fault(ANSWERS[answer], on=operation, times=1))
        report = world.process().apply(world.catalog())
        assert not report.codes, (operation, wrong(report))
        assert not report.timed_out, operation
        world.sandbox.faults.clear()
        world.restart()
        outcomes, seen = world.once()
        assert not outcomes, operation
        assert picture(world, seen) == expected, operation
        assert world.request(world.api()).answer.status == 200, operation


def wrong(report: Report) -> list[str]:
    return [f"{each.change.name}: {each.error}" for each in report.outcomes if each.error]


@pytest.mark.parametrize("all_of_them", CHOICES)
@pytest.mark.parametrize("answer", FINAL)
def test_a_call_that_stays_refused_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: End, answer: str, *, all_of_them: bool
):
    called, expected = without
    for number, operation in enumerate(called if all_of_them else SAMPLE[answer]):
        world = begin(tmp_path / str(number), monkeypatch)
        world.sandbox.faults.append(Fault(FINAL[answer], on=operation))
        report = world.process().apply(world.catalog())
        assert report.codes, f"{operation} is refused, and nobody says so"
        assert not report.timed_out, operation
        assert not any(status.ready for status in report.statuses), operation
        world.sandbox.faults.clear()
        report = world.process().apply(world.catalog())
        assert not report.codes, (operation, wrong(report))
        world.restart()
        outcomes, seen = world.once()
        assert not outcomes, operation
        assert picture(world, seen) == expected, operation


@pytest.mark.parametrize("root", ["CreateApi", "CreateVpcLink", "CreateLoadBalancer", "CreateTargetGroup"])
def test_lists_that_lag_behind_a_create_never_make_a_second_one(world: World, root: str):
    """For 30 s after the create every read answers from before it, and another process begins at once."""
    world.write(alone())

    def die(sandbox: Any, call: Call, proceed: Any) -> Any:
        past = stale(sandbox)
        proceed()
        until = world.clock.monotonic() + 30
        lagging = Fault(past, when=lambda asked: asked.reads and world.clock.monotonic() < until)
        sandbox.faults[:] = [lagging]
        raise Crash(str(call))

    world.sandbox.faults.append(Fault(die, on=f"*:{root}", times=1))
    with pytest.raises(Crash):
        world.settle()
    made: list[str] = []
    world.sandbox.watchers.append(
        lambda event: made.append(event["detail"]["eventName"]) if "errorCode" not in event["detail"] else None
    )
    world.restart()
    for _ in range(60):
        outcomes, seen = world.once()
        if not outcomes and not seen.plan.settling:
            break
        world.clock.sleep(10)
    assert not [each for each in seen.plan if each.action is not Action.WAIT]
    if root in ("CreateApi", "CreateVpcLink"):
        assert root not in made, "the mark on the anchor says that somebody may have made one"
    there = picture(world, seen)["counts"]
    kinds = ("apigatewayv2 Api", "apigatewayv2 VpcLink", "elbv2 LoadBalancer", "elbv2 TargetGroup", "ecs Service")
    assert [there[kind] for kind in kinds] == [1] * len(kinds)
    assert world.request(world.api()).answer.status == 200
