"""What cannot be changed by hand with the kind's own update alone, and how it is changed instead."""

from collections.abc import Callable, Mapping
from typing import Any

from reconcilers.compute.scalable_target import DIMENSION
from reconcilers.resource import Live
from tests.laws.lab import Lab
from tests.laws.samples import CONDITION, CONTAINER, POLICY, Here, here

Hand = Callable[[Lab, Live[Any], Here], None]


def _redirect(lab: Lab, live: Live[Any], _: Here) -> None:
    to = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}}
    lab.boto("elbv2").modify_listener(ListenerArn=live.id, DefaultActions=[to])


def _forward(lab: Lab, live: Live[Any], here: Here) -> None:
    to = {"Type": "forward", "TargetGroupArn": here["target group"]}
    lab.boto("elbv2").modify_listener(ListenerArn=live.id, DefaultActions=[to])


def _path_condition(lab: Lab, live: Live[Any], _: Here) -> None:
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/by-hand"]}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _host_condition(lab: Lab, live: Live[Any], _: Here) -> None:
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": ["by.hand"]}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _host_rewrite(lab: Lab, live: Live[Any], _: Here) -> None:
    config = {"Rewrites": [{"Regex": "^.*$", "Replace": "by.hand"}]}
    transform = {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": config}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Transforms=[transform])


def _method_condition(lab: Lab, live: Live[Any], _: Here) -> None:
    condition = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _fixed_response(lab: Lab, live: Live[Any], _: Here) -> None:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Actions=[answer])


def _sent_on(lab: Lab, live: Live[Any], _: Here) -> None:
    to = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Actions=[to])


def _guarded(lab: Lab, live: Live[Any], _: Here) -> None:
    """Somebody asks for a token where nobody is asked for anything."""
    [action] = lab.boto("elbv2").describe_rules(RuleArns=[live.id])["Rules"][0]["Actions"]
    config = {"JwksEndpoint": "https://one.example", "Issuer": "https://one.example"}
    told = [{"Type": "jwt-validation", "JwtValidationConfig": config, "Order": 1}, {**action, "Order": 2}]
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Actions=told)


def _own_metric(lab: Lab, live: Live[Any], _: Here) -> None:
    metric = {"MetricName": "Depth", "Namespace": "Ours", "Statistic": "Average"}
    told = live.resource.to_aws()["TargetTrackingScalingPolicyConfiguration"]
    del told["PredefinedMetricSpecification"]
    lab.boto("application-autoscaling").put_scaling_policy(
        PolicyName=live.resource.policy_name, ResourceId=live.resource.resource_id, PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**told, "CustomizedMetricSpecification": metric}, **DIMENSION,
    )  # fmt: skip


def _spot(lab: Lab, live: Live[Any], _: Here) -> None:
    lab.boto("ecs").update_service(
        cluster=live.resource.cluster, service=live.attributes["name"], forceNewDeployment=True,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )  # fmt: skip


def _authorized(lab: Lab, live: Live[Any], here: Here, *scopes: str) -> None:
    lab.boto("apigatewayv2").update_route(
        ApiId=live.resource.api_id, RouteId=live.id, AuthorizationType="JWT", AuthorizerId=here["authorizer"],
        AuthorizationScopes=list(scopes),
    )  # fmt: skip


def _scoped(lab: Lab, live: Live[Any], here: Here) -> None:
    _authorized(lab, live, here, "one")


def _opened(lab: Lab, live: Live[Any], _: Here) -> None:
    connect = next(each for each in lab.live("WebSocketRoute") if each.key.part == "$connect")
    lab.boto("apigatewayv2").update_route(ApiId=connect.resource.api_id, RouteId=connect.id, AuthorizationType="NONE")


def _method(live: Live[Any]) -> dict[str, Any]:
    return {name: live.resource.to_aws()[name] for name in ("restApiId", "resourceId", "httpMethod")}


def _pooled(lab: Lab, live: Live[Any], _: Here, *more: dict[str, str]) -> None:
    """A method is closed to all but a user pool's members."""
    pool = next(each.id for each in lab.live("RestAuthorizer") if each.key.part == "customers")
    said = {"/authorizationType": "COGNITO_USER_POOLS", "/authorizerId": pool}
    operations = [{"op": "replace", "path": path, "value": value} for path, value in said.items()]
    lab.boto("apigateway").update_method(**_method(live), patchOperations=[*operations, *more])


def _pooled_with_scopes(lab: Lab, live: Live[Any], here: Here) -> None:
    _pooled(lab, live, here, {"op": "add", "path": "/authorizationScopes", "value": "shop/read"})


def _validated(lab: Lab, live: Live[Any], _: Here) -> None:
    gateway = lab.boto("apigateway")
    [ours] = gateway.get_request_validators(restApiId=live.resource.rest_api_id)["items"]
    operation = {"op": "replace", "path": "/requestValidatorId", "value": ours["id"]}
    gateway.update_method(**_method(live), patchOperations=[operation])


def _internet(lab: Lab, live: Live[Any], _: Here) -> None:
    operation = {"op": "replace", "path": "/connectionType", "value": "INTERNET"}
    lab.boto("apigateway").update_integration(**_method(live), patchOperations=[operation])


def _renamed(lab: Lab, live: Live[Any], _: Here) -> None:
    operation = {"op": "replace", "path": "/description", "value": f"penstock 1 {'0' * 32}"}
    lab.boto("apigateway").update_deployment(
        restApiId=live.resource.rest_api_id, deploymentId=live.id, patchOperations=[operation]
    )


def _moved(lab: Lab, live: Live[Any], here: Here) -> None:
    operation = {"op": "replace", "path": "/deploymentId", "value": here["other deployment"]}
    lab.boto("apigateway").update_stage(
        restApiId=live.resource.rest_api_id, stageName=live.resource.stage_name, patchOperations=[operation]
    )


def _described(lab: Lab, live: Live[Any], _: Here) -> None:
    lab.boto("secretsmanager").update_secret(SecretId=live.id, Description="by hand")


def _lent(lab: Lab, live: Live[Any], _: Here) -> None:
    """The plan is for another API's stage of the same name."""
    gateway, mine = lab.boto("apigateway"), live.resource.api_stages["prod"].api_id
    api = gateway.create_rest_api(name="by-hand")
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**place, authorizationType="NONE")
    gateway.put_integration(**place, type="MOCK")
    gateway.create_deployment(restApiId=api["id"], stageName="prod")
    said = {f"{mine}:prod": "remove", f"{api['id']}:prod": "add"}
    operations = [{"op": op, "path": "/apiStages", "value": value} for value, op in said.items()]
    gateway.update_usage_plan(usagePlanId=live.id, patchOperations=operations)


def _plain_record(lab: Lab, live: Live[Any], _: Here) -> None:
    record = {
        "Name": live.resource.name,
        "Type": live.resource.type,
        "TTL": 60,
        "ResourceRecords": [{"Value": "10.0.0.1"}],
    }
    if record["Type"] == "AAAA":
        record["ResourceRecords"] = [{"Value": "2001:db8::1"}]
    lab.boto("route53").change_resource_record_sets(
        HostedZoneId=live.resource.hosted_zone_id,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


ACTION, ANSWER = "/DefaultActions/0/Type", "/DefaultActions/0/FixedResponseConfig"
REDIRECT = "/DefaultActions/0/RedirectConfig"
PATH, METHODS = "/Conditions/0/PathPatternConfig", "/Conditions/0/HttpRequestMethodConfig"
HOSTS, SAID, TRANSFORM = "/Conditions/0/HostHeaderConfig", "/Actions/0/FixedResponseConfig", "/Transforms/0"
SENT = "/Actions/0/RedirectConfig"
FORWARD, WHERE = "/Actions/0/Type", "/Actions/0/ForwardConfig"
FIELD, HEADER = "/Conditions/0/Field", "/Conditions/0/HttpHeaderConfig"
BY_HAND: Mapping[str, tuple[Hand, frozenset[str]]] = {
    "Listener.default_actions.*.type": (_redirect, frozenset({ACTION, ANSWER, REDIRECT})),
    "Listener.default_actions.*.fixed_response_config": (_redirect, frozenset({ACTION, ANSWER, REDIRECT})),
    "Listener.default_actions.*.redirect_config": (_redirect, frozenset({ACTION, ANSWER, REDIRECT})),
    "Listener.default_actions.*.forward_config": (
        _forward,
        frozenset({ACTION, ANSWER, "/DefaultActions/0/ForwardConfig"}),
    ),
    "ListenerRule.conditions.*.field": (_path_condition, frozenset({FIELD, HEADER, PATH})),
    "ListenerRule.conditions.*.http_header_config": (_path_condition, frozenset({FIELD, HEADER, PATH})),
    "ListenerRule.conditions.*.path_pattern_config": (_path_condition, frozenset({FIELD, HEADER, PATH})),
    "ListenerRule.conditions.*.http_request_method_config": (_method_condition, frozenset({FIELD, HEADER, METHODS})),
    "ListenerRule.conditions.*.host_header_config": (_host_condition, frozenset({FIELD, HEADER, HOSTS})),
    "ListenerRule.actions.*.type": (_fixed_response, frozenset({FORWARD, WHERE, SAID})),
    "ListenerRule.actions.*.forward_config": (_fixed_response, frozenset({FORWARD, WHERE, SAID})),
    "ListenerRule.actions.*.fixed_response_config": (_fixed_response, frozenset({FORWARD, WHERE, SAID})),
    "ListenerRule.actions.*.redirect_config": (_sent_on, frozenset({FORWARD, WHERE, SENT})),
    **{
        f"ListenerRule.actions.*.{each}": (_guarded, frozenset({"/Actions"}))
        for each in ("authenticate_oidc_config", "authenticate_cognito_config", "jwt_validation_config")
    },
    "ListenerRule.transforms.*.type": (
        _host_rewrite,
        frozenset({f"{TRANSFORM}/Type", f"{TRANSFORM}/UrlRewriteConfig"}),
    ),
    "ListenerRule.transforms.*.url_rewrite_config": (
        _host_rewrite,
        frozenset({f"{TRANSFORM}/Type", f"{TRANSFORM}/UrlRewriteConfig"}),
    ),
    f"{POLICY}.predefined_metric_specification": (
        _own_metric,
        frozenset({"/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification"}),
    ),
    "Method.authorizer_id": (_pooled, frozenset({"/authorizationType", "/authorizerId"})),
    "Method.authorization_scopes": (
        _pooled_with_scopes,
        frozenset({"/authorizationType", "/authorizerId", "/authorizationScopes"}),
    ),
    "Method.request_validator_id": (_validated, frozenset({"/requestValidatorId"})),
    "RestIntegration.connection_type": (
        _internet,
        frozenset({"/connectionType", "/connectionId", "/integrationTarget"}),
    ),
    "RestStage.deployment_id": (_moved, frozenset({"/deploymentId"})),
    "KeySecret.description": (_described, frozenset({"/Description"})),
    "UsagePlan.api_stages.*.api_id": (
        _lent,
        frozenset({"/apiStages/prod/apiId", "/apiStages/prod/throttle/~1cart~1{proxy+}~1ANY"}),
    ),
    "RestDeployment.description": (_renamed, frozenset({"/description"})),
    "Service.launch_type": (_spot, frozenset({"/launchType", "/capacityProviderStrategy"})),
    "RecordSet.alias_target": (_plain_record, frozenset({"/AliasTarget", "/TTL", "/ResourceRecords"})),
    "WebSocketRoute.authorization_type": (_opened, frozenset({"/AuthorizationType", "/AuthorizerId"})),
    "WebSocketRoute.authorizer_id": (_opened, frozenset({"/AuthorizationType", "/AuthorizerId"})),
    "Route.authorizer_id": (_authorized, frozenset({"/AuthorizationType", "/AuthorizerId"})),
    "Route.authorization_scopes": (_scoped, frozenset({"/AuthorizationType", "/AuthorizerId", "/AuthorizationScopes"})),
}
"""How it is changed, and everywhere it then differs."""

PORTS = f"{CONTAINER}.port_mappings.*"
MAPPED = "/containerDefinitions/catalog/portMappings"
STICKS = "/Actions/0/ForwardConfig/TargetGroupStickinessConfig"
MOVES: Mapping[str, frozenset[str]] = {
    "ListenerRule.actions.*.forward_config.target_group_stickiness_config.enabled": frozenset({STICKS}),
    f"{PORTS}.container_port": frozenset({f"{MAPPED}/8080~1tcp", f"{MAPPED}/81~1tcp"}),
    f"{PORTS}.protocol": frozenset({f"{MAPPED}/8080~1tcp", f"{MAPPED}/8080~1udp"}),
    f"{CONDITION}.match_headers": frozenset({"/Conditions"}),
    f"{CONDITION}.match_base_paths": frozenset({"/Conditions"}),
    f"{CONDITION}.match_base_paths.any_of": frozenset({"/Conditions"}),
}
"""A part of its own natural key: another value is another member, and the old one is gone; or part
of a list without order."""

PLAIN = {
    "Listener.protocol": "HTTP",
    "Listener.certificates": None,
    "Listener.ssl_policy": None,
    "Listener.mutual_authentication": None,
}
MUTUAL = "Listener.mutual_authentication"
NOTHING_VERIFIED = dict.fromkeys(
    f"{MUTUAL}.{each}"
    for each in ("trust_store_arn", "ignore_client_certificate_expiry", "advertise_trust_store_ca_names")
)
ALONG: Mapping[str, Mapping[str, Any]] = {
    "Listener.protocol": PLAIN,
    "Listener.certificates": PLAIN,
    f"{MUTUAL}.mode": NOTHING_VERIFIED,
    "RestApi.security_policy": {"RestApi.endpoint_access_mode": None},
    "RestStage.cache_cluster_enabled": {"RestStage.cache_cluster_size": None},
    f"{PORTS}.container_port": {f"{PORTS}.host_port": 81},
    "Service.load_balancers.*.container_name": {"Service.task_definition": here("task definition by hand")},
    "Service.load_balancers.*.container_port": {"Service.task_definition": here("task definition by hand")},
    "Service.service_registries.*.container_name": {"Service.task_definition": here("task definition by hand")},
    "Service.service_registries.*.container_port": {"Service.task_definition": here("task definition by hand")},
    "Authorizer.authorizer_payload_format_version": {"Authorizer.enable_simple_responses": False},
    f"{POLICY}.predefined_metric_specification.resource_label": {
        f"{POLICY}.predefined_metric_specification.predefined_metric_type": "ALBRequestCountPerTarget"
    },
}
"""What AWS wants changed together with a field."""

ONE_SETTING = "containerInsights is the one setting a cluster has, and ECS always tells it (ecs ClusterSettingName)"
SLOW: Mapping[str, int] = {"DomainName": 150}
"""Kinds that take no other change for so many seconds."""

ONE_DOMAIN = "HTTP APIs have regional domains of TLS 1.2 (ledger 8.1); of others tests/stories/test_domain_kinds.py"
IMPOSSIBLE: Mapping[str, str] = {
    "DiscoveryService.dns_config.dns_records.*.type": "the types of a service's records stay (botocore UpdateService)",
    **dict.fromkeys(
        (
            "DomainName.endpoint_configuration.types",
            "DomainName.certificate_arn",
            "DomainName.security_policy",
            "DomainName.endpoint_access_mode",
            "DomainName.policy",
        ),
        ONE_DOMAIN,
    ),
    "Cluster.settings": ONE_SETTING,
    "Cluster.settings.*.name": ONE_SETTING,
    f"{PORTS}.host_port": "under awsvpc it is the container port (ecs PortMapping, hostPort)",
    "TaskDefinition.network_mode": "Fargate has awsvpc only (ecs RegisterTaskDefinition, networkMode)",
    "Service.deployment_configuration.strategy": (
        "ECS wants an alternate group for each balancer with it (advancedConfiguration), and specs roll only"
    ),
    "RestApi.endpoint_configuration.vpc_endpoint_ids": "only a private API has any (ledger 6.2)",
    "RestIntegration.tls_config.insecure_skip_verification": "VPC links V2 do not know it (ledger 6.5)",
    "Integration.payload_format_version": "AWS takes 1.0 only for HTTP_PROXY (ledger 7.3)",
}
"""What AWS does not let anybody change, and why it is a field of ours all the same."""
