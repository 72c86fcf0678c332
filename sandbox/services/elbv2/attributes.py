"""Attributes are bags of strings: which keys there are depends on type and protocol, a describe tells all of them, a
modify merges, and an unknown key or value is refused.

Source: botocore's elbv2 model, documentation of LoadBalancerAttribute$Key, TargetGroupAttribute$Key and
ListenerAttribute$Key (defaults and ranges); which protocol has which: ledger 5.1-5.3 and the recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sandbox.kinds import Fields
from sandbox.services.elbv2.facts import bad
from sandbox.world import Resource


class Attribute(NamedTuple):
    default: str
    allowed: str | range  # a regular expression, or numbers

    def accepts(self, value: str) -> bool:
        if isinstance(self.allowed, range):
            return value.isdecimal() and int(value) in self.allowed
        return re.fullmatch(self.allowed, value) is not None


OFF, ON = Attribute("false", "true|false"), Attribute("true", "true|false")
TEXT = Attribute("", ".*")
_COUNT, _PERCENTAGE = Attribute("1", r"off|[1-9]\d*"), Attribute("off", r"off|[1-9]\d?|100")
_DAY = Attribute("86400", range(1, 604801))

_BALANCER = {
    "deletion_protection.enabled": OFF,
    "access_logs.s3.enabled": OFF,
    "access_logs.s3.bucket": TEXT,
    "access_logs.s3.prefix": TEXT,
    "ipv6.deny_all_igw_traffic": OFF,
    "zonal_shift.config.enabled": OFF,
}
APPLICATION = _BALANCER | {
    "idle_timeout.timeout_seconds": Attribute("60", range(1, 4001)),
    "client_keep_alive.seconds": Attribute("3600", range(60, 604801)),
    "connection_logs.s3.enabled": OFF,
    "connection_logs.s3.bucket": TEXT,
    "connection_logs.s3.prefix": TEXT,
    "health_check_logs.s3.enabled": OFF,
    "health_check_logs.s3.bucket": TEXT,
    "health_check_logs.s3.prefix": TEXT,
    "load_balancing.cross_zone.enabled": Attribute("true", "true"),  # always on, and not to be set: FIXED
    "routing.http.desync_mitigation_mode": Attribute("defensive", "monitor|defensive|strictest"),
    "routing.http.drop_invalid_header_fields.enabled": OFF,
    "routing.http.preserve_host_header.enabled": OFF,
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": OFF,
    "routing.http.xff_client_port.enabled": OFF,
    "routing.http.xff_header_processing.mode": Attribute("append", "append|preserve|remove"),
    "routing.http2.enabled": ON,
    "waf.fail_open.enabled": OFF,
}
NETWORK = _BALANCER | {
    "load_balancing.cross_zone.enabled": OFF,
    "dns_record.client_routing_policy": Attribute(
        "any_availability_zone",
        "availability_zone_affinity|partial_availability_zone_affinity|any_availability_zone",
    ),
    "secondary_ips.auto_assigned.per_subnet": Attribute("0", range(8)),
}
BALANCER = {"application": APPLICATION, "network": NETWORK, "gateway": {"load_balancing.cross_zone.enabled": OFF}}
FIXED = {"application": ("load_balancing.cross_zone.enabled",)}

_GROUP = {
    "deregistration_delay.timeout_seconds": Attribute("300", range(3601)),
    "stickiness.enabled": OFF,
    "load_balancing.cross_zone.enabled": Attribute(
        "use_load_balancer_configuration", "true|false|use_load_balancer_configuration"
    ),
    "target_group_health.dns_failover.minimum_healthy_targets.count": _COUNT,
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": _PERCENTAGE,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": _COUNT,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": _PERCENTAGE,
}
HTTP_GROUP = _GROUP | {
    "stickiness.type": Attribute("lb_cookie", "lb_cookie|app_cookie"),
    "stickiness.lb_cookie.duration_seconds": _DAY,
    "stickiness.app_cookie.cookie_name": Attribute("", "(?!AWSALB).*"),
    "stickiness.app_cookie.duration_seconds": _DAY,
    "slow_start.duration_seconds": Attribute("0", r"0|[3-9]\d|[1-8]\d\d|900"),
    "load_balancing.algorithm.type": Attribute("round_robin", "round_robin|least_outstanding_requests|weighted_random"),
    "load_balancing.algorithm.anomaly_mitigation": Attribute("off", "on|off"),
}
TCP_GROUP = _GROUP | {
    "stickiness.type": Attribute("source_ip", "source_ip"),
    "deregistration_delay.connection_termination.enabled": OFF,
    "preserve_client_ip.enabled": ON,
    "proxy_protocol_v2.enabled": OFF,
    "target_health_state.unhealthy.connection_termination.enabled": ON,
    "target_health_state.unhealthy.draining_interval_seconds": Attribute("0", range(360001)),
}
LAMBDA_GROUP = {"lambda.multi_value_headers.enabled": OFF}

_REQUEST = (
    *(f"x_amzn_mtls_clientcert{part}" for part in ("", "_serial_number", "_issuer", "_subject", "_validity", "_leaf")),
    "x_amzn_tls_version",
    "x_amzn_tls_cipher_suite",
)
_RESPONSE = (
    "strict_transport_security",
    *(f"access_control_allow_{what}" for what in ("origin", "methods", "headers", "credentials")),
    "access_control_expose_headers",
    "access_control_max_age",
    "content_security_policy",
    "x_content_type_options",
    "x_frame_options",
)
HTTP_LISTENER = {"routing.http.response.server.enabled": ON} | {
    f"routing.http.response.{name}.header_value": TEXT for name in _RESPONSE
}
HTTPS_LISTENER = HTTP_LISTENER | {f"routing.http.request.{name}.header_name": TEXT for name in _REQUEST}
TCP_LISTENER = {"tcp.idle_timeout.seconds": Attribute("350", range(60, 6001))}

Bag = dict[str, Attribute]


def of_balancer(balancer: Resource) -> Bag:
    return BALANCER[balancer["Type"]]


def of_group(group: Resource) -> Bag:
    """Which keys a target group has follows its protocol (ledger 5.1; recorded answers 1 and 2)."""
    if group["TargetType"] == "lambda":
        return LAMBDA_GROUP
    if group["Protocol"] in ("HTTP", "HTTPS"):
        return HTTP_GROUP
    by_address = group["TargetType"] == "ip" and group["Protocol"] in ("TCP", "TLS")
    return TCP_GROUP | ({"preserve_client_ip.enabled": OFF} if by_address else {})


def of_listener(listener: Resource) -> Bag:
    by_protocol = {"HTTP": HTTP_LISTENER, "HTTPS": HTTPS_LISTENER, "TCP": TCP_LISTENER}
    return by_protocol.get(listener["Protocol"], {})


def defaults(bag: Bag) -> dict[str, str]:
    return {key: each.default for key, each in bag.items()}


SOMETIMES = frozenset({"ipv6.deny_all_igw_traffic"})
"""Attributes that AWS tells only of those that have them (recorded)."""


def told(resource: Resource, bag: Bag) -> Fields:
    """All of them, as a describe does: what was set, and the default of what was not."""
    kept = resource.hidden.setdefault("attributes", {})
    shown = {key: kept.get(key, each.default) for key, each in bag.items() if key in kept or key not in SOMETIMES}
    return {"Attributes": [{"Key": key, "Value": value} for key, value in shown.items()]}


def merge(resource: Resource, bag: Bag, changes: Iterable[Fields], fixed: tuple[str, ...] = ()) -> Fields:
    """Omitted ones keep their value; nothing is kept when one of the changes is refused."""
    wanted = {change["Key"]: change.get("Value", "") for change in changes}
    for key, value in wanted.items():
        if key not in bag:
            raise bad(f"attribute key '{key}' is not recognized")
        if key in fixed:
            raise bad(f"attribute key '{key}' cannot be changed on this resource")
        if not bag[key].accepts(value):
            raise bad(f"'{value}' is not a valid value for attribute '{key}'")
    resource.hidden["attributes"] = resource.hidden.get("attributes", {}) | wanted
    return told(resource, bag)
