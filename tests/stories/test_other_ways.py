"""Requests go another way from now on, and nobody who calls finds nobody there: both ways stand until all moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controller.engine import Options
from sandbox.dataplane import Walk
from sandbox.dataplane.journey import Answer
from tests.stories.test_discovery import bare
from tests.stories.test_load_balancers import front
from tests.stories.test_rest_changes import calls
from tests.stories.writing import alone, service
from tests.world import World

SOCKET: dict[str, Any] = {"gateway": {"type": "websocket"}, "loadBalancer": {"type": "network"}}


def found(integration: str) -> str:
    return alone(gateway={"integration": integration}, services={"web": bare(count=1)})


def dealt(**shares: int) -> str:
    routes = {"$default": {"weights": shares} if len(shares) > 1 else next(iter(shares))}
    return alone(gateway={"type": "none", "routes": routes}, services={name: service(count=1) for name in shares})


def by_api(world: World) -> Callable[[], Walk]:
    id = world.api()
    return lambda: world.request(id, "/x")


def by_front(world: World) -> Callable[[], Walk]:
    host = front(world)
    return lambda: world.call(host)


CHANGES = [
    pytest.param(found("link"), found("cloudMap"), by_api, id="to the tasks that Cloud Map knows"),
    pytest.param(found("cloudMap"), found("link"), by_api, id="to a load balancer"),
    pytest.param(dealt(web=1), dealt(other=1), by_front, id="a rule to another service"),
    pytest.param(dealt(web=1), dealt(web=3, other=1), by_front, id="a rule to one more service"),
]


@pytest.mark.parametrize(("before", "after", "caller"), CHANGES)
def test_another_way_is_taken_without_a_failed_request(world: World, before: str, after: str, caller: Any) -> None:
    world.write(before)
    world.settle()
    call = caller(world)
    world.clock.sleep(600)  # the tag index knows by then which spec was applied last
    with calls(world, call):
        world.write(after)
        world.settle()
    assert not world.look().plan.changes


@pytest.mark.parametrize(("before", "after", "caller"), CHANGES[:3])
def test_it_is_taken_by_processes_that_die_after_each_of_their_calls(
    world: World, before: str, after: str, caller: Any
) -> None:
    """Nothing but AWS remembers how far it has come; a process begins nothing more after a call of its own."""
    world.write(before)
    world.settle()
    call = caller(world)
    world.clock.sleep(600)
    with calls(world, call):
        world.write(after)
        for _ in range(200):
            world.restart()
            world.sandbox.watchers.append(lambda _: world.aws.stopping.set())
            outcomes, seen = world.once(options=Options(absence_wait=0))
            world.sandbox.watchers.pop()
            assert [each.error for each in outcomes if each.result == "rejected"] == []
            if not outcomes and not seen.plan and not seen.plan.settling:
                break
            world.clock.sleep(30)
    world.restart()
    world.settle()
    assert not world.look().plan.changes


def test_an_http_api_answers_until_the_websocket_api_in_its_place_stands(world: World) -> None:
    """From an application load balancer to a network one, in one step, and back."""
    web = service(count=1)
    world.write(alone(services={"web": web}))
    world.settle()
    old, balancers = world.api(), world.boto("elbv2").describe_load_balancers

    def answered() -> Walk:
        """By the old one while it is there, and then nobody has to."""
        there = {each["ApiId"]: each["ProtocolType"] for each in world.boto("apigatewayv2").get_apis()["Items"]}
        if old in there:
            return world.request(old, "/x")
        [new] = [id for id, protocol in there.items() if protocol == "WEBSOCKET"]
        assert world.boto("apigatewayv2").get_stages(ApiId=new)["Items"]
        return Walk((), Answer(200, "the other one stands"))

    world.clock.sleep(120)
    with calls(world, answered):
        world.write(alone(services={"web": web}, **SOCKET))
        world.settle()
    assert [each["Type"] for each in balancers()["LoadBalancers"]] == ["network"]
    world.clock.sleep(120)
    world.write(alone(services={"web": web}))
    world.settle()
    assert [each["Type"] for each in balancers()["LoadBalancers"]] == ["application"]
    assert world.request(world.api(), "/x").answer.status == 200
    assert not world.look().plan.changes


def test_a_rule_stays_where_it_is_when_the_other_service_never_answers(world: World) -> None:
    world.write(dealt(web=1))
    world.settle()
    broken = service(count=1, healthCheck={"path": "/", "codes": "204"})
    gateway = {"type": "none", "routes": {"$default": "other"}}
    world.write(alone(gateway=gateway, services={"other": broken}))
    report = world.process(region="eu-west-1").apply(world.catalog())
    assert (report.codes, report.timed_out) == (frozenset({3}), False)
    assert world.call(front(world)).answer.status == 200
