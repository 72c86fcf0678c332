"""Who owns which part of the chain: a service that stands alone owns all of it, services of an Environment share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconcilers.facts import platform
from specs import Instance
from specs.apiservice import ApiServiceSpec
from specs.balancing import Listener, LoadBalancer
from specs.compute import Service
from specs.environment import EnvironmentSpec

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
    def front(self) -> tuple[str, Listener]:
        """The listener that API Gateway calls: the HTTPS one where there is one."""
        listeners = list(self.spec.listeners.items())
        return next((each for each in listeners if each[1].protocol == "HTTPS"), listeners[0])


def balancers(instance: Instance) -> Iterator[Balancer]:
    """The load balancers this instance owns."""
    if isinstance(instance.spec, EnvironmentSpec):
        for name, spec in instance.spec.load_balancers.items():
            yield Balancer(instance, name, spec)
    elif instance.spec.load_balancer.shared is None:
        yield Balancer(instance, "", instance.spec.load_balancer)


def balancer_of(instance: Instance) -> Balancer:
    """The load balancer in front of this ApiService's services."""
    spec = api(instance).load_balancer
    if spec.shared is None:
        return Balancer(instance, "", spec)
    home = platform(instance)
    assert isinstance(home.spec, EnvironmentSpec)
    return Balancer(home, spec.shared, home.spec.load_balancers[spec.shared])


def api(instance: Instance) -> ApiServiceSpec:
    assert isinstance(instance.spec, ApiServiceSpec)
    return instance.spec


def services(instance: Instance) -> Mapping[str, Service]:
    """The ECS services of an ApiService; none for an Environment."""
    return {} if isinstance(instance.spec, EnvironmentSpec) else instance.spec.services


def owns_platform(instance: Instance) -> bool:
    """Whether cluster and VPC link are this instance's own."""
    return instance.home is None


def header_value(instance: Instance, service: str) -> str:
    return f"{instance.name}.{service}"


LINK, BALANCER = "vpcLink", "loadBalancer"
"""Parts of security groups. No service can be called so: names have no capitals."""


def listener_ports(spec: LoadBalancer) -> tuple[int, ...]:
    return tuple(sorted({listener.port for listener in spec.listeners.values()}))
