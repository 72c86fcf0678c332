"""What is not ours stays exactly as it is, whatever it is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from controller.removal import retain
from reconcilers.identity.role import TASKS_MAY_ASSUME
from tests.stories.writing import alone, environment, service, shared
from tests.world import REGION, World

OTHERS = {
    "nothing": {},
    "another installation": {"install": "other", "service": "hello", "key": "{}"},
    "another instance": {"install": "default", "service": "someone", "key": "{}"},
    "case": {"INSTALL": "default", "Service": "hello", "KEY": "{}"},
}


def tags(flavour: str, key: str) -> dict[str, str]:
    return {f"penstock:{name}": value.format(key) for name, value in OTHERS[flavour].items()}


def pairs(told: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in told.items()]


def decoys(world: World, flavour: str) -> None:
    """Things of somebody else's that look like ours by their names, and may carry half of our tags."""
    world.boto("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    ec2, elbv2, gateway = world.boto("ec2"), world.boto("elbv2"), world.boto("apigatewayv2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"][0]["VpcId"]
    subnets = [
        each["SubnetId"]
        for each in ec2.describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["private"]}])["Subnets"]
    ]
    group = ec2.create_security_group(
        GroupName="hello-web-abcdef",
        Description="a decoy",
        VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": pairs(tags(flavour, "SecurityGroup/web"))}]
        if tags(flavour, "")
        else [],
    )["GroupId"]
    balancer = elbv2.create_load_balancer(
        Name="hello-abcdef", Type="application", Scheme="internal", Subnets=subnets, SecurityGroups=[group],
        **tagged(flavour, "LoadBalancer"),
    )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
    target = elbv2.create_target_group(
        Name="hello-web-abcdef", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip",
        **tagged(flavour, "TargetGroup/web"),
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}], **tagged(flavour, "Listener/http"),
    )  # fmt: skip
    gateway.create_api(Name="hello-abcdef", ProtocolType="HTTP", Tags=tags(flavour, "HttpApi"))
    gateway.create_vpc_link(
        Name="hello-abcdef", SubnetIds=subnets, SecurityGroupIds=[group], Tags=tags(flavour, "VpcLink")
    )
    world.boto("ecs").create_cluster(
        clusterName="hello-abcdef",
        tags=[{"key": key, "value": value} for key, value in tags(flavour, "Cluster").items()],
    )
    world.boto("logs").create_log_group(
        logGroupName="/penstock/default-hello", tags=tags(flavour, "LogGroup") or {"a": "b"}
    )
    trust = json.dumps(TASKS_MAY_ASSUME)
    world.boto("iam").create_role(
        RoleName="hello-web-task-abcdef", Path="/penstock/default/", AssumeRolePolicyDocument=trust,
        Tags=pairs(tags(flavour, "Role/web:task")),
    )  # fmt: skip


def tagged(flavour: str, key: str) -> dict[str, Any]:
    return {"Tags": pairs(told)} if (told := tags(flavour, key)) else {}


def seen_of(world: World) -> list[Any]:
    """The decoys, byte for byte as AWS describes them."""
    ec2, elbv2, gateway, iam = (world.boto(name) for name in ("ec2", "elbv2", "apigatewayv2", "iam"))
    balancers = [
        each for each in elbv2.describe_load_balancers()["LoadBalancers"] if each["LoadBalancerName"] == "hello-abcdef"
    ]
    targets = [
        each for each in elbv2.describe_target_groups()["TargetGroups"] if each["TargetGroupName"].endswith("-abcdef")
    ]
    listeners = [
        found for each in balancers
        for found in elbv2.describe_listeners(LoadBalancerArn=each["LoadBalancerArn"])["Listeners"]
    ]  # fmt: skip
    arns = [each["LoadBalancerArn"] for each in balancers] + [each["TargetGroupArn"] for each in targets]
    arns += [each["ListenerArn"] for each in listeners]
    named = [{"Name": "group-name", "Values": ["hello-web-abcdef"]}]
    return [
        ec2.describe_security_groups(Filters=named)["SecurityGroups"],
        balancers, targets, listeners,
        elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"],
        [each for each in gateway.get_apis()["Items"] if each["Name"] == "hello-abcdef"],
        [each for each in gateway.get_vpc_links()["Items"] if each["Name"] == "hello-abcdef"],
        world.boto("ecs").describe_clusters(clusters=["hello-abcdef"], include=["TAGS"])["clusters"],
        world.boto("logs").describe_log_groups(logGroupNamePrefix="/penstock/default-hello")["logGroups"],
        iam.get_role(RoleName="hello-web-task-abcdef")["Role"],
    ]  # fmt: skip


def _groups(world: World) -> Any:
    found = world.boto("logs").describe_log_groups(logGroupNamePrefix="/penstock/")["logGroups"]
    return [world.boto("logs").list_tags_for_resource(resourceArn=each["logGroupArn"])["tags"] for each in found]


def _clusters(world: World) -> Any:
    ecs = world.boto("ecs")
    return ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"], include=["TAGS"])["clusters"]


def _roles(world: World) -> Any:
    found = world.boto("iam").list_roles(PathPrefix="/penstock/")["Roles"]
    return [world.boto("iam").get_role(RoleName=each["RoleName"])["Role"] for each in found]


HOLDERS: dict[str, Callable[[World], Any]] = {
    "LogGroup": _groups,
    "Cluster": _clusters,
    "Role": _roles,
    "LoadBalancer": lambda world: world.boto("elbv2").describe_load_balancers()["LoadBalancers"],
    "TargetGroup": lambda world: world.boto("elbv2").describe_target_groups()["TargetGroups"],
}


@pytest.mark.parametrize("flavour", OTHERS)
def test_look_alikes_stay_as_they_are_through_a_whole_life(world: World, flavour: str):
    decoys(world, flavour)
    world.clock.sleep(300)
    before = seen_of(world)
    world.write(alone())
    world.settle()
    assert seen_of(world) == before
    world.write(alone(services={"web": service("web:2", port=9090)}, gateway={"description": "edited"}))
    world.settle()
    world.boto("elbv2").delete_rule(RuleArn=ours(world, "elasticloadbalancing:listener-rule"))
    world.settle()
    assert seen_of(world) == before
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    world.clock.sleep(600)
    assert seen_of(world) == before


def ours(world: World, kind: str) -> str:
    found = world.boto("resourcegroupstaggingapi").get_resources(
        ResourceTypeFilters=[kind], TagFilters=[{"Key": "penstock:service", "Values": ["hello"]}]
    )
    arn: str = found["ResourceTagMappingList"][0]["ResourceARN"]
    return arn


def test_tags_copied_onto_a_strangers_balancer_never_cost_the_one_that_carries_traffic(world: World):
    """Whoever copies all our tags claims a second copy; the one that traffic refers to stays."""
    world.write(alone())
    world.settle()
    elbv2 = world.boto("elbv2")
    [mine] = elbv2.describe_target_groups()["TargetGroups"]
    copied = elbv2.describe_tags(ResourceArns=[mine["TargetGroupArn"]])["TagDescriptions"][0]["Tags"]
    elbv2.create_target_group(
        Name="a-stranger", Protocol="HTTP", Port=80, VpcId=mine["VpcId"], TargetType="ip", Tags=copied
    )
    world.settle()
    left = [each["TargetGroupArn"] for each in elbv2.describe_target_groups()["TargetGroups"]]
    assert mine["TargetGroupArn"] in left
    assert world.request(world.api()).answer.status == 200


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_name_of_ours_that_a_stranger_holds_is_told_and_not_touched(world: World, holder: str):
    """As after `delete --retain`: everything is there, and nothing says any more that it is ours."""
    world.write(alone())
    world.settle()
    assert retain(world.aws, ["hello"]).gone == ("hello",)
    world.clock.sleep(600)
    before = {each: look_at(world) for each, look_at in HOLDERS.items()}
    world.restart()
    outcomes, seen = world.once()
    assert {each: look_at(world) for each, look_at in HOLDERS.items()} == before, outcomes
    told = {change.key.kind: change.reason for change in seen.plan}
    assert "without our tags" in told[holder], told


def test_an_adopted_cluster_is_used_and_left_as_it_is(world: World):
    ecs = world.boto("ecs")
    world.boto("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    ecs.create_cluster(clusterName="theirs", settings=[{"name": "containerInsights", "value": "enabled"}])
    before = ecs.describe_clusters(clusters=["theirs"], include=["TAGS", "SETTINGS"])["clusters"][0]
    world.write(alone(cluster={"name": "theirs", "adopt": True}))
    world.settle()
    assert world.request(world.api()).answer.status == 200
    [arn] = ecs.list_clusters()["clusterArns"]
    assert len(ecs.list_services(cluster=arn)["serviceArns"]) == 1
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    world.clock.sleep(600)
    after = ecs.describe_clusters(clusters=["theirs"], include=["TAGS", "SETTINGS"])["clusters"][0]
    assert after["status"] == "ACTIVE"
    assert (after["settings"], after["tags"]) == (before["settings"], before["tags"])


def test_a_service_does_not_repair_its_environment(world: World):
    """What belongs to the Environment is the Environment's: a pass over a service alone leaves it."""
    world.write(environment(), "prod.yaml")
    world.write(shared("orders"), "orders.yaml")
    world.settle()
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    attribute = {"Key": "idle_timeout.timeout_seconds", "Value": "7"}
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=[attribute])
    world.restart()
    outcomes, _ = world.once("orders/prod")
    assert not outcomes
    assert (
        attribute in elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    )
    outcomes, _ = world.once("prod")
    assert [each.change.key.kind for each in outcomes] == ["LoadBalancerAttributes"]


def test_two_installations_are_blind_to_each_other(world: World):
    world.write(alone())
    world.settle()
    first = world.api()
    world.install = "second"
    world.restart()
    assert world.process(region=REGION).delete(["hello"], world.catalog()).missing == ("hello",)
    assert world.request(first).answer.status == 200
    world.settle()
    assert len(world.boto("apigatewayv2").get_apis()["Items"]) == 2
    assert world.request(first).answer.status == 200
