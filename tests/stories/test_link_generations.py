"""VPC links of the first generation: made, used where somebody has one, and left for the second while people call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.test_adopted_api import CORRECT, ByHand, adopting
from tests.stories.test_adopted_balancer import theirs
from tests.stories.test_promotions import promote
from tests.stories.test_rest_changes import calls, rest_api
from tests.stories.writing import alone, service
from tests.world import World

NETWORK = {"type": "network"}


def leading(integration: str, **more: Any) -> str:
    gateway = {"type": "rest", "integration": integration, "defaults": {"authorizer": "none"}, **more}
    return alone(services={"web": service(count=1)}, gateway=gateway, loadBalancer=NETWORK)


def links(world: World) -> tuple[list[str], list[str]]:
    """The ids of the VPC links V1 and V2."""
    first = world.boto("apigateway").get_vpc_links()["items"]
    second = world.boto("apigatewayv2").get_vpc_links()["Items"]
    return [each["id"] for each in first], [each["VpcLinkId"] for each in second]


def enforced(world: World) -> str:
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    return str(balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"])


def deployments(world: World) -> int:
    return len(world.boto("apigateway").get_deployments(restApiId=rest_api(world))["items"])


def test_the_generation_of_a_link_changes_without_a_failed_request(world: World) -> None:
    """Both ways; each is one deployment, and the old link goes when the stage has left it."""
    world.write(leading("linkV1"))
    world.settle()
    id = rest_api(world)
    assert (list(map(len, links(world))), enforced(world)) == ([1, 0], "off")
    for integration, there, groups in (("link", [0, 1], "on"), ("linkV1", [1, 0], "off")):
        before = deployments(world)
        world.clock.sleep(120)  # the tag index has seen the last edit
        with calls(world, lambda: world.request(id, "/live/x")):
            world.write(leading(integration))
            world.settle()
        assert (list(map(len, links(world))), enforced(world)) == (there, groups)
        assert deployments(world) == before + 1
        assert not world.look().plan.changes


def lent_link(world: World) -> tuple[str, str]:
    """A network load balancer made by hand, and the VPC link V1 that leads there."""
    arn = theirs(world, "network", grouped=False)
    link = str(world.boto("apigateway").create_vpc_link(name="old", targetArns=[arn])["id"])
    world.clock.sleep(600)
    return arn, link


def test_a_link_that_leads_to_a_balancer_of_others_is_used_left_and_never_touched(world: World) -> None:
    """An API made by hand, its link and its load balancer, all of it somebody else's."""
    arn, link = lent_link(world)
    hand, ours = ByHand(world), {"adopt": arn, "type": "network"}
    gateway = world.boto("apigateway")
    shown = gateway.get_vpc_link(vpcLinkId=link)

    def served(integration: str) -> tuple[Any, dict[str, Any]]:
        world.write(adopting(hand.id, {"loadBalancer": ours, **CORRECT}, integration=integration))
        world.settle()
        told = gateway.get_integration(restApiId=hand.id, resourceId=hand.paths["/orders/{id}"], httpMethod="GET")
        return world.request(hand.id, "/dev/orders/7"), told

    walked, told = served("linkV1")
    assert walked.answer.status == 200, walked.answer.why
    assert (told["connectionId"], "integrationTarget" in told) == (link, False)
    assert links(world) == ([link], [])
    gateway.update_integration(
        restApiId=hand.id, resourceId=hand.paths["/orders/{id}"], httpMethod="GET",
        patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": "3000"},
                         {"op": "replace", "path": "/uri", "value": "http://elsewhere.example/"}],
    )  # fmt: skip
    assert [each.key.address for each in world.look().drift] == ["RestIntegration/GET /orders/{id}"]
    world.settle()
    before = len(gateway.get_deployments(restApiId=hand.id)["items"])
    with calls(world, lambda: world.request(hand.id, "/dev/orders/7")):
        walked, told = served("link")
    [second] = links(world)[1]
    assert (told["connectionId"], told["integrationTarget"]) == (second, arn)
    assert links(world)[0] == [link]
    assert len(gateway.get_deployments(restApiId=hand.id)["items"]) == before + 1
    with calls(world, lambda: world.request(hand.id, "/dev/orders/7")):
        walked, told = served("linkV1")
    assert (told["connectionId"], "integrationTarget" in told) == (link, False)
    assert {**gateway.get_vpc_link(vpcLinkId=link), "ResponseMetadata": 0} == {**shown, "ResponseMetadata": 0}


def test_a_stage_that_waits_keeps_its_link_until_it_is_promoted(world: World) -> None:
    stages = {"stages": {"dev": {}, "prod": {"deploy": "manual"}}}
    world.write(leading("linkV1", **stages))
    world.settle()
    id, [link] = rest_api(world), links(world)[0]
    world.clock.sleep(120)
    with calls(world, lambda: world.request(id, "/prod/x")):
        world.write(leading("link", **stages))
        world.settle()
        world.restart()
        assert not world.look().plan.changes
        assert (links(world)[0], enforced(world)) == ([link], "off")
        assert promote(world, source="dev")
        world.settle()
    assert (links(world)[0], enforced(world)) == ([], "on")


@pytest.mark.parametrize("who", ["a method of another API", "a stage of theirs in ours"])
def test_a_link_that_others_lead_through_stays_until_they_have_left_it(world: World, who: str) -> None:
    world.write(leading("linkV1"))
    world.settle()
    gateway, id = world.boto("apigateway"), rest_api(world)
    [link], _ = links(world)
    hand = ByHand(world)
    here = {"restApiId": hand.id, "resourceId": hand.paths["/legacy"], "httpMethod": "GET"}
    said = {"/connectionType": "VPC_LINK", "/connectionId": link}
    if who.startswith("a method"):
        operations = [{"op": "replace", "path": path, "value": value} for path, value in said.items()]
        gateway.update_integration(**here, patchOperations=operations)
        told = f"GET /legacy of REST API {hand.id}"
    else:
        [deployed] = [each["id"] for each in gateway.get_deployments(restApiId=id)["items"]]
        gateway.create_stage(restApiId=id, stageName="theirs", deploymentId=deployed)
        told = f"stage theirs of REST API {id}"
    world.clock.sleep(120)
    world.write(leading("link"))
    problems = [text for _, text in world.look().plan.problems]
    assert any(told in text and "RestVpcLink" in text for text in problems), problems
    world.settle()
    assert [link] == links(world)[0]
    assert not world.look().plan.changes
    assert enforced(world) == "off", "whoever comes that way is let in"
    if who.startswith("a stage"):
        assert world.request(id, "/theirs/x").answer.status == 200
        gateway.delete_stage(restApiId=id, stageName="theirs")
    else:
        internet = {"op": "replace", "path": "/connectionType", "value": "INTERNET"}
        gateway.update_integration(**here, patchOperations=[internet])
    world.clock.sleep(120)
    world.write(leading("link", description="and now without them"))
    world.settle()
    assert (links(world)[0], enforced(world)) == ([], "on")


def test_a_link_of_ours_stays_when_an_api_of_others_leads_through_it_and_delete_says_so(world: World) -> None:
    hand = ByHand(world)
    world.write(adopting(hand.id, {"loadBalancer": NETWORK}, integration="linkV1"))
    world.settle()
    removal = world.process(region="eu-west-1").delete(["hello"], world.catalog())
    assert [each.guard for each in removal.refusals] == ["in-use"]
    assert world.request(hand.id, "/dev/orders/7").answer.status == 200
