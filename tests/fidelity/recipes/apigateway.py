"""REST APIs."""

from __future__ import annotations

import json
from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
OWN = {
    "apigateway": {
        "RestApi": ("id", "rootResourceId"),
        "Resource": ("id", "parentId", "path"),
        "Method": ("authorizerId", "requestValidatorId"),
        "Integration": ("cacheNamespace", "connectionId", "integrationTarget"),
        "Deployment": ("id",),
        "Stage": ("deploymentId", "webAclArn", "clientCertificateId"),
        "VpcLink": ("id", "targetArns"),
        "UsagePlan": ("id", "apiStages"),
        "ApiKey": ("id", "stageKeys"),
        "UsagePlanKey": ("id",),
        "Authorizer": ("id",),
        "Model": ("id",),
        "RequestValidator": ("id",),
        "DomainName": ("domainName", "domainNameId", "domainNameArn"),
        "BasePathMapping": ("restApiId", "stage"),
        "DocumentationPart": ("id",),
    }
}
GATEWAY = "apigateway"
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:recorded/invocations"
)
MOCK = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


def plain_api(place: Place) -> tuple[str, str]:
    made = place.call(GATEWAY, "create_rest_api", name="recorded")
    return made["id"], made["rootResourceId"]


def api(place: Place, wish: Wish) -> Known:
    said: Known = {"name": wish.get("name") or "recorded", "description": wish.get("description") or None}
    configured = dict(wish.get("endpointConfiguration") or {})
    if configured.get("vpcEndpointIds"):
        asked = {
            "ServiceName": "com.amazonaws.us-east-1.execute-api",
            "VpcEndpointType": "Interface",
            "VpcId": place.vpc,
        }
        configured["vpcEndpointIds"] = [
            place.call("ec2", "create_vpc_endpoint", **asked, SubnetIds=place.subnets[:1])["VpcEndpoint"][
                "VpcEndpointId"
            ]
            for _ in configured["vpcEndpointIds"]
        ]
    if configured.get("types") == ["PRIVATE"]:
        configured["ipAddressType"] = "dualstack"
    if wish.get("policy"):
        said["policy"] = wish["policy"].replace('\\"', '"')
    made = wish.made(GATEWAY, "create_rest_api", endpointConfiguration=configured or None, **said)
    wish.sent.pop("endpointConfiguration", None)
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{made['id']}"
    info = {"title": said["name"], "version": wish.get("version") or "1", "description": wish.get("description") or ""}
    document = {"openapi": "3.0.1", "info": info, "paths": {}}
    if wish.get("binaryMediaTypes"):
        document["x-amazon-apigateway-binary-media-types"] = wish["binaryMediaTypes"]
    return {"restApiId": made["id"], "resourceArn": arn, "body": json.dumps(document).encode(), "mode": "merge"}


def resource(place: Place, wish: Wish) -> Known:
    id, root = plain_api(place)
    if not wish.get("pathPart"):
        for method in wish.get("resourceMethods") or {}:
            place.call(
                GATEWAY, "put_method", restApiId=id, resourceId=root, httpMethod=method, authorizationType="NONE"
            )
        return {"restApiId": id, "resourceId": root}
    parent, parts = root, [each for each in str(wish.get("path", "")).strip("/").split("/")[:-1] if each]
    for part in parts:
        parent = place.call(GATEWAY, "create_resource", restApiId=id, parentId=parent, pathPart=part)["id"]
    made = wish.made(GATEWAY, "create_resource", restApiId=id, parentId=parent)
    for method in wish.get("resourceMethods") or {}:
        place.call(
            GATEWAY, "put_method", restApiId=id, resourceId=made["id"], httpMethod=method, authorizationType="NONE"
        )
    return {"restApiId": id, "resourceId": made["id"]}


def place_of_method(place: Place, *, vpc: bool = False) -> Known:
    id, root = plain_api(place)
    made = place.call(GATEWAY, "create_resource", restApiId=id, parentId=root, pathPart="a")["id"]
    return {"restApiId": id, "resourceId": made}


def method(place: Place, wish: Wish) -> Known:
    verb = wish.get("httpMethod") or "GET"
    known = place_of_method(place)
    at = {**known, "httpMethod": verb}
    said: Known = {"authorizationType": wish.get("authorizationType") or "NONE"}
    if said["authorizationType"] in ("CUSTOM", "COGNITO_USER_POOLS"):
        said["authorizerId"] = _authorizer(place, known["restApiId"], said["authorizationType"])
    for kind, model in (wish.get("requestModels") or {}).items():
        _model(place, known["restApiId"], kind, model)
    wish.made(GATEWAY, "put_method", **at, **said)
    for status, each in (wish.get("methodResponses") or {}).items():
        for kind, model in (each.get("responseModels") or {}).items():
            _model(place, known["restApiId"], kind, model)
        asked = {name: each[name] for name in ("responseModels", "responseParameters") if each.get(name)}
        place.call(GATEWAY, "put_method_response", **at, statusCode=status, **asked)
    if wish.get("methodIntegration"):
        inner = Wish(
            place, GATEWAY, dict(wish["methodIntegration"]), full=True, own=frozenset(OWN[GATEWAY]["Integration"])
        )
        _declare(place, at, [each for each in _parameters(inner) if each not in (wish.get("requestParameters") or {})])
        _integrate(place, at, inner)
    return {**at, "statusCode": "200"}


def _authorizer(place: Place, id: str, type: str) -> str:
    if type == "CUSTOM":
        asked: Known = {"type": "TOKEN", "authorizerUri": FUNCTION}
    else:
        asked = {
            "type": "COGNITO_USER_POOLS",
            "providerARNs": ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"],
        }
    source = "method.request.header.Authorization"
    return str(place.call(GATEWAY, "create_authorizer", restApiId=id, name="a", identitySource=source, **asked)["id"])


def _model(place: Place, id: str, _: str, name: str) -> None:
    names = {each["name"] for each in place.call(GATEWAY, "get_models", restApiId=id)["items"]}
    if name not in names:
        place.call(GATEWAY, "create_model", restApiId=id, name=name, contentType="application/json", schema="{}")


def _integrate(place: Place, at: Known, wish: Wish) -> None:
    said: Known = {"integrationHttpMethod": wish.get("httpMethod")}
    if wish.get("connectionId") or wish.get("connectionType") == "VPC_LINK":
        said["connectionId"] = vpc_link(place, Wish(place, GATEWAY, {}))["vpcLinkId"]
        place.wait()
    type = str(wish.get("type") or "MOCK").upper()
    if type in ("HTTP", "HTTP_PROXY") and "://" not in str(wish.get("uri")):
        said["uri"] = "https://example.com/a"
    if type in ("AWS", "AWS_PROXY") and not str(wish.get("uri")).startswith("arn:"):
        said["uri"] = FUNCTION
    if type in ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY") and not said["integrationHttpMethod"]:
        said["integrationHttpMethod"] = "POST"
    if wish.get("credentials") and not str(wish["credentials"]).startswith("arn:"):
        said["credentials"] = place.reference("role", str(wish["credentials"]))
    wish.made(GATEWAY, "put_integration", **at, type=type, skip=("httpMethod", "integrationResponses"), **said)
    wish.sent |= {"httpMethod": wish.get("httpMethod")} if wish.get("httpMethod") else {}
    for name in ("uri", "credentials"):
        if name in said:
            wish.sent.pop(name, None)
    for status, each in (wish.get("integrationResponses") or {}).items():
        _respond(place, at, status, Wish(place, GATEWAY, dict(each), full=True))


def _declare(place: Place, at: Known, names: list[str]) -> None:
    for name in names:
        patch = [{"op": "add", "path": f"/requestParameters/{name}", "value": "false"}]
        place.call(GATEWAY, "update_method", **at, patchOperations=patch)


def _parameters(wish: Wish) -> list[str]:
    """What of the request an integration refers to must be declared by its method."""
    values = (wish.get("requestParameters") or {}).values()
    return sorted({each for each in values if str(each).startswith("method.request.")})


def _respond(place: Place, at: Known, status: str, wish: Wish) -> None:
    parameters = dict.fromkeys(wish.get("responseParameters") or {}, False)
    try:
        place.call(GATEWAY, "put_method_response", **at, statusCode=status, responseParameters=parameters)
    except Exception:  # it is there already, and then its parameters are added
        for name in parameters:
            patch = [{"op": "add", "path": f"/responseParameters/{name}", "value": "false"}]
            place.call(GATEWAY, "update_method_response", **at, statusCode=status, patchOperations=patch)
    wish.made(GATEWAY, "put_integration_response", **at, statusCode=status)


def integration(place: Place, wish: Wish) -> Known:
    at = {**place_of_method(place), "httpMethod": "GET"}
    place.call(GATEWAY, "put_method", **at, authorizationType="NONE")
    _declare(place, at, _parameters(wish))
    _integrate(place, at, wish)
    return at


def integration_response(place: Place, wish: Wish) -> Known:
    at = {**place_of_method(place), "httpMethod": "GET"}
    place.call(GATEWAY, "put_method", **at, authorizationType="NONE")
    place.call(GATEWAY, "put_integration", **at, **MOCK)
    status = wish.get("statusCode") or "200"
    _respond(place, at, status, wish)
    return {**at, "statusCode": status}


def method_response(place: Place, wish: Wish) -> Known:
    at = {**place_of_method(place), "httpMethod": "GET"}
    place.call(GATEWAY, "put_method", **at, authorizationType="NONE")
    for kind, model in (wish.get("responseModels") or {}).items():
        _model(place, at["restApiId"], kind, model)
    status = wish.get("statusCode") or "200"
    wish.made(GATEWAY, "put_method_response", **at, statusCode=status)
    return {**at, "statusCode": status}


def deployable(place: Place) -> str:
    """The id of an API that has something to deploy: `GET /a` and `POST /a`."""
    at = place_of_method(place)
    for verb in ("GET", "POST"):
        place.call(GATEWAY, "put_method", **at, httpMethod=verb, authorizationType="NONE")
        place.call(GATEWAY, "put_integration", **at, httpMethod=verb, **MOCK)
    return str(at["restApiId"])


def deployment(place: Place, wish: Wish) -> Known:
    id = deployable(place)
    if wish.get("apiSummary"):
        wish.document["apiSummary"] = {
            "/a": {verb: {"authorizationType": "NONE", "apiKeyRequired": False} for verb in ("GET", "POST")}
        }
    made = wish.made(GATEWAY, "create_deployment", restApiId=id)
    return {"restApiId": id, "deploymentId": made["id"]}


def stage(place: Place, wish: Wish) -> Known:
    id = deployable(place)
    deployed = place.call(GATEWAY, "create_deployment", restApiId=id)["id"]
    name = wish.get("stageName") or "prod"
    if wish.get("canarySettings"):
        wish.document["canarySettings"] = {**wish["canarySettings"], "deploymentId": deployed}
    if wish.get("documentationVersion"):
        document(place, id, wish["documentationVersion"])
    made = wish.made(GATEWAY, "create_stage", restApiId=id, stageName=name, deploymentId=deployed)
    patches = _settings(place, wish)
    if patches and wish.plain is not None:
        place.call(GATEWAY, "update_stage", restApiId=id, stageName=name, patchOperations=patches)
    place.wait(300)
    if "wafv2" in str(wish.get("webAclArn")):
        protect(place, f"arn:aws:apigateway:us-east-1::/restapis/{id}/stages/{made['stageName']}")
    return {"restApiId": id, "stageName": made["stageName"], "deploymentId": deployed}


def protect(place: Place, arn: str) -> None:
    sight = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    asked = {"Name": "acl", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": sight}
    acl = place.call("wafv2", "create_web_acl", **asked)["Summary"]["ARN"]
    place.call("wafv2", "associate_web_acl", WebACLArn=acl, ResourceArn=arn)


def document(place: Place, id: str, version: str) -> None:
    place.call(GATEWAY, "create_documentation_part", restApiId=id, location={"type": "API"}, properties="{}")
    place.call(GATEWAY, "create_documentation_version", restApiId=id, documentationVersion=version)


def _settings(place: Place, wish: Wish) -> list[Known]:
    """What only patches can say."""
    patches = []
    for key, settings in (wish.get("methodSettings") or {}).items():
        where = key if key == "*/*" else _where(key)
        patches += [
            {
                "op": "replace",
                "path": f"/{where}/{PATHS[name]}",
                "value": str(each).lower() if isinstance(each, bool) else str(each),
            }
            for name, each in settings.items()
            if name in PATHS
        ]
        if wish.document["methodSettings"] is wish.origin.get("methodSettings"):
            wish.document["methodSettings"] = dict(settings)
    log = wish.get("accessLogSettings") or {}
    if log.get("destinationArn"):
        place.call("logs", "create_log_group", logGroupName="/rest")
        destination = "arn:aws:logs:us-east-1:123456789012:log-group:/rest"
        wish.document["accessLogSettings"] = log = {**log, "destinationArn": destination}
        patches.append({"op": "replace", "path": "/accessLogSettings/destinationArn", "value": log["destinationArn"]})
    if log.get("format"):
        patches.append({"op": "replace", "path": "/accessLogSettings/format", "value": log["format"]})
    if any("logging" in each["path"] or "accessLog" in each["path"] for each in patches):
        account(place, Wish(place, GATEWAY, {}))
    return patches


def _where(key: str) -> str:
    path, _, verb = key.rpartition("/")
    return f"{'~1' + path.removeprefix('~1')}/{verb}"


PATHS = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "cachingEnabled": "caching/enabled",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cacheDataEncrypted": "caching/dataEncrypted",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}


def vpc_link(place: Place, wish: Wish) -> Known:
    target = place.reference("network_balancer", "its own")
    made = wish.made(GATEWAY, "create_vpc_link", name=wish.get("name") or "recorded", targetArns=[target])
    if wish.get("status") != "PENDING":
        place.wait()
    return {"vpcLinkId": made["id"], "resourceArn": f"arn:aws:apigateway:us-east-1::/vpclinks/{made['id']}"}


def account(place: Place, wish: Wish) -> Known:
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    writes = {"Effect": "Allow", "Action": ["logs:*"], "Resource": "*"}
    told = [json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trust, writes)]
    role = place.call("iam", "create_role", RoleName="logs", AssumeRolePolicyDocument=told[0])["Role"]["Arn"]
    place.call("iam", "put_role_policy", RoleName="logs", PolicyName="logs", PolicyDocument=told[1])
    place.clock.advance(60)
    patch = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    place.call(GATEWAY, "update_account", patchOperations=patch)
    return {"patchOperations": patch}


def model(place: Place, wish: Wish) -> Known:
    id, _ = plain_api(place)
    name = "".join(each for each in str(wish.get("name") or "recorded") if each.isalnum())
    if name in ("Empty", "Error"):
        return {"restApiId": id, "modelName": name}
    wish.document["name"] = name
    wish.made(
        GATEWAY, "create_model", restApiId=id, name=name, contentType=wish.get("contentType") or "application/json"
    )
    return {"restApiId": id, "modelName": name}


def validator(place: Place, wish: Wish) -> Known:
    id, _ = plain_api(place)
    made = wish.made(GATEWAY, "create_request_validator", restApiId=id)
    return {"restApiId": id, "requestValidatorId": made["id"]}


def gateway_response(place: Place, wish: Wish) -> Known:
    id, _ = plain_api(place)
    type = wish.get("responseType") or "DEFAULT_4XX"
    if not wish.get("defaultResponse", False):
        wish.made(GATEWAY, "put_gateway_response", restApiId=id, responseType=type)
    return {"restApiId": id, "responseType": type}


def authorizer(place: Place, wish: Wish) -> Known:
    id, _ = plain_api(place)
    said: Known = {"type": wish.get("type") or "TOKEN", "name": wish.get("name") or "recorded"}
    if said["type"] in ("TOKEN", "REQUEST"):
        uri = str(wish.get("authorizerUri") or "")
        said["authorizerUri"] = uri if uri.startswith("arn:aws:apigateway") and "/invocations" in uri else FUNCTION
        source = wish.get("identitySource") or "method.request.header.Authorization"
        said["identitySource"] = source
    if wish.get("authorizerCredentials"):
        said["authorizerCredentials"] = place.reference("role", "its own")
    made = wish.made(GATEWAY, "create_authorizer", restApiId=id, **said)
    for name in ("authorizerUri", "authorizerCredentials", "identitySource"):
        wish.sent.pop(name, None)
    return {"restApiId": id, "authorizerId": made["id"]}


def key(place: Place, wish: Wish) -> Known:
    value = wish.get("value")
    made = wish.made(GATEWAY, "create_api_key", value=value.ljust(20, "0") if value else None, skip=("stageKeys",))
    wish.sent.pop("value", None)
    return {"apiKey": made["id"], "includeValues": bool(value), "includeValue": bool(value)}


def plan(place: Place, wish: Wish) -> Known:
    said: Known = {"name": wish.get("name") or "recorded"}
    if wish.get("apiStages"):
        id = deployable(place)
        place.call(GATEWAY, "create_deployment", restApiId=id, stageName="prod")
        said["apiStages"] = [{"apiId": id, "stage": "prod"}]
    made = wish.made(GATEWAY, "create_usage_plan", **said)
    wish.sent.pop("apiStages", None)
    return {"usagePlanId": made["id"], "resourceArn": f"arn:aws:apigateway:us-east-1::/usageplans/{made['id']}"}


def plan_key(place: Place, wish: Wish) -> Known:
    made = plan(place, Wish(place, GATEWAY, {}))["usagePlanId"]
    id = place.call(GATEWAY, "create_api_key", name=wish.get("name") or "recorded", enabled=True)["id"]
    place.call(GATEWAY, "create_usage_plan_key", usagePlanId=made, keyId=id, keyType=wish.get("type") or "API_KEY")
    return {"usagePlanId": made, "keyId": id}


def domain(place: Place, wish: Wish) -> Known:
    """At the edge where nothing is said of its endpoint: that is what such a one is."""
    types = (wish.get("endpointConfiguration") or {}).get("types") or ["EDGE"]
    held = "regionalCertificateArn" if types == ["REGIONAL"] else "certificateArn"
    said = {held: place.reference("certificate", "its own"), "domainName": "api.example.com"}
    made = wish.made(GATEWAY, "create_domain_name", skip=("certificateArn", "regionalCertificateArn", "tags"), **said)
    wish.sent.pop(held, None)
    return {name: made[name] for name in ("domainName", "domainNameId") if name in made}


def mapping(place: Place, wish: Wish) -> Known:
    known = domain(place, Wish(place, GATEWAY, {"endpointConfiguration": {"types": ["REGIONAL"]}}))
    id = deployable(place)
    place.call(GATEWAY, "create_deployment", restApiId=id, stageName="prod")
    path = wish.get("basePath") or "(none)"
    wish.made(GATEWAY, "create_base_path_mapping", **known, restApiId=id, stage="prod", basePath=path)
    return known | {"basePath": path}


def tags(place: Place, wish: Wish) -> Known:
    known = api(place, Wish(place, GATEWAY, {}))
    place.call(GATEWAY, "tag_resource", resourceArn=known["resourceArn"], tags=wish.get("tags") or {"a": "b"})
    return known


def software(place: Place, _wish: Wish) -> Known:
    known = stage(place, Wish(place, GATEWAY, {}))
    return known | {"sdkType": "objectivec", "parameters": {"classPrefix": "A"}}


def part(place: Place, wish: Wish) -> Known:
    id, _ = plain_api(place)
    location = wish.get("location") or {"type": "API"}
    made = wish.made(
        GATEWAY, "create_documentation_part", restApiId=id, location=location, properties=wish.get("properties") or "{}"
    )
    return {"restApiId": id, "documentationPartId": made["id"]}


def part_version(place: Place, wish: Wish) -> Known:
    known = part(place, Wish(place, GATEWAY, {}))
    version = wish.get("version") or "1"
    wish.made(GATEWAY, "create_documentation_version", restApiId=known["restApiId"], documentationVersion=version)
    return {"restApiId": known["restApiId"], "documentationVersion": version}


def tried(place: Place, _wish: Wish) -> Known:
    at = place_of_method(place)
    place.call(GATEWAY, "put_method", **at, httpMethod="GET", authorizationType="NONE")
    place.call(GATEWAY, "put_integration", **at, httpMethod="GET", **MOCK)
    return {**at, "httpMethod": "GET"}


def client_certificate(place: Place, wish: Wish) -> Known:
    made = wish.made(GATEWAY, "generate_client_certificate")
    return {"clientCertificateId": made["clientCertificateId"]}


RECIPES = {
    GATEWAY: {
        "RestApi": api,
        "Resource": resource,
        "Method": method,
        "Integration": integration,
        "IntegrationResponse": integration_response,
        "MethodResponse": method_response,
        "Deployment": deployment,
        "Stage": stage,
        "VpcLink": vpc_link,
        "Account": account,
        "Model": model,
        "RequestValidator": validator,
        "GatewayResponse": gateway_response,
        "Authorizer": authorizer,
        "ApiKey": key,
        "UsagePlan": plan,
        "UsagePlanKey": plan_key,
        "DomainName": domain,
        "BasePathMapping": mapping,
        "Tags": tags,
        "SdkResponse": software,
        "DocumentationPart": part,
        "DocumentationVersion": part_version,
        "TestInvokeMethodResponse": tried,
        "ClientCertificate": client_certificate,
        "RequestValidators": validator,
    }
}
