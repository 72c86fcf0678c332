"""Does it make sense? Rules between fields that no single field's type can hold; pure, without AWS.

This file has what ApiServices and Environments share: place, network, balancers. `checks_gateway` and
`checks_compute` have the rest of an ApiService.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.checks_compute import check_services
from specs.checks_gateway import check_gateway
from specs.environment import EnvironmentSpec
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.foundation import Aws, Cluster, Network, SubnetRef
from specs.node import Steps

# elbv2 LoadBalancerAttribute keys for which there is a field
ATTRIBUTES_WITH_FIELDS: Mapping[str, str] = {
    "access_logs.s3.enabled": "accessLogs",
    "access_logs.s3.bucket": "accessLogs",
    "access_logs.s3.prefix": "accessLogs",
    "client_keep_alive.seconds": "clientKeepAlive",
    "deletion_protection.enabled": "deletionProtection",
    "idle_timeout.timeout_seconds": "idleTimeout",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaders",
}
# Those of an application balancer for which there is none: they may be written raw, because their defaults are known
# (elbv2 LoadBalancerAttribute, Key), so that one taken out goes back to AWS's
RAW_ATTRIBUTES = frozenset(
    {
        f"{logs}.s3.{part}"
        for logs in ("connection_logs", "health_check_logs")
        for part in ("enabled", "bucket", "prefix")
    }
    | {
        "routing.http.desync_mitigation_mode",
        "routing.http.preserve_host_header.enabled",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "routing.http.xff_client_port.enabled",
        "routing.http.xff_header_processing.mode",
        "routing.http2.enabled",
        "waf.fail_open.enabled",
        "zonal_shift.config.enabled",
    }
)


def check_environment(spec: EnvironmentSpec) -> Iterator[Finding]:
    """Everything in an Environment that contradicts itself."""
    yield from _network(spec.network)
    yield from _cluster(spec.cluster)
    for name, balancer in spec.load_balancers.items():
        steps: Steps = ("loadBalancers", name)
        if balancer.shared is not None:
            yield Finding("E1309", (*steps, "shared"), "this is where load balancers are described, not shared")
        yield from _balancer(balancer, steps, spec.aws)


def check_service(spec: ApiServiceSpec, home: EnvironmentSpec | None) -> Iterator[Finding]:
    """Everything in an ApiService that contradicts itself or its Environment."""
    aws, cluster = (home.aws, home.cluster) if home else (spec.aws, spec.cluster)
    own = chain(_network(spec.network) if spec.network else (), _cluster(spec.cluster) if spec.cluster else ())
    yield from own
    yield from check_gateway(spec)
    yield from _shared(spec.load_balancer, home)
    if spec.load_balancer.shared is None:
        yield from _balancer(spec.load_balancer, ("loadBalancer",), aws)
    yield from check_services(spec, aws, cluster or Cluster())


def _network(network: Network) -> Iterator[Finding]:
    if (network.vpc.id is None) == (not network.vpc.tags):
        yield Finding("E1313", ("network", "vpc"), "exactly one of id and tags has to be given")
    if network.subnets.private is not None:
        yield from _subnets(network.subnets.private, ("network", "subnets", "private"))


def _subnets(subnets: SubnetRef, steps: Steps) -> Iterator[Finding]:
    if bool(subnets.ids) == bool(subnets.tags):
        yield Finding("E1313", steps, "exactly one of ids and tags has to be given")
    elif subnets.ids and len(set(subnets.ids)) < 2:
        yield Finding("E1313", steps, "at least two subnets in two Availability Zones are needed")


def _cluster(cluster: Cluster) -> Iterator[Finding]:
    if cluster.adopt and cluster.name is None:
        yield Finding("E1320", ("cluster", "adopt"), "a cluster can be adopted by its name only", "add `name`")


def _shared(balancer: LoadBalancer, home: EnvironmentSpec | None) -> Iterator[Finding]:
    if balancer.shared is None:
        return
    steps: Steps = ("loadBalancer", "shared")
    if others := balancer.model_fields_set - {"shared"}:
        known = {field: info.alias or field for field, info in LoadBalancer.model_fields.items()}
        words = ", ".join(sorted(f"`{known[field]}`" for field in others))
        yield Finding("E1309", steps, f"a shared load balancer is described in its Environment: {words} cannot be here")
    if home is None:
        yield Finding("E1309", steps, "without an Environment there is no load balancer to share")
    elif balancer.shared not in home.load_balancers:
        hint = did_you_mean(balancer.shared, home.load_balancers)
        yield Finding("E1309", steps, f"the Environment has no load balancer `{balancer.shared}`", hint)


def _balancer(balancer: LoadBalancer, steps: Steps, aws: Aws | None) -> Iterator[Finding]:
    yield from _tls(balancer, steps)
    ports: dict[int, str] = {}
    for name, listener in balancer.listeners.items():
        here: Steps = (*steps, "listeners", name)
        if (first := ports.setdefault(listener.port, name)) != name:
            yield Finding("E1308", (*here, "port"), f"listener `{first}` has port {listener.port} already")
        if listener.certificate and aws:
            yield from elsewhere(listener.certificate, aws, (*here, "certificate"))
    for key in balancer.attributes.keys() & ATTRIBUTES_WITH_FIELDS.keys():
        where: Steps = (*steps, "attributes", key)
        yield Finding("E1321", where, "there is a field for it", f"use `{ATTRIBUTES_WITH_FIELDS[key]}`", at_key=True)
    for key in sorted(balancer.attributes.keys() - ATTRIBUTES_WITH_FIELDS.keys() - RAW_ATTRIBUTES):
        where = (*steps, "attributes", key)
        message = "an application load balancer has no such attribute, or none that could be put back to its default"
        yield Finding("E1321", where, message, did_you_mean(key, RAW_ATTRIBUTES), at_key=True)


def _tls(balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    https = {name: listener for name, listener in balancer.listeners.items() if listener.protocol == "HTTPS"}
    for name, listener in balancer.listeners.items():
        if "tls_policy" in listener.model_fields_set and name not in https:
            where: Steps = (*steps, "listeners", name, "tlsPolicy")
            yield Finding("E1307", where, "a TLS policy is for listeners with a certificate", at_key=True)
    if https and balancer.gateway_tls is None:
        message = "API Gateway speaks plain HTTP to a listener whose certificate name it does not know"
        where = (*steps, "listeners", next(iter(https)))
        yield Finding("E1307", where, message, "add `gatewayTls: {serverName: …}` to the load balancer", at_key=True)
    if balancer.gateway_tls is not None and not https:
        message = "no listener has a certificate, and API Gateway would speak TLS to a plain listener"
        yield Finding("E1307", (*steps, "gatewayTls"), message, at_key=True)


def elsewhere(arn: str, aws: Aws, steps: Steps) -> Iterator[Finding]:
    """A certificate or secret that lies in another region or account than the service."""
    _, _, _, region, account, *_ = arn.split(":")
    if region and region != aws.region:
        yield Finding("E1310", steps, f"it lies in {region}, and the service is in {aws.region}")
    if account and aws.account_id and account != aws.account_id and ":certificate/" in arn:
        yield Finding("E1310", steps, f"it lies in account {account}, and the service is in {aws.account_id}")
