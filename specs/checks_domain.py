"""Sense in a custom domain: a certificate or the means to prove one, a zone that it lies in, stages that exist."""

from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.checks_balancing import elsewhere
from specs.domain import Domain
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.foundation import Aws
from specs.node import Steps

HERE: Steps = ("gateway", "domain")


def check_domain(spec: ApiServiceSpec, aws: Aws | None) -> Iterator[Finding]:
    """Everything in the custom domain that contradicts itself, the stages or the place."""
    gateway = spec.gateway
    if gateway.domain is not None:
        yield from _domain(gateway.domain, aws)
        for path, stage in gateway.domain.paths.items():
            if stage not in gateway.stages:
                hint = did_you_mean(stage, gateway.stages)
                yield Finding("E1329", (*HERE, "paths", path), f"there is no stage `{stage}`", hint)
    elif gateway.default_endpoint == "disabled":
        message = "without a custom domain nobody could call the API"
        yield Finding("E1329", ("gateway", "defaultEndpoint"), message, "add `domain`", at_key=True)


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
