"""Sense in a custom domain: a certificate or the means to prove one, a zone that it lies in, stages that exist."""

import re
from collections.abc import Collection, Iterator

from specs.apiservice import ApiServiceSpec
from specs.checks_balancing import elsewhere
from specs.domain import Domain, RoutingRule
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.foundation import Aws
from specs.node import Steps

HERE: Steps = ("gateway", "domain")
# "Restrictions" on docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
RESERVED = re.compile(
    r"(access-control-|apigw-|x-amz-|x-amzn-).*|authorization|connection|content-(encoding|length|location)|forwarded"
    r"|keep-alive|origin|proxy-(authenticate|authorization)|te|trailers|transfer-encoding|upgrade|x-apigw-api-id"
    r"|x-forwarded-(for|host|proto)|x-restapi|via",
    re.IGNORECASE,
)


def check_domain(spec: ApiServiceSpec, aws: Aws | None) -> Iterator[Finding]:
    """Everything in the custom domain that contradicts itself, the stages or the place."""
    gateway = spec.gateway
    if gateway.domain is not None:
        yield from _domain(gateway.domain, aws)
        for path, stage in gateway.domain.paths.items():
            if stage not in gateway.stages:
                hint = did_you_mean(stage, gateway.stages)
                yield Finding("E1329", (*HERE, "paths", path), f"there is no stage `{stage}`", hint)
        for priority, rule in gateway.domain.rules.items():
            yield from _rule(priority, rule, gateway.stages)
        if gateway.endpoint == "private":
            message = "a private API has no public name"
            hint = "leave `domain` out: callers use the API's own name, or a record of yours for the VPC endpoint"
            yield Finding("E1355", HERE, message, hint, at_key=True)
    elif gateway.default_endpoint == "disabled":
        message = "without a custom domain nobody could call the API"
        yield Finding("E1329", ("gateway", "defaultEndpoint"), message, "add `domain`", at_key=True)


def _rule(priority: str, rule: RoutingRule, stages: Collection[str]) -> Iterator[Finding]:
    steps = (*HERE, "rules", priority)
    if rule.stage not in stages:
        yield Finding("E1329", (*steps, "stage"), f"there is no stage `{rule.stage}`", did_you_mean(rule.stage, stages))
    for name in rule.headers:
        if RESERVED.fullmatch(name):
            message = "API Gateway asks no rule about this header"
            yield Finding("E1316", (*steps, "headers", name), message, "use one of your own, such as x-version")


def _domain(domain: Domain, aws: Aws | None) -> Iterator[Finding]:
    zone = domain.hosted_zone
    if domain.certificate is None and zone is None:
        message = "a certificate is needed, or a hosted zone in which one can be proved"
        yield Finding("E1329", HERE, message, "add `certificate`, or `hostedZone`", at_key=True)
    if zone is not None and "." in zone and not f".{domain.name}".endswith(f".{zone}"):
        yield Finding("E1329", (*HERE, "hostedZone"), f"{domain.name} does not lie in {zone}")
    if domain.path is not None and domain.paths:
        yield Finding("E1329", (*HERE, "path"), "there are `paths` as well", "write it as one of them", at_key=True)
    if domain.certificate is not None and aws is not None:
        yield from elsewhere(domain.certificate, aws, (*HERE, "certificate"))
