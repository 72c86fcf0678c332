"""What AWS really answered, beside what the sandbox answers for the same kind of object: members and defaults.

A difference is either a mistake or has its reason here.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox import ManualClock, Sandbox, elsewhere
from sandbox.inprocess import connect
from tests.sandbox import conftest, reasons_rest, story, story_rest

RECORDED = Path(__file__).resolve().parents[2] / "../shared/aws/recordings/data"
needs_recordings = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not beside this checkout")

OPERATIONS = [
    ("apigateway", "create_rest_api"),
    ("apigateway", "get_rest_api"),
    ("apigateway", "get_rest_apis"),
    ("apigateway", "update_rest_api"),
    ("apigateway", "create_resource"),
    ("apigateway", "get_resource"),
    ("apigateway", "get_resources"),
    ("apigateway", "update_resource"),
    ("apigateway", "put_method"),
    ("apigateway", "get_method"),
    ("apigateway", "update_method"),
    ("apigateway", "put_method_response"),
    ("apigateway", "get_method_response"),
    ("apigateway", "update_method_response"),
    ("apigateway", "put_integration"),
    ("apigateway", "get_integration"),
    ("apigateway", "update_integration"),
    ("apigateway", "put_integration_response"),
    ("apigateway", "get_integration_response"),
    ("apigateway", "update_integration_response"),
    ("apigateway", "create_deployment"),
    ("apigateway", "get_deployment"),
    ("apigateway", "get_deployments"),
    ("apigateway", "update_deployment"),
    ("apigateway", "create_stage"),
    ("apigateway", "get_stage"),
    ("apigateway", "get_stages"),
    ("apigateway", "update_stage"),
    ("apigateway", "create_vpc_link"),
    ("apigateway", "get_vpc_link"),
    ("apigateway", "get_vpc_links"),
    ("apigateway", "update_vpc_link"),
    ("apigateway", "get_account"),
    ("apigateway", "update_account"),
    ("apigateway", "create_model"),
    ("apigateway", "get_model"),
    ("apigateway", "get_models"),
    ("apigateway", "create_request_validator"),
    ("apigateway", "get_request_validator"),
    ("apigateway", "get_request_validators"),
    ("apigateway", "update_request_validator"),
    ("apigateway", "put_gateway_response"),
    ("apigateway", "get_gateway_response"),
    ("apigateway", "get_gateway_responses"),
    ("apigateway", "update_gateway_response"),
    ("apigateway", "create_authorizer"),
    ("apigateway", "get_authorizer"),
    ("apigateway", "get_authorizers"),
    ("apigateway", "create_api_key"),
    ("apigateway", "get_api_key"),
    ("apigateway", "get_api_keys"),
    ("apigateway", "update_api_key"),
    ("apigateway", "create_usage_plan"),
    ("apigateway", "get_usage_plan"),
    ("apigateway", "update_usage_plan"),
    ("apigateway", "create_usage_plan_key"),
    ("apigateway", "get_usage_plan_keys"),
    ("apigateway", "import_rest_api"),
    ("apigateway", "put_rest_api"),
    ("apigateway", "get_tags"),
    ("apigatewayv2", "create_api"),
    ("apigatewayv2", "get_api"),
    ("apigatewayv2", "get_apis"),
    ("apigatewayv2", "create_integration"),
    ("apigatewayv2", "get_integration"),
    ("apigatewayv2", "get_integrations"),
    ("apigatewayv2", "update_integration"),
    ("apigatewayv2", "create_route"),
    ("apigatewayv2", "get_route"),
    ("apigatewayv2", "get_routes"),
    ("apigatewayv2", "create_vpc_link"),
    ("apigatewayv2", "get_stage"),
    ("apigatewayv2", "get_stages"),
    ("apigatewayv2", "create_deployment"),
    ("apigatewayv2", "get_authorizers"),
    ("elbv2", "create_load_balancer"),
    ("elbv2", "describe_load_balancers"),
    ("elbv2", "create_target_group"),
    ("elbv2", "describe_target_groups"),
    ("elbv2", "create_listener"),
    ("elbv2", "describe_listeners"),
    ("elbv2", "create_rule"),
    ("elbv2", "describe_rules"),
    ("elbv2", "describe_target_health"),
    ("elbv2", "describe_tags"),
    ("elbv2", "describe_load_balancer_attributes"),
    ("elbv2", "describe_target_group_attributes"),
    ("ecs", "describe_clusters"),
    ("ecs", "describe_task_definition"),
    ("ecs", "describe_services"),
    ("ecs", "list_services"),
    ("ecs", "list_tasks"),
    ("ecs", "describe_tasks"),
    ("application-autoscaling", "describe_scalable_targets"),
    ("resourcegroupstaggingapi", "get_resources"),
    ("resourcegroupstaggingapi", "get_tag_keys"),
]
FREE = {
    "Tags",
    "RouteSettings",
    "StageVariables",
    "RequestParameters",
    "ResponseParameters",
    "RequestModels",
    "tags",
    "variables",
    "stageVariableOverrides",
    "requestParameters",
    "responseParameters",
    "requestTemplates",
    "responseTemplates",
    "requestModels",
    "responseModels",
}  # people's keys
KEYED = {"methodSettings", "resourceMethods", "methodResponses", "integrationResponses"}  # people's keys, AWS's members

Members = defaultdict[str, list[Any]]
"""By path of a member, the values it has."""


def paths(value, path=""):
    """Every member there is, as `Items[].ApiId` -> the values it has."""
    found: Members = defaultdict(list)
    match value:
        case dict() if path.rpartition(".")[2] not in FREE:
            for name, each in value.items():
                inside = "*" if path.rpartition(".")[2] in KEYED else name
                for inner, values in paths(each, f"{path}.{inside}".lstrip(".")).items():
                    found[inner] += values
        case list():
            found[path].append(None)
            for each in value:
                for inner, values in paths(each, f"{path}[]").items():
                    found[inner] += values
        case _:
            found[path].append(value)
    return found


def members(found):
    return {path.replace("[]", "").rpartition(".")[2] for path in found if path}


@pytest.fixture(scope="module")
def answers():
    """Everything the story's calls answered: (service, operation) -> members -> values."""
    elsewhere.reset()
    clock = ManualClock()
    sandbox = Sandbox(clock=clock)
    session = boto3.Session(**conftest.KEYS)
    connect(sandbox, session)
    network = conftest.built_network(session.client("ec2"), sandbox, clock)
    told: defaultdict[tuple[str, str], Members] = defaultdict(lambda: defaultdict(list))

    def call(service, operation, /, **request):
        answer = sandbox.call(service, operation, **request)
        for path, values in paths(answer).items():
            told[service, operation][path] += values
        return answer

    story_rest.tell(call, network, clock.advance, story.tell(call, network, clock.advance))
    return told


def recorded(service, operation):
    found: Members = defaultdict(list)
    for file in sorted((RECORDED / service / operation).glob("*.json")):
        for path, values in paths(json.loads(file.read_text())).items():
            found[path] += values
    return found


# What AWS was recorded to answer and the story's objects have not: {(service, operation): {reason: members}}
NOT_HERE = {
    ("apigatewayv2", "get_api"): {"answered when sent; absent otherwise (ledger 7.2 has both)": {"MaxAge"}},
    ("apigatewayv2", "create_integration"): {"WebSocket APIs only": {"PassthroughBehavior"}},
    ("apigatewayv2", "get_integration"): {"quick-created ones only": {"ApiGatewayManaged"}},
    ("apigatewayv2", "get_integrations"): {"quick-created ones only": {"ApiGatewayManaged"}},
    ("apigatewayv2", "get_routes"): {"quick-created ones only": {"ApiGatewayManaged"}},
    ("apigatewayv2", "get_stage"): {"the story's stage has none": {"Description"}},
    ("apigatewayv2", "get_stages"): {"WebSocket APIs only": {"DataTraceEnabled", "LoggingLevel"}},
    ("elbv2", "create_load_balancer"): {"network load balancers with fixed addresses": {"AllocationId", "IpAddress"}},
    ("elbv2", "describe_load_balancers"): {"network load balancers only": {"EnablePrefixForIpv6SourceNat"}},
    ("elbv2", "create_listener"): {
        "the story's listener answers itself; see create_rule": {"TargetGroupArn", "TargetGroups"}
    },
    ("elbv2", "describe_listeners"): {
        "the story's listener answers itself; see describe_rules": {
            "TargetGroupArn",
            "TargetGroups",
            "Weight",
            "Enabled",
        },
        "in some recordings only; both are right (findings, A)": {"DurationSeconds", "Order"},
    },
    ("elbv2", "describe_target_health"): {"of targets that are not healthy": {"Description", "Reason"}},
    ("ecs", "describe_clusters"): {
        "asked with include=SETTINGS, which the story does not": {"name", "settings", "namespace"}
    },
    ("ecs", "describe_task_definition"): {
        "answered as sent; the story's container is small": {
            "appProtocol",
            "command",
            "containerPath",
            "cpuArchitecture",
            "devices",
            "dnsSearchDomains",
            "dnsServers",
            "dockerSecurityOptions",
            "entryPoint",
            "environmentFiles",
            "executionRoleArn",
            "extraHosts",
            "interval",
            "links",
            "logDriver",
            "operatingSystemFamily",
            "privileged",
            "pseudoTerminal",
            "readonlyRootFilesystem",
            "retries",
            "secretOptions",
            "secrets",
            "sourceVolume",
            "startPeriod",
            "taskRoleArn",
            "timeout",
            "ulimits",
            "valueFrom",
        },
        "not members: keys of log options and labels": {
            "awslogs-create-group",
            "awslogs-group",
            "awslogs-region",
            "awslogs-stream-prefix",
            "max-buffer-size",
            "mode",
            "role",
        },
    },
    ("ecs", "describe_services"): {
        "capacity providers, placement and registries are answered as sent": {
            "base",
            "capacityProvider",
            "capacityProviderStrategy",
            "weight",
            "field",
            "registryArn",
        },
        "task sets are not modelled": {
            "taskSets",
            "taskSetArn",
            "computedDesiredCount",
            "stabilityStatus",
            "stabilityStatusAt",
            "unit",
        },
    },
    ("ecs", "describe_tasks"): {
        "of container instances, which are not modelled": {
            "bindIP",
            "containerPort",
            "hostPort",
            "containerInstanceArn",
            "memoryReservation",
        },
        "ECS Exec is not modelled": {"managedAgents", "lastStartedAt"},
        "images are not pulled": {"imageDigest", "pullStartedAt", "pullStoppedAt", "runtimeId"},
        "the story's tasks have none": {"capacityProviderName", "key", "sizeInGiB"},
    },
}
# Flags that the story sets itself
_BREAKER = "services[].deploymentConfiguration.deploymentCircuitBreaker"
SENT = {"AutoDeploy", f"{_BREAKER}.enable", f"{_BREAKER}.rollback"}
SENT |= {"cacheClusterEnabled", "validateRequestBody", "validateRequestParameters", "enabled"}  # of REST APIs
# Flags whose other value only examples could show: none of the documented rules is a default one
UNSEEN = {"Rules[].IsDefault"}


NOT_HERE |= reasons_rest.NOT_HERE


def explained(service, operation):
    return set().union(*NOT_HERE.get((service, operation), {}).values())


@needs_recordings
@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_recorded_members_are_answered(answers, service, operation):
    real, ours = recorded(service, operation), answers[service, operation]
    if not real:
        pytest.skip(f"no recording of {operation} here")
    missing = members(real) - members(ours)
    assert missing == explained(service, operation)


@needs_recordings
@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_flags_have_values_aws_was_seen_to_give(answers, service, operation):
    """For every yes-or-no member both have: ours says nothing that no recording says."""
    real, ours = recorded(service, operation), answers[service, operation]
    for path in (real.keys() & ours.keys()) - SENT - UNSEEN:
        flags = {value for value in ours[path] if isinstance(value, bool)}
        assert flags <= set(map(bool, real[path])), path
