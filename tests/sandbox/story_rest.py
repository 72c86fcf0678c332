"""A REST API over the story's load balancer, through a VPC link of each generation; and all of it away again."""

import json

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}],
}


def patch(*operations):
    """`patch("replace /name web", ...)`: operations in the words of the API."""
    split = (each.split(" ", 2) for each in operations)
    return {"patchOperations": [dict(zip(("op", "path", "value"), each, strict=False)) for each in split]}


def network_balancer(call, network, wait):
    """A network load balancer with a TCP listener on port 80."""
    balancer = call(
        "elbv2", "create_load_balancer", Name="net", Type="network", Scheme="internal", Subnets=network["subnets"]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    wait(200)
    return balancer


def tell(call, network, wait, built):
    """`built`: the topology of the main story. Returns it with the ids of what stands here."""

    def rest(operation, **request):
        return call("apigateway", operation, **request)

    balancer = network_balancer(call, network, wait)
    old = rest("create_vpc_link", name="old", description="d", targetArns=[balancer], tags={"a": "b"})["id"]
    wait(200)
    rest("get_vpc_link", vpcLinkId=old)
    rest("get_vpc_links")
    rest("update_vpc_link", vpcLinkId=old, **patch("replace /name older"))
    api = rest(
        "create_rest_api",
        name="store",
        description="d",
        version="1",
        tags={"a": "b"},
        binaryMediaTypes=["image/png"],
        minimumCompressionSize=1024,
        apiKeySource="HEADER",
        endpointConfiguration={"types": ["REGIONAL"]},
        policy=json.dumps(POLICY),
    )
    named, root = {"restApiId": api["id"]}, api["rootResourceId"]
    rest("get_rest_api", **named)
    rest("get_rest_apis")
    rest("update_rest_api", **named, **patch("add /binaryMediaTypes/image~1gif", "replace /minimumCompressionSize 10"))
    tree(rest, named, root, old, built)
    beside(rest, named, root)
    staged(rest, call, network, wait, named)
    meter = metered(rest, named)
    mapped(rest, call, network, named)
    document = {"openapi": "3.0.1", "info": {"title": "more", "version": "1"}, "paths": {"/more": {}}}
    rest("put_rest_api", **named, mode="merge", body=json.dumps(document).encode())
    other = rest("import_rest_api", body=json.dumps(document).encode(), parameters={"basepath": "ignore"})["id"]
    rest("delete_rest_api", restApiId=other)
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api['id']}"
    rest("tag_resource", resourceArn=arn, tags={"team": "web"})
    rest("untag_resource", resourceArn=arn, tagKeys=["team"])
    rest("get_tags", resourceArn=arn)
    return {"rest": api["id"], "old": old, "net": balancer, **meter}


def tree(rest, named, root, old, built):
    """`GET /items/{id}` through the old link, `ANY /{proxy+}` through the new one, a mock at the root."""
    items = rest("create_resource", **named, parentId=root, pathPart="item")["id"]
    rest("update_resource", **named, resourceId=items, **patch("replace /pathPart items"))
    item = rest("create_resource", **named, parentId=items, pathPart="{id}")["id"]
    rest("get_resource", **named, resourceId=item, embed=["methods"])
    get = {**named, "resourceId": item, "httpMethod": "GET"}
    rest(
        "put_method",
        **get,
        authorizationType="NONE",
        operationName="item",
        requestParameters={"method.request.path.id": True, "method.request.querystring.q": False},
    )
    rest("update_method", **get, **patch("replace /apiKeyRequired false", "replace /operationName anItem"))
    rest("put_method_response", **get, statusCode="200", responseParameters={"method.response.header.x-kind": False})
    rest("update_method_response", **get, statusCode="200", **patch("add /responseModels/application~1json Empty"))
    rest("get_method_response", **get, statusCode="200")
    rest(
        "put_integration",
        **get,
        type="HTTP",
        integrationHttpMethod="GET",
        uri="http://net.internal:80/items/{id}",
        connectionType="VPC_LINK",
        connectionId=old,
        requestParameters={"integration.request.path.id": "method.request.path.id"},
        cacheKeyParameters=["method.request.path.id"],
        timeoutInMillis=5000,
    )
    rest("update_integration", **get, **patch("replace /timeoutInMillis 6000"))
    rest(
        "put_integration_response",
        **get,
        statusCode="200",
        responseParameters={"method.response.header.x-kind": "'item'"},
    )
    rest("update_integration_response", **get, statusCode="200", **patch("replace /selectionPattern 2\\d\\d"))
    rest("get_integration_response", **get, statusCode="200")
    rest("get_integration", **get)
    rest("get_method", **get)
    other(rest, named, root, built)
    rest("get_resources", **named, embed=["methods"], limit=500)
    rest("get_resources", **named)


def other(rest, named, root, built):
    rest_of = rest("create_resource", **named, parentId=root, pathPart="{proxy+}")["id"]
    any_of = {**named, "resourceId": rest_of, "httpMethod": "ANY"}
    rest("put_method", **any_of, authorizationType="NONE", requestParameters={"method.request.path.proxy": True})
    rest(
        "put_integration",
        **any_of,
        type="HTTP_PROXY",
        integrationHttpMethod="ANY",
        uri="https://web.example.com:443/{proxy}",
        connectionType="VPC_LINK",
        connectionId=built["link"],
        integrationTarget=built["balancer"],
        requestParameters={"integration.request.path.proxy": "method.request.path.proxy"},
    )
    mock = {**named, "resourceId": root, "httpMethod": "GET"}
    rest("put_method", **mock, authorizationType="NONE")
    rest("put_method_response", **mock, statusCode="204")
    rest("put_integration", **mock, type="MOCK", requestTemplates={"application/json": '{"statusCode": 204}'})
    rest("put_integration_response", **mock, statusCode="204")
    rest("delete_integration_response", **mock, statusCode="204")
    rest("put_integration_response", **mock, statusCode="204")
    spare = {**named, "resourceId": root, "httpMethod": "POST"}
    rest("put_method", **spare, authorizationType="NONE")
    rest("put_method_response", **spare, statusCode="200")
    rest("delete_method_response", **spare, statusCode="200")
    rest("put_integration", **spare, type="MOCK")
    rest("delete_integration", **spare)
    rest("delete_method", **spare)


def beside(rest, named, root):
    """A model, a validator, a gateway response and an authorizer, made, looked at, changed, used, and taken away."""
    rest("create_model", **named, name="Item", contentType="application/json", schema='{"type": "object"}')
    rest("update_model", **named, modelName="Item", **patch("replace /description anItem"))
    rest("get_model", **named, modelName="Item")
    rest("get_models", **named)
    rest("delete_model", **named, modelName="Item")
    validator = rest("create_request_validator", **named, name="all", validateRequestBody=True)["id"]
    rest("update_request_validator", **named, requestValidatorId=validator, **patch("replace /name body"))
    rest("get_request_validator", **named, requestValidatorId=validator)
    rest("get_request_validators", **named)
    part = rest("create_documentation_part", **named, location={"type": "API"}, properties='{"description": "a"}')["id"]
    rest("get_documentation_part", **named, documentationPartId=part)
    rest("get_documentation_parts", **named)
    described = [{"op": "replace", "path": "/properties", "value": "{}"}]
    rest("update_documentation_part", **named, documentationPartId=part, patchOperations=described)
    rest("create_documentation_version", **named, documentationVersion="1")
    rest("get_documentation_version", **named, documentationVersion="1")
    rest("get_documentation_versions", **named)
    rest("update_documentation_version", **named, documentationVersion="1", patchOperations=[])
    rest("delete_documentation_version", **named, documentationVersion="1")
    rest("delete_documentation_part", **named, documentationPartId=part)
    parts = {"documentationParts": [{"location": {"type": "API"}, "properties": {"description": "c"}}]}
    written = {"openapi": "3.0.1", "info": {"title": "documented"}, "x-amazon-apigateway-documentation": parts}
    rest("import_documentation_parts", **named, mode="overwrite", body=json.dumps(written).encode())
    rest("delete_request_validator", **named, requestValidatorId=validator)
    type = {**named, "responseType": "DEFAULT_4XX"}
    header = "responseParameters/gatewayresponse.header.x-refused"
    rest("put_gateway_response", **type, responseParameters={"gatewayresponse.header.x-by": "'api'"})
    rest("update_gateway_response", **type, **patch(f"add /{header} 'yes'"))
    rest("get_gateway_response", **type)
    rest("get_gateway_responses", **named)
    rest("delete_gateway_response", **type)
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    authorizer = rest("create_authorizer", **named, name="mine", type="TOKEN", authorizerUri=uri)["id"]
    rest("update_authorizer", **named, authorizerId=authorizer, **patch("replace /authorizerResultTtlInSeconds 0"))
    rest("get_authorizer", **named, authorizerId=authorizer)
    rest("get_authorizers", **named)
    rest("delete_authorizer", **named, authorizerId=authorizer)


def metered(rest, named):
    """A plan for the stage `dev` with a key in it."""
    stage = f"{named['restApiId']}:dev"
    key = rest("create_api_key", name="third", description="d", enabled=True, value="k" * 20, tags={"a": "b"})["id"]
    rest("update_api_key", apiKey=key, **patch("replace /description e"))
    rest("get_api_key", apiKey=key, includeValue=True)
    rest("get_api_keys", nameQuery="th")
    plan = rest(
        "create_usage_plan",
        name="third",
        description="d",
        throttle={"rateLimit": 10.0, "burstLimit": 20},
        quota={"limit": 100, "period": "DAY"},
        tags={"a": "b"},
    )["id"]
    throttle = f"/apiStages/{stage}/throttle/~1items~1{{id}}/GET/rateLimit"
    rest("update_usage_plan", usagePlanId=plan, **patch(f"add /apiStages {stage}", f"replace {throttle} 5"))
    rest("get_usage_plan", usagePlanId=plan)
    rest("get_usage_plans")
    rest("create_usage_plan_key", usagePlanId=plan, keyId=key, keyType="API_KEY")
    rest("get_usage_plan_key", usagePlanId=plan, keyId=key)
    rest("get_usage_plan_keys", usagePlanId=plan)
    rest("get_usage", usagePlanId=plan, startDate="2027-01-15", endDate="2027-01-16")
    return {"key": key, "plan": plan}


def mapped(rest, call, network, named):
    """A custom domain that leads to the stage `dev`, by a rule first, and away again."""
    domain = {"domainName": "second.example.com"}
    regional = {"endpointConfiguration": {"types": ["REGIONAL"]}, "regionalCertificateArn": network["certificate"]}
    rest("create_domain_name", **domain, **regional, securityPolicy="TLS_1_2", tags={"a": "b"})
    rest("update_domain_name", **domain, **patch("replace /endpointConfiguration/ipAddressType dualstack"))
    rest("get_domain_name", **domain)
    rest("get_domain_names")
    rest("create_base_path_mapping", **domain, **named, basePath="shop", stage="dev")
    rest("update_base_path_mapping", **domain, basePath="shop", **patch("replace /basePath store"))
    rest("get_base_path_mapping", **domain, basePath="store")
    rest("get_base_path_mappings", **domain)
    ruled(call, domain["domainName"], named["restApiId"])
    rest("delete_base_path_mapping", **domain, basePath="store")
    rest("delete_domain_name", **domain)
    hidden(rest, call, network)


def hidden(rest, call, network):
    """A private custom domain, and the VPC endpoint that leads to it."""
    endpoint = network["endpoint"]
    made = rest(
        "create_domain_name",
        domainName="second.example.com",
        certificateArn=network["certificate"],
        endpointConfiguration={"types": ["PRIVATE"]},
        policy='{"Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "execute-api:/*"}]}',
    )
    source = {"accessAssociationSourceType": "VPCE", "accessAssociationSource": endpoint}
    made_association = rest(
        "create_domain_name_access_association", domainNameArn=made["domainNameArn"], **source, tags={"a": "b"}
    )
    rest("get_domain_name_access_associations")
    arn = made_association["domainNameAccessAssociationArn"]
    rest("delete_domain_name_access_association", domainNameAccessAssociationArn=arn)
    rest("delete_domain_name", domainName="second.example.com", domainNameId=made["domainNameId"])


def ruled(call, name, api):
    def rule(operation, **request):
        return call("apigatewayv2", operation, DomainName=name, **request)

    rule("update_domain_name", RoutingMode="ROUTING_RULE_THEN_API_MAPPING")
    header = {"MatchHeaders": {"AnyOf": [{"Header": "x-version", "ValueGlob": "b*"}]}}
    whole = {"Actions": [{"InvokeApi": {"ApiId": api, "Stage": "dev", "StripBasePath": True}}], "Priority": 10}
    made = {"RoutingRuleId": rule("create_routing_rule", Conditions=[header], **whole)["RoutingRuleId"]}
    rule("put_routing_rule", **made, Conditions=[{"MatchBasePaths": {"AnyOf": ["shop"]}}, header], **whole)
    rule("get_routing_rule", **made)
    rule("list_routing_rules")
    rule("delete_routing_rule", **made)


def staged(rest, call, network, wait, named):
    account(rest, network)
    first = rest("create_deployment", **named, description="first", stageName="dev", variables={"colour": "blue"})["id"]
    stage = {**named, "stageName": "prod"}
    rest("create_stage", **stage, deploymentId=first, description="d", variables={"colour": "green"}, tags={"a": "b"})
    rest(
        "update_stage",
        **stage,
        **patch(
            "replace /~1items~1{id}/GET/throttling/rateLimit 5",
            "replace /*/*/logging/loglevel INFO",
            "replace /variables/colour red",
            "replace /accessLogSettings/destinationArn arn:aws:logs:us-east-1:123456789012:log-group:/rest:*",
            "replace /accessLogSettings/format $context.requestId",
            "replace /cacheClusterEnabled true",
        ),
    )
    wait(300)
    rest("flush_stage_cache", **stage)
    rest("flush_stage_authorizers_cache", **stage)
    rest("get_stage", **stage)
    protected = {"ResourceArn": f"arn:aws:apigateway:us-east-1::/restapis/{named['restApiId']}/stages/prod"}
    call("wafv2", "associate_web_acl", WebACLArn=network["acl"], **protected)
    rest("get_stages", **named)
    call("wafv2", "disassociate_web_acl", **protected)
    rest("get_export", **stage, exportType="oas30", parameters={"extensions": "apigateway"}, accepts="application/json")
    rest("get_sdk_types")
    rest("get_sdk_type", id="ruby")
    rest("get_sdk", **stage, sdkType="ruby", parameters={"service.name": "store"})
    second = rest("create_deployment", **named, description="second")["id"]
    rest("update_deployment", **named, deploymentId=second, **patch("replace /description again"))
    rest("get_deployment", **named, deploymentId=second, embed=["apisummary"])
    rest("get_deployments", **named)
    rest("delete_deployment", **named, deploymentId=second)


def account(rest, network):
    rest("update_account", **patch(f"replace /cloudwatchRoleArn {network['role']}"))
    rest("get_account")


def untell(call, wait, built):
    named = {"restApiId": built["rest"]}
    resources = call("apigateway", "get_resources", **named)["items"]
    items = next(each["id"] for each in resources if each["path"] == "/items")
    call("apigateway", "delete_resource", **named, resourceId=items)
    call("apigateway", "delete_usage_plan_key", usagePlanId=built["plan"], keyId=built["key"])
    call(
        "apigateway", "update_usage_plan", usagePlanId=built["plan"], **patch(f"remove /apiStages {built['rest']}:dev")
    )
    call("apigateway", "delete_usage_plan", usagePlanId=built["plan"])
    call("apigateway", "delete_api_key", apiKey=built["key"])
    call("apigateway", "delete_stage", **named, stageName="dev")
    call("apigateway", "delete_rest_api", **named)
    call("apigateway", "delete_vpc_link", vpcLinkId=built["old"])
    wait(100)
    call("elbv2", "delete_load_balancer", LoadBalancerArn=built["net"])
