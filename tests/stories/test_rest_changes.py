"""REST APIs change while people call: what a stage serves stays reachable until the stage serves something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import pytest

from sandbox.dataplane import Walk, domains
from sandbox.dataplane.journey import Request
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

HOME = "api.shop.example.com"

REST: Mapping[str, Any] = {
    "type": "rest", "stage": {"name": "live"}, "defaults": {"authorizer": "none"}, "routes": {"ANY /{proxy+}": "web"},
}  # fmt: skip


@contextmanager
def calls(world: World, call: Callable[[], Any]) -> Iterator[Counter[str]]:
    """Somebody calls every second, and after every single call to AWS; not one of them fails."""
    answers: Counter[str] = Counter()
    moments = count()

    def tell(*event: Any) -> None:
        if not event and next(moments) % 20:
            return
        answer = call().answer
        answers[f"{answer.status} {answer.why}"] += 1

    world.clock.meanwhile = tell
    world.sandbox.watchers.append(tell)
    yield answers
    world.clock.meanwhile = None
    world.sandbox.watchers.clear()
    assert answers.total() > 5
    assert not {told: times for told, times in answers.items() if not told.startswith("200")}


def rest_api(world: World) -> str:
    [found] = world.boto("apigateway").get_rest_apis()["items"]
    return str(found["id"])


def behind(kind: str, port: int) -> str:
    web = service(count=1)
    if kind == "network":
        return alone(services={"web": {**web, "listenerPort": port}}, gateway=REST, loadBalancer={"type": "network"})
    listeners = {"listeners": {"http": {"port": port}}}
    return alone(services={"web": web}, gateway=REST, loadBalancer=listeners)


@pytest.mark.parametrize("kind", ["network", "application"])
def test_the_port_of_a_listener_changes_without_a_failed_request(world: World, kind: str) -> None:
    world.write(behind(kind, 8081))
    world.settle()
    id = rest_api(world)
    with calls(world, lambda: world.request(id, "/live/x")):
        world.write(behind(kind, 8082))
        world.settle()
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    listeners = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert [each["Port"] for each in listeners] == [8082]
    assert not world.look().plan.changes


def at_home(world: World) -> Walk:
    with world.sandbox.lock:
        return domains.arrive(world.sandbox.world(ACCOUNT, REGION), HOME, Request("GET", "/x"))


def test_an_api_of_another_type_answers_before_the_old_one_goes(world: World) -> None:
    """By the domain at every moment; and by the old one's own name as long as it is there, then by the new one's."""
    ids = {"http": world.api, "rest": lambda: rest_api(world)}
    paths = {"http": "/x", "rest": "/live/x"}
    domain = {"domain": {"name": HOME, "hostedZone": "shop.example.com"}}
    gateways = {"http": domain, "rest": {**REST, **domain}}
    known: dict[str, str] = {}

    def ask(old: str, new: str) -> Walk:
        walked = world.request(known[old], paths[old])
        if walked.answer.status != 200:
            walked = world.request(ids[new](), paths[new])
        return at_home(world) if walked.answer.status == 200 else walked

    world.write(alone(services={"web": service(count=1)}, gateway=gateways["http"]))
    world.settle()
    for old, new in (("http", "rest"), ("rest", "http")):
        known[old] = ids[old]()
        world.clock.sleep(120)  # the tag index has seen the last edit
        with calls(world, partial(ask, old, new)):
            world.write(alone(services={"web": service(count=1)}, gateway=gateways[new]))
            world.settle()
    assert not world.look().plan.changes
    assert world.boto("apigateway").get_rest_apis()["items"] == []


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_another_service_takes_over_without_a_failed_request(world: World, kind: str) -> None:
    """Requests are led to it when it answers, and the old one goes when they are."""

    def served_by(name: str) -> str:
        routes = {"routes": {"ANY /{proxy+}": name}}
        return alone(services={name: service(count=1)}, gateway={**REST, **routes} if kind == "rest" else routes)

    world.write(served_by("web"))
    world.settle()
    id, path = (rest_api(world), "/live/x") if kind == "rest" else (world.api(), "/x")
    with calls(world, lambda: world.request(id, path)):
        world.write(served_by("other"))
        world.settle()
    [cluster] = world.boto("ecs").list_clusters()["clusterArns"]
    assert len(world.boto("ecs").list_services(cluster=cluster)["serviceArns"]) == 1
    assert not world.look().plan.changes


def test_a_route_stays_where_it_is_when_the_other_service_never_answers(world: World) -> None:
    world.write(alone(services={"web": service(count=1)}, gateway={"routes": {"ANY /{proxy+}": "web"}}))
    world.settle()
    broken = service(count=1, healthCheck={"path": "/", "codes": "204"})
    routes = {"ANY /{proxy+}": "other", "GET /web": "web"}
    world.write(alone(services={"web": service(count=1), "other": broken}, gateway={"routes": routes}))
    report = world.process(region="eu-west-1").apply(world.catalog())
    assert (report.codes, report.timed_out) == (frozenset({3}), False)
    assert world.request(world.api(), "/x").answer.status == 200


def test_a_route_waits_as_long_as_the_quota_says_and_a_stream_for_minutes(world: World) -> None:
    """29 s is a quota: what the account has not is refused by AWS and told, and done when the quota is raised."""
    routes = {"ANY /{proxy+}": "web", "GET /slow": {"service": "web", "timeout": "1m"}}
    streamed = {"GET /stream": {"service": "web", "timeout": "15m", "responseMode": "stream"}}
    world.write(alone(services={"web": service(count=1)}, gateway={**REST, "routes": {**routes, **streamed}}))
    while not (refused := [each for each in world.once()[0] if each.result == "rejected"]):
        world.clock.sleep(60)
    assert [each.change.key.address for each in refused] == ["RestIntegration/GET /slow"]
    world.sandbox.quotas["integration-timeout-ms"] = 60_000
    world.settle()
    gateway, id = world.boto("apigateway"), rest_api(world)
    there = gateway.get_resources(restApiId=id, embed=["methods"])["items"]
    waits = {
        each["path"]: method["methodIntegration"]["timeoutInMillis"]
        for each in there
        for method in each.get("resourceMethods", {}).values()
    }
    assert waits == {"/{proxy+}": 29_000, "/slow": 60_000, "/stream": 900_000}
    assert not world.look().plan


def test_whom_api_gateway_turns_away_it_tells_what_the_spec_says(world: World) -> None:
    """A reason of its own does without the headers that CORS gives to all others, unless it gets them as well."""
    said = {"status": 404, "headers": {"x-stage": "$context.stage", "x-one": "1"}, "body": '{"error": "not found"}'}
    api = {**REST, "routes": {"GET /a": "web"}, "cors": {"origins": ["https://shop.example.com"]}}
    world.write(alone(gateway={**api, "responses": {"MISSING_AUTHENTICATION_TOKEN": said}}))
    world.settle()
    answer = world.request(rest_api(world), "/live/nowhere").answer
    assert (answer.status, answer.body) == (404, b'{"error": "not found"}')
    assert (answer.headers["x-stage"], answer.headers["x-one"]) == ("live", "1")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"
    gateway, place = world.boto("apigateway"), {"restApiId": rest_api(world)}
    gateway.put_gateway_response(**place, responseType="MISSING_AUTHENTICATION_TOKEN", statusCode="410")
    assert [each.key.address for each in world.look().drift] == ["GatewayResponse/MISSING_AUTHENTICATION_TOKEN"]
    world.write(alone(gateway=api))
    world.settle()
    assert world.request(rest_api(world), "/live/nowhere").answer.status == 403
