"""API Gateway's calls as IAM names them: HTTP verbs on the paths of its own API."""

from __future__ import annotations

from collections.abc import Mapping

API_GATEWAY: Mapping[str, tuple[str, str]] = {
    "CreateApi": ("POST", "/apis"), "GetApis": ("GET", "/apis"), "UpdateApi": ("PATCH", "/apis/*"),
    "DeleteApi": ("DELETE", "/apis/*"), "DeleteCorsConfiguration": ("DELETE", "/apis/*/cors"),
    "CreateVpcLink": ("POST", "/vpclinks"), "GetVpcLinks": ("GET", "/vpclinks"),
    "DeleteVpcLink": ("DELETE", "/vpclinks/*"),
    "CreateIntegration": ("POST", "/apis/*/integrations"), "GetIntegrations": ("GET", "/apis/*/integrations"),
    "UpdateIntegration": ("PATCH", "/apis/*/integrations/*"), "DeleteIntegration": ("DELETE", "/apis/*/integrations/*"),
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
    "CreateDomainName": ("POST", "/domainnames"), "GetDomainNames": ("GET", "/domainnames"),
    "GetDomainName": ("GET", "/domainnames/*"), "UpdateDomainName": ("PATCH", "/domainnames/*"),
    "DeleteDomainName": ("DELETE", "/domainnames/*"),
    "CreateBasePathMapping": ("POST", "/domainnames/*/basepathmappings"),
    "GetBasePathMappings": ("GET", "/domainnames/*/basepathmappings"),
    "UpdateBasePathMapping": ("PATCH", "/domainnames/*/basepathmappings/*"),
    "DeleteBasePathMapping": ("DELETE", "/domainnames/*/basepathmappings/*"),
    "CreateDomainNameAccessAssociation": ("POST", "/domainnameaccessassociations"),
    "GetDomainNameAccessAssociations": ("GET", "/domainnameaccessassociations"),
    "DeleteDomainNameAccessAssociation": ("DELETE", "/domainnameaccessassociations/*"),
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
