"""What a policy has to cover: the kinds that specs want, where, and what of yours has to do with them.

It is found by asking the reconcilers, with all that only AWS could say made up for the purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconcilers import RECONCILERS, Facts
from reconcilers.aws import EDGE_HOME
from reconcilers.domains.certificate import Certificate
from reconcilers.facts import Definition, Entrance, Lent, Network, platform
from reconcilers.topology import domain_of, entrances
from specs import ApiServiceSpec, Instance
from specs.environment import EnvironmentSpec

ANYWHERE = "*"
ROLES = ("executionRoleArn", "taskRoleArn")
"""Of a task definition that is written as ECS takes it."""


@dataclass(frozen=True)
class Ground:
    """What the specs say about where and whose."""

    kinds: frozenset[str]
    install: str
    partition: str
    places: tuple[tuple[str, str], ...]
    """Regions with accounts; an account that no spec names is `*`."""
    role_paths: tuple[str, ...]
    foreign_roles: tuple[str, ...]
    """Roles of yours that tasks get: we pass them, and do nothing else with them."""
    boundaries: tuple[str, ...]
    functions: tuple[str, ...]
    """Functions of yours that guard routes: API Gateway is let in, and nothing else is done with them."""
    client_secrets: tuple[str, ...]
    """Secrets of yours that load balancers log people in with, by name or ARN: they are read."""

    edge: bool = False
    """Whether CloudFront shows certificates of ours: they lie in a region of their own."""

    def arns(self, service: str, resource: str = "*") -> list[str]:
        abroad = {(EDGE_HOME, account) for _, account in self.places} if self.edge and service == "acm" else set()
        places = sorted({*self.places, *abroad})
        return [f"arn:{self.partition}:{service}:{region}:{account}:{resource}" for region, account in places]

    def roles(self) -> list[str]:
        accounts = sorted({account for _, account in self.places})
        return [
            f"arn:{self.partition}:iam::{account}:role{path}{self.install}/*"
            for account in accounts
            for path in self.role_paths
        ]

    def gateway(self, paths: Iterable[str]) -> list[str]:
        """API Gateway's ARNs have no account in them (security.md §2), but for those about private custom domains (API
        Gateway guide, apigateway-private-custom-domains)."""
        regions, listed = sorted({region for region, _ in self.places}), sorted(paths)
        told = [f"arn:{self.partition}:apigateway:{region}::{path}" for region in regions for path in listed]
        if "DomainNameAccessAssociation" in self.kinds:
            told += [arn for path in listed if path.startswith("/domainname") for arn in self.arns("apigateway", path)]
        return told


def survey(instances: tuple[Instance, ...], install: str) -> Ground:
    """What these specs want, found by asking the reconcilers with a network made up for the purpose."""
    facts = Facts(
        install,
        "",
        "",
        networks={each.address: _NETWORK for each in map(platform, instances)},
        definitions=dict(_definitions(instances)),
        zones={domain.hosted_zone: "Z0" for each in instances if (domain := domain_of(each)) and domain.hosted_zone},
        secrets=dict.fromkeys(_client_secrets(instances), "made-up"),
        balancers=dict(_lent(instances)),
        entrances={id: Entrance("made-up", "Z0") for each in instances for id in entrances(each)},
    )
    graph = dict(pair for each in instances for one in RECONCILERS for pair in one.desired(each, facts))
    kinds = {key.kind for key in graph}
    homes = {each.address: each for each in map(platform, instances)}.values()
    places = {(each.spec.aws.region, each.spec.aws.account_id or ANYWHERE) for each in homes if each.spec.aws}
    services = [
        service
        for each in instances
        if isinstance(each.spec, ApiServiceSpec)
        for service in each.spec.services.values()
    ]
    foreign = {role for each in services for role in (each.task_role, each.execution_role) if role}
    foreign |= {role for each in services for name in ROLES if (role := each.definition.get(name))}
    regions = sorted(region for region, _ in places)
    return Ground(
        frozenset(kinds),
        install,
        _partition(regions[0] if regions else ""),
        tuple(sorted(places)),
        tuple(sorted({each.spec.iam.path for each in homes})),
        tuple(sorted(foreign)),
        tuple(sorted({each.spec.iam.permissions_boundary for each in homes if each.spec.iam.permissions_boundary})),
        tuple(sorted(_functions(instances))),
        tuple(sorted(set(_client_secrets(instances)))),
        any(isinstance(want, Certificate) and want.home == EDGE_HOME for want in graph.values()),
    )


def _lent(instances: Iterable[Instance]) -> Iterator[tuple[str, Lent]]:
    """Load balancers that somebody else looks after, as they have to be."""
    for spec in (one.spec for each in instances for one in (each, platform(each))):
        for each in spec.load_balancers.values() if isinstance(spec, EnvironmentSpec) else (spec.load_balancer,):
            if each.adopt is not None:
                listeners = {listener.port: "made-up" for listener in each.listeners.values()}
                yield each.adopt, Lent("made-up", "made-up", each.type, each.scheme, ("sg-0",), listeners)


def _definitions(instances: Iterable[Instance]) -> Iterator[tuple[str, Definition]]:
    """Task definitions of yours, made up like the network."""
    specs = [each.spec for each in instances if isinstance(each.spec, ApiServiceSpec)]
    for service in (one for spec in specs for one in spec.services.values()):
        if service.task_definition is not None:
            yield service.task_definition, Definition(service.task_definition, {service.port: "made-up"})


def _functions(instances: Iterable[Instance]) -> Iterator[str]:
    """The functions that guard routes."""
    specs = [each.spec for each in instances if isinstance(each.spec, ApiServiceSpec)]
    return (one.function for spec in specs for one in spec.gateway.authorizers.values() if one.function)


def _client_secrets(instances: Iterable[Instance]) -> Iterator[str]:
    """What load balancers tell the providers at which people log in."""
    specs = [each.spec for each in instances if isinstance(each.spec, ApiServiceSpec)]
    logins = [one.login for spec in specs for one in spec.gateway.authorizers.values() if one.login is not None]
    return (secret.arn or secret.name or "" for one in logins if (secret := one.client_secret) is not None)


_NETWORK = Network("vpc-0", ("10.0.0.0/16",), ("subnet-0", "subnet-1"))


def _partition(region: str) -> str:
    """Source: AWS General Reference, *Amazon Resource Names*: aws, aws-cn, aws-us-gov."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
