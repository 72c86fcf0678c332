"""OpenAPI documents beside specs: what AWS would refuse is refused with the line of the document, and what another spec
says is never taken for a document."""

import json

import pytest

from specs import load

SPEC = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: web}
spec:
  aws: {region: eu-west-1}
  network: vpc-0a1b2c3d4e5f60718
  gateway:
    type: rest
    openapi: %s
    %s
  services: {%s}
"""
WEB = 'web: {image: "x:1", port: 80}'
HEAD = "openapi: 3.0.1\ninfo: {title: t}\n"
LAMBDA = (
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations"
)
KNOWN = "authorizers: {pool: {type: cognito, userPools: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}"


def read(folder, document, more="routes: {}", services=WEB, openapi="api.yaml"):
    (folder / "spec.yaml").write_text(SPEC % (openapi, more, services))
    (folder / "api.yaml").write_text(document)
    return load([folder])


def operation(body="", integration="type: mock"):
    return f"{HEAD}paths:\n  /a/{{id}}:\n    get:\n      x-amazon-apigateway-integration: {{{integration}}}\n{body}"


HTTP = "type: http, httpMethod: GET, uri: 'https://a.example/'"
REFUSED = [
    ("E1360", 1, "CloudFormation template", "Resources: {}\n"),
    ("E1360", 1, "which version", "paths: {}\n"),
    ("E1360", 1, "does not read version 3.1.0", "openapi: 3.1.0\ninfo: {title: t}\n"),
    ("E1360", 1, "`info` is missing", "swagger: '2.0'\n"),
    ("E1001", 2, "not YAML", '{"openapi":\n'),
    ("E1007", 2, "tags are not allowed: `!include`", "openapi: 3.0.1\ninfo: {title: !include title.yaml}\n"),
    ("E1362", 2, "`!Ref` is an intrinsic", "openapi: 3.0.1\ninfo: {title: !Ref Title}\n"),
    ("E1362", 6, "`Fn::Sub` is an intrinsic", operation(integration="type: mock, uri: {'Fn::Sub': x}")),
    ("E1362", 6, "`${arn}` is a variable", operation(integration="type: aws, httpMethod: POST, uri: '${arn}'")),
    ("E1361", 3, "is in another document", f"{HEAD}paths: {{/a: {{$ref: 'other.yaml#/a'}}}}\n"),
    ("E1361", 3, "nothing at `#/x`", f"{HEAD}paths: {{/a: {{$ref: '#/x'}}}}\n"),
    ("E1361", 4, "is no segment", f"{HEAD}paths:\n  /a{{id}}: {{}}\n"),
    ("E1361", 5, "has the parameter {a} already", f"{HEAD}paths:\n  /x/{{a}}: {{}}\n  /x/{{b}}/c: {{}}\n"),
    ("E1361", 4, "stands below", f"{HEAD}paths:\n  /x/{{a+}}/b: {{}}\n"),
    ("E1361", 3, "cannot be the name of a model", f"{HEAD}components: {{schemas: {{A_b: {{}}}}}}\n"),
    (
        "E1361",
        7,
        "is a parameter in the query already",
        operation("      parameters: [{in: query, name: a}, {in: header, name: a}]\n"),
    ),
    (
        "E1361",
        7,
        "cannot be the name of a parameter",
        operation("      parameters: [{in: query, name: 'ids[]'}]\n"),
    ),
    ("E1361", 6, "no type of integration", operation(integration="type: grpc")),
    ("E1361", 3, "a schema is a map", f"{HEAD}components: {{schemas: {{A: text}}}}\n"),
    ("E1361", 7, "cannot have this binaryMedia", operation("x-amazon-apigateway-binary-media-types: [true]\n")),
    ("E1361", 6, "`cacheKeyParameters` is not a list", operation(integration=f"{HTTP}, cacheKeyParameters: 1")),
    ("E1361", 6, "`uri` is not text", operation(integration="type: http, httpMethod: GET, uri: {a: b}")),
    ("E1361", 6, "`requestTemplates` is not a map", operation(integration="type: mock, requestTemplates: text")),
    ("E1361", 6, "says `httpMethod`", operation(integration="type: http, uri: 'https://a.example/'")),
    ("E1361", 6, "is no URL", operation(integration="type: http, httpMethod: GET, uri: a.example")),
    ("E1361", 6, "is no ARN", operation(integration="type: aws, httpMethod: POST, uri: x")),
    ("E1361", 6, "names no action", operation(integration="type: aws, httpMethod: POST, uri: 'arn:aws:sqs:a:1:b'")),
    (
        "E1361",
        6,
        "is no function",
        operation(
            integration="type: aws_proxy, httpMethod: POST, uri: 'arn:aws:apigateway:eu-west-1:sqs:path/1/queue'"
        ),
    ),
    ("E1361", 6, "which VPC link", operation(integration=f"{HTTP}, connectionType: VPC_LINK")),
    ("E1361", 6, "no VPC link to name", operation(integration=f"{HTTP}, connectionId: abc")),
    ("E1361", 6, "is no such time", operation(integration=f"{HTTP}, timeoutInMillis: 30000")),
    ("E1361", 6, "cannot stream", operation(integration=f"{HTTP}, responseTransferMode: STREAM")),
    (
        "E1361",
        6,
        "is no parameter of the operation",
        operation(integration=f"{HTTP}, requestParameters: {{integration.request.path.id: method.request.path.id}}"),
    ),
    ("E1361", 6, "is no status", operation(integration="type: mock, responses: {default: {statusCode: 99}}")),
    (
        "E1361",
        7,
        "declares no header `x-a`",
        operation(
            "      responses: {200: {description: d}}\n",
            "type: mock, responses: {default: {statusCode: 200, responseParameters: "
            "\n        {method.response.header.x-a: \"'1'\"}}}",
        ),
    ),
    (
        "E1361",
        6,
        "has no response 201 that declares `x-a`",
        operation(
            integration="type: mock, responses: {default: {statusCode: 201, responseParameters: "
            "{method.response.header.x-a: \"'1'\"}}}",
        ),
    ),
    (
        "E1361",
        3,
        "`enum` is a list of values, none of them twice",
        f"{HEAD}components: {{schemas: {{A: {{properties: {{b: {{enum: [1, 1]}}}}}}}}}}\n",
    ),
    ("E1361", 7, "`2XX` is no status", operation("      responses: {2XX: {description: d}}\n")),
    ("E1361", 7, "has no `all`", operation("      x-amazon-apigateway-request-validator: all\n")),
    ("E1361", 6, "no contentHandling `TWIST`", operation(integration=f"{HTTP}, contentHandling: twist")),
    (
        "E1361",
        7,
        "cannot have this authorizerUri",
        operation(
            "components: {securitySchemes: {a: {type: apiKey, x-amazon-apigateway-authorizer: {type: token}}}}\n"
        ),
    ),
    ("E1361", 7, "no gateway response `NO`", operation("x-amazon-apigateway-gateway-responses: {NO: {}}\n")),
    ("E1361", 7, "cannot have this minimumC", operation("x-amazon-apigateway-minimum-compression-size: -1\n")),
    (
        "E1365",
        7,
        "only a private API has VPC endpoints",
        operation("x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-1]}\n"),
    ),
]


@pytest.mark.parametrize(("code", "line", "words", "document"), REFUSED, ids=[each[2] for each in REFUSED])
def test_what_aws_refuses_is_refused_with_the_line_of_the_document_and_the_rule(tmp_path, code, line, words, document):
    [problem] = read(tmp_path, document).errors
    assert words in problem.message
    assert (problem.file, problem.code, problem.line) == (str(tmp_path / "api.yaml"), code, line)
    assert "AWS: " in problem.hint
    assert "docs.aws.amazon.com/" in problem.hint


def test_an_operation_without_anything_behind_it_goes_to_the_only_service_or_wants_a_route(tmp_path):
    document = f"{HEAD}paths:\n  /a: {{get: {{security: []}}}}\n"
    [instance] = read(tmp_path, document).instances
    assert {key: route.service for key, route in instance.spec.gateway.routes.items()} == {"GET /a": "web"}
    two = f"{WEB}, other: {{image: 'x:1', port: 81}}"
    [problem] = read(tmp_path, document, services=two).errors
    assert (problem.code, problem.line, problem.file) == ("E1363", 4, str(tmp_path / "api.yaml"))
    assert '"GET /a": service' in problem.hint
    assert not read(tmp_path, document, 'routes: {"GET /a": other}', two).errors


def test_a_route_and_a_path_of_the_document_share_one_tree(tmp_path):
    routes = "routes: {'GET /x/{a}': {service: web, authorizer: none}}"
    for integration in ("", ", x-amazon-apigateway-integration: {type: mock}"):
        document = f"{HEAD}paths:\n  /x/{{b}}/y: {{get: {{security: []{integration}}}}}\n"
        [problem] = read(tmp_path, document, routes).errors
        assert (problem.code, problem.line, problem.file) == ("E1361", 4, str(tmp_path / "api.yaml"))
        assert "calls the parameter in this place {a}" in problem.message


def test_what_a_document_says_once_it_may_mean_again(tmp_path):
    """Aliases and merge keys, which an import reads as any reader of YAML does; specs have none."""
    document = (
        f"{HEAD}x-guard: &open {{security: []}}\nx-more: &more {{operationId: never, tags: [x]}}\n"
        "x-answers: &answers {'200': {description: d}}\npaths:\n"
        "  /a: {get: {<<: [*open, *more], operationId: a, responses: *answers}}\n"
        "  /b: {get: {<<: *open, responses: {<<: *answers, '404': {description: none}}}}\n"
    )
    [instance] = read(tmp_path, document).instances
    asked = instance.contract.operations
    assert [each.guard.said for each in asked.values()] == [True, True]
    assert asked["GET /a"].method["operationName"] == "a"
    assert [tuple(each.method["responses"]) for each in asked.values()] == [("200",), ("200", "404")]
    for wrong, line in (("x-a: *nobody\n", 3), ("x-a: &a [*a]\n", 3), ("x-a: {<<: text}\n", 3)):
        [problem] = read(tmp_path, HEAD + wrong).errors
        assert (problem.code, problem.line) == ("E1001", line)


def test_who_may_call_is_what_the_document_says_and_else_the_default(tmp_path):
    schemes = "components: {securitySchemes: {pool: {type: oauth2}, other: {type: http}}}\n"
    paths = (
        "paths:\n  /open: {get: {security: []}}\n  /theirs: {get: {security: [{pool: [a/b]}]}}\n"
        "  /silent: {get: {x-amazon-apigateway-integration: {type: mock}}}\n  /mine: {get: {}}\n"
    )
    more = f"{KNOWN}\n    defaults: {{authorizer: pool, scopes: [c/d]}}"
    [instance] = read(tmp_path, HEAD + schemes + paths, more).instances
    guards = {key: each.guard for key, each in instance.contract.operations.items()}
    assert (guards["GET /open"].type, guards["GET /theirs"].scopes) == ("NONE", ("a/b",))
    assert (guards["GET /silent"].authorizer, guards["GET /silent"].scopes) == ("pool", ("c/d",))
    routes = {key: (route.authorizer, route.scopes) for key, route in instance.spec.gateway.routes.items()}
    assert routes == {"GET /open": (None, ()), "GET /theirs": (None, ()), "GET /mine": ("pool", ("c/d",))}


def test_what_api_gateway_passes_over_is_a_warning_and_a_mistake_when_asked_for(tmp_path):
    document = operation(
        "      security: [{o: []}, {nobody: []}]\ncomponents: {securitySchemes: {o: {type: oauth2}}}\n",
        "type: mock, payloadFormatVersion: 1, requestParameters: {integration.request.header.a: true}",
    ) + ("x-amazon-apigateway-invented: 1\n")
    catalog = read(tmp_path, document)
    assert not catalog.errors
    told = " ".join(problem.message for problem in catalog.warnings)
    assert all(
        word in told
        for word in ("payloadFormatVersion", "is not text", "leave the operation open", "-invented", "`nobody`")
    )
    strict = read(tmp_path, document, openapi="{file: api.yaml, failOnWarnings: true}")
    assert {problem.code for problem in strict.errors} == {"E1364"}


def test_an_open_document_is_told_of_once(tmp_path):
    catalog = read(tmp_path, operation())
    assert [(problem.code, problem.line) for problem in catalog.warnings if problem.code == "E1365"] == [("E1365", 5)]


def test_a_file_that_says_that_it_is_a_spec_is_one_whoever_names_it(tmp_path):
    other = SPEC.replace("name: web", "name: other") % ("api.yaml", "", WEB)
    catalog = read(tmp_path, other)
    assert {instance.name for instance in catalog.instances} | catalog.frozen == {"web", "other"}
    broken = read(tmp_path, "a: [\n")
    assert broken.unreadable == {str(tmp_path / "api.yaml")}
    assert [problem.code for problem in broken.errors] == ["E1001"]


@pytest.mark.parametrize("name", ["../api.yaml", "/etc/passwd", "a/../../b.yaml", ".hidden.yaml"])
def test_a_spec_reads_only_what_lies_beside_it(tmp_path, name):
    [problem] = (each for each in read(tmp_path, HEAD, openapi=f'"{name}"').errors if each.file.endswith("spec.yaml"))
    assert "a file beside this one or below it" in problem.message


def test_a_link_to_another_place_is_not_followed(tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/api.yaml").write_text(HEAD)
    (tmp_path / "specs/in").symlink_to(tmp_path / "outside")
    for name in ("in/api.yaml", "nowhere.yaml"):
        (tmp_path / "specs/spec.yaml").write_text(SPEC % (name, "", WEB))
        assert [(problem.code, problem.line) for problem in load([tmp_path / "specs"]).errors] == [("E1002", 10)]


def test_a_model_may_have_its_schema_in_a_file(tmp_path):
    (tmp_path / "order.json").write_text('{"type": "object",\n "required": ["a"]}')
    model = (
        'models: {order: {file: order.json, description: d}}\n    routes: {"GET /": {service: web, authorizer: none}}'
    )
    [instance] = read(tmp_path, f"{HEAD}paths: {{}}\n", model).instances
    assert instance.spec.gateway.models["order"].json_schema == {"type": "object", "required": ("a",)}
    assert str(instance.origins["/gateway/models/order/schema/required"]) == f"{tmp_path / 'order.json'}:2:14"
    before = instance.hash
    (tmp_path / "order.json").write_text('{"type": "array"}')
    assert load([tmp_path]).instances[0].hash != before
    (tmp_path / "order.json").write_text("[1]")
    assert [problem.code for problem in load([tmp_path]).errors] == ["E1103", "E1104"]
    both = model.replace("description: d", "schema: {}")
    assert [problem.code for problem in read(tmp_path, f"{HEAD}paths: {{}}\n", both).errors] == ["E1366"]


def test_a_schema_is_left_with_what_models_know(tmp_path):
    """CreateModel refuses `example` and the like; an import leaves it out. A property may have any name."""
    schema = {
        "type": "object",
        "required": [],
        "nullable": True,
        "discriminator": {"propertyName": "kind"},
        "x-order": 1,
        "properties": {"example": {"type": "string", "example": "Rex", "readOnly": True, "required": True}},
        "default": {"example": 1},
    }
    document = {"openapi": "3.0.1", "info": {}, "paths": {}, "components": {"schemas": {"Pet": schema}}}
    [instance] = read(tmp_path, json.dumps(document)).instances
    assert instance.contract.models["Pet"]["schema"] == {
        "type": "object",
        "properties": {"example": {"type": "string"}},
        "default": {"example": 1},
    }


def test_only_rest_apis_are_made_of_documents(tmp_path):
    (tmp_path / "api.json").write_text(json.dumps({"openapi": "3.0.1", "info": {}}))
    (tmp_path / "spec.yaml").write_text((SPEC % ("api.json", "", WEB)).replace("type: rest", "type: http"))
    assert [problem.code for problem in load([tmp_path]).errors] == ["E1350"]


def test_documents_are_bounded(tmp_path):
    many = f"{HEAD}x-values: [{', '.join(['1'] * 50_001)}]\n"
    assert [problem.code for problem in read(tmp_path, many).errors] == ["E1009"]
    assert [problem.code for problem in read(tmp_path, HEAD + "# " + "x" * 1_048_576).errors] == ["E1003"]
    level = "x-{0}: {{not: {{$ref: '#/x-{1}'}}, items: {{$ref: '#/x-{1}'}}, allOf: [{{$ref: '#/x-{1}'}}]}}\n"
    tripled = "".join(level.format(number, number + 1) for number in range(15))
    bomb = f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {{$ref: '#/x-0'}}}}}}\n{tripled}x-15: {{}}\n"
    assert [problem.code for problem in read(tmp_path, bomb).errors] == ["E1009"]
    again = "{$ref: '#/x'}"
    circle = f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {again}}}}}\nx: {{not: {again}, items: {again}}}\n"
    assert [problem.code for problem in read(tmp_path, circle).errors] == ["E1361"]
    laughs = "".join(f"x-{each}: &a{each} [*a{each - 1}, *a{each - 1}, *a{each - 1}]\n" for each in range(1, 12))
    assert [problem.code for problem in read(tmp_path, f"{HEAD}x-0: &a0 ha\n{laughs}").errors] == ["E1009"]
    deep = "".join(f"x-{each}: &a{each} [*a{each - 1}]\n" for each in range(1, 70))
    assert [problem.code for problem in read(tmp_path, f"{HEAD}x-0: &a0 ha\n{deep}").errors] == ["E1009"]
    assert not read(tmp_path, f"{HEAD}paths: {{}}\nx-zip: 01234\n").errors


def test_a_path_may_have_every_character_that_aws_takes(tmp_path):
    """The guide's list lacks the dollar sign; aws/aws-cdk#27083 has it from AWS."""
    paths = "paths:\n  '/$a/b.c_d-e/f:g,h/{i}': {get: {x-amazon-apigateway-integration: {type: mock}}}\n"
    [instance] = read(tmp_path, HEAD + paths).instances
    assert tuple(instance.contract.operations) == ("GET /$a/b.c_d-e/f:g,h/{i}",)


def test_of_a_declared_parameter_every_value_may_be_read(tmp_path):
    mapped = "requestParameters: {integration.request.querystring.a: method.request.multivaluequerystring.a}"
    declared = "      parameters: [{in: query, name: a}]\n"
    assert not read(tmp_path, operation(declared, f"{HTTP}, {mapped}")).errors
    assert [problem.code for problem in read(tmp_path, operation("", f"{HTTP}, {mapped}")).errors] == ["E1361"]
