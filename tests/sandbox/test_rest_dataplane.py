"""A request to a REST API walks the deployed picture; each hop that is wrong answers as AWS would."""

import json

import pytest

from sandbox.calls import Http
from sandbox.dataplane import serve
from tests.sandbox import story, story_rest

GW = "apigateway"


@pytest.fixture
def built(sandbox, clock, network):
    told = story.tell(sandbox.call, network, clock.advance)
    return told | story_rest.tell(sandbox.call, network, clock.advance, told)


@pytest.fixture
def ask(sandbox, built):
    """`ask("/dev/items/7?q=1", "GET", x_mine="1")`: status, headers, and the body, parsed when it is JSON."""

    def asked(path, method="GET", body=b"", **headers):
        path, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = serve(sandbox, Http(method, f"/_aws/execute-api/{built['rest']}{path}", query, named, body))
        told = reply.body.decode()
        return reply.status, reply.headers, json.loads(told) if told.startswith("{") else told

    return asked


def test_a_request_reaches_the_task_without_the_stage(ask):
    status, headers, told = ask("/dev/items/x/parts?q=1", "POST", b"hello", x_mine="1")
    assert (status, told["method"], told["path"], told["query"]) == (200, "POST", "/items/x/parts", {"q": "1"})
    assert (told["body"], told["headers"]["x-mine"], told["headers"]["host"]) == ("hello", "1", "web.example.com")
    assert [hop.split("=")[0] for hop in headers["x-sandbox-hops"].split(" > ")] == [
        "stage", "method", "integration", "vpc_link", "listener", "rule", "target_group", "target",
    ]  # fmt: skip
