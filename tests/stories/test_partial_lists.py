"""A list that failed half-way says nothing of what is missing from it."""

from __future__ import annotations

import pytest

from drift import Action
from sandbox.faults import Fault, fail, refuse, throttle
from sandbox.refusal import Refusal
from tests.stories.writing import alone, service
from tests.world import World

DENIED = Refusal("AccessDeniedException", "User is not authorized", 400)
LISTS = {
    "ec2:DescribeSecurityGroups": "SecurityGroup",
    "ec2:DescribeSecurityGroupRules": "SecurityGroupRule",
    "elbv2:DescribeTargetGroups": "TargetGroup",
    "elbv2:DescribeLoadBalancers": "LoadBalancer",
    "elbv2:DescribeRules": "ListenerRule",
    "elbv2:DescribeTags": "TargetGroup",
    "ecs:ListClusters": "Cluster",
    "ecs:DescribeServices": "Service",
    "apigatewayv2:GetApis": "HttpApi",
    "apigatewayv2:GetVpcLinks": "VpcLink",
    "apigatewayv2:GetRoutes": "Route",
    "logs:DescribeLogGroups": "LogGroup",
    "application-autoscaling:DescribeScalableTargets": "ScalableTarget",
    "application-autoscaling:DescribeScalingPolicies": "ScalingPolicy",
}


def scaled(image: str = "web:1") -> str:
    return alone(services={"web": {"image": image, "port": 8080, "scaling": {"min": 2, "max": 4}}})


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param(refuse(DENIED), id="is refused"),
        pytest.param(fail, id="fails", marks=pytest.mark.slow),
        pytest.param(throttle, id="is throttled", marks=pytest.mark.slow),
    ],
)
def test_of_a_kind_that_cannot_be_listed_nothing_is_made_or_removed(world: World, effect):
    world.write(scaled())
    world.settle()
    for operation, kind in LISTS.items():
        world.sandbox.faults.append(Fault(effect, on=operation))
        outcomes, seen = world.once()
        world.sandbox.faults.clear()
        made = [each.change.name for each in outcomes if each.change.action is not Action.UNKNOWN]
        assert not made, operation
        assert world.writes == [], operation
        assert kind in seen.fleet.unknown, operation
        assert all(change.action is Action.UNKNOWN for change in seen.plan), operation
    world.restart()
    outcomes, seen = world.once()
    assert not outcomes, "and when the lists are whole again all is as it was"


def test_what_does_not_depend_on_an_unknown_kind_goes_on(world: World):
    world.write(alone())
    world.settle()
    world.write(alone(services={"web": service("web:2")}, gateway={"description": "still changed"}))
    world.restart()
    world.sandbox.faults.append(Fault(fail, on="elbv2:DescribeTargetGroups"))
    outcomes, _ = world.once()
    world.sandbox.faults.clear()
    done = {each.change.key.kind for each in outcomes if each.result == "done"}
    assert "HttpApi" in done
    assert not done & {"TargetGroup", "ListenerRule", "Service"}, "they could refer to what nobody could see"
    world.settle()
    assert world.request(world.api()).answer.status == 200


def test_a_second_page_that_fails_is_no_end_of_the_list(world: World):
    """Roles and log groups come in pages: an error on a later one is an error of the whole."""
    world.write(alone())
    world.settle()
    for number in range(60):
        world.boto("logs").create_log_group(logGroupName=f"/penstock/default/hello.extra-{number}")
    world.restart()

    def later(call):
        return call.http is not None and b"nextToken" in call.http.body

    world.sandbox.faults.append(Fault(fail, on="logs:DescribeLogGroups", when=later))
    outcomes, seen = world.once()
    assert "LogGroup" in seen.fleet.unknown
    assert not [each for each in outcomes if each.change.action is not Action.UNKNOWN]


def test_one_instance_that_cannot_be_understood_stops_only_itself(world: World):
    world.write(alone())
    lost = {"discover": {"vpc": {"tag:Name": "no-such-vpc"}}}
    world.write(alone("lost", network=lost), "lost.yaml")
    report = world.process().apply(world.catalog())
    by_name = {status.name: status for status in report.statuses}
    assert by_name["hello"].ready
    assert not by_name["lost"].ready
    assert "no-such-vpc" in by_name["lost"].condition("NetworkReady").message


def test_a_list_that_nobody_may_read_is_told_and_not_waited_for(world: World):
    world.write(alone())
    world.sandbox.faults.append(Fault(refuse(DENIED), on="elbv2:DescribeLoadBalancers"))
    report = world.process().apply(world.catalog())
    [status] = report.statuses
    assert status.condition("Stalled").reason == "Denied"
    assert "User is not authorized" in status.condition("Stalled").message
    assert not report.timed_out
    world.sandbox.faults.clear()
    assert not world.process().apply(world.catalog()).codes
