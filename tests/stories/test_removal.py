"""What leaves the spec leaves AWS, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.faults import Fault, crash_after, fail, refuse
from sandbox.refusal import Crash, Refusal
from tests.stories.writing import alone, environment, service, shared
from tests.world import REGION, World

DENIED = Refusal("AccessDeniedException", "User is not authorized", 400)
HOUR = 3600.0
TWO = {"GET /a": "web", "GET /b": "other"}


def tagged(world: World, address: str) -> list[str]:
    """The keys of everything that AWS shows with an instance's tags."""
    found = world.boto("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "penstock:service", "Values": [address]}]
    )
    tags = ({tag["Key"]: tag["Value"] for tag in each["Tags"]} for each in found["ResourceTagMappingList"])
    return sorted(each["penstock:key"] for each in tags)


def writes_of(world: World, name: str = "spec.yaml", *, spec: str) -> list[str]:
    """What an edit makes us write, until nothing is left to do."""
    world.settle()
    world.write(spec, name)
    calls: list[str] = []
    world.sandbox.watchers.append(lambda event: calls.append(event["detail"]["eventName"]))
    world.settle()
    world.sandbox.watchers.clear()
    return calls


def test_a_field_taken_out_leaves_the_account_as_if_it_had_never_been_there(world: World):
    world.write(alone())
    world.settle()
    before = described(world)
    world.write(alone(gateway={"cors": {"origins": ["*"]}, "description": "x"}, loadBalancer={"idleTimeout": "90s"}))
    world.settle()
    assert described(world) != before
    world.write(alone())
    world.settle()
    assert described(world) == before


def described(world: World) -> list[Any]:
    """The parts of AWS that the story is about, as their services describe them."""
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    return [world.boto("apigatewayv2").get_apis()["Items"], sorted(attributes, key=lambda each: each["Key"])]


def test_one_of_two_services_removed_takes_only_its_parts_along(world: World):
    world.write(alone(services={"web": service(), "other": service(port=3000)}, gateway={"routes": TWO}))
    world.settle()
    api = world.api()
    calls = writes_of(world, spec=alone(gateway={"routes": {"GET /a": "web"}}))
    assert world.request(api, "/a").answer.status == 200
    assert world.request(api, "/b").answer.status == 404
    world.clock.sleep(60)
    left = [key for key in tagged(world, "hello") if "other" in key and not key.startswith("TaskDefinition")]
    assert left == ["LogGroup/other"], "what a log group holds cannot be made again; AWS itself keeps old definitions"
    assert not [name for name in calls if name.startswith(("Create", "Put", "Register", "Modify"))], calls
    assert calls.count("DeleteService") == 1
    assert calls.count("DeleteTargetGroup") == 1


def test_the_log_group_of_a_removed_service_is_no_drift(world: World):
    world.write(alone(services={"web": service(), "other": service(port=3000)}, gateway={"routes": TWO}))
    writes_of(world, spec=alone(gateway={"routes": {"GET /a": "web"}}))
    world.clock.sleep(120)
    world.restart()
    outcomes, seen = world.once()
    assert not outcomes
    assert not seen.drift
    assert not seen.plan.problems


def test_a_service_put_back_takes_its_log_group_over(world: World):
    both = alone(services={"web": service(), "other": service(port=3000)}, gateway={"routes": TWO})
    world.write(both)
    writes_of(world, spec=alone(gateway={"routes": {"GET /a": "web"}}))
    world.clock.sleep(120)
    calls = writes_of(world, spec=both)
    assert "CreateLogGroup" not in calls
    assert world.request(world.api(), "/b").answer.status == 200


def test_a_service_that_leaves_a_shared_balancer_leaves_the_others_alone(world: World):
    world.write(environment(), "prod.yaml")
    world.write(shared("users"), "users.yaml")
    world.write(
        shared("orders", services={"web": service(), "other": service()}, gateway={"routes": TWO}), "orders.yaml"
    )
    world.settle()
    world.write(shared("orders", gateway={"routes": {"GET /a": "web"}}), "orders.yaml")
    world.settle()
    assert world.request(world.api("users/prod")).answer.status == 200
    assert world.request(world.api("orders/prod"), "/a").answer.status == 200
    rules = world.boto("elbv2").describe_rules(
        ListenerArn=world.boto("elbv2").describe_listeners(
            LoadBalancerArn=world.boto("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        )["Listeners"][0]["ListenerArn"]
    )["Rules"]
    assert len(rules) == 3, "two of services, and the default"


def test_autoscaling_taken_out_goes_and_the_count_holds(world: World):
    scaling = {"min": 2, "max": 6, "cpu": 60, "memory": 70}
    scaled = {"image": "web:1", "port": 8080, "healthCheck": "/", "scaling": scaling}
    world.write(alone(services={"web": scaled}))
    world.settle()
    scaling = world.boto("application-autoscaling")
    assert len(scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]) == 2
    world.write(alone())
    world.settle()
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []


def test_delete_leaves_the_account_as_it_was(world: World):
    before = everything(world)
    world.write(alone(services={"web": service(), "other": service(port=3000)}, gateway={"routes": TWO}))
    world.settle()
    (world.folder / "spec.yaml").unlink()
    removal = world.process(region="eu-west-1").delete(["hello"], world.catalog())
    assert removal.gone == ("hello",)
    assert not removal.errors
    world.clock.sleep(600)
    assert everything(world) == before


def everything(world: World) -> dict[str, Any]:
    """What is in the account, but for what AWS keeps of things that are gone."""
    ec2, elbv2, gateway, ecs = (world.boto(name) for name in ("ec2", "elbv2", "apigatewayv2", "ecs"))
    rest = world.boto("apigateway")
    return {
        "rest apis": rest.get_rest_apis()["items"],
        "plans and keys": [rest.get_usage_plans()["items"], rest.get_api_keys()["items"]],
        "secrets": world.boto("secretsmanager").list_secrets()["SecretList"],
        "groups": sorted(each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]),
        "balancers": elbv2.describe_load_balancers()["LoadBalancers"],
        "target groups": elbv2.describe_target_groups()["TargetGroups"],
        "apis": gateway.get_apis()["Items"],
        "links": [gateway.get_vpc_links()["Items"], rest.get_vpc_links()["items"]],
        "clusters": ecs.list_clusters()["clusterArns"],
        "definitions": ecs.list_task_definitions()["taskDefinitionArns"],
        "roles": [
            each["RoleName"]
            for each in world.boto("iam").list_roles()["Roles"]
            if not each["Path"].startswith("/aws-service-role/")
        ],
        "logs": world.boto("logs").describe_log_groups()["logGroups"],
        "scaling": world.boto("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
            "ScalableTargets"
        ],
    }


def test_a_label_taken_out_is_gone_though_the_process_died_over_it(world: World):
    world.write(alone(tags={"team": "shop", "tier": "gold"}))
    world.settle()
    world.write(alone(tags={"team": "shop"}))
    world.sandbox.faults[:] = [Fault(crash_after, on="logs:*agResource", times=1)]
    with pytest.raises(Crash):
        world.settle()
    world.restart()
    world.settle()
    arn = world.boto("logs").describe_log_groups()["logGroups"][0]["logGroupArn"]
    tags = world.boto("logs").list_tags_for_resource(resourceArn=arn)["tags"]
    assert (tags["team"], tags["penstock:labels"]) == ("shop", "team")
    assert "tier" not in tags


def test_a_moment_in_which_aws_fails_ends_no_command_before_it_has_begun(world: World):
    world.write(alone())

    def failing(on: str) -> None:
        world.sandbox.faults[:] = [Fault(fail, on=on, times=4)]

    failing("sts:GetCallerIdentity")
    assert not world.process().apply(world.catalog()).codes
    for on in ("sts:GetCallerIdentity", "logs:DescribeLogGroups"):
        failing(on)
        removal = world.process().delete(["hello"], world.catalog())
        assert removal.gone == ("hello",) or removal.missing == ("hello",)
    failing("sts:GetCallerIdentity")
    world.sandbox.faults[0].times = 13
    with pytest.raises(ClientError, match="InternalFailure"):
        world.process().delete(["hello"], world.catalog())


def test_a_delete_that_is_told_to_stop_says_so_wherever_it_was(world: World):
    world.write(alone())
    world.settle()
    told: list[Any] = []

    def stop(sandbox: Any, call: Any, proceed: Any) -> Any:
        told.append(call)
        process.stopping.set()
        return proceed()

    for at in ("elbv2:DescribeLoadBalancers", "ecs:DeleteService"):
        world.sandbox.faults[:] = [Fault(stop, on=at, times=1)]
        process = world.process(region=REGION)
        removal = process.delete(["hello"], world.catalog())
        assert (removal.stopped, removal.gone, removal.missing) == (True, (), ()), at
    assert len(told) == 2
    removal = world.process(region=REGION).delete(["hello"], world.catalog())
    assert removal.gone == ("hello",)
    assert not removal.stopped


def test_a_service_of_an_environment_goes_whole_and_leaves_the_environment_as_it_was(world: World):
    world.write(environment(), "prod.yaml")
    world.settle()
    before = world.look().fleet
    world.write(shared("orders"), "orders.yaml")
    world.settle()
    (world.folder / "orders.yaml").unlink()
    removal = world.process().delete(["orders/prod"], world.catalog())
    assert (removal.gone, removal.errors, removal.timed_out) == (("orders/prod",), (), False)
    assert world.boto("elbv2").describe_target_groups()["TargetGroups"] == []
    after = world.look()
    assert not after.plan
    assert {(live.key, live.id) for live in after.fleet.lives} == {(live.key, live.id) for live in before.lives}


def test_an_index_that_tells_of_a_deleted_service_for_hours_holds_nothing_up(world: World):
    world.write(alone())
    world.settle()
    world.clock.sleep(2 * HOUR)
    world.sandbox.index_lag = HOUR
    process = world.process()
    assert process.delete(["hello"], world.catalog()).gone == ("hello",)
    assert any(key.startswith("Service/") for key in tagged(world, "hello")), "or this test shows nothing"
    again = process.delete(["hello"], world.catalog())
    assert (again.missing, again.timed_out) == (("hello",), False)
    world.restart()
    world.settle()
    assert world.request(world.api()).answer.status == 200


def test_a_deletion_that_cannot_see_what_is_left_says_so_and_does_not_hammer_aws(world: World):
    world.write(alone())
    world.settle()
    world.sandbox.faults.append(Fault(refuse(DENIED), on="apigatewayv2:GetVpcLinks"))
    (world.folder / "spec.yaml").unlink()
    before = world.sandbox.calls
    removal = world.process(region="eu-west-1", timeout=900.0).delete(["hello"], world.catalog())
    assert removal.timed_out
    assert not removal.gone
    assert any(each.startswith("VpcLink cannot be listed: AccessDenied") for each in removal.errors), removal.errors
    assert world.sandbox.calls - before < 2_000
