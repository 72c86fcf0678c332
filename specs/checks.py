"""Does it make sense? Rules between fields that no single field's type can hold; pure, without AWS.

This file has what ApiServices and Environments share: place and network. `checks_balancing`, `checks_gateway` and
`checks_compute` have the rest.
"""

from collections.abc import Iterator
from itertools import chain

from specs.apiservice import ApiServiceSpec
from specs.checks_balancing import check_balancer, check_balancers
from specs.checks_compute import check_services
from specs.checks_discovery import check_discovery, finds_tasks
from specs.checks_domain import check_domain
from specs.checks_gateway import check_gateway
from specs.checks_stages import check_stages
from specs.checks_values import elsewhere
from specs.environment import EnvironmentSpec
from specs.finding import Finding
from specs.foundation import Cluster, Network, SubnetRef
from specs.node import Steps
from specs.openapi.contract import Contract


def check_environment(spec: EnvironmentSpec) -> Iterator[Finding]:
    """Everything in an Environment that contradicts itself."""
    yield from _network(spec.network)
    yield from _cluster(spec.cluster)
    yield from check_balancers(spec)


def check_service(
    spec: ApiServiceSpec, home: EnvironmentSpec | None, contract: Contract | None = None
) -> Iterator[Finding]:
    """Everything in an ApiService that contradicts itself, its Environment or its OpenAPI document."""
    aws, cluster = (home.aws, home.cluster) if home else (spec.aws, spec.cluster)
    own = chain(_network(spec.network) if spec.network else (), _cluster(spec.cluster) if spec.cluster else ())
    yield from own
    yield from check_gateway(spec, contract)
    yield from check_stages(spec.gateway)
    yield from check_domain(spec, aws, contract)
    if spec.gateway.waf is not None and aws is not None:
        yield from elsewhere(spec.gateway.waf.web_acl, aws, ("gateway", "waf", "webAcl"))
    yield from check_discovery(spec) if finds_tasks(spec.gateway) else check_balancer(spec, home)
    yield from check_services(spec, aws, cluster or Cluster())


def _network(network: Network) -> Iterator[Finding]:
    if (network.vpc.id is None) == (not network.vpc.tags):
        yield Finding("E1313", ("network", "vpc"), "exactly one of id and tags has to be given")
    for tier, subnets in (("private", network.subnets.private), ("public", network.subnets.public)):
        if subnets is not None:
            yield from _subnets(subnets, ("network", "subnets", tier))


def _subnets(subnets: SubnetRef, steps: Steps) -> Iterator[Finding]:
    if bool(subnets.ids) == bool(subnets.tags):
        yield Finding("E1313", steps, "exactly one of ids and tags has to be given")
    elif subnets.ids and len(set(subnets.ids)) < 2:
        yield Finding("E1313", steps, "at least two subnets in two Availability Zones are needed")


def _cluster(cluster: Cluster) -> Iterator[Finding]:
    if cluster.adopt and cluster.name is None:
        yield Finding("E1320", ("cluster", "adopt"), "a cluster can be adopted by its name only", "add `name`")
