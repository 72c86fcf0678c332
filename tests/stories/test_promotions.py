"""Stages that wait: what they serve stays reachable until somebody promotes something else, and can be gone back to."""

from __future__ import annotations

import pytest

from controller.promotion import Impossible, Stages
from tests.stories.test_rest_changes import REST, calls, rest_api
from tests.stories.writing import alone, service
from tests.world import World

WAITS = {"deploy": "manual"}


def staged(port: int, prod: object, **more: object) -> str:
    gateway = {name: value for name, value in REST.items() if name != "stage"}
    gateway |= {"stages": {"dev": {}, "prod": prod}, **more}
    web = service(count=1, listenerPort=port)
    return alone(services={"web": web}, gateway=gateway, loadBalancer={"type": "network"})


def stages(world: World) -> Stages:
    return Stages.of(world.aws, world.look(), "hello")


def served(world: World) -> dict[str, str]:
    found = world.boto("apigateway").get_stages(restApiId=rest_api(world))["item"]
    return {each["stageName"]: each["deploymentId"] for each in found}


def ports(world: World) -> list[int]:
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    listeners = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return sorted(each["Port"] for each in listeners)


def promote(world: World, source: str | None = None, deployment: str | None = None) -> bool:
    there = stages(world)
    return there.promote(world.aws, "prod", there.chosen("prod", source, deployment))


def test_a_stage_that_waits_is_promoted_and_what_it_led_through_goes_only_then(world: World) -> None:
    world.write(staged(8081, WAITS))
    world.settle()
    id, first = rest_api(world), served(world)["prod"]
    with calls(world, lambda: world.request(id, "/prod/x")):
        world.write(staged(8082, WAITS))
        world.settle()
        assert ports(world) == [8081, 8082], "the stage still leads through the old one"
        assert (served(world)["dev"] != first, served(world)["prod"]) == (True, first)
        seen = world.look()
        assert (seen.plan.changes, seen.drift) == ((), ())
        assert "stage prod serves an earlier deployment" in seen.plan.problems[0][1]
        world.restart()
        assert promote(world, source="dev")
        assert not promote(world, source="dev"), "it serves that already"
        world.settle()
    assert ports(world) == [8082]
    assert served(world)["prod"] == served(world)["dev"]
    with pytest.raises(Impossible, match="stage dev follows every deployment"):
        stages(world).waiting("dev")
    assert promote(world, deployment=first), "the way back"
    world.write(staged(8082, {}))
    world.settle()
    assert served(world)["prod"] == served(world)["dev"], "a stage that waits no longer follows"


def test_a_canary_gets_its_share_of_a_new_deployment_and_then_everybody(world: World) -> None:
    waits = {"canary": {"percent": 25, "variables": {"flag": "on"}}}
    world.write(staged(8081, waits, deployments={"keep": 2}))
    world.settle()
    id, first = rest_api(world), served(world)["prod"]
    health = {"GET /health": {"mock": {"body": "{}"}}}
    world.write(staged(8081, waits, deployments={"keep": 2}, routes={**REST["routes"], **health}))
    world.settle()
    assert served(world)["prod"] == first
    answered = [dict(world.request(id, "/prod/health").hops)["method"] for _ in range(100)]
    assert answered.count("GET /health") == 25
    assert promote(world)
    world.settle()
    assert served(world)["prod"] == served(world)["dev"] != first
    assert {dict(world.request(id, "/prod/health").hops)["method"] for _ in range(30)} == {"GET /health"}
    assert not world.look().plan.changes
    for body in ("1", "2"):
        health = {"GET /health": {"mock": {"body": body}}}
        world.write(staged(8081, {}, deployments={"keep": 2}, routes={**REST["routes"], **health}))
        world.settle()
    stage = world.boto("apigateway").get_stage(restApiId=id, stageName="prod")
    assert "canarySettings" not in stage
    assert len(world.boto("apigateway").get_deployments(restApiId=id)["items"]) == 2
