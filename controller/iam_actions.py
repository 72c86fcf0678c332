"""Which AWS calls each kind makes: the reconcilers' own, as `Aws.calls` names them.

`tests/cli/test_iam_policy.py` proves the table equal to the calls of a full life. What AWS asks of the caller on top is
in `iam_besides`; API Gateway's calls have names of their own in IAM (`iam_gateway`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from controller.iam_gateway import gateway_path

EVERY_LOOK = (
    "sts:GetCallerIdentity", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeRouteTables",
    "resourcegroupstaggingapi:GetResources",
)  # fmt: skip
"""Who we are, which network, and the tag index."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What looking after one kind takes."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def _calls(service: str, reads: str, writes: str) -> Calls:
    """`Describe…` names of one service, separated by spaces."""
    return Calls(
        tuple(f"{service}:{name}" for name in reads.split()), tuple(f"{service}:{name}" for name in writes.split())
    )


OWN: Mapping[str, Calls] = {
    "LogGroup": _calls(
        "logs",
        "DescribeLogGroups ListTagsForResource",
        "CreateLogGroup PutRetentionPolicy TagResource UntagResource DeleteLogGroup",
    ),
    "Role": _calls(
        "iam",
        "ListRoles GetAccountAuthorizationDetails",
        "CreateRole UpdateRole UpdateAssumeRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary TagRole "
        "UntagRole DeleteRole",
    ),
    "RolePolicy": _calls("iam", "ListRoles GetAccountAuthorizationDetails", "PutRolePolicy DeleteRolePolicy"),
    "SecurityGroup": _calls(
        "ec2",
        "DescribeSecurityGroups",
        "CreateSecurityGroup RevokeSecurityGroupEgress CreateTags DeleteTags DeleteSecurityGroup",
    ),
    "SecurityGroupRule": _calls(
        "ec2",
        "DescribeSecurityGroupRules",
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress ModifySecurityGroupRules CreateTags DeleteTags "
        "RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
    ),
    "Cluster": _calls(
        "ecs",
        "ListClusters DescribeClusters",
        "CreateCluster UpdateCluster PutClusterCapacityProviders TagResource UntagResource DeleteCluster",
    ),
    "LoadBalancer": _calls(
        "elbv2",
        "DescribeLoadBalancers DescribeTags",
        "CreateLoadBalancer SetSubnets SetSecurityGroups SetIpAddressType AddTags RemoveTags DeleteLoadBalancer",
    ),
    "LoadBalancerAttributes": _calls("elbv2", "DescribeLoadBalancerAttributes", "ModifyLoadBalancerAttributes"),
    "WebAclAssociation": _calls(
        "wafv2",
        "GetWebACLForResource",
        "AssociateWebACL DisassociateWebACL",
    ),
    "CapacityReservation": _calls("elbv2", "DescribeCapacityReservation", "ModifyCapacityReservation"),
    "TargetGroup": _calls(
        "elbv2",
        "DescribeTargetGroups DescribeTargetHealth DescribeTags",
        "CreateTargetGroup ModifyTargetGroup AddTags RemoveTags DeleteTargetGroup",
    ),
    "TargetGroupAttributes": _calls("elbv2", "DescribeTargetGroupAttributes", "ModifyTargetGroupAttributes"),
    "Listener": _calls(
        "elbv2", "DescribeListeners DescribeTags", "CreateListener ModifyListener AddTags RemoveTags DeleteListener"
    ),
    "ListenerRule": Calls(
        ("elbv2:DescribeRules", "elbv2:DescribeTags", "secretsmanager:DescribeSecret"),
        tuple(
            f"elbv2:{each}"
            for each in ("CreateRule", "ModifyRule", "SetRulePriorities", "AddTags", "RemoveTags", "DeleteRule")
        ),
    ),
    "TaskDefinition": _calls(
        "ecs",
        "ListTaskDefinitions DescribeTaskDefinition",
        "RegisterTaskDefinition TagResource UntagResource DeregisterTaskDefinition",
    ),
    "Service": _calls(
        "ecs",
        "DescribeServices ListServiceDeployments DescribeServiceRevisions",
        "CreateService UpdateService TagResource UntagResource DeleteService",
    ),
    "ScalableTarget": _calls(
        "application-autoscaling",
        "DescribeScalableTargets ListTagsForResource",
        "RegisterScalableTarget TagResource UntagResource DeregisterScalableTarget",
    ),
    "ScalingPolicy": _calls(
        "application-autoscaling", "DescribeScalingPolicies", "PutScalingPolicy DeleteScalingPolicy"
    ),
    "VpcLink": _calls("apigatewayv2", "GetVpcLinks", "CreateVpcLink TagResource UntagResource DeleteVpcLink"),
    "HttpApi": _calls(
        "apigatewayv2", "GetApis", "CreateApi UpdateApi DeleteCorsConfiguration TagResource UntagResource DeleteApi"
    ),
    "Integration": _calls("apigatewayv2", "GetIntegrations", "CreateIntegration UpdateIntegration DeleteIntegration"),
    "Authorizer": _calls("apigatewayv2", "GetAuthorizers", "CreateAuthorizer UpdateAuthorizer DeleteAuthorizer"),
    "Certificate": _calls(
        "acm",
        "ListCertificates DescribeCertificate ListTagsForCertificate",
        "RequestCertificate AddTagsToCertificate RemoveTagsFromCertificate DeleteCertificate",
    ),
    "DomainName": Calls(
        ("apigateway:GetDomainNames", "apigateway:GetDomainName", "route53:ListResourceRecordSets"),
        tuple(
            f"apigateway:{verb}"
            for verb in ("CreateDomainName", "UpdateDomainName", "TagResource", "UntagResource", "DeleteDomainName")
        ),
    ),
    "DomainNameAccessAssociation": _calls(
        "apigateway",
        "GetDomainNameAccessAssociations",
        "CreateDomainNameAccessAssociation TagResource UntagResource DeleteDomainNameAccessAssociation",
    ),
    "ApiMapping": Calls(
        ("apigatewayv2:GetApiMappings", "apigateway:GetBasePathMappings"),
        (
            *(f"apigatewayv2:{verb}ApiMapping" for verb in ("Create", "Update", "Delete")),
            *(f"apigateway:{verb}BasePathMapping" for verb in ("Create", "Update", "Delete")),
        ),
    ),
    "Namespace": _calls(
        "servicediscovery",
        "ListNamespaces ListTagsForResource",
        "CreatePrivateDnsNamespace UpdatePrivateDnsNamespace TagResource UntagResource DeleteNamespace",
    ),
    "DiscoveryService": _calls(
        "servicediscovery",
        "ListServices ListTagsForResource",
        "CreateService UpdateService TagResource UntagResource DeleteService",
    ),
    "RoutingRule": _calls("apigatewayv2", "ListRoutingRules", "CreateRoutingRule PutRoutingRule DeleteRoutingRule"),
    "RecordSet": Calls(
        (
            *(f"route53:List{each}" for each in ("HostedZonesByName", "HostedZones", "ResourceRecordSets")),
            "ec2:DescribeVpcEndpoints",
        ),
        ("route53:ChangeResourceRecordSets",),
    ),
    "Permission": _calls("lambda", "GetPolicy", "AddPermission RemovePermission"),
    "Route": _calls("apigatewayv2", "GetRoutes", "CreateRoute UpdateRoute DeleteRoute"),
    "Account": Calls(("apigateway:GetAccount",), ("apigateway:UpdateAccount", "iam:CreateRole", "iam:PutRolePolicy")),
    "RestApi": _calls(
        "apigateway", "GetRestApis GetRestApi", "CreateRestApi UpdateRestApi TagResource UntagResource DeleteRestApi"
    ),
    "RestVpcLink": Calls(
        ("apigateway:GetVpcLinks", "apigateway:GetVpcLink", "elbv2:DescribeLoadBalancers"),
        tuple(
            f"apigateway:{verb}"
            for verb in ("CreateVpcLink", "UpdateVpcLink", "TagResource", "UntagResource", "DeleteVpcLink")
        ),
    ),
    "WebSocketApi": _calls("apigatewayv2", "GetApis", "CreateApi UpdateApi TagResource UntagResource DeleteApi"),
    "WebSocketIntegration": _calls(
        "apigatewayv2", "GetIntegrations", "CreateIntegration UpdateIntegration DeleteIntegration"
    ),
    "WebSocketAuthorizer": _calls(
        "apigatewayv2", "GetAuthorizers", "CreateAuthorizer UpdateAuthorizer DeleteAuthorizer"
    ),
    "WebSocketRoute": _calls(
        "apigatewayv2", "GetRoutes", "CreateRoute UpdateRoute DeleteRoute DeleteRouteRequestParameter"
    ),
    "WebSocketRouteResponse": _calls("apigatewayv2", "GetRouteResponses", "CreateRouteResponse DeleteRouteResponse"),
    "RestAuthorizer": _calls("apigateway", "GetAuthorizers", "CreateAuthorizer UpdateAuthorizer DeleteAuthorizer"),
    "Model": _calls("apigateway", "GetModels", "CreateModel UpdateModel DeleteModel"),
    "RequestValidator": _calls(
        "apigateway", "GetRequestValidators", "CreateRequestValidator UpdateRequestValidator DeleteRequestValidator"
    ),
    "GatewayResponse": _calls("apigateway", "GetGatewayResponses", "PutGatewayResponse DeleteGatewayResponse"),
    "RestResource": _calls("apigateway", "GetResources", "CreateResource DeleteResource"),
    "Method": _calls(
        "apigateway",
        "GetResources",
        "PutMethod UpdateMethod DeleteMethod PutMethodResponse DeleteMethodResponse",
    ),
    "RestIntegration": _calls(
        "apigateway",
        "GetResources",
        "PutIntegration UpdateIntegration DeleteIntegration PutIntegrationResponse DeleteIntegrationResponse",
    ),
    "RestDeployment": _calls(
        "apigateway", "GetDeployments GetResources GetRestApi", "CreateDeployment DeleteDeployment"
    ),
    "RestStage": _calls(
        "apigateway",
        "GetStages GetExport",
        "CreateStage UpdateStage UpdateDeployment TagResource UntagResource DeleteStage",
    ),
    "ApiKey": _calls("apigateway", "GetApiKeys", "CreateApiKey UpdateApiKey TagResource UntagResource DeleteApiKey"),
    "KeySecret": Calls(
        ("secretsmanager:ListSecrets", "apigateway:GetApiKey"),
        tuple(
            f"secretsmanager:{each}"
            for each in ("CreateSecret", "UpdateSecret", "TagResource", "UntagResource", "DeleteSecret")
        ),
    ),
    "GatewaySecret": _calls(
        "secretsmanager",
        "ListSecrets",
        "GetRandomPassword CreateSecret GetSecretValue UpdateSecret TagResource UntagResource DeleteSecret",
    ),
    "UsagePlan": _calls(
        "apigateway",
        "GetUsagePlans GetUsagePlan",
        "CreateUsagePlan UpdateUsagePlan TagResource UntagResource DeleteUsagePlan",
    ),
    "UsagePlanKey": _calls("apigateway", "GetUsagePlanKeys", "CreateUsagePlanKey DeleteUsagePlanKey"),
    "Stage": _calls(
        "apigatewayv2",
        "GetStages",
        "CreateStage UpdateStage DeleteRouteSettings TagResource UntagResource DeleteStage",
    ),
    "WebSocketStage": _calls(
        "apigatewayv2",
        "GetStages",
        "CreateStage UpdateStage DeleteRouteSettings TagResource UntagResource DeleteStage",
    ),
}


PREFIXES: Mapping[str, str] = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}


def iam_action(call: str) -> str:
    """`elbv2:CreateRule` as IAM calls it; an API Gateway call is its verb."""
    service, _, operation = call.partition(":")
    if told := gateway_path(call):
        return f"apigateway:{told[0]}"
    return f"{PREFIXES.get(service, service)}:{operation}"
