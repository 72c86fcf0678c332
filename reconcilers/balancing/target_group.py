"""Target groups: where a load balancer finds a service's tasks, and how it knows that they are well.

A group of type `ip` is made with port 80, which is never compared: ECS registers each target with its container port,
and health checks go to `traffic-port`. So a container port is no reason to replace one (ledger 5.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from reconcilers.aws import Aws
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.facts import Facts
from reconcilers.keys import Key
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Shape
from reconcilers.topology import services
from specs import Instance


class Matcher(Shape):
    http_code: str = "200"


class TargetGroup(Resource):
    protocol: Immutable[str] = "HTTP"
    protocol_version: Immutable[str] = "HTTP1"
    target_type: Immutable[str] = "ip"
    ip_address_type: Immutable[str] = "ipv4"
    vpc_id: Immutable[str]
    health_check_enabled: bool = True
    health_check_protocol: str = "HTTP"
    health_check_port: str = "traffic-port"
    health_check_path: str = "/"
    health_check_interval_seconds: int = 30
    health_check_timeout_seconds: int = 5
    healthy_threshold_count: int = 5
    unhealthy_threshold_count: int = 2
    matcher: Matcher = Matcher()


class TargetGroups(Reconciler[TargetGroup]):
    kind = TargetGroup
    longest_name = 32
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Port": "ECS registers each target with its container port (ledger 5.1)",
        "TargetGroupArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, TargetGroup]]:
        for name, service in services(instance).items():
            check = service.health_check
            yield (
                TargetGroup.key(instance.address, name),
                TargetGroup(
                    protocol=service.protocol.upper(),
                    vpc_id=facts.network(instance).vpc,
                    health_check_protocol=service.protocol.upper(),
                    health_check_path=check.path,
                    health_check_interval_seconds=check.interval,
                    health_check_timeout_seconds=check.timeout,
                    healthy_threshold_count=check.healthy,
                    unhealthy_threshold_count=check.unhealthy,
                    matcher=Matcher(http_code=check.codes),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[TargetGroup]]:
        seen = balancing(aws, look)
        found: dict[Key, list[Live[TargetGroup]]] = {}
        for group in seen.target_groups:
            arn, name = group["TargetGroupArn"], group["TargetGroupName"]
            tags = seen.tags.get(arn, {})
            if key := look.whose(TargetGroup, tags, natural=partial(self.named, look, name)):
                live = Live(
                    key,
                    arn,
                    TargetGroup.from_aws(group, tags=tags),
                    {"arn": arn, "name": name, "label": arn.split(":")[-1]},
                    busy=bool(group["LoadBalancerArns"]),
                )
                found.setdefault(key, []).append(live)
            else:
                look.taken(self.named(look, name), f"target group {name}")
        for copies in found.values():
            yield from copies if len(copies) == 1 else [_with_health(aws, copy) for copy in copies]

    def create(self, aws: Aws, key: Key, want: TargetGroup, name: str) -> Made:
        tags = tag_list(want.tags or {})
        group = aws.elbv2.create_target_group(Name=name, Port=80, **want.to_aws(), Tags=tags)["TargetGroups"][0]
        arn = group["TargetGroupArn"]
        return {"id": arn, "arn": arn, "name": name, "label": arn.split(":")[-1]}

    def update(self, aws: Aws, live: Live[TargetGroup], want: TargetGroup, changed: frozenset[str]) -> None:
        aws.elbv2.modify_target_group(TargetGroupArn=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[TargetGroup]) -> None:
        aws.elbv2.delete_target_group(TargetGroupArn=live.id)

    def tag(self, aws: Aws, live: Live[TargetGroup], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)


def _with_health(aws: Aws, live: Live[TargetGroup]) -> Live[TargetGroup]:
    """While two copies stand side by side, traffic moves when the new one has as many healthy targets."""
    told = aws.elbv2.describe_target_health(TargetGroupArn=live.id)["TargetHealthDescriptions"]
    healthy = sum(each["TargetHealth"]["State"] == "healthy" for each in told)
    return replace(live, attributes={**live.attributes, "healthy": str(healthy)})
