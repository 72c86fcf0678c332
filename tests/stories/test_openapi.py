"""REST APIs from OpenAPI documents: who may call and what is looked at as the document says, one deployment for each
edit of it, and routes that go before it."""

from __future__ import annotations

import json
import shutil
import threading
from typing import Any

import pytest

from controller.loop import Loop, ticks
from controller.output.source import source
from sandbox import invoking
from sandbox.dataplane.journey import Request
from specs import load
from tests.stories.setups import EXAMPLES, Setup, told
from tests.stories.test_rest_setups import only_api, place
from tests.stories.test_who_may_call import statements, token
from tests.stories.test_who_may_call_rest import POOL_ISSUER
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

GUARD = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:demo-guard"
ALLOW = {
    "principalId": "acme",
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}],
    },
}


def send(world: World, path: str, body: Any, **headers: str) -> Any:
    sent = {"content-type": "application/json", **headers}
    request = Request("POST", f"/live{path}", headers=sent, body=json.dumps(body).encode())
    return world.send(only_api(world), request)


@pytest.fixture
def bookshop(logging: World) -> Setup:
    logging.boto("lambda").add_permission(
        FunctionName=GUARD, StatementId="theirs", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    answers: list[dict[str, Any]] = [{"identity": ["good"], "answer": ALLOW}, {"answer": None}]
    invoking.set_answers(logging.sandbox.world(ACCOUNT, REGION), GUARD, answers)
    shutil.copytree(EXAMPLES / "openapi", logging.folder / "openapi")
    return Setup(logging, "openapi.yaml")


def deployments(world: World) -> int:
    return len(world.boto("apigateway").get_deployments(restApiId=only_api(world))["items"])


def test_a_rest_api_from_a_document_lives_its_life(bookshop: Setup) -> None:
    world = bookshop.world
    id, gateway = only_api(world), world.boto("apigateway")
    customer = token(world, iss=POOL_ISSUER, aud="web", scope="orders/write", token_use="access")
    assert told(world.request(id, "/live/books/7"))["path"] == "/books/7"
    assert told(world.request(id, "/live/of/the/rest", "PUT"))["path"] == "/of/the/rest"
    assert json.loads(world.request(id, "/live/status").answer.body) == {"status": "open"}
    order = {"isbn": "7", "copies": 2}
    assert send(world, "/orders", order).answer.status == 401
    assert told(send(world, "/orders", order, authorization=customer))["path"] == "/orders"
    assert send(world, "/orders", {"isbn": "7"}, authorization=customer).answer.status == 422
    assert send(world, "/partner/orders", {"orders": []}).answer.status == 401
    partner = told(send(world, "/partner/orders", {"orders": []}, **{"x-key": "good"}))
    assert (partner["path"], partner["headers"]["x-channel"]) == ("/orders", "partner")
    assert send(world, "/partner/orders", {}, **{"x-key": "good"}).answer.status == 422
    assert len(statements(world, GUARD)) == 2, "theirs, and ours for the authorizer"

    stricter = {"op": "replace", "path": "/apiKeyRequired", "value": "true"}
    change = {**place(world, "/orders", "POST"), "patchOperations": [stricter]}
    assert bookshop.mend(lambda: gateway.update_method(**change)) == ["Method/POST /orders"]
    model = {"restApiId": id, "modelName": "Order"}
    empty = [{"op": "replace", "path": "/schema", "value": "{}"}]
    assert bookshop.mend(lambda: gateway.update_model(**model, patchOperations=empty)) == ["Model/Order"]

    before, document = deployments(world), world.folder / "openapi/bookshop.yaml"
    was = world.catalog().instances[0].hash
    document.write_text(document.read_text().replace("/status:", "/hours:").replace("copies: {", "amount: {"))
    edited = world.catalog().instances[0]
    assert edited.hash != was
    changes = {each.key.address: each for each in world.look().plan.changes}
    line = document.read_text().split("\n").index("    Order:") + 1
    [written] = {source(edited, changes["Model/Order"].key, each) for each in changes["Model/Order"].differences}
    assert written is not None
    assert (written.file, written.line) == (str(document), line)
    bookshop.edit("", "")
    assert deployments(world) == before + 1
    assert world.request(id, "/live/hours").answer.status == 200
    schema = world.folder / "openapi/bulk-order.schema.json"
    schema.write_text(schema.read_text().replace('"required": ["orders"],', ""))
    bookshop.edit("", "")
    assert told(send(world, "/partner/orders", {}, **{"x-key": "good"}))["path"] == "/orders"
    bookshop.delete("bookshop")


MOCK = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}, "responses": {"default": {}}}


def documented(paths: dict[str, Any], **more: Any) -> str:
    return json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": paths, **more})


@pytest.mark.parametrize(("mode", "left"), [("merge", {"/", "/ours", "/theirs"}), ("overwrite", {"/", "/ours"})])
def test_what_somebody_has_in_an_api_of_theirs_stays_when_merged_and_goes_when_overwritten(
    world: World, mode: str, left: set[str]
) -> None:
    gateway = world.boto("apigateway")
    mine = documented({"/theirs": {"get": {"x-amazon-apigateway-integration": MOCK}}})
    id = gateway.import_rest_api(body=mine.encode())["id"]
    gateway.create_deployment(restApiId=id, stageName="live")
    ours = documented({"/ours": {"get": {"security": [], "x-amazon-apigateway-integration": MOCK}}})
    (world.folder / "ours.json").write_text(ours)
    openapi = {"file": "ours.json", "mode": mode}
    world.write(alone(gateway={"type": "rest", "adopt": id, "openapi": openapi}, services={"web": service(count=1)}))
    world.settle()
    assert {each["path"] for each in gateway.get_resources(restApiId=id)["items"]} == left
    world.restart()
    assert not world.look().plan.changes
    assert world.request(id, "/live/ours").answer.status == 200
    assert world.request(id, "/live/theirs").answer.status == (200 if mode == "merge" else 403)


def test_a_document_beside_a_single_spec_is_watched_and_an_edit_of_it_is_noticed(world: World) -> None:
    folder = world.folder / "openapi"
    folder.mkdir()
    (folder / "api.json").write_text(documented({"/a": {"get": {"security": []}}}))
    world.write(alone(gateway={"type": "rest", "openapi": "openapi/api.json"}, services={"web": service(count=1)}))
    loop = Loop([world.folder / "spec.yaml"], world.process())
    stop, noticed = threading.Event(), []
    for edited in ticks(loop.watched, stop):
        loop.catalog = load(list(loop.files))
        noticed.append(edited)
        if len(noticed) == 3:
            (folder / "api.json").write_text(documented({"/b": {"get": {"security": []}}}))
        if (len(noticed) > 3 and edited) or len(noticed) > 40:
            stop.set()
    assert loop.watched() == (world.folder / "spec.yaml", folder / "api.json")
    assert noticed[-1]
    assert Loop([world.folder], world.process(), catalog=loop.catalog).watched() == (world.folder,)
