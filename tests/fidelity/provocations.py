# ruff: noqa: E501  # a table: one request a line reads better than ten
"""What to do so that AWS says what was recorded: by service, what the message is like, and the request that earns it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fidelity.place import TRUST, Place

Item = dict[str, Any]
Request = tuple[str, str, Item]
Provoke = Callable[[Item, re.Match[str]], Request]
GATEWAY = "apigateway"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
MOCK = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


def standing(place: Place) -> Item:
    """An API with all its parts, a log group, a role and a certificate in use; and what names them, by the words of
    the requests."""
    api = place.call(GATEWAY, "create_rest_api", name="recorded")
    named = {"restApiId": api["id"]}
    root = api["rootResourceId"]
    pets = place.call(GATEWAY, "create_resource", **named, parentId=root, pathPart="pets")["id"]
    below = place.call(GATEWAY, "create_resource", **named, parentId=pets, pathPart="below")["id"]
    greedy = place.call(GATEWAY, "create_resource", **named, parentId=root, pathPart="{proxy+}")["id"]
    other = place.call(GATEWAY, "create_resource", **named, parentId=root, pathPart="other")["id"]
    at = {**named, "resourceId": pets, "httpMethod": "GET"}
    place.call(GATEWAY, "put_method", **at, authorizationType="NONE")
    place.call(GATEWAY, "put_method_response", **at, statusCode="200")
    place.call(GATEWAY, "put_integration", **at, **MOCK)
    place.call(GATEWAY, "put_integration_response", **at, statusCode="200")
    deployment = place.call(GATEWAY, "create_deployment", **named, stageName="prod")["id"]
    place.call(GATEWAY, "put_method", **at | {"httpMethod": "PUT"}, authorizationType="NONE")
    for name, resource in (("AtRoot", root), ("Used", greedy)):
        place.call(GATEWAY, "create_model", **named, name=name, contentType="application/json", schema="{}")
        asked = {"resourceId": resource, "httpMethod": "ANY", "requestModels": {"application/json": name}}
        place.call(GATEWAY, "put_method", **named, authorizationType="NONE", **asked)
    model = place.call(GATEWAY, "create_model", **named, name="Pet", contentType="application/json", schema="{}")[
        "name"
    ]
    validator = place.call(GATEWAY, "create_request_validator", **named, name="v")["id"]
    about: Item = {"location": {"type": "API"}, "properties": "{}"}
    part = place.call(GATEWAY, "create_documentation_part", **named, **about)["id"]
    private = place.call(GATEWAY, "create_rest_api", name="p", endpointConfiguration={"types": ["PRIVATE"]})["id"]
    place.call("logs", "create_log_group", logGroupName="/recorded")
    place.call("logs", "create_log_stream", logGroupName="/recorded", logStreamName="recorded")
    place.call("iam", "create_user", UserName="recorded")
    for number in range(10):
        place.call("logs", "put_resource_policy", policyName=f"p{number}", policyDocument="{}")
    place.call("iam", "create_role", RoleName="recorded", AssumeRolePolicyDocument=json.dumps(TRUST))
    place.call("iam", "create_instance_profile", InstanceProfileName="recorded")
    for name in ("attached", "written", "profiled"):
        place.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    managed = place.call("iam", "create_policy", PolicyName="recorded", PolicyDocument=ALLOW)["Policy"]["Arn"]
    place.call("iam", "attach_role_policy", RoleName="attached", PolicyArn=managed)
    place.call("iam", "put_role_policy", RoleName="written", PolicyName="recorded", PolicyDocument=ALLOW)
    place.call("iam", "add_role_to_instance_profile", InstanceProfileName="recorded", RoleName="profiled")
    held = place.call("ec2", "create_security_group", VpcId=place.vpc, GroupName="held", Description="h")["GroupId"]
    pair = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": held}]}
    place.call("ec2", "authorize_security_group_ingress", GroupId=place.firewall, IpPermissions=[pair])
    certificate = place.reference("certificate", "in use")
    no = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    served: Item = {"LoadBalancerArn": place.reference("balancer", "its"), "Protocol": "HTTPS", "Port": 443}
    place.call(
        "elbv2", "create_listener", **served, Certificates=[{"CertificateArn": certificate}], DefaultActions=[no]
    )
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    place.call("ec2", "authorize_security_group_ingress", GroupId=place.firewall, IpPermissions=[rule])
    return {
        **at, "root": root, "below": below, "greedy": greedy, "other": other, "deploymentId": deployment, "modelName": model,
        "requestValidatorId": validator, "private": private, "part": part, "stageName": "prod", "statusCode": "200", "rule": rule,
        "certificate": certificate, "firewall": place.firewall, "vpc": place.vpc, "responseType": "DEFAULT_4XX",
        "parentId": root, "pathPart": "new", "UserName": "recorded", "RoleName": "recorded", "patchOperations": [],
        "held": held, "targetArns": [place.reference("network_balancer", "its")], "logGroupName": "/recorded", "logStreamName": "recorded", "name": "recorded", "role": place.reference("role", "r"),
    }  # fmt: skip


def rest(operation: str, *members: str, **said: Any) -> Provoke:
    """A request of API Gateway about what stands; `said` may speak of it, and of what the message says."""
    return lambda there, match: (
        GATEWAY,
        operation,
        {name: there[name] for name in members}
        | {name: each(there, match) if callable(each) else each for name, each in said.items()},
    )


def patched(
    operation: str, *members: str, op: str | Any = "replace", path: Any, value: Any = None, **said: Any
) -> Provoke:
    def made(there: Item, match: re.Match[str]) -> Request:
        told = {"op": op(there, match) if callable(op) else op, "path": path(there, match) if callable(path) else path}
        if told["path"] is None:
            del told["path"]
        if value is not None:
            told["value"] = value(there, match) if callable(value) else value
        return rest(operation, *members, **said, patchOperations=[told])(there, match)

    return made


def of(service: str, operation: str, **said: Any) -> Provoke:
    return lambda there, match: (
        service,
        operation,
        {name: each(there, match) if callable(each) else each for name, each in said.items()},
    )


def group(number: int, otherwise: str = "nothing") -> Callable[[Item, re.Match[str]], str]:
    return lambda _there, match: match[number] or otherwise


def there(name: str) -> Callable[[Item, re.Match[str]], Any]:
    return lambda standing, _match: standing[name]


API, METHOD = ("restApiId",), ("restApiId", "resourceId", "httpMethod")
ANSWER, STAGE = (*METHOD, "statusCode"), ("restApiId", "stageName")
AWS = {"type": "AWS", "integrationHttpMethod": "POST"}
LAMBDA = "arn:aws:apigateway:us-east-1:{}:{}"
FUNCTION = LAMBDA.format(
    "lambda", "path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
)


def method(**said: Any) -> Provoke:
    """A new method."""
    return rest(
        "put_method", *API, resourceId=there("other"), **{"httpMethod": "GET", "authorizationType": "NONE"} | said
    )


def _operations(there: Item, match: re.Match[str]) -> Request:
    """As many bad patches as the message has complaints."""
    bad = set(map(int, re.findall(r"at 'updateMethodResponseInput.patchOperations.(\d)", match.string)))
    ops = [match[1] if number in bad else "add" for number in range(1, max(bad) + 1)]
    told: Item = {"patchOperations": [{"op": op, "path": "/responseModels/a", "value": "a"} for op in ops]}
    if status := re.search(r"Value '(\w+)' at 'statusCode'", match.string):
        told["statusCode"] = status[1]
    return GATEWAY, "update_method_response", {name: there[name] for name in ANSWER} | told


PROVOCATIONS: tuple[tuple[str, str, Provoke], ...] = (
    # API Gateway: what is not there
    (GATEWAY, r"^Invalid API identifier specified \d+:(\S+)", rest("get_rest_api", restApiId=group(1))),
    (f"{GATEWAY} BadRequestException", r"^Invalid REST API identifier", rest("create_request_validator", restApiId="nothing000", name="a")),
    (GATEWAY, r"^Invalid REST API identifier specified", rest("get_stages", restApiId="nothing000")),
    (GATEWAY, r"^Invalid model name specified: (\w+)", rest("get_model", *API, modelName=group(1))),
    (GATEWAY, r"^Invalid [Ss]tage identifier", rest("get_stage", *API, stageName="nothing")),
    (GATEWAY, r"^Invalid Resource identifier", rest("get_resource", *API, resourceId="nothing")),
    (GATEWAY, r"^Invalid Method identifier", rest("get_method", *API, "resourceId", httpMethod="POST")),
    (GATEWAY, r"^Invalid Response status code", rest("get_method_response", *METHOD, statusCode="404")),
    (GATEWAY, r"^Invalid Integration identifier", rest("get_integration", *API, "resourceId", httpMethod="PUT")),
    (f"{GATEWAY} BadRequestException", r"^Invalid Request Validator identifier", method(requestValidatorId="nothing")),
    (GATEWAY, r"^Invalid Request Validator identifier", rest("get_request_validator", *API, requestValidatorId="nothing")),
    (GATEWAY, r"^Invalid Documentation part identifier", rest("get_documentation_part", *API, documentationPartId="nothing")),
    (GATEWAY, r"^Unable to complete operation due to concurrent", rest("create_authorizer", restApiId="nothing000", name="a", type="TOKEN", authorizerUri=FUNCTION, identitySource="method.request.header.A")),
    (GATEWAY, r"^Content-Type specified was not found", patched("update_method_response", *ANSWER, op="remove", path="/responseModels/application~1json")),
    (GATEWAY, r"^Invalid Authorizer identifier", rest("get_authorizer", *API, authorizerId="nothing")),
    (GATEWAY, r"^Invalid Deployment identifier", rest("get_deployment", *API, deploymentId="nothing")),
    (GATEWAY, r"^Invalid API Key identifier", rest("get_api_key", apiKey="nothing")),
    (GATEWAY, r"^Invalid Usage Plan ID", rest("get_usage_plan", usagePlanId="nothing")),
    (GATEWAY, r"^Invalid Vpc Link identifier", rest("get_vpc_link", vpcLinkId="nothing")),
    (GATEWAY, r"^Invalid domain name identifier", rest("get_domain_name", domainName="nothing.example.com")),
    (GATEWAY, r"^Gateway response type not defined", rest("delete_gateway_response", *API, responseType="DEFAULT_5XX")),
    (GATEWAY, r"^Invalid parameter name specified", patched("update_method_response", *ANSWER, op="remove", path="/responseParameters/method.response.header.a")),
    # … what a patch may not say
    (GATEWAY, r"^Cannot remove method setting (\S+) because", patched("update_stage", *STAGE, op="remove", path=lambda _t, match: f"/{match[1]}")),
    (GATEWAY, r"^Invalid method setting path: (\S+)\. ", patched("update_stage", *STAGE, path=group(1), value="a")),
    (GATEWAY, r"^Access Log value must not be empty", patched("update_stage", *STAGE, path="/accessLogSettings/destinationArn", value="")),
    (GATEWAY, r"^Invalid patch operation specified. Must be one of: \[replace\]", patched("update_rest_api", *API, op="add", path="/name", value="a")),
    (GATEWAY, r"^Invalid patch operation specified. Must be 'add'\|'remove'\|'replace'", patched("update_rest_api", *API, op="copy", path="/endpointConfiguration/types/EDGE", value="REGIONAL")),
    (GATEWAY, r"^Invalid patch path  '(/propert\w+)' specified for op '(\w+)'\. Please", patched("update_documentation_part", *API, op=group(2), path=group(1), value="a", documentationPartId=there("part"))),
    (GATEWAY, r"^Invalid patch path  '/properties?' |^Invalid patch path .* Must be one of: \[/properties\]", rest("update_documentation_part", *API, documentationPartId=there("part"), patchOperations=[{"op": "replace", "path": "/invalidPath", "value": "a"}])),
    (GATEWAY, r"^Invalid patch path  '(\S+)' specified for op '(\w+)'.*\[/name, /validate", patched("update_request_validator", *API, "requestValidatorId", op=group(2), path=group(1), value="a")),
    (GATEWAY, r"^Invalid patch path  '(\S+)' specified for op '(\w+)'.*\[/parentId", patched("update_resource", *API, "resourceId", op=group(2), path=group(1), value="a")),
    (GATEWAY, r"^Invalid patch path  '(/validate\w+)' specified for op '(\w+)'", patched("update_request_validator", *API, "requestValidatorId", op=group(2), path=group(1), value="true")),
    (GATEWAY, r"^Invalid patch path  '(/pathPart|/parentId)' specified for op '(\w+)'", patched("update_resource", *API, "resourceId", op=group(2), path=group(1), value="a")),
    (GATEWAY, r"^Invalid patch path  '(\S+)' specified for op '(\w+)'", patched("update_model", *API, "modelName", op=group(2), path=group(1), value="a")),
    (GATEWAY, r"^Invalid patch path null", patched("update_gateway_response", *API, "responseType", path=None, value="a")),
    (GATEWAY, r"^Invalid patch path (/wrong/method\S+)", patched("update_method_response", *ANSWER, op="add", path=group(1), value="true")),
    (GATEWAY, r"^Invalid patch path (/statusCode)", patched("update_gateway_response", *API, "responseType", op="remove", path=group(1))),
    (GATEWAY, r"^Invalid patch path (\S+)", patched("update_gateway_response", *API, "responseType", path=group(1), value="a")),
    (GATEWAY, r"^Invalid null or empty value in (\w+)", patched("update_gateway_response", *API, "responseType", op="add", path=lambda _t, match: f"/{match[1]}/{'gatewayresponse.header.A' if 'Param' in match[1] else 'application~1json'}")),
    (GATEWAY, r"^Invalid minimum compression size", rest("create_rest_api", name="a", minimumCompressionSize=-1)),
    (GATEWAY, r"^Only dualstack ipAddressType", rest("create_rest_api", name="a", endpointConfiguration={"types": ["PRIVATE"], "ipAddressType": "ipv4"})),
    (GATEWAY, r"^Resources cannot be cyclical", patched("update_resource", *API, "resourceId", path="/parentId", value=there("below"))),
    (GATEWAY, r"^Another resource with the same parent already has this name: (\S+)", rest("create_resource", *API, "parentId", pathPart="pets")),
    (GATEWAY, r"^Root resource cannot update its (\w+)", patched("update_resource", *API, path=lambda _t, match: f"/{match[1]}", value="a", resourceId=there("root"))),
    (GATEWAY, r"^Request Validator name cannot be blank", patched("update_request_validator", *API, "requestValidatorId", path="/name", value="")),
    (GATEWAY, r"^ipAddressType must be either", patched("update_rest_api", *API, path="/endpointConfiguration/ipAddressType", value="wrong")),
    (GATEWAY, r"^Invalid EndpointTypes specified", patched("update_rest_api", *API, path="/endpointConfiguration/types/EDGE", value="wrong")),
    # … what nobody may make
    (GATEWAY, r"^Integrations of type 'AWS_PROXY' currently only", rest("put_integration", *METHOD, type="AWS_PROXY", integrationHttpMethod="POST", uri=LAMBDA.format("s3", "path/a"))),
    (GATEWAY, r"^Invalid ARN specified in the request", rest("put_integration", *METHOD, **AWS, uri="not-an-arn")),
    (GATEWAY, r"^AWS ARN for integration must contain path or action", rest("put_integration", *METHOD, **AWS, uri=LAMBDA.format("lambda", "nothing"))),
    (GATEWAY, r"^Enumeration value for HttpMethod must be non-empty", rest("put_integration", *METHOD, type="HTTP", uri="https://example.com")),
    (GATEWAY, r"^Invalid OpenAPI input", rest("import_rest_api", body=b"no: [document")),
    (GATEWAY, r"^Invalid HttpMethod specified", method(httpMethod="WRONG")),
    (GATEWAY, r"^Parameter names must be unique", method(requestParameters={"method.request.header.a": True, "method.request.querystring.a": True})),
    (GATEWAY, r"^Invalid mapping expression specified: Validation Result: .*\[Invalid mapping expression specified: true\]", method(requestParameters={"true": True})),
    (GATEWAY, r"^Invalid model identifier specified: (\S+)", method(requestModels=lambda _t, match: {"application/json": match[1]})),
    (GATEWAY, r"^Cannot delete model '(\S+)', is referenced in method request: //ANY", rest("delete_model", *API, modelName="AtRoot")),
    (GATEWAY, r"^Cannot delete model '(\S+)', is referenced in method request", rest("delete_model", *API, modelName="Used")),
    (GATEWAY, r"^Model name already exists", rest("create_model", *API, name="Pet", contentType="application/json", schema="{}")),
    (GATEWAY, r"^Model name must be non-empty", rest("create_model", *API, name="", contentType="application/json", schema="{}")),
    (GATEWAY, r"^Model schema must have at least 1 property", rest("create_model", *API, name="a", contentType="application/json")),
    (GATEWAY, r"^Validation Result: warnings : \[\], errors : \[Invalid content type specified: (\S+)\]", rest("put_integration_response", *ANSWER, responseTemplates=lambda _t, match: {match[1]: "a"})),
    (GATEWAY, r"^A sibling \(\S+\) of this resource already has a variable", rest("create_resource", *API, "parentId", pathPart="{other}")),
    (GATEWAY, r"^REGIONAL Configuration and EDGE", rest("create_rest_api", name="a", endpointConfiguration={"types": []})),
    (GATEWAY, r"^Name cannot be empty", rest("create_vpc_link", name="", targetArns=there("targetArns"))),
    (GATEWAY, r"^Unable to build importer", rest("import_documentation_parts", *API, body=b"no: [document")),
    (GATEWAY, r"^API Key value should be at least 20", rest("create_api_key", name="a", value="short")),
    (GATEWAY, r"^API Key value exceeds maximum size of 128", rest("create_api_key", name="a", value="a" * 129)),
    (GATEWAY, r"^Deployment id does not exist", patched("update_stage", *STAGE, path="/deploymentId", value="nothing")),
    (GATEWAY, r"^Invalid deployment content specified.Non null and non empty stageName", rest("create_deployment", *API, canarySettings={"percentTraffic": 50.0})),
    (GATEWAY, r"^Invalid deployment content specified.Stage (\S+) must already", rest("create_deployment", *API, stageName=group(1), canarySettings={"percentTraffic": 50.0})),
    (GATEWAY, r"^Cannot create a child of a resource with a greedy", rest("create_resource", *API, parentId=there("greedy"), pathPart="a")),
    (GATEWAY, r"^Description cannot be an empty string", rest("create_rest_api", name="a", description="")),
    (GATEWAY, r"^Cannot create an api with multiple Endpoint Types", rest("create_rest_api", name="a", endpointConfiguration={"types": ["EDGE", "REGIONAL"]})),
    (GATEWAY, r"^Invalid ARN. ARN is not well formed (\S+)", rest("create_vpc_link", name="a", targetArns=["invalid-arn"])),
    (GATEWAY, r"^Invalid authorizer ID specified", method(authorizationType="CUSTOM")),
    (GATEWAY, r"Value '(\w+)' at '(updateMethodResponseInput)", _operations),
    (GATEWAY, r"TruncatingBigNumber can not be converted to an String", rest("put_integration_response", *ANSWER, responseTemplates={"application/json": 7})),
    (GATEWAY, r"can not be converted to an String", rest("put_integration", *METHOD, **MOCK, requestParameters={"integration.request.header.a": True})),
    # CloudWatch Logs
    ("logs", r"^The specified log group already exists", of("logs", "create_log_group", logGroupName="/recorded")),
    ("logs", r"^The specified log group does not exist", of("logs", "delete_log_group", logGroupName="/nothing")),
    ("logs", r"^The specified log stream does not exist", of("logs", "get_log_events", logGroupName="/recorded", logStreamName="nothing")),
    ("logs", r"^Invalid LogGroup or LogStream", of("logs", "delete_metric_filter", logGroupName="a" * 513, filterName="a")),
    ("logs", r"^Policy with name \[(\S+)\] does not exist", of("logs", "delete_resource_policy", policyName=group(1))),
    ("logs", r"^LogGroup name and LogGroup ARN are mutually", of("logs", "describe_log_streams", logGroupName="/recorded", logGroupIdentifier="/recorded")),
    ("logs", r"^The specified log stream already", of("logs", "create_log_stream", logGroupName="/recorded", logStreamName="recorded")),
    ("logs", r"^The specified subscription filter does not", of("logs", "delete_subscription_filter", logGroupName="/recorded", filterName="nothing")),
    ("logs", r"^Cross-account lambda invocation passing", of("logs", "put_subscription_filter", logGroupName="/recorded", filterName="a", filterPattern="", destinationArn="arn:aws:lambda:us-east-1:123456789012:function:nothing")),
    ("logs", r"^destinationArn for vendor kinesis", of("logs", "put_subscription_filter", logGroupName="/recorded", filterName="a", filterPattern="", destinationArn="arn:aws:kinesis:us-east-1:123456789012:stream/nothing")),
    ("logs", r"^LogGroup name prefix and LogGroup name pattern", of("logs", "describe_log_groups", logGroupNamePrefix="a", logGroupNamePattern="a")),
    ("logs", r"^Cannot access provided service", of("logs", "put_delivery_source", name="a", logType="ACCESS_LOGS", resourceArn="arn:aws:s3:::nothing")),
    ("logs", r"^The specified nextToken is invalid", of("logs", "get_log_events", logGroupName="/recorded", logStreamName="recorded", nextToken="nothing")),
    ("logs", r"^Requested Delivery Destination does not", of("logs", "get_delivery_destination", name="nothing")),
    ("logs", r"^Requested Delivery Source does not", of("logs", "get_delivery_source", name="nothing")),
    ("logs", r"^Requested Delivery does not", of("logs", "get_delivery", id="nothing")),
    ("logs", r"^The given bucket does not exist", lambda t, m: ("logs", "create_export_task", {"logGroupName": "/recorded", "fromTime": 0, "to": 1, "destination": "nothing"})),
    ("logs", r"^Log events in a single PutLogEvents", of("logs", "put_log_events", logGroupName="/recorded", logStreamName="recorded", logEvents=[{"timestamp": 1_700_000_001_000, "message": "b"}, {"timestamp": 1_700_000_000_000, "message": "a"}])),
    ("logs", r"at 'filterPattern' failed", of("logs", "put_metric_filter", logGroupName="/recorded", filterName="a", filterPattern="X" * 1025, metricTransformations=[{"metricName": "a", "metricNamespace": "a", "metricValue": "1"}])),
    ("logs", r"at 'metricTransformations' failed", of("logs", "put_metric_filter", logGroupName="/recorded", filterName="a", filterPattern="", metricTransformations=[{"metricName": "a", "metricNamespace": "a", "metricValue": "1"}] * 2)),
    ("logs", r"^Resource limit exceeded", lambda t, m: ("logs", "put_resource_policy", {"policyName": "a", "policyDocument": "{}"})),
    ("logs", r"^Log group '(\S+)' does not exist", of("logs", "start_query", logGroupName="/nothing", startTime=0, endTime=1, queryString="fields @message")),
    # IAM
    ("iam", r"^Custom suffix is not allowed for (\S+)", of("iam", "create_service_linked_role", AWSServiceName=group(1), CustomSuffix="a")),
    ("iam", r"^Invalid ARN:  Could not be parsed", of("iam", "attach_role_policy", RoleName="recorded", PolicyArn="not-an-arn-at-all-but-long")),
    ("iam", r"^This policy contains invalid Json", of("iam", "create_role", RoleName="a", AssumeRolePolicyDocument="{")),
    ("iam", r"^Role with name (\S+) already exists", of("iam", "create_role", RoleName="recorded", AssumeRolePolicyDocument=json.dumps(TRUST))),
    ("iam", r"^Cannot delete entity, must detach all policies", of("iam", "delete_role", RoleName="attached")),
    ("iam", r"^Cannot delete entity, must delete policies", of("iam", "delete_role", RoleName="written")),
    ("iam", r"^Cannot delete entity, must remove roles from instance profile", of("iam", "delete_role", RoleName="profiled")),
    ("iam", r"^Policy (arn:\S+) does not exist or is not attachable", of("iam", "attach_user_policy", UserName="recorded", PolicyArn=group(1))),
    ("iam", r"^Policy (arn:\S+) was not found", of("iam", "delete_policy", PolicyArn=group(1))),
    ("iam", r"^The user with name (\S+) cannot be found", of("iam", "get_user", UserName=group(1))),
    ("iam", r"^The role with name (\S+) cannot be found", of("iam", "get_role", RoleName=group(1))),
    ("iam", r"^The Server Certificate with name (\S+) cannot", of("iam", "get_server_certificate", ServerCertificateName=group(1))),
    ("iam", r"^OpenIDConnect Provider not found for arn (\S+)", of("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=group(1))),
    ("iam", r"^No such service (\S+) is supported", of("iam", "create_service_specific_credential", UserName="recorded", ServiceName=group(1))),
    ("iam", r"^No such credential (\S+) exists", of("iam", "delete_service_specific_credential", UserName="recorded", ServiceSpecificCredentialId=group(1))),
    ("iam", r"at 'serviceSpecificCredentialId' failed", of("iam", "delete_service_specific_credential", UserName="recorded", ServiceSpecificCredentialId="totally-wrong-credential-id")),
    ("iam", r"^Cannot delete entity, must remove", of("iam", "create_service_specific_credential", UserName="recorded", ServiceName="codecommit.amazonaws.com")),
    ("ec2", r"^The allocation ID '(\S+)' does not exist", of("ec2", "describe_addresses", AllocationIds=lambda _t, m: [m[1]])),
    ("ec2", r"^The security group '(\S+)' does not exist", of("ec2", "describe_security_groups", GroupIds=lambda _t, m: [m[1]])),
    ("ec2", r"^The subnet ID '(\S+)' does not exist", of("ec2", "describe_subnets", SubnetIds=lambda _t, m: [m[1]])),
    ("ec2", r"^The vpc ID '(\S+)' does not exist", of("ec2", "describe_vpcs", VpcIds=lambda _t, m: [m[1]])),
    ("ec2", r"^the specified rule \"peer.*already exists", of("ec2", "authorize_security_group_ingress", GroupId=there("firewall"), IpPermissions=lambda t, _m: [t["rule"]])),
    ("ec2", r"^Please only provide LogGroupName or only provide LogDestination", of("ec2", "create_flow_logs", ResourceIds=lambda t, _m: [t["vpc"]], ResourceType="VPC", TrafficType="ALL", LogGroupName="/recorded", LogDestination="arn:aws:logs:us-east-1:123456789012:log-group:/recorded", DeliverLogsPermissionArn=there("role"))),
    ("ec2", r"^LogDestination can't be empty", of("ec2", "create_flow_logs", ResourceIds=lambda t, _m: [t["vpc"]], ResourceType="VPC", TrafficType="ALL", DeliverLogsPermissionArn=there("role"))),
    ("ec2", r"^resource (sg-\S+) has a dependent object", of("ec2", "delete_security_group", GroupId=there("held"))),
    ("ec2", r"^LogDestination type must be cloud-watch-logs if LogGroupName", of("ec2", "create_flow_logs", ResourceIds=lambda t, _m: [t["vpc"]], ResourceType="VPC", TrafficType="ALL", LogGroupName="/recorded", LogDestinationType="s3", DeliverLogsPermissionArn=there("role"))),
    ("acm", r"^Certificate arn:\S+ in account \d+ is in use", of("acm", "delete_certificate", CertificateArn=there("certificate"))),
    ("route53", r"^The VPC ID is invalid", of("route53", "create_hosted_zone", Name="a.example.com", CallerReference="a", VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-00000000"})),
    ("wafv2", r"because your resource doesn.t exist", of("wafv2", "put_logging_configuration", LoggingConfiguration={"ResourceArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/00000000-0000-4000-8000-000000000000", "LogDestinationConfigs": ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-a"]})),
    ("cloudwatch", r"DashboardName contains invalid", of("cloudwatch", "put_dashboard", DashboardName="a b!", DashboardBody='{"widgets": []}')),
    ("cloudwatch", r"^You have requested up to \d+ datapoints", of("cloudwatch", "get_metric_statistics", Namespace="a", MetricName="a", StartTime=0, EndTime=864_000, Period=1, Statistics=["Sum"])),
    ("cloudwatch", r"^The parameter StartTime must be less", of("cloudwatch", "get_metric_statistics", Namespace="a", MetricName="a", StartTime=10, EndTime=1, Period=60, Statistics=["Sum"])),
    ("cloudwatch", r"^The parameters MetricData.member.1.Value and", of("cloudwatch", "put_metric_data", Namespace="a", MetricData=[{"MetricName": "a", "Value": 1.0, "Values": [1.0]}])),
    ("cloudwatch", r"^The parameters MetricData.member.1.Values and", of("cloudwatch", "put_metric_data", Namespace="a", MetricData=[{"MetricName": "a", "Values": [1.0, 2.0], "Counts": [1.0]}])),
    ("cloudwatch", r"^$|ResourceNotFound", of("cloudwatch", "set_alarm_state", AlarmName="nothing", StateValue="OK", StateReason="a")),
)  # fmt: skip
