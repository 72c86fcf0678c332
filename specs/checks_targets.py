"""Sense in what services ask of their load balancer: how it checks and reaches them, and who has which port."""

from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.checks_balancer_types import foreign
from specs.compute import Service
from specs.container import HealthCheck, TargetGroup
from specs.finding import Finding
from specs.node import Steps


def check_targets(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """What is wrong with the services behind this balancer."""
    for name, service in spec.services.items():
        yield from _service(service, balancer, ("services", name))
    if balancer.type == "network":
        yield from _ports(spec, balancer, api=spec.gateway.type != "none")


def _service(service: Service, balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    yield from foreign(service.target_group, balancer.type, (*steps, "targetGroup"))
    yield from _health(service.health_check, balancer, (*steps, "healthCheck"))
    if balancer.type == "application":
        if service.listener_port is not None:
            message = "the services of an application load balancer share its listeners"
            yield Finding("E1340", (*steps, "listenerPort"), message, at_key=True)
        return
    if service.scaling is not None and service.scaling.requests is not None:
        message = "a network load balancer counts no requests; scale on `cpu` or `memory`"
        yield Finding("E1340", (*steps, "scaling", "requests"), message, at_key=True)
    yield from _by_address(service.target_group, balancer.at(service.front_port).secure, (*steps, "targetGroup"))


def _by_address(group: TargetGroup, secure: bool, steps: Steps) -> Iterator[Finding]:  # noqa: FBT001  it is the fact
    """A network balancer tells clients apart by address, and knows no cookies."""
    sticky = group.stickiness
    for field in sorted(sticky.model_fields_set) if sticky is not None else ():
        message = "a network load balancer knows no cookies: it sends an address to the same task for good"
        yield Finding("E1340", (*steps, "stickiness", field), message, "write `stickiness: {}`", at_key=True)
    if sticky is not None and secure:
        message = "connections of a TLS listener do not stick (elbv2 TargetGroupAttribute, stickiness.type)"
        yield Finding("E1340", (*steps, "stickiness"), message, at_key=True)


def _health(check: HealthCheck, balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    if check.protocol != "tcp":
        return
    if balancer.type == "application":
        message = "an application load balancer asks by HTTP or HTTPS only"
        yield Finding("E1340", (*steps, "protocol"), message)
    for field in sorted(check.model_fields_set & {"path", "codes"}):
        yield Finding("E1340", (*steps, field), "a check by TCP opens a connection and asks for nothing", at_key=True)


def _ports(spec: ApiServiceSpec, balancer: LoadBalancer, *, api: bool) -> Iterator[Finding]:
    """A listener leads to one service, and on a shared balancer nobody gets a port by accident."""
    shared = spec.load_balancer.shared is not None
    ports: dict[int, list[str]] = {}
    for name, service in spec.services.items():
        ports.setdefault(service.front_port, []).append(name)
        if shared and service.listener_port is None:
            message = "a service on a shared network load balancer has to say its `listenerPort`"
            yield Finding("E1341", ("services", name), message, at_key=True)
        if api:
            yield from _spoken(name, service, balancer)
    for port, names in ports.items():
        for name in names if len(names) > 1 else ():
            others = ", ".join(f"`{each}`" for each in names if each != name)
            where: Steps = ("services", name, "listenerPort" if spec.services[name].listener_port else "port")
            message = f"{others} has port {port} of the load balancer too"
            yield Finding("E1341", where, message, "give each a `listenerPort` of its own", at_key=True)
    for name, listener in balancer.listeners.items() if not shared else ():
        if listener.port not in ports:
            message = f"no service has port {listener.port}"
            yield Finding("E1341", ("loadBalancer", "listeners", name), message, "write it as its `listenerPort`")


def _spoken(name: str, service: Service, balancer: LoadBalancer) -> Iterator[Finding]:
    """Through a plain port what the container speaks goes all the way, so a container with TLS needs a name for it."""
    passed_on = service.protocol == "https" and not balancer.at(service.front_port).secure
    if passed_on and balancer.gateway_tls is None:
        message = "a TCP port passes TLS on to the container, and API Gateway does not know the name to verify"
        hint = "add `gatewayTls: {serverName: …}` to the load balancer"
        yield Finding("E1307", ("services", name, "protocol"), message, hint)
