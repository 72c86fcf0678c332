"""What others do in AWS before a scene begins: somebody at the console, a script, another tool, autoscaling.

Some of it is drift, and has to be put back without anything being replaced that can be changed; some of it they have
every right to, and then nothing may be written at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from controller.removal import retain
from controller.seen import Seen
from reconcilers import BY_KIND, Aws, Live
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.compute.service import Service
from reconcilers.gateway.integration import Integration
from reconcilers.gateway.stage import Stage
from reconcilers.network.security_group import SecurityGroup
from reconcilers.resource import Resource
from tests.laws.by_hand import ALONG, BY_HAND, IMPOSSIBLE, MOVES
from tests.laws.fields import Path, all_fields, present, put
from tests.laws.samples import SAMPLES, Known
from tests.world import World

Hand = Callable[[World, Seen], None]
DEFAULT = {"Name": "group-name", "Values": ["default"]}
BY_HAND_ONLY = {"added": "by-hand"}
MOST = 6
"""How many things are changed in one drift at most."""
SETTLE = 60.0
"""Seconds between two of them: API Gateway and ECS are busy for a while after each."""
FIELDS: Mapping[str, tuple[Path, ...]] = {
    kind: tuple(
        path
        for path in all_fields()
        if path.kind.__name__ == kind and not path.top.immutable and str(path) in SAMPLES
        if str(path) not in {*BY_HAND, *ALONG, *IMPOSSIBLE, *MOVES}
    )
    for kind in BY_KIND
}
"""By kind, what its own update can change alone."""


def do(world: World, seen: Seen, name: str) -> None:
    """What a scene says was done: `copied`, `drift 7` …"""
    if name in HANDS:
        HANDS[name](world, seen)
    else:
        drifted(world, seen, int(name.removeprefix("drift ")))
    world.clock.sleep(600)


# ---- drift: several fields and objects, one after another, as a seed says


def drifted(world: World, seen: Seen, seed: int) -> None:
    random, aws = Random(seed), world.connect()
    lives = sorted((live for live in seen.fleet.lives if live.key in seen.graph), key=lambda live: str(live.key))
    left = random.randint(1, MOST)
    acts = [act for live in lives for act in _acts(aws, live)]
    for act in random.sample(acts, len(acts)):
        if not left:
            return
        try:
            act()
        except Exception:
            continue
        left -= 1
        world.clock.sleep(SETTLE)


def _acts(aws: Aws, live: Live[Any]) -> Iterator[Callable[[], Any]]:
    """All that somebody may do to one resource: change a field, take a tag off it, delete it."""
    verbs = BY_KIND[live.key.kind]
    if not verbs.reissues:  # what is registered anew is not changed
        for path, other in _others(live):
            yield partial(verbs.update, aws, live, other, frozenset({path.top.name}))
    if labels := [name for name in live.resource.tags or {} if not name.startswith("penstock:")]:
        yield lambda: verbs.tag(aws, live, {labels[0]: "by hand"}, ())
        yield lambda: verbs.tag(aws, live, {}, (labels[0],))
    yield lambda: verbs.delete(aws, live)


def _others(live: Live[Any]) -> Iterator[tuple[Path, Resource]]:
    """Each field that this resource has, with a value that it has not."""
    for path in FIELDS[live.key.kind]:
        if (found := present(live.resource, path)) is not None:
            samples = (each for each in SAMPLES[str(path)] if not isinstance(each, Known))
            other = next((each for each in samples if each != found[1]), None)
            if other is not None:
                yield path, put(live.resource, path, other)


# ---- what others may do


def _retained(world: World, seen: Seen) -> None:
    """`delete --retain` was said: everything has our names and nothing says any more that it is ours."""
    retain(world.connect(), sorted(seen.scope))


def _counted(world: World, seen: Seen) -> None:
    """Autoscaling adds a task."""
    for live in seen.fleet.of(Service):
        name, cluster, count = live.attributes["name"], live.resource.cluster, live.resource.desired_count
        assert isinstance(count, int)
        world.boto("ecs").update_service(cluster=cluster, service=name, desiredCount=count + 1)


def _reordered(world: World, seen: Seen) -> None:
    """Somebody says again what is so already, in another order."""
    for balancer in seen.fleet.of(LoadBalancer):
        world.boto("elbv2").set_subnets(LoadBalancerArn=balancer.id, Subnets=[*reversed(balancer.resource.subnets)])
    for service in seen.fleet.of(Service):
        told = service.resource.to_aws()["networkConfiguration"]
        told["awsvpcConfiguration"]["subnets"] = [*reversed(told["awsvpcConfiguration"]["subnets"])]
        world.boto("ecs").update_service(
            cluster=service.resource.cluster, service=service.attributes["name"], networkConfiguration=told
        )


# ---- what they may not


def _copied(world: World, seen: Seen) -> None:
    """An integration is there twice, and the copy comes first in every list."""
    gateway = world.boto("apigatewayv2")
    [api] = {live.resource.api_id for live in seen.fleet.of(Integration)}
    [mine, *_] = gateway.get_integrations(ApiId=api)["Items"]
    asked = gateway.meta.service_model.operation_model("CreateIntegration").input_shape.members
    copy = {name: value for name, value in mine.items() if name in asked}
    made = mine["IntegrationId"]
    while made >= mine["IntegrationId"]:
        made = gateway.create_integration(ApiId=api, **copy)["IntegrationId"]


def _regrouped(world: World, seen: Seen) -> None:
    """The load balancer is in its VPC's own security group instead of ours."""
    for live in seen.fleet.of(LoadBalancer):
        where = [{"Name": "vpc-id", "Values": [seen.fleet.of(SecurityGroup)[0].resource.vpc_id]}]
        groups = world.boto("ec2").describe_security_groups(Filters=[*where, DEFAULT])["SecurityGroups"]
        world.boto("elbv2").set_security_groups(LoadBalancerArn=live.id, SecurityGroups=[groups[0]["GroupId"]])


def _varied(world: World, seen: Seen) -> None:
    """A stage has a variable more."""
    gateway = world.boto("apigatewayv2")
    for live in seen.fleet.of(Stage):
        gateway.update_stage(
            ApiId=live.resource.api_id, StageName=live.resource.stage_name, StageVariables=BY_HAND_ONLY
        )


HANDS: Mapping[str, Hand] = {
    "retained": _retained,
    "counted": _counted,
    "reordered": _reordered,
    "copied": _copied,
    "regrouped": _regrouped,
    "varied": _varied,
}
