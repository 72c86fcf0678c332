"""ECS as it behaves: rollouts heed target health, failures trip the breaker once, and what is wrong says why."""

import json
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.refusal import Refusal
from sandbox.services.ecs.breaker import FIRST_PAUSE, PATIENT, pause
from sandbox.snapshot import load, save
from sandbox.targets import LONGEST
from tests.sandbox.test_refusals import standing

FARGATE = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}


@pytest.fixture
def built(sandbox, clock, network):
    return standing(sandbox, clock, network)


@pytest.fixture
def ecs(sandbox):
    """`ecs("list_tasks", cluster="main")`."""
    return lambda operation, **request: sandbox.call("ecs", operation, **request)


def service(sandbox, name="web"):
    return sandbox.call("ecs", "describe_services", cluster="main", services=[name])["services"][0]


def define(sandbox, tag, family="web", **more):
    container = {"name": "web", "image": f"web:{tag}", "portMappings": [{"containerPort": 8080}]} | more.pop(
        "container", {}
    )
    asked = FARGATE | {"family": family, "containerDefinitions": [container]} | more
    return sandbox.call("ecs", "register_task_definition", **asked)["taskDefinition"]["taskDefinitionArn"]


def update(sandbox, **changes):
    return sandbox.call("ecs", "update_service", cluster="main", service="web", **changes)["service"]


def health(sandbox, group):
    told = sandbox.call("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]
    return [each["TargetHealth"]["State"] for each in told]


def stopped(sandbox):
    arns = sandbox.call("ecs", "list_tasks", cluster="main", desiredStatus="STOPPED")["taskArns"]
    return sandbox.call("ecs", "describe_tasks", cluster="main", tasks=arns)["tasks"] if arns else []


def latest(sandbox):
    return sandbox.call("ecs", "list_service_deployments", cluster="main", service="web")["serviceDeployments"][0]


def until(clock, done, limit=3600):
    """Waits in steps of five seconds until `done()`; how long that was."""
    for waited in range(0, limit, 5):
        if done():
            return waited
        clock.advance(5)
    raise AssertionError(f"not within {limit} s")


def group(sandbox, network, built, name, **more):
    """Another target group, forwarded to with weight 0, so that a service may have it."""
    asked = {
        "Protocol": "HTTP",
        "Port": 80,
        "VpcId": network["vpc"],
        "TargetType": "ip",
        "HealthCheckIntervalSeconds": 10,
        "HealthyThresholdCount": 2,
    }
    arn = sandbox.call("elbv2", "create_target_group", Name=name, **asked | more)["TargetGroups"][0]["TargetGroupArn"]
    quick = [{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}]
    sandbox.call("elbv2", "modify_target_group_attributes", TargetGroupArn=arn, Attributes=quick)
    weighted = [{"TargetGroupArn": built["group"], "Weight": 1}, {"TargetGroupArn": arn, "Weight": 0}]
    sandbox.call(
        "elbv2",
        "modify_rule",
        RuleArn=built["rule"],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}],
    )
    return arn


# ---- rollouts


def test_a_rollout_never_has_fewer_healthy_tasks_than_wanted_nor_more_than_the_maximum(sandbox, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "2"), deploymentConfiguration={"maximumPercent": 200})
    seen = []
    while latest(sandbox)["status"] == "IN_PROGRESS":
        clock.advance(5)
        seen.append(
            (
                health(sandbox, built["group"]).count("healthy"),
                sum(each["runningCount"] for each in service(sandbox)["deployments"]),
            )
        )
    assert min(healthy for healthy, _ in seen) == 3
    assert max(running for _, running in seen) == 6
    assert service(sandbox)["deployments"][0]["rolloutState"] == "COMPLETED"


def test_with_less_room_tasks_go_one_by_one(sandbox, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "2"), deploymentConfiguration={"maximumPercent": 134})
    most = 0
    while latest(sandbox)["status"] == "IN_PROGRESS":
        clock.advance(5)
        most = max(most, service(sandbox)["runningCount"] + service(sandbox)["pendingCount"])
    assert most == 4


def test_a_minimum_below_a_hundred_makes_room_by_stopping_first(sandbox, clock, built):
    config = {"maximumPercent": 100, "minimumHealthyPercent": 50}
    update(sandbox, taskDefinition=define(sandbox, "2"), deploymentConfiguration=config)
    fewest = 3
    while latest(sandbox)["status"] == "IN_PROGRESS":
        clock.advance(5)
        fewest = min(fewest, health(sandbox, built["group"]).count("healthy"))
    assert fewest == 2
    assert service(sandbox)["runningCount"] == 3


def test_one_leap_ends_where_many_steps_do(sandbox, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "2"))
    clock.advance(3600)
    assert [each["rolloutState"] for each in service(sandbox)["deployments"]] == ["COMPLETED"]
    assert latest(sandbox)["status"] == "SUCCESSFUL"


def test_targets_are_initial_then_healthy_then_draining(sandbox, clock, built):
    assert health(sandbox, built["group"]) == ["healthy"] * 3
    update(sandbox, desiredCount=4)
    clock.advance(16)
    assert health(sandbox, built["group"]) == ["healthy"] * 3 + ["initial"]
    sandbox.call("ecs", "delete_service", cluster="main", service="web", force=True)
    assert health(sandbox, built["group"]) == ["draining"] * 4
    clock.advance(6)
    assert health(sandbox, built["group"]) == []


def test_new_tasks_register_in_every_group_and_old_ones_stay_where_they_were(sandbox, clock, network, built):
    second = group(sandbox, network, built, "second")
    wires = [{"targetGroupArn": arn, "containerName": "web", "containerPort": 8080} for arn in (built["group"], second)]
    update(sandbox, loadBalancers=wires)
    until(clock, lambda: health(sandbox, second).count("healthy") == 3)
    clock.advance(100)
    assert (health(sandbox, built["group"]), health(sandbox, second)) == (["healthy"] * 3, ["healthy"] * 3)
    update(sandbox, loadBalancers=wires[1:])
    clock.advance(20)
    assert health(sandbox, built["group"]) == ["healthy"] * 3
    clock.advance(300)
    assert (health(sandbox, built["group"]), health(sandbox, second)) == ([], ["healthy"] * 3)


def test_a_count_alone_is_no_deployment(sandbox, clock, built):
    before = service(sandbox)["currentServiceDeployment"]
    update(sandbox, desiredCount=1)
    clock.advance(60)
    assert (service(sandbox)["runningCount"], service(sandbox)["currentServiceDeployment"]) == (1, before)


# ---- failures


@pytest.mark.parametrize("tag", ["crash", "unhealthy"])
def test_a_bad_image_trips_the_breaker_and_rolls_back_once(sandbox, clock, built, tag):
    bad = define(sandbox, tag)
    old = set(sandbox.call("ecs", "list_tasks", cluster="main", serviceName="web")["taskArns"])
    update(sandbox, taskDefinition=bad)
    waited = until(clock, lambda: latest(sandbox)["status"] == "ROLLBACK_SUCCESSFUL")
    assert waited <= 300
    assert service(sandbox)["taskDefinition"] == built["definition"]
    assert "circuit breaker" in latest(sandbox)["statusReason"]
    assert old <= set(sandbox.call("ecs", "list_tasks", cluster="main", serviceName="web")["taskArns"])
    revision = sandbox.call(
        "ecs", "describe_service_revisions", serviceRevisionArns=[latest(sandbox)["targetServiceRevisionArn"]]
    )
    assert revision["serviceRevisions"][0]["taskDefinition"] == bad
    clock.advance(3600)
    assert (
        len(sandbox.call("ecs", "list_service_deployments", cluster="main", service="web")["serviceDeployments"]) == 3
    )
    assert [each["rolloutState"] for each in service(sandbox)["deployments"]] == ["COMPLETED"]


def test_the_old_revision_answers_all_the_while(sandbox, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "crash"))
    for _ in range(60):
        assert health(sandbox, built["group"]).count("healthy") == 3
        clock.advance(5)


def test_a_first_deployment_that_fails_has_nothing_to_go_back_to(sandbox, clock, built, ecs):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    ecs(
        "create_service",
        **built["again"]
        | {
            "serviceName": "first",
            "taskDefinition": define(sandbox, "crash"),
            "desiredCount": 2,
            "launchType": "FARGATE",
            "deploymentConfiguration": breaker,
        },
    )
    clock.advance(600)
    told = service(sandbox, "first")
    assert [each["rolloutState"] for each in told["deployments"]] == ["FAILED"]
    assert (told["runningCount"], told["pendingCount"]) == (0, 0)


def test_without_a_breaker_it_keeps_trying_ever_slower(sandbox, clock, built, ecs):
    ecs(
        "create_service",
        **built["again"]
        | {
            "serviceName": "stubborn",
            "taskDefinition": define(sandbox, "crash"),
            "desiredCount": 1,
            "launchType": "FARGATE",
        },
    )
    counts = []
    for _ in range(3):
        clock.advance(600)
        counts.append(service(sandbox, "stubborn")["deployments"][0]["failedTasks"])
    assert counts[0] > counts[1] - counts[0] >= counts[2] - counts[1] > 0
    assert any("unable to consistently start" in each["message"] for each in service(sandbox, "stubborn")["events"])


def test_a_service_that_fails_for_weeks_waits_no_longer_than_the_longest():
    assert [pause(failures) for failures in (PATIENT, PATIENT + 1, 5_000)] == [FIRST_PAUSE, 2 * FIRST_PAUSE, LONGEST]


def test_a_crashed_task_says_so_for_an_hour(sandbox, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "crash"))
    clock.advance(60)
    task = stopped(sandbox)[-1]
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert task["containers"][0]["exitCode"] == 1
    clock.advance(7200)
    assert stopped(sandbox) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"type": "COUNT", "value": 2}, 2),
        ({"type": "BOUNDED_PERCENT", "value": 50}, 3),
        ({"type": "UNBOUNDED_PERCENT", "value": 50}, 2),
    ],
)
def test_the_breaker_counts_as_it_is_told(sandbox, built, asked, found):
    update(
        sandbox,
        deploymentConfiguration={
            "deploymentCircuitBreaker": {"enable": True, "rollback": True, "thresholdConfiguration": asked}
        },
    )
    arn = latest(sandbox)["serviceDeploymentArn"]
    told = sandbox.call("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert told["deploymentCircuitBreaker"]["threshold"] == found


def test_an_unhealthy_task_is_left_alone_within_its_grace(sandbox, clock, built):
    update(sandbox, healthCheckGracePeriodSeconds=200, taskDefinition=define(sandbox, "unhealthy"))
    clock.advance(150)
    assert service(sandbox)["deployments"][0]["failedTasks"] == 0
    until(clock, lambda: latest(sandbox)["status"] == "ROLLBACK_SUCCESSFUL")


def test_a_check_nobody_can_pass_makes_targets_unhealthy_after_a_while(sandbox, clock, built):
    sandbox.call("elbv2", "modify_target_group", TargetGroupArn=built["group"], Matcher={"HttpCode": "404"})
    assert health(sandbox, built["group"]) == ["healthy"] * 3
    clock.advance(31)
    assert "healthy" not in health(sandbox, built["group"])


def test_a_firewall_that_keeps_the_balancer_out_makes_targets_unhealthy(sandbox, aws, clock, network, built):
    rules = aws("ec2").describe_security_groups(GroupIds=[network["firewall"]])["SecurityGroups"][0]["IpPermissions"]
    aws("ec2").revoke_security_group_ingress(GroupId=network["firewall"], IpPermissions=rules)
    clock.advance(31)
    assert "healthy" not in health(sandbox, built["group"])


def test_stopping_a_deployment_goes_back(sandbox, clock, built, ecs):
    update(sandbox, taskDefinition=define(sandbox, "2"))
    ecs("stop_service_deployment", serviceDeploymentArn=service(sandbox)["currentServiceDeployment"])
    clock.advance(200)
    assert (latest(sandbox)["status"], service(sandbox)["taskDefinition"]) == (
        "ROLLBACK_SUCCESSFUL",
        built["definition"],
    )
    with pytest.raises(Refusal, match="ConflictException"):
        ecs("stop_service_deployment", serviceDeploymentArn=service(sandbox)["currentServiceDeployment"])


# ---- what a task needs to start


LOGS = {
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/x", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "x"},
    }
}


def role(aws, name, service="ecs-tasks.amazonaws.com"):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]


def test_a_task_without_its_log_group_does_not_start(sandbox, aws, clock, built):
    arn = role(aws, "execution")
    clock.advance(30)
    update(sandbox, taskDefinition=define(sandbox, "2", executionRoleArn=arn, container=LOGS))
    clock.advance(20)
    assert "ResourceInitializationError" in stopped(sandbox)[-1]["stoppedReason"]
    aws("logs").create_log_group(logGroupName="/x")
    update(sandbox, forceNewDeployment=True, taskDefinition="web")
    until(clock, lambda: latest(sandbox)["status"] == "SUCCESSFUL")


@pytest.mark.parametrize("trusts", ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"])
def test_a_task_role_must_trust_ecs_and_be_known(sandbox, aws, clock, built, trusts):
    starts = trusts == "ecs-tasks.amazonaws.com"
    arn = role(aws, "task", trusts)
    clock.advance(30)
    update(sandbox, taskDefinition=define(sandbox, "2", taskRoleArn=arn))
    clock.advance(16)
    reasons = [each["stoppedReason"] for each in stopped(sandbox)]
    assert any("unable to assume the role" in each for each in reasons) is not starts


# ---- names, histories, refusals


def test_a_deleted_service_drains_then_lingers_and_frees_its_name(sandbox, clock, built, ecs):
    again = built["again"] | {"launchType": "FARGATE", "desiredCount": 0}
    ecs("delete_service", cluster="main", service="web", force=True)
    assert service(sandbox)["status"] == "DRAINING"
    with pytest.raises(Refusal, match="not idempotent"):
        ecs("create_service", **again)
    with pytest.raises(Refusal, match="ServiceNotActive"):
        update(sandbox, desiredCount=1)
    until(clock, lambda: service(sandbox)["status"] == "INACTIVE")
    assert ecs("list_services", cluster="main")["serviceArns"] == []
    assert ecs("create_service", **again)["service"]["status"] == "ACTIVE"


def test_the_same_create_again_is_the_same_service(ecs, built):
    asked = built["again"] | {"serviceName": "twin", "launchType": "FARGATE"}
    first = ecs("create_service", **asked)["service"]
    assert ecs("create_service", **asked)["service"]["serviceArn"] == first["serviceArn"]
    with pytest.raises(Refusal, match="not idempotent"):
        ecs("create_service", **asked | {"desiredCount": 7})


def test_revision_numbers_are_never_used_again(sandbox, clock, ecs):
    for n in (1, 2):
        assert define(sandbox, "1", family="f").endswith(f":{n}")
        ecs("deregister_task_definition", taskDefinition=f"f:{n}")
    ecs("delete_task_definitions", taskDefinitions=["f:1", "f:2"])
    clock.advance(600)
    with pytest.raises(Refusal, match="Unable to describe"):
        ecs("describe_task_definition", taskDefinition="f:2")
    assert ecs("list_task_definition_families", status="ALL")["families"] == []
    assert define(sandbox, "1", family="f").endswith(":3")


def test_what_a_describe_adds_to_a_container(sandbox, ecs):
    told = ecs(
        "describe_task_definition",
        taskDefinition=define(sandbox, "1", container={"healthCheck": {"command": ["true"]}}),
    )["taskDefinition"]
    container = told["containerDefinitions"][0]
    assert container["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert container["healthCheck"] == {"command": ["true"], "interval": 30, "timeout": 5, "retries": 3}
    nothing = ("environment", "mountPoints", "volumesFrom", "systemControls")
    assert [container[name] for name in nothing] == [[]] * len(nothing)
    assert (container["cpu"], container["essential"]) == (0, True)


def test_sizes_are_kept_in_units(sandbox, ecs):
    told = ecs("describe_task_definition", taskDefinition=define(sandbox, "1", cpu="1 vCPU", memory="2GB"))[
        "taskDefinition"
    ]
    assert (told["cpu"], told["memory"]) == ("1024", "2048")


ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"
TWICE = {"environment": [{"name": "A", "value": "1"}], "secrets": [{"name": "A", "valueFrom": "x"}]}
PORT, MOUNT = {"containerPort": 80, "hostPort": 81}, {"sourceVolume": "x", "containerPath": "/x"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a size Fargate does not have": ({"cpu": "256", "memory": "4096"}, "No Fargate configuration"),
    "logs without an execution role": ({"container": LOGS}, "execution role"),
    "a registry without an execution role": ({"container": {"image": ECR}}, "execution role"),
    "another host port": ({"container": {"portMappings": [PORT]}}, "must match"),
    "a mount of nothing": ({"container": {"mountPoints": [MOUNT]}}, "Unknown volume"),
    "a secret with a variable's name": ({"executionRoleArn": "arn:x", "container": TWICE}, "must be unique"),
    "no image": ({"container": {"image": ""}}, "Container.image"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_task_definition_is_refused(sandbox, wrong):
    more, said = WRONG[wrong]
    with pytest.raises(Refusal, match="ClientException") as refused:
        define(sandbox, "1", **more)
    assert said in refused.value.message


def test_a_service_is_refused_what_it_cannot_have(sandbox, ecs, built, network):
    asked = built["again"] | {"serviceName": "x"}
    wires = [{"targetGroupArn": built["group"], "containerName": "web", "containerPort": 81}]
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    for wrong, said in (
        ({"loadBalancers": wires, "launchType": "FARGATE"}, "did not have a container port"),
        ({"capacityProviderStrategy": strategy}, "not associated with the cluster"),
        ({"capacityProviderStrategy": strategy, "launchType": "FARGATE"}, "both a launch type and capacity provider"),
        ({"launchType": "FARGATE", "platformVersion": "9.9.9"}, "platform version does not exist"),
        ({"launchType": "FARGATE", "networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"healthCheckGracePeriodSeconds": 5}, "only valid for services configured to use load balancers"),
        (
            {"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}},
            "no task could ever be replaced",
        ),
    ):
        with pytest.raises(Refusal) as refused:
            ecs("create_service", **asked | wrong)
        assert said in refused.value.message


def test_a_strategy_takes_the_launch_types_place_and_gives_it_back(sandbox, ecs, built):
    update(sandbox, capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}], forceNewDeployment=True)
    assert "launchType" not in service(sandbox)
    assert service(sandbox)["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    with pytest.raises(Refusal, match="ResourceInUse"):
        ecs("put_cluster_capacity_providers", cluster="main", capacityProviders=[], defaultCapacityProviderStrategy=[])
    update(sandbox, capacityProviderStrategy=[], forceNewDeployment=True)
    assert (service(sandbox)["launchType"], "capacityProviderStrategy" in service(sandbox)) == ("FARGATE", False)


def test_a_cluster_shows_what_is_asked_for_and_lingers_when_deleted(ecs, network):
    ecs("create_cluster", clusterName="c", tags=[{"key": "a", "value": "b"}])
    bare, full = (
        ecs("describe_clusters", clusters=["c"], include=include)["clusters"][0]
        for include in ([], ["TAGS", "SETTINGS"])
    )
    assert not {"tags", "settings"} & bare.keys()
    assert (full["tags"], full["settings"]) == (
        [{"key": "a", "value": "b"}],
        [{"name": "containerInsights", "value": "disabled"}],
    )
    ecs("delete_cluster", cluster="c")
    assert ecs("describe_clusters", clusters=["c"])["clusters"][0]["status"] == "INACTIVE"
    assert ecs("list_clusters")["clusterArns"] == []
    with pytest.raises(Refusal, match="ClusterNotFound"):
        ecs("list_services", cluster="c")
    assert ecs("create_cluster", clusterName="c")["cluster"]["status"] == "ACTIVE"


def test_a_fresh_accounts_first_cluster_fails_and_the_second_try_works(ecs):
    with pytest.raises(Refusal, match="Unable to assume the service linked role"):
        ecs("create_cluster", clusterName="c")
    assert ecs("create_cluster", clusterName="c")["cluster"]["status"] == "ACTIVE"


def test_a_rollout_outlives_its_process(sandbox, clock, built, tmp_path):
    update(sandbox, taskDefinition=define(sandbox, "unhealthy"))
    clock.advance(40)
    save(sandbox, tmp_path / "world")
    load(again := Sandbox(clock=clock), tmp_path / "world")
    clock.advance(600)
    assert latest(again)["status"] == "ROLLBACK_SUCCESSFUL"


# ---- scaling

WHERE = {"ServiceNamespace": "ecs", "ResourceId": "service/main/web", "ScalableDimension": "ecs:service:DesiredCount"}


@pytest.fixture
def scaling(sandbox):
    return lambda operation, **request: sandbox.call("application-autoscaling", operation, **WHERE | request)


@pytest.mark.parametrize(("bounds", "count"), [((5, 9), 5), ((1, 2), 2), ((1, 9), 3)])
@pytest.mark.usefixtures("built")
def test_registering_moves_the_count_into_its_bounds(sandbox, clock, scaling, bounds, count):
    low, high = bounds
    scaling("register_scalable_target", MinCapacity=low, MaxCapacity=high)
    clock.advance(200)
    assert (service(sandbox)["desiredCount"], service(sandbox)["runningCount"]) == (count, count)


def test_a_target_keeps_what_is_not_said_again(sandbox, built):
    def target():
        return sandbox.call("application-autoscaling", "describe_scalable_targets", ServiceNamespace="ecs")[
            "ScalableTargets"
        ][0]

    arn = sandbox.call(
        "application-autoscaling",
        "register_scalable_target",
        SuspendedState={"DynamicScalingInSuspended": True},
        MaxCapacity=6,
        **WHERE,
    )["ScalableTargetARN"]
    assert (
        target()["MinCapacity"],
        target()["MaxCapacity"],
        target()["SuspendedState"]["DynamicScalingInSuspended"],
    ) == (2, 6, True)
    assert target()["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_ECSService")
    assert target()["ScalableTargetARN"] == arn
    with pytest.raises(Refusal, match="Tags"):
        sandbox.call("application-autoscaling", "register_scalable_target", Tags={"x": "y"}, **WHERE)


def test_a_policys_alarms_come_and_go_with_it(sandbox, aws, built, scaling):
    told = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    assert sorted(each["AlarmName"].rpartition("-Alarm")[2][:3] for each in told) == ["Hig", "Low"]
    assert all(each["AlarmName"].startswith("TargetTracking-service/main/web-") for each in told)
    scaling("deregister_scalable_target")
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []
    with pytest.raises(Refusal, match="ObjectNotFound"):
        scaling("put_scaling_policy", PolicyName="cpu", PolicyType="TargetTrackingScaling")


def test_a_request_count_needs_a_group_of_that_load_balancer(built, scaling):
    def policy(label):
        metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
        return scaling(
            "put_scaling_policy",
            PolicyName="requests",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 10.0, "PredefinedMetricSpecification": metric},
        )

    balancer, group = built["balancer"].partition(":loadbalancer/")[2], built["group"].rpartition(":")[2]
    assert policy(f"{balancer}/{group}")["Alarms"]
    for label in (f"{balancer}/targetgroup/other/1", f"app/other/1/{group}", ""):
        with pytest.raises(Refusal, match="ValidationException"):
            policy(label or "x")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MinCapacity": 5, "MaxCapacity": 1}, "cannot be less"),
        ({"ResourceId": "service/main/nope", "MinCapacity": 1, "MaxCapacity": 2}, "ECS service doesn't exist"),
        ({"ResourceId": "main/web", "MinCapacity": 1, "MaxCapacity": 2}, "Unsupported"),
    ],
)
def test_a_target_is_refused(built, scaling, wrong, said):
    with pytest.raises(Refusal, match="ValidationException") as refused:
        scaling("register_scalable_target", **wrong)
    assert said in refused.value.message


def test_a_role_made_a_moment_ago_cannot_be_assumed_yet(sandbox, aws, clock, built):
    update(sandbox, taskDefinition=define(sandbox, "2", taskRoleArn=role(aws, "young")))
    clock.advance(16)
    assert "unable to assume the role" in stopped(sandbox)[-1]["stoppedReason"]
    until(clock, lambda: latest(sandbox)["status"] == "SUCCESSFUL")


def test_a_tasks_interface_outlives_it_a_little(sandbox, aws, clock, network, built):
    def interfaces():
        told = aws("ec2").describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [network["firewall"]]}])
        return [each for each in told["NetworkInterfaces"] if ":attachment/" in each["Description"]]

    assert len(interfaces()) == 3
    sandbox.call("ecs", "delete_service", cluster="main", service="web", force=True)
    until(clock, lambda: service(sandbox)["status"] == "INACTIVE")
    assert len(interfaces()) == 3
    clock.advance(31)
    assert interfaces() == []


def test_the_grace_period_comes_and_goes_with_the_load_balancers(sandbox, clock, built):
    assert service(sandbox)["healthCheckGracePeriodSeconds"] == 0
    update(sandbox, loadBalancers=[])
    assert "healthCheckGracePeriodSeconds" not in service(sandbox)
    with pytest.raises(Refusal, match="only valid for services configured to use load balancers"):
        update(sandbox, healthCheckGracePeriodSeconds=5)
    until(clock, lambda: latest(sandbox)["status"] == "SUCCESSFUL")
