"""Blue/green, canary and linear: the new revision is whole before it serves anybody, and the way back is a weight."""

from typing import Any

import pytest

from sandbox import invoking
from sandbox.refusal import Refusal
from sandbox.services.ecs import shifting
from tests.sandbox.test_compute import define, group, health, latest, role, service, stopped, until, update
from tests.sandbox.test_refusals import standing


@pytest.fixture
def built(sandbox, clock, network):
    return standing(sandbox, clock, network)


@pytest.fixture
def ecs(sandbox):
    return lambda operation, **request: sandbox.call("ecs", operation, **request)


@pytest.fixture
def blue(sandbox, clock, network, built, aws):
    """A service of three tasks, told that it has two groups from now on."""
    other = group(sandbox, network, built, "other")
    mover = role(aws, "moves-weights", "ecs.amazonaws.com")
    clock.advance(30)
    told = {"alternateTargetGroupArn": other, "productionListenerRule": built["rule"], "roleArn": mover}
    wire = {"targetGroupArn": built["group"], "containerName": "web", "containerPort": 8080}
    return {**built, "other": other, "wire": wire | {"advancedConfiguration": told}}


def shift(sandbox, blue, strategy, **more):
    """Another image, by this strategy."""
    config = {"strategy": strategy, "bakeTimeInMinutes": 5} | more
    return update(
        sandbox,
        taskDefinition=define(sandbox, "2"),
        loadBalancers=[blue["wire"]],
        deploymentConfiguration=config,
    )


def weights(sandbox, blue):
    [rule] = sandbox.call("elbv2", "describe_rules", RuleArns=[blue["rule"]])["Rules"]
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    return tuple(
        next(each["Weight"] for each in groups if each["TargetGroupArn"] == blue[name]) for name in ("group", "other")
    )


def record(sandbox):
    arn = service(sandbox)["currentServiceDeployment"]
    return sandbox.call("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]


def trail(sandbox, clock, blue, limit=3600):
    """What one sees every five seconds until the deployment is over: stage, weights, both groups' healthy targets."""
    seen: list[tuple[Any, ...]] = []
    for _ in range(0, limit, 5):
        told = record(sandbox)
        both = tuple(health(sandbox, blue[name]).count("healthy") for name in ("group", "other"))
        if not seen or seen[-1] != (told["lifecycleStage"], weights(sandbox, blue), both):
            seen.append((told["lifecycleStage"], weights(sandbox, blue), both))
        if told["status"] in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED"):
            return seen
        clock.advance(5)
    raise AssertionError(f"still {record(sandbox)['status']} after {limit} s")


def test_the_new_revision_is_whole_before_it_serves_and_the_old_one_until_the_end_of_the_bake(sandbox, clock, blue):
    shift(sandbox, blue, "BLUE_GREEN")
    seen = trail(sandbox, clock, blue)
    assert {each[1] for each in seen} == {(1, 0), (0, 100)}, "as the rule was made, then all at once"
    for _, (first, second), healthy in seen:
        assert all(each == 3 for each, weight in zip(healthy, (first, second), strict=True) if weight), seen
    baking = [healthy for stage, _, healthy in seen if stage == "BAKE_TIME"]
    assert baking == [(3, 3)]
    assert record(sandbox)["status"] == "SUCCESSFUL"
    clock.advance(60)
    assert (health(sandbox, blue["group"]), health(sandbox, blue["other"])) == ([], ["healthy"] * 3)
    revision = sandbox.call(
        "ecs", "describe_service_revisions", serviceRevisionArns=[latest(sandbox)["targetServiceRevisionArn"]]
    )["serviceRevisions"][0]
    assert revision["resolvedConfiguration"]["loadBalancers"] == [
        {"targetGroupArn": blue["other"], "productionListenerRule": blue["rule"]}
    ]
    assert service(sandbox)["loadBalancers"][0]["targetGroupArn"] == blue["group"], "what was said is what is told"


def test_the_next_deployment_goes_back_to_the_first_group(sandbox, clock, blue):
    shift(sandbox, blue, "BLUE_GREEN", bakeTimeInMinutes=0)
    trail(sandbox, clock, blue)
    update(sandbox, taskDefinition=define(sandbox, "3"))
    assert trail(sandbox, clock, blue)[-1][1] == (100, 0)
    clock.advance(60)
    assert (health(sandbox, blue["group"]), health(sandbox, blue["other"])) == (["healthy"] * 3, [])


def test_a_canary_gets_a_little_then_all(sandbox, clock, blue):
    shift(sandbox, blue, "CANARY", canaryConfiguration={"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 2})
    seen = [each[1] for each in trail(sandbox, clock, blue)]
    assert [each for at, each in enumerate(seen) if not at or seen[at - 1] != each][-2:] == [(80, 20), (0, 100)]


def test_linear_goes_in_equal_steps(sandbox, clock, blue):
    shift(sandbox, blue, "LINEAR", linearConfiguration={"stepPercent": 40.0, "stepBakeTimeInMinutes": 1})
    seen = [each[1] for each in trail(sandbox, clock, blue)]
    assert [each for at, each in enumerate(seen) if not at or seen[at - 1] != each][-3:] == [
        (60, 40),
        (20, 80),
        (0, 100),
    ]


def test_a_tenth_of_a_percent_is_a_weight_too():
    assert shifting._split(0.1) == (1, 998)
    assert shifting._split(12.5) == (125, 874)


def test_a_stopped_shift_goes_back_with_the_weights(sandbox, clock, blue, ecs):
    shift(sandbox, blue, "BLUE_GREEN")
    until(clock, lambda: record(sandbox)["lifecycleStage"] == "BAKE_TIME")
    assert weights(sandbox, blue) == (0, 100)
    ecs("stop_service_deployment", serviceDeploymentArn=record(sandbox)["serviceDeploymentArn"])
    clock.advance(1)
    assert weights(sandbox, blue) == (100, 0)
    assert health(sandbox, blue["group"]) == ["healthy"] * 3, "the old revision never went"
    trail(sandbox, clock, blue)
    assert record(sandbox)["status"] == "ROLLBACK_SUCCESSFUL"
    assert service(sandbox)["taskDefinition"] == blue["definition"]
    clock.advance(60)
    assert health(sandbox, blue["other"]) == []


def test_the_breaker_is_not_asked_and_a_bad_image_never_serves(sandbox, clock, blue):
    breaker = {"enable": True, "rollback": True}
    config = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "deploymentCircuitBreaker": breaker}
    update(
        sandbox,
        taskDefinition=define(sandbox, "crash"),
        loadBalancers=[blue["wire"]],
        deploymentConfiguration=config,
    )
    clock.advance(1800)
    told = record(sandbox)
    assert (told["status"], told["lifecycleStage"]) == ("IN_PROGRESS", "SCALE_UP")
    assert told["deploymentCircuitBreaker"]["status"] == "DISABLED"
    assert weights(sandbox, blue) == (1, 0), "nobody touched them"
    assert health(sandbox, blue["group"]) == ["healthy"] * 3
    assert stopped(sandbox)


def test_a_newer_deployment_takes_an_unfinished_ones_place(sandbox, clock, blue):
    shift(sandbox, blue, "BLUE_GREEN")
    until(clock, lambda: record(sandbox)["lifecycleStage"] == "BAKE_TIME")
    update(sandbox, taskDefinition=define(sandbox, "3"))
    clock.advance(1)
    assert weights(sandbox, blue) == (100, 0), "the last completed revision serves meanwhile"
    trail(sandbox, clock, blue)
    clock.advance(60)
    images = {
        each["containers"][0]["image"]
        for each in sandbox.call(
            "ecs", "describe_tasks", cluster="main", tasks=sandbox.call("ecs", "list_tasks", cluster="main")["taskArns"]
        )["tasks"]
    }
    assert images == {"web:3"}
    assert health(sandbox, blue["other"]) == ["healthy"] * 3


@pytest.mark.parametrize("action", ["CONTINUE", "ROLLBACK"])
def test_a_pause_waits_for_a_person(sandbox, clock, blue, ecs, action):
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
    shift(sandbox, blue, "BLUE_GREEN", lifecycleHooks=[hook], bakeTimeInMinutes=0)
    clock.advance(3600)
    told = record(sandbox)
    assert told["lifecycleStage"] == "POST_TEST_TRAFFIC_SHIFT"
    [paused] = told["lifecycleHookDetails"]
    assert paused["status"] == "AWAITING_ACTION"
    arn = told["serviceDeploymentArn"]
    with pytest.raises(Refusal, match="not paused"):
        ecs("continue_service_deployment", serviceDeploymentArn=arn, hookId="another")
    ecs("continue_service_deployment", serviceDeploymentArn=arn, hookId=paused["hookId"], action=action)
    trail(sandbox, clock, blue)
    assert record(sandbox)["status"] == {"CONTINUE": "SUCCESSFUL", "ROLLBACK": "ROLLBACK_SUCCESSFUL"}[action]
    assert weights(sandbox, blue)[1] == (100 if action == "CONTINUE" else 0)


def test_a_pause_that_nobody_ends_goes_back(sandbox, clock, blue):
    hook = {
        "targetType": "PAUSE",
        "lifecycleStages": ["POST_SCALE_UP"],
        "timeoutConfiguration": {"timeoutInMinutes": 2},
    }
    shift(sandbox, blue, "BLUE_GREEN", lifecycleHooks=[hook])
    trail(sandbox, clock, blue)
    assert record(sandbox)["status"] == "ROLLBACK_SUCCESSFUL"


ENDS = {"SUCCEEDED": "SUCCESSFUL", "FAILED": "ROLLBACK_SUCCESSFUL", "IN_PROGRESS": ""}


@pytest.mark.parametrize("says", ENDS)
def test_a_function_is_asked_at_its_stage(sandbox, aws, clock, blue, says):
    runner = role(aws, "asks", "ecs.amazonaws.com")
    made = sandbox.call(
        "lambda", "create_function", FunctionName="smoke", Role=runner, Code={"ZipFile": b"x"}, Runtime="python3.13",
        Handler="a.b",
    )  # fmt: skip
    function = sandbox.world().get(invoking.FUNCTION, made["FunctionArn"])
    function.hidden["answers"] = [{"identity": ["POST_SCALE_UP"], "answer": {"hookStatus": says}}]
    hook = {"hookTargetArn": made["FunctionArn"], "roleArn": runner, "lifecycleStages": ["POST_SCALE_UP"]}
    shift(sandbox, blue, "BLUE_GREEN", lifecycleHooks=[hook], bakeTimeInMinutes=0)
    if ENDS[says]:
        trail(sandbox, clock, blue)
        assert record(sandbox)["status"] == ENDS[says]
    else:
        clock.advance(3600)
        assert record(sandbox)["lifecycleHookDetails"][0]["status"] == "IN_PROGRESS"
        function.hidden["answers"] = [{"answer": {"hookStatus": "SUCCEEDED"}}]
        trail(sandbox, clock, blue)
        assert record(sandbox)["status"] == "SUCCESSFUL"


@pytest.mark.parametrize("strategy", ["ROLLING", "BLUE_GREEN"])
def test_an_alarm_that_rings_brings_the_old_revision_back(sandbox, aws, clock, blue, strategy):
    aws("cloudwatch").put_metric_alarm(
        AlarmName="5xx", Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    shift(sandbox, blue, strategy, alarms={"alarmNames": ["5xx"], "enable": True, "rollback": True})
    clock.advance(35)
    assert record(sandbox)["alarms"] == {"alarmNames": ["5xx"], "status": "MONITORING"}
    aws("cloudwatch").set_alarm_state(AlarmName="5xx", StateValue="ALARM", StateReason="test")
    trail(sandbox, clock, blue)
    told = record(sandbox)
    assert (told["status"], told["alarms"]["triggeredAlarmNames"]) == ("ROLLBACK_SUCCESSFUL", ["5xx"])
    assert service(sandbox)["taskDefinition"] == blue["definition"]


REFUSED = {
    "no bake time": (lambda wire: {"strategy": "BLUE_GREEN"}, "bakeTimeInMinutes must be provided"),
    "another strategy's pace": (
        lambda wire: {"strategy": "CANARY", "linearConfiguration": {"stepPercent": 10.0}},
        "only valid when the deployment strategy is LINEAR",
    ),
    "a step that is none": (
        lambda wire: {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.0}},
        "multiple of 0.1 from 3.0 to 100.0",
    ),
    "too long a bake": (lambda wire: {"strategy": "CANARY", "bakeTimeInMinutes": 1441}, "between 0 and 1440"),
    "a pause in mid shift": (
        lambda wire: {
            "strategy": "CANARY",
            "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["PRODUCTION_TRAFFIC_SHIFT"]}],
        },
        "PAUSE hooks cannot",
    ),
    "no alternate": (
        lambda wire: wire["advancedConfiguration"].pop("alternateTargetGroupArn") and {"strategy": "CANARY"},
        "alternateTargetGroupArn must be provided",
    ),
    "a rule without both": (
        lambda wire: (
            wire["advancedConfiguration"].update(productionListenerRule=wire["rules"][1]) or {"strategy": "CANARY"}
        ),
        "Both target groups",
    ),
    "a role that ecs cannot assume": (
        lambda wire: (
            wire["advancedConfiguration"].update(roleArn="arn:aws:iam::123456789012:role/nobody")
            or {"strategy": "CANARY"}
        ),
        "unable to assume",
    ),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_cannot_shift_is_refused(sandbox, blue, wrong):
    change, said = REFUSED[wrong]
    action = {"Type": "forward", "TargetGroupArn": blue["group"]}
    other = sandbox.call(
        "elbv2", "create_rule", ListenerArn=blue["listener"], Priority=99, Actions=[action],
        Conditions=[{"Field": "path-pattern", "Values": ["/else"]}],
    )["Rules"][0]["RuleArn"]  # fmt: skip
    wire = {**blue["wire"], "advancedConfiguration": dict(blue["wire"]["advancedConfiguration"]), "rules": (0, other)}
    config = change(wire)
    del wire["rules"]
    with pytest.raises(Refusal, match=said):
        update(sandbox, loadBalancers=[wire], deploymentConfiguration=config)
