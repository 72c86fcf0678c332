"""What `desired` must know of an account before it can say what is wanted: who we are, and which network to use.

Existing VPCs and subnets are found by id or tag. Without `subnets`, private ones are those whose route table has no
route to an internet gateway, public ones the others; one per zone, in zones a VPC link can use (spec.md §3,
ledger 1.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from reconcilers.errors import code, is_gone
from specs import Instance
from specs.balancing import LoadBalancer
from specs.environment import EnvironmentSpec
from specs.foundation import SubnetRef

if TYPE_CHECKING:
    from reconcilers.aws import Aws

WITHOUT_VPC_LINKS = frozenset({"use1-az3", "usw1-az1", "usw1-az3"})
"""Availability Zone ids a VPC link V2 cannot use. Source: ledger 1.2, AWS page http-api-vpc-links."""


Subnet = Mapping[str, Any]
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


def gather(aws: Aws, instances: Iterable[Instance]) -> Facts:
    """Look up what these instances need to know, in at most four calls and their pages, and one for each task
    definition of others and each client secret, and two for each load balancer of others."""
    instances = tuple(instances)
    platforms = {platform(each).address: platform(each) for each in instances}
    needed: dict[str, set[Tier]] = {address: set(tiers(each)) for address, each in platforms.items()}
    for each in instances:
        needed[platform(each).address] |= tiers(each)
    vpcs = _vpcs(aws, platforms)
    subnets: dict[str, list[dict[str, Any]]] = {}
    found = sorted({vpc["VpcId"] for vpc in vpcs.values() if not isinstance(vpc, Missing)})
    if found:
        where = [{"Name": "vpc-id", "Values": found}]
        for subnet in aws.ec2.pages("describe_subnets", "Subnets", Filters=where, MaxResults=1000):
            subnets.setdefault(subnet["VpcId"], []).append(subnet)
    guesses = any(_guesses(each, needed[address]) for address, each in platforms.items())
    public = _public(aws, found, subnets) if guesses else frozenset()
    networks = {
        address: vpc if isinstance(vpc, Missing) else _network(platforms[address], vpc, subnets, public)
        for address, vpc in vpcs.items()
    }
    return Facts(
        aws.install,
        aws.region,
        aws.account_id,
        aws.partition,
        networks,
        _zones(aws, instances),
        _definitions(aws, instances),
        _secrets(aws, instances),
        _lent(aws, instances),
    )


def _lent(aws: Aws, instances: Iterable[Instance]) -> dict[str, Lent | Missing]:
    """The load balancers of others that these instances or their Environments adopt, two calls for each."""
    homes = [spec for each in instances for spec in (each.spec, platform(each).spec)]
    balancers = (
        one
        for spec in homes
        for one in (spec.load_balancers.values() if isinstance(spec, EnvironmentSpec) else (spec.load_balancer,))
    )
    names = sorted({one.adopt for one in balancers if one.adopt is not None})
    return dict(zip(names, aws.parallel(lambda name: _balancer(aws, name), names), strict=True))


def _balancer(aws: Aws, name: str) -> Lent | Missing:
    asked = {"LoadBalancerArns": [name]} if name.startswith("arn:") else {"Names": [name]}
    try:
        [found] = aws.elbv2.describe_load_balancers(**asked)["LoadBalancers"]
    except ClientError as error:
        if not is_gone(error):
            raise
        return Missing(f"there is no load balancer {name} in {aws.region}")
    arn = found["LoadBalancerArn"]
    listeners = aws.elbv2.pages("describe_listeners", "Listeners", LoadBalancerArn=arn)
    return Lent(
        arn,
        found["DNSName"],
        found["Type"],
        found["Scheme"],
        tuple(found.get("SecurityGroups", ())),
        {each["Port"]: each["ListenerArn"] for each in listeners if "Port" in each},
    )


def _secrets(aws: Aws, instances: Iterable[Instance]) -> dict[str, str | Missing]:
    """The versions of the client secrets that these instances' authorizers need, a call for each."""
    specs = (each.spec for each in instances if not isinstance(each.spec, EnvironmentSpec))
    logins = (one.login for spec in specs for one in spec.gateway.authorizers.values() if one.login is not None)
    asked = sorted({one.client_secret.arn or one.client_secret.name or "" for one in logins if one.client_secret})
    return dict(zip(asked, aws.parallel(lambda name: _version(aws, name), asked), strict=True))


def _version(aws: Aws, name: str) -> str | Missing:
    try:
        versions = aws.secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    except ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        return Missing(f"there is no secret {name} in {aws.region}")
    return next((id for id, stages in versions.items() if "AWSCURRENT" in stages), "")


def _definitions(aws: Aws, instances: Iterable[Instance]) -> dict[str, Definition | Missing]:
    """The task definitions of others that these instances run, a call for each."""
    specs = (each.spec for each in instances if not isinstance(each.spec, EnvironmentSpec))
    names = sorted({one.task_definition for spec in specs for one in spec.services.values() if one.task_definition})
    return dict(zip(names, aws.parallel(lambda name: _definition(aws, name), names), strict=True))


def _definition(aws: Aws, name: str) -> Definition | Missing:
    """Of a family the latest ACTIVE revision (ecs DescribeTaskDefinition, taskDefinition)."""
    try:
        found = aws.ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    except ClientError as error:
        if code(error) != "ClientException":
            raise
        return Missing(f"there is no task definition {name} in {aws.region}")
    if found["status"] != "ACTIVE":
        return Missing(f"task definition {name} is {found['status']}: no service can be moved to it")
    if "FARGATE" not in found.get("compatibilities", ()) or found.get("networkMode") != "awsvpc":
        return Missing(f"task definition {name} does not run on Fargate, which wants awsvpc, cpu and memory")
    ports = {
        port["containerPort"]: each["name"]
        for each in reversed(found["containerDefinitions"])
        for port in each.get("portMappings", ())
        if "containerPort" in port
    }
    return Definition(found["taskDefinitionArn"], ports)


def _zones(aws: Aws, instances: Iterable[Instance]) -> dict[str, str | Missing]:
    """The public hosted zones that specs call by name, one call each."""
    domains = (each.spec.gateway.domain for each in instances if not isinstance(each.spec, EnvironmentSpec))
    called = {each.hosted_zone for each in domains if each is not None and each.hosted_zone and "." in each.hosted_zone}
    return {name: _one_zone(aws, name) for name in sorted(called)}


def _one_zone(aws: Aws, name: str) -> str | Missing:
    found = aws.route53.list_hosted_zones_by_name(DNSName=name, MaxItems="10")["HostedZones"]
    public = [each["Id"] for each in found if each["Name"] == f"{name}." and not each["Config"]["PrivateZone"]]
    if len(public) == 1:
        return str(public[0]).rpartition("/")[2]
    return Missing(f"{len(public)} public hosted zones are called {name}; exactly one is needed, or its id")


def _guesses(instance: Instance, needed: Iterable[Tier]) -> bool:
    """Whether only the route tables say which subnets of a tier there are."""
    network = instance.spec.network
    return network is not None and any(getattr(network.subnets, tier) is None for tier in needed)


def _vpcs(aws: Aws, platforms: Mapping[str, Instance]) -> dict[str, dict[str, Any] | Missing]:
    """The VPC of each platform; VPCs named by id are asked for together, by filter, so that none fails the others."""
    asked = {address: each.spec.network.vpc for address, each in platforms.items() if each.spec.network is not None}
    ids = sorted({vpc.id for vpc in asked.values() if vpc.id})
    by_id: dict[str, dict[str, Any]] = {}
    if ids:
        where = [{"Name": "vpc-id", "Values": ids}]
        by_id = {each["VpcId"]: each for each in aws.ec2.pages("describe_vpcs", "Vpcs", Filters=where)}
    by_tags: dict[tuple[tuple[str, str], ...], dict[str, Any] | Missing] = {}
    found: dict[str, dict[str, Any] | Missing] = {}
    for address, vpc in asked.items():
        if vpc.id:
            found[address] = by_id.get(vpc.id) or Missing(f"there is no VPC {vpc.id} in {aws.region}")
            continue
        tags = tuple(sorted(vpc.tags.items()))
        if tags not in by_tags:
            by_tags[tags] = _one_vpc(aws, tags)
        found[address] = by_tags[tags]
    return found


def _one_vpc(aws: Aws, tags: tuple[tuple[str, str], ...]) -> dict[str, Any] | Missing:
    where = [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags]
    vpcs = list(aws.ec2.pages("describe_vpcs", "Vpcs", Filters=where))
    if len(vpcs) == 1:
        return dict(vpcs[0])
    told = ", ".join(f"{name}={value}" for name, value in tags)
    listed = ", ".join(sorted(vpc["VpcId"] for vpc in vpcs)) or "none"
    return Missing(f"exactly one VPC must be tagged {told} in {aws.region}; found: {listed}")


def _public(aws: Aws, vpcs: list[str], subnets: Mapping[str, list[dict[str, Any]]]) -> frozenset[str]:
    """The subnets whose route table leads to an internet gateway; one without a table of its own has the VPC's main."""
    if not vpcs:
        return frozenset()
    where = [{"Name": "vpc-id", "Values": vpcs}]
    explicit: dict[str, bool] = {}
    main: dict[str, bool] = {}
    for table in aws.ec2.pages("describe_route_tables", "RouteTables", Filters=where, MaxResults=100):
        open_ = any(str(route.get("GatewayId", "")).startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]:
            if association.get("Main"):
                main[table["VpcId"]] = open_
            elif "SubnetId" in association:
                explicit[association["SubnetId"]] = open_
    return frozenset(
        subnet["SubnetId"]
        for vpc, each in subnets.items()
        for subnet in each
        if explicit.get(subnet["SubnetId"], main.get(vpc, False))
    )


def _network(
    instance: Instance, vpc: Mapping[str, Any], subnets: Mapping[str, list[dict[str, Any]]], public: frozenset[str]
) -> Network | Missing:
    """The network of one platform, or why there is none."""
    assert instance.spec.network is not None
    asked = instance.spec.network.subnets
    there = sorted(subnets.get(vpc["VpcId"], ()), key=lambda each: (each["AvailabilityZone"], each["SubnetId"]))
    known = {each["SubnetId"] for each in there}
    named = {id for tier in (asked.private, asked.public) if tier is not None for id in tier.ids}
    if strange := sorted(named - known):
        return Missing(f"{', '.join(strange)} is not a subnet of {vpc['VpcId']}")
    outside = [each for each in there if each["SubnetId"] in public]
    inside = [each for each in there if each["SubnetId"] not in public]
    chosen = {
        "private": _chosen(asked.private, there, inside),
        "public": _chosen(asked.public, there, outside if asked.public is None else there),
    }
    lacks = {tier: why for tier, each in chosen.items() if (why := _too_few(tier, each, vpc["VpcId"]))}
    blocks = (each["CidrBlock"] for each in vpc.get("CidrBlockAssociationSet", ()))
    ids = {tier: tuple(each["SubnetId"] for each in found) for tier, found in chosen.items()}
    return Network(vpc["VpcId"], tuple(sorted({vpc["CidrBlock"], *blocks})), ids["private"], ids["public"], lacks)


def _chosen(asked: SubnetRef | None, there: Sequence[Subnet], usable: Sequence[Subnet]) -> Sequence[Subnet]:
    """The subnets of a tier: those named, else of the usable ones with these tags one per zone."""
    if asked is not None and asked.ids:
        return [each for each in there if each["SubnetId"] in asked.ids]
    wanted = asked.tags if asked is not None else {}
    found = [
        each
        for each in usable
        if each.get("AvailabilityZoneId") not in WITHOUT_VPC_LINKS
        and wanted.items() <= {tag["Key"]: tag["Value"] for tag in each.get("Tags", ())}.items()
    ]
    return list({each["AvailabilityZone"]: each for each in reversed(found)}.values())[::-1]


def _too_few(tier: str, chosen: Sequence[Subnet], vpc: str) -> str:
    zones = {each["AvailabilityZone"] for each in chosen}
    if len(zones) >= 2:
        return ""
    return (
        f"{tier} subnets in at least two Availability Zones are needed in {vpc}; found "
        f"{len(chosen)} in {', '.join(sorted(zones)) or 'none'}"
    )
