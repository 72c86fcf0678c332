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
