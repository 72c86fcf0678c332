"""Sense in `gateway.integration: cloudMap`: nothing stands between API Gateway's link and the tasks, so nothing may be
said of a load balancer, and of health only what the container itself finds."""

from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.block import Block
from specs.compute import Service
from specs.container import HealthCheck
from specs.finding import Finding
from specs.gateway import Gateway
from specs.node import Steps

HERE: Steps = ("gateway", "integration")
BACK = "leave it out, or have a load balancer: `integration: link`"


def finds_tasks(gateway: Gateway) -> bool:
    """Whether API Gateway asks Cloud Map for the tasks."""
    return gateway.integration == "cloudMap"


def check_discovery(spec: ApiServiceSpec) -> Iterator[Finding]:
    """An API that cannot, and whatever only a load balancer heeds."""
    if spec.gateway.type != "http":
        message = "only HTTP APIs call what Cloud Map knows (API Gateway guide, set-up-private-integration)"
        yield Finding("E1359", HERE, message, "`integration: link` goes through a load balancer, or use `type: http`")
    if spec.load_balancer.model_fields_set:
        message = "API Gateway calls the tasks themselves"
        yield Finding("E1359", ("loadBalancer",), message, "leave it out", at_key=True)
    if spec.overrides.load_balancer:
        yield Finding("E1359", ("overrides", "loadBalancer"), "there is no load balancer", "leave it out", at_key=True)
    for name, service in spec.services.items():
        for steps, said in _heeded_by_balancers(service):
            if said:
                message = "there is no load balancer that heeds it"
                yield Finding("E1359", ("services", name, *steps), message, BACK, at_key=True)


def _heeded_by_balancers(service: Service) -> Iterator[tuple[Steps, bool]]:
    yield ("listenerPort",), service.listener_port is not None
    yield ("protocol",), service.protocol != "http"
    yield ("targetGroup",), bool(said(service.target_group))
    yield ("overrides", "targetGroup"), bool(service.overrides.target_group)
    yield ("scaling", "requests"), service.scaling is not None and service.scaling.requests is not None
    for field in said(service.health_check) - {"container"}:
        yield ("healthCheck", str(HealthCheck.model_fields[field].alias or field)), True


def said(block: Block) -> frozenset[str]:
    """The fields that are not as they would be without a word."""
    plain = type(block)()
    return frozenset(name for name in type(block).model_fields if getattr(block, name) != getattr(plain, name))
