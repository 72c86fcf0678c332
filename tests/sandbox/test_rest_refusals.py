"""What API Gateway v1 refuses, in its own words where they were recorded, and what its PATCH documents may say."""

import pytest

from sandbox.refusal import Refusal
from tests.sandbox.story_rest import patch

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
NLB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0123456789abcdef"
ALB = NLB.replace("/net/", "/app/")
HTTP = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "https://example.com/"}
PROXY = {"integration.request.path.proxy": "method.request.path.proxy"}
SENTENCE = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "


REFUSED = {  # a promise: (operation, its request, code, text)
    "an unknown api": (
        "get_rest_api",
        lambda _: {"restApiId": "nope"},
        "NotFound",
        "Invalid API identifier specified 123456789012:nope",
    ),
    "an empty description": (
        "create_rest_api",
        lambda _: {"name": "x", "description": ""},
        "BadRequest",
        "Description cannot be an empty string",
    ),
    "compression below zero": (
        "create_rest_api",
        lambda _: {"name": "x", "minimumCompressionSize": -1},
        "BadRequest",
        "Invalid minimum compression size, must be between 0 and 10485760",
    ),
    "two endpoint types": (
        "create_rest_api",
        lambda _: {"name": "x", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
        "BadRequest",
        "Cannot create an api with multiple Endpoint Types.",
    ),
    "a private api with ipv4": (
        "create_rest_api",
        lambda _: {"name": "x", "endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}},
        "BadRequest",
        "Only dualstack ipAddressType is supported for Private APIs.",
    ),
    "a policy of 2025 without an access mode": (
        "create_rest_api",
        lambda _: {"name": "x", "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
        "BadRequest",
        "endpoint access mode is required",
    ),
    "a policy that is no JSON": (
        "create_rest_api",
        lambda _: {"name": "x", "policy": "{"},
        "BadRequest",
        "Invalid policy document",
    ),
    "a stranger's endpoint type": (
        "create_rest_api",
        lambda _: {"name": "x", "endpointConfiguration": {"types": ["LOCAL"]}},
        "Validation",
        "Member must satisfy enum value set",
    ),
    "a child of a greedy variable": (
        "create_resource",
        lambda p: {**p["api"], "parentId": p["greedy"], "pathPart": "x"},
        "BadRequest",
        "Cannot create a child of a resource with a greedy path variable: {proxy+}",
    ),
    "a second variable on a level": (
        "create_resource",
        lambda p: {**p["api"], "parentId": p["a"], "pathPart": "{other}"},
        "BadRequest",
        "A sibling ({id}) of this resource already has a variable path part",
    ),
    "the same part twice": (
        "create_resource",
        lambda p: {**p["api"], "parentId": p["root"], "pathPart": "a"},
        "Conflict",
        "Another resource with the same parent already has this name: a",
    ),
    "a part with a space": (
        "create_resource",
        lambda p: {**p["api"], "parentId": p["root"], "pathPart": "a b"},
        "BadRequest",
        "Resource's path part only allow",
    ),
    "a circle": (
        "update_resource",
        lambda p: {**p["api"], "resourceId": p["a"], **patch(f"replace /parentId {p['id']}")},
        "BadRequest",
        "Resources cannot be cyclical.",
    ),
    "a root that is renamed": (
        "update_resource",
        lambda p: {**p["api"], "resourceId": p["root"], **patch("replace /pathPart x")},
        "BadRequest",
        "Root resource cannot update its pathPart.",
    ),
    "a root that goes": (
        "delete_resource",
        lambda p: {**p["api"], "resourceId": p["root"]},
        "BadRequest",
        "Root resource cannot be deleted",
    ),
    "a method twice": (
        "put_method",
        lambda p: {**p["get"], "authorizationType": "NONE"},
        "Conflict",
        "Method already exists",
    ),
    "a parameter with a name that none has": (
        "put_method",
        lambda p: {
            **p["get"],
            "httpMethod": "PUT",
            "authorizationType": "NONE",
            "requestParameters": {"method.request.querystring.ids[]": False},
        },
        "BadRequest",
        SENTENCE + "[Parameter name should match the following regular expression: ^[a-zA-Z0-9:._$-]+$]",
    ),
    "a method nobody knows": (
        "put_method",
        lambda p: {**p["get"], "httpMethod": "FOO", "authorizationType": "NONE"},
        "BadRequest",
        "Invalid HttpMethod specified",
    ),
    "an authorizer that is not said": (
        "put_method",
        lambda p: {**p["get"], "httpMethod": "PUT", "authorizationType": "CUSTOM"},
        "BadRequest",
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM",
    ),
    "an authorizer that is not there": (
        "put_method",
        lambda p: {**p["get"], "httpMethod": "PUT", "authorizationType": "CUSTOM", "authorizerId": "x"},
        "BadRequest",
        "Invalid authorizer ID specified.",
    ),
    "a model that is not there": (
        "put_method",
        lambda p: {
            **p["get"],
            "httpMethod": "PUT",
            "authorizationType": "NONE",
            "requestModels": {"application/json": "Nope"},
        },
        "BadRequest",
        "Invalid model identifier specified: Nope",
    ),
    "one name in two places": (
        "put_method",
        lambda p: {
            **p["get"],
            "httpMethod": "PUT",
            "authorizationType": "NONE",
            "requestParameters": {"method.request.header.q": True, "method.request.querystring.q": True},
        },
        "BadRequest",
        "Parameter names must be unique",
    ),
    "scopes without a token": (
        "put_method",
        lambda p: {**p["get"], "httpMethod": "PUT", "authorizationType": "NONE", "authorizationScopes": ["a"]},
        "BadRequest",
        "Authorization scopes need",
    ),
    "a method that is not there": (
        "get_method",
        lambda p: {**p["get"], "httpMethod": "PUT"},
        "NotFound",
        "Invalid Method identifier specified",
    ),
    "a resource that is not there": (
        "get_method",
        lambda p: {**p["get"], "resourceId": "x"},
        "NotFound",
        "Invalid Resource identifier specified",
    ),
    "a header of a status that was not declared": (
        "put_integration_response",
        lambda p: {**p["get"], "statusCode": "404", "responseParameters": {"method.response.header.x": "'y'"}},
        "BadRequest",
        SENTENCE + "[No method response exists for method.]",
    ),
    "an answer of a method that is not there": (
        "put_integration_response",
        lambda p: {**p["get"], "httpMethod": "PUT", "statusCode": "200"},
        "NotFound",
        "Invalid Method identifier specified",
    ),
    "no answer of a method that is not there": (
        "delete_integration_response",
        lambda p: {**p["get"], "httpMethod": "PUT", "statusCode": "200"},
        "NotFound",
        "Invalid Integration identifier specified",
    ),
    "a method of an api that is not there": (
        "get_method",
        lambda p: {**p["get"], "restApiId": "nope"},
        "NotFound",
        "Invalid Resource identifier specified",
    ),
    "an ARN that says no action": (
        "put_integration",
        lambda p: {**p["get"], "type": "AWS", "integrationHttpMethod": "POST", "uri": FUNCTION},
        "BadRequest",
        "AWS ARN for integration must contain path or action",
    ),
    "an ARN that is none": (
        "put_integration",
        lambda p: {**p["get"], "type": "AWS", "integrationHttpMethod": "POST", "uri": "https://example.com/"},
        "BadRequest",
        "Invalid ARN specified in the request",
    ),
    "no endpoint type": (
        "create_rest_api",
        lambda _: {"name": "x", "endpointConfiguration": {"types": []}},
        "BadRequest",
        "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
    ),
    "a model without a schema": (
        "create_model",
        lambda p: {**p["api"], "name": "X", "contentType": "application/json"},
        "BadRequest",
        "Model schema must have at least 1 property or array items defined",
    ),
    "a model with a word that draft 4 does not have": (
        "create_model",
        lambda p: {
            **p["api"],
            "name": "X",
            "contentType": "application/json",
            "schema": '{"properties": {"example": {"items": {"example": 1, "nullable": true}}}}',
        },
        "BadRequest",
        'errors : [Invalid model schema specified. Unsupported keyword(s): ["example", "nullable"]]',
    ),
    "a model without a name": (
        "create_model",
        lambda p: {**p["api"], "name": "", "contentType": "application/json", "schema": "{}"},
        "BadRequest",
        "Model name must be non-empty",
    ),
    "a model of an api that is not there": (
        "get_model",
        lambda _: {"restApiId": "nope", "modelName": "Empty"},
        "NotFound",
        "Invalid model name specified: Empty",
    ),
    "a new validator of an api that is not there": (
        "create_request_validator",
        lambda _: {"restApiId": "nope", "name": "x"},
        "BadRequest",
        "Invalid REST API identifier specified",
    ),
    "a validator of an api that is not there": (
        "get_request_validator",
        lambda _: {"restApiId": "nope", "requestValidatorId": "x"},
        "NotFound",
        "Invalid Request Validator identifier specified",
    ),
    "a header that was not declared": (
        "put_integration_response",
        lambda p: {**p["get"], "statusCode": "200", "responseParameters": {"method.response.header.x": "'y'"}},
        "BadRequest",
        SENTENCE + "[Invalid mapping expression parameter specified: method.response.header.x]",
    ),
    "a type nobody knows": (
        "put_integration",
        lambda p: {**p["get"], "type": "HTTPS_PROXY"},
        "Validation",
        "Member must satisfy enum value set",
    ),
    "a path that was not declared": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "requestParameters": PROXY},
        "BadRequest",
        SENTENCE + "[Invalid mapping expression parameter specified: method.request.path.proxy]",
    ),
    "an address that is none": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "uri": "example.com"},
        "BadRequest",
        "Invalid HTTP endpoint specified for URI",
    ),
    "http without a method": (
        "put_integration",
        lambda p: {**p["get"], "type": "HTTP", "uri": HTTP["uri"]},
        "BadRequest",
        "Enumeration value for HttpMethod must be non-empty",
    ),
    "half a minute": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "timeoutInMillis": 30000},
        "BadRequest",
        "Timeout should be between 50 ms and 29000 ms",
    ),
    "a link that is not there": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "connectionType": "VPC_LINK", "connectionId": "x"},
        "BadRequest",
        "Invalid Vpc Link identifier specified: x",
    ),
    "a link that is not said": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "connectionType": "VPC_LINK"},
        "BadRequest",
        "connectionId must be specified",
    ),
    "a mock that streams": (
        "put_integration",
        lambda p: {**p["get"], "type": "MOCK", "responseTransferMode": "STREAM"},
        "BadRequest",
        "Response streaming is supported",
    ),
    "a proxy to what is no function": (
        "put_integration",
        lambda p: {
            **p["get"],
            "type": "AWS_PROXY",
            "integrationHttpMethod": "POST",
            "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q",
        },
        "BadRequest",
        "currently only supports Lambda function and Firehose stream invocations.",
    ),
    "a cache key nobody declared": (
        "put_integration",
        lambda p: {**p["get"], **HTTP, "cacheKeyParameters": ["method.request.path.x"]},
        "BadRequest",
        "Invalid cache key parameter specified",
    ),
    "a stage name with a dot": (
        "create_stage",
        lambda p: {**p["api"], "stageName": "a.b", "deploymentId": p["deployment"]},
        "BadRequest",
        "Stage name only allows a-zA-Z0-9_-",
    ),
    "a stage twice": (
        "create_stage",
        lambda p: {**p["stage"], "deploymentId": p["deployment"]},
        "Conflict",
        "Stage already exists",
    ),
    "a deployment that is not there": (
        "create_stage",
        lambda p: {**p["api"], "stageName": "x", "deploymentId": "x"},
        "BadRequest",
        "Deployment id does not exist",
    ),
    "a deployment that a stage shows": (
        "delete_deployment",
        lambda p: {**p["api"], "deploymentId": p["deployment"]},
        "BadRequest",
        "Active stages pointing to this deployment must be moved or deleted",
    ),
    "a canary without a stage": (
        "create_deployment",
        lambda p: {**p["api"], "canarySettings": {}},
        "BadRequest",
        "specified.Non null and non empty stageName must be provided for canary deployment. Provided value is null",
    ),
    "a canary of a stage to come": (
        "create_deployment",
        lambda p: {**p["api"], "stageName": "x", "canarySettings": {}},
        "BadRequest",
        "Stage x must already be created before making a canary release deployment",
    ),
    "execution logs without a role": (
        "update_stage",
        lambda p: {**p["stage"], **patch("replace /*/*/logging/loglevel INFO")},
        "BadRequest",
        "CloudWatch Logs role ARN must be set in account settings to enable logging",
    ),
    "a role that is none": (
        "update_account",
        lambda _: patch("replace /cloudwatchRoleArn x"),
        "BadRequest",
        "The role ARN is not well formed",
    ),
    "a role nobody may assume": (
        "update_account",
        lambda _: patch("replace /cloudwatchRoleArn arn:aws:iam::123456789012:role/x"),
        "BadRequest",
        "The role ARN does not have required permissions",
    ),
    "a link to an ARN that is none": (
        "create_vpc_link",
        lambda _: {"name": "x", "targetArns": ["invalid-arn"]},
        "BadRequest",
        "Invalid ARN. ARN is not well formed invalid-arn",
    ),
    "a link to an application balancer": (
        "create_vpc_link",
        lambda _: {"name": "x", "targetArns": [ALB]},
        "BadRequest",
        "only Network Load Balancers",
    ),
    "a link to two balancers": (
        "create_vpc_link",
        lambda _: {"name": "x", "targetArns": [NLB, NLB]},
        "BadRequest",
        "More than one target arn specified",
    ),
    "a link without a name": (
        "create_vpc_link",
        lambda _: {"name": "", "targetArns": [NLB]},
        "BadRequest",
        "Name cannot be empty",
    ),
    "an authorizer of an api that is not there": (
        "create_authorizer",
        lambda _: {"restApiId": "x", "name": "a", "type": "TOKEN", "authorizerUri": URI},
        "Conflict",
        "concurrent modification",
    ),
    "an authorizer without a function": (
        "create_authorizer",
        lambda p: {**p["api"], "name": "a", "type": "TOKEN"},
        "BadRequest",
        "Invalid Authorizer URI",
    ),
    "a memory without an identity": (
        "create_authorizer",
        lambda p: {**p["api"], "name": "a", "type": "REQUEST", "authorizerUri": URI},
        "BadRequest",
        "Identity source is required",
    ),
    "a model twice": (
        "create_model",
        lambda p: {**p["api"], "name": "Empty", "contentType": "application/json", "schema": "{}"},
        "Conflict",
        "Model name already exists for this REST API",
    ),
    "a gateway response nobody put": (
        "delete_gateway_response",
        lambda p: {**p["api"], "responseType": "THROTTLED"},
        "NotFound",
        "Gateway response type not defined on api",
    ),
    "a short key": (
        "create_api_key",
        lambda _: {"value": "short"},
        "BadRequest",
        "API Key value should be at least 20 characters",
    ),
    "a long key": (
        "create_api_key",
        lambda _: {"value": "x" * 129},
        "BadRequest",
        "API Key value exceeds maximum size of 128 characters",
    ),
    "a plan for a stage that is not there": (
        "create_usage_plan",
        lambda p: {"name": "x", "apiStages": [{"apiId": p["api"]["restApiId"], "stage": "x"}]},
        "NotFound",
        "Invalid API Stage",
    ),
    "a page of 501": ("get_resources", lambda p: {**p["api"], "limit": 501}, "Validation", "limit may be 500 at most"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_aws_refuses(rest, place, why):
    operation, request, code, text = REFUSED[why]
    with pytest.raises(Refusal) as refused:
        rest(operation, **request(place))
    assert (refused.value.code, text in refused.value.message) == (f"{code}Exception", True), refused.value.message
