"""Sense in a custom domain: a certificate or the means to prove one, a zone that it lies in, stages that exist."""

import re
from collections.abc import Collection, Iterator

from specs.apiservice import ApiServiceSpec
from specs.checks_values import elsewhere
from specs.domain import Domain, RoutingRule
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.foundation import Aws
from specs.gateway import Gateway
from specs.node import Steps
from specs.openapi.contract import Contract

HERE: Steps = ("gateway", "domain")
EDGE_HOME = "us-east-1"
"""Where the certificates lie that CloudFront shows (ledger 8.1)."""
# "Restrictions" on docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
RESERVED = re.compile(
    r"(access-control-|apigw-|x-amz-|x-amzn-).*|authorization|connection|content-(encoding|length|location)|forwarded"
    r"|keep-alive|origin|proxy-(authenticate|authorization)|te|trailers|transfer-encoding|upgrade|x-apigw-api-id"
    r"|x-forwarded-(for|host|proto)|x-restapi|via",
    re.IGNORECASE,
)


def check_domain(spec: ApiServiceSpec, aws: Aws | None, contract: Contract | None = None) -> Iterator[Finding]:
    """Everything in the custom domain that contradicts itself, the stages or the place."""
    gateway = spec.gateway
    if gateway.domain is None:
        if gateway.default_endpoint == "disabled":
            message = "without a custom domain nobody could call the API"
            yield Finding("E1329", ("gateway", "defaultEndpoint"), message, "add `domain`", at_key=True)
        return
    kind = gateway.domain_endpoint
    yield from _domain(gateway.domain, kind, aws)
    for path, stage in gateway.domain.paths.items():
        if stage not in gateway.stages:
            hint = did_you_mean(stage, gateway.stages)
            yield Finding("E1329", (*HERE, "paths", path), f"there is no stage `{stage}`", hint)
    for priority, rule in gateway.domain.rules.items():
        yield from _rule(priority, rule, gateway.stages)
    if (kind == "private") != (gateway.endpoint == "private"):
        message = f"a {kind} domain does not lead to a {gateway.endpoint} API"
        yield Finding("E1355", (*HERE, "endpoint"), message, "private ones lead to private APIs, others to others")
    yield from _tls(gateway.domain, kind)
    yield from _private(gateway, gateway.domain, kind, contract)
    if kind != "regional":
        yield from _levels(gateway.domain, kind)


def _tls(domain: Domain, kind: str) -> Iterator[Finding]:
    """Sources: API Gateway guide, apigateway-custom-domain-tls-version, rest-api-mutual-tls and
    apigateway-private-custom-domains."""
    policy = domain.tls_policy or "TLS_1_2"
    enhanced = policy.startswith("SecurityPolicy_")
    if kind == "private" and policy != "TLS_1_2":
        yield Finding("E1355", (*HERE, "tlsPolicy"), "every private domain speaks TLS_1_2", "leave `tlsPolicy` out")
    elif enhanced and policy.endswith("_EDGE") != (kind == "edge"):
        yield Finding("E1355", (*HERE, "tlsPolicy"), f"{policy} is not for {kind} domains")
    if domain.endpoint_access == "strict" and not enhanced:
        hint = "write one as `tlsPolicy` that begins with SecurityPolicy_"
        yield Finding("E1355", (*HERE, "endpointAccess"), "only the policies of 2025 know strict access", hint)
    if domain.mutual_tls is not None and (kind != "regional" or policy != "TLS_1_2"):
        message = "mutual TLS is for regional domains that speak TLS_1_2"
        yield Finding("E1355", (*HERE, "mutualTls"), message, "leave one of them out", at_key=True)


def _private(gateway: Gateway, domain: Domain, kind: str, contract: Contract | None) -> Iterator[Finding]:
    """Sources: the guide's page about private names."""
    if kind != "private":
        for field, there in (("vpcEndpoints", domain.vpc_endpoints), ("policy", domain.policy)):
            if there:
                yield Finding("E1355", (*HERE, field), f"only a private domain has `{field}`", at_key=True)
        return
    theirs = contract.api.get("vpcEndpointIds") if contract is not None else ()
    if not (domain.vpc_endpoints or gateway.vpc_endpoints or theirs):
        message = "a private domain answers nobody without a VPC endpoint that leads to it"
        yield Finding("E1355", HERE, message, "add `vpcEndpoints`, to it or to the gateway", at_key=True)
    if domain.name.startswith("*"):
        yield Finding("E1355", (*HERE, "name"), "a private domain has no `*`", "write a domain for each name")


def _levels(domain: Domain, kind: str) -> Iterator[Finding]:
    """Mappings of several levels are for regional ones (ledger 8.2)."""
    hint = "use the first part alone, or a rule: `rules` have paths of several levels"
    for steps, path in ((("path",), domain.path or ""), *((("paths", each), each) for each in domain.paths)):
        if "/" in path.strip("/"):
            yield Finding("E1355", (*HERE, *steps), f"a path of a domain of type {kind} has one level", hint)


def _rule(priority: str, rule: RoutingRule, stages: Collection[str]) -> Iterator[Finding]:
    steps = (*HERE, "rules", priority)
    if rule.stage not in stages:
        yield Finding("E1329", (*steps, "stage"), f"there is no stage `{rule.stage}`", did_you_mean(rule.stage, stages))
    for name in rule.headers:
        if RESERVED.fullmatch(name):
            message = "API Gateway asks no rule about this header"
            yield Finding("E1316", (*steps, "headers", name), message, "use one of your own, such as x-version")


def _domain(domain: Domain, kind: str, aws: Aws | None) -> Iterator[Finding]:
    zone = domain.hosted_zone
    if domain.certificate is None and zone is None:
        message = "a certificate is needed, or a hosted zone in which one can be proved"
        yield Finding("E1329", HERE, message, "add `certificate`, or `hostedZone`", at_key=True)
    if zone is not None and "." in zone and not f".{domain.name}".endswith(f".{zone}"):
        yield Finding("E1329", (*HERE, "hostedZone"), f"{domain.name} does not lie in {zone}")
    if domain.path is not None and domain.paths:
        yield Finding("E1329", (*HERE, "path"), "there are `paths` as well", "write it as one of them", at_key=True)
    if domain.certificate is not None and aws is not None:
        home = aws.model_copy(update={"region": EDGE_HOME}) if kind == "edge" else aws
        yield from elsewhere(domain.certificate, home, (*HERE, "certificate"))
    if domain.mutual_tls is not None and domain.mutual_tls.ownership_certificate is not None and aws is not None:
        steps = (*HERE, "mutualTls", "ownershipCertificate")
        yield from elsewhere(domain.mutual_tls.ownership_certificate, aws, steps)
