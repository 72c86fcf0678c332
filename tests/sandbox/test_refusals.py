"""Twenty-odd requests moto accepts and AWS does not."""

import pytest

from sandbox.refusal import Refusal
from tests.sandbox import story

PRIVATE = {
    "IntegrationType": "HTTP_PROXY",
    "IntegrationMethod": "ANY",
    "ConnectionType": "VPC_LINK",
    "PayloadFormatVersion": "1.0",
}
FORWARD = {"Type": "forward"}
PATH = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a"]}}
REWRITE = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a$", "Replace": "/b"}]}}
NO = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}

BAD = {  # what is wrong: (service, operation, request made of what stands, code)
    "rules are for requests": (
        "elbv2",
        "create_rule",
        lambda w: {"ListenerArn": w["tcp listener"], "Priority": 1, "Conditions": [PATH], "Actions": [w["to tcp"]]},
        "InvalidConfigurationRequest",
    ),
    "a TCP listener answers nothing by itself": (
        "elbv2",
        "modify_listener",
        lambda w: {"ListenerArn": w["tcp listener"], "DefaultActions": [NO]},
        "InvalidConfigurationRequest",
    ),
    "a TCP listener does not speak TLS to the tasks": (
        "elbv2",
        "create_listener",
        lambda w: {
            "LoadBalancerArn": w["network balancer"],
            "Protocol": "TCP",
            "Port": 9,
            "DefaultActions": [w["to tls"]],
        },
        "IncompatibleProtocols",
    ),
    "requests do not go to a TCP group": (
        "elbv2",
        "modify_listener",
        lambda w: {"ListenerArn": w["listener"], "DefaultActions": [w["to tcp"]]},
        "IncompatibleProtocols",
    ),
    "a network load balancer keeps its groups": (
        "elbv2",
        "set_security_groups",
        lambda w: {"LoadBalancerArn": w["network balancer"], "SecurityGroups": []},
        "InvalidConfigurationRequest",
    ),
    "nobody verifies without a trust store": (
        "elbv2",
        "create_listener",
        lambda w: {
            "LoadBalancerArn": w["balancer"],
            "Protocol": "HTTPS",
            "Port": 8444,
            "Certificates": [{"CertificateArn": w["certificate"]}],
            "MutualAuthentication": {"Mode": "verify"},
            "DefaultActions": [NO],
        },
        "ValidationError",
    ),
    "an address that nobody has": (
        "elbv2",
        "create_load_balancer",
        lambda w: {
            "Name": "static",
            "Type": "network",
            "SubnetMappings": [{"SubnetId": w["subnets"][0], "AllocationId": "eipalloc-11111111"}],
        },
        "AllocationIdNotFound",
    ),
    "an internal balancer has no static addresses": (
        "elbv2",
        "create_load_balancer",
        lambda w: {
            "Name": "static",
            "Type": "network",
            "Scheme": "internal",
            "SubnetMappings": [{"SubnetId": w["subnets"][0], "AllocationId": "eipalloc-11111111"}],
        },
        "InvalidConfigurationRequest",
    ),
    "a rule rewrites once": (
        "elbv2",
        "modify_rule",
        lambda w: {"RuleArn": w["rule"], "Transforms": [REWRITE, REWRITE]},
        "ValidationError",
    ),
    "a link in use may not go": (
        "apigatewayv2",
        "delete_vpc_link",
        lambda w: {"VpcLinkId": w["link"]},
        "BadRequestException",
    ),
    "an integration in use may not go": (
        "apigatewayv2",
        "delete_integration",
        lambda w: {"ApiId": w["api"], "IntegrationId": w["integration"]},
        "ConflictException",
    ),
    "an unknown link": (
        "apigatewayv2",
        "create_integration",
        lambda w: PRIVATE | {"ApiId": w["api"], "ConnectionId": "nope", "IntegrationUri": w["listener"]},
        "BadRequestException",
    ),
    "a load balancer is not a listener": (
        "apigatewayv2",
        "create_integration",
        lambda w: PRIVATE | {"ApiId": w["api"], "ConnectionId": w["link"], "IntegrationUri": w["balancer"]},
        "BadRequestException",
    ),
    "payload 2.0 is for functions": (
        "apigatewayv2",
        "create_integration",
        lambda w: (
            PRIVATE
            | {
                "ApiId": w["api"],
                "ConnectionId": w["link"],
                "IntegrationUri": w["listener"],
                "PayloadFormatVersion": "2.0",
            }
        ),
        "BadRequestException",
    ),
    "forty seconds": (
        "apigatewayv2",
        "update_integration",
        lambda w: {"ApiId": w["api"], "IntegrationId": w["integration"], "TimeoutInMillis": 40000},
        "BadRequestException",
    ),
    "a route twice": (
        "apigatewayv2",
        "create_route",
        lambda w: {"ApiId": w["api"], "RouteKey": "GET /items/{proxy+}"},
        "ConflictException",
    ),
    "a route without a slash": (
        "apigatewayv2",
        "create_route",
        lambda w: {"ApiId": w["api"], "RouteKey": "FETCH items"},
        "BadRequestException",
    ),
    "a route to nowhere": (
        "apigatewayv2",
        "create_route",
        lambda w: {"ApiId": w["api"], "RouteKey": "GET /x", "Target": "integrations/nope"},
        "BadRequestException",
    ),
    "a stage twice": (
        "apigatewayv2",
        "create_stage",
        lambda w: {"ApiId": w["api"], "StageName": "$default"},
        "ConflictException",
    ),
    "settings for no route": (
        "apigatewayv2",
        "update_stage",
        lambda w: {"ApiId": w["api"], "StageName": "$default", "RouteSettings": {"GET /y": {}}},
        "NotFoundException",
    ),
    "a deployment id under auto-deploy": (
        "apigatewayv2",
        "update_stage",
        lambda w: {"ApiId": w["api"], "StageName": "$default", "DeploymentId": "x"},
        "BadRequestException",
    ),
    "execution logs": (
        "apigatewayv2",
        "update_stage",
        lambda w: {"ApiId": w["api"], "StageName": "$default", "DefaultRouteSettings": {"LoggingLevel": "INFO"}},
        "BadRequestException",
    ),
    "a link in no subnet": (
        "apigatewayv2",
        "create_vpc_link",
        lambda w: {"Name": "x", "SubnetIds": ["subnet-0"]},
        "BadRequestException",
    ),
    "one zone": (
        "elbv2",
        "create_load_balancer",
        lambda w: {"Name": "one", "Subnets": w["subnets"][:1]},
        "ValidationError",
    ),
    "an internal name": (
        "elbv2",
        "create_load_balancer",
        lambda w: {"Name": "internal-x", "Subnets": w["subnets"]},
        "ValidationError",
    ),
    "the same name, other settings": (
        "elbv2",
        "create_load_balancer",
        lambda w: {"Name": "web", "Subnets": w["subnets"]},
        "DuplicateLoadBalancerName",
    ),
    "a group in use may not go": (
        "elbv2",
        "delete_target_group",
        lambda w: {"TargetGroupArn": w["group"]},
        "ResourceInUse",
    ),
    "a name of 33": (
        "elbv2",
        "create_target_group",
        lambda w: {"Name": "x" * 33, "Protocol": "HTTP", "Port": 80, "VpcId": w["vpc"]},
        "ValidationError",
    ),
    "timeout above interval": (
        "elbv2",
        "modify_target_group",
        lambda w: {"TargetGroupArn": w["group"], "HealthCheckTimeoutSeconds": 60},
        "ValidationError",
    ),
    "a port twice": (
        "elbv2",
        "create_listener",
        lambda w: {"LoadBalancerArn": w["balancer"], "Protocol": "HTTP", "Port": 443, "DefaultActions": [NO]},
        "DuplicateListener",
    ),
    "https without certificate": (
        "elbv2",
        "create_listener",
        lambda w: {"LoadBalancerArn": w["balancer"], "Protocol": "HTTPS", "Port": 8443, "DefaultActions": [NO]},
        "ValidationError",
    ),
    "tcp on an alb": (
        "elbv2",
        "create_listener",
        lambda w: {"LoadBalancerArn": w["balancer"], "Protocol": "TCP", "Port": 81, "DefaultActions": [NO]},
        "ValidationError",
    ),
    "a priority twice": (
        "elbv2",
        "create_rule",
        lambda w: {
            "ListenerArn": w["listener"],
            "Priority": 10,
            "Conditions": [{"Field": "path-pattern", "Values": ["/"]}],
            "Actions": [NO],
        },
        "PriorityInUse",
    ),
    "an unknown attribute": (
        "elbv2",
        "modify_load_balancer_attributes",
        lambda w: {"LoadBalancerArn": w["balancer"], "Attributes": [{"Key": "colour", "Value": "red"}]},
        "ValidationError",
    ),
    "a condition nobody knows": (
        "elbv2",
        "modify_rule",
        lambda w: {"RuleArn": w["rule"], "Conditions": [{"Field": "colour", "Values": ["red"]}]},
        "ValidationError",
    ),
    "two paths in one rule": (
        "elbv2",
        "modify_rule",
        lambda w: {"RuleArn": w["rule"], "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}] * 2},
        "ValidationError",
    ),
    "six values": (
        "elbv2",
        "modify_rule",
        lambda w: {"RuleArn": w["rule"], "Conditions": [{"Field": "path-pattern", "Values": list("abcdef")}]},
        "ValidationError",
    ),
    "a source that is no network": (
        "elbv2",
        "modify_rule",
        lambda w: {
            "RuleArn": w["rule"],
            "Conditions": [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.1/8"]}}],
        },
        "ValidationError",
    ),
    "a priority for nobody": (
        "elbv2",
        "set_rule_priorities",
        lambda w: {"RulePriorities": [{"RuleArn": w["rule"], "Priority": 10}, {"RuleArn": "nope", "Priority": 1}]},
        "RuleNotFound",
    ),
    "a negative timeout": (
        "elbv2",
        "modify_load_balancer_attributes",
        lambda w: {
            "LoadBalancerArn": w["balancer"],
            "Attributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "0"}],
        },
        "ValidationError",
    ),
    "an attribute of another protocol": (
        "elbv2",
        "modify_target_group_attributes",
        lambda w: {"TargetGroupArn": w["group"], "Attributes": [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]},
        "ValidationError",
    ),
    "a certificate nobody has": (
        "elbv2",
        "modify_listener",
        lambda w: {
            "ListenerArn": w["listener"],
            "Certificates": [{"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/x"}],
        },
        "CertificateNotFound",
    ),
    "a dollar in a tag": (
        "apigatewayv2",
        "create_api",
        lambda w: {"Name": "x", "ProtocolType": "HTTP", "Tags": {"penstock:key": "Stage/$default"}},
        "BadRequestException",
    ),
    "fifty-one tags": (
        "elbv2",
        "add_tags",
        lambda w: {"ResourceArns": [w["balancer"]], "Tags": [{"Key": str(n), "Value": ""} for n in range(51)]},
        "TooManyTags",
    ),
    "a mapping of a reserved header": (
        "apigatewayv2",
        "update_integration",
        lambda w: {
            "ApiId": w["api"],
            "IntegrationId": w["integration"],
            "RequestParameters": {"overwrite:header.Authorization": "x"},
        },
        "BadRequestException",
    ),
    "every origin with credentials": (
        "apigatewayv2",
        "update_api",
        lambda w: {"ApiId": w["api"], "CorsConfiguration": {"AllowOrigins": ["*"], "AllowCredentials": True}},
        "BadRequestException",
    ),
    "a greedy variable in the middle": (
        "apigatewayv2",
        "create_route",
        lambda w: {"ApiId": w["api"], "RouteKey": "GET /{a+}/b"},
        "BadRequestException",
    ),
    "a cluster with services": (
        "ecs",
        "delete_cluster",
        lambda w: {"cluster": "main"},
        "ClusterContainsServicesException",
    ),
    "a service twice": ("ecs", "create_service", lambda w: w["again"], "InvalidParameterException"),
    "a container nobody defined": (
        "ecs",
        "create_service",
        lambda w: (
            w["again"]
            | {
                "serviceName": "b",
                "loadBalancers": [{"targetGroupArn": w["group"], "containerName": "x", "containerPort": 1}],
            }
        ),
        "InvalidParameterException",
    ),
    "scaled above zero": (
        "ecs",
        "delete_service",
        lambda w: {"cluster": "main", "service": "web"},
        "InvalidParameterException",
    ),
    "fargate without cpu": (
        "ecs",
        "register_task_definition",
        lambda w: {
            "family": "f",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [{"name": "a", "image": "b"}],
        },
        "ClientException",
    ),
}


def standing(sandbox, clock, network):
    built = story.tell(sandbox.call, network, clock.advance) | network
    net = {"awsvpcConfiguration": {"subnets": network["subnets"]}}
    again = {"cluster": "main", "serviceName": "web", "taskDefinition": "web", "networkConfiguration": net}
    return built | {"again": again} | by_connection(sandbox, network)


def by_connection(sandbox, network):
    """A network load balancer with a TCP listener, and what its listeners could do."""
    group = {"Port": 80, "VpcId": network["vpc"], "TargetType": "ip"}
    forward = {}
    for protocol in ("TCP", "TLS"):
        made = sandbox.call("elbv2", "create_target_group", Name=protocol, Protocol=protocol, **group)
        forward[protocol] = {"Type": "forward", "TargetGroupArn": made["TargetGroups"][0]["TargetGroupArn"]}
    balancer = sandbox.call(
        "elbv2",
        "create_load_balancer",
        Name="net",
        Type="network",
        Scheme="internal",
        Subnets=network["subnets"],
        SecurityGroups=[network["firewall"]],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    listener = sandbox.call(
        "elbv2", "create_listener", LoadBalancerArn=balancer, Protocol="TCP", Port=8, DefaultActions=[forward["TCP"]]
    )["Listeners"][0]["ListenerArn"]
    return {
        "network balancer": balancer,
        "tcp listener": listener,
        "to tcp": forward["TCP"],
        "to tls": forward["TLS"],
    }


@pytest.mark.parametrize("wrong", BAD)
def test_aws_refuses(wrong, sandbox, clock, network):
    service, operation, request, code = BAD[wrong]
    world = standing(sandbox, clock, network)
    with pytest.raises(Refusal) as refused:
        sandbox.call(service, operation, **request(world))
    assert refused.value.code == code, refused.value


def test_a_target_group_needs_a_listener_before_a_service(sandbox, clock, network):
    world = standing(sandbox, clock, network)
    group = sandbox.call(
        "elbv2", "create_target_group", Name="lone", Protocol="HTTP", Port=80, VpcId=network["vpc"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    with pytest.raises(Refusal, match="does not have an associated load balancer"):
        sandbox.call(
            "ecs",
            "create_service",
            **world["again"]
            | {
                "serviceName": "b",
                "loadBalancers": [{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}],
            },
        )


def test_moto_may_not_delete_what_ours_refer_to(aws, sandbox, clock, network):
    standing(sandbox, clock, network)
    with pytest.raises(aws("ec2").exceptions.ClientError, match="DependencyViolation"):
        aws("ec2").delete_security_group(GroupId=network["firewall"])
    with pytest.raises(aws("ec2").exceptions.ClientError, match="DependencyViolation"):
        aws("ec2").delete_subnet(SubnetId=network["subnets"][0])


def test_the_same_settings_again_are_the_same_target_group(sandbox, network):
    request = {"Name": "x", "Protocol": "HTTP", "Port": 80, "VpcId": network["vpc"]}
    first, second = (sandbox.call("elbv2", "create_target_group", **request) for _ in range(2))
    assert first == second


def test_a_client_token_answers_twice_and_only_the_same_question(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    request = built["again"] | {"serviceName": "b", "clientToken": "t"}
    assert sandbox.call("ecs", "create_service", **request) == sandbox.call("ecs", "create_service", **request)
    with pytest.raises(Refusal, match="not idempotent"):
        sandbox.call("ecs", "create_service", **request | {"desiredCount": 5})


def test_a_group_serves_one_balancer(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    second = {"Name": "second", "Subnets": network["subnets"], "Scheme": "internal"}
    other = sandbox.call("elbv2", "create_load_balancer", **second)["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [FORWARD | {"TargetGroupArn": built["group"]}]
    with pytest.raises(Refusal, match="TargetGroupAssociationLimit"):
        sandbox.call(
            "elbv2", "create_listener", LoadBalancerArn=other, Protocol="HTTP", Port=80, DefaultActions=forward
        )


def test_a_modified_rule_is_told_as_a_new_one(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    rule = sandbox.call(
        "elbv2",
        "modify_rule",
        RuleArn=built["rule"],
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a"]}}],
        Actions=[FORWARD | {"TargetGroupArn": built["group"]}],
    )["Rules"][0]
    assert rule["Conditions"] == [{"Field": "path-pattern", "Values": ["/a"], "PathPatternConfig": {"Values": ["/a"]}}]
    assert rule["Actions"][0]["ForwardConfig"] == {
        "TargetGroups": [{"TargetGroupArn": built["group"], "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": False},
    }
    assert rule["Actions"][0]["TargetGroupArn"] == built["group"]


def test_rules_swap_places_at_once(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    condition = [{"Field": "path-pattern", "Values": ["/b"]}]
    second = sandbox.call(
        "elbv2", "create_rule", ListenerArn=built["listener"], Priority=20, Conditions=condition, Actions=[NO]
    )["Rules"][0]["RuleArn"]
    with pytest.raises(Refusal, match="PriorityInUse"):
        sandbox.call("elbv2", "set_rule_priorities", RulePriorities=[{"RuleArn": second, "Priority": 10}])
    swap = [{"RuleArn": second, "Priority": 10}, {"RuleArn": built["rule"], "Priority": 20}]
    sandbox.call("elbv2", "set_rule_priorities", RulePriorities=swap)
    order = sandbox.call("elbv2", "describe_rules", ListenerArn=built["listener"])["Rules"]
    assert [rule["RuleArn"] for rule in order][:2] == [second, built["rule"]]


def test_parameters_are_merged_and_taken_away_by_being_sent_empty(sandbox, clock, network):
    built = standing(sandbox, clock, network)
    integration = {"ApiId": built["api"], "IntegrationId": built["integration"]}

    def update(**changes):
        return sandbox.call("apigatewayv2", "update_integration", **integration, **changes)

    update(RequestParameters={"overwrite:path": "$request.path", "append:header.x": "1"})
    assert update(RequestParameters={"append:header.x": ""})["RequestParameters"] == {"overwrite:path": "$request.path"}
    assert "RequestParameters" not in update(RequestParameters={"overwrite:path": ""})
    assert "TlsConfig" not in update(TlsConfig={})


def test_cors_headers_are_told_in_lower_case_and_go_by_a_call_of_their_own(sandbox):
    cors = {"AllowOrigins": ["https://a.example"], "AllowHeaders": ["X-Token"]}
    api = sandbox.call("apigatewayv2", "create_api", Name="x", ProtocolType="HTTP", CorsConfiguration=cors)
    assert api["CorsConfiguration"] == cors | {"AllowHeaders": ["x-token"], "AllowCredentials": False}
    sandbox.call("apigatewayv2", "delete_cors_configuration", ApiId=api["ApiId"])
    assert "CorsConfiguration" not in sandbox.call("apigatewayv2", "get_api", ApiId=api["ApiId"])


def test_quotas_are_set_by_name(sandbox, network):
    sandbox.quotas["target-groups"] = 1
    request = {"Protocol": "HTTP", "Port": 80, "VpcId": network["vpc"]}
    sandbox.call("elbv2", "create_target_group", Name="a", **request)
    with pytest.raises(Refusal, match="TooManyTargetGroups"):
        sandbox.call("elbv2", "create_target_group", Name="b", **request)
