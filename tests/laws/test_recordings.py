"""Real answers of AWS parse, with no invented difference, and no member of them is dropped without a reason."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from drift import compare
from reconcilers import BY_KIND, Facts
from reconcilers.balancing.described import Balancing
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.scalable_target import ScalableTarget
from reconcilers.domains.domain_name import DomainName
from reconcilers.gateway.http_api import HttpApi
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi
from reconcilers.identity.role import Role
from reconcilers.keys import Key
from reconcilers.network.security_group import SecurityGroup
from reconcilers.reconciler import Look
from reconcilers.resource import Live, fields_of
from sandbox import shapes
from specs.openapi.modelling import BORN

DATA = Path(__file__).resolve().parents[2] / "../shared/aws/recordings/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recorded answers are not beside this repository")
WHO = Key("shop", "", "recorded")
Item = dict[str, Any]
REVISION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/recorded:1"


@dataclass
class Recorded(Look):
    """A look that takes everything it is shown for its own."""

    kind: str = ""

    def whose(self, kind: Any, tags: Mapping[str, str], *, natural: Any = None, **_: Any) -> Key:
        return WHO._replace(kind=self.kind)


class Answers:
    """A connection that answers each operation with what was recorded, and everything else with nothing."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def pages(self, operation: str, items: str, **_: Any) -> list[Any]:
        return self._answers.get(operation, [])

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **_: self._answers[operation]


@dataclass(frozen=True)
class Source:
    """Where a kind's answers were recorded, the requests that make and change it, and how a look is shown one."""

    service: str
    operation: str
    items: str
    requests: tuple[str, ...]
    show: Callable[[Item], tuple[dict[str, Any], dict[Any, Any], list[Live[Any]]]]
    """Gives the answers by operation, what the look remembers, and what it has found already."""
    make: Mapping[str, Any] = field(default_factory=dict)


def paged(operation: str, **more: Any) -> Callable[[Item], Any]:
    return lambda item: ({operation: [item], **more}, {}, [])


def kept(memory: Callable[[Item], dict[Any, Any]]) -> Callable[[Item], Any]:
    return lambda item: ({}, memory(item), [])


def parent(kind: Any, id: str, **fields: Any) -> Live[Any]:
    return Live(WHO._replace(kind=kind.__name__), id, kind.model_construct(**fields))


def balancing(name: str, **more: str) -> Callable[[Item], Any]:
    parts = ("load_balancers", "target_groups", "listeners", "rules")
    return kept(
        lambda item: {
            "balancing": Balancing(**{each: ({**item, **more},) if each == name else () for each in parts}, tags={})
        }
    )


def child(operation: str) -> Callable[[Item], Any]:
    api = parent(HttpApi, "api")
    return kept(lambda item: {("get_routes", HttpApi): [(api, [])], (operation, HttpApi): [(api, [item])]})


REST = parent(RestApi, "api")


def rest_child(name: str) -> Callable[[Item], Any]:
    return kept(lambda item: {name: [(REST, [item])]})


def rest_method(method: Callable[[Item], Item]) -> Callable[[Item], Any]:
    """A tree with one method in it."""
    return kept(
        lambda item: {
            "trees": [(REST, [{"id": "resource", "path": "/recorded", "resourceMethods": {"GET": method(item)}}])]
        }
    )


def attributes(kind: Any, operation: str) -> Callable[[Item], Any]:
    return lambda item: ({operation: {"Attributes": item["Attributes"]}}, {}, [parent(kind, "arn")])


SOURCES: Mapping[str, Source] = {
    "LogGroup": Source(
        "logs",
        "describe_log_groups",
        "logGroups",
        ("CreateLogGroup", "PutRetentionPolicy"),
        paged("describe_log_groups", list_tags_for_resource={"tags": {}}),
    ),
    "Role": Source("iam", "get_role", "Role", ("CreateRole", "UpdateRole"), kept(lambda item: {"identities": [item]})),
    "RolePolicy": Source(
        "iam",
        "get_role_policy",
        "",
        ("PutRolePolicy",),
        lambda item: (
            {},
            {"identities": [{"RoleName": item["RoleName"], "RolePolicyList": [item]}]},
            [parent(Role, item["RoleName"])],
        ),
    ),
    "SecurityGroup": Source(
        "ec2", "describe_security_groups", "SecurityGroups", ("CreateSecurityGroup",), paged("describe_security_groups")
    ),
    "SecurityGroupRule": Source(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        ("AuthorizeSecurityGroupIngress",),
        lambda item: ({"describe_security_group_rules": [item]}, {}, [parent(SecurityGroup, item["GroupId"])]),
    ),
    "Cluster": Source(
        "ecs",
        "describe_clusters",
        "clusters",
        ("CreateCluster", "UpdateCluster"),
        lambda item: ({"list_clusters": ["arn"], "describe_clusters": {"clusters": [item]}}, {}, []),
    ),
    "LoadBalancer": Source(
        "elbv2", "describe_load_balancers", "LoadBalancers", ("CreateLoadBalancer",), balancing("load_balancers")
    ),
    "LoadBalancerAttributes": Source(
        "elbv2",
        "describe_load_balancer_attributes",
        "",
        ("ModifyLoadBalancerAttributes",),
        attributes(LoadBalancer, "describe_load_balancer_attributes"),
    ),
    "TargetGroup": Source(
        "elbv2",
        "describe_target_groups",
        "TargetGroups",
        ("CreateTargetGroup", "ModifyTargetGroup"),
        balancing("target_groups"),
    ),
    "TargetGroupAttributes": Source(
        "elbv2",
        "describe_target_group_attributes",
        "",
        ("ModifyTargetGroupAttributes",),
        attributes(TargetGroup, "describe_target_group_attributes"),
    ),
    "Listener": Source(
        "elbv2", "describe_listeners", "Listeners", ("CreateListener", "ModifyListener"), balancing("listeners")
    ),
    "ListenerRule": Source(
        "elbv2", "describe_rules", "Rules", ("CreateRule", "ModifyRule"), balancing("rules", ListenerArn="arn")
    ),
    "TaskDefinition": Source(
        "ecs",
        "describe_task_definition",
        "taskDefinition",
        ("RegisterTaskDefinition",),
        lambda item: (
            {
                "list_task_definitions": [REVISION],
                "describe_task_definition": {"taskDefinition": {"status": "ACTIVE", **item}, "tags": []},
            },
            {"index": {REVISION: {}}},
            [],
        ),
    ),
    "Service": Source(
        "ecs",
        "describe_services",
        "services",
        ("CreateService", "UpdateService"),
        kept(lambda item: {"services": [(item, WHO._replace(kind="Service"))]}),
    ),
    "ScalableTarget": Source(
        "application-autoscaling",
        "describe_scalable_targets",
        "ScalableTargets",
        ("RegisterScalableTarget",),
        lambda item: (
            {
                "describe_scalable_targets": [{"ScalableTargetARN": "arn", **item}],
                "list_tags_for_resource": {"Tags": {}},
            },
            {"index": {item.get("ScalableTargetARN", "arn"): {}}},
            [],
        ),
    ),
    "ScalingPolicy": Source(
        "application-autoscaling",
        "describe_scaling_policies",
        "ScalingPolicies",
        ("PutScalingPolicy",),
        lambda item: ({"describe_scaling_policies": [item]}, {}, [parent(ScalableTarget, item["ResourceId"])]),
    ),
    "HttpApi": Source("apigatewayv2", "get_apis", "Items", ("CreateApi", "UpdateApi"), paged("get_apis")),
    "Integration": Source(
        "apigatewayv2",
        "get_integrations",
        "Items",
        ("CreateIntegration", "UpdateIntegration"),
        child("get_integrations"),
    ),
    "Authorizer": Source(
        "apigatewayv2",
        "get_authorizers",
        "Items",
        ("CreateAuthorizer", "UpdateAuthorizer"),
        child("get_authorizers"),
    ),
    "DomainName": Source("apigateway", "get_domain_names", "items", ("CreateDomainName",), paged("get_domain_names")),
    "ApiMapping": Source(
        "apigatewayv2",
        "get_api_mappings",
        "Items",
        ("CreateApiMapping", "UpdateApiMapping"),
        lambda item: (
            {"get_api_mappings": [item]},
            {},
            [parent(DomainName, "api.example.com"), parent(HttpApi, item["ApiId"])],
        ),
    ),
    "Namespace": Source(
        "servicediscovery",
        "list_namespaces",
        "Namespaces",
        ("CreatePrivateDnsNamespace", "UpdatePrivateDnsNamespace"),
        lambda item: (
            {"list_namespaces": [item], "list_tags_for_resource": {"Tags": []}},
            {"index": {item["Arn"]: {}}},
            [],
        ),
    ),
    "RoutingRule": Source(
        "apigatewayv2",
        "list_routing_rules",
        "RoutingRules",
        ("CreateRoutingRule", "PutRoutingRule"),
        lambda item: (
            {"list_routing_rules": [item]},
            {},
            [
                parent(DomainName, "api.example.com"),
                *(parent(RestApi, each["InvokeApi"]["ApiId"]) for each in item["Actions"]),
            ],
        ),
    ),
    "Route": Source("apigatewayv2", "get_routes", "Items", ("CreateRoute", "UpdateRoute"), child("get_routes")),
    "Stage": Source("apigatewayv2", "get_stages", "Items", ("CreateStage", "UpdateStage"), child("get_stages")),
    "RestVpcLink": Source("apigateway", "get_vpc_links", "items", ("CreateVpcLink",), paged("get_vpc_links")),
    "WebSocketApi": Source("apigatewayv2", "get_apis", "Items", ("CreateApi", "UpdateApi"), paged("get_apis")),
    "WebSocketStage": Source(
        "apigatewayv2",
        "get_stages",
        "Items",
        ("CreateStage", "UpdateStage"),
        kept(lambda item: {("get_stages", WebSocketApi): [(parent(WebSocketApi, "api"), [item])]}),
    ),
    "RestApi": Source(
        "apigateway",
        "get_rest_apis",
        "items",
        ("CreateRestApi",),
        paged("get_rest_apis", get_resources={"items": [{"id": "root", "path": "/"}]}),
    ),
    "RestAuthorizer": Source(
        "apigateway", "get_authorizers", "items", ("CreateAuthorizer",), rest_child("rest get_authorizers")
    ),
    "GatewayResponse": Source(
        "apigateway",
        "get_gateway_responses",
        "items",
        ("PutGatewayResponse",),
        rest_child("rest get_gateway_responses"),
    ),
    "Model": Source("apigateway", "get_models", "items", ("CreateModel",), rest_child("rest get_models")),
    "RequestValidator": Source(
        "apigateway",
        "get_request_validator",
        "",
        ("CreateRequestValidator",),
        rest_child("rest get_request_validators"),
    ),
    "RestResource": Source("apigateway", "get_resources", "items", ("CreateResource",), rest_child("trees")),
    "Method": Source("apigateway", "get_method", "", ("PutMethod",), rest_method(lambda item: item)),
    "RestIntegration": Source(
        "apigateway", "get_integration", "", ("PutIntegration",), rest_method(lambda item: {"methodIntegration": item})
    ),
    "ApiKey": Source("apigateway", "get_api_keys", "items", ("CreateApiKey",), paged("get_api_keys")),
    "UsagePlan": Source(
        "apigateway",
        "get_usage_plan",
        "",
        ("CreateUsagePlan",),
        paged("get_usage_plans", get_usage_plan={"tags": {}}),
    ),
    "RestStage": Source("apigateway", "get_stages", "item", ("CreateStage",), rest_child("rest stages")),
}
NESTED = ("Subnets", "SecurityGroups", "cluster", "PermissionsBoundary")
"""Asked as ids, answered inside something else."""
OF_HTTP = "the recorded answers are of HTTP APIs"
UNRECORDED = {
    "Certificate": "of a certificate that was requested nothing was recorded with its record",
    "RecordSet": "what was recorded are zones of others, without the mark that says whose a record is",
    "VpcLink": "no answer of GetVpcLinks was recorded",
    "RestDeployment": "a deployment is ours by its description, and nobody else writes such",
    "Account": "it has no field that AWS tells",
    "KeySecret": "no answer of Secrets Manager was recorded",
    "DiscoveryService": "ListServices was not recorded",
    "GatewaySecret": "no answer of Secrets Manager was recorded",
    "WebSocketIntegration": OF_HTTP,
    "WebSocketAuthorizer": OF_HTTP,
    "WebSocketRoute": OF_HTTP,
    "WebSocketRouteResponse": "no answer of GetRouteResponses was recorded",
    "DomainNameAccessAssociation": "no answer of GetDomainNameAccessAssociations was recorded",
    "UsagePlanKey": "a membership is what it is by its two ids",
    "Permission": "no answer of Lambda's GetPolicy was recorded",
    "WebAclAssociation": "no answer of GetWebACLForResource was recorded",
    "CapacityReservation": "no answer of DescribeCapacityReservation was recorded",
}


def recorded(kind: str) -> list[tuple[str, Item]]:
    source = SOURCES[kind]
    found = []
    for file in sorted((DATA / source.service / source.operation).glob("*.json")):
        answer = json.loads(file.read_text())
        items = answer.get(source.items, []) if source.items else answer
        found += [(file.name, as_boto3(item)) for item in (items if isinstance(items, list) else [items])]
    return found


def as_boto3(item: Item) -> Item:
    """Moments and IAM's documents as boto3 gives them, which the recorder had made text of."""
    return {name: _read(name, each) for name, each in item.items()}


def _read(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name.endswith("PolicyDocument"):
        return json.loads(unquote(value))
    is_moment = len(value) >= 20 and value[4] == value[7] == "-" and value[10] == "T"
    return datetime.fromisoformat(value) if is_moment else value


def parsed(kind: str, item: Item) -> Iterator[Live[Any]]:
    """What the kind's own observe makes of one recorded item."""
    answers, memory, lives = SOURCES[kind].show(item)
    connection = Answers(**answers)
    services = ("ec2", "ecs", "elbv2", "iam", "logs", "apigateway", "apigatewayv2", "autoscaling", "discovery")
    aws: Any = SimpleNamespace(
        install="default",
        region="eu-west-1",
        partition="aws",
        now=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        parallel=lambda call, items: [call(each) for each in items],
        **dict.fromkeys(services, connection),
    )
    look = Recorded(
        aws, {}, frozenset({"shop"}), Facts("default", "eu-west-1", "1"), lives=lives, kind=kind,
        memory={"index": {}, "services": [], **memory},
    )  # fmt: skip
    return BY_KIND[kind].observe(aws, look)


@pytest.fixture
def any_log_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log group is ours by its name; here every name is."""
    monkeypatch.setattr(type(BY_KIND["LogGroup"]), "_key", lambda *_: WHO._replace(kind="LogGroup"))


def test_every_kind_has_a_recorded_answer_or_a_reason() -> None:
    assert SOURCES.keys() | UNRECORDED.keys() == BY_KIND.keys()
    assert all(recorded(kind) for kind in SOURCES)


@pytest.mark.usefixtures("any_log_group")
@pytest.mark.parametrize("kind", SOURCES)
def test_every_recorded_answer_parses(kind: str) -> None:
    for file, item in recorded(kind):
        if shown(kind, item):
            assert list(parsed(kind, item)), file


@pytest.mark.usefixtures("any_log_group")
@pytest.mark.parametrize("kind", SOURCES)
def test_a_recorded_answer_read_sent_and_read_again_shows_no_difference(kind: str) -> None:
    for file, item in recorded(kind):
        for live in parsed(kind, item) if shown(kind, item) else ():
            sent = live.resource.to_aws()
            (again,) = parsed(kind, {**item, **answered(kind, sent)})
            assert not compare(live.resource, again.resource), file


def shown(kind: str, item: Item) -> bool:
    """What observe passes over on purpose."""
    root = (kind == "RestResource" and "parentId" not in item) or (kind == "Model" and item["name"] in BORN)
    return not (
        root or item.get("defaultResponse") or item.get("ApiGatewayManaged") or item.get("status") == "INACTIVE"
    )


def answered(kind: str, sent: Item) -> Item:
    """A request as AWS tells it again: where it answers in another shape than it asks, the answer stands."""
    if kind in ("LoadBalancerAttributes", "TargetGroupAttributes"):
        return {"Attributes": [{"Key": key, "Value": value} for key, value in sent["Attributes"].items()]}
    told = {name: value for name, value in sent.items() if name not in NESTED}
    for document in {"policy", "schema"} & told.keys() if kind in ("RestApi", "Model", "DomainName") else ():
        told[document] = json.dumps(told[document])
    if kind == "UsagePlan":
        return told | {"apiStages": [{"stage": name, **each} for name, each in sent["apiStages"].items()]}
    return told | {"httpMethod": sent.get("integrationHttpMethod")} if kind == "RestIntegration" else told


@pytest.mark.parametrize("kind", SOURCES)
def test_no_member_that_aws_answers_and_takes_is_dropped_without_a_reason(kind: str) -> None:
    source, verbs = SOURCES[kind], BY_KIND[kind]
    takes = partial(shapes.operation, source.service)
    taken = {name for each in source.requests for name in takes(each).input_shape.members}
    told = {name for _, item in recorded(kind) for name in item}
    fields = {each.alias for each in fields_of(verbs.kind)} | {"Tags", "tags"}
    if verbs.kind.model_config.get("extra") == "allow":  # every member is kept, with or without a field
        fields |= taken - verbs.unmanaged.keys()
    assert (told & taken) - fields == verbs.unmanaged.keys() & told
    assert verbs.unmanaged.keys() <= taken
    assert all(verbs.unmanaged.values())
