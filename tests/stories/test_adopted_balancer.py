"""A load balancer that somebody else looks after: rules, target groups, listeners of ours on it, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from controller.iam_policy import policy
from specs import load_text
from tests.stories.writing import alone, environment, service, shared
from tests.world import World

PEERS = "0.0.0.0/0"


def theirs(world: World, kind: str = "application", *, grouped: bool = True) -> str:
    """A balancer made by hand, with a listener on port 80 if it is for requests; its ARN."""
    ec2, elbv2 = world.boto("ec2"), world.boto("elbv2")
    [subnet, *_] = found = ec2.describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["private"]}])["Subnets"]
    group = ec2.create_security_group(GroupName=f"their-{kind}", Description="theirs", VpcId=subnet["VpcId"])["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": PEERS}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    made = elbv2.create_load_balancer(
        Name=f"shared-{kind}", Type=kind, Scheme="internal", Subnets=[each["SubnetId"] for each in found],
        **({"SecurityGroups": [group]} if grouped else {}),
    )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
    world.clock.sleep(300)
    if kind == "application":
        answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        elbv2.create_listener(LoadBalancerArn=made, Port=80, Protocol="HTTP", DefaultActions=[answer])
    return str(made)


def picture(world: World, arn: str) -> Any:
    """Everything about the balancer that is its owner's."""
    ec2, elbv2 = world.boto("ec2"), world.boto("elbv2")
    balancer = elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    listeners = elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    where = [{"Name": "group-id", "Values": balancer.get("SecurityGroups", [])}]
    rules = ec2.describe_security_group_rules(Filters=where)["SecurityGroupRules"] if where[0]["Values"] else []
    tags = elbv2.describe_tags(ResourceArns=[arn, *(each["ListenerArn"] for each in listeners)])["TagDescriptions"]
    attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return balancer, listeners, rules, tags, attributes


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_rules_and_target_groups_come_and_go_on_a_balancer_that_stays_as_it_is(world: World, kind: str):
    arn, elbv2 = theirs(world), world.boto("elbv2")
    before = picture(world, arn)
    gateway = {"type": kind, **({"defaults": {"authorizer": "none"}} if kind == "rest" else {})}
    scaled = service(scaling={"min": 2, "max": 3, "requests": 100})
    del scaled["count"]
    world.write(alone(gateway=gateway, loadBalancer={"adopt": "shared-application"}, services={"web": scaled}))
    world.settle()
    assert policy(world.catalog().instances, "default")["Statement"]

    def answer() -> Any:
        if kind == "http":
            return world.request(world.api()).answer
        return world.request(world.boto("apigateway").get_rest_apis()["items"][0]["id"], "/live/").answer

    assert answer().status == 200, answer().why
    assert [each["LoadBalancerArn"] for each in elbv2.describe_load_balancers()["LoadBalancers"]] == [arn]
    assert picture(world, arn) == before
    assert not world.look().plan.changes

    listener = before[1][0]["ListenerArn"]
    [rule] = [each for each in elbv2.describe_rules(ListenerArn=listener)["Rules"] if not each["IsDefault"]]
    elbv2.delete_rule(RuleArn=rule["RuleArn"])
    world.settle()
    assert answer().status == 200

    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert picture(world, arn) == before
    assert [each["IsDefault"] for each in elbv2.describe_rules(ListenerArn=listener)["Rules"]] == [True]
    assert elbv2.describe_target_groups()["TargetGroups"] == []


def test_without_an_api_its_url_is_told_and_routes_are_rules_of_its_listener(world: World):
    arn = theirs(world)
    world.write(alone(gateway={"type": "none", "routes": {"ANY /x": "web"}}, loadBalancer={"adopt": arn}))
    [status] = world.process(region="eu-west-1").apply(world.catalog()).statuses
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    assert status.url == f"http://{balancer['DNSName']}/"
    assert world.call(balancer["DNSName"], "/x").answer.status == 200


@pytest.mark.parametrize("grouped", [True, False])
def test_on_a_network_balancer_of_others_each_service_has_a_listener_of_ours(world: World, grouped: bool):  # noqa: FBT001  it is the case
    arn, elbv2 = theirs(world, "network", grouped=grouped), world.boto("elbv2")
    before = picture(world, arn)
    world.write(environment(loadBalancers={"internal": {"adopt": arn, "type": "network"}}), "environment.yaml")
    world.write(shared("hello", services={"web": service(listenerPort=8080)}))
    world.settle()
    answer = world.request(world.api("hello/prod")).answer
    assert answer.status == 200, answer.why
    assert [each["Port"] for each in elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]] == [8080]
    assert world.process().delete(["hello/prod"], world.catalog()).gone == ("hello/prod",)
    assert picture(world, arn) == before


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"adopt": "nobody"}, "there is no load balancer nobody"),
        ({"adopt": "shared-application", "listeners": {"other": {"port": 81}}}, "has no listener on port 81"),
        ({"adopt": "shared-application", "type": "network"}, "is not internal and of type network"),
    ],
)
def test_a_balancer_that_is_not_as_the_spec_says_is_told_and_nothing_is_made(world: World, said: Any, words: str):
    theirs(world)
    world.write(alone(loadBalancer=said))
    seen = world.look()
    assert words in seen.problems["hello"]
    assert world.boto("elbv2").describe_target_groups()["TargetGroups"] == []


def test_nothing_may_be_said_that_would_change_it():
    for said, field in (
        ({"idleTimeout": "90s"}, "idleTimeout"),
        ({"listeners": {"https": {"port": 443, "tlsPolicy": "ELBSecurityPolicy-2016-08"}}}, "tlsPolicy"),
    ):
        problems = load_text(alone(loadBalancer={"adopt": "theirs", **said})).problems
        assert any(each.code == "E1346" and field in each.path for each in problems), problems
