"""Who owns which part of the chain: a service that stands alone owns all of it, services of an Environment share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from reconcilers.facts import Facts, platform
from reconcilers.keys import Key, Link, Ref
from specs import Instance
from specs.apiservice import ApiServiceSpec
from specs.balancing import Listener, LoadBalancer
from specs.compute import Service
from specs.domain import ROOT, Domain
from specs.environment import EnvironmentSpec
from specs.stages import DEFAULT

TARGET_HEADER = "x-penstock-target"
"""API Gateway sets it, the listener's rules match it: how many services share one balancer (spec.md §3)."""


@dataclass(frozen=True, slots=True)
class Balancer:
    """One load balancer of the topology: whose it is, and what its spec says."""

    owner: Instance
    name: str
    """Its part in addresses: empty when the service owns its only one."""
    spec: LoadBalancer

    def part(self, word: str) -> str:
        """`https`, or `internal:https` where an Environment has several balancers."""
        return f"{self.name}:{word}" if self.name else word

    @property
    def network(self) -> bool:
        """Whether it balances connections, with a listener for each service, rather than requests by rules."""
        return self.spec.type == "network"


@dataclass(frozen=True, slots=True)
class Front:
    """The listener that leads to a service."""

    owner: Instance
    """Whose listener it is: the balancer's owner, or on a network load balancer the service's own instance."""
    part: str
    """Its part in addresses."""
    protocol: str
    """`HTTP`, `HTTPS`, `TCP` or `TLS`."""
    listener: Listener

    @property
    def port(self) -> int:
        return self.listener.port

    @property
    def key(self) -> Key:
        return Key(self.owner.address, "Listener", self.part)


def balancers(instance: Instance) -> Iterator[Balancer]:
    """The load balancers this instance owns: not those that somebody else looks after."""
    if isinstance(instance.spec, EnvironmentSpec):
        for name, spec in instance.spec.load_balancers.items():
            if spec.adopt is None:
                yield Balancer(instance, name, spec)
    elif not (instance.spec.load_balancer.shared or instance.spec.load_balancer.adopt or finds_tasks(instance)):
        yield Balancer(instance, "", instance.spec.load_balancer)


def balancer_of(instance: Instance) -> Balancer:
    """The load balancer in front of this ApiService's services."""
    spec = api(instance).load_balancer
    if spec.shared is None:
        return Balancer(instance, "", spec)
    home = platform(instance)
    assert isinstance(home.spec, EnvironmentSpec)
    return Balancer(home, spec.shared, home.spec.load_balancers[spec.shared])


def front_of(instance: Instance, service: str) -> Front:
    """Where a service is reached. On a network load balancer each service has a listener of its own."""
    balancer = balancer_of(instance)
    spec = balancer.spec
    if balancer.network:
        listener = spec.at(services(instance)[service].front_port)
        return Front(instance, service, spec.protocol(listener), listener)
    listener = spec.listeners[spec.front]
    return Front(balancer.owner, balancer.part(spec.front), spec.protocol(listener), listener)


def balancer_link(balancer: Balancer, facts: Facts, attribute: str = "arn") -> Ref | str:
    """The ARN of a balancer, its `dns_name` or its `label`. Raises Missing for an adopted one that is not there."""
    if balancer.spec.adopt is None:
        return Ref(Key(balancer.owner.address, "LoadBalancer", balancer.name), attribute)
    return str(getattr(facts.balancer(balancer.spec), attribute))


def front_link(instance: Instance, service: str, facts: Facts) -> Link:
    """The ARN of the listener that leads to a service: of an adopted application balancer its owner's."""
    balancer, front = balancer_of(instance), front_of(instance, service)
    if balancer.spec.adopt is None or balancer.network:
        return Ref(front.key, "arn")
    return facts.balancer(balancer.spec).listener(front.port)


def speaks_tls(instance: Instance, service: str) -> bool:
    """Whether whoever calls a service's listener has to speak TLS: to the balancer, or through a TCP port to the
    container."""
    front, spec = front_of(instance, service), balancer_of(instance).spec
    if spec.adopt is not None and spec.type == "application":
        return spec.gateway_tls is not None
    passed_on = front.protocol == "TCP" and services(instance)[service].protocol == "https"
    return front.listener.secure or passed_on


def api(instance: Instance) -> ApiServiceSpec:
    assert isinstance(instance.spec, ApiServiceSpec)
    return instance.spec


def speaks(instance: Instance, kind: str) -> bool:
    """Whether it is an ApiService whose API is of this type: `http`, `rest` …"""
    return not isinstance(instance.spec, EnvironmentSpec) and instance.spec.gateway.type == kind


def domain_of(instance: Instance) -> Domain | None:
    """The custom domain of an ApiService that has one."""
    return None if isinstance(instance.spec, EnvironmentSpec) else instance.spec.gateway.domain


def entrances(instance: Instance) -> tuple[str, ...]:
    """The VPC endpoints that lead to a private custom domain: its own, or else those of its API."""
    domain = domain_of(instance)
    if domain is None or api(instance).gateway.domain_endpoint != "private":
        return ()
    told = instance.contract.api if instance.contract is not None else {}
    return domain.vpc_endpoints or api(instance).gateway.vpc_endpoints or tuple(told.get("vpcEndpointIds", ()))


def main_stage(instance: Instance) -> str:
    """The stage that `url` means: the one named like the environment, else `$default`, else the first (cli.md §0)."""
    stages = api(instance).gateway.stages
    return next(name for name in (instance.environment, DEFAULT, *stages) if name in stages)


def mapped(instance: Instance) -> Mapping[str, str]:
    """The paths of the custom domain, `/` for all of it, with the stage that each leads to."""
    domain = domain_of(instance)
    return (domain.paths or {domain.path or ROOT: main_stage(instance)}) if domain is not None else {}


def services(instance: Instance) -> Mapping[str, Service]:
    """The ECS services of an ApiService; none for an Environment."""
    return {} if isinstance(instance.spec, EnvironmentSpec) else instance.spec.services


def defined(instance: Instance) -> Mapping[str, Service]:
    """The services whose task definitions are ours: the others bring one, with its roles and its logs."""
    return {name: service for name, service in services(instance).items() if service.is_ours}


def finds_tasks(instance: Instance) -> bool:
    """Whether API Gateway asks Cloud Map for the tasks, and no load balancer stands in between."""
    return _way(instance) == "cloudMap"


def _way(instance: Instance) -> str:
    """How API Gateway reaches the services of an ApiService; empty for an Environment."""
    return "" if isinstance(instance.spec, EnvironmentSpec) else instance.spec.gateway.integration


def balanced(instance: Instance) -> Mapping[str, Service]:
    """The services behind a load balancer: all of them, or none."""
    return {} if finds_tasks(instance) else services(instance)


def owns_platform(instance: Instance) -> bool:
    """Whether cluster and VPC link are this instance's own."""
    return instance.home is None


def has_api(instance: Instance) -> bool:
    """Whether requests come through API Gateway; else the load balancer is the front door."""
    return isinstance(instance.spec, EnvironmentSpec) or instance.spec.gateway.type != "none"


def by_internet(instance: Instance) -> bool:
    """Whether API Gateway calls the load balancer's public name, and not through a VPC link."""
    return _way(instance) == "internet"


def by_link_v1(instance: Instance) -> bool:
    """Whether API Gateway comes through a VPC link V1, which no security group knows: to the balancer of a WebSocket
    API, or of a REST API that asks for it."""
    return speaks(instance, "websocket") or _way(instance) == "linkV1"


def owns_link(instance: Instance) -> bool:
    """Whether the VPC link is this instance's own."""
    return owns_platform(instance) and has_api(instance) and not by_internet(instance) and not by_link_v1(instance)


def link_subnets(instance: Instance) -> Literal["private", "public"]:
    """The subnets that an instance's own link enters by."""
    return instance.spec.vpc_link.subnets if instance.spec.vpc_link is not None else "private"


def header_value(instance: Instance, service: str) -> str:
    return f"{instance.name}.{service}"


LINK, BALANCER = "vpcLink", "loadBalancer"
"""Parts of security groups. No service can be called so: names have no capitals."""


EVERY_PORT = (0, 65535)


def listener_ports(balancer: Balancer) -> tuple[tuple[int, int], ...]:
    """The ranges of ports on which a balancer listens. Which those of a shared network load balancer are, only the
    services that use it know."""
    if balancer.network and isinstance(balancer.owner.spec, EnvironmentSpec):
        return (EVERY_PORT,)
    if balancer.network:
        ports = {service.front_port for service in services(balancer.owner).values()}
    else:
        ports = {listener.port for listener in balancer.spec.listeners.values()}
    return tuple((port, port) for port in sorted(ports))
