"""Authorizers: a token, a function and a signature let people in; the permission on the function comes and goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox import invoking
from tests.stories.writing import alone
from tests.world import ACCOUNT, REGION, World

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:judge"
ISSUER = "https://login.example.com/"
STAFF = {"type": "jwt", "issuer": ISSUER, "audience": ["ledger"]}
HOOK = {"type": "lambda", "function": FUNCTION, "simpleResponses": True, "identity": ["header.x-key"], "ttl": "1m"}
SIGNED = "AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=0a"


def gateway(**more: Any) -> dict[str, Any]:
    routes = {
        "GET /entries": {"service": "web", "scopes": ["ledger.read"]},
        "POST /hooks": {"service": "web", "authorizer": "hook"},
        "GET /stock": {"service": "web", "authorizer": "machines"},
        "GET /health": {"service": "web", "authorizer": "none"},
    }
    authorizers = {"staff": STAFF, "hook": HOOK, "machines": {"type": "iam"}}
    return {"authorizers": authorizers, "defaults": {"authorizer": "staff"}, "routes": routes, **more}


def make_function(world: World) -> None:
    world.boto("lambda").create_function(
        FunctionName="judge", Runtime="python3.13", Handler="main.handle", Code={"ZipFile": b"PK"},
        Role=f"arn:aws:iam::{ACCOUNT}:role/judge",
    )  # fmt: skip
    world.boto("lambda").add_permission(
        FunctionName=FUNCTION, StatementId="theirs", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    answers: list[dict[str, Any]] = [
        {"identity": ["good"], "answer": {"isAuthorized": True}},
        {"answer": {"isAuthorized": False}},
    ]
    invoking.set_answers(world.sandbox.world(ACCOUNT, REGION), FUNCTION, answers)


def token(world: World, **claims: Any) -> str:
    told = {"iss": ISSUER, "aud": "ledger", "scope": "ledger.read", **claims}
    return f"Bearer {world.sandbox.issuers.minted(told, world.clock.monotonic())}"


def statements(world: World, function: str = FUNCTION) -> list[str]:
    try:
        policy = json.loads(world.boto("lambda").get_policy(FunctionName=function)["Policy"])
    except ClientError:
        return []
    return [each["Sid"] for each in policy["Statement"]]


def asked(world: World) -> dict[str, int]:
    api = world.api()

    def status(path: str, method: str = "GET", **headers: str) -> int:
        return world.request(api, path, method, **headers).answer.status

    return {
        "token": status("/entries", authorization=token(world)),
        "no scope": status("/entries", authorization=token(world, scope="x")),
        "no token": status("/entries"),
        "good key": status("/hooks", "POST", **{"x-key": "good"}),
        "bad key": status("/hooks", "POST", **{"x-key": "bad"}),
        "signed": status("/stock", authorization=SIGNED),
        "unsigned": status("/stock"),
        "open": status("/health"),
    }


RIGHT = {
    "token": 200, "no scope": 403, "no token": 401, "good key": 200, "bad key": 403, "signed": 200, "unsigned": 403,
    "open": 200,
}  # fmt: skip


@pytest.fixture
def settled(world: World) -> World:
    make_function(world)
    world.write(alone(gateway=gateway()))
    world.settle()
    return world


def test_people_get_in_by_what_they_show_and_nothing_is_left_of_it_in_the_end(settled: World):
    world = settled
    assert asked(world) == RIGHT
    assert len(statements(world)) == 2

    gw, api = world.boto("apigatewayv2"), world.api()
    routes = {each["RouteKey"]: each["RouteId"] for each in gw.get_routes(ApiId=api)["Items"]}
    gw.update_route(ApiId=api, RouteId=routes["GET /entries"], AuthorizationType="NONE")
    [mine] = [each for each in statements(world) if each != "theirs"]
    world.boto("lambda").remove_permission(FunctionName=FUNCTION, StatementId=mine)
    assert {str(each.key) for each in world.look().drift} == {"Route/GET /entries", "Permission/hook"}
    world.settle()
    world.clock.sleep(61)
    assert asked(world) == RIGHT

    world.write(
        alone(
            gateway=gateway(
                authorizers={"staff": {**STAFF, "audience": ["other"]}, "hook": HOOK, "machines": {"type": "iam"}}
            )
        )
    )
    world.settle()
    assert asked(world) == RIGHT | {"token": 401, "no scope": 401}

    world.restart()
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert statements(world) == ["theirs"]


def test_an_authorizer_of_another_type_takes_over_before_the_old_one_goes(settled: World):
    world = settled
    now_a_function = {"staff": HOOK | {"ttl": "0s"}, "hook": HOOK, "machines": {"type": "iam"}}
    open_to_keys = gateway(authorizers=now_a_function)
    open_to_keys["routes"]["GET /entries"] = "web"
    answers: list[int] = []

    def call(_: object) -> None:
        both = {"authorization": token(world), "x-key": "good"}
        answers.append(world.request(world.api(), "/entries", **both).answer.status)

    world.sandbox.watchers.append(call)
    world.write(alone(gateway=open_to_keys))
    world.settle()
    world.sandbox.watchers.clear()
    assert set(answers) == {200}
    assert world.request(world.api(), "/entries", authorization=token(world)).answer.status == 401
    assert len(statements(world)) == 3
    names = [each["Name"][:-7] for each in world.boto("apigatewayv2").get_authorizers(ApiId=world.api())["Items"]]
    assert sorted(names) == ["hook", "staff"]
