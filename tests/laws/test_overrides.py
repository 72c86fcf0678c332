"""The escape hatch keeps its promises: an override is sent, kept, and gone without a trace when it is taken out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from drift.difference import compare
from reconcilers import BY_KIND
from reconcilers.compute.containers import by_name
from reconcilers.compute.task_definition import DESCRIBED, TaskDefinition
from reconcilers.ownership import APPLIED, CONTENT
from reconcilers.resource import Shape, fields_of, plain
from specs import load_text
from specs.overrides import OPEN
from tests.laws.conftest import Settled
from tests.laws.fields import nested
from tests.laws.lab import Lab
from tests.laws.topologies import MINIMAL
from tests.world import ACCOUNT, REGION

KINDS = {
    "api": "HttpApi",
    "stage": "Stage",
    "loadBalancer": "LoadBalancer",
    "targetGroup": "TargetGroup",
    "service": "Service",
    "taskDefinition": "TaskDefinition",
    "restApi": "RestApi",
    "restStage": "RestStage",
}
SHARED = {"api": "api", "stage": "stage", "loadBalancer": "loadBalancer", "restApi": "api", "restStage": "stage"}
OF_REST = MINIMAL.replace("  services:", "  gateway: {type: rest, defaults: {authorizer: none}}\n  services:")
ULIMITS = ({"name": "nofile", "softLimit": 4096, "hardLimit": 8192},)
SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "api": {"Description": "raw", "Version": "7", "DisableExecuteApiEndpoint": True, "IpAddressType": "dualstack"},
    "stage": {
        "Description": "raw",
        "StageVariables": {"colour": "blue"},
        "AccessLogSettings": {"DestinationArn": "LOGS", "Format": "$context.requestId"},
        "DefaultRouteSettings": {
            "DetailedMetricsEnabled": True,
            "ThrottlingBurstLimit": 7,
            "ThrottlingRateLimit": 3.0,
        },
    },
    "loadBalancer": {"IpAddressType": "dualstack", "Subnets": ["SUBNETS"]},
    "restApi": {
        "apiKeySource": "AUTHORIZER",
        "binaryMediaTypes": ["image/png"],
        "description": "raw",
        "disableExecuteApiEndpoint": True,
        "minimumCompressionSize": 512,
    },
    "restStage": {"description": "raw", "tracingEnabled": True, "variables": {"colour": "blue"}},
    "targetGroup": {
        "HealthCheckIntervalSeconds": 40,
        "HealthCheckPath": "/raw",
        "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": "HTTPS",
        "HealthCheckTimeoutSeconds": 9,
        "HealthyThresholdCount": 4,
        "IpAddressType": "ipv4",
        "Matcher": {"HttpCode": "200-299"},
        "Protocol": "HTTPS",
        "UnhealthyThresholdCount": 4,
    },
    "service": {
        "availabilityZoneRebalancing": "DISABLED",
        "deploymentConfiguration": {
            "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
            "maximumPercent": 150,
            "minimumHealthyPercent": 50,
            "deploymentCircuitBreaker": {
                "enable": True,
                "rollback": False,
                "resetOnHealthyTask": False,
                "thresholdConfiguration": {"type": "COUNT", "value": 5},
            },
        },
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "healthCheckGracePeriodSeconds": 17,
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "assignPublicIp": "ENABLED",
                "subnets": ["SUBNETS"],
            }
        },
        "platformVersion": "1.4.0",
        "propagateTags": "SERVICE",
    },
    "taskDefinition": {
        "enableFaultInjection": True,
        "pidMode": "task",
        "cpu": "512",
        "memory": "1024",
        "containerDefinitions": [
            {
                "name": "hello",
                "ulimits": list(ULIMITS),
                "dockerLabels": {"team": "commerce"},
                "environment": [{"name": "RAW", "value": "1"}],
                "portMappings": [{"containerPort": 80, "name": "web", "appProtocol": "http"}],
                "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
            },
            {"name": "beside", "image": "public.ecr.aws/docker/library/busybox:1", "essential": False},
        ],
    },
}

ALARMS = {"deploymentConfiguration": {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}}}


def spec(request: str, members: Any) -> str:
    """The minimal spec with these overrides; JSON is YAML."""
    text = json.dumps({SHARED.get(request, request): members})
    if request in SHARED:
        return f"{base(request)}  overrides: {text}\n"
    return MINIMAL.replace("port: 80}", f"port: 80, overrides: {text}}}")


def base(request: str) -> str:
    """The minimal spec that makes such a request."""
    return OF_REST if request.startswith("rest") else MINIMAL


def filled(lab: Lab, value: Any) -> Any:
    """A sample with the ids of the account at hand."""
    logs = lab.boto("logs")
    if "LOGS" in (text := json.dumps(value)) and not logs.describe_log_groups(logGroupNamePrefix="raw")["logGroups"]:
        logs.create_log_group(logGroupName="raw")
    text = text.replace("LOGS", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:raw")
    return json.loads(text.replace('["SUBNETS"]', json.dumps(lab.subnets("public"))))


def snapshot(lab: Lab) -> dict[str, Any]:
    """Everything of ours that there is, but for the tag that says which spec was applied."""
    found = {}
    for live in lab.look().fleet.lives:
        told = json.loads(json.dumps(plain(live.resource), default=str))
        told["tags"] = {name: value for name, value in (live.resource.tags or {}).items() if name != APPLIED}
        found[f"{live.key} {live.id}"] = told
    return found


def only(lab: Lab, request: str) -> Any:
    seen = lab.look()
    (live,) = [live for key in seen.graph if key.kind == KINDS[request] for live in seen.fleet.by_key[key]]
    return live


def settle(lab: Lab, text: str) -> None:
    lab.write(text)
    lab.settle()


def test_whatever_is_open_is_a_field_and_has_a_sample() -> None:
    for request, ways in OPEN.items():
        for way in ways:
            shape: type[Shape] = BY_KIND[KINDS[request]].kind
            sample = SAMPLES[request]
            for number, step in enumerate(way.split("/"), 1):
                field = next((each for each in fields_of(shape) if each.alias == step), None)
                assert field is not None, f"{request}: {way}"
                assert step in sample, f"{request}: {way} has no sample"
                sample = sample[step]
                shape = nested(shape.model_fields[field.name].annotation)[1] or shape
                assert not field.hidden
                assert number == way.count("/") + 1 or isinstance(sample, Mapping)


@pytest.mark.parametrize("request_", [each for each in SAMPLES if each != "targetGroup"])
def test_overrides_are_sent_and_kept_and_leave_no_trace(settled: Settled, request_: str) -> None:
    lab = settled.of(base(request_))
    before = snapshot(lab)
    members = filled(lab, SAMPLES[request_])
    settle(lab, spec(request_, members))
    assert_has(only(lab, request_).resource, members)
    lab.restart()
    outcomes, seen = lab.once()
    assert (outcomes, seen.drift, lab.writes) == ((), (), [])
    settle(lab, base(request_))
    assert snapshot(lab) == before


def assert_has(resource: Any, members: Mapping[str, Any]) -> None:
    """What AWS has is what was stated, whatever else it has."""
    if isinstance(resource, TaskDefinition):
        members = {**members, "containerDefinitions": by_name(members["containerDefinitions"])}
    told = json.loads(json.dumps(plain(resource)))
    assert within(json.loads(json.dumps(members)), told)


def within(stated: Any, told: Any) -> bool:
    if isinstance(stated, dict):
        return all(name in told and within(each, told[name]) for name, each in stated.items())
    if isinstance(stated, list) and all(isinstance(each, str) for each in stated):
        return sorted(stated) == sorted(told)
    return bool(stated == told)


def test_a_health_check_of_the_target_group_changes_in_place(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    before = snapshot(lab)
    members = {name: value for name, value in SAMPLES["targetGroup"].items() if name != "Protocol"}
    members |= {"HealthCheckProtocol": "HTTP"}
    settle(lab, spec("targetGroup", members))
    assert_has(only(lab, "targetGroup").resource, members)
    settle(lab, MINIMAL)
    assert snapshot(lab) == before


def test_what_aws_cannot_change_is_replaced_and_put_back(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    first = only(lab, "targetGroup")
    settle(lab, spec("targetGroup", SAMPLES["targetGroup"]))
    second = only(lab, "targetGroup")
    assert second.id != first.id
    assert_has(second.resource, SAMPLES["targetGroup"])
    settle(lab, MINIMAL)
    assert not compare(first.resource, only(lab, "targetGroup").resource)


def test_an_override_that_somebody_changed_is_found_at_its_path_and_put_back_alone(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    settle(lab, spec("service", ALARMS))
    live = only(lab, "service")
    lab.boto("ecs").update_service(
        cluster=live.resource.cluster,
        service=live.attributes["name"],
        deploymentConfiguration={"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": False}},
    )
    ((key, drift),) = lab.told().items()
    assert key == live.key
    assert [each.path for each in drift.differences] == ["/deploymentConfiguration/alarms/rollback"]
    assert lab.repair() == ["ecs:UpdateService"]
    assert lab.told() == {}


def test_an_edited_override_writes_only_its_member(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    settle(lab, spec("api", {"Version": "1"}))
    lab.asked.clear()
    settle(lab, spec("api", {"Version": "2"}))
    sent = [params for name, params in lab.asked if name == "apigatewayv2:UpdateApi"]
    assert sent == [{"ApiId": lab.api(), "Version": "2"}]


def test_a_revision_registered_by_hand_with_one_member_more_is_not_taken_for_ours(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    ecs, live, service = lab.boto("ecs"), only(lab, "taskDefinition"), only(lab, "service")
    told = ecs.describe_task_definition(taskDefinition=live.id, include=["TAGS"])
    sent = {name: value for name, value in told["taskDefinition"].items() if name not in DESCRIBED} | {
        "pidMode": "task"
    }
    family = told["taskDefinition"]["family"]
    tags = [tag for tag in told["tags"] if tag["key"] != CONTENT]
    made = ecs.register_task_definition(family=family, tags=tags, **sent)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=service.resource.cluster, service=service.attributes["name"], taskDefinition=made)
    ecs.deregister_task_definition(taskDefinition=live.id)
    drift = lab.told()[live.key]
    assert "/pidMode" in [each.path for each in drift.differences]
    settle(lab, MINIMAL)
    assert "pidMode" not in only(lab, "taskDefinition").resource.to_aws()


@pytest.mark.parametrize(
    ("request_", "members", "words"),
    [
        ("api", {"Target": "https://example.com"}, "`Target` is not open to overrides"),
        ("api", {"ProtocolType": "WEBSOCKET"}, "`ProtocolType` is set by Penstock"),
        ("stage", {"ClientCertificateId": "x"}, "`ClientCertificateId` is not open to overrides"),
        ("loadBalancer", {"IpamPools": {}}, "`IpamPools` is not open to overrides"),
        ("targetGroup", {"TargetControlPort": 3000}, "`TargetControlPort` is not open to overrides"),
        ("service", {"placementStrategy": []}, "`placementStrategy` is not open to overrides"),
        (
            "service",
            {"deploymentConfiguration": {"bakeTimeInMinutes": 3}},
            "`deploymentConfiguration.bakeTimeInMinutes` is not open to overrides",
        ),
        ("service", {"propagateTags": "ALL"}, "propagateTags: 'ALL' is not one of TASK_DEFINITION, SERVICE, NONE"),
        ("targetGroup", {"HealthCheckIntervalSeconds": 301}, "HealthCheckIntervalSeconds: 301 is above 300"),
        ("taskDefinition", {"containerDefinitions": [{"name": "hallo"}]}, "names none of the task's containers, hello"),
        (
            "taskDefinition",
            {"containerDefinitions": [{"name": "hello", "ulimits": [{"name": "core"}]}]},
            'containerDefinitions[0].ulimits[0]: "hardLimit"',
        ),
    ],
)
def test_what_cannot_be_kept_or_put_back_is_refused_by_name(request_: str, members: Any, words: str) -> None:
    problems = load_text(spec(request_, members), "spec.yaml").errors
    assert {each.code for each in problems} == {"E1323"}
    assert any(words in each.message for each in problems), [each.message for each in problems]


def test_an_override_of_a_shared_load_balancer_is_refused() -> None:
    text = MINIMAL.replace(
        "  services:", "  loadBalancer: internal\n  overrides: {loadBalancer: {Subnets: [a, b]}}\n  services:"
    )
    told = [each.message for each in load_text(text, "spec.yaml").errors]
    assert "spec.overrides.loadBalancer: a shared load balancer is described in its Environment" in told


def test_an_override_that_does_not_fit_stops_only_its_own_instance(settled: Settled) -> None:
    """A part of a health check makes none where there is none to be part of."""
    lab = settled.of(MINIMAL)
    lab.write(spec("taskDefinition", {"containerDefinitions": [{"name": "hello", "healthCheck": {"retries": 2}}]}))
    problem = lab.look().problems["hello"]
    assert problem.startswith("the overrides of TaskDefinition/hello do not fit: health_check.command: Field required")
    lab.write(MINIMAL)
