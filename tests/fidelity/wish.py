"""A recorded object, said again in our account: what it refers to is what stands for it here, masks are made names, and
of it as much is asked for as the sandbox would not answer by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import shapes
from tests.fidelity.place import Place
from tests.fidelity.wording import here

Item = dict[str, Any]
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "ec2": {"VpcId": "vpc", "SubnetId": "subnet", "SubnetIds": "subnet", "AllocationId": "address"},
    "elbv2": {
        "VpcId": "vpc",
        "SubnetId": "subnet",
        "SecurityGroups": "firewall",
        "SecurityGroupIds": "firewall",
        "AllocationId": "address",
        "CertificateArn": "certificate",
    },
    "ecs": {
        "subnets": "subnet",
        "securityGroups": "firewall",
        "targetGroupArn": "target_group",
        "executionRoleArn": "role",
        "taskRoleArn": "role",
        "registryArn": "registry",
    },
    "apigateway": {
        "certificateArn": "certificate",
        "regionalCertificateArn": "certificate",
        "cloudwatchRoleArn": "role",
    },
    "apigatewayv2": {
        "SubnetIds": "subnet",
        "SecurityGroupIds": "firewall",
        "CertificateArn": "certificate",
    },
}
"""Members that name something else, by service; what kind of thing it is."""
VARIANTS = frozenset(
    {
        "Type",
        "type",
        "Protocol",
        "TargetType",
        "ProtocolType",
        "VpcEndpointType",
        "ConnectivityType",
        "launchType",
        "requiresCompatibilities",
        "networkMode",
        "cpu",
        "memory",
        "PolicyType",
        "AuthorizationType",
        "authorizationType",
        "connectionType",
        "ConnectionType",
        "IntegrationType",
        "httpMethod",
        "integrationHttpMethod",
        "uri",
        "Scheme",
        "Subnets",
        "SubnetMappings",
        "endpointConfiguration",
        "deploymentController",
        "cacheClusterEnabled",
        "AuthorizerType",
        "AuthorizerUri",
        "AuthorizerPayloadFormatVersion",
        "JwtConfiguration",
        "IdentitySource",
        "identitySource",
        "authorizerUri",
        "authorizerCredentials",
        "authorizerId",
        "AuthorizerId",
        "providerARNs",
        "policy",
        "VpcId",
        "vpcId",
        "ServiceName",
        "Metrics",
        "MetricName",
        "Threshold",
        "ComparisonOperator",
        "EvaluationPeriods",
        "Namespace",
        "Period",
        "Statistic",
        "ExtendedStatistic",
        "IntegrationUri",
        "IntegrationMethod",
        "Certificates",
        "HealthCheckProtocol",
        "ProtocolVersion",
        "Port",
        "capacityProviderStrategy",
        "networkConfiguration",
        "loadBalancers",
        "DomainNameConfigurations",
        "ThresholdMetricId",
        "targetArns",
        "PayloadFormatVersion",
        "connectionId",
        "LogGroupName",
        "TargetTrackingScalingPolicyConfiguration",
        "StepScalingPolicyConfiguration",
        "taskDefinition",
        "securityPolicy",
    }
)
"""Members that say which of several sorts of thing this is, and so which defaults it has."""


def unmanaged(document: Item) -> Item:
    """Without the tags that AWS itself gives (`aws:cloudformation:…`), which nobody may ask for."""
    kept = dict(document)
    for name in ("Tags", "tags", "TagSet", "TagList"):
        match kept.get(name):
            case dict() as tags:
                kept[name] = {key: each for key, each in tags.items() if not key.startswith("aws:")}
            case list() as tags:
                kept[name] = [each for each in tags if not str(each.get("Key", each.get("key", ""))).startswith("aws:")]
    return kept


@dataclass
class Wish:
    """A recorded object as we would have it. `plain` is what the sandbox answered when only the sort was said, or None
    when that is what is asked for now."""

    place: Place
    service: str
    document: Item
    number: int = 0
    plain: Item | None = None
    full: bool = True
    own: frozenset[str] = frozenset()
    origin: Item = field(default_factory=dict)
    sent: Item = field(default_factory=dict)

    @classmethod
    def of(cls, place: Place, service: str, document: Any, own: frozenset[str], number: int = 0) -> Wish:
        names = REFERENCES.get(service, {})
        said = unmanaged(document) if isinstance(document, dict) else {"": document}
        again = {name: each if name in own else _again(place, names, name, each) for name, each in said.items()}
        return cls(
            place,
            service,
            {name: _plainly(each) if name in own else each for name, each in again.items()},
            number,
            own=own,
            origin=said,
        )

    def __getitem__(self, member: str) -> Any:
        return self.document[member]

    def get(self, member: str, otherwise: Any = None) -> Any:
        return self.document.get(member, otherwise)

    def request(self, operation: str, /, *, service: str = "", skip: tuple[str, ...] = (), **said: Any) -> Item:
        """The members of the operation's request that the object has and that are worth saying."""
        shape = shapes.operation(
            service or self.service, shapes.operations(service or self.service)[operation]
        ).input_shape
        wanted = {
            name: _fit(shape.members[name], each)
            for name, each in self.document.items()
            if name in shape.members and name not in skip and name not in self.own
            if self._worth(name, each, name in shape.required_members)
        }
        wanted = {
            name: each
            for name, each in wanted.items()
            if each not in (None, "") and (each or not isinstance(each, dict))
        }
        request = {name: each for name, each in (wanted | said).items() if each is not None}
        self.sent |= {name: each for name, each in request.items() if name not in self.own}
        return request

    def _worth(self, name: str, each: Any, required: bool) -> bool:  # noqa: FBT001
        if required or name in VARIANTS or self.full:
            return True
        return self.plain is not None and self.plain.get(name) != each

    def made(self, service: str, operation: str, /, **said: Any) -> Item:
        """The answer of the operation that makes it."""
        return self.place.call(service, operation, **self.request(operation, service=service, **said))


def _again(place: Place, names: Mapping[str, str], name: str, value: Any) -> Any:
    match value:
        case dict():
            return {here(inner): _again(place, names, inner, each) for inner, each in value.items()}
        case list():
            return [_again(place, names, name, each) for each in value]
        case str() if name in names and value:
            return place.reference(names[name], value)
        case str():
            return here(value)
    return value


def _plainly(value: Any) -> Any:
    match value:
        case str():
            return here(value)
        case list():
            return [_plainly(each) for each in value]
    return value


def _fit(shape: Any, value: Any) -> Any:  # noqa: PLR0911  # one for each type
    """Only what a request of this shape may hold."""
    match shape.type_name, value:
        case "structure", dict():
            return {
                name: _fit(shape.members[name], each)
                for name, each in value.items()
                if name in shape.members and each is not None
            }
        case "list", list():
            return [_fit(shape.member, each) for each in value]
        case "list", _:
            return value
        case "map", dict():
            return {name: _fit(shape.value, "" if each is None else each) for name, each in value.items()}
        case "string", dict() | list():
            return json.dumps(value)
        case "blob", str():
            return value.encode()
        case "string", int() | float():
            return str(value)
        case "integer" | "long", str() if value.lstrip("-").isdigit():
            return int(value)
    return value
