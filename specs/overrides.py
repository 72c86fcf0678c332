"""The escape hatch, held to AWS's own words, and to what Penstock can keep true.

An override is another value for a field that Penstock looks after, so that it is found when somebody changes it and
AWS's default comes back when it leaves the spec. `OPEN` is the list; of a task definition every member is open, because
each change registers a whole new one. docs/decisions/0003-overrides.md has the reasons.

botocore is imported here only, and only when a spec has overrides: `validate` stays fast, and no copy of AWS's
schema has to be kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from specs.apiservice import ApiServiceSpec
from specs.compute import Service
from specs.finding import Finding
from specs.node import Steps

# Members that say whose a resource is or that order things.
OURS = frozenset(
    {"tags", "Tags", "serviceName", "cluster", "clientToken", "family", "taskDefinition", "loadBalancers", "Name"}
    | {"ApiId", "StageName", "AutoDeploy", "ProtocolType", "VpcId", "TargetType", "SecurityGroups", "desiredCount"}
)
REQUESTS: Mapping[str, tuple[str, str]] = {
    "service": ("ecs", "CreateService"),
    "taskDefinition": ("ecs", "RegisterTaskDefinition"),
    "targetGroup": ("elbv2", "CreateTargetGroup"),
    "api": ("apigatewayv2", "CreateApi"),
    "stage": ("apigatewayv2", "CreateStage"),
    "loadBalancer": ("elbv2", "CreateLoadBalancer"),
    "restApi": ("apigateway", "CreateRestApi"),
    "restStage": ("apigateway", "CreateStage"),
}
OF_REST = {"api": "restApi", "stage": "restStage"}
"""What the requests of the spec are of a REST API."""
DEPLOYMENT, BREAKER = "deploymentConfiguration", "deploymentConfiguration/deploymentCircuitBreaker"
ADDRESSES = "networkConfiguration/awsvpcConfiguration"
# By request, the ways to members that have a field in the kind's model, with AWS's default as its default there
OPEN: Mapping[str, tuple[str, ...]] = {
    "api": ("Description", "DisableExecuteApiEndpoint", "IpAddressType", "Version"),
    "stage": (
        "AccessLogSettings/DestinationArn",
        "AccessLogSettings/Format",
        "DefaultRouteSettings/DetailedMetricsEnabled",
        "DefaultRouteSettings/ThrottlingBurstLimit",
        "DefaultRouteSettings/ThrottlingRateLimit",
        "Description",
        "StageVariables",
    ),
    "restApi": (
        "apiKeySource",
        "binaryMediaTypes",
        "description",
        "disableExecuteApiEndpoint",
        "minimumCompressionSize",
    ),
    "restStage": ("description", "tracingEnabled", "variables"),
    "loadBalancer": ("IpAddressType", "Subnets"),
    "targetGroup": (
        "HealthCheckIntervalSeconds",
        "HealthCheckPath",
        "HealthCheckPort",
        "HealthCheckProtocol",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "IpAddressType",
        "Matcher/HttpCode",
        "Protocol",
        "UnhealthyThresholdCount",
    ),
    "service": (
        "availabilityZoneRebalancing",
        f"{DEPLOYMENT}/alarms",
        f"{DEPLOYMENT}/maximumPercent",
        f"{DEPLOYMENT}/minimumHealthyPercent",
        f"{BREAKER}/enable",
        f"{BREAKER}/resetOnHealthyTask",
        f"{BREAKER}/rollback",
        f"{BREAKER}/thresholdConfiguration",
        "enableECSManagedTags",
        "enableExecuteCommand",
        "healthCheckGracePeriodSeconds",
        f"{ADDRESSES}/assignPublicIp",
        f"{ADDRESSES}/subnets",
        "platformVersion",
        "propagateTags",
    ),
}


def check_overrides(spec: ApiServiceSpec) -> Iterator[Finding]:
    """Every member that AWS does not know, that Penstock needs for itself, or that it could not keep true."""
    if spec.overrides.load_balancer and (spec.load_balancer.shared or spec.load_balancer.adopt):
        where: Steps = ("overrides", "loadBalancer")
        shared = "a shared load balancer is described in its Environment"
        yield Finding(
            "E1323", where, shared if spec.load_balancer.shared else "an adopted one is not changed", at_key=True
        )
    rest = OF_REST if spec.gateway.type == "rest" else {}
    for name, members in spec.overrides.model_dump(by_alias=True).items():
        yield from _request(rest.get(name, name), members, ("overrides", name))
    for service, one in spec.services.items():
        for name, members in one.overrides.model_dump(by_alias=True).items():
            yield from _request(name, members, ("services", service, "overrides", name))
        yield from _containers(service, one)


def _request(name: str, members: Mapping[str, Any], steps: Steps) -> Iterator[Finding]:
    if not members:
        return
    for member in sorted(members.keys() & OURS):
        yield Finding("E1323", (*steps, member), f"`{member}` is set by Penstock", at_key=True)
    for wrong in _mistakes(name, members):
        yield Finding("E1323", steps, wrong, at_key=True)
    shape = _shape(*REQUESTS[name])
    known = {member: value for member, value in members.items() if member in shape.members and member not in OURS}
    for wrong in _out_of_bounds(shape, known, ""):
        yield Finding("E1323", steps, wrong, at_key=True)
    for way in _closed(known, OPEN[name]) if name in OPEN else ():
        message = f"`{'.'.join(way)}` is not open to overrides: it could not be kept, nor put back to AWS's default"
        words = ", ".join(each.replace("/", ".") for each in OPEN[name])
        yield Finding("E1323", (*steps, *way), message, f"open are {words}", at_key=True)


def _closed(members: Mapping[str, Any], ways: Sequence[str], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to what is stated outside of the open ones."""
    for name, value in members.items():
        way = (*before, name)
        text = "/".join(way)
        if text in ways:
            continue
        if isinstance(value, Mapping) and any(each.startswith(f"{text}/") for each in ways):
            yield from _closed(value, ways, way)
        else:
            yield way


def _containers(name: str, service: Service) -> Iterator[Finding]:
    """Each container of an override is one of the task's, by its name, or a whole one besides."""
    stated = service.overrides.task_definition.get("containerDefinitions", ())
    for number, container in enumerate(stated if isinstance(stated, (list, tuple)) else ()):
        known = {name, *service.sidecars}
        if not isinstance(container, Mapping) or ("image" in container and "name" in container):
            continue
        if container.get("name") not in known:
            where: Steps = ("services", name, "overrides", "taskDefinition", "containerDefinitions", number)
            message = f"it names none of the task's containers, {', '.join(sorted(known))}, and has no image of its own"
            yield Finding("E1323", where, message)


# ---- AWS's own words


def mistakes(name: str, members: Mapping[str, Any]) -> list[str]:
    """Everything that botocore's model does not allow in these members of a request."""
    shape = _shape(*REQUESTS[name])
    known = {member: value for member, value in members.items() if member in shape.members}
    return [*_mistakes(name, members), *_out_of_bounds(shape, known, "")]


def _mistakes(name: str, members: Mapping[str, Any]) -> list[str]:
    """What botocore says. A required member may be missing where the override is merged into a structure of ours;
    inside a list it may not, because lists are replaced, but for the containers, which are merged by name."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(_lists(members), _shape(*REQUESTS[name])).generate_report()
    ours = re.compile(r'Missing required parameter in (input|(containerDefinitions\[\d+\]|\w+)[.\w]*): "')
    return [line for line in report.splitlines() if not ours.match(line)]


def _out_of_bounds(shape: Any, value: Any, way: str) -> Iterator[str]:
    """Values outside the enum or above the max of botocore's model, which botocore itself does not check. What has the
    wrong type is told by `_mistakes` already."""
    match shape.type_name, value:
        case "structure", Mapping():
            for name in value.keys() & shape.members.keys():
                yield from _out_of_bounds(shape.members[name], value[name], f"{way}.{name}" if way else name)
        case "list", list() | tuple():
            for number, each in enumerate(value):
                yield from _out_of_bounds(shape.member, each, f"{way}[{number}]")
        case "map", Mapping():
            for name, each in value.items():
                yield from _out_of_bounds(shape.value, each, f"{way}.{name}")
        case "string", str() if shape.enum and value not in shape.enum:
            yield f"{way}: {value!r} is not one of {', '.join(shape.enum)}"
        case "integer" | "long" | "float" | "double", int() | float():
            if value > (most := shape.metadata.get("max", value)):
                yield f"{way}: {value} is above {most}"


def _lists(value: Any) -> Any:
    """botocore knows lists, not tuples."""
    if isinstance(value, Mapping):
        return {name: _lists(member) for name, member in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple | list) else value


@cache
def _shape(service: str, operation: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
