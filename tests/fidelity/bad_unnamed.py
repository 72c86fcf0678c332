# ruff: noqa: E501  # a table: one request a line reads better than ten
"""The other 34 of the 183 bad requests of `aws/moto-gaps.md`: both emulators refused them as AWS does, so the page
counts them by service and names none. In their place stand as many of the same services, each with a mistake that every
emulator sees; the codes are the API references' own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Item = dict[str, Any]
Row = tuple[str, str, str, str, Callable[[Item], Item]]
IP, V2, V1, ELB = "ec2", "apigatewayv2", "apigateway", "elbv2"

UNNAMED: tuple[Row, ...] = (
    (IP, "delete_vpc", "unknown", "InvalidVpcID.NotFound", lambda w: {"VpcId": "vpc-0123456789abcdef0"}),
    (IP, "delete_subnet", "unknown", "InvalidSubnetID.NotFound", lambda w: {"SubnetId": "subnet-0123456789abcdef0"}),
    (IP, "delete_security_group", "unknown", "InvalidGroup.NotFound InvalidGroupId.Malformed", lambda w: {"GroupId": "sg-0123456789abcdef0"}),
    (ELB, "delete_listener", "unknown", "ListenerNotFound", lambda w: {"ListenerArn": w["listener"][:-4] + "0000"}),
    (ELB, "modify_target_group", "unknown", "TargetGroupNotFound", lambda w: {"TargetGroupArn": w["group"][:-4] + "0000", "HealthCheckPath": "/"}),
    (ELB, "delete_rule", "unknown", "RuleNotFound", lambda w: {"RuleArn": w["listener"].replace(":listener/", ":listener-rule/") + "/0123456789abcdef"}),
    ("ecs", "delete_service", "unknown", "ServiceNotFoundException", lambda w: {"cluster": "main", "service": "none"}),
    ("application-autoscaling", "deregister_scalable_target", "unknown", "ObjectNotFoundException", lambda w: {"ServiceNamespace": "ecs", "ResourceId": "service/main/none", "ScalableDimension": "ecs:service:DesiredCount"}),
    (V2, "get_api", "unknown", "NotFoundException", lambda w: {"ApiId": "none"}),
    (V2, "delete_stage", "unknown", "NotFoundException", lambda w: {**w["api"], "StageName": "none"}),
    (V2, "get_integration", "unknown", "NotFoundException", lambda w: {**w["api"], "IntegrationId": "none"}),
    (V2, "delete_authorizer", "unknown", "NotFoundException", lambda w: {**w["api"], "AuthorizerId": "none"}),
    (V2, "get_domain_name", "unknown", "NotFoundException", lambda w: {"DomainName": "none.example.com"}),
    (V2, "get_vpc_link", "unknown", "NotFoundException", lambda w: {"VpcLinkId": "none"}),
    (V1, "get_rest_api", "unknown", "NotFoundException", lambda w: {"restApiId": "none"}),
    (V1, "get_resource", "unknown", "NotFoundException", lambda w: {**w["rest"], "resourceId": "none"}),
    (V1, "delete_method", "unknown", "NotFoundException", lambda w: {**w["get"], "httpMethod": "PATCH"}),
    (V1, "get_stage", "unknown", "NotFoundException", lambda w: {**w["rest"], "stageName": "none"}),
    (V1, "get_deployment", "unknown", "NotFoundException", lambda w: {**w["rest"], "deploymentId": "none"}),
    (V1, "get_usage_plan", "unknown", "NotFoundException", lambda w: {"usagePlanId": "none"}),
    (V1, "get_api_key", "unknown", "NotFoundException", lambda w: {"apiKey": "none"}),
    ("iam", "get_role", "unknown", "NoSuchEntity", lambda w: {"RoleName": "none"}),
    ("iam", "delete_role", "attached", "DeleteConflict", lambda w: {"RoleName": "r"}),
    ("iam", "get_policy", "unknown", "NoSuchEntity", lambda w: {"PolicyArn": "arn:aws:iam::123456789012:policy/none"}),
    ("iam", "detach_role_policy", "unknown", "NoSuchEntity", lambda w: {"RoleName": "r", "PolicyArn": "arn:aws:iam::123456789012:policy/none"}),
    ("logs", "delete_log_group", "unknown", "ResourceNotFoundException", lambda w: {"logGroupName": "/none"}),
    ("wafv2", "get_web_acl", "unknown", "WAFNonexistentItemException", lambda w: {"Name": "none", "Scope": "REGIONAL", "Id": "00000000-0000-4000-8000-000000000000"}),
    ("route53", "get_hosted_zone", "unknown", "NoSuchHostedZone", lambda w: {"Id": "Z0123456789ABCDEFGHIJ"}),
    ("secretsmanager", "get_secret_value", "unknown", "ResourceNotFoundException", lambda w: {"SecretId": "none"}),
    ("ssm", "get_parameter", "unknown", "ParameterNotFound", lambda w: {"Name": "/none"}),
    ("sqs", "get_queue_url", "unknown", "AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist", lambda w: {"QueueName": "none"}),
    ("sqs", "create_queue", "bad name", "InvalidParameterValue", lambda w: {"QueueName": "a b"}),
    ("dynamodb", "describe_table", "unknown", "ResourceNotFoundException", lambda w: {"TableName": "none"}),
    ("events", "describe_rule", "unknown", "ResourceNotFoundException", lambda w: {"Name": "none"}),
)  # fmt: skip
