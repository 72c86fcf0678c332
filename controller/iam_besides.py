"""What calls need besides the permission to make them, with the page of AWS that says so, and what holds them to what
is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Besides:
    """What a kind's writes need on top of the calls themselves."""

    actions: tuple[str, ...]
    """IAM actions on any resource."""
    linked_roles: tuple[str, ...]
    """Services whose service-linked role the first use in an account makes."""
    source: str


BESIDES: Mapping[str, Besides] = {
    "Cluster": Besides((), ("ecs.amazonaws.com",), "ECS developer guide, using-service-linked-roles; ledger 2.3"),
    "LoadBalancer": Besides(
        ("ec2:DescribeAccountAttributes", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups",
         "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
        ("elasticloadbalancing.amazonaws.com",),
        "ELB user guide, elb-api-permissions, CreateLoadBalancer",
    ),
    "Namespace": Besides(
        ("ec2:DescribeVpcs", "route53:ChangeResourceRecordSets", "route53:CreateHostedZone",
         "route53:DeleteHostedZone", "route53:GetHostedZone", "route53:ListHostedZonesByName"),
        (),
        "Cloud Map developer guide, api-permissions-reference; ECS registers tasks by its service-linked role",
    ),
    "TargetGroup": Besides(("ec2:DescribeVpcs",), (), "ELB user guide, elb-api-permissions, CreateTargetGroup"),
    "ScalableTarget": Besides(
        ("ecs:DescribeServices", "ecs:UpdateService"),
        ("ecs.application-autoscaling.amazonaws.com",),
        "ECS developer guide, auto-scaling-IAM",
    ),
    "ScalingPolicy": Besides(
        ("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
        (),
        "ECS developer guide, auto-scaling-IAM",
    ),
    "WebAclAssociation": Besides(
        ("apigateway:SetWebACL", "elasticloadbalancing:SetWebACL"),
        (),
        'WAF API reference, AssociateWebACL, "Permissions for resource types"',
    ),
    "RestVpcLink": Besides(
        ("ec2:CreateVpcEndpointServiceConfiguration", "ec2:DeleteVpcEndpointServiceConfigurations",
         "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:ModifyVpcEndpointServicePermissions"),
        (),
        "API Gateway developer guide, grant-permissions-to-create-vpclink",
    ),
    "VpcLink": Besides((), ("ops.apigateway.amazonaws.com",), "API Gateway developer guide, http-api-vpc-links"),
    "Stage": Besides(
        ("logs:CreateLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery",
         "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies",
         "logs:DescribeLogGroups"),
        (),
        "API Gateway developer guide, http-api-logging; ledger 2.4",
    ),
}  # fmt: skip

TAGGED_IN_CREATE: Mapping[str, str] = {
    "ec2:CreateSecurityGroup": "ec2:CreateTags",
    "ec2:AuthorizeSecurityGroupIngress": "ec2:CreateTags",
    "ec2:AuthorizeSecurityGroupEgress": "ec2:CreateTags",
    "ecs:CreateCluster": "ecs:TagResource",
    "ecs:CreateService": "ecs:TagResource",
    "ecs:RegisterTaskDefinition": "ecs:TagResource",
    "elasticloadbalancing:CreateLoadBalancer": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateTargetGroup": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateListener": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateRule": "elasticloadbalancing:AddTags",
    "iam:CreateRole": "iam:TagRole",
    "acm:RequestCertificate": "acm:AddTagsToCertificate",
    "logs:CreateLogGroup": "logs:TagResource",
    "secretsmanager:CreateSecret": "secretsmanager:TagResource",
    "servicediscovery:CreatePrivateDnsNamespace": "servicediscovery:TagResource",
    "servicediscovery:CreateService": "servicediscovery:TagResource",
    "application-autoscaling:RegisterScalableTarget": "application-autoscaling:TagResource",
}
"""A create call with tags needs this action too. Source: each service's page in the Service Authorization Reference,
and ECS developer guide, *Grant permission to tag resources on creation*. API Gateway asks for POST on `/tags/*`."""

FENCED_BY_REQUEST_TAG = frozenset(TAGGED_IN_CREATE)
"""Creates that can be held to our installation's tag (security.md §2, column RT)."""
UNFENCED = frozenset(
    {"ecs:DeregisterTaskDefinition", "route53:ChangeResourceRecordSets"}
    | {"wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "secretsmanager:GetRandomPassword"}
)
"""Writes that no tag condition can hold (security.md §2, column RS); code guards them."""
BY_NAME = ("iam", "logs")
"""Services whose writes are held by the names and paths we choose."""
