"""What waiting does."""

from sandbox import Sandbox
from sandbox.snapshot import load, save
from tests.sandbox import story
from tests.sandbox.test_refusals import standing


def service(sandbox):
    return sandbox.call("ecs", "describe_services", cluster="main", services=["web"])["services"][0]


def new_definition(sandbox, tag):
    container = {"name": "web", "image": f"web:{tag}", "portMappings": [{"containerPort": 8080}]}
    return sandbox.call("ecs", "register_task_definition", family="web", networkMode="awsvpc", containerDefinitions=[container])["taskDefinition"]["taskDefinitionArn"]


def test_a_vpc_link_takes_two_minutes(sandbox, clock, network):
    link = sandbox.call("apigatewayv2", "create_vpc_link", Name="x", SubnetIds=network["subnets"])
    assert link["VpcLinkStatus"] == "PENDING"
    clock.advance(119)
    assert sandbox.call("apigatewayv2", "get_vpc_link", VpcLinkId=link["VpcLinkId"])["VpcLinkStatus"] == "PENDING"
    clock.advance(1)
    assert sandbox.call("apigatewayv2", "get_vpc_link", VpcLinkId=link["VpcLinkId"])["VpcLinkStatus"] == "AVAILABLE"


def test_a_rollout_goes_task_by_task_and_retires_the_old_one(sandbox, clock, network):
    standing(sandbox, clock, network)
    sandbox.call("ecs", "update_service", cluster="main", service="web", taskDefinition=new_definition(sandbox, "2"))
    seen = []
    for _ in range(5):
        clock.advance(15)
        seen.append([each["runningCount"] for each in service(sandbox)["deployments"]])
    assert seen == [[1, 3], [2, 3], [3, 3], [3], [3]]
    assert service(sandbox)["deployments"][0]["rolloutState"] == "COMPLETED"


def test_one_leap_ends_where_many_steps_do(sandbox, clock, network):
    standing(sandbox, clock, network)
    sandbox.call("ecs", "update_service", cluster="main", service="web", taskDefinition=new_definition(sandbox, "2"))
    clock.advance(3600)
    assert [each["rolloutState"] for each in service(sandbox)["deployments"]] == ["COMPLETED"]


def test_a_crashing_image_trips_the_breaker_and_rolls_back(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    sandbox.call("ecs", "update_service", cluster="main", service="web", taskDefinition=new_definition(sandbox, "crash"))
    clock.advance(45)
    assert service(sandbox)["deployments"][1]["rolloutState"] == "FAILED"
    clock.advance(600)
    assert service(sandbox)["taskDefinition"] == built["definition"]
    assert service(sandbox)["runningCount"] == 3


def test_targets_are_initial_then_healthy_then_draining(sandbox, clock, network):
    group = standing(sandbox, clock, network)["group"]

    def states():
        return [each["TargetHealth"]["State"] for each in sandbox.call("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]]

    assert states() == ["healthy"] * 3
    sandbox.call("ecs", "update_service", cluster="main", service="web", desiredCount=4)
    clock.advance(15)
    assert states() == ["healthy"] * 3 + ["initial"]
    sandbox.call("ecs", "delete_service", cluster="main", service="web", force=True)
    assert states() == ["draining"] * 4
    clock.advance(6)
    assert states() == []


def test_auto_deploy_tells_why_it_did_not(sandbox):
    api = sandbox.call("apigatewayv2", "create_api", Name="x", ProtocolType="HTTP")["ApiId"]
    stage = sandbox.call("apigatewayv2", "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)
    assert "no valid routes" in sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName=stage["StageName"])["LastDeploymentStatusMessage"]
    sandbox.call("apigatewayv2", "create_route", ApiId=api, RouteKey="$default")
    first = sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName="$default")["DeploymentId"]
    sandbox.call("apigatewayv2", "create_route", ApiId=api, RouteKey="GET /x")
    assert sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName="$default")["DeploymentId"] != first


def test_the_world_starts_again_from_the_story(sandbox, clock, network):
    story.untell(sandbox.call, clock.advance, story.tell(sandbox.call, network, clock.advance))
    clock.advance(3600)
    left = {kind: len(kept) for kind, kept in sandbox.world().resources.items() if kept}
    assert left == {"TaskDefinition": 1, "Service": 1}  # INACTIVE ones stay to be seen


def test_a_world_outlives_its_process(sandbox, clock, network, tmp_path):
    standing(sandbox, clock, network)
    sandbox.call("ecs", "update_service", cluster="main", service="web", desiredCount=5)
    save(sandbox, tmp_path / "world")
    load(again := Sandbox(clock=clock), tmp_path / "world")
    clock.advance(600)
    assert service(again) == service(sandbox)
    assert service(again)["runningCount"] == 5
