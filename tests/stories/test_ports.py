"""Listeners exchange their ports, or take those that others leave, while people call each service by its own path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.dataplane import Walk
from tests.stories.test_rest_changes import REST, calls, rest_api
from tests.stories.writing import alone, environment, service, shared
from tests.world import World

NETWORK = {"type": "network"}


def on(kind: str, ports: Mapping[str, int]) -> str:
    """A service behind each port, called by `/{name}`."""
    gateway: dict[str, Any] = {**(REST if kind == "rest" else {}), "routes": {f"ANY /{name}": name for name in ports}}
    services = {name: service(count=1, listenerPort=port) for name, port in ports.items()}
    return alone(gateway=gateway, services=services, loadBalancer=NETWORK)


def listeners(world: World) -> dict[str, int]:
    """Ports by the name of the service behind them, as its target group is called."""
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    found = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    led = {each["Port"]: each["DefaultActions"][0]["ForwardConfig"]["TargetGroups"][0] for each in found}
    return {group["TargetGroupArn"].split("/")[1].split("-")[1]: port for port, group in led.items()}


def each_by_its_own(world: World, kind: str, name: str) -> Walk:
    api, stage = (rest_api(world), "/live") if kind == "rest" else (world.api(), "")
    walked = world.request(api, f"{stage}/{name}")
    if walked.answer.status == 200:
        assert json.loads(walked.answer.body)["service"].split("-")[1] == name
    return walked


BEFORE = {"one": 8001, "two": 8002, "three": 8003}
CASES = [
    pytest.param("http", {"one": 8002, "two": 8001, "three": 8003}, id="two of them"),
    pytest.param("http", {"one": 8001, "two": 8003}, id="of one that goes"),
    pytest.param("rest", {"one": 8002, "two": 8003, "three": 8001}, id="round in a circle"),
    pytest.param("rest", {"one": 8004, "two": 8001, "three": 8002, "four": 8003}, id="one after the other"),
]


@pytest.mark.parametrize(("kind", "after"), CASES)
def test_ports_are_exchanged_without_a_failed_request(world: World, kind: str, after: dict[str, int]) -> None:
    world.write(on(kind, BEFORE))
    world.settle()
    world.clock.sleep(600)  # the tag index knows by then which spec was applied last
    names = ("one", "two")
    with calls(world, lambda: max((each_by_its_own(world, kind, name) for name in names), key=_status)):
        world.write(on(kind, after))
        world.settle()
    assert listeners(world) == after
    assert not world.look().plan.changes


def _status(walked: Walk) -> int:
    return walked.answer.status


def test_who_waits_for_a_port_is_told(world: World) -> None:
    world.write(on("http", BEFORE))
    world.settle()
    world.write(on("http", {**BEFORE, "one": 8002, "two": 8001}))
    told = [text for _, text in world.look().plan.problems]
    assert told == [
        "Listener/one is on port 8004 until Listener/two has left 8002",
        "Listener/two is on port 8002 until Listener/one has left 8001",
    ]


def test_an_exchange_goes_on_where_another_process_left_it(world: World) -> None:
    """Each pass is another process: nothing but AWS remembers how far it has come."""
    world.write(on("rest", {"one": 8001, "two": 8002}))
    world.settle()
    world.clock.sleep(600)
    after = {"one": 8002, "two": 8001}
    with calls(world, lambda: each_by_its_own(world, "rest", "one")):
        world.write(on("rest", after))
        for _ in range(60):
            world.restart()
            outcomes, seen = world.once()
            if not outcomes and not seen.plan and not seen.plan.settling:
                break
            world.clock.sleep(30)
    assert listeners(world) == after


def test_listeners_of_an_application_load_balancer_exchange_theirs(world: World) -> None:
    def written(a: int, b: int) -> None:
        world.write(
            alone(services={"web": service(count=1)}, loadBalancer={"listeners": {"a": {"port": a}, "b": {"port": b}}})
        )
        world.settle()

    written(81, 82)
    world.clock.sleep(600)
    with calls(world, lambda: world.request(world.api(), "/x")):
        written(82, 81)
    assert not world.look().plan.changes


def test_services_of_an_environment_exchange_ports_of_the_balancer_they_share(world: World) -> None:
    def written(orders: int, users: int) -> None:
        for name, port in {"orders": orders, "users": users}.items():
            web = {"web": service(count=1, listenerPort=port)}
            world.write(shared(name, services=web, loadBalancer="tcp"), f"{name}.yaml")
        world.settle()

    world.write(environment(loadBalancers={"tcp": NETWORK}), "prod.yaml")
    written(9001, 9002)
    world.clock.sleep(600)
    with calls(world, lambda: world.request(world.api("orders/prod"), "/x")):
        written(9002, 9001)
    assert not world.look().plan.changes
