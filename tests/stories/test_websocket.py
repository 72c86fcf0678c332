"""A WebSocket API from a spec to the task that hears its messages, by a VPC link V1, and back by `@connections`."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from controller.engine import Options
from sandbox import invoking
from sandbox.dataplane import Walk
from sandbox.dataplane.journey import Answer, Journey, Request
from sandbox.dataplane.sockets import IDLE, Client, Connection, ended, heard, managed, opened
from sandbox.dataplane.sockets.frames import CLOSE, TEXT, frame, received
from sandbox.server import serving
from tests.stories.setups import Setup
from tests.stories.test_rest_changes import calls
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

SIGNED = f"AWS4-HMAC-SHA256 Credential=A/20270115/{REGION}/execute-api/aws4_request, SignedHeaders=host, Signature=00"


class Caller:
    """A client of the API, and what it heard."""

    def __init__(self, world: World, path: str = "/live", **query: str) -> None:
        self.world, self.heard, self.closed = world, list[Any](), list[int]()
        client = Client(lambda octets: self.heard.append(json.loads(octets)), self.closed.append)
        request = Request("GET", path, tuple(query.items()), {"x-secret": "mine"})
        self.journey: Journey
        self.answer: Answer
        self.connection: Connection | None
        self.journey, self.answer, self.connection = opened(world.sandbox, here(world), api(world), request, client)

    def says(self, **message: Any) -> Journey | None:
        assert self.connection, self.answer.why
        return heard(self.world.sandbox, self.connection, json.dumps(message).encode())

    def ask(self, method: str, body: bytes = b"", signature: str = SIGNED) -> Answer:
        """Of `@connections`, as the container would."""
        assert self.connection, self.answer.why
        path = f"/live/@connections/{self.connection.id}"
        request = Request(method, path, (), {"authorization": signature}, body)
        return managed(self.world.sandbox, here(self.world), api(self.world), request)


def here(world: World) -> Any:
    return world.sandbox.world(ACCOUNT, REGION)


def api(world: World) -> str:
    [found] = world.boto("apigatewayv2").get_apis()["Items"]
    return str(found["ApiId"])


def reached(journey: Journey | None) -> Request:
    """The request that the task saw."""
    assert journey is not None
    assert journey.hops[-1][0] == "target", journey.hops
    return journey.request


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:demo-guard"


def policy(effect: str) -> dict[str, Any]:
    return {"policyDocument": {"Statement": [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}]}}


@pytest.fixture
def chat(logging: World) -> Setup:
    """The example, with a function that knows two tokens."""
    answers = {"good": policy("Allow"), "bad": policy("Deny")}
    told = [{"identity": [token], "answer": answer} for token, answer in answers.items()]
    invoking.set_answers(here(logging), FUNCTION, told)
    return Setup(logging, "websocket.yaml")


def test_a_chat_is_applied_talked_to_broken_mended_edited_and_deleted(chat: Setup):
    world = chat.world
    assert Caller(world).answer.status == 401, "who says nothing is not asked about"
    assert Caller(world, token="bad").answer.status == 403
    assert Caller(world, "/test", token="good").answer.status == 403, "there is no such stage"
    _talks(world)
    _is_answered(world)
    gateway, id = world.boto("apigatewayv2"), api(world)
    routes = {each["RouteKey"]: each["RouteId"] for each in gateway.get_routes(ApiId=id)["Items"]}
    assert chat.mend(lambda: gateway.delete_route(ApiId=id, RouteId=routes["say"])) == ["WebSocketRoute/say"]
    logs = {"LoggingLevel": "INFO", "DataTraceEnabled": True}
    loud = {"ApiId": id, "StageName": "live", "DefaultRouteSettings": logs}
    assert chat.mend(lambda: gateway.update_stage(**loud)) == ["WebSocketStage/live"]
    chat.edit("$request.body.action", "$request.body.verb")
    caller = Caller(world, token="good")
    assert reached(caller.says(verb="say")).path == "/messages"
    assert reached(caller.says(action="say")).path == "/default"
    chat.edit(", reply: true", "")
    caller.says(verb="who")
    assert not caller.heard
    chat.delete("chat")


def _talks(world: World) -> None:
    """Each event is one request to the container, which knows whose it is."""
    caller = Caller(world, token="good", room="blue")
    assert caller.connection, caller.answer.why
    came = reached(caller.journey)
    assert (came.method, came.path, came.headers["x-room"]) == ("POST", "/connect", "blue")
    assert "x-secret" not in came.headers, "nothing of the client's goes on by itself"
    known = {"connectionid": caller.connection.id, "eventtype": "CONNECT", "routekey": "$connect", "stage": "live"}
    assert known.items() <= came.headers.items()
    assert came.headers["domainname"] == f"{api(world)}.execute-api.{REGION}.amazonaws.com"
    said = reached(caller.says(action="say", room="red"))
    assert (said.path, said.headers["x-room"], said.headers["eventtype"]) == ("/messages", "red", "MESSAGE")
    assert json.loads(said.body) == {"action": "say", "room": "red"}
    assert reached(caller.says(hello="there")).path == "/default"
    assert not caller.heard, "a route without a response is one-way"
    caller.says(action="who")
    assert caller.heard[0]["path"] == "/people"
    assert reached(ended(world.sandbox, caller.connection)).path == "/disconnect"
    assert ended(world.sandbox, caller.connection) is None, "it is told once"


def _is_answered(world: World) -> None:
    """The container calls `@connections`; its role lets it."""
    caller = Caller(world, token="good")
    assert caller.ask("POST", signature="").status == 403
    assert caller.ask("POST", b'{"from": "the container"}').status == 200
    assert caller.heard == [{"from": "the container"}]
    assert "connectedAt" in json.loads(caller.ask("GET").body)
    assert (caller.ask("DELETE").status, caller.closed) == (204, [1001])
    assert caller.ask("POST", b"{}").status == 410
    idle = Caller(world, token="good")
    world.clock.sleep(IDLE + 1)
    assert idle.says(action="say") is None
    assert idle.closed == [1001]
    [role] = [each for each in world.boto("iam").list_roles()["Roles"] if "-task-" in each["RoleName"]]
    document = world.boto("iam").get_role_policy(RoleName=role["RoleName"], PolicyName="task")["PolicyDocument"]
    [statement] = document["Statement"]
    assert statement["Action"] == ["execute-api:ManageConnections"]
    assert statement["Resource"] == [f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api(world)}/*/*/@connections/*"]


def answering(world: World) -> Walk:
    """What the API says to whoever calls, of whichever type it is; the first one that is there is asked."""
    every = world.boto("apigatewayv2").get_apis()["Items"]
    answers = []
    for each in sorted(every, key=lambda found: found["CreatedDate"]):
        if each["ProtocolType"] == "HTTP":
            answers.append(world.request(each["ApiId"], "/x"))
        else:
            request, client = Request("GET", "/live"), Client(lambda _: None, lambda _: None)
            journey, answer, _ = opened(world.sandbox, here(world), each["ApiId"], request, client)
            answers.append(Walk(tuple(journey.hops), answer))
    return next((each for each in answers if each.answer.status == 200), answers[0])


def test_an_api_of_requests_answers_until_the_one_of_messages_does(world: World):
    web = {"web": service(count=1)}
    world.write(alone(services=web, gateway="http", loadBalancer={"type": "network"}))
    world.settle()
    with calls(world, lambda: answering(world)):
        world.write(alone(services=web, gateway="websocket"))
        world.settle(options=Options(allow_replace=True))
    assert not world.look().plan.changes
    assert [each["ProtocolType"] for each in world.boto("apigatewayv2").get_apis()["Items"]] == ["WEBSOCKET"]


def test_over_a_socket_by_the_custom_domain_a_client_and_the_container_talk(world: World):
    """A browser's side by hand, the container's by boto3."""
    domain = {"name": "chat.shop.example.com", "hostedZone": "shop.example.com", "path": "talk"}
    world.write(alone(gateway={"type": "websocket", "domain": domain}, services={"web": service(count=1)}))
    world.settle()
    with serving(world.sandbox) as endpoint:
        place = f"{endpoint}/_aws/domain/chat.shop.example.com/talk"
        line, read = _connected(place)
        [connection] = world.sandbox.sockets.values()
        assert connection.stage == "live"
        container = boto3.client(
            "apigatewaymanagementapi", endpoint_url=place, region_name=REGION, aws_access_key_id="A",
            aws_secret_access_key="a",
        )  # fmt: skip
        container.post_to_connection(ConnectionId=connection.id, Data=b"welcome")
        assert received(read) == (TEXT, True, b"welcome")
        line.sendall(frame(TEXT, b"no route has a reply", b"mask"))
        container.delete_connection(ConnectionId=connection.id)
        assert received(read)[0] == CLOSE
        with pytest.raises(container.exceptions.GoneException):
            container.get_connection(ConnectionId=connection.id)
        line.close()
    stranger = world.boto("apigatewayv2").create_api(Name="other", ProtocolType="HTTP")["ApiId"]
    world.boto("apigatewayv2").create_stage(ApiId=stranger, StageName="live")
    with pytest.raises(ClientError, match="cannot be mapped to a REST or HTTP API"):
        world.boto("apigatewayv2").create_api_mapping(
            DomainName=domain["name"], ApiId=stranger, Stage="live", ApiMappingKey="other"
        )


def _connected(url: str) -> tuple[socket.socket, Callable[[int], bytes]]:
    """A socket that has changed to WebSocket, and what reads from it."""
    place = urlsplit(url)
    line = socket.create_connection((place.hostname or "", place.port or 0), timeout=10)
    key = "dGhlIHNhbXBsZSBub25jZQ=="  # and what it leads to: RFC 6455 1.3
    asked = [
        f"GET {place.path} HTTP/1.1", f"Host: {place.netloc}", "Connection: Upgrade",
        "Upgrade: websocket", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    line.sendall("\r\n".join([*asked, "", ""]).encode())
    answers = line.makefile("rb")
    head = [answers.readline().strip().decode() for _ in range(4)]
    assert head[0] == "HTTP/1.1 101 Switching Protocols"
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert answers.readline() == b"\r\n"
    return line, answers.read
