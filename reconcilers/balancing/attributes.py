"""Attributes of balancers and target groups: bags of strings behind an API of their own, so kinds of their own.

Every attribute we know has AWS's default as its value unless the spec says otherwise, so taking one out of the spec
puts the default back. Attributes AWS adds later are not compared, and one that it does not tell, as older groups do not
tell `stickiness.app_cookie.*`, has its default (ledger 5.1, 5.2; findings.md, *elbv2*).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.balancing.described import attribute_list, attributes
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.balancing.target_group import BY_REQUEST, TargetGroup, group_protocol
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Partial, Resource
from reconcilers.topology import balanced, balancers
from specs import Instance
from specs.balancing import LoadBalancer as LoadBalancerSpec
from specs.container import TargetGroup as TargetGroupSpec

ALB_DEFAULTS = {
    "deletion_protection.enabled": "false",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "health_check_logs.s3.enabled": "false",
    "health_check_logs.s3.bucket": "",
    "health_check_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "routing.http2.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
NLB_DEFAULTS = {
    "deletion_protection.enabled": "false",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "load_balancing.cross_zone.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "zonal_shift.config.enabled": "false",
}
BALANCER_DEFAULTS = {"application": ALB_DEFAULTS, "network": NLB_DEFAULTS}
GROUP_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
    "stickiness.enabled": "false",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
}
CONNECTION_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300",
    "deregistration_delay.connection_termination.enabled": "false",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
}
"""Of groups of addresses behind a network load balancer."""
AS_MADE = frozenset(
    pair for each in (ALB_DEFAULTS, NLB_DEFAULTS, GROUP_DEFAULTS, CONNECTION_DEFAULTS) for pair in each.items()
)
"""What a new one has, whatever its type: no attribute that two types share has a default in one that the other takes
for something else."""


class LoadBalancerAttributes(Resource):
    load_balancer_arn: Immutable[Link]
    attributes: Partial[str]


class TargetGroupAttributes(Resource):
    target_group_arn: Immutable[Link]
    attributes: Partial[str]


class LoadBalancersAttributes(Reconciler[LoadBalancerAttributes]):
    kind = LoadBalancerAttributes
    needs = (LoadBalancer,)

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, LoadBalancerAttributes]]:
        for balancer in balancers(instance):
            of = Ref(LoadBalancer.key(instance.address, balancer.name), "arn")
            wanted = BALANCER_DEFAULTS[balancer.spec.type] | _balancer(balancer.spec)
            key = LoadBalancerAttributes.key(instance.address, balancer.name)
            yield key, LoadBalancerAttributes(load_balancer_arn=of, attributes=wanted)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[LoadBalancerAttributes]]:
        balancers = look.of(LoadBalancer)
        told = aws.parallel(lambda one: aws.elbv2.describe_load_balancer_attributes(LoadBalancerArn=one.id), balancers)
        for one, answer in zip(balancers, told, strict=True):
            found = LoadBalancerAttributes(
                load_balancer_arn=one.id,
                attributes=BALANCER_DEFAULTS[one.resource.type] | attributes(answer["Attributes"]),
            )
            yield Live(LoadBalancerAttributes.key(one.key.instance, one.key.part), one.id, found)

    def create(self, aws: Aws, key: Key, want: LoadBalancerAttributes, name: str) -> Made:
        """They come with their balancer; what is created is the difference from AWS's defaults."""
        if told := dict(want.attributes.items() - AS_MADE):
            aws.elbv2.modify_load_balancer_attributes(
                LoadBalancerArn=want.load_balancer_arn, Attributes=attribute_list(told)
            )
        return {"id": str(want.load_balancer_arn)}

    def update(
        self, aws: Aws, live: Live[LoadBalancerAttributes], want: LoadBalancerAttributes, changed: frozenset[str]
    ) -> None:
        told = {k: v for k, v in want.attributes.items() if live.resource.attributes.get(k) != v}
        aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=live.id, Attributes=attribute_list(told))

    def delete(self, aws: Aws, live: Live[LoadBalancerAttributes]) -> None:
        """They go with their balancer; only what stands in the way of that is taken down first (ledger 5.2)."""
        if live.resource.attributes.get("deletion_protection.enabled") == "true":
            off = {"deletion_protection.enabled": "false"}
            aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=live.id, Attributes=attribute_list(off))


class TargetGroupsAttributes(Reconciler[TargetGroupAttributes]):
    kind = TargetGroupAttributes
    needs = (TargetGroup,)
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, TargetGroupAttributes]]:
        for name, service in balanced(instance).items():
            of = Ref(TargetGroup.key(instance.address, name), "arn")
            protocol = group_protocol(instance, name)
            said = _group(service.target_group) if protocol in BY_REQUEST else _connections(service.target_group)
            wanted = _group_defaults(protocol) | said
            key = TargetGroupAttributes.key(instance.address, name)
            yield key, TargetGroupAttributes(target_group_arn=of, attributes=wanted)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[TargetGroupAttributes]]:
        groups = look.of(TargetGroup)
        told = aws.parallel(lambda one: aws.elbv2.describe_target_group_attributes(TargetGroupArn=one.id), groups)
        for one, answer in zip(groups, told, strict=True):
            found = TargetGroupAttributes(
                target_group_arn=one.id,
                attributes=_group_defaults(one.resource.protocol) | attributes(answer["Attributes"]),
            )
            yield Live(TargetGroupAttributes.key(one.key.instance, one.key.part), one.id, found)

    def create(self, aws: Aws, key: Key, want: TargetGroupAttributes, name: str) -> Made:
        if told := dict(want.attributes.items() - AS_MADE):
            aws.elbv2.modify_target_group_attributes(
                TargetGroupArn=want.target_group_arn, Attributes=attribute_list(told)
            )
        return {"id": str(want.target_group_arn)}

    def update(
        self, aws: Aws, live: Live[TargetGroupAttributes], want: TargetGroupAttributes, changed: frozenset[str]
    ) -> None:
        told = {k: v for k, v in want.attributes.items() if live.resource.attributes.get(k) != v}
        aws.elbv2.modify_target_group_attributes(TargetGroupArn=live.id, Attributes=attribute_list(told))

    def delete(self, aws: Aws, live: Live[TargetGroupAttributes]) -> None:
        """They go with their group."""

    def parent_of(self, live: Live[TargetGroupAttributes]) -> str:
        return str(live.resource.target_group_arn)


def _balancer(spec: LoadBalancerSpec) -> dict[str, str]:
    """What a spec says, in AWS's words; raw `attributes` win."""
    told = {
        "deletion_protection.enabled": _flag(spec.deletion_protection),
        **(_by_connection(spec) if spec.type == "network" else _by_request(spec)),
    }
    for name, logs in (("access_logs", spec.access_logs), ("connection_logs", spec.connection_logs)):
        if logs is not None:
            told |= {f"{name}.s3.enabled": "true", f"{name}.s3.bucket": logs.bucket, f"{name}.s3.prefix": logs.prefix}
    return told | dict(spec.attributes)


def _by_request(spec: LoadBalancerSpec) -> dict[str, str]:
    return {
        "idle_timeout.timeout_seconds": str(spec.idle_timeout),
        "client_keep_alive.seconds": str(spec.client_keep_alive),
        "routing.http.drop_invalid_header_fields.enabled": _flag(spec.drop_invalid_headers),
    }


def _by_connection(spec: LoadBalancerSpec) -> dict[str, str]:
    return {"load_balancing.cross_zone.enabled": _flag(spec.cross_zone)}


def _group_defaults(protocol: str) -> dict[str, str]:
    return GROUP_DEFAULTS if protocol in BY_REQUEST else CONNECTION_DEFAULTS


def _group(spec: TargetGroupSpec) -> dict[str, str]:
    told = {
        "deregistration_delay.timeout_seconds": str(spec.deregistration_delay),
        "load_balancing.algorithm.type": spec.algorithm,
        "slow_start.duration_seconds": str(spec.slow_start),
    }
    if spec.stickiness is not None:
        kind = "app_cookie" if spec.stickiness.cookie else "lb_cookie"
        told |= {"stickiness.enabled": "true", "stickiness.type": kind}
        told[f"stickiness.{kind}.duration_seconds"] = str(spec.stickiness.duration)
        if spec.stickiness.cookie:
            told["stickiness.app_cookie.cookie_name"] = spec.stickiness.cookie
    return told


def _connections(spec: TargetGroupSpec) -> dict[str, str]:
    return {
        "deregistration_delay.timeout_seconds": str(spec.deregistration_delay),
        "deregistration_delay.connection_termination.enabled": _flag(spec.connection_termination),
        "preserve_client_ip.enabled": _flag(spec.preserve_client_ip),
        "proxy_protocol_v2.enabled": _flag(spec.proxy_protocol),
        "stickiness.enabled": _flag(spec.stickiness is not None),
    }


def _flag(value: bool) -> str:  # noqa: FBT001  it is the value
    return "true" if value else "false"
