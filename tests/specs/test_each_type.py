"""What each type of API can do: the table of docs/rest-apis.md, cell by cell. What a type cannot do is refused, and the
refusal says what can."""

import json
from typing import Any

import pytest

from specs import load_text
from tests.specs.test_layers import alone

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:judge"
ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/11111111-2222-4333-8444-555555555555"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
JWT = {"type": "jwt", "issuer": "https://login.example.com/", "audience": ["shop"]}
HTTPS = {
    "listeners": {"https": {"port": 443, "certificate": CERTIFICATE}},
    "gatewayTls": {"serverName": "a.example.com"},
}
REST = "type: rest"


def guard(**said: Any) -> dict[str, Any]:
    return {"gateway": {"authorizers": {"one": said}, "defaults": {"authorizer": "one"}}}


def route(**said: Any) -> dict[str, Any]:
    return {"gateway": {"routes": {"GET /a": {"service": "web", **said}}}}


def stage(**said: Any) -> dict[str, Any]:
    return {"gateway": {"stages": {"one": said}}}


def gateway(**said: Any) -> dict[str, Any]:
    return {"gateway": said}


PLAN = {"usagePlans": {"gold": {"keys": ["acme"]}}, "routes": {"GET /a": {"service": "web", "apiKey": "required"}}}
MANY = {f"GET /{number}": "web" for number in range(301)}
NAMED = {"name": "a.example.com", "certificate": CERTIFICATE}
AT_EDGE = {"name": "a.example.com", "hostedZone": "example.com", "endpoint": "edge"}
INSIDE = {"policy": [{"effect": "Allow"}], "vpcEndpoints": ["vpce-0a1b2c3d"]}
RULES = {**NAMED, "rules": {"10": {"stage": "one", "headers": {"x-version": "beta"}}}}
TABLE: dict[str, tuple[dict[str, Any], str, str]] = {  # what is said; what the refusal's hint says: http, rest
    "JWT authorizer": (guard(**JWT), "", ""),
    "Cognito authorizer": (guard(type="cognito", userPools=[POOL], audience=["web"]), "", "scopes"),
    "Cognito authorizer of a REST API": (guard(type="cognito", userPools=[POOL]), "audience", ""),
    "Lambda authorizer": (guard(type="lambda", function=FUNCTION), "", ""),
    "IAM authorizer": (guard(type="iam"), "", ""),
    "simple answers of an authorizer": (
        guard(type="lambda", function=FUNCTION, simpleResponses=True),
        "",
        "IAM policy",
    ),
    "throttle of a route": (route(throttle={"rate": 5, "burst": 5}), "", ""),
    "keys and plans": (gateway(**PLAN), REST, ""),
    "cache of a stage": (stage(cache={}), REST, ""),
    "cache of a route": ({"gateway": {"stages": {"one": {"cache": {}}}, **route(cache={})["gateway"]}}, REST, ""),
    "request validation": (route(validate={"params": True}), REST, ""),
    "models": (gateway(models={"order": {"schema": {}}}), REST, ""),
    "mock": (gateway(routes={"GET /a": "web", "GET /up": {"mock": {}}}), REST, ""),
    "a stage that waits": (stage(deploy="manual"), REST, ""),
    "a canary": (stage(canary={"percent": 5}), REST, ""),
    "deployments to go back to": (gateway(deployments={"keep": 3}), REST, ""),
    "execution logs": (stage(executionLogs="info"), REST, ""),
    "X-Ray": (stage(tracing=True), REST, ""),
    "WAF": (gateway(waf={"webAcl": ACL}), "load balancer", ""),
    "resource policy": (gateway(policy=[{"effect": "Allow"}]), REST, ""),
    "edge endpoint": (gateway(endpoint="edge"), REST, ""),
    "private endpoint": (gateway(endpoint="private", policy=[{"effect": "Allow"}]), REST, ""),
    "TLS policy": (gateway(tlsPolicy="TLS_1_2"), REST, ""),
    "compression": (gateway(compression="1KiB"), REST, ""),
    "binary types": (gateway(binaryMediaTypes=["image/png"]), REST, ""),
    "streamed answers": (gateway(responseMode="stream"), REST, ""),
    "streamed answers of a route": (route(responseMode="stream"), REST, ""),
    "CORS": (gateway(cors={"origins": ["https://a.example"]}), "", ""),
    "CORS of several origins": (gateway(cors={"origins": ["https://a.example", "https://b.example"]}), "", ""),
    "$default route": (gateway(routes={"$default": "web"}), "", "ANY /{proxy+}"),
    "$default stage": (gateway(stages={"$default": {}}), "", "give it a name"),
    "several stages": (gateway(stages={"one": {}, "two": {}}), "", ""),
    "a timeout of a minute": (route(timeout="1m"), REST, ""),
    "a stream of 15 minutes": (route(timeout="15m", responseMode="stream"), REST, ""),
    "the name of the backend's certificate": ({"loadBalancer": HTTPS}, "", ""),
    "more than 300 routes": (gateway(routes=MANY), "split", "split"),
    "a path from an expression": (route(rewrite={"path": "$request.path"}), "", "write the path itself"),
    "query parameters rewritten": (route(rewrite={"query": {"a": "1"}}), "", ""),
    "a query parameter of several expressions": (
        route(rewrite={"query": {"a": "$context.a $context.b"}}),
        "",
        "one of",
    ),
    "answers rewritten": (route(rewrite={"response": {"200": {"status": 201}}}), "", "type: http"),
    "custom domain": (gateway(domain=NAMED), "", ""),
    "edge-optimised domain": (gateway(domain=AT_EDGE), REST, ""),
    "TLS policy of a domain": (gateway(domain={**NAMED, "tlsPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}), REST, ""),
    "private domain": (gateway(domain=NAMED, endpoint="private", **INSIDE), REST, ""),
    "routing rules": ({"gateway": {"stages": {"one": {}}, "domain": RULES}}, REST, ""),
    "tasks that Cloud Map knows": (gateway(integration="cloudMap"), "", "load balancer"),
}


@pytest.mark.parametrize("feature", TABLE)
@pytest.mark.parametrize("kind", ["http", "rest"])
def test_what_a_type_of_api_cannot_do_is_refused_with_what_can(feature: str, kind: str):
    said, *hints = TABLE[feature]
    hint = hints[kind == "rest"]
    api = {"type": kind, **({"defaults": {"authorizer": "none"}} if kind == "rest" else {}), **said.get("gateway", {})}
    rest = {name: value for name, value in said.items() if name != "gateway"}
    text = alone("".join(f"  {name}: {json.dumps(each)}\n" for name, each in {"gateway": api, **rest}.items()))
    errors = load_text(text).errors
    if hint:
        assert any(hint in f"{each.hint} {each.message}" for each in errors), errors
    else:
        assert not errors
