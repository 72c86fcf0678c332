"""What waiting does."""

from sandbox import ManualClock, Sandbox, elsewhere
from sandbox.seed import CERTIFICATE, seed
from sandbox.services.foreign import CERTIFICATE as CERTIFICATE_KIND
from sandbox.snapshot import load, save
from tests.sandbox import story
from tests.sandbox.test_refusals import standing


def service(sandbox):
    return sandbox.call("ecs", "describe_services", cluster="main", services=["web"])["services"][0]


def test_a_vpc_link_takes_two_minutes(sandbox, clock, network):
    link = sandbox.call("apigatewayv2", "create_vpc_link", Name="x", SubnetIds=network["subnets"])
    assert link["VpcLinkStatus"] == "PENDING"
    clock.advance(119)
    assert sandbox.call("apigatewayv2", "get_vpc_link", VpcLinkId=link["VpcLinkId"])["VpcLinkStatus"] == "PENDING"
    clock.advance(1)
    assert sandbox.call("apigatewayv2", "get_vpc_link", VpcLinkId=link["VpcLinkId"])["VpcLinkStatus"] == "AVAILABLE"


def test_auto_deploy_tells_why_it_did_not(sandbox):
    api = sandbox.call("apigatewayv2", "create_api", Name="x", ProtocolType="HTTP")["ApiId"]
    stage = sandbox.call("apigatewayv2", "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)
    assert (
        "no valid routes"
        in sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName=stage["StageName"])[
            "LastDeploymentStatusMessage"
        ]
    )
    integration = sandbox.call(
        "apigatewayv2",
        "create_integration",
        PayloadFormatVersion="1.0",
        ApiId=api,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="https://example.com",
    )["IntegrationId"]
    sandbox.call("apigatewayv2", "create_route", ApiId=api, RouteKey="$default", Target=f"integrations/{integration}")
    first = sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName="$default")["DeploymentId"]
    sandbox.call("apigatewayv2", "create_route", ApiId=api, RouteKey="GET /x")
    assert sandbox.call("apigatewayv2", "get_stage", ApiId=api, StageName="$default")["DeploymentId"] != first


def test_the_world_starts_again_from_the_story(sandbox, clock, network):
    story.untell(sandbox.call, clock.advance, story.tell(sandbox.call, network, clock.advance))
    clock.advance(3600)
    left = {kind: len(kept) for kind, kept in sandbox.world().resources.items() if kept}
    assert left == {
        "ecs/TaskDefinition": 2,
        "ecs/Service": 2,
        "ecs/ServiceDeployment": 3,
        "ecs/ServiceRevision": 3,
    }  # history stays to be seen


def test_a_world_outlives_its_process(sandbox, clock, network, tmp_path):
    standing(sandbox, clock, network)
    sandbox.call("ecs", "update_service", cluster="main", service="web", desiredCount=5)
    seed(sandbox)
    save(sandbox, tmp_path / "world")
    elsewhere.reset()
    load(again := Sandbox(clock=ManualClock(0.0)), tmp_path / "world")
    assert again.clock.now() == clock.now()
    again.clock.advance(600)
    assert service(again)["runningCount"] == 5
    certificate = f"arn:aws:acm:eu-west-1:123456789012:certificate/{CERTIFICATE}"
    found = elsewhere.find(again.world(region="eu-west-1"), CERTIFICATE_KIND, certificate)
    assert found is not None
    assert found["Status"] == "ISSUED"
