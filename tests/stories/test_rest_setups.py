"""REST APIs as people build them: each setup in `examples/` is applied, asked, broken, mended, edited and deleted."""

from __future__ import annotations

import json
from typing import Any

from tests.stories.setups import Setup, told
from tests.stories.test_adopted_api import ByHand
from tests.world import World


def only_api(world: World) -> str:
    [found] = world.boto("apigateway").get_rest_apis()["items"]
    return str(found["id"])


def place(world: World, path: str, verb: str = "GET") -> dict[str, Any]:
    """Where a method is, for those who change it by hand."""
    id = only_api(world)
    resources = world.boto("apigateway").get_resources(restApiId=id, limit=500)["items"]
    resource = next(each["id"] for each in resources if each["path"] == path)
    return {"restApiId": id, "resourceId": resource, "httpMethod": verb}


def slower(world: World, path: str, verb: str = "GET") -> None:
    operation = {"op": "replace", "path": "/timeoutInMillis", "value": "5000"}
    world.boto("apigateway").update_integration(**place(world, path, verb), patchOperations=[operation])


def test_a_rest_api_behind_a_network_load_balancer_lives_its_life(logging: World) -> None:
    setup = Setup(logging, "rest-nlb.yaml")
    id, gateway = only_api(logging), logging.boto("apigateway")
    walk = logging.request(id, "/dev/invoices/7")
    assert [hop for hop, _ in walk.hops] == [
        "stage", "method", "integration", "vpc_link", "listener", "target_group", "target",
    ]  # fmt: skip
    assert told(walk)["path"] == "/invoices/7"
    assert told(logging.request(id, "/dev/drafts/a/b", "PUT"))["path"] == "/drafts/a/b"
    assert setup.mend(lambda: slower(logging, "/invoices/{id}")) == ["RestIntegration/GET /invoices/{id}"]
    gone = place(logging, "/drafts/{proxy+}", "ANY")
    assert setup.mend(lambda: gateway.delete_method(**gone))[0] == "Method/ANY /drafts/{proxy+}"
    before = len(gateway.get_deployments(restApiId=id)["items"])
    setup.edit('"GET /invoices/{id}": invoices', '"GET /bills/{id}": invoices')
    assert len(gateway.get_deployments(restApiId=id)["items"]) == before + 1
    assert told(logging.request(id, "/dev/bills/7"))["path"] == "/bills/7"
    assert logging.request(id, "/dev/invoices/7").answer.status == 403
    setup.delete("invoices")


def test_a_rest_api_straight_to_an_application_load_balancer_lives_its_life(logging: World) -> None:
    setup = Setup(logging, "rest-alb.yaml")
    id, gateway = only_api(logging), logging.boto("apigateway")
    item = told(logging.request(id, "/dev/products/7"))
    assert (item["path"], item["headers"]["x-channel"]) == ("/items/7", "web")
    assert item["headers"]["x-forwarded-proto"] == "https"
    assert json.loads(logging.request(id, "/dev/health").answer.body) == {"ok": True}
    variable = {"op": "replace", "path": "/variables/backend", "value": "v2"}
    stage = {"restApiId": id, "stageName": "dev"}
    assert setup.mend(lambda: gateway.update_stage(**stage, patchOperations=[variable])) == ["RestStage/dev"]
    assert setup.mend(lambda: gateway.delete_stage(**stage)) == ["RestStage/dev"]
    setup.edit("timeout: 20s", "timeout: 10s")
    assert gateway.get_integration(**place(logging, "/products"))["timeoutInMillis"] == 10_000
    setup.delete("catalog")


def test_two_microservices_with_stages_keys_and_a_cache_live_their_life(logging: World) -> None:
    setup = Setup(logging, "microservices.yaml")
    id, gateway = only_api(logging), logging.boto("apigateway")
    seen = {told(logging.request(id, f"/{stage}/users/7"))["path"] for stage in ("dev", "qa", "prod")}
    assert seen == {"/users/7"}
    assert told(logging.request(id, "/dev/orders/7"))["service"] != told(logging.request(id, "/dev/users/7"))["service"]
    logging.clock.sleep(600)
    whys = [logging.request(id, "/prod/orders/7").answer.why for _ in range(2)]
    assert whys == ["answered by the task", "answered from the stage's cache"]
    assert logging.request(id, "/prod/orders", "POST").answer.status == 403
    value = logging.boto("secretsmanager").get_secret_value(SecretId="penstock/default/market/keys/acme")
    key = {"x-api-key": value["SecretString"]}
    assert told(logging.request(id, "/prod/orders", "POST", **key))["path"] == "/orders"
    [partner] = gateway.get_usage_plans()["items"]
    looser = {"op": "replace", "path": "/quota/limit", "value": "1000000"}
    change = {"usagePlanId": partner["id"], "patchOperations": [looser]}
    assert setup.mend(lambda: gateway.update_usage_plan(**change)) == ["UsagePlan/partner"]
    setup.edit("keys: [acme, globex]", "keys: [globex]")
    assert logging.request(id, "/prod/orders", "POST", **key).answer.status == 403
    setup.delete("market")


def test_an_api_made_by_hand_is_taken_over_by_the_example(logging: World) -> None:
    hand = ByHand(logging)
    text = {"a1b2c3d4e5": hand.id}
    logging.write(_example("adopted.yaml", text))
    before = hand.told()
    logging.settle()
    assert told(logging.request(hand.id, "/dev/orders/7"))["path"] == "/orders/7"
    after = hand.told()
    changed = {path for path, each in after["tree"].items() if each != before["tree"][path]}
    assert changed == {"/orders/{id}"}
    assert after["stages"]["theirs"] == before["stages"]["theirs"]


def _example(name: str, words: dict[str, str]) -> str:
    from tests.stories.setups import EXAMPLES

    text = (EXAMPLES / name).read_text()
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new)
    return text
