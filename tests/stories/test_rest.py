"""A REST API from a spec to the task that answers: what is changed is deployed once, and what is served is ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconcilers.gateway.rest import snapshot
from sandbox.dataplane import Walk
from sandbox.dataplane.journey import Request
from tests.stories.writing import HTTPS, alone, service
from tests.world import World, before_deploying

ROUTES: Mapping[str, Any] = {
    "GET /orders/{id}": "web",
    "ANY /cart/{proxy+}": {"service": "cart", "rewrite": {"path": "/basket/{proxy}", "headers": {"x-channel": "web"}}},
    "GET /health": {"mock": {"body": '{"ok": true}', "headers": {"x-answer": "mock"}}},
}
SERVICES = {"web": service(count=1), "cart": service("cart:1", 3000, count=1)}


def restful(**gateway: Any) -> str:
    said = {"type": "rest", "stage": {"name": "dev"}, "defaults": {"authorizer": "none"}, "routes": ROUTES, **gateway}
    return alone(services=SERVICES, gateway=said, loadBalancer=HTTPS)


def api(world: World) -> str:
    [found] = world.boto("apigateway").get_rest_apis()["items"]
    return str(found["id"])


def seen(walk: Walk) -> Any:
    """What the task says it saw."""
    assert walk.answer.status == 200, walk.answer.why
    return json.loads(walk.answer.body)


def deployments(world: World) -> int:
    return len(world.boto("apigateway").get_deployments(restApiId=api(world))["items"])


def test_a_request_reaches_the_container_without_the_stage_in_its_path(world: World):
    world.write(restful())
    world.settle()
    id = api(world)
    order = seen(world.request(id, "/dev/orders/7"))
    assert (order["path"], order["headers"]["x-penstock-target"]) == ("/orders/7", "hello.web")
    assert order["headers"]["x-forwarded-proto"] == "https"
    cart = seen(world.request(id, "/dev/cart/a/b", "POST", **{"x-channel": "theirs"}))
    assert (cart["path"], cart["method"], cart["headers"]["x-channel"]) == ("/basket/a/b", "POST", "web")
    assert cart["headers"]["x-penstock-target"] == "hello.cart"
    health = world.request(id, "/dev/health").answer
    assert (health.status, json.loads(health.body), health.headers["x-answer"]) == (200, {"ok": True}, "mock")
    assert world.request(id, "/dev/nowhere").answer.status == 403
    world.restart()
    outcomes, looked = world.once()
    assert not outcomes
    assert not looked.drift


def test_a_change_is_deployed_once_and_taking_it_back_needs_no_new_deployment(world: World):
    world.write(restful())
    world.settle()
    assert deployments(world) == 1
    world.write(restful(routes={**ROUTES, "GET /orders/{id}": {"service": "web", "timeout": "5s"}}))
    world.settle()
    assert deployments(world) == 2
    world.write(restful())
    world.settle()
    assert deployments(world) == 2
    world.write(restful(routes={key: each for key, each in ROUTES.items() if "cart" not in key} | {"GET /b": "cart"}))
    world.settle()
    assert deployments(world) == 3
    assert world.request(api(world), "/dev/cart/a").answer.status == 403, "what was removed is not in the picture"


def test_what_somebody_deploys_is_put_back_without_a_new_deployment(world: World):
    world.write(restful())
    world.settle()
    gateway, id = world.boto("apigateway"), api(world)
    [health] = [each for each in gateway.get_resources(restApiId=id)["items"] if each["path"] == "/health"]
    place = {"restApiId": id, "resourceId": health["id"]}
    gateway.put_method(**place, httpMethod="PUT", authorizationType="NONE")
    gateway.put_integration(**place, httpMethod="PUT", type="MOCK", requestTemplates={"application/json": "{}"})
    gateway.create_deployment(restApiId=id, stageName="dev")
    told = {drift.key.address: drift.how for drift in world.look().drift}
    assert told == {"Method/PUT /health": "extra", "RestStage/dev": "changed"}
    world.aws.calls.clear()
    world.once()
    assert world.writes == ["apigateway:DeleteMethod", "apigateway:UpdateStage"]
    assert deployments(world) == 2
    assert not world.look().drift


def test_an_upgrade_that_knows_more_members_deploys_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    world.write(restful())
    world.settle()
    more = snapshot.Members(snapshot.FIRST.api, snapshot.FIRST.method, snapshot.FIRST.integration | {"cacheNamespace"})
    monkeypatch.setattr(snapshot, "ALGORITHMS", {1: snapshot.FIRST, 2: more})
    monkeypatch.setattr(snapshot, "NEWEST", 2)
    world.restart()
    outcomes, looked = world.once()
    assert not outcomes
    assert not looked.drift
    assert deployments(world) == 1


def test_a_tree_changed_in_the_moment_of_its_deployment_is_noticed_by_the_export(world: World):
    """Between the look at the tree and the picture somebody changes it."""
    world.write(restful())
    world.settle()
    gateway, id = world.boto("apigateway"), api(world)
    [health] = [each for each in gateway.get_resources(restApiId=id)["items"] if each["path"] == "/health"]
    meddled: list[str] = []

    def meddle(params: Any, **_: Any) -> None:
        if not meddled:
            meddled.append(health["id"])
            gateway.delete_method(restApiId=id, resourceId=health["id"], httpMethod="GET")

    before_deploying(world, meddle)
    world.write(restful(routes={**ROUTES, "GET /new": "web"}))
    world.settle()
    assert meddled
    told = gateway.get_deployments(restApiId=id)["items"]
    assert [each["description"] for each in told if not snapshot.is_ours(each["description"])] == [
        "not what Penstock meant to deploy"
    ]
    assert world.request(id, "/dev/health").answer.status == 200
    assert seen(world.request(id, "/dev/new"))["path"] == "/new"


SHOP: Mapping[str, Any] = {
    "stages": {"dev": {}, "qa": {}, "prod": {"cache": {"ttl": "1m"}}},
    "routes": {
        "GET /orders/{id}": {"service": "web", "cache": {"ttl": "5m", "key": ["querystring.v"]}},
        "POST /orders": {"service": "web", "apiKey": "required"},
        "ANY /cart/{proxy+}": "cart",
    },
    "usagePlans": {
        "partner": {
            "throttle": {"rate": 2, "burst": 2},
            "quota": {"limit": 3, "per": "day"},
            "keys": ["acme", "globex"],
        }
    },
}


def shop(**gateway: Any) -> str:
    """Two microservices on one network load balancer, a port each; three stages, a cache, and partners with keys."""
    said = {"type": "rest", "defaults": {"authorizer": "none"}, **SHOP, **gateway}
    return alone(services=SERVICES, gateway=said, loadBalancer={"type": "network"})


def secret(world: World, caller: str) -> str:
    told = world.boto("secretsmanager").get_secret_value(SecretId=f"penstock/default/hello/keys/{caller}")
    return str(told["SecretString"])


def test_stages_caches_keys_and_plans_of_one_api(world: World):
    world.write(shop())
    world.settle()
    world.clock.sleep(600)
    id = api(world)
    ports = {stage: seen(world.request(id, f"/{stage}/cart/a"))["path"] for stage in ("dev", "qa", "prod")}
    assert ports == dict.fromkeys(("dev", "qa", "prod"), "/cart/a")
    whys = [world.request(id, f"/prod/orders/{number}").answer.why for number in (7, 7, 8)]
    assert whys == ["answered by the task", "answered from the stage's cache", "answered by the task"]
    assert world.request(id, "/prod/orders", "POST").answer.status == 403
    key = {"x-api-key": secret(world, "acme")}
    answers = []
    for _ in range(5):
        answers.append(world.request(id, "/prod/orders", "POST", **key).answer)
        world.clock.sleep(2)
    assert [each.status for each in answers] == [200, 200, 200, 429, 429]
    assert "quota" in answers[-1].why
    world.restart()
    outcomes, looked = world.once()
    assert not outcomes
    assert not looked.drift
    assert key["x-api-key"] not in repr(looked), "no value is anywhere in what Penstock knows"


def test_a_caller_who_leaves_the_spec_is_let_in_no_more_and_a_key_that_was_lost_gets_another_value(world: World):
    world.write(shop())
    world.settle()
    id, gateway = api(world), world.boto("apigateway")
    old = secret(world, "globex")
    plans = {"partner": {"keys": ["globex"]}}
    world.write(shop(usagePlans=plans))
    acme = secret(world, "acme")
    world.settle()
    assert world.request(id, "/dev/orders", "POST", **{"x-api-key": acme}).answer.status == 403
    assert world.request(id, "/dev/orders", "POST", **{"x-api-key": old}).answer.status == 200
    [lost] = [each["id"] for each in gateway.get_api_keys()["items"] if "globex" in each["name"]]
    gateway.delete_api_key(apiKey=lost)
    world.settle()
    new = secret(world, "globex")
    assert new != old
    assert world.request(id, "/dev/orders", "POST", **{"x-api-key": new}).answer.status == 200


def test_a_private_api_answers_through_its_endpoints_and_an_edge_api_becomes_a_regional_one(world: World):
    inside = {"endpoint": "private", "vpcEndpoints": ["vpce-0a1b2c3d"]}
    policy = [{"effect": "Allow", "sourceVpcEndpoint": ["vpce-0a1b2c3d"]}]
    world.write(restful(**inside, policy=policy))
    world.settle()
    [found] = world.boto("apigateway").get_rest_apis()["items"]
    assert found["endpointConfiguration"] == {
        "types": ["PRIVATE"], "ipAddressType": "dualstack", "vpcEndpointIds": ["vpce-0a1b2c3d"]
    }  # fmt: skip
    assert "vpce-0a1b2c3d" in found["policy"]
    assert world.request(found["id"], "/dev/orders/7").answer.status == 403, "nobody outside reaches it"
    world.write(restful(endpoint="regional"))
    world.settle()
    assert world.request(found["id"], "/dev/orders/7").answer.status == 200
    assert not world.look().plan.changes


def test_a_policy_keeps_strangers_out_and_lets_everybody_else_in(world: World):
    """The sandbox's caller comes from 203.0.113.1."""
    world.write(restful(policy=[{"effect": "Deny", "unlessSourceIp": ["198.51.100.0/24"]}]))
    world.settle()
    assert world.request(api(world), "/dev/orders/7").answer.status == 403
    world.write(restful(policy=[{"effect": "Deny", "unlessSourceIp": ["203.0.113.0/24", "127.0.0.0/8"]}]))
    world.settle()
    assert world.request(api(world), "/dev/orders/7").answer.status == 200


def test_a_page_of_another_origin_is_answered_by_api_gateway_and_may_read_refusals(world: World):
    cors = {"origins": ["https://shop.example.com"], "methods": ["GET", "POST"], "headers": ["x-key"], "maxAge": "10m"}
    world.write(restful(cors=cors))
    world.settle()
    preflight = world.request(api(world), "/dev/orders/7", "OPTIONS", origin="https://shop.example.com").answer
    told = {name.lower(): value for name, value in preflight.headers.items()}
    assert preflight.status == 204
    assert told["access-control-allow-origin"] == "https://shop.example.com"
    assert told["access-control-allow-methods"] == "GET,POST"
    assert told["access-control-max-age"] == "600"
    refused = world.request(api(world), "/dev/nowhere").answer
    assert {name.lower() for name in refused.headers} >= {"access-control-allow-origin"}
    world.write(
        restful(cors={**cors, "origins": ["https://shop.example.com", "https://b.example", "https://c.example"]})
    )
    world.settle()
    asked = {origin: f"https://{origin}" for origin in ("shop.example.com", "b.example", "c.example", "evil.example")}
    answers = {name: world.request(api(world), "/dev/orders/7", "OPTIONS", origin=each) for name, each in asked.items()}
    allowed = {name: walk.answer.headers["access-control-allow-origin"] for name, walk in answers.items()}
    assert allowed == {**asked, "evil.example": "https://shop.example.com"}
    world.write(restful())
    world.settle()
    assert world.request(api(world), "/dev/orders/7", "OPTIONS").answer.status == 403
    assert not world.look().plan.changes


def test_a_body_that_does_not_fit_its_model_and_a_missing_parameter_are_refused_before_anybody_is_asked(world: World):
    order = {"description": "an order", "schema": {"type": "object", "required": ["sku"]}}
    route = {"service": "cart", "validate": {"body": "order", "required": ["querystring.dry"]}}
    world.write(restful(models={"order": order}, routes={**ROUTES, "POST /orders": route}))
    world.settle()

    def posted(body: bytes, *query: tuple[str, str]) -> int:
        request = Request("POST", "/dev/orders", query, {"content-type": "application/json"}, body)
        return int(world.send(api(world), request).answer.status)

    dry = ("dry", "1")
    assert posted(b'{"sku": "7"}', dry) == 200
    assert posted(b"{}", dry) == 400
    assert posted(b'{"sku": "7"}') == 400
    order["schema"] = {"type": "object"}
    world.write(restful(models={"order": order}, routes={**ROUTES, "POST /orders": route}))
    world.settle()
    assert posted(b"{}", dry) == 200
    world.write(restful(routes={**ROUTES, "POST /orders": "cart"}))
    world.settle()
    assert posted(b"[]") == 200
    assert not world.look().plan.changes
    left = world.boto("apigateway").get_models(restApiId=api(world))["items"]
    assert {each["name"] for each in left} == {"Empty", "Error"}
