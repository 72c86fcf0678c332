"""Changes while people call: a request every 50 ms, and not one of them fails.

At every moment, after every single call to AWS, each group that a rule sends traffic to holds a healthy target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from drift import Action
from reconcilers.balancing.target_group import TargetGroup, TargetGroups
from sandbox.services.elbv2 import RULE, TARGET_GROUP
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World


class Traffic:
    """People who call twenty times a second, and somebody who watches the balancer's rules."""

    def __init__(self, world: World):
        self.world, self.api = world, world.api()
        self.answers: Counter[str] = Counter()
        self.dark: list[str] = []

    def call(self) -> None:
        answer = self.world.request(self.api).answer
        self.answers[f"{answer.status} {answer.why}"] += 1

    def watch(self, event: dict[str, Any]) -> None:
        self.call()
        aws = self.world.sandbox.world(ACCOUNT, REGION)
        for rule in aws.all(RULE):
            for action in rule["Actions"]:
                for each in action.get("ForwardConfig", {}).get("TargetGroups", ()):
                    group = aws.get(TARGET_GROUP, each["TargetGroupArn"])
                    healthy = any(target.state == "healthy" for target in group.hidden["targets"].values())
                    if each["Weight"] > 0 and not healthy:
                        self.dark.append(f"{group.id} after {event['detail']['eventName']}")

    @property
    def failed(self) -> dict[str, int]:
        return {told: times for told, times in self.answers.items() if not told.startswith("200")}


@contextmanager
def traffic(world: World) -> Iterator[Traffic]:
    people = Traffic(world)
    world.clock.meanwhile = people.call
    world.sandbox.watchers.append(people.watch)
    yield people
    world.clock.meanwhile = None
    world.sandbox.watchers.clear()
    assert people.answers.total() > 100
    assert not people.failed
    assert not people.dark


def target_groups(world: World) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = world.boto("elbv2").describe_target_groups()["TargetGroups"]
    return groups


def test_a_container_port_changes_without_a_failed_request(world: World):
    world.write(alone())
    world.settle()
    [before] = target_groups(world)
    with traffic(world):
        world.write(alone(services={"web": service(port=9090)}))
        world.settle()
    [after] = target_groups(world)
    assert after["TargetGroupArn"] == before["TargetGroupArn"], "a port is no reason to replace a target group"
    rules = world.boto("ec2").describe_security_group_rules()["SecurityGroupRules"]
    ours = [each for each in rules if any(tag["Key"] == "penstock:key" for tag in each["Tags"])]
    assert {each["FromPort"] for each in ours if not each["IsEgress"]} == {80, 9090}, "the old port's rule is gone"


def test_an_image_changes_without_a_failed_request(world: World):
    world.write(alone())
    world.settle()
    with traffic(world):
        world.write(alone(services={"web": service("web:2")}))
        world.settle()
    [arn] = world.boto("ecs").list_services(cluster=world.boto("ecs").list_clusters()["clusterArns"][0])["serviceArns"]
    assert "web:2" in str(revision_of(world, arn))


def revision_of(world: World, arn: str) -> Any:
    ecs = world.boto("ecs")
    [found] = ecs.describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
    return ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]


@pytest.fixture
def speaking_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """No field of a spec is immutable in a target group yet, so the story wants another protocol by itself."""
    desired = TargetGroups.desired

    def https(self: TargetGroups, *asked: Any) -> Iterator[Any]:
        for key, want in desired(self, *asked):
            yield key, want.model_copy(update={"protocol": "HTTPS", "health_check_protocol": "HTTPS"})

    monkeypatch.setattr(TargetGroups, "desired", https)


@pytest.mark.parametrize("edited", [True, False])
def test_a_target_group_is_replaced_without_a_failed_request(world: World, request: Any, *, edited: bool):
    world.write(alone())
    world.settle()
    [before] = target_groups(world)
    request.getfixturevalue("speaking_https")
    with traffic(world):
        if edited:
            world.write(alone(gateway={"description": "now with TLS to the tasks"}))
        replaced = [each.key.kind for each in world.look().plan if each.action is Action.REPLACE]
        assert replaced == [TargetGroup.__name__]
        world.settle()
    [after] = target_groups(world)
    assert (before["Protocol"], after["Protocol"]) == ("HTTP", "HTTPS")
    assert world.look().plan.changes == ()


def test_a_replacement_goes_on_where_another_process_left_it(world: World, request: Any):
    """Each pass is another process: nothing but AWS remembers how far the replacement has come."""
    world.write(alone())
    world.settle()
    request.getfixturevalue("speaking_https")
    with traffic(world):
        for _ in range(120):
            world.restart()
            outcomes, seen = world.once()
            assert [each.error for each in outcomes if each.result == "rejected"] == []
            if not outcomes and not seen.plan and not seen.plan.settling:
                break
            world.clock.sleep(10)
    [after] = target_groups(world)
    assert after["Protocol"] == "HTTPS"


def test_one_of_two_services_is_replaced_while_both_answer(world: World, monkeypatch: pytest.MonkeyPatch):
    routes = {"GET /": "web", "GET /other": "other"}
    world.write(alone(services={"web": service(), "other": service()}, gateway={"routes": routes}))
    world.settle()
    desired = TargetGroups.desired

    def one(self: TargetGroups, *asked: Any) -> Iterator[Any]:
        for key, want in desired(self, *asked):
            yield key, want.model_copy(update={"protocol_version": "HTTP2"} if key.part == "web" else {})

    monkeypatch.setattr(TargetGroups, "desired", one)
    with traffic(world):
        world.settle()
    assert sorted(each["ProtocolVersion"] for each in target_groups(world)) == ["HTTP1", "HTTP2"]
