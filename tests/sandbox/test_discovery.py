"""A private integration with a Cloud Map service, from the namespace that takes its time to the task that answers."""

import json
from typing import Any

import pytest

from sandbox.dataplane import walk
from sandbox.dataplane.journey import Request
from sandbox.refusal import Refusal
from tests.sandbox import story
from tests.sandbox.story_discovery import NAME, registry, vpc_only

SRV = {"DnsRecords": [{"Type": "SRV", "TTL": 10}]}


@pytest.fixture
def cloud(sandbox):
    return lambda operation, **request: sandbox.call("servicediscovery", operation, **request)


def namespace(cloud, network, clock):
    cloud("create_private_dns_namespace", Name=NAME, Vpc=network["vpc"])
    assert cloud("list_namespaces")["Namespaces"] == [], "it is not there before its operation is done"
    with pytest.raises(Refusal, match="is being made"):
        cloud("create_private_dns_namespace", Name=NAME, Vpc=network["vpc"])
    clock.advance(60)
    with pytest.raises(Refusal, match="already exists"):
        cloud("create_private_dns_namespace", Name=NAME, Vpc=network["vpc"])
    return cloud("list_namespaces")["Namespaces"][0]["Id"]


def test_requests_go_through_the_link_to_the_tasks_that_ecs_registered(sandbox, cloud, clock, network):
    told = story.tell(sandbox.call, network, clock.advance)
    space = namespace(cloud, network, clock)
    service = cloud("create_service", Name="web", NamespaceId=space, DnsConfig=SRV)["Service"]
    asked: dict[str, Any] = {
        "cluster": "main",
        "serviceName": "known",
        "taskDefinition": "web",
        "launchType": "FARGATE",
    }
    asked |= {"launchType": "FARGATE", "desiredCount": 2, "networkConfiguration": vpc_only(network)}
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"registryArn": "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-none"}, "does not exist"),
        ({"registryArn": service["Arn"]}, "must be provided"),
        (registry(service["Arn"]) | {"port": 80}, "must be provided"),
        (registry(service["Arn"]) | {"containerPort": 9}, "did not have a container port"),
        (registry(service["Arn"]) | {"containerName": "nobody"}, "does not exist"),
    )
    for wrong, words in wrongs:
        with pytest.raises(Refusal, match=words):
            sandbox.call("ecs", "create_service", **asked, serviceRegistries=[wrong])
    sandbox.call("ecs", "create_service", **asked, serviceRegistries=[registry(service["Arn"])])
    integration = {"ApiId": told["api"], "IntegrationId": told["integration"], "IntegrationType": "HTTP_PROXY"}
    sandbox.call("apigatewayv2", "update_integration", IntegrationUri=service["Arn"], TlsConfig={}, **integration)

    def answer():
        return walk(sandbox.world(), told["api"], Request("GET", "/items/7"))

    assert (answer().answer.status, "nothing is registered" in answer().answer.why) == (503, True)
    clock.advance(60)
    walked = answer()
    assert walked.answer.status == 200, walked.answer.why
    assert json.loads(walked.answer.body)["path"] == "/items/7"
    assert len({dict(answer().hops)["instance"] for _ in range(4)}) == 2, "one after the other"
    for operation, id in (("delete_service", service["Id"]), ("delete_namespace", space)):
        with pytest.raises(Refusal, match="still holds"):
            cloud(operation, Id=id)
    sandbox.call("ecs", "delete_service", cluster="main", service="known", force=True)
    assert cloud("list_instances", ServiceId=service["Id"])["Instances"] == [], "out before it stops"
    clock.advance(120)
    cloud("delete_service", Id=service["Id"])
    cloud("delete_namespace", Id=space)
    with pytest.raises(Refusal, match="is being deleted"):
        cloud("delete_namespace", Id=space)
    clock.advance(60)
    assert cloud("list_namespaces")["Namespaces"] == []
