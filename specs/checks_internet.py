"""Sense in `gateway.integration: internet`: API Gateway calls the load balancer as everybody could, and only a secret
header tells it from them."""

from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.finding import Finding
from specs.node import Steps

HERE: Steps = ("gateway", "integration")


def check_internet(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """A balancer that has no public name, sees no headers or lets nobody in; and what nobody heeds without a link."""
    shared = spec.load_balancer.shared is not None
    if balancer.type == "network":
        message = "a network load balancer sees no headers, so it could not tell API Gateway from anybody else"
        yield Finding("E1356", HERE, message, "use an application load balancer, or `integration: link`")
    elif balancer.scheme != "internet-facing":
        hint = "say `loadBalancer: {scheme: internet-facing}`, or `integration: link`"
        yield Finding("E1356", HERE, "nobody reaches an internal load balancer over the internet", hint)
    elif shared and not balancer.ingress:
        message = f"`{spec.load_balancer.shared}` lets in nobody but the VPC link"
        hint = "its Environment has to say who else may connect: `ingress: [0.0.0.0/0]`"
        yield Finding("E1356", HERE, message, hint)
    elif not balancer.listeners[balancer.front].secure:
        message = "requests and the secret header go in plain text"
        hint = "give a listener a certificate, and `gatewayTls: {serverName: …}` a public name that leads to it"
        yield Finding("E1357", HERE, message, hint, warning=True)
    if spec.vpc_link is not None and spec.vpc_link.model_fields_set:
        yield Finding("E1356", ("vpcLink",), "over the internet there is no VPC link", at_key=True)
