"""Fields and values of the language that are not there yet, refused by name so that nobody believes them obeyed.

One table for fields, one for values, one for values that will never be there. A key is the way through the document
with `*` for any name; inside `environments.<name>` and `Environment.defaults` the same entries hold. The words end the
sentence "`spec.gateway.domain` is not there yet: … later".
"""

import re
from collections.abc import Mapping, Sequence

REST = "REST APIs come"
FIELDS: Mapping[str, str] = {
    "spec/policy": "an Environment's guard rails come",
    "spec/usagePlans": REST,
    "spec/timeouts": "conditions about what takes too long come",
    "spec/network/managed": "networks of Penstock's own come",
    "spec/cluster/exec": "logged and encrypted exec sessions come",
    "spec/vpcLink/securityGroups": "links with groups of yours come",
    "spec/gateway/accessLogs/kmsKey": "encrypted log groups come",
    "spec/gateway/accessLogs/fields": "log lines of your own come",
    "spec/loadBalancer/listeners/*/purpose": "blue/green, canary and linear deployments come",
    "spec/services/*/volumes": "EFS volumes come",
    "spec/services/*/connect": "Service Connect comes",
    "spec/services/*/alarms": "alarms come",
    "spec/services/*/scaling/schedules": "scheduled scaling comes",
    "spec/services/*/deployment/canary": "blue/green, canary and linear deployments come",
    "spec/services/*/deployment/linear": "blue/green, canary and linear deployments come",
    "spec/services/*/deployment/bake": "blue/green, canary and linear deployments come",
    "spec/services/*/deployment/alarms": "rollback on alarms comes",
    "spec/services/*/deployment/hooks": "deployment hooks come",
    "spec/services/*/logs/kmsKey": "encrypted log groups come",
    "spec/services/*/capacity/*": "EC2 capacity providers come",
    "spec/services/*/permissions/*/effect": "statements that deny come",
    "spec/services/*/sidecars/*/port": "sidecars with ports come",
    "spec/observability/alarms": "alarms come",
    "spec/observability/dashboard": "dashboards come",
    "spec/observability/logs/kmsKey": "encrypted log groups come",
    "spec/drift/windows": "maintenance windows come",
}
DEPLOYMENTS = "blue/green, canary and linear deployments come"
VALUES: Mapping[str, Mapping[str, str]] = {
    "spec/network": {"managed": "networks of Penstock's own come"},
    "spec/network/egress": {"nat": "NAT gateways come", "endpoints": "VPC endpoints come"},
    "spec/services/*/deployment/strategy": {"blueGreen": DEPLOYMENTS, "canary": DEPLOYMENTS, "linear": DEPLOYMENTS},
    "spec/services/*/protocol": {
        "http2": "HTTP/2 to the container comes",
        "grpc": "gRPC to the container comes",
    },
    "spec/services/*/capacity": {"*": "EC2 capacity providers come"},
}
CLASSIC = (
    "ECS puts tasks on Fargate behind application and network load balancers only (ECS guide, service-load-balancing), "
    "and no VPC link leads to a classic one (API Gateway guide, vpc-links)"
)
MOVE = "write `network` for its TCP listeners or `application` for its HTTP ones, and move the callers"
# Values that AWS has no place for with what runs here: its rule with the source, and what to write instead.
IMPOSSIBLE: Mapping[str, Mapping[str, tuple[str, str]]] = {"spec/loadBalancer/type": {"classic": (CLASSIC, MOVE)}}
# What a value pattern must not catch although it says "any other": the values that are there.
PRESENT: Mapping[str, frozenset[str]] = {
    "spec/services/*/capacity": frozenset({"FARGATE", "FARGATE_SPOT"}),
}


def _normal(steps: Sequence[str | int]) -> tuple[str, ...]:
    """The way as the tables know it: patches and defaults are specs, an Environment's balancers are balancers."""
    way = tuple(str(step) for step in steps)
    if way[:2] == ("spec", "environments"):
        way = ("spec", *way[3:])
    elif way[:3] == ("spec", "defaults", "services"):
        way = ("spec", "services", "*", *way[3:])
    elif way[:2] == ("spec", "defaults"):
        way = ("spec", *way[2:])
    elif way[:2] == ("spec", "loadBalancers"):
        way = ("spec", "loadBalancer", *way[3:])
    return way


def _matching(table: Mapping[str, object], steps: Sequence[str | int]) -> str | None:
    way = _normal(steps)
    for pattern in table:
        known = pattern.split("/")
        if len(known) == len(way) and all(one in ("*", other) for one, other in zip(known, way, strict=True)):
            return pattern
    return None


def field(steps: Sequence[str | int]) -> str:
    """What comes later for the field at the end of these steps; empty for a field nobody knows."""
    pattern = _matching(FIELDS, steps)
    return f"{FIELDS[pattern]} later" if pattern else ""


def value(steps: Sequence[str | int], written: object) -> str:
    """What comes later for this value there; empty for a value that is there, or that nobody knows."""
    pattern = _matching(VALUES, steps) if isinstance(written, str) else None
    if pattern is None or written in PRESENT.get(pattern, ()):
        return ""
    words = VALUES[pattern]
    known = words.get(str(written)) or (words.get("*") if re.fullmatch(r"[\w$:.-]+", str(written)) else None)
    return f"{known} later" if known else ""


def impossible(steps: Sequence[str | int], written: object) -> tuple[str, str] | None:
    """AWS's rule against this value there, and what to write instead; None for a value that may be."""
    pattern = _matching(IMPOSSIBLE, steps) if isinstance(written, str) else None
    return IMPOSSIBLE[pattern].get(str(written)) if pattern else None


def values(steps: Sequence[str | int]) -> tuple[str, ...]:
    """The values that come later there: an error lists them beside the present ones."""
    pattern = _matching(VALUES, steps)
    return tuple(word for word in VALUES[pattern] if word != "*") if pattern else ()
