"""E12: others change things as well, some of them with every right."""

from __future__ import annotations

from tests.stories.writing import alone
from tests.world import World

SCALED = alone(services={"web": {"image": "web:1", "port": 8080, "healthCheck": "/", "scaling": {"min": 2, "max": 6}}})


def test_the_count_is_autoscalings_between_its_bounds_and_ours_outside(world: World):
    world.write(SCALED)
    world.settle()
    ecs = world.boto("ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    [service] = ecs.list_services(cluster=cluster)["serviceArns"]
    for count, writes in ((5, []), (2, []), (9, ["ecs:UpdateService"])):
        ecs.update_service(cluster=cluster, service=service, desiredCount=count)
        world.clock.sleep(600)
        world.once()
        assert world.writes == writes, count
        world.settle()
    assert ecs.describe_services(cluster=cluster, services=[service])["services"][0]["desiredCount"] == 6


def test_what_can_change_in_a_balancer_changes_and_the_balancer_stays(world: World):
    world.write(SCALED)
    world.settle()
    elbv2, ec2 = world.boto("elbv2"), world.boto("ec2")
    [before] = elbv2.describe_load_balancers()["LoadBalancers"]
    stranger = ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=before["VpcId"])["GroupId"]
    elbv2.set_security_groups(LoadBalancerArn=before["LoadBalancerArn"], SecurityGroups=[stranger])
    assert [each.key.address for each in world.look().drift] == ["LoadBalancer"]
    world.settle()
    [after] = elbv2.describe_load_balancers()["LoadBalancers"]
    assert after["SecurityGroups"] == before["SecurityGroups"]
    assert after["LoadBalancerArn"] == before["LoadBalancerArn"]
    assert world.request(world.api()).answer.status == 200


def test_of_many_copies_the_one_that_traffic_uses_stays(world: World):
    world.write(alone())
    world.settle()
    gateway, api = world.boto("apigatewayv2"), world.api()
    [mine] = gateway.get_integrations(ApiId=api)["Items"]
    asked = gateway.meta.service_model.operation_model("CreateIntegration").input_shape.members
    copy = {name: value for name, value in mine.items() if name in asked}
    made = mine["IntegrationId"]
    while made >= mine["IntegrationId"]:  # until another one comes first in any list
        made = gateway.create_integration(ApiId=api, **copy)["IntegrationId"]
    world.settle()
    assert [each["IntegrationId"] for each in gateway.get_integrations(ApiId=api)["Items"]] == [mine["IntegrationId"]]
    assert world.request(api).answer.status == 200
