"""Sense in a load balancer: what each type of it can do, who listens on which port, and who speaks TLS to whom."""

from collections.abc import Iterator, Mapping

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.checks_balancer_types import ARTICLE, foreign, spelled
from specs.checks_front import check_front
from specs.checks_internet import check_internet
from specs.checks_link_v1 import by_link_v1, check_link_v1
from specs.checks_targets import check_targets
from specs.checks_values import elsewhere, wrong_cidr
from specs.environment import EnvironmentSpec
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.foundation import Aws
from specs.node import Steps

# elbv2 LoadBalancerAttribute keys for which there is a field, by type of balancer
_BOTH = {
    "access_logs.s3.enabled": "accessLogs",
    "access_logs.s3.bucket": "accessLogs",
    "access_logs.s3.prefix": "accessLogs",
    "deletion_protection.enabled": "deletionProtection",
}
ATTRIBUTES_WITH_FIELDS: Mapping[str, Mapping[str, str]] = {
    "application": _BOTH
    | {
        "client_keep_alive.seconds": "clientKeepAlive",
        "connection_logs.s3.enabled": "connectionLogs",
        "connection_logs.s3.bucket": "connectionLogs",
        "connection_logs.s3.prefix": "connectionLogs",
        "idle_timeout.timeout_seconds": "idleTimeout",
        "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaders",
    },
    "network": _BOTH | {"load_balancing.cross_zone.enabled": "crossZone"},
}
# Those for which there is none, by type: they may be written raw, because their defaults are known
# (elbv2 LoadBalancerAttribute, Key), so that one taken out goes back to AWS's
RAW_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "application": frozenset(
        {f"health_check_logs.s3.{part}" for part in ("enabled", "bucket", "prefix")}
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
    ),
    "network": frozenset({"dns_record.client_routing_policy", "zonal_shift.config.enabled"}),
}


def check_balancers(spec: EnvironmentSpec) -> Iterator[Finding]:
    """What is wrong with the balancers of an Environment."""
    for name, balancer in spec.load_balancers.items():
        steps: Steps = ("loadBalancers", name)
        if balancer.shared is not None:
            yield Finding("E1309", (*steps, "shared"), "this is where load balancers are described, not shared")
        yield from _balancer(balancer, steps, spec.aws)
        yield from _called(balancer, steps)


def check_balancer(spec: ApiServiceSpec, home: EnvironmentSpec | None) -> Iterator[Finding]:
    """What is wrong with the balancer of a service, and with what its services ask of it."""
    yield from _shared(spec.load_balancer, home)
    api = spec.gateway.type != "none"
    if spec.load_balancer.shared is None:
        yield from _balancer(spec.load_balancer, ("loadBalancer",), home.aws if home else spec.aws)
        if api:
            yield from _called(spec.load_balancer, ("loadBalancer",))
        if api and spec.load_balancer.ingress and spec.gateway.integration != "internet":
            message = "API Gateway comes through its link, and nobody else has to"
            yield Finding("E1342", ("loadBalancer", "ingress"), message, at_key=True)
    balancer = balancer_of(spec, home)
    if balancer is None:
        return
    if not api:
        yield from check_front(spec, balancer)
    elif by_link_v1(spec):
        yield from check_link_v1(spec, balancer)
    elif spec.gateway.integration == "internet":
        yield from check_internet(spec, balancer)
    yield from check_targets(spec, balancer)


def balancer_of(spec: ApiServiceSpec, home: EnvironmentSpec | None) -> LoadBalancer | None:
    """The balancer in front of the services, wherever it is described; None when the one they name is not there."""
    shared = spec.load_balancer.shared
    if shared is None:
        return spec.load_balancer
    return home.load_balancers.get(shared) if home else None


def _shared(balancer: LoadBalancer, home: EnvironmentSpec | None) -> Iterator[Finding]:
    if balancer.shared is None:
        return
    steps: Steps = ("loadBalancer", "shared")
    if others := balancer.model_fields_set - {"shared"}:
        words = ", ".join(sorted(f"`{spelled(LoadBalancer, field)}`" for field in others))
        yield Finding("E1309", steps, f"a shared load balancer is described in its Environment: {words} cannot be here")
    if home is None:
        yield Finding("E1309", steps, "without an Environment there is no load balancer to share")
    elif balancer.shared not in home.load_balancers:
        hint = did_you_mean(balancer.shared, home.load_balancers)
        yield Finding("E1309", steps, f"the Environment has no load balancer `{balancer.shared}`", hint)


# What may be said of a load balancer that somebody else looks after
LENT = frozenset({"adopt", "type", "scheme", "listeners", "gateway_tls"})


def _lent(balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    """Nothing of an adopted balancer is changed, so nothing else may be said of it."""
    if balancer.adopt is None:
        return
    for field in sorted(balancer.model_fields_set - LENT):
        message = "an adopted load balancer is not changed"
        yield Finding("E1346", (*steps, spelled(LoadBalancer, field)), message, "leave it out", at_key=True)
    if balancer.type == "network":
        return
    for name, listener in balancer.listeners.items():
        for field in sorted(listener.model_fields_set - {"port"}):
            where: Steps = (*steps, "listeners", name, spelled(type(listener), field))
            yield Finding("E1346", where, "its listeners are not changed either", "leave it out", at_key=True)


def _balancer(balancer: LoadBalancer, steps: Steps, aws: Aws | None) -> Iterator[Finding]:
    yield from _lent(balancer, steps)
    yield from _policies(balancer, steps)
    yield from foreign(balancer, balancer.type, steps)
    if balancer.scheme == "internet-facing" and balancer.placement == "private":
        message = "an internet-facing load balancer stands in public subnets (ledger 5.2)"
        yield Finding("E1343", (*steps, "placement"), message)
    if balancer.elastic_ips and balancer.scheme == "internal":
        message = "an internal load balancer has no addresses on the internet"
        yield Finding("E1343", (*steps, "elasticIps"), message, at_key=True)
    if balancer.waf is not None and aws:
        yield from elsewhere(balancer.waf.web_acl, aws, (*steps, "waf", "webAcl"))
    for number, cidr in enumerate(balancer.ingress):
        yield from wrong_cidr(cidr, (*steps, "ingress", number))
    ports: dict[int, str] = {}
    for name, listener in balancer.listeners.items():
        here: Steps = (*steps, "listeners", name)
        if (first := ports.setdefault(listener.port, name)) != name:
            yield Finding("E1308", (*here, "port"), f"listener `{first}` has port {listener.port} already")
        if listener.certificate and aws:
            yield from elsewhere(listener.certificate, aws, (*here, "certificate"))
    fields, raw = ATTRIBUTES_WITH_FIELDS[balancer.type], RAW_ATTRIBUTES[balancer.type]
    for key in balancer.attributes.keys() & fields.keys():
        where: Steps = (*steps, "attributes", key)
        yield Finding("E1321", where, "there is a field for it", f"use `{fields[key]}`", at_key=True)
    for key in sorted(balancer.attributes.keys() - fields.keys() - raw):
        where = (*steps, "attributes", key)
        message = f"{ARTICLE[balancer.type]} has no such attribute, or none that could be put back to its default"
        yield Finding("E1321", where, message, did_you_mean(key, raw), at_key=True)


def _policies(balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    """What is said of TLS on listeners that have none, and redirects that lead nowhere secure."""
    for name, listener in balancer.listeners.items():
        here: Steps = (*steps, "listeners", name)
        if "tls_policy" in listener.model_fields_set and not listener.secure:
            yield Finding(
                "E1307", (*here, "tlsPolicy"), "a TLS policy is for listeners with a certificate", at_key=True
            )
        if listener.mutual_tls is not None and (balancer.type == "network" or not listener.secure):
            message = "client certificates are for listeners of application load balancers that have one themselves"
            yield Finding("E1307", (*here, "mutualTls"), message, at_key=True)
        if listener.redirect is None:
            continue
        other = balancer.listeners.get(listener.redirect)
        if balancer.type == "network":
            yield Finding(
                "E1340", (*here, "redirect"), "a network load balancer answers nothing by itself", at_key=True
            )
        elif listener.secure or other is None or not other.secure:
            hint = did_you_mean(listener.redirect, balancer.listeners)
            yield Finding("E1308", (*here, "redirect"), "it leads from a plain listener to a secure one", hint)


def _called(balancer: LoadBalancer, steps: Steps) -> Iterator[Finding]:
    """How API Gateway speaks to it."""
    if balancer.adopt is not None and balancer.type == "application":  # its certificates are its owner's
        return
    secure = {name: listener for name, listener in balancer.listeners.items() if listener.secure}
    if secure and balancer.gateway_tls is None:
        message = "API Gateway speaks plain HTTP to a listener whose certificate name it does not know"
        where: Steps = (*steps, "listeners", next(iter(secure)))
        yield Finding("E1307", where, message, "add `gatewayTls: {serverName: …}` to the load balancer", at_key=True)
    if balancer.gateway_tls is not None and not secure and balancer.type == "application":
        message = "no listener has a certificate, and API Gateway would speak TLS to a plain listener"
        yield Finding("E1307", (*steps, "gatewayTls"), message, at_key=True)
