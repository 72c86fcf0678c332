"""What AWS refuses of WebSocket APIs, and of the links V1 beneath them; and that frames are as RFC 6455 has them."""

from io import BytesIO
from typing import Any

import pytest

from sandbox.dataplane.sockets.frames import BINARY, CLOSE, PING, PONG, TEXT, accepted, frame, messages, received
from sandbox.refusal import Refusal

GW, SOCKET = "apigatewayv2", {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
JUDGE = URI.format("arn:aws:lambda:us-east-1:123456789012:function:judge")
TO_URL = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "POST", "IntegrationUri": "http://a.example:80/x"}
WHO = {"AuthorizerType": "REQUEST", "Name": "a", "IdentitySource": ["route.request.header.a"], "AuthorizerUri": JUDGE}

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "an API chooses routes by something": ("create_api", {"Name": "a", "ProtocolType": "WEBSOCKET"}),
    "by something of the message": ("create_api", {"Name": "a", **SOCKET, "RouteSelectionExpression": "$request.path"}),
    "nobody knows CORS": ("create_api", {"Name": "a", **SOCKET, "CorsConfiguration": {"AllowOrigins": ["*"]}}),
    "an HTTP API chooses by method and path": (
        "create_api",
        {"Name": "a", "ProtocolType": "HTTP", "RouteSelectionExpression": "$request.body.a"},
    ),
    "messages have no method": ("create_route", {"RouteKey": "GET /a"}),
    "three routes have names of AWS's": ("create_route", {"RouteKey": "$hello"}),
    "who sends is not asked who he is": ("create_route", {"RouteKey": "a", "AuthorizationType": "AWS_IAM"}),
    "tokens are for HTTP APIs": ("create_route", {"RouteKey": "$connect", "AuthorizationType": "JWT"}),
    "29 seconds are the most": ("create_integration", {**TO_URL, "TimeoutInMillis": 29_001}),
    "a listener is no URL": ("create_integration", {**TO_URL, "IntegrationUri": "arn:aws:elasticloadbalancing:x"}),
    "links V2 lead to HTTP APIs": (
        "create_integration",
        {**TO_URL, "ConnectionType": "VPC_LINK", "ConnectionId": "abc123"},
    ),
    "a mock goes through no link": (
        "create_integration",
        {"IntegrationType": "MOCK", "ConnectionType": "VPC_LINK", "ConnectionId": "abc123"},
    ),
    "TLS is in the URL": ("create_integration", {**TO_URL, "TlsConfig": {"ServerNameToVerify": "a.example"}}),
    "parameters are written as in REST APIs": (
        "create_integration",
        {**TO_URL, "RequestParameters": {"overwrite:header.a": "$context.connectionId"}},
    ),
    "a value is quoted, or an expression": (
        "create_integration",
        {**TO_URL, "RequestParameters": {"integration.request.header.a": "text"}},
    ),
    "there is no default stage": ("create_stage", {"StageName": "$default"}),
    "nothing is logged without a role": (
        "create_stage",
        {"StageName": "a", "DefaultRouteSettings": {"LoggingLevel": "INFO"}},
    ),
    "functions answer in one form": ("create_authorizer", {**WHO, "AuthorizerPayloadFormatVersion": "2.0"}),
    "answers are not remembered": ("create_authorizer", {**WHO, "AuthorizerResultTtlInSeconds": 5}),
    "identities are spelled otherwise": ("create_authorizer", {**WHO, "IdentitySource": ["$request.header.a"]}),
    "no function signs tokens": ("create_authorizer", {**WHO, "AuthorizerType": "JWT"}),
}


@pytest.fixture
def api(sandbox):
    return sandbox.call(GW, "create_api", Name="chat", **SOCKET)["ApiId"]


@pytest.mark.parametrize("what", REFUSED)
def test_aws_refuses_it(sandbox, api, what):
    operation, request = REFUSED[what]
    place = {} if operation == "create_api" else {"ApiId": api}
    with pytest.raises(Refusal) as refused:
        sandbox.call(GW, operation, **place, **request)
    assert refused.value.code == "BadRequestException"


def test_what_is_not_said_is_as_for_no_http_api(sandbox, api):
    assert sandbox.call(GW, "get_api", ApiId=api)["ApiEndpoint"].startswith("wss://")
    made = sandbox.call(GW, "create_integration", ApiId=api, **TO_URL)
    assert (made["TimeoutInMillis"], made["PassthroughBehavior"]) == (29_000, "WHEN_NO_MATCH")
    stage = sandbox.call(GW, "create_stage", ApiId=api, StageName="live")
    told = {"DetailedMetricsEnabled": False, "LoggingLevel": "OFF", "DataTraceEnabled": False}
    assert stage["DefaultRouteSettings"] == told


def test_a_route_has_one_response_and_its_key_is_default(sandbox, api):
    route = {"ApiId": api, "RouteId": sandbox.call(GW, "create_route", ApiId=api, RouteKey="a")["RouteId"]}
    with pytest.raises(Refusal):
        sandbox.call(GW, "create_route_response", **route, RouteResponseKey="a")
    sandbox.call(GW, "create_route_response", **route, RouteResponseKey="$default")
    with pytest.raises(Refusal):
        sandbox.call(GW, "create_route_response", **route, RouteResponseKey="$default")


def test_a_link_v1_takes_its_balancer_for_itself_and_is_held_by_what_is_served(sandbox, api, network, clock):
    made = sandbox.call(
        "elbv2", "create_load_balancer", Name="net", Type="network", Scheme="internal", Subnets=network["subnets"]
    )
    arns = [made["LoadBalancers"][0]["LoadBalancerArn"]]
    clock.advance(300)
    links = []
    for name in ("one", "two"):
        links.append(sandbox.call("apigateway", "create_vpc_link", name=name, targetArns=arns)["id"])
        clock.advance(300)
    told = [sandbox.call("apigateway", "get_vpc_link", vpcLinkId=link) for link in links]
    assert [each["status"] for each in told] == ["AVAILABLE", "FAILED"]
    assert told[1]["statusMessage"] == "NLB is already associated with another VPC Endpoint Service"
    through = {**TO_URL, "ConnectionType": "VPC_LINK", "ConnectionId": links[0]}
    integration = sandbox.call(GW, "create_integration", ApiId=api, **through)["IntegrationId"]
    route = {"RouteKey": "$default", "Target": f"integrations/{integration}"}
    made = sandbox.call(GW, "create_route", ApiId=api, **route)
    sandbox.call(GW, "create_deployment", ApiId=api)
    deployment = sandbox.call(GW, "get_deployments", ApiId=api)["Items"][0]["DeploymentId"]
    sandbox.call(GW, "create_stage", ApiId=api, StageName="live", DeploymentId=deployment)
    sandbox.call(GW, "delete_route", ApiId=api, RouteId=made["RouteId"])
    sandbox.call(GW, "delete_integration", ApiId=api, IntegrationId=integration)
    with pytest.raises(Refusal, match="is referenced in stage"):
        sandbox.call("apigateway", "delete_vpc_link", vpcLinkId=links[0])
    sandbox.call(GW, "delete_stage", ApiId=api, StageName="live")
    sandbox.call("apigateway", "delete_vpc_link", vpcLinkId=links[0])


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
@pytest.mark.parametrize("mask", [b"", b"\x01\x02\x03\x04"])
def test_a_frame_of_any_size_is_read_as_it_was_written(size, mask):
    payload = bytes(place % 251 for place in range(size))
    assert received(BytesIO(frame(TEXT, payload, mask)).read) == (TEXT, True, payload)


def test_messages_are_put_together_pings_answered_and_the_end_is_noticed():
    parts = frame(BINARY, b"ab"), frame(PING, b"there?"), frame(0, b"cd"), frame(TEXT, b"e"), frame(CLOSE, b"\x03\xe8")
    sent = BytesIO(bytes([parts[0][0] & 0x7F]) + parts[0][1:] + b"".join(parts[1:]))
    written: list[bytes] = []
    assert list(messages(sent.read, written.append)) == [b"abcd", b"e"]
    assert written == [frame(PONG, b"there?"), frame(CLOSE, b"\x03\xe8")]
    assert list(messages(BytesIO(b"\x81").read, written.append)) == [], "the other side hung up in the middle"
    assert accepted("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
