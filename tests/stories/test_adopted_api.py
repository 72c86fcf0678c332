"""An API made by hand: its integration goes through the VPC link from now on, and nothing else of it moves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from controller.status import summarise
from tests.stories.writing import alone, service
from tests.world import World

TREE = {"/orders": ("GET", "POST"), "/orders/{id}": ("GET",), "/legacy": ("GET",)}
MOCK = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


class ByHand:
    """What somebody made in the console years ago: four methods, one of them in use by others, and two stages."""

    def __init__(self, world: World) -> None:
        self.world, self.gateway = world, world.boto("apigateway")
        made = self.gateway.create_rest_api(name="legacy", description="made by hand")
        self.id, self.paths = made["id"], {"/": made["rootResourceId"]}
        for path, verbs in TREE.items():
            above, _, part = path.rpartition("/")
            resource = self.gateway.create_resource(restApiId=self.id, parentId=self.paths[above or "/"], pathPart=part)
            self.paths[path] = resource["id"]
            for verb in verbs:
                self._method(path, verb)
        self.gateway.create_deployment(restApiId=self.id, stageName="dev", variables={"colour": "blue"})
        self.gateway.create_deployment(restApiId=self.id, stageName="theirs")

    def _method(self, path: str, verb: str) -> None:
        place = {"restApiId": self.id, "resourceId": self.paths[path], "httpMethod": verb}
        variables = {"method.request.path.id": True} if "{id}" in path else {}
        self.gateway.put_method(
            **place, authorizationType="NONE", operationName=f"op{verb}",
            requestParameters={**variables, "method.request.querystring.page": False},
        )  # fmt: skip
        mapped = {"integration.request.path.id": "method.request.path.id"} if variables else {}
        self.gateway.put_integration(
            **place, type="HTTP_PROXY", integrationHttpMethod=verb, uri=f"https://old.example{path}",
            requestParameters={**mapped, "integration.request.header.x-old": "'1'"}, timeoutInMillis=7000,
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """Everything of it but when, and what of it is deployed."""
        resources = self.gateway.get_resources(restApiId=self.id, embed=["methods"])["items"]
        stages = self.gateway.get_stages(restApiId=self.id)["item"]
        api = self.gateway.get_rest_api(restApiId=self.id)
        return {
            "api": {name: value for name, value in api.items() if name != "ResponseMetadata"},
            "tree": {each["path"]: each for each in resources},
            "stages": {each["stageName"]: {k: v for k, v in each.items() if "Date" not in k} for each in stages},
        }


CORRECT = {"drift": {"policy": "correct"}}


def adopting(id: str, more: Mapping[str, Any] = {}, **gateway: Any) -> str:
    said = {
        "type": "rest", "adopt": id, "stage": {"name": "dev"}, "defaults": {"authorizer": "none"},
        "routes": {"GET /orders/{id}": "web"}, **gateway,
    }  # fmt: skip
    return alone(services={"web": service(count=1)}, gateway=said, **more)


def test_an_api_made_by_hand_is_switched_to_the_link_and_nothing_else_is_touched(world: World):
    hand = ByHand(world)
    before = hand.told()
    world.write(adopting(hand.id))
    first = world.look()
    assert not first.drift, "what was there before Penstock came is no drift"
    mended = [(each.key.address, [one.path for one in each.differences]) for each in first.plan if each.live]
    assert mended[1:] == [("RestDeployment", ["/description"]), ("RestStage/dev", ["/deploymentId"])]
    world.settle()
    after = hand.told()
    order = json.loads(world.request(hand.id, "/dev/orders/7").answer.body)
    assert (order["path"], order["headers"]["x-old"]) == ("/orders/7", "1")
    assert after["api"] == before["api"]
    assert after["stages"]["theirs"] == before["stages"]["theirs"]
    switched = after["tree"]["/orders/{id}"]["resourceMethods"]["GET"]["methodIntegration"]
    assert (switched["connectionType"], switched["timeoutInMillis"]) == ("VPC_LINK", 7000)
    for tree in (before["tree"], after["tree"]):
        tree["/orders/{id}"]["resourceMethods"]["GET"].pop("methodIntegration")
    assert after["tree"] == before["tree"]
    moved = before["stages"]["dev"].pop("deploymentId") != after["stages"]["dev"].pop("deploymentId")
    assert moved
    assert after["stages"]["dev"] == before["stages"]["dev"]
    world.restart()
    outcomes, seen = world.once()
    assert not outcomes
    assert not seen.drift


def test_an_api_that_stays_keeps_the_link_and_delete_says_so_at_once(world: World):
    hand = ByHand(world)
    world.write(adopting(hand.id))
    world.settle()
    before, slept = hand.told(), len(world.clock.slept)
    removal = world.process(region="eu-west-1").delete(["hello"], world.catalog())
    assert [each.guard for each in removal.refusals] == ["in-use"]
    assert f"REST API {hand.id} was made by others" in removal.refusals[0].text
    assert "GET /orders/{id}" in removal.refusals[0].text
    assert (hand.told(), len(world.clock.slept)) == (before, slept)
    assert world.request(hand.id, "/dev/orders/7").answer.status == 200


def test_what_others_deploy_there_stays_as_long_as_what_is_stated_is_served(world: World):
    hand = ByHand(world)
    world.write(adopting(hand.id))
    world.settle()
    place = {"restApiId": hand.id, "resourceId": hand.paths["/legacy"], "httpMethod": "PUT"}
    hand.gateway.put_method(**place, authorizationType="NONE")
    hand.gateway.put_integration(**place, **MOCK)
    theirs = hand.gateway.create_deployment(restApiId=hand.id, stageName="dev")["id"]
    assert not world.look().drift
    here = {"restApiId": hand.id, "resourceId": hand.paths["/orders/{id}"], "httpMethod": "GET"}
    internet = {"op": "replace", "path": "/connectionType", "value": "INTERNET"}
    hand.gateway.update_integration(**here, patchOperations=[internet])
    hand.gateway.create_deployment(restApiId=hand.id, stageName="dev")
    drifted = ["RestIntegration/GET /orders/{id}", "RestDeployment"]
    assert [drift.key.address for drift in world.look().drift] == drifted
    world.aws.calls.clear()
    world.once()
    assert world.writes == [], "in what others made drift is only told"
    [status] = summarise(world.aws, world.look())
    assert (status.sync, status.health) == ("OutOfSync", "Healthy")
    world.write(adopting(hand.id, CORRECT))
    world.settle()
    hand.gateway.update_integration(**here, patchOperations=[internet])
    world.settle()
    assert hand.gateway.get_stage(restApiId=hand.id, stageName="dev")["deploymentId"] != theirs
    assert world.request(hand.id, "/dev/orders/7").answer.status == 200
    hops = dict(world.request(hand.id, "/dev/legacy", "PUT").hops)
    assert hops["method"] == "PUT /legacy", "their method is in the picture too"


def test_a_link_of_the_first_generation_is_left_for_one_of_the_second(world: World):
    hand = ByHand(world)
    private = [{"Name": "tag:Tier", "Values": ["private"]}]
    subnets = [each["SubnetId"] for each in world.boto("ec2").describe_subnets(Filters=private)["Subnets"]]
    balancer = world.boto("elbv2").create_load_balancer(Name="old", Type="network", Scheme="internal", Subnets=subnets)
    world.clock.sleep(600)
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    link = hand.gateway.create_vpc_link(name="old", targetArns=[arn])["id"]
    world.clock.sleep(600)
    here = {"restApiId": hand.id, "resourceId": hand.paths["/orders/{id}"], "httpMethod": "GET"}
    said = {"/connectionType": "VPC_LINK", "/connectionId": link, "/uri": "http://old.example/orders/{id}"}
    operations = [{"op": "replace", "path": path, "value": value} for path, value in said.items()]
    hand.gateway.update_integration(**here, patchOperations=operations)
    hand.gateway.create_deployment(restApiId=hand.id, stageName="dev")
    world.write(adopting(hand.id))
    world.settle()
    assert world.request(hand.id, "/dev/orders/7").answer.status == 200
    integration = hand.gateway.get_integration(**here)
    assert integration["connectionId"] != link
    assert integration["integrationTarget"] != arn
    hand.gateway.delete_vpc_link(vpcLinkId=link)


@pytest.mark.parametrize("id", ["a1b2c3d4e5"])
def test_an_api_that_is_not_there_is_not_made(world: World, id: str):
    world.write(adopting(id))
    seen = world.look()
    told = {change.key.address: change.reason for change in seen.plan if change.action == "unknown"}
    assert told["RestApi"] == f"conflict: there is no REST API {id} in eu-west-1"
    world.once()
    assert world.boto("apigateway").get_rest_apis()["items"] == []
