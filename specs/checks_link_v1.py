"""Sense in a VPC link V1: one network load balancer for itself, and no security group that knows it.

A WebSocket API has no other link, a REST API asks for it with `integration: linkV1` (ledger 6.1; API Gateway developer
guide, set-up-private-integration).
"""

from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.finding import Finding
from specs.node import Steps

HERE: Steps = ("gateway", "integration")
STEPS: Steps = ("loadBalancer",)


def by_link_v1(spec: ApiServiceSpec) -> bool:
    """Whether API Gateway comes through a VPC link V1."""
    return spec.gateway.type == "websocket" or spec.gateway.integration == "linkV1"


def check_link_v1(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """An API that has no such link, and a load balancer that it cannot lead to or that would turn it away."""
    socket = spec.gateway.type == "websocket"
    if spec.gateway.type == "http":
        message = "an HTTP API goes through VPC links V2 only"
        yield Finding("E1350", HERE, message, "use `integration: link`, or make it `type: rest`")
    if balancer.adopt is not None and socket:
        message = "a WebSocket API behind a load balancer of somebody else's is not there yet: it comes later"
        yield Finding("E1102", STEPS, message, at_key=True)
    if spec.load_balancer.shared is not None:
        message = "a VPC link V1 takes a network load balancer for itself (ledger 6.1)"
        hint = "give this one its own: `loadBalancer: {type: network}`"
        yield Finding("E1358", (*STEPS, "shared"), message, hint)
    elif balancer.type != "network":
        message = "a VPC link V1 leads to network load balancers only"
        hint = "say `type: network`" if socket else "say `type: network`, or `integration: link`"
        yield Finding("E1358", (*STEPS, "type"), message, hint, at_key=True)
    elif balancer.adopt is None and balancer.enforce_private_link_rules:
        message = "the groups of the load balancer would turn the VPC link V1 away (ledger 5.2)"
        yield Finding("E1358", (*STEPS, "enforcePrivateLinkRules"), message, "leave it out", at_key=True)
    if spec.vpc_link is not None and spec.vpc_link.model_fields_set:
        message = "its link leads to the load balancer, not into subnets"
        yield Finding("E1358", ("vpcLink",), message, at_key=True)
