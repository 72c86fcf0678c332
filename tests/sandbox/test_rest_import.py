"""Documents people really wrote become trees, and a tree that was exported and read again is the same tree."""

import json
from pathlib import Path

import boto3
import pytest

from sandbox import ManualClock, Sandbox, elsewhere
from sandbox.inprocess import connect
from sandbox.refusal import Refusal
from tests.sandbox.conftest import KEYS

WRITTEN = Path(__file__).resolve().parents[2] / "../shared/aws/recordings/inputs/openapi"
IDS = ("id", "parentId", "resourceId", "cacheNamespace", "authorizerId", "requestValidatorId")
# Why API Gateway would not import a file either: what is in it is for another tool to fill in first
TEMPLATES = ("Fn::", "!Sub", "!Ref", "!GetAtt", "${", "AWSTemplateFormatVersion", "Resources", "recorded-date", "Attrs")


@pytest.fixture(scope="module")
def gateway():
    elsewhere.reset()
    session = boto3.Session(**KEYS)
    connect(Sandbox(clock=ManualClock()), session)
    return session.client("apigateway")


@pytest.fixture(scope="module")
def call():
    elsewhere.reset()
    sandbox = Sandbox(clock=ManualClock())
    return lambda operation, **request: sandbox.call("apigateway", operation, **request)


def tree(gateway, api):
    """An API without the ids that are made up."""
    items = gateway.get_resources(restApiId=api, embed=["methods"], limit=500)["items"]
    return {each["path"]: plain(each.get("resourceMethods", {})) for each in items}


def plain(value):
    match value:
        case dict():
            return {name: plain(each) for name, each in sorted(value.items()) if name not in IDS}
        case list():
            return [plain(each) for each in value]
        case str() if value.startswith("MODEL"):
            return "MODEL"
    return value


@pytest.mark.skipif(not WRITTEN.exists(), reason="the documents are not beside this checkout")
def test_real_documents_are_imported_and_read_back_unchanged_or_refused_for_a_reason(gateway, capsys):
    imported, refused, reasons = 0, 0, []
    for file in sorted(WRITTEN.iterdir()):
        try:
            api = gateway.import_rest_api(body=file.read_bytes())["id"]
        except gateway.exceptions.BadRequestException as refusal:
            refused += 1
            if not any(word in file.read_text() for word in TEMPLATES):
                reasons.append(f"{file.name}: {refusal}")
            continue
        imported += 1
        before = tree(gateway, api)
        if all("methodIntegration" in each for methods in before.values() for each in methods.values()):
            gateway.create_deployment(restApiId=api, stageName="s")
            asked = {"extensions": "apigateway"}
            told = gateway.get_export(restApiId=api, stageName="s", exportType="oas30", parameters=asked)["body"].read()
            gateway.put_rest_api(restApiId=api, mode="overwrite", body=told)
            assert tree(gateway, api) == before, file.name
    with capsys.disabled():
        print(f"\n{imported} documents imported, {refused} refused")
    assert [each for each in reasons if "Invalid OpenAPI input" not in each] == []
    assert (imported, refused) == (19, 49)


ORDER, LINE = ({"$ref": f"#/components/schemas/{name}"} for name in ("Order", "Line"))
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "orders", "version": "2", "description": "d"},
    "servers": [{"url": "https://example.com/{basePath}", "variables": {"basePath": {"default": "/v1/shop"}}}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "order",
                "security": [{"pool": ["orders/read"]}],
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": ORDER}}}},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy",
                    "httpMethod": "GET",
                    "uri": "https://example.com/{id}",
                    "requestParameters": {"integration.request.path.id": "method.request.path.id"},
                },
            },
        },
    },
    "components": {
        "schemas": {
            "Order": {"type": "object", "properties": {"lines": {"type": "array", "items": LINE}}},
            "Line": {"type": "object"},
        },
        "securitySchemes": {
            "pool": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {
                    "type": "cognito_user_pools",
                    "providerARNs": ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"],
                },
            },
        },
    },
    "x-amazon-apigateway-binary-media-types": ["image/png"],
}  # fmt: skip


def changed(**changes):
    return json.dumps(DOCUMENT | changes).encode()


VARIABLE = "of this resource already has a variable path part -- only one is allowed"
MAPPING = (
    "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
    "[Invalid mapping expression parameter specified: method.request.path.id]"
)


def paths(call, api):
    return sorted(each["path"] for each in call("get_resources", restApiId=api)["items"])


def test_a_document_says_what_a_caller_would_have_to_say_in_many_calls(call):
    made = call("import_rest_api", body=changed(), parameters={"endpointConfigurationTypes": "REGIONAL"})
    api = {"restApiId": made["id"]}
    assert (made["name"], made["version"], made["binaryMediaTypes"]) == ("orders", "2", ["image/png"])
    assert made["endpointConfiguration"]["types"] == ["REGIONAL"]
    item = next(each for each in call("get_resources", **api, embed=["methods"])["items"] if "{id}" in each["path"])
    get = item["resourceMethods"]["GET"]
    authorizer = call("get_authorizer", **api, authorizerId=get["authorizerId"])
    assert (get["authorizationType"], get["authorizationScopes"]) == ("COGNITO_USER_POOLS", ["orders/read"])
    assert (authorizer["name"], authorizer["identitySource"]) == ("pool", "method.request.header.Authorization")
    assert (get["operationName"], get["requestParameters"]) == ("order", {"method.request.path.id": True})
    assert get["methodResponses"]["200"]["responseModels"] == {"application/json": "Order"}
    assert get["methodIntegration"]["type"] == "HTTP_PROXY"
    assert f"restapis/{made['id']}/models/Line" in call("get_model", **api, modelName="Order")["schema"]


@pytest.mark.parametrize(
    ("basepath", "path"), [("ignore", "/orders"), ("prepend", "/v1/shop/orders"), ("split", "/shop/orders")]
)
def test_the_base_path_is_ignored_prepended_or_split(call, basepath, path):
    api = call("import_rest_api", body=changed(), parameters={"basepath": basepath})["id"]
    assert f"{path}/{{id}}" in paths(call, api)


def test_merge_adds_and_overwrite_begins_anew(call):
    api = call("import_rest_api", body=changed())["id"]
    more = changed(paths={"/more": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}})
    root = call("get_rest_api", restApiId=api)["rootResourceId"]
    call("put_rest_api", restApiId=api, mode="merge", body=more)
    assert paths(call, api) == ["/", "/more", "/orders", "/orders/{id}"]
    less = json.loads(more) | {"x-amazon-apigateway-binary-media-types": [], "info": {"title": "t", "version": "3"}}
    told = call("put_rest_api", restApiId=api, mode="overwrite", body=json.dumps(less).encode())
    assert paths(call, api) == ["/", "/more"]
    assert (told["rootResourceId"], told["name"], told.get("description")) == (root, "t", None)


def test_a_document_with_one_mistake_changes_nothing(call):
    api = call("import_rest_api", body=changed())["id"]
    before = call("get_resources", restApiId=api, embed=["methods"])
    wrong = json.loads(changed())
    wrong["paths"]["/{other}/x"] = wrong["paths"]["/a/{x}"] = wrong["paths"]["/a/{y}"] = {}
    del wrong["paths"]["/orders/{id}"]["parameters"]
    for mode in ("merge", "overwrite"):
        with pytest.raises(Refusal) as refused:
            call("put_rest_api", restApiId=api, mode=mode, body=json.dumps(wrong).encode())
        assert refused.value.message.splitlines() == [
            "Errors found during import:",
            f"\tUnable to create resource at path '/a/{{y}}': A sibling ({{x}}) {VARIABLE}",
            f"\tUnable to put integration on 'GET' for resource at path '/orders/{{id}}': {MAPPING}",
        ]
        assert call("get_resources", restApiId=api, embed=["methods"]) == before


def test_a_header_that_an_answer_sets_is_declared_by_the_method_or_the_import_fails(call):
    """Quoted in amazon-archives/aws-apigateway-importer, issues 121 and 209."""
    document = json.loads(changed())
    get = document["paths"]["/orders/{id}"]["get"]
    for status, why in (
        ("200", "Invalid mapping expression parameter specified: method.response.header.x"),
        ("404", "No method response exists for method."),
    ):
        answer = {"statusCode": status, "responseParameters": {"method.response.header.x": "'1'"}}
        get["x-amazon-apigateway-integration"]["responses"] = {"default": answer}
        with pytest.raises(Refusal, match="Unable to put integration response on 'GET'") as refused:
            call("import_rest_api", body=json.dumps(document).encode())
        assert why in refused.value.message


def test_an_import_keeps_of_schemas_what_models_know(call):
    schema = {"type": "object", "nullable": True, "required": [], "properties": {"example": {"example": 1}}}
    body = changed(components={"schemas": {"Order": schema}}, paths={})
    api = call("import_rest_api", body=body)["id"]
    kept = json.loads(call("get_model", restApiId=api, modelName="Order")["schema"])
    assert kept == {"type": "object", "properties": {"example": {}}}


def test_warnings_are_told_and_may_be_made_to_fail(call):
    document = json.loads(changed())
    integration = document["paths"]["/orders/{id}"]["get"]["x-amazon-apigateway-integration"]
    integration["requestParameters"]["integration.request.header.nothing"] = True
    body = json.dumps(document).encode()
    warning = (
        "Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.nothing'"
        " of resource '/orders/{id}' and method 'GET' but got 'true'"
    )
    assert call("import_rest_api", body=body)["warnings"] == [warning]
    with pytest.raises(Refusal, match="Warnings found during import"):
        call("import_rest_api", body=body, failOnWarnings=True)


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[]", b"{}", b'{"openapi": "3.0.1"}', b"a: [", b'{"swagger": "2.0", "info": 1}']
)
def test_what_is_no_such_document_is_refused(call, body):
    with pytest.raises(Refusal, match=r"Invalid OpenAPI input\."):
        call("import_rest_api", body=body)


def test_of_a_declared_parameter_every_value_may_be_mapped(call):
    document = json.loads(changed())
    get = document["paths"]["/orders/{id}"]["get"]
    mapping = {"integration.request.querystring.a": "method.request.multivaluequerystring.a"}
    get["x-amazon-apigateway-integration"]["requestParameters"] |= mapping
    with pytest.raises(Refusal, match=r"parameter specified: method\.request\.multivaluequerystring\.a"):
        call("import_rest_api", body=json.dumps(document).encode())
    get["parameters"] = [{"name": "a", "in": "query"}]
    assert call("import_rest_api", body=json.dumps(document).encode())["id"]
