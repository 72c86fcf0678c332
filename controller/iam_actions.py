"""Which AWS calls each kind makes, and what each call needs besides: the tables that `penstock iam-policy` reads.

The first table is the reconcilers' own calls, as `Aws.calls` names them; `tests/cli/test_iam_policy.py` proves it equal
to the calls of a full life. The second is what AWS asks of the caller on top, with the page that says so. The third
names API Gateway's calls as IAM does: HTTP verbs on paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    "DomainName": _calls(
        "apigatewayv2",
        "GetDomainNames",
        "CreateDomainName UpdateDomainName TagResource UntagResource DeleteDomainName",
    ),
    "ApiMapping": _calls("apigatewayv2", "GetApiMappings", "CreateApiMapping UpdateApiMapping DeleteApiMapping"),
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
    "RecordSet": _calls(
        "route53", "ListHostedZonesByName ListHostedZones ListResourceRecordSets", "ChangeResourceRecordSets"
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

API_GATEWAY: Mapping[str, tuple[str, str]] = {
    "CreateApi": ("POST", "/apis"), "GetApis": ("GET", "/apis"), "UpdateApi": ("PATCH", "/apis/*"),
    "DeleteApi": ("DELETE", "/apis/*"), "DeleteCorsConfiguration": ("DELETE", "/apis/*/cors"),
    "CreateVpcLink": ("POST", "/vpclinks"), "GetVpcLinks": ("GET", "/vpclinks"),
    "DeleteVpcLink": ("DELETE", "/vpclinks/*"),
    "CreateIntegration": ("POST", "/apis/*/integrations"), "GetIntegrations": ("GET", "/apis/*/integrations"),
    "UpdateIntegration": ("PATCH", "/apis/*/integrations/*"), "DeleteIntegration": ("DELETE", "/apis/*/integrations/*"),
    "CreateDomainName": ("POST", "/domainnames"), "GetDomainNames": ("GET", "/domainnames"),
    "UpdateDomainName": ("PATCH", "/domainnames/*"), "DeleteDomainName": ("DELETE", "/domainnames/*"),
    "CreateApiMapping": ("POST", "/domainnames/*/apimappings"), "GetApiMappings": ("GET", "/domainnames/*/apimappings"),
    "UpdateApiMapping": ("PATCH", "/domainnames/*/apimappings/*"),
    "DeleteApiMapping": ("DELETE", "/domainnames/*/apimappings/*"),
    "CreateRoutingRule": ("POST", "/domainnames/*/routingrules"),
    "ListRoutingRules": ("GET", "/domainnames/*/routingrules"),
    "PutRoutingRule": ("PUT", "/domainnames/*/routingrules/*"),
    "DeleteRoutingRule": ("DELETE", "/domainnames/*/routingrules/*"),
    "CreateAuthorizer": ("POST", "/apis/*/authorizers"), "GetAuthorizers": ("GET", "/apis/*/authorizers"),
    "UpdateAuthorizer": ("PATCH", "/apis/*/authorizers/*"), "DeleteAuthorizer": ("DELETE", "/apis/*/authorizers/*"),
    "CreateRoute": ("POST", "/apis/*/routes"), "GetRoutes": ("GET", "/apis/*/routes"),
    "UpdateRoute": ("PATCH", "/apis/*/routes/*"), "DeleteRoute": ("DELETE", "/apis/*/routes/*"),
    "DeleteRouteRequestParameter": ("DELETE", "/apis/*/routes/*/requestparameters/*"),
    "GetRouteResponses": ("GET", "/apis/*/routes/*/routeresponses"),
    "CreateRouteResponse": ("POST", "/apis/*/routes/*/routeresponses"),
    "DeleteRouteResponse": ("DELETE", "/apis/*/routes/*/routeresponses/*"),
    "CreateStage": ("POST", "/apis/*/stages"), "GetStages": ("GET", "/apis/*/stages"),
    "UpdateStage": ("PATCH", "/apis/*/stages/*"), "DeleteStage": ("DELETE", "/apis/*/stages/*"),
    "DeleteRouteSettings": ("DELETE", "/apis/*/stages/*/routesettings/*"),
    "TagResource": ("POST", "/tags/*"), "UntagResource": ("DELETE", "/tags/*"),
}  # fmt: skip
"""By operation: the IAM action's verb and the ARN's path. Source: botocore apigatewayv2, `http` of each operation."""

REST_API_GATEWAY: Mapping[str, tuple[str, str]] = {
    "GetModels": ("GET", "/restapis/*/models"), "CreateModel": ("POST", "/restapis/*/models"),
    "UpdateModel": ("PATCH", "/restapis/*/models/*"), "DeleteModel": ("DELETE", "/restapis/*/models/*"),
    "GetRequestValidators": ("GET", "/restapis/*/requestvalidators"),
    "CreateRequestValidator": ("POST", "/restapis/*/requestvalidators"),
    "UpdateRequestValidator": ("PATCH", "/restapis/*/requestvalidators/*"),
    "DeleteRequestValidator": ("DELETE", "/restapis/*/requestvalidators/*"),
    "GetGatewayResponses": ("GET", "/restapis/*/gatewayresponses"),
    "PutGatewayResponse": ("PUT", "/restapis/*/gatewayresponses/*"),
    "DeleteGatewayResponse": ("DELETE", "/restapis/*/gatewayresponses/*"),
    "GetAuthorizers": ("GET", "/restapis/*/authorizers"), "CreateAuthorizer": ("POST", "/restapis/*/authorizers"),
    "UpdateAuthorizer": ("PATCH", "/restapis/*/authorizers/*"),
    "DeleteAuthorizer": ("DELETE", "/restapis/*/authorizers/*"),
    "GetVpcLinks": ("GET", "/vpclinks"), "GetVpcLink": ("GET", "/vpclinks/*"), "CreateVpcLink": ("POST", "/vpclinks"),
    "UpdateVpcLink": ("PATCH", "/vpclinks/*"), "DeleteVpcLink": ("DELETE", "/vpclinks/*"),
    "GetAccount": ("GET", "/account"), "UpdateAccount": ("PATCH", "/account"),
    "CreateRestApi": ("POST", "/restapis"), "GetRestApis": ("GET", "/restapis"), "GetRestApi": ("GET", "/restapis/*"),
    "UpdateRestApi": ("PATCH", "/restapis/*"), "DeleteRestApi": ("DELETE", "/restapis/*"),
    "GetResources": ("GET", "/restapis/*/resources"), "CreateResource": ("POST", "/restapis/*/resources/*"),
    "DeleteResource": ("DELETE", "/restapis/*/resources/*"),
    "PutMethod": ("PUT", "/restapis/*/resources/*/methods/*"),
    "UpdateMethod": ("PATCH", "/restapis/*/resources/*/methods/*"),
    "DeleteMethod": ("DELETE", "/restapis/*/resources/*/methods/*"),
    "PutMethodResponse": ("PUT", "/restapis/*/resources/*/methods/*/responses/*"),
    "DeleteMethodResponse": ("DELETE", "/restapis/*/resources/*/methods/*/responses/*"),
    "PutIntegrationResponse": ("PUT", "/restapis/*/resources/*/methods/*/integration/responses/*"),
    "DeleteIntegrationResponse": ("DELETE", "/restapis/*/resources/*/methods/*/integration/responses/*"),
    "PutIntegration": ("PUT", "/restapis/*/resources/*/methods/*/integration"),
    "UpdateIntegration": ("PATCH", "/restapis/*/resources/*/methods/*/integration"),
    "DeleteIntegration": ("DELETE", "/restapis/*/resources/*/methods/*/integration"),
    "GetDeployments": ("GET", "/restapis/*/deployments"), "CreateDeployment": ("POST", "/restapis/*/deployments"),
    "UpdateDeployment": ("PATCH", "/restapis/*/deployments/*"),
    "DeleteDeployment": ("DELETE", "/restapis/*/deployments/*"),
    "GetStages": ("GET", "/restapis/*/stages"), "CreateStage": ("POST", "/restapis/*/stages"),
    "UpdateStage": ("PATCH", "/restapis/*/stages/*"), "DeleteStage": ("DELETE", "/restapis/*/stages/*"),
    "GetExport": ("GET", "/restapis/*/stages/*/exports/*"),
    "CreateApiKey": ("POST", "/apikeys"), "GetApiKeys": ("GET", "/apikeys"), "GetApiKey": ("GET", "/apikeys/*"),
    "UpdateApiKey": ("PATCH", "/apikeys/*"), "DeleteApiKey": ("DELETE", "/apikeys/*"),
    "CreateUsagePlan": ("POST", "/usageplans"), "GetUsagePlans": ("GET", "/usageplans"),
    "GetUsagePlan": ("GET", "/usageplans/*"), "UpdateUsagePlan": ("PATCH", "/usageplans/*"),
    "DeleteUsagePlan": ("DELETE", "/usageplans/*"),
    "CreateUsagePlanKey": ("POST", "/usageplans/*/keys"), "GetUsagePlanKeys": ("GET", "/usageplans/*/keys"),
    "DeleteUsagePlanKey": ("DELETE", "/usageplans/*/keys/*"),
    "TagResource": ("PUT", "/tags/*"), "UntagResource": ("DELETE", "/tags/*"),
}  # fmt: skip
"""The same of REST APIs. Source: botocore apigateway, `http` of each operation."""
GATEWAYS: Mapping[str, Mapping[str, tuple[str, str]]] = {"apigatewayv2": API_GATEWAY, "apigateway": REST_API_GATEWAY}


def gateway_path(call: str) -> tuple[str, str] | None:
    """Verb and path of a call to API Gateway; None for any other."""
    service, _, operation = call.partition(":")
    return GATEWAYS[service][operation] if service in GATEWAYS else None


PREFIXES: Mapping[str, str] = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}


def iam_action(call: str) -> str:
    """`elbv2:CreateRule` as IAM calls it; an API Gateway call is its verb."""
    service, _, operation = call.partition(":")
    if told := gateway_path(call):
        return f"apigateway:{told[0]}"
    return f"{PREFIXES.get(service, service)}:{operation}"
