"""What holds for every operation there is. A new one is tested before its author writes a test."""

import inspect
from collections import defaultdict

import jmespath
import pytest
from botocore import xform_name

from sandbox import shapes
from sandbox.calls import Call
from sandbox.refusal import Refusal
from sandbox.services import KINDS, MODULES, OPERATIONS, REFERENCES, SERVICES
from tests.sandbox import story, story_discovery, story_rest, story_sockets

EVERY = sorted(OPERATIONS)
OURS = [kind for kind in KINDS.values() if not kind.foreign]
# sent under one name, told under another; never told; or told by an operation of its own
TOLD_AS = {"Name": ("Name", "LoadBalancerName", "TargetGroupName"), "Subnets": ("AvailabilityZones",)}
UNTOLD = {
    "AWSServiceName",
    "clientToken",
    "cluster",
    "tags",
    "Tags",
    "ApiId",
    "RouteId",
    "ListenerArn",
    "Code",
    "FunctionName",
    "DomainName",
    "CaCertificatesBundleS3Bucket",
    "CaCertificatesBundleS3Key",
}
UNTOLD |= {
    "restApiId",
    "usagePlanId",
    "keyId",
    "keyType",
    "domainName",
    "policy",
    "documentationVersion",  # told as `version`
}  # the policy is told back escaped and written out
FLAT = ("apigateway", "apigatewayv2", "lambda")  # services whose answers are the resource itself


@pytest.fixture
def told(sandbox, clock, network):
    """Every call of the story over the plain function: (service, operation) -> [(request, answer)]."""
    calls = defaultdict(list)

    def call(service, operation, /, **request):
        answer = sandbox.call(service, operation, **request)
        calls[service, shapes.operations(service)[operation]].append((request, answer))
        return answer

    _tell(call, network, clock.advance)
    return calls


def _tell(call, network, wait):
    built = story.tell(call, network, wait)
    rest = story_rest.tell(call, network, wait, built)
    story_sockets.tell(call, rest)
    story_discovery.tell(call, network, wait)
    story_rest.untell(call, wait, rest)
    story.untell(call, wait, built)


def test_the_story_tells_of_every_operation(told):
    assert [each for each in EVERY if each not in told] == []


def test_every_public_function_of_a_service_is_an_operation_of_aws():
    neighbours = {
        "rules_in_order",
        "balancer_of",
        "owner",
        "rule_arn",
        "refuse_certificate",
        "refuse_groups",
    }  # what other files call
    neighbours |= {"made", "below", "refuse_parameters", "deployed", "picture", "refuse_deployed"}  # of REST APIs
    neighbours |= {
        "born",
        "refuse_models",
        "effective",
        "put",
        "integration_told",
        "told_policy",
        "protecting",
        "taken_off",
        "mapped",
        "remapped",
        "refuse_privacy",
        "through",
        "named",
        "registered",
        "deregistered",
    }
    words = {"bad", "conflict", "unknown", "misconfigured"}
    for service, modules in MODULES.items():
        for module in modules:
            own = {
                name
                for name, each in vars(module).items()
                if inspect.isfunction(each) and each.__module__ == module.__name__ and name[0] != "_"
            }
            assert own - neighbours - words <= set(shapes.operations(service)), module.__name__


def test_answers_look_as_aws_makes_them_over_the_wire_too(aws, clock, network):
    """boto3's own parser drops what it does not know; so nothing may be lost on the way through it."""

    def call(service, operation, /, **request):
        return getattr(aws(service), operation)(**request)

    _tell(call, network, clock.advance)


def test_what_is_sent_is_told(told):
    for (service, operation), calls in told.items():
        if operation.startswith(("Create", "Register", "Update")) and operation not in (
            "RegisterTargets",
            "RegisterScalableTarget",
            "CreateDeployment",
            "UpdateStage",
        ):
            if "patchOperations" in calls[0][0]:
                continue  # these send no members
            request, answer = calls[0]
            if list(answer) == ["OperationId"]:
                continue  # it is done later
            shown = next(iter(answer.values())) if service not in FLAT else answer
            shown = shown[0] if isinstance(shown, list) else shown
            for name, value in request.items():
                names = [each for each in TOLD_AS.get(name, (name,)) if each in shown]
                if (
                    name in UNTOLD
                    or name in shown.get("serviceArn", "")
                    or (name.endswith("Id") and operation.startswith("Update"))
                ):
                    continue
                assert names or name == "service", f"{operation} drops {name}"
                if names and not isinstance(value, (list, int)):
                    assert _within(value, shown[names[0]]), (
                        f"{operation} changes {name}: {value!r} -> {shown[names[0]]!r}"
                    )


def _within(sent, told):
    return (
        all(_within(value, told.get(name)) for name, value in sent.items()) if isinstance(sent, dict) else sent == told
    )


@pytest.mark.parametrize(("service", "operation"), EVERY)
def test_an_operation_refuses_what_it_does_not_know(sandbox, service, operation):
    with pytest.raises(Refusal) as refused:
        sandbox.perform(Call(service, operation, {"Nonsense": 1}))
    assert "Nonsense" in refused.value.message


@pytest.mark.parametrize(("service", "operation"), EVERY)
def test_an_operation_asked_of_an_empty_account_answers_or_refuses(sandbox, service, operation):
    """Never a KeyError: required members filled with nothing in particular."""
    shape = shapes.operation(service, operation).input_shape
    request = {name: _something(shape.members[name]) for name in shape.required_members} if shape else {}
    try:
        sandbox.perform(Call(service, operation, request))
    except Refusal as refusal:
        assert shapes.status_of(service, refusal.code) in range(400, 500)  # noqa: PT017  # answering is fine too


def _something(shape):
    some = {"string": "x", "integer": 5, "boolean": True, "map": {}, "list": [], "blob": b"x"}
    if shape.type_name == "list":
        return [_something(shape.member)]
    if shape.type_name == "structure":
        return {name: _something(shape.members[name]) for name in shape.required_members}
    return shape.enum[0] if getattr(shape, "enum", None) else some[shape.type_name]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)
def test_a_kind_speaks_only_of_members_its_shape_has(kind):
    members = shapes.members(kind.service, kind.name)
    assert set(kind.defaults) | set(kind.unique) | set(kind.fixed) | ({kind.id_field} - {""}) <= members
    assert (
        list(shapes.problems(shapes.model(kind.service).shape_for(kind.name), dict(kind.defaults), asked=False)) == []
    )


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)
def test_a_rule_looks_at_members_its_shape_has(kind):
    paths = [path for rule in kind.rules for path in (rule.must, rule.when)]
    paths += [reference.path for reference in REFERENCES if reference.holder is kind]
    around = {"Parent"} if kind.parent else set()
    assert {name for path in paths for name in _roots(jmespath.compile(path).parsed)} <= around | shapes.members(
        kind.service, kind.name
    )


def _roots(node):
    """The members a path starts from. In JMESPath `!a.b` is `(!a).b`, which is never what was meant."""
    assert node["type"] != "subexpression" or node["children"][0]["type"] != "not_expression"
    if node["type"] == "field":
        return {node["value"]}
    first_only = node["type"] in (
        "subexpression",
        "index_expression",
        "projection",
        "filter_projection",
        "flatten",
        "value_projection",
    )
    return {name for child in (node["children"][:1] if first_only else node["children"]) for name in _roots(child)}


def test_every_refusal_in_the_tables_is_a_code_of_its_service():
    common = {"ValidationError", "DependencyViolation"}
    for reference in REFERENCES:
        for refusal in filter(None, (reference.unknown, reference.in_use)):
            codes = {shape.error_code for service in SERVICES for shape in shapes.model(service).error_shapes}
            assert refusal.code in codes | common, refusal


def test_lists_come_in_pages(sandbox):
    for n in range(7):
        sandbox.call("apigatewayv2", "create_api", Name=f"a{n}", ProtocolType="HTTP")
    names: list[str] = []
    token: dict[str, str] | None = {}
    while token is not None:
        answer = sandbox.call("apigatewayv2", "get_apis", MaxResults="3", **token)
        names += [item["Name"] for item in answer["Items"]]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
    assert names == [f"a{n}" for n in range(7)]


def test_every_list_operation_can_be_paged_or_takes_no_token():
    for service, operation in EVERY:
        asked = shapes.operation(service, operation).input_shape
        if asked and {"NextToken", "nextToken", "Marker"} & set(asked.members):
            assert shapes.paging(service, operation), xform_name(operation)
