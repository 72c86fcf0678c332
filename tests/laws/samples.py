"""Two values for every field of every kind. A field that is not here fails a law, so a new one brings its samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconcilers.balancing.actions import FixedResponse, Forwarding, Redirect, Weighted
from reconcilers.balancing.listener import Certificate
from reconcilers.balancing.listener_rule import HeaderValues, Methods, PathPattern
from reconcilers.balancing.target_group import Matcher
from reconcilers.compute.cluster import Setting
from reconcilers.compute.containers import Check, LinuxParameters, LogConfiguration
from reconcilers.compute.scaling_policy import Metric, Tracking
from reconcilers.compute.task_definition import EphemeralStorage
from reconcilers.gateway.http_api import Cors
from reconcilers.gateway.integration import Tls
from reconcilers.gateway.stage import AccessLog
from tests.laws.topologies import FRONT, NLB

from tests.laws.topologies import NLB
Here = Mapping[str, Any]
"""Ids and ARNs of the account at hand, by a word."""


@dataclass(frozen=True)
class Known:
    """A value that only the account at hand knows: an id, an ARN."""

    read: Callable[[Here], Any]


def here(word: str) -> Known:
    return Known(lambda place: place[word])


def read(value: Any, place: Here) -> Any:
    return value.read(place) if isinstance(value, Known) else value


def policy(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": ({"Effect": "Allow", "Action": (action,), "Resource": ("*",)},)}


def trust(service: str) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def tracking(value: float) -> Tracking:
    return Tracking(
        target_value=value,
        predefined_metric_specification=Metric(predefined_metric_type="ECSServiceAverageCPUUtilization"),
    )


def awslogs(prefix: str) -> dict[str, str]:
    return {"awslogs-group": "one", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": prefix}


BOOL = (True, False)
CONTAINER = "TaskDefinition.container_definitions.*"
POLICY = "ScalingPolicy.target_tracking_scaling_policy_configuration"
BREAKER = "Service.deployment_configuration.deployment_circuit_breaker"
ADDRESSES = "Service.network_configuration.awsvpc_configuration"
BOUNDARY = "arn:aws:iam::123456789012:policy/"

SAMPLES: Mapping[str, tuple[Any, Any]] = {
    "LogGroup.log_group_class": ("STANDARD", "INFREQUENT_ACCESS"),
    "LogGroup.retention_in_days": (7, 14),
    "Role.path": ("/penstock/default/", "/other/"),
    "Role.description": ("one", "two"),
    "Role.max_session_duration": (7200, 10800),
    "Role.assume_role_policy_document": (trust("ecs-tasks"), trust("lambda")),
    "Role.permissions_boundary": (f"{BOUNDARY}boundary", f"{BOUNDARY}other"),
    "RolePolicy.role_name": ("one", "two"),
    "RolePolicy.policy_name": ("execution", "task"),
    "RolePolicy.policy_document": (policy("s3:GetObject"), policy("s3:PutObject")),
    "SecurityGroup.vpc_id": ("vpc-1", "vpc-2"),
    "SecurityGroupRule.group_id": ("sg-1", "sg-2"),
    "SecurityGroupRule.is_egress": BOOL,
    "SecurityGroupRule.ip_protocol": ("tcp", "udp"),
    "SecurityGroupRule.from_port": (80, 443),
    "SecurityGroupRule.to_port": (80, 443),
    "SecurityGroupRule.referenced_group": ("sg-1", "sg-2"),
    "SecurityGroupRule.cidr_ipv4": ("10.0.0.0/8", "10.1.0.0/16"),
    "SecurityGroupRule.cidr_ipv6": ("::/0", "fd00::/8"),
    "SecurityGroupRule.prefix_list_id": ("pl-1", "pl-2"),
    "SecurityGroupRule.description": ("one", "two"),
    "Cluster.cluster_name": ("one", "two"),
    "Cluster.settings": (None, (Setting(name="containerInsights", value="enabled"),)),
    "Cluster.settings.*.name": ("containerInsights", "another"),
    "Cluster.settings.*.value": ("disabled", "enabled"),
    "Cluster.capacity_providers": (("FARGATE",), ("FARGATE_SPOT",)),
    "LoadBalancer.type": ("application", "network"),
    "LoadBalancer.scheme": ("internal", "internet-facing"),
    "LoadBalancer.ip_address_type": ("ipv4", "dualstack"),
    "LoadBalancer.subnets": (here("public"), here("private")),
    "LoadBalancer.security_groups": (Known(lambda place: (place["group"],)), Known(lambda place: (place["other"],))),
    "LoadBalancer.enforce_security_group_inbound_rules_on_private_link_traffic": ("on", "off"),
    "LoadBalancerAttributes.load_balancer_arn": ("arn:1", "arn:2"),
    "LoadBalancerAttributes.attributes": (
        {"idle_timeout.timeout_seconds": "61"},
        {"routing.http2.enabled": "false"},
    ),
    "TargetGroup.protocol": ("HTTP", "HTTPS"),
    "TargetGroup.protocol_version": ("HTTP1", "GRPC"),
    "TargetGroup.target_type": ("ip", "instance"),
    "TargetGroup.ip_address_type": ("ipv4", "ipv6"),
    "TargetGroup.vpc_id": ("vpc-1", "vpc-2"),
    "TargetGroup.health_check_enabled": BOOL,
    "TargetGroup.health_check_protocol": ("HTTP", "HTTPS"),
    "TargetGroup.health_check_port": ("8081", "8082"),
    "TargetGroup.health_check_path": ("/one", "/two"),
    "TargetGroup.health_check_interval_seconds": (20, 25),
    "TargetGroup.health_check_timeout_seconds": (3, 4),
    "TargetGroup.healthy_threshold_count": (6, 7),
    "TargetGroup.unhealthy_threshold_count": (6, 7),
    "TargetGroup.matcher": (Matcher(http_code="404"), None),
    "TargetGroup.matcher.http_code": ("200,202", "200-399"),
    "TargetGroupAttributes.target_group_arn": ("arn:1", "arn:2"),
    "TargetGroupAttributes.attributes": (
        {"deregistration_delay.timeout_seconds": "11"},
        {"stickiness.enabled": "false"},
    ),
    "Listener.load_balancer_arn": ("arn:1", "arn:2"),
    "Listener.port": (8443, 9443),
    "Listener.protocol": ("HTTP", "HTTPS"),
    "Listener.certificates": (None, Known(lambda place: (Certificate(certificate_arn=place["certificate"]),))),
    "Listener.certificates.*.certificate_arn": (here("certificate"), here("another certificate")),
    "Listener.ssl_policy": ("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-2016-08"),
    "Listener.default_actions.*.type": ("fixed-response", "redirect"),
    "Listener.default_actions.*.fixed_response_config": (None, FixedResponse(status_code="500")),
    "Listener.default_actions.*.fixed_response_config.status_code": ("404", "500"),
    "Listener.default_actions.*.fixed_response_config.content_type": ("text/html", "application/json"),
    "Listener.default_actions.*.fixed_response_config.message_body": ("one", "two"),
    "Listener.default_actions.*.redirect_config": (None, Redirect(protocol="HTTPS", status_code="HTTP_302")),
    "Listener.default_actions.*.redirect_config.protocol": ("HTTP", "HTTPS"),
    "Listener.default_actions.*.redirect_config.port": ("8443", "9443"),
    "Listener.default_actions.*.redirect_config.host": ("one.example", "two.example"),
    "Listener.default_actions.*.redirect_config.path": ("/one", "/two"),
    "Listener.default_actions.*.redirect_config.query": ("one=1", "two=2"),
    "Listener.default_actions.*.redirect_config.status_code": ("HTTP_301", "HTTP_302"),
    "Listener.default_actions.*.forward_config": (
        None,
        Known(lambda place: Forwarding(target_groups=(Weighted(target_group_arn=place["target group"]),))),
    ),
    "Listener.default_actions.*.forward_config.target_groups.*.target_group_arn": (
        here("target group"),
        here("other target group"),
    ),
    "Listener.default_actions.*.forward_config.target_groups.*.weight": (2, 3),
    "ListenerRule.listener_arn": ("arn:1", "arn:2"),
    "ListenerRule.priority": (49_500, 49_600),
    "ListenerRule.conditions.*.http_request_method_config": (None, Methods(values=("GET",))),
    "ListenerRule.conditions.*.http_request_method_config.values": (("PUT",), ("PATCH",)),
    "ListenerRule.conditions.*.path_pattern_config": (None, PathPattern(values=("/by-hand",))),
    "ListenerRule.conditions.*.path_pattern_config.values": (("/one",), ("/two",)),
    "ListenerRule.conditions.*.path_pattern_config.regex_values": (("^/one$",), ("^/two$",)),
    "ListenerRule.conditions.*.field": ("http-header", "path-pattern"),
    "ListenerRule.conditions.*.http_header_config": (None, HeaderValues(http_header_name="x-one", values=("1",))),
    "ListenerRule.conditions.*.http_header_config.http_header_name": ("x-one", "x-two"),
    "ListenerRule.conditions.*.http_header_config.values": (("one",), ("two",)),
    "ListenerRule.actions.*.type": ("forward", "fixed-response"),
    "ListenerRule.actions.*.forward_config": (
        None,
        Known(lambda place: Forwarding(target_groups=(Weighted(target_group_arn=place["other target group"]),))),
    ),
    "ListenerRule.actions.*.forward_config.target_groups.*.target_group_arn": (
        here("target group"),
        here("other target group"),
    ),
    "ListenerRule.actions.*.forward_config.target_groups.*.weight": (2, 3),
    "TaskDefinition.network_mode": ("awsvpc", "bridge"),
    "TaskDefinition.requires_compatibilities": (("EC2", "FARGATE"), ("FARGATE",)),
    "TaskDefinition.cpu": ("512", "1024"),
    "TaskDefinition.memory": ("3072", "4096"),
    "TaskDefinition.execution_role_arn": (here("role"), here("other role")),
    "TaskDefinition.task_role_arn": (here("role"), here("other role")),
    "TaskDefinition.runtime_platform.cpu_architecture": ("X86_64", "ARM64"),
    "TaskDefinition.runtime_platform.operating_system_family": ("LINUX", "WINDOWS_SERVER_2022_CORE"),
    "TaskDefinition.ephemeral_storage": (None, EphemeralStorage(size_in_gi_b=40)),
    "TaskDefinition.ephemeral_storage.size_in_gi_b": (40, 50),
    f"{CONTAINER}.image": ("one:1", "two:2"),
    f"{CONTAINER}.essential": BOOL,
    f"{CONTAINER}.cpu": (32, 64),
    f"{CONTAINER}.memory": (256, 512),
    f"{CONTAINER}.command": (("one",), ("two",)),
    f"{CONTAINER}.entry_point": (("/one",), ("/two",)),
    f"{CONTAINER}.user": ("1", "2"),
    f"{CONTAINER}.readonly_root_filesystem": (True, None),
    f"{CONTAINER}.stop_timeout": (10, 20),
    f"{CONTAINER}.environment": ({"ONE": "1"}, {"TWO": "2"}),
    f"{CONTAINER}.environment_files": (("arn:aws:s3:::config/one.env",), ("arn:aws:s3:::config/two.env",)),
    f"{CONTAINER}.secrets": ({}, {"OTHER": "arn:aws:ssm:eu-west-1:123456789012:parameter/other"}),
    f"{CONTAINER}.port_mappings.*.container_port": (81, 82),
    f"{CONTAINER}.port_mappings.*.host_port": (81, 82),
    f"{CONTAINER}.port_mappings.*.protocol": ("tcp", "udp"),
    f"{CONTAINER}.depends_on": ({}, {"otel": "COMPLETE"}),
    f"{CONTAINER}.health_check": (None, Check(command=("CMD", "true"))),
    f"{CONTAINER}.health_check.command": (("CMD", "true"), ("CMD", "false")),
    f"{CONTAINER}.health_check.interval": (10, 11),
    f"{CONTAINER}.health_check.timeout": (10, 11),
    f"{CONTAINER}.health_check.retries": (4, 5),
    f"{CONTAINER}.health_check.start_period": (20, 21),
    f"{CONTAINER}.log_configuration": (None, LogConfiguration(log_driver="splunk", options={"splunk-url": "x"})),
    f"{CONTAINER}.log_configuration.log_driver": ("splunk", "fluentd"),
    f"{CONTAINER}.log_configuration.options": (awslogs("one"), awslogs("two")),
    f"{CONTAINER}.linux_parameters": (None, LinuxParameters(init_process_enabled=True)),
    f"{CONTAINER}.linux_parameters.init_process_enabled": BOOL,
    "Service.cluster": ("arn:1", "arn:2"),
    "Service.task_definition": (here("task definition by hand"), here("task definition")),
    "Service.desired_count": (1, 3),
    "Service.launch_type": (None, "FARGATE"),
    "Service.capacity_provider_strategy.*.capacity_provider": ("FARGATE", "FARGATE_SPOT"),
    "Service.capacity_provider_strategy.*.base": (2, 3),
    "Service.capacity_provider_strategy.*.weight": (5, 6),
    "Service.platform_version": ("1.4.0", "LATEST"),
    "Service.scheduling_strategy": ("REPLICA", "DAEMON"),
    f"{ADDRESSES}.subnets": (here("public"), here("private")),
    f"{ADDRESSES}.security_groups": (Known(lambda place: (place["group"],)), Known(lambda place: (place["other"],))),
    f"{ADDRESSES}.assign_public_ip": ("ENABLED", "DISABLED"),
    "Service.load_balancers.*.target_group_arn": (here("target group"), here("other target group")),
    "Service.load_balancers.*.container_name": ("catalog", "otel"),
    "Service.load_balancers.*.container_port": (8080, 81),
    "Service.health_check_grace_period_seconds": (10, 20),
    "Service.deployment_configuration.strategy": ("ROLLING", "BLUE_GREEN"),
    "Service.deployment_configuration.maximum_percent": (180, 190),
    "Service.deployment_configuration.minimum_healthy_percent": (60, 70),
    f"{BREAKER}.enable": BOOL,
    f"{BREAKER}.rollback": BOOL,
    f"{BREAKER}.reset_on_healthy_task": BOOL,
    "Service.deployment_configuration.alarms.alarm_names": (("one",), ("two",)),
    "Service.deployment_configuration.alarms.enable": BOOL,
    "Service.deployment_configuration.alarms.rollback": BOOL,
    f"{BREAKER}.threshold_configuration.type": ("COUNT", "BOUNDED_PERCENT"),
    f"{BREAKER}.threshold_configuration.value": (5, 6),
    "Service.availability_zone_rebalancing": ("ENABLED", "DISABLED"),
    "Service.enable_execute_command": BOOL,
    "Service.enable_ecs_managed_tags": BOOL,
    "Service.propagate_tags": ("SERVICE", "TASK_DEFINITION"),
    "ScalableTarget.resource_id": ("service/one/web", "service/two/web"),
    "ScalableTarget.min_capacity": (1, 3),
    "ScalableTarget.max_capacity": (7, 8),
    "ScalableTarget.suspended_state.dynamic_scaling_in_suspended": BOOL,
    "ScalableTarget.suspended_state.dynamic_scaling_out_suspended": BOOL,
    "ScalableTarget.suspended_state.scheduled_scaling_suspended": BOOL,
    "ScalingPolicy.policy_name": ("cpu", "memory"),
    "ScalingPolicy.resource_id": ("service/one/web", "service/two/web"),
    "ScalingPolicy.policy_type": ("TargetTrackingScaling", "StepScaling"),
    POLICY: (tracking(10.0), None),
    f"{POLICY}.target_value": (41.0, 42.0),
    f"{POLICY}.predefined_metric_specification": (
        None,
        Metric(predefined_metric_type="ECSServiceAverageMemoryUtilization"),
    ),
    f"{POLICY}.predefined_metric_specification.predefined_metric_type": (
        "ECSServiceAverageMemoryUtilization",
        "ECSServiceAverageCPUUtilization",
    ),
    f"{POLICY}.predefined_metric_specification.resource_label": (here("label"), None),
    f"{POLICY}.scale_out_cooldown": (10, 20),
    f"{POLICY}.scale_in_cooldown": (10, 20),
    f"{POLICY}.disable_scale_in": BOOL,
    "VpcLink.subnet_ids": (("subnet-1",), ("subnet-2",)),
    "VpcLink.security_group_ids": (("sg-1",), ("sg-2",)),
    "HttpApi.protocol_type": ("HTTP", "WEBSOCKET"),
    "HttpApi.description": ("one", "two"),
    "HttpApi.version": ("1", "2"),
    "HttpApi.disable_execute_api_endpoint": BOOL,
    "HttpApi.ip_address_type": ("ipv4", "dualstack"),
    "HttpApi.cors_configuration": (None, Cors(allow_origins=("*",))),
    "HttpApi.cors_configuration.allow_origins": (("https://one.example",), ("https://two.example",)),
    "HttpApi.cors_configuration.allow_methods": (("PUT",), ("PATCH",)),
    "HttpApi.cors_configuration.allow_headers": (("x-one",), ("x-two",)),
    "HttpApi.cors_configuration.expose_headers": (("x-one",), ("x-two",)),
    "HttpApi.cors_configuration.allow_credentials": BOOL,
    "HttpApi.cors_configuration.max_age": (10, 20),
    "Integration.api_id": ("api1", "api2"),
    "Integration.integration_type": ("HTTP_PROXY", "AWS_PROXY"),
    "Integration.integration_method": ("GET", "POST"),
    "Integration.integration_uri": (here("listener"), here("other listener")),
    "Integration.connection_type": ("VPC_LINK", "INTERNET"),
    "Integration.connection_id": (here("link"), here("other link")),
    "Integration.payload_format_version": ("1.0", "2.0"),
    "Integration.timeout_in_millis": (1000, 2000),
    "Integration.request_parameters": ({"overwrite:header.x-one": "1"}, {"overwrite:header.x-two": "2"}),
    "Integration.tls_config": (None, Tls(server_name_to_verify="other.example")),
    "Integration.tls_config.server_name_to_verify": ("one.example", "two.example"),
    "Integration.description": ("one", "two"),
    "Route.api_id": ("api1", "api2"),
    "Route.route_key": ("GET /one", "GET /two"),
    "Route.integration": (here("integration"), here("other integration")),
    "Route.authorization_type": ("NONE", "AWS_IAM"),
    "Route.authorizer_id": (None, here("authorizer")),
    "Route.authorization_scopes": (("one",), ("two",)),
    "Route.operation_name": ("one", "two"),
    "Stage.api_id": ("api1", "api2"),
    "Stage.stage_name": ("one", "two"),
    "Stage.auto_deploy": BOOL,
    "Stage.description": ("one", "two"),
    "Stage.default_route_settings.throttling_rate_limit": (11.0, 12.0),
    "Stage.default_route_settings.throttling_burst_limit": (11, 12),
    "Stage.default_route_settings.detailed_metrics_enabled": BOOL,
    "Stage.route_settings.*.throttling_rate_limit": (11.0, 12.0),
    "Stage.route_settings.*.throttling_burst_limit": (11, 12),
    "Stage.route_settings.*.detailed_metrics_enabled": BOOL,
    "Stage.stage_variables": ({"one": "1"}, {"two": "2"}),
    "Stage.access_log_settings": (None, Known(lambda place: AccessLog(destination_arn=place["log group"]))),
    "Stage.access_log_settings.destination_arn": (here("log group"), here("other log group")),
    "Stage.access_log_settings.format": ('{"id":"$context.requestId"}', "$context.requestId $context.status"),
}

ELSEWHERE: Mapping[str, str] = {
    "LoadBalancer.enforce_security_group_inbound_rules_on_private_link_traffic": NLB,
    "Listener.default_actions.*.forward_config.target_groups.*.target_group_arn": NLB,
    "Listener.default_actions.*.forward_config.target_groups.*.weight": NLB,
    **{name: FRONT for name in SAMPLES if name.startswith("Listener.default_actions.*.redirect_config.")},
    **{name: FRONT for name in SAMPLES if "http_request_method_config." in name or "path_pattern_config." in name},
}
"""The topology that has the field, where the maximal one cannot."""
