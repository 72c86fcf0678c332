"""The escape hatch, held to AWS's own words: what `overrides` adds to a request is checked by botocore's validator.

botocore is imported here only, and only when a spec has overrides: `validate` stays fast, and no copy of AWS's
schema has to be kept.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from specs.apiservice import ApiServiceSpec
from specs.finding import Finding
from specs.node import Steps

# Members that say whose a resource is or that order things; everything else may be overridden.
OURS = frozenset(
    {"tags", "Tags", "serviceName", "cluster", "clientToken", "family", "taskDefinition", "loadBalancers", "Name"}
)
REQUESTS: Mapping[str, tuple[str, str]] = {
    "service": ("ecs", "CreateService"),
    "taskDefinition": ("ecs", "RegisterTaskDefinition"),
    "targetGroup": ("elbv2", "CreateTargetGroup"),
    "api": ("apigatewayv2", "CreateApi"),
    "stage": ("apigatewayv2", "CreateStage"),
    "loadBalancer": ("elbv2", "CreateLoadBalancer"),
}


def check_overrides(spec: ApiServiceSpec) -> Iterator[Finding]:
    """Every member that AWS does not know or that Penstock needs for itself."""
    for name, members in spec.overrides.model_dump(by_alias=True).items():
        yield from _request(name, members, ("overrides", name))
    for service, one in spec.services.items():
        for name, members in one.overrides.model_dump(by_alias=True).items():
            yield from _request(name, members, ("services", service, "overrides", name))


def _request(name: str, members: Mapping[str, Any], steps: Steps) -> Iterator[Finding]:
    if not members:
        return
    for member in sorted(members.keys() & OURS):
        yield Finding("E1323", (*steps, member), f"`{member}` is set by Penstock", at_key=True)
    for wrong in _mistakes(name, members):
        yield Finding("E1323", steps, wrong, at_key=True)


def _mistakes(name: str, members: Mapping[str, Any]) -> list[str]:
    from botocore.validate import ParamValidator

    shape = _shape(*REQUESTS[name])
    report = ParamValidator().validate(_lists(members), shape).generate_report()
    required = tuple(f'Missing required parameter in input: "{member}"' for member in shape.required_members)
    return [line for line in report.splitlines() if line not in required]


def _lists(value: Any) -> Any:
    """botocore knows lists, not tuples."""
    if isinstance(value, Mapping):
        return {name: _lists(member) for name, member in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple | list) else value


@cache
def _shape(service: str, operation: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
