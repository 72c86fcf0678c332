"""What cannot be changed by hand with the kind's own update alone, and how it is changed instead."""

from collections.abc import Callable, Mapping
from typing import Any

from reconcilers.compute.scalable_target import DIMENSION
from reconcilers.resource import Live
from tests.laws.lab import Lab
from tests.laws.samples import CONTAINER, POLICY, Here, here

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


def _method_condition(lab: Lab, live: Live[Any], _: Here) -> None:
    condition = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _fixed_response(lab: Lab, live: Live[Any], _: Here) -> None:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Actions=[answer])


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


ACTION, ANSWER = "/DefaultActions/0/Type", "/DefaultActions/0/FixedResponseConfig"
REDIRECT = "/DefaultActions/0/RedirectConfig"
PATH, METHODS = "/Conditions/0/PathPatternConfig", "/Conditions/0/HttpRequestMethodConfig"
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
    "ListenerRule.actions.*.type": (_fixed_response, frozenset({FORWARD, WHERE})),
    "ListenerRule.actions.*.forward_config": (_fixed_response, frozenset({FORWARD, WHERE})),
    f"{POLICY}.predefined_metric_specification": (
        _own_metric,
        frozenset({"/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification"}),
    ),
    "Service.launch_type": (_spot, frozenset({"/launchType", "/capacityProviderStrategy"})),
    "Route.authorizer_id": (_authorized, frozenset({"/AuthorizationType", "/AuthorizerId"})),
    "Route.authorization_scopes": (_scoped, frozenset({"/AuthorizationType", "/AuthorizerId", "/AuthorizationScopes"})),
}
"""How it is changed, and everywhere it then differs."""

PORTS = f"{CONTAINER}.port_mappings.*"
MAPPED = "/containerDefinitions/catalog/portMappings"
MOVES: Mapping[str, frozenset[str]] = {
    f"{PORTS}.container_port": frozenset({f"{MAPPED}/8080~1tcp", f"{MAPPED}/81~1tcp"}),
    f"{PORTS}.protocol": frozenset({f"{MAPPED}/8080~1tcp", f"{MAPPED}/8080~1udp"}),
}
"""A part of its own natural key: another value is another member, and the old one is gone."""

PLAIN = {"Listener.protocol": "HTTP", "Listener.certificates": None, "Listener.ssl_policy": None}
ALONG: Mapping[str, Mapping[str, Any]] = {
    "Listener.protocol": PLAIN,
    "Listener.certificates": PLAIN,
    f"{PORTS}.container_port": {f"{PORTS}.host_port": 81},
    "Service.load_balancers.*.container_name": {"Service.task_definition": here("task definition by hand")},
    "Service.load_balancers.*.container_port": {"Service.task_definition": here("task definition by hand")},
    f"{POLICY}.predefined_metric_specification.resource_label": {
        f"{POLICY}.predefined_metric_specification.predefined_metric_type": "ALBRequestCountPerTarget"
    },
}
"""What AWS wants changed together with a field."""

ONE_SETTING = "containerInsights is the one setting a cluster has, and ECS always tells it (ecs ClusterSettingName)"
IMPOSSIBLE: Mapping[str, str] = {
    "Cluster.settings": ONE_SETTING,
    "Cluster.settings.*.name": ONE_SETTING,
    f"{PORTS}.host_port": "under awsvpc it is the container port (ecs PortMapping, hostPort)",
    "TaskDefinition.network_mode": "Fargate has awsvpc only (ecs RegisterTaskDefinition, networkMode)",
    "Service.deployment_configuration.strategy": "the sandbox rolls only; other strategies come later",
    "Integration.payload_format_version": "AWS takes 1.0 only for HTTP_PROXY (ledger 7.3)",
}
"""What AWS does not let anybody change, and why it is a field of ours all the same."""
