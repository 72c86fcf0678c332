"""The controller at work: edits go first, one place does not wait for another, drift inside an edit is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from structlog.testing import capture_logs

from controller.bulkhead import Ask, Bulkhead
from controller.engine import Options
from controller.events import Converged, Event, Tell
from controller.loop import Loop
from controller.report import Report, View
from sandbox.seed import seed
from tests.stories.writing import alone, environment, service, shared
from tests.world import ACCOUNT, World

ELSEWHERE = "eu-central-1"


@dataclass
class Held(Executor):
    """Does its work at once and hands it over when the test says so: a thread that is slow."""

    work: list[tuple[Future[Any], Any]] = field(default_factory=list)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.work.append((Future(), fn(*args, **kwargs)))
        return self.work[-1][0]

    def hand_over(self, place: int = 0) -> None:
        future, result = self.work.pop(place)
        future.set_result(result)


def until_ready(loop: Loop, world: World) -> None:
    for _ in range(40):
        loop.turn(edited=False)
        world.clock.sleep(20)
        if loop.told.ready == {each.address for each in loop.catalog.instances} != set():
            return
    raise AssertionError("never ready")


def sweep(loop: Loop, world: World) -> tuple[Report, ...]:
    world.clock.sleep(400)
    return loop.turn(edited=False)


def described(world: World) -> str:
    return str(world.boto("apigatewayv2").get_apis()["Items"][0].get("Description", ""))


def test_an_edit_does_not_stand_behind_a_sweep_and_the_sweep_does_not_undo_it(world: World):
    world.write(alone(gateway={"description": "first"}))
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    [lane] = loop.lanes.values()
    lane.pool = held = Held()
    assert sweep(loop, world) == ()
    world.write(alone(gateway={"description": "second"}))
    loop.turn(edited=True)
    held.hand_over(1)
    loop.turn(edited=False)  # the look at what was edited has come home; what it says is done
    assert described(world) == "second"
    held.hand_over(1)
    [edit] = loop.turn(edited=False)
    assert [status.ready for status in edit.statuses] == [True]
    world.aws.calls.clear()
    changes: list[str] = []
    world.sandbox.watchers.append(lambda event: changes.append(event["detail"]["eventName"]))
    while held.work:
        held.hand_over()
        loop.turn(edited=False)
    assert described(world) == "second"
    assert changes == []


def test_an_edit_that_a_sweep_overtook_is_not_forgotten(world: World):
    world.write(alone(gateway={"description": "first"}))
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    world.boto("apigatewayv2").update_api(ApiId=world.api(), Description="by hand")
    [lane] = loop.lanes.values()
    lane.pool = held = Held()
    sweep(loop, world)
    world.write(alone(gateway={"description": "second"}))
    loop.turn(edited=True)
    held.hand_over(0)
    loop.turn(edited=False)
    assert described(world) == "first", "the sweep put back what it had seen"
    while held.work:
        held.hand_over()
        loop.turn(edited=False)
    assert described(world) == "second"


def test_a_spec_that_was_broken_for_a_while_is_looked_at_when_it_is_whole_again(world: World):
    world.write(alone())
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    whole = (world.folder / "spec.yaml").read_text()
    world.write(whole[:-20])
    assert loop.turn(edited=True) == ()
    world.write(whole)
    assert [len(report.statuses) for report in loop.turn(edited=True)] == [1]


def test_what_a_sweep_saw_of_an_environment_before_its_service_was_changed_is_looked_at_again(world: World):
    world.write(environment(), "prod.yaml")
    world.write(shared("orders"), "orders.yaml")
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    [lane] = loop.lanes.values()
    lane.pool = held = Held()
    sweep(loop, world)
    world.write(shared("orders", services={"web": service(port=9090)}), "orders.yaml")
    loop.turn(edited=True)
    for _ in range(2):
        held.hand_over(1)
        loop.turn(edited=False)
    held.hand_over(0)
    loop.turn(edited=False)
    held.hand_over(0)
    loop.turn(edited=False)
    again = [job.scope for job, _ in lane.looks.values()]
    assert again == [frozenset({"prod"})]


def of_two_places(world: World) -> Loop:
    """A controller of instances in two regions, after its first turn."""
    seed(world.sandbox, ACCOUNT, ELSEWHERE)
    world.write(alone("far", aws={"region": ELSEWHERE}), "far.yaml")
    world.write(alone("near"), "near.yaml")
    loop = Loop([world.folder], world.process())
    loop.turn(edited=False)
    return loop


def test_a_slow_place_does_not_delay_another_of_the_controller(world: World):
    loop = of_two_places(world)
    far = next(lane for place, lane in loop.lanes.items() if place.region == ELSEWHERE)
    far.pool = Held()
    for _ in range(40):
        loop.turn(edited=False)
        world.clock.sleep(20)
    assert loop.told.ready == {"near"}


def test_a_slow_place_does_not_delay_another_of_an_apply(world: World):
    seed(world.sandbox, ACCOUNT, ELSEWHERE)
    world.write(alone("far", aws={"region": ELSEWHERE}), "a-far.yaml")
    world.write(alone("near"), "b-near.yaml")
    near_is_there = threading.Event()

    class Slow(Bulkhead):
        def apply(self, ask: Ask, tell: Tell, options: Options, timeout: float) -> View:
            assert near_is_there.wait(30), "it was made to wait for this place"
            return super().apply(ask, tell, options, timeout)

    def hear(event: Event) -> None:
        if isinstance(event, Converged) and event.instance == "near":
            near_is_there.set()

    process = world.process(workers=2)
    for there, _ in process.scopes(world.catalog()):
        if there.place.region == ELSEWHERE:
            process.bulkheads[there.place] = Slow(there.place, there.aws)
    report = process.apply(world.catalog(), (), hear)
    assert [(status.address, status.ready) for status in report.statuses] == [("far", True), ("near", True)]


def test_drift_inside_an_edit_is_told_apart_from_the_edit(world: World):
    world.write(alone(gateway={"description": "first"}))
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    elb = world.boto("elbv2")
    group = elb.describe_target_groups()["TargetGroups"][0]
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/by-hand")
    world.write(alone(gateway={"description": "second"}, services={"web": service(healthCheck="/new")}))
    [report] = loop.turn(edited=True)
    [drift] = report.views[0].drift
    assert (drift.key.address, drift.how) == ("TargetGroup/web", "changed")
    assert [(each.path, each.want, each.live) for each in drift.differences] == [("/HealthCheckPath", "/", "/by-hand")]
    assert described(world) == "second"
    assert elb.describe_target_groups()["TargetGroups"][0]["HealthCheckPath"] == "/new"
    until_ready(loop, world)
    assert [each.views[0].drift for each in sweep(loop, world)] == [()]


def test_what_was_put_back_is_told(world: World):
    world.write(alone())
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    world.boto("apigatewayv2").update_api(ApiId=world.api(), Description="by hand")
    [report] = sweep(loop, world)
    assert [each.key.address for each in report.views[0].drift] == ["HttpApi"]
    assert loop.telemetry.registry.get_sample_value("penstock_drift_total", {"how": "changed"}) == 1.0
    assert described(world) == ""


def test_a_spec_that_wants_to_be_looked_at_seldom_is_left_alone_meanwhile(world: World):
    world.write(alone(drift={"interval": "1h", "jitter": "0%"}), "spec.yaml")
    loop = Loop([world.folder], world.process())
    until_ready(loop, world)
    assert sweep(loop, world) == ()
    world.clock.sleep(3600)
    assert len(loop.turn(edited=False)) == 1


def test_a_controller_that_only_rehearses_tells_once_and_changes_nothing(world: World):
    gone = alone("goes", deletionPolicy="Delete")
    world.install = "shop"
    world.write(gone, "goes.yaml")
    world.write(alone())
    until_ready(Loop([world.folder], world.process()), world)
    changes: list[str] = []
    world.sandbox.watchers.append(lambda event: changes.append(event["detail"]["eventName"]))
    rehearsing = Loop([world.folder], world.process(dry_run=True), prune=True)
    world.boto("apigatewayv2").update_api(ApiId=world.api(), Description="by hand")
    with capture_logs() as logs:
        rehearsing.turn(edited=False)
        world.write(alone(services={"web": service("web:2")}))
        world.write(environment("prod"), "prod.yaml")
        (world.folder / "goes.yaml").unlink()
        rehearsing.turn(edited=True)
        for _ in range(3):
            sweep(rehearsing, world)
    told = [(each["event"], each.get("resource") or each["instance"]) for each in logs if "would" in each["event"]]
    assert told.count(("would change", "HttpApi")) == 1
    assert ("would change", "TaskDefinition/web") in told
    assert ("would change", "Cluster") in told
    assert told.count(("an instance would be deleted", "goes")) == 1
    assert len(set(told)) == len(told)
    assert changes == ["UpdateApi"], "what somebody did by hand, and nothing else"
