"""Authorizers of a REST API: a pool's token, an issuer's token, a function and a signature let people in; a change is
deployed once, and one that is replaced stands beside its successor until nobody asks it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import invoking
from tests.stories.test_rest import api
from tests.stories.test_who_may_call import FUNCTION, ISSUER, SIGNED, make_function, statements, token
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

POOL = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_AbCdEfGhI"
POOL_ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_AbCdEfGhI"


def spec(**authorizers: Any) -> str:
    told = {
        "customers": {"type": "cognito", "userPools": [POOL]},
        "staff": {"type": "jwt", "issuer": ISSUER, "audience": ["ledger"]},
        "partners": {"type": "lambda", "function": FUNCTION, "identity": ["header.x-key"], "ttl": "1m"},
        "machines": {"type": "iam"},
        **authorizers,
    }
    routes = {
        "GET /mine": {"service": "web", "scopes": ["shop/read"]},
        "GET /staff": {"service": "web", "authorizer": "staff"},
        "POST /orders": {"service": "web", "authorizer": "partners"},
        "GET /stock": {"service": "web", "authorizer": "machines"},
        "GET /open": {"service": "web", "authorizer": "none"},
    }
    said = {"type": "rest", "authorizers": told, "defaults": {"authorizer": "customers"}, "routes": routes}
    return alone(gateway=said, services={"web": service(count=1)})


@pytest.fixture
def settled(world: World) -> World:
    make_function(world)
    allow = {"principalId": "acme", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}}  # fmt: skip
    answers: list[dict[str, Any]] = [{"identity": ["good"], "answer": allow}, {"answer": None}]
    invoking.set_answers(world.sandbox.world(ACCOUNT, REGION), FUNCTION, answers)
    world.write(spec())
    world.settle()
    return world


def asked(world: World) -> dict[str, int]:
    id = api(world)

    def status(path: str, method: str = "GET", **headers: str) -> int:
        return world.request(id, f"/live{path}", method, **headers).answer.status

    pool = token(world, iss=POOL_ISSUER, aud="web", scope="shop/read", token_use="access")
    return {
        "pool": status("/mine", authorization=pool),
        "no token": status("/mine"),
        "issuer": status("/staff", authorization=token(world)),
        "other audience": status("/staff", authorization=token(world, aud="others")),
        "good key": status("/orders", "POST", **{"x-key": "good"}),
        "no key": status("/orders", "POST"),
        "signed": status("/stock", authorization=SIGNED),
        "unsigned": status("/stock"),
        "open": status("/open"),
    }


def test_people_get_in_by_what_they_show(settled: World) -> None:
    assert asked(settled) == {
        "pool": 200, "no token": 401, "issuer": 200, "other audience": 401, "good key": 200, "no key": 401,
        "signed": 200, "unsigned": 403, "open": 200,
    }  # fmt: skip
    assert len(statements(settled)) == 2, "theirs, and ours for one authorizer"
    settled.restart()
    outcomes, seen = settled.once()
    assert not outcomes
    assert not seen.drift


def test_another_issuer_is_another_authorizer_and_the_old_one_goes_when_nobody_asks_it(settled: World) -> None:
    gateway, id = settled.boto("apigateway"), api(settled)
    before = {each["name"]: each["id"] for each in gateway.get_authorizers(restApiId=id)["items"]}
    settled.write(spec(staff={"type": "jwt", "issuer": "https://other.example/", "audience": ["ledger"]}))
    settled.settle()
    after = {each["name"]: each["id"] for each in gateway.get_authorizers(restApiId=id)["items"]}
    assert len(after) == len(before)
    assert {name.rpartition("-")[0] for name in before.keys() ^ after.keys()} == {"staff"}
    assert asked(settled)["issuer"] == 401
    assert len(gateway.get_deployments(restApiId=id)["items"]) == 2


def test_a_pool_that_is_added_is_served_after_one_deployment(settled: World) -> None:
    gateway, id = settled.boto("apigateway"), api(settled)
    settled.write(spec(customers={"type": "cognito", "userPools": [POOL, f"{POOL}2"]}))
    settled.settle()
    assert len(gateway.get_deployments(restApiId=id)["items"]) == 2
    pool = token(settled, iss=f"{POOL_ISSUER}2", aud="web", scope="shop/read", token_use="access")
    assert settled.request(id, "/live/mine", authorization=pool).answer.status == 200


def test_a_function_that_is_told_the_token_alone_hears_only_of_what_fits(settled: World) -> None:
    told = {
        "type": "lambda",
        "function": FUNCTION,
        "identity": "header.x-key",
        "payload": "token",
        "validation": "go+d",
    }
    settled.write(spec(partners=told))
    settled.settle()
    gateway = settled.boto("apigateway")
    kinds = {each["type"] for each in gateway.get_authorizers(restApiId=api(settled))["items"]}
    assert kinds == {"COGNITO_USER_POOLS", "JWT", "TOKEN"}
    answers = {key: settled.request(api(settled), "/live/orders", "POST", **{"x-key": key}).answer for key in KEYS}
    assert {key: answer.status for key, answer in answers.items()} == {"good": 200, "gooood": 500, "bad": 401}
    assert answers["bad"].why == "the token does not match the authorizer's expression"


KEYS = ("good", "gooood", "bad")
