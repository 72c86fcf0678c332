"""Over HTTP, as any client would."""

import json
import threading
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.faults import Fault, lose_reply
from sandbox.server import serving
from sandbox.services import SERVICES
from tests.sandbox import story, story_rest
from tests.sandbox.conftest import KEYS

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}


@pytest.fixture
def endpoint(sandbox):
    with serving(sandbox) as url:
        yield url


@pytest.fixture
def remote(endpoint):
    return lambda service: boto3.client(service, endpoint_url=endpoint, **KEYS)


@pytest.fixture
def built(sandbox, clock, network):
    return story.tell(sandbox.call, network, clock.advance)


def get(endpoint, api, path, method="GET"):
    try:
        answer = urllib.request.urlopen(
            urllib.request.Request(f"{endpoint}/_aws/execute-api/{api}{path}", method=method)
        )
    except urllib.error.HTTPError as refused:
        answer = refused
    body = answer.read()
    return (
        answer.status,
        answer.headers,
        json.loads(body) if answer.headers["content-type"] == "application/json" else body.decode(),
    )


def test_boto3_end_to_end_over_http(remote, clock, network):
    clients = {name: remote(name) for name in SERVICES}

    def call(service, operation, /, **request):
        return getattr(clients[service], operation)(**request)

    built = story.tell(call, network, clock.advance)
    story_rest.untell(call, clock.advance, story_rest.tell(call, network, clock.advance, built))
    story.untell(call, clock.advance, built)
    assert remote("sts").get_caller_identity()["Account"] == "123456789012"
    remote("logs").create_log_group(logGroupName="x")
    remote("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))


def test_refusals_read_as_aws_writes_them(remote):
    for service, call, code in (
        ("apigatewayv2", lambda c: c.get_api(ApiId="x"), "NotFoundException"),
        ("apigateway", lambda c: c.get_rest_api(restApiId="x"), "NotFoundException"),
        ("elbv2", lambda c: c.describe_rules(ListenerArn="x"), "ListenerNotFound"),
        ("ecs", lambda c: c.list_services(cluster="x"), "ClusterNotFoundException"),
    ):
        with pytest.raises(ClientError) as refused:
            call(remote(service))
        assert refused.value.response["Error"]["Code"] == code


def test_a_lost_reply_closes_the_connection(remote, sandbox):
    sandbox.faults.append(Fault(lose_reply, on="*:CreateApi", times=1))
    remote("apigatewayv2").create_api(Name="x", ProtocolType="HTTP")  # the SDK tries again, and AWS has no token for it
    assert len(sandbox.call("apigatewayv2", "get_apis")["Items"]) == 2


def test_two_threads_lose_nothing(remote, sandbox, network):
    def work(client, ec2, n):
        for i in range(40):
            client.create_target_group(Name=f"g{n}-{i}", Protocol="HTTP", Port=80, VpcId=network["vpc"])
            ec2.create_security_group(VpcId=network["vpc"], GroupName=f"s{n}-{i}", Description="x")

    threads = [threading.Thread(target=work, args=(remote("elbv2"), remote("ec2"), n)) for n in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(sandbox.call("elbv2", "describe_target_groups", PageSize=400)["TargetGroups"]) == 80
    assert (
        len(
            remote("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["s*"]}])["SecurityGroups"]
        )
        == 80
    )


def test_accounts_and_regions_are_apart(endpoint):
    def client(account, region):
        return boto3.client(
            "apigatewayv2",
            endpoint_url=endpoint,
            aws_access_key_id=account,
            aws_secret_access_key="x",
            region_name=region,
        )

    client("111111111111", "us-east-1").create_api(Name="x", ProtocolType="HTTP")
    assert [
        len(client(*place).get_apis()["Items"])
        for place in (("111111111111", "us-east-1"), ("222222222222", "us-east-1"), ("111111111111", "eu-west-1"))
    ] == [1, 0, 0]


def test_a_request_walks_to_the_task(endpoint, built):
    status, headers, body = get(endpoint, built["api"], "/items/7?q=1")
    assert (status, body["path"], body["query"]) == (200, "/items/7", {"q": "1"})
    assert [hop.split("=")[0] for hop in headers["x-sandbox-hops"].split(" > ")] == [
        "stage",
        "route",
        "integration",
        "vpc_link",
        "listener",
        "rule",
        "target_group",
        "target",
    ]


def test_https_listener_without_a_server_name(endpoint, built, sandbox):
    sandbox.call(
        "apigatewayv2", "update_integration", ApiId=built["api"], IntegrationId=built["integration"], TlsConfig={}
    )
    status, headers, _ = get(endpoint, built["api"], "/items/7")
    assert status == 400
    assert "plain HTTP request was sent to HTTPS port" in headers["x-sandbox-why"]


@pytest.mark.parametrize(
    ("spoil", "path", "status"),
    [
        (lambda call, w: None, "/nothing", 404),
        (lambda call, w: call("ecs", "delete_service", cluster="main", service="web", force=True), "/items/7", 503),
        (lambda call, w: call("elbv2", "delete_rule", RuleArn=w["rule"]), "/items/7", 404),
        (lambda call, w: call("elbv2", "delete_listener", ListenerArn=w["listener"]), "/items/7", 503),
        (
            lambda call, w: call("apigatewayv2", "update_api", ApiId=w["api"], DisableExecuteApiEndpoint=True),
            "/items/7",
            404,
        ),
        (lambda call, w: call("apigatewayv2", "delete_stage", ApiId=w["api"], StageName="$default"), "/items/7", 404),
    ],
)
def test_the_hop_that_is_wrong_answers(endpoint, built, sandbox, spoil, path, status):  # noqa: PLR0917  # fixtures
    spoil(sandbox.call, built)
    assert get(endpoint, built["api"], path)[0] == status
