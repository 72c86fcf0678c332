"""What `desired` must know of an account before it can say what is wanted: who we are, and which network to use.

They are values; AWS is asked for them in `gathering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconcilers.ownership import Owner, encode
from specs import Instance
from specs.balancing import LoadBalancer
from specs.environment import EnvironmentSpec

Tier = Literal["private", "public"]


class Missing(Exception):
    """A fact that the account does not bear out: no such VPC, too few zones …"""


@dataclass(frozen=True, slots=True)
class Network:
    vpc: str
    cidrs: tuple[str, ...]
    private: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    """By tier, why there are too few subnets of it."""
    cidrs_v6: tuple[str, ...] = ()
    """Its IPv6 blocks; none where it has IPv4 only."""
    with_v6: frozenset[str] = frozenset()
    """The subnets that have IPv6 addresses to give."""

    def dualstack(self, tier: Tier) -> tuple[str, ...]:
        """The subnets of a tier, all with IPv6; raises Missing where some have none, as ELB refuses them
        (aws-load-balancer-controller#4852)."""
        found = self.subnets(tier)
        if lacking := sorted(set(found) - self.with_v6):
            raise Missing(f"a dualstack load balancer needs an IPv6 CIDR block in each subnet: {', '.join(lacking)}")
        return found

    def subnets(self, tier: Tier) -> tuple[str, ...]:
        """The subnets of a tier; raises Missing where there are too few of them."""
        if tier in self.lacks:
            raise Missing(self.lacks[tier])
        return self.public if tier == "public" else self.private


@dataclass(frozen=True, slots=True)
class Definition:
    """A task definition that somebody else looks after."""

    arn: str
    """Of one revision."""
    ports: Mapping[int, str]
    """Container ports, each with the name of its container."""

    def container(self, port: int) -> str:
        """The container that maps a port; raises Missing where none does."""
        if port not in self.ports:
            known = ", ".join(map(str, sorted(self.ports))) or "none"
            raise Missing(f"no container of {self.arn.rpartition('/')[2]} maps port {port}; mapped: {known}")
        return self.ports[port]


@dataclass(frozen=True, slots=True)
class Lent:
    """A load balancer that somebody else looks after."""

    arn: str
    dns_name: str
    type: str
    scheme: str
    groups: tuple[str, ...] = ()
    """The ids of its security groups; a network one may have none."""
    listeners: Mapping[int, str] = field(default_factory=dict)
    """Ports, each with the ARN of its listener."""

    @property
    def label(self) -> str:
        """How scaling policies name it."""
        return self.arn.partition(":loadbalancer/")[2]

    def listener(self, port: int) -> str:
        """The listener on a port; raises Missing where there is none."""
        if port not in self.listeners:
            known = ", ".join(map(str, sorted(self.listeners))) or "none"
            raise Missing(f"{self.label} has no listener on port {port}; it listens on: {known}")
        return self.listeners[port]


@dataclass(frozen=True, slots=True)
class LinkV1:
    """The VPC link V1 that leads to a load balancer of somebody else's: there is one at most (ledger 6.1)."""

    id: str
    status: str
    owner: Owner


@dataclass(frozen=True, slots=True)
class Entrance:
    """A VPC endpoint by which private APIs are reached, as records lead to it."""

    dns_name: str
    zone: str
    """The id of the hosted zone that its name lies in."""
    records: tuple[str, ...] = ("A",)
    """The types of records that its addresses have."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one account and region, for the instances of one pass."""

    install: str
    region: str
    account: str
    partition: str = "aws"
    networks: Mapping[str, Network | Missing] = field(default_factory=dict)
    """By the address of the instance whose spec names the network."""
    zones: Mapping[str, str | Missing] = field(default_factory=dict)
    """The ids of hosted zones, by what a spec calls them."""
    definitions: Mapping[str, Definition | Missing] = field(default_factory=dict)
    """Task definitions of others, as specs name them."""
    secrets: Mapping[str, str | Missing] = field(default_factory=dict)
    """Secrets that rules need, by name or ARN: the version in force. No value is looked at."""

    balancers: Mapping[str, Lent | Missing] = field(default_factory=dict)
    """Load balancers of others, as specs name them."""
    links: Mapping[str, LinkV1] = field(default_factory=dict)
    """By the ARN of such a balancer, the VPC link V1 that leads there."""

    def link_v1(self, instance: Instance, balancer: str) -> str:
        """The VPC link V1 of somebody else that leads to a balancer, by its ARN; empty where there is none or it is the
        instance's own. Raises Missing for one that is another instance's, or that nobody can use."""
        found = self.links.get(balancer)
        if found is None or (found.owner.install, found.owner.service) == (self.install, encode(instance.address)):
            return ""
        if found.owner.install == self.install:
            owner = found.owner.service
            raise Missing(f"a VPC link V1 takes a load balancer for itself, and {found.id} of {owner} has it")
        if found.status != "AVAILABLE":
            raise Missing(f"the VPC link {found.id}, which leads to that load balancer, is {found.status}")
        return found.id

    entrances: Mapping[str, Entrance | Missing] = field(default_factory=dict)
    """VPC endpoints that records lead to, by id."""

    def entrance(self, id: str) -> Entrance:
        """A VPC endpoint; raises Missing where there is none of that id that has a name."""
        found = self.entrances.get(id, Missing(f"the VPC endpoint {id} was not looked up"))
        if isinstance(found, Missing):
            raise found
        return found

    def balancer(self, spec: LoadBalancer) -> Lent:
        """The balancer that a spec adopts; raises Missing where there is none, or not as the spec says."""
        called = spec.adopt or ""
        found = self.balancers.get(called, Missing(f"the load balancer {called} was not looked up"))
        if isinstance(found, Missing):
            raise found
        if (found.type, found.scheme) != (spec.type, spec.scheme):
            raise Missing(f"{called} is not {spec.scheme} and of type {spec.type}, but {found.scheme} and {found.type}")
        return found

    def definition(self, name: str) -> Definition:
        """A task definition of somebody else; raises Missing where there is none that Fargate could run."""
        found = self.definitions.get(name, Missing(f"task definition {name} was not looked up"))
        if isinstance(found, Missing):
            raise found
        return found

    def zone(self, called: str) -> str:
        """The id of a hosted zone. Raises Missing where the account has none of that name, or several."""
        found = called if "." not in called else self.zones.get(called, Missing(f"{called} was not looked up"))
        if isinstance(found, Missing):
            raise found
        return found

    def network(self, instance: Instance) -> Network:
        found = self.networks.get(platform(instance).address, Missing("its network was not looked up"))
        if isinstance(found, Missing):
            raise found
        return found

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def platform(instance: Instance) -> Instance:
    """Whose network, cluster and link an instance uses: its Environment's, or its own."""
    return instance.home or instance


def tiers(instance: Instance) -> frozenset[Tier]:
    """Where something of this instance stands."""
    spec = instance.spec
    link: set[Tier] = {spec.vpc_link.subnets} if spec.vpc_link is not None else set()
    if isinstance(spec, EnvironmentSpec):
        return frozenset(link | {each.tier for each in spec.load_balancers.values() if each.adopt is None})
    theirs = spec.load_balancer.shared is not None or spec.load_balancer.adopt is not None
    own: set[Tier] = set() if theirs else {spec.load_balancer.tier}
    return frozenset(link | own | {service.network.placement for service in spec.services.values()})
