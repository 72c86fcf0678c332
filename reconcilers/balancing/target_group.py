"""Target groups: where a load balancer finds a service's tasks, and how it knows that they are well.

A group of type `ip` is made with port 80, which is never compared: ECS registers each target with its container port,
and health checks go to `traffic-port`. So a container port is no reason to replace one (ledger 5.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated

from reconcilers.aws import Aws
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Mark, Resource, Shape
from reconcilers.topology import balanced, balancer_link, balancer_of, front_of, services
from specs import Instance

BY_REQUEST = ("HTTP", "HTTPS")
"""The protocols of groups behind application load balancers."""
ABSENT = {"protocol_version": "ProtocolVersion", "health_check_path": "HealthCheckPath", "matcher": "Matcher"}
"""Members that AWS leaves out of groups and checks by connection."""


class Matcher(Shape):
    http_code: str = "200"


class TargetGroup(Resource):
    protocol: Immutable[str] = "HTTP"
    protocol_version: Immutable[str | None] = "HTTP1"
    """None behind a network load balancer."""
    target_type: Immutable[str] = "ip"
    ip_address_type: Immutable[str] = "ipv4"
    vpc_id: Immutable[str]
    health_check_enabled: bool = True
    health_check_protocol: str = "HTTP"
    health_check_port: str = "traffic-port"
    health_check_path: str | None = "/"
    """None, as the matcher, for checks that only open a connection."""
    health_check_interval_seconds: int = 30
    health_check_timeout_seconds: int = 5
    healthy_threshold_count: int = 5
    unhealthy_threshold_count: int = 2
    matcher: Matcher | None = Matcher()
    load_balancer: Annotated[Link | None, Mark(immutable=True, hidden=True)] = None
    """A group serves one balancer in its life: behind another one there is another group (ledger 5.1). None as long as
    no listener leads to it."""


class TargetGroups(Reconciler[TargetGroup]):
    kind = TargetGroup
    longest_name = 32
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Port": "ECS registers each target with its container port (ledger 5.1)",
        "TargetGroupArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, TargetGroup]]:
        for name, service in balanced(instance).items():
            check, protocol = service.health_check, group_protocol(instance, name)
            asks = check.protocol != "tcp"
            yield (
                TargetGroup.key(instance.address, name),
                TargetGroup(
                    protocol=protocol,
                    protocol_version="HTTP1" if protocol in BY_REQUEST else None,
                    vpc_id=facts.network(instance).vpc,
                    load_balancer=balancer_link(balancer_of(instance), facts),
                    health_check_protocol=(check.protocol or service.protocol).upper(),
                    health_check_path=check.path if asks else None,
                    health_check_interval_seconds=check.interval,
                    health_check_timeout_seconds=check.timeout,
                    healthy_threshold_count=check.healthy,
                    unhealthy_threshold_count=check.unhealthy,
                    matcher=Matcher(http_code=check.codes) if asks else None,
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
                    TargetGroup.from_aws(
                        group,
                        **{name: group.get(alias) for name, alias in ABSENT.items()},
                        load_balancer=next(iter(group["LoadBalancerArns"]), None),
                        tags=tags,
                    ),
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


def group_protocol(instance: Instance, name: str) -> str:
    """What the balancer speaks to a service's tasks. A TLS listener may hand on TLS or not; what comes in by TCP goes
    out by TCP (ledger 5.3)."""
    service, front = services(instance)[name], front_of(instance, name)
    if front.protocol in BY_REQUEST:
        return service.protocol.upper()
    return "TLS" if front.protocol == "TLS" and service.protocol == "https" else "TCP"


def _with_health(aws: Aws, live: Live[TargetGroup]) -> Live[TargetGroup]:
    """While two copies stand side by side, traffic moves when the new one has as many healthy targets."""
    told = aws.elbv2.describe_target_health(TargetGroupArn=live.id)["TargetHealthDescriptions"]
    healthy = sum(each["TargetHealth"]["State"] == "healthy" for each in told)
    return replace(live, attributes={**live.attributes, "healthy": str(healthy)})
