"""What a REST API's PATCH documents may say, what stays while it is used, and what takes time."""

import json

import pytest

from sandbox.refusal import Refusal
from tests.sandbox.story_rest import patch

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
NLB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0123456789abcdef"
HTTP = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "https://example.com/"}

WRONG = {  # a PATCH document: what AWS says to it
    (
        "update_rest_api",
        "remove /minimumCompressionSize",
    ): "Invalid patch operation specified. Must be one of: [replace]",
    (
        "update_rest_api",
        "copy /binaryMediaTypes/x",
    ): "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
    ("update_rest_api", "replace /tags x"): "Invalid patch path /tags",
    ("update_rest_api", "replace /minimumCompressionSize 10485761"): "Invalid minimum compression size",
    ("update_rest_api", "replace /minimumCompressionSize big"): "Invalid minimum compression size, must be between 0",
    (
        "update_rest_api",
        "replace /endpointConfiguration/types/EDGE LOCAL",
    ): "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
    (
        "update_rest_api",
        "copy /endpointConfiguration/types/EDGE",
    ): "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
    (
        "update_rest_api",
        "remove /endpointConfiguration/types/EDGE",
    ): "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
    (
        "update_rest_api",
        "add /endpointConfiguration/types/REGIONAL REGIONAL",
    ): "Cannot create an api with multiple Endpoint Types.",
    (
        "update_rest_api",
        "replace /endpointConfiguration/ipAddressType ipv6",
    ): "ipAddressType must be either ipv4 or dualstack.",
    ("update_rest_api", "replace /apiKeySource NOWHERE"): "Invalid value specified",
    ("update_rest_api", "remove /binaryMediaTypes/image~1png"): "there is no image/png",
    ("update_method", "add /authorizationType AWS_IAM"): "Invalid patch operation specified. Must be one of: [replace]",
    ("update_method", "replace /requestValidatorId "): "Invalid Request Validator identifier specified",
    ("update_method", "remove /requestParameters/method.request.header.x"): "Invalid parameter name specified",
    ("update_method_response", "remove /responseModels/text~1xml"): "Content-Type specified was not found",
    (
        "update_method_response",
        "replace /responseParameters/method.response.header.x true",
    ): "Invalid parameter name specified",
    ("update_gateway_response", "remove /statusCode"): "Invalid patch path /statusCode",
    ("update_request_validator", "replace /name "): "Request Validator name cannot be blank",
    (
        "update_request_validator",
        "replace /id x",
    ): "Must be one of: [/name, /validateRequestParameters, /validateRequestBody]",
    ("update_method", "replace /httpMethod PUT"): "Invalid patch path /httpMethod",
    ("update_integration", "replace /type HTTP"): "Invalid patch path /type",
    ("update_integration", "replace /timeoutInMillis soon"): "Invalid integer value 'soon'",
    (
        "update_resource",
        "remove /pathPart",
    ): "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
    (
        "update_deployment",
        "replace /id x",
    ): "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description]",
    (
        "update_stage",
        "replace /tags/tag1 x",
    ): "Invalid method setting path: /tags/tag1. Must be one of: [/deploymentId, /description,",
    ("update_stage", "add /variables/y 2"): "Invalid method setting path: /variables/y",
    ("update_stage", "remove /variables/y"): "there is no such entry",
    (
        "update_stage",
        "remove /*/*",
    ): "Cannot remove method setting */* because there is no method setting for this method ",
    (
        "update_stage",
        "remove /accessLogSettings/destinationArn",
    ): "Cannot remove method setting accessLogSettings/destinationArn because",
    ("update_stage", "remove /canarySettings/badPath"): "Cannot remove method setting canarySettings/badPath because",
    ("update_stage", "replace /accessLogSettings/format "): "Access Log value must not be empty",
    ("update_stage", "replace /deploymentId nope"): "Deployment id does not exist",
    ("update_stage", "replace /*/*/logging/loglevel LOUD"): "Invalid logging level specified: LOUD",
    ("update_stage", "replace /cacheClusterSize 7"): "Invalid value specified",
}


@pytest.mark.parametrize(("operation", "document"), WRONG)
def test_a_patch_document_keeps_to_the_grammar_of_its_resource(rest, place, operation, document):
    of = {
        "update_rest_api": place["api"],
        "update_stage": place["stage"],
        "update_resource": {**place["api"], "resourceId": place["a"]},
        "update_deployment": {**place["api"], "deploymentId": place["deployment"]},
        "update_method_response": {**place["get"], "statusCode": "200"},
        "update_gateway_response": {**place["api"], "responseType": "THROTTLED"},
    }
    if operation == "update_request_validator":
        validator = rest("create_request_validator", **place["api"], name="v")["id"]
        of[operation] = {**place["api"], "requestValidatorId": validator}
    of = of.get(operation, place["get"])
    with pytest.raises(Refusal) as refused:
        rest(
            operation,
            **of,
            **patch("replace /description fine") if "description" in document else {},
            **patch(document),
        )
    assert WRONG[operation, document] in refused.value.message


def test_a_patch_is_applied_whole_or_not_at_all(rest, place):
    with pytest.raises(Refusal):
        rest("update_rest_api", **place["api"], **patch("replace /name other", "replace /nothing x"))
    assert rest("get_rest_api", **place["api"])["name"] == "store"


def test_what_was_cleared_is_gone(rest, place):
    rest(
        "update_rest_api",
        **place["api"],
        **patch("replace /description d", "add /binaryMediaTypes/a~1b~0c", "replace /minimumCompressionSize 5"),
    )
    assert rest("get_rest_api", **place["api"])["binaryMediaTypes"] == ["a/b~c"]
    none = [{"op": "replace", "path": "/minimumCompressionSize"}]
    rest("update_rest_api", **place["api"], patchOperations=none)
    told = rest("update_rest_api", **place["api"], **patch("replace /description ", "remove /binaryMediaTypes/a~1b~0c"))
    assert {"description", "minimumCompressionSize"}.isdisjoint(told)
    rest("update_stage", **place["stage"], **patch("replace /a/GET/throttling/burstLimit 7"))
    told = rest("update_stage", **place["stage"], **patch("remove /a/GET", "remove /variables/x"))
    assert (told["methodSettings"], told["variables"]) == ({}, {})


def test_what_a_method_has_no_use_for_is_passed_over(rest, place):
    told = rest(
        "update_method",
        **place["get"],
        **patch(
            "replace /authorizerId nope",
            "replace /apiKeyRequired whatever",
            "add /requestParameters/method.request.header.x true",
        ),
    )
    assert ("authorizerId" in told, told["apiKeyRequired"]) == (False, False)
    told = rest("update_method", **place["get"], **patch("remove /requestParameters/method.request.header.x"))
    assert "requestParameters" not in told


def test_an_answer_needs_no_declared_status(rest, place):
    assert rest("put_integration_response", **place["get"], statusCode="404")["statusCode"] == "404"


def test_a_replaced_media_type_goes_to_the_end(rest, place):
    added = ("add /binaryMediaTypes/a~1a", "add /binaryMediaTypes/b~1b")
    told = rest("update_rest_api", **place["api"], **patch(*added, "replace /binaryMediaTypes/a~1a c/c"))
    assert told["binaryMediaTypes"] == ["b/b", "c/c"]
    gone = ("remove /binaryMediaTypes/b~1b", "remove /binaryMediaTypes/c~1c", "remove /description")
    assert "binaryMediaTypes" not in rest("update_rest_api", **place["api"], **patch(*gone))


def test_a_canary_is_promoted_by_copying(rest, place):
    settings = {"percentTraffic": 10.0, "stageVariableOverrides": {"x": "2", "y": "3"}}
    fresh = rest("create_deployment", **place["stage"], canarySettings=settings)["id"]
    assert rest("get_stage", **place["stage"])["deploymentId"] == place["deployment"]
    with pytest.raises(Refusal, match="Active stages with canary settings"):
        rest("delete_deployment", **place["api"], deploymentId=fresh)
    promoted = [
        {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
        {"op": "copy", "from": "/canarySettings/stageVariableOverrides", "path": "/variables"},
        {"op": "remove", "path": "/canarySettings"},
    ]
    told = rest("update_stage", **place["stage"], patchOperations=promoted)
    assert (told["deploymentId"], told["variables"]) == (fresh, {"x": "2", "y": "3"})
    assert "canarySettings" not in told


def test_a_method_without_an_integration_is_not_deployed(rest, place):
    rest("put_method", **place["get"] | {"httpMethod": "PUT"}, authorizationType="NONE")
    with pytest.raises(Refusal, match="No integration defined for method"):
        rest("create_deployment", **place["api"])
    empty = rest("create_rest_api", name="empty")["id"]
    with pytest.raises(Refusal, match="The REST API doesn't contain any methods"):
        rest("create_deployment", restApiId=empty)


def test_what_a_method_names_stays(rest, place):
    validator = rest("create_request_validator", **place["api"], name="v")["id"]
    authorizer = rest("create_authorizer", **place["api"], name="a", type="TOKEN", authorizerUri=URI)["id"]
    rest("create_model", **place["api"], name="Item", contentType="application/json", schema="{}")
    uses = (
        "replace /authorizationType CUSTOM",
        f"replace /authorizerId {authorizer}",
        f"replace /requestValidatorId {validator}",
        "add /requestModels/application~1json Item",
    )
    rest("update_method", **place["get"], **patch(*uses))
    for operation, name in (
        ("delete_authorizer", {"authorizerId": authorizer}),
        ("delete_request_validator", {"requestValidatorId": validator}),
        ("delete_model", {"modelName": "Item"}),
    ):
        with pytest.raises(Refusal) as refused:
            rest(operation, **place["api"], **name)
        assert refused.value.code == "ConflictException"


def test_a_second_integration_takes_the_place_of_the_first(rest, place):
    before = rest("get_integration", **place["get"])
    with pytest.raises(Refusal):
        rest("put_integration", **place["get"], **HTTP | {"uri": "nowhere"})
    assert rest("get_integration", **place["get"]) == before
    rest("put_integration", **place["get"], **HTTP)
    told = rest("get_integration", **place["get"])
    assert (told["type"], told["connectionType"], told["cacheNamespace"]) == ("HTTP_PROXY", "INTERNET", place["a"])
    assert "integrationResponses" not in told


def test_a_link_fails_without_saying_so_when_its_balancer_is_not_there(rest, clock):
    made = rest("create_vpc_link", name="x", targetArns=[NLB])
    assert (made["status"], "statusMessage" in made) == ("PENDING", False)
    with pytest.raises(Refusal):
        rest("update_vpc_link", vpcLinkId=made["id"], **patch("replace /name y"))
    clock.advance(200)
    assert rest("get_vpc_link", vpcLinkId=made["id"])["status"] == "FAILED"
    with pytest.raises(Refusal, match="Target arns are not allowed to be changed"):
        rest("update_vpc_link", vpcLinkId=made["id"], **patch(f"replace /targetArns {NLB}"))
    rest("delete_vpc_link", vpcLinkId=made["id"])
    clock.advance(100)
    with pytest.raises(Refusal, match="Invalid Vpc Link identifier specified"):
        rest("get_vpc_link", vpcLinkId=made["id"])


def test_a_link_that_a_stage_still_shows_stays(rest, sandbox, clock, network, place):
    elb = {"Name": "n", "Type": "network", "Scheme": "internal", "Subnets": network["subnets"]}
    balancer = sandbox.call("elbv2", "create_load_balancer", **elb)["LoadBalancers"][0]["LoadBalancerArn"]
    old = rest("create_vpc_link", name="old", targetArns=[balancer])["id"]
    subnets = {"SubnetIds": network["subnets"], "SecurityGroupIds": [network["firewall"]]}
    new = sandbox.call("apigatewayv2", "create_vpc_link", Name="new", **subnets)["VpcLinkId"]
    clock.advance(300)
    with pytest.raises(Refusal, match="associated with another service"):
        sandbox.call("elbv2", "delete_load_balancer", LoadBalancerArn=balancer)
    private = {**HTTP, "connectionType": "VPC_LINK"}
    for link, target in ((old, {}), (new, {"integrationTarget": balancer})):
        rest("put_integration", **place["get"], **private, connectionId=link, **target)
        deployed = rest("create_deployment", **place["stage"])["id"]
        rest("put_integration", **place["get"], type="MOCK")
        delete = ("apigateway", {"vpcLinkId": link}) if link == old else ("apigatewayv2", {"VpcLinkId": link})
        with pytest.raises(Refusal, match=r"referenced in \[GET:/a:dev\]"):
            sandbox.call(delete[0], "delete_vpc_link", **delete[1])
        rest("update_stage", **place["stage"], **patch(f"replace /deploymentId {place['deployment']}"))
        sandbox.call(delete[0], "delete_vpc_link", **delete[1])
        rest("delete_deployment", **place["api"], deploymentId=deployed)
    with pytest.raises(Refusal, match="IntegrationTarget is required for VpcLinkV2"):
        rest("put_integration", **place["get"], **private, connectionId=new)


def test_a_cache_takes_minutes_to_come_and_to_go(rest, clock, place):
    told = rest("update_stage", **place["stage"], **patch("replace /cacheClusterEnabled true"))
    assert (told["cacheClusterStatus"], told["cacheClusterSize"]) == ("CREATE_IN_PROGRESS", "0.5")
    clock.advance(300)
    assert rest("get_stage", **place["stage"])["cacheClusterStatus"] == "AVAILABLE"
    told = rest("update_stage", **place["stage"], **patch("replace /cacheClusterSize 1.6"))
    assert told["cacheClusterStatus"] == "CREATE_IN_PROGRESS"
    told = rest("update_stage", **place["stage"], **patch("replace /cacheClusterEnabled false"))
    clock.advance(100)
    told = rest("get_stage", **place["stage"])
    assert (told["cacheClusterStatus"], told["cacheClusterSize"]) == ("NOT_AVAILABLE", "1.6")


def test_an_endpoint_type_changes_one_step_at_a_time_and_takes_its_rules_along(rest):
    api = {"restApiId": rest("create_rest_api", name="x")["id"]}
    told = rest("update_rest_api", **api, **patch("replace /endpointConfiguration/types/EDGE PRIVATE"))
    assert told["endpointConfiguration"] == {"types": ["PRIVATE"], "ipAddressType": "dualstack"}
    with pytest.raises(Refusal, match="from PRIVATE to EDGE"):
        rest("update_rest_api", **api, **patch("replace /endpointConfiguration/types/0 EDGE"))
    told = rest("update_rest_api", **api, **patch("replace /endpointConfiguration/types/0 REGIONAL"))
    assert told["endpointConfiguration"]["types"] == ["REGIONAL"]


def test_a_policy_is_told_back_written_out_and_escaped(rest):
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    made = rest("create_rest_api", name="x", policy=policy)
    told = json.loads(json.loads(f'"{made["policy"]}"'))
    whole = f"arn:aws:execute-api:us-east-1:123456789012:{made['id']}/dev/*"
    assert ('\\"Version\\"' in made["policy"], told["Statement"]) == (True, [allow | {"Resource": whole}])


def test_keys_are_told_only_to_who_asks_for_them(rest):
    made = rest("create_api_key", name="a", value="v" * 20)
    assert (made["value"], made["enabled"]) == ("v" * 20, False)
    assert "value" not in rest("get_api_key", apiKey=made["id"])
    assert "value" not in rest("get_api_keys")["items"][0]
    assert rest("get_api_keys", includeValues=True)["items"][0]["value"] == "v" * 20
    with pytest.raises(Refusal, match="API Key already exists"):
        rest("create_api_key", name="b", value="v" * 20)


def test_a_plan_with_stages_or_a_key_in_two_plans_is_refused(rest, place):
    stages = [{"apiId": place["api"]["restApiId"], "stage": "dev"}]
    plans = [rest("create_usage_plan", name=name, apiStages=stages)["id"] for name in "ab"]
    key = {"keyId": rest("create_api_key", name="k")["id"], "keyType": "API_KEY"}
    rest("create_usage_plan_key", usagePlanId=plans[0], **key)
    for plan in plans:
        with pytest.raises(Refusal) as refused:
            rest("create_usage_plan_key", usagePlanId=plan, **key)
        assert refused.value.code == "ConflictException"
    with pytest.raises(Refusal, match="there are API Stages associated with it"):
        rest("delete_usage_plan", usagePlanId=plans[1])
    rest("delete_stage", **place["stage"])
    assert rest("get_usage_plan", usagePlanId=plans[1])["apiStages"] == stages


def test_trees_come_in_pages_of_at_most_five_hundred(rest, place):
    pages: list[int] = []
    more: dict[str, str] | None = {}
    while more is not None:
        told = rest("get_resources", **place["api"], limit=2, **more)
        pages.append(len(told["items"]))
        more = {"position": told["position"]} if "position" in told else None
    assert pages == [2, 2]


def test_both_generations_show_the_same_domain_and_its_mappings_keep_what_they_lead_to(rest, sandbox, network, place):
    domain = {"domainName": "second.example.com"}
    regional = {"endpointConfiguration": {"types": ["REGIONAL"]}, "regionalCertificateArn": network["certificate"]}
    made = rest("create_domain_name", **domain, **regional)
    seen = sandbox.call("apigatewayv2", "get_domain_name", DomainName=domain["domainName"])
    assert seen["DomainNameConfigurations"][0]["ApiGatewayDomainName"] == made["regionalDomainName"]
    leads = {"ApiId": place["api"]["restApiId"], "Stage": "dev", "ApiMappingKey": "shop"}
    sandbox.call("apigatewayv2", "create_api_mapping", DomainName=domain["domainName"], **leads)
    mapped = {"basePath": "shop", "restApiId": place["api"]["restApiId"], "stage": "dev"}
    assert rest("get_base_path_mappings", **domain)["items"] == [mapped]
    with pytest.raises(Refusal, match="Base path already exists"):
        rest("create_base_path_mapping", **domain, **mapped)
    for operation, request in (("delete_rest_api", place["api"]), ("delete_stage", place["stage"])):
        with pytest.raises(Refusal, match="remove all base path mappings"):
            rest(operation, **request)
    rest("delete_base_path_mapping", **domain, basePath="shop")
    rest("delete_rest_api", **place["api"])
