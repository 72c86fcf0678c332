"""What a spec asks us to leave alone: drift by policy, ignored paths, a pause, a protected part, a dependency."""

from __future__ import annotations

from typing import Any

import pytest

from controller.output.sights import sights
from drift import Action
from reconcilers.balancing.target_group import TargetGroups
from tests.stories.writing import alone, environment, service, shared
from tests.world import World, writes

UNTIL = "2027-01-20T00:00:00Z"
"""The sandbox's clock starts on 2027-01-15."""


def broken_by_hand(world: World) -> None:
    elbv2 = world.boto("elbv2")
    [group] = elbv2.describe_target_groups()["TargetGroups"]
    elbv2.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/by-hand")


def path_of(world: World) -> str:
    path: str = world.boto("elbv2").describe_target_groups()["TargetGroups"][0]["HealthCheckPath"]
    return path


@pytest.mark.parametrize(("policy", "told"), [("report", True), ("ignore", False)])
def test_drift_is_left_as_it_is_where_the_policy_says_so(world: World, policy: str, *, told: bool):
    world.write(alone(drift={"policy": policy}))
    world.settle()
    broken_by_hand(world)
    world.restart()
    _, seen = world.once()
    assert world.writes == []
    assert bool(seen.drift) is told
    assert path_of(world) == "/by-hand"


def test_an_edited_spec_is_applied_whole_whatever_the_policy(world: World):
    world.write(alone(drift={"policy": "report"}))
    world.settle()
    broken_by_hand(world)
    world.write(alone(drift={"policy": "report"}, gateway={"description": "edited"}))
    world.settle()
    assert path_of(world) == "/"


def ignoring(resource: str, path: str, **more: Any) -> dict[str, Any]:
    return {"ignoreDifferences": [{"resource": resource, "paths": [path], "reason": "a test", **more}]}


def test_an_ignored_path_is_left_alone_in_plan_drift_and_writes(world: World):
    world.write(alone(drift=ignoring("TargetGroup/*", "/HealthCheckPath")))
    world.settle()
    broken_by_hand(world)
    world.restart()
    assert world.look().plan.changes == ()
    assert world.look().drift == ()
    sent: list[dict[str, Any]] = []
    world.sandbox.watchers.append(lambda event: sent.append(event["detail"]))
    health = {"path": "/healthz", "interval": "20s"}
    world.write(
        alone(services={"web": service(healthCheck=health)}, drift=ignoring("TargetGroup/*", "/HealthCheckPath"))
    )
    world.settle()
    [asked] = [each["requestParameters"] for each in sent if each["eventName"] == "ModifyTargetGroup"]
    assert asked.get("healthCheckPath", "/by-hand") == "/by-hand"
    assert path_of(world) == "/by-hand"


def test_a_nested_path_is_ignored_and_its_neighbours_are_not(world: World):
    """CORS goes as a whole: the ignored part is sent back as it is live."""
    cors = {"origins": ["https://a.example"], "methods": ["GET"]}
    rule = ignoring("HttpApi", "/CorsConfiguration/AllowMethods")
    world.write(alone(gateway={"cors": cors}, drift=rule))
    world.settle()
    gateway = world.boto("apigatewayv2")
    by_hand = {"AllowOrigins": ["https://b.example"], "AllowMethods": ["POST"]}
    gateway.update_api(ApiId=world.api(), CorsConfiguration=by_hand)
    world.restart()
    seen = world.look()
    assert [each.path for drift in seen.drift for each in drift.differences] == ["/CorsConfiguration/AllowOrigins"]
    world.settle()
    [api] = gateway.get_apis()["Items"]
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://a.example"]
    assert api["CorsConfiguration"]["AllowMethods"] == ["POST"]


def test_an_ignored_container_image_is_not_registered_anew(world: World):
    """Somebody else deploys the image; everything else of the task is ours."""
    rule = ignoring("TaskDefinition/web", "/containerDefinitions/web/image")
    world.write(alone(drift=rule))
    world.settle()
    ecs = world.boto("ecs")
    [arn] = ecs.list_task_definitions()["taskDefinitionArns"]
    told = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    kept = ("family", "executionRoleArn", "taskRoleArn", "networkMode", "cpu", "memory", "requiresCompatibilities")
    definition = {name: told["taskDefinition"][name] for name in kept}
    containers = [each | {"image": "web:theirs"} for each in told["taskDefinition"]["containerDefinitions"]]
    platform = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    made = ecs.register_task_definition(
        **definition, containerDefinitions=containers, runtimePlatform=platform, tags=told["tags"]
    )["taskDefinition"]["taskDefinitionArn"]
    [cluster] = ecs.list_clusters()["clusterArns"]
    [running] = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=running, taskDefinition=made)
    world.clock.sleep(600)
    world.restart()
    seen = world.look()
    assert not seen.plan, [f"{each.name} {each.differences}" for each in seen.plan]


def test_an_expired_rule_no_longer_holds(world: World):
    world.write(alone(drift=ignoring("TargetGroup/*", "/HealthCheckPath", until=UNTIL)))
    world.settle()
    broken_by_hand(world)
    assert world.look().plan.changes == ()
    world.clock.sleep(6 * 86_400)
    world.restart()
    assert [each.key.address for each in world.look().drift] == ["TargetGroup/web"]


def test_a_suspended_service_stands_still_until_its_time(world: World):
    world.write(alone())
    world.settle()
    pause = {"reason": "INC-1", "until": UNTIL}
    world.write(alone(services={"web": service("web:2")}, suspend=pause))
    report = world.process().apply(world.catalog())
    assert writes(report.views[0].aws) == []
    [status] = report.statuses
    assert status.health == "Suspended"
    assert "INC-1" in status.condition("Ready").message
    world.clock.sleep(6 * 86_400)
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert "ecs:UpdateService" in writes(report.views[0].aws)


def test_a_protected_part_is_neither_deleted_nor_replaced_unless_told(world: World):
    two = {"web": service(), "other": service()}
    routes = {"GET /a": "web", "GET /b": "other"}
    world.write(alone(services=two, gateway={"routes": routes}, protect=["services"]))
    world.settle()
    world.write(alone(gateway={"routes": {"GET /a": "web"}}, protect=["services"]))
    [sight] = sights(world.look(), world.aws.now)
    told = [each for each in sight.notes if "protect" in each]
    assert told == ["Service/other is protected (`protect: [services]`): delete needs --allow-replace"]
    report = world.process().apply(world.catalog())
    assert report.codes == {5}
    ecs = world.boto("ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    assert len(ecs.list_services(cluster=cluster)["serviceArns"]) == 2
    assert world.process().delete(["hello"], world.catalog()).refusals
    report = world.process(allow_replace=True).apply(world.catalog())
    assert not report.codes
    assert len(ecs.list_services(cluster=cluster)["serviceArns"]) == 1


def test_a_service_waits_for_what_it_depends_on(world: World):
    world.write(environment(), "prod.yaml")
    world.write(shared("users"), "users.yaml")
    world.write(shared("orders", dependsOn=["users"]), "orders.yaml")
    order: list[str] = []

    def note(event: dict[str, Any]) -> None:
        asked = event["detail"]["requestParameters"]
        if event["detail"]["eventName"] == "CreateService" and "errorCode" not in event["detail"]:
            order.append(asked["serviceName"].split("-")[0])

    world.sandbox.watchers.append(note)
    report = world.process().apply(world.catalog())
    assert not report.codes
    assert order == ["users", "orders"]


def test_a_wrong_account_gets_no_write(world: World):
    world.write(alone(aws={"region": "eu-west-1", "accountId": "999999999999"}))
    report = world.process().apply(world.catalog())
    assert writes(report.views[0].aws) == []
    assert report.codes == {5}


def test_a_link_whose_subnets_change_is_replaced_before_the_old_one_goes(world: World):
    ec2, gateway = world.boto("ec2"), world.boto("apigatewayv2")
    world.write(alone())
    world.settle()
    [before] = gateway.get_vpc_links()["Items"]
    api, calls, failed = world.api(), [], []

    def note(event: dict[str, Any]) -> None:
        name = event["detail"]["eventName"]
        if name in ("CreateVpcLink", "UpdateIntegration", "DeleteVpcLink"):
            calls.append(name)
        request()

    def request() -> None:
        answer = world.request(api).answer
        if answer.status != 200:
            failed.append(answer.why)

    world.sandbox.watchers.append(note)
    world.clock.meanwhile = request
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"][0]["VpcId"]
    extra = ec2.create_subnet(
        VpcId=vpc, CidrBlock="10.0.50.0/24", AvailabilityZone="eu-west-1c",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "Tier", "Value": "private"}]}],
    )["Subnet"]["SubnetId"]  # fmt: skip
    assert [each.key.kind for each in world.look().plan if each.action is Action.REPLACE] == ["VpcLink"]
    world.settle()
    assert calls == ["CreateVpcLink", "UpdateIntegration", "DeleteVpcLink"]
    [after] = [each for each in gateway.get_vpc_links()["Items"] if each["VpcLinkStatus"] != "DELETING"]
    assert extra in after["SubnetIds"]
    assert after["VpcLinkId"] != before["VpcLinkId"]
    assert not failed


def test_a_target_group_of_a_protected_service_may_still_be_handed_over(world: World, monkeypatch: Any):
    """`protect: [services]` speaks of the service, which stays; its target group is replaced under it."""
    world.write(alone(protect=["services"]))
    world.settle()
    desired = TargetGroups.desired

    def https(self: TargetGroups, *asked: Any) -> Any:
        for key, want in desired(self, *asked):
            yield key, want.model_copy(update={"protocol": "HTTPS", "health_check_protocol": "HTTPS"})

    monkeypatch.setattr(TargetGroups, "desired", https)
    world.settle()
    assert world.boto("elbv2").describe_target_groups()["TargetGroups"][0]["Protocol"] == "HTTPS"


def test_what_was_added_by_hand_is_told_even_where_its_removal_has_to_wait(world: World):
    """A rule goes when what uses its group has settled; somebody who looks meanwhile is to see it all the same."""
    world.write(alone())
    world.settle()
    ec2, ecs = world.boto("ec2"), world.boto("ecs")
    named = {"Name": "tag:penstock:key", "Values": ["SecurityGroup/web"]}
    group = ec2.describe_security_groups(Filters=[named])["SecurityGroups"][0]["GroupId"]
    everybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[everybody])
    cluster = ecs.list_clusters()["clusterArns"][0]
    [running] = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=running, healthCheckGracePeriodSeconds=5)
    seen = world.look()
    assert {each.key.address: each.how for each in seen.drift} == {
        "SecurityGroupRule/web/ingress/tcp/22/0.0.0.0/0": "extra",
        "Service/web": "changed",
    }
    assert [each.action for each in seen.plan if each.extra] == [Action.WAIT]
    world.settle()
    assert not world.look().drift
