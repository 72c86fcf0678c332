"""A spec becomes a running topology, and a request travels the whole chain to the task that answers it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.dataplane import Walk
from tests.stories.writing import HTTPS, alone, environment, service, shared
from tests.world import World

WAY = ["stage", "route", "integration", "vpc_link", "listener", "rule", "target_group", "target"]


def told(walk: Walk) -> dict[str, Any]:
    """What the task says it saw."""
    assert walk.answer.status == 200, walk.answer.why
    body: dict[str, Any] = json.loads(walk.answer.body)
    return body


def test_a_new_spec_answers_through_the_whole_chain(world: World):
    world.write(alone())
    world.settle()
    walk = world.request(world.api(), "/orders/7")
    seen = told(walk)
    assert [hop for hop, _ in walk.hops] == WAY
    assert seen["path"] == "/orders/7", "the path comes without the stage"
    assert seen["headers"]["x-penstock-target"] == "hello.web"


def test_a_client_cannot_choose_the_service_behind_the_gateway(world: World):
    world.write(alone())
    world.settle()
    seen = told(world.request(world.api(), "/", **{"x-penstock-target": "somebody.else"}))
    assert seen["headers"]["x-penstock-target"] == "hello.web"


def test_tls_reaches_all_the_way_to_the_load_balancer(world: World):
    world.write(alone(loadBalancer=HTTPS))
    world.settle()
    assert told(world.request(world.api()))["headers"]["x-forwarded-proto"] == "https"


def test_two_services_behind_one_api_each_answer_their_own_routes(world: World):
    routes = {"GET /a": "one", "ANY /b/{proxy+}": "two"}
    services = {"one": service(port=8080), "two": service(port=3000)}
    world.write(alone(services=services, gateway={"routes": routes}))
    world.settle()
    api = world.api()
    assert told(world.request(api, "/a"))["headers"]["x-penstock-target"] == "hello.one"
    assert told(world.request(api, "/b/x", "POST"))["headers"]["x-penstock-target"] == "hello.two"
    assert world.request(api, "/c").answer.status == 404


def test_services_of_an_environment_share_one_balancer_and_one_link(world: World):
    world.write(environment(), "prod.yaml")
    world.write(shared("orders"), "orders.yaml")
    world.write(shared("users"), "users.yaml")
    world.settle()
    for name in ("orders", "users"):
        seen = told(world.request(world.api(f"{name}/prod")))
        assert seen["headers"]["x-penstock-target"] == f"{name}.web"
    assert len(world.boto("elbv2").describe_load_balancers()["LoadBalancers"]) == 1
    assert len(world.boto("apigatewayv2").get_vpc_links()["Items"]) == 1
    assert len(world.boto("ecs").list_clusters()["clusterArns"]) == 1


def test_only_the_link_gets_to_the_balancer_and_only_the_balancer_to_the_tasks(world: World):
    world.write(alone())
    world.settle()
    ec2 = world.boto("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag:penstock:service", "Values": ["hello"]}])
    by_key = {tag["Value"]: each for each in groups["SecurityGroups"] for tag in each["Tags"] if "key" in tag["Key"]}
    ingress = {
        key: [
            (each["FromPort"], each["ToPort"], [pair["GroupId"] for pair in each["UserIdGroupPairs"]], each["IpRanges"])
            for each in group["IpPermissions"]
        ]
        for key, group in by_key.items()
    }
    link, balancer, tasks = (by_key[f"SecurityGroup/{part}"]["GroupId"] for part in ("vpcLink", "loadBalancer", "web"))
    assert ingress == {
        "SecurityGroup/vpcLink": [],
        "SecurityGroup/loadBalancer": [(80, 80, [link], [])],
        "SecurityGroup/web": [(8080, 8080, [balancer], [])],
    }
    assert tasks != balancer


def test_a_second_apply_of_the_same_spec_writes_nothing(world: World):
    world.write(alone())
    world.settle()
    for _ in range(3):
        world.restart()
        outcomes, seen = world.once()
        assert not outcomes
        assert not seen.drift
    assert world.writes == []
