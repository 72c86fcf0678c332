"""What the container sees is not what the client sent, and what the client sees is not what the container answered."""

from __future__ import annotations

import json

from sandbox.dataplane import walk
from sandbox.dataplane.journey import Request
from tests.stories.writing import alone
from tests.world import ACCOUNT, REGION, World

REWRITE = {
    "path": "/entries/${request.path.id}",
    "headers": {"x-channel": "partner", "x-stage": "$context.stage", "x-debug": None},
    "query": {"page": "$request.header.x-page", "debug": None},
    "response": {"200": {"status": 203, "headers": {"x-by": "$stageVariables.who", "content-type": None}}},
}


def test_requests_and_answers_are_rewritten_on_the_way(world: World):
    routes = {"GET /partner/{id}": {"service": "web", "rewrite": REWRITE}, "$default": "web"}
    world.write(alone(gateway={"routes": routes, "stage": {"variables": {"who": "us"}}}))
    world.settle()
    sent = {"x-debug": "1", "x-page": "3", "x-own": "kept"}

    def answered(path: str):
        with world.sandbox.lock:
            request = Request("GET", path, (("debug", "1"), ("own", "kept")), sent)
            return walk(world.sandbox.world(ACCOUNT, REGION), world.api(), request).answer

    answer = answered("/partner/7")
    seen = json.loads(answer.body)
    headers = {name: value for name, value in seen["headers"].items() if name in (*sent, "x-channel", "x-stage")}
    assert (seen["path"], seen["query"]) == ("/entries/7", {"own": "kept", "page": "3"})
    assert headers == {"x-page": "3", "x-own": "kept", "x-channel": "partner", "x-stage": "$default"}
    assert (answer.status, answer.headers.get("x-by"), "content-type" in answer.headers) == (203, "us", False)

    untouched = answered("/other")
    assert json.loads(untouched.body)["query"] == {"own": "kept", "debug": "1"}
    assert (untouched.status, untouched.headers["content-type"]) == (200, "application/json")


def test_a_rest_api_sets_and_takes_away_headers_and_parameters(world: World):
    query = {"page": "$request.header.x-page", "debug": None}
    said = {"path": "/entries/{id}", "headers": {"x-stage": "$context.stage", "x-debug": None}, "query": query}
    routes = {"GET /partner/{id}": {"service": "web", "rewrite": said}, "GET /other": "web"}
    world.write(alone(gateway={"type": "rest", "defaults": {"authorizer": "none"}, "routes": routes}))
    world.settle()
    [api] = world.boto("apigateway").get_rest_apis()["items"]

    def seen(path: str):
        sent = {"x-debug": "1", "x-page": "3", "x-own": "kept"}
        request = Request("GET", f"/live{path}", (("debug", "1"), ("own", "kept")), sent)
        told = json.loads(world.send(api["id"], request).answer.body)
        return told["path"], told["query"], [told["headers"].get(name) for name in ("x-stage", "x-debug", "x-own")]

    assert seen("/partner/7") == ("/entries/7", {"own": "kept", "page": "3"}, ["live", None, "kept"])
    assert seen("/other") == ("/other", {"debug": "1", "own": "kept"}, [None, "1", "kept"])
