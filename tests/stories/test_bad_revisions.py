"""A revision that never becomes healthy: ECS ends it, we say so with ECS's reason, and nobody tries again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.conditions import REASONS
from controller.output.applied import Account, ending
from controller.report import Report
from controller.status import Status
from tests.stories.writing import alone, service
from tests.world import World, writes

STALLED = 3


def told(report: Report) -> Status:
    [status] = report.statuses
    return status


def image_that_answers(world: World) -> int:
    """The revision of the task that answers."""
    answer = world.request(world.api()).answer
    assert answer.status == 200, answer.why
    body: dict[str, Any] = json.loads(answer.body)
    return int(body["revision"])


def bad(image: str) -> str:
    return alone(services={"web": service(image)})


@pytest.mark.parametrize("image", ["web:unhealthy", "web:crash"])
def test_a_bad_revision_is_rolled_back_once_and_not_tried_again(world: World, image: str):
    world.write(alone())
    assert not world.process().apply(world.catalog()).codes
    world.write(bad(image))
    began = world.clock.monotonic()
    report = world.process().apply(world.catalog())
    assert report.codes == {STALLED}
    assert not report.timed_out
    assert world.clock.monotonic() - began < 1800

    status = told(report)
    stalled = status.condition("Stalled")
    assert (stalled.status, stalled.reason) == ("True", "DeploymentRolledBack")
    assert "circuit breaker" in stalled.message
    assert not status.ready
    assert image_that_answers(world) == 1
    words = ending(Account.of(report)).splitlines()
    assert words[0].startswith("✘ hello  stalled, DeploymentRolledBack: Service/web: ")
    assert words[1] == f"    {REASONS['DeploymentRolledBack']}: waiting does not help"
    assert words[-1].endswith("0 of 1 ready, 1 stalled.")

    for _ in range(10):
        process = world.process()
        report = process.step(world.catalog())
        [view] = report.views
        assert writes(view.aws) == []
        assert report.codes == {STALLED}
        assert told(report).condition("Stalled").reason == "DeploymentRolledBack"
        world.clock.sleep(60)
    assert image_that_answers(world) == 1


def test_a_changed_spec_tries_again_after_a_rollback(world: World):
    world.write(alone())
    world.settle()
    world.write(bad("web:unhealthy"))
    world.process().apply(world.catalog())
    world.write(bad("web:2"))
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert told(report).ready
    assert image_that_answers(world) == 3


def test_a_spec_mended_elsewhere_tries_the_same_revision_once_more(world: World):
    world.write(alone())
    world.settle()
    world.write(bad("web:unhealthy"))
    world.process().apply(world.catalog())
    world.write(alone(services={"web": service("web:unhealthy", healthCheck={"path": "/", "gracePeriod": "90s"})}))
    report = world.process().apply(world.catalog())
    assert writes(report.views[0].aws).count("ecs:UpdateService") == 1
    assert report.codes == {STALLED}
    again = world.process().step(world.catalog())
    assert writes(again.views[0].aws) == []
    assert image_that_answers(world) == 1


def test_the_old_spec_put_back_after_a_rollback_is_in_order_at_once(world: World):
    world.write(alone())
    world.settle()
    world.write(bad("web:unhealthy"))
    world.process().apply(world.catalog())
    world.write(alone())
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert told(report).ready
    assert "ecs:UpdateService" not in writes(report.views[0].aws)
    assert image_that_answers(world) == 1


def test_the_rollback_of_one_service_keeps_no_other_part_back(world: World):
    world.write(alone())
    world.settle()
    world.write(alone(services={"web": service("web:unhealthy")}, gateway={"description": "changed along with it"}))
    world.process().apply(world.catalog())
    [api] = world.boto("apigatewayv2").get_apis()["Items"]
    assert api["Description"] == "changed along with it"


@pytest.mark.parametrize("image", ["web:unhealthy", "web:crash"])
def test_a_first_deployment_that_never_comes_up_says_why_and_stops(world: World, image: str):
    world.write(bad(image))
    report = world.process().apply(world.catalog())
    assert report.codes == {STALLED}
    assert not report.timed_out
    status = told(report)
    assert status.condition("Stalled").status == "True"
    assert "circuit breaker" in status.condition("Stalled").message
    assert not status.ready
    assert world.boto("apigatewayv2").get_routes(ApiId=world.api())["Items"], "the rest does not wait for the service"
    for _ in range(3):
        world.clock.sleep(60)
        report = world.process().step(world.catalog())
        assert writes(report.views[0].aws) == []
        assert report.codes == {STALLED}

    world.write(alone())
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert image_that_answers(world) == 2


def test_a_lost_task_comes_back_without_us(world: World):
    """ECS keeps the count; a task that somebody stops is not drift."""
    world.write(alone())
    world.settle()
    ecs = world.boto("ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    ecs.stop_task(cluster=cluster, task=ecs.list_tasks(cluster=cluster)["taskArns"][0])
    outcomes, seen = world.once()
    assert not outcomes
    assert not seen.drift
    world.clock.sleep(120)
    assert world.look().plan.settling == {}
    assert world.writes == []


def test_a_first_deployment_is_tried_again_when_its_health_check_is_mended(world: World):
    wrong = {"path": "/", "codes": "204"}
    world.write(alone(services={"web": service(healthCheck=wrong)}))
    assert world.process().apply(world.catalog()).codes == {STALLED}
    world.write(alone(services={"web": service(healthCheck="/")}))
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert told(report).ready
    assert writes(report.views[0].aws).count("ecs:UpdateService") == 1
    assert world.request(world.api()).answer.status == 200
