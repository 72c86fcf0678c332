"""An HTTP API whose requests go straight to the tasks that Cloud Map knows, without a load balancer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.output.topology import topologies
from controller.status import summarise
from specs import load_text
from tests.stories.writing import alone, environment, service, shared
from tests.world import World

TASKS = {"integration": "cloudMap", "routes": {"GET /a/{proxy+}": "web", "$default": "jobs"}}


def two(**web: Any) -> dict[str, Any]:
    return {"web": bare(**web), "jobs": bare(port=3000)}


def bare(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in (service() | more).items() if name != "healthCheck" or name in more}


def answered(world: World, path: str, name: str = "hello") -> dict[str, Any]:
    walked = world.request(world.api(name), path)
    assert walked.answer.status == 200, walked.answer.why
    return dict(walked.hops) | json.loads(walked.answer.body)


def test_the_tasks_themselves_are_behind_the_api(world: World):
    """Applied, called, changed by hand, edited and deleted; there is never a load balancer."""
    cloud, ecs = world.boto("servicediscovery"), world.boto("ecs")
    world.write(alone(gateway=TASKS, services=two()))
    world.settle()
    told = answered(world, "/a/7")
    assert (told["path"], "listener" in told) == ("/a/7", False)
    assert told["instance"].endswith(":8080")
    assert answered(world, "/other")["instance"].endswith(":3000")
    assert world.boto("elbv2").describe_load_balancers()["LoadBalancers"] == []
    seen = world.look()
    [picture] = topologies(seen, summarise(world.aws, seen))
    assert {str(chain[-1].key) for chain in picture.chains} == {"Service/web", "Service/jobs"}
    assert not world.look().plan.changes

    # somebody takes the door of the tasks away, and lets another in
    [group] = [
        each["GroupId"]
        for each in world.boto("ec2").describe_security_groups()["SecurityGroups"]
        if each["GroupName"].startswith("hello-web-")
    ]
    rules = world.boto("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    [ingress] = [each for each in rules["SecurityGroupRules"] if not each["IsEgress"]]
    world.boto("ec2").revoke_security_group_ingress(
        GroupId=group, SecurityGroupRuleIds=[ingress["SecurityGroupRuleId"]]
    )
    assert world.request(world.api("hello"), "/a/7").answer.status == 503
    world.settle()
    assert answered(world, "/a/7")

    # another port and image roll in; the registry follows
    world.write(alone(gateway=TASKS, services=two(image="web:2", port=9090)))
    world.settle()
    assert answered(world, "/a/7")["instance"].endswith(":9090")
    assert not world.look().plan.changes

    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert cloud.list_namespaces()["Namespaces"] == []
    assert cloud.list_services()["Services"] == []
    assert ecs.list_clusters()["clusterArns"] == []


def test_a_load_balancer_goes_when_the_tasks_are_found_without_it_and_comes_again(world: World):
    elbv2, through = world.boto("elbv2"), {**TASKS, "integration": "link"}
    for gateway, balancers in ((through, 1), (TASKS, 0), (through, 1)):
        world.clock.sleep(600)  # the tag index knows by then which spec was applied last
        world.write(alone(gateway=gateway, services=two()))
        world.settle()
        assert answered(world, "/a/7")["path"] == "/a/7"
        assert len(elbv2.describe_load_balancers()["LoadBalancers"]) == balancers
        assert len(elbv2.describe_target_groups()["TargetGroups"]) == 2 * balancers
        assert len(world.boto("servicediscovery").list_services()["Services"]) == 2 * (1 - balancers)
        assert not world.look().plan.changes


def test_in_an_environment_its_link_is_shared_and_its_balancers_are_not_asked(world: World):
    world.write(environment(), "environment.yaml")
    world.write(shared("hello", gateway=TASKS, services=two()))
    world.settle()
    assert answered(world, "/a/7", "hello/prod")["instance"].endswith(":8080")
    assert world.boto("elbv2").describe_target_groups()["TargetGroups"] == []


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"gateway": {**TASKS, "type": "rest", "defaults": {"authorizer": "none"}}}, "only HTTP APIs"),
        ({"gateway": TASKS, "loadBalancer": {"type": "network"}}, "API Gateway calls the tasks themselves"),
        ({"gateway": TASKS, "services": two(listenerPort=81)}, "no load balancer that heeds it"),
        ({"gateway": TASKS, "services": two(healthCheck="/up")}, "no load balancer that heeds it"),
        ({"gateway": TASKS, "services": two(targetGroup={"deregistrationDelay": "5s"})}, "no load balancer that"),
        ({"gateway": TASKS, "services": two(count=None, scaling={"requests": 5})}, "no load balancer that heeds it"),
    ],
)
def test_what_only_a_load_balancer_heeds_is_refused(spec: dict[str, Any], words: str):
    text = alone(**{"services": two(), **spec})
    assert any(words in each.message and each.code == "E1359" for each in load_text(text).problems), load_text(text)
