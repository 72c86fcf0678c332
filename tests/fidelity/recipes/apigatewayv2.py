"""HTTP APIs."""

from __future__ import annotations

from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
OWN = {
    "apigatewayv2": {
        "Api": ("ApiId", "ApiEndpoint"),
        "Stage": ("ApiId", "DeploymentId"),
        "Route": ("RouteId", "Target", "AuthorizerId"),
        "Integration": ("IntegrationId", "ConnectionId"),
        "Authorizer": ("AuthorizerId",),
        "Deployment": ("DeploymentId",),
        "VpcLink": ("VpcLinkId",),
        "ApiMapping": ("ApiId", "ApiMappingId", "Stage"),
    }
}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:recorded"


def plain_api(place: Place) -> str:
    return str(place.call("apigatewayv2", "create_api", Name="recorded", ProtocolType="HTTP")["ApiId"])


def quick(place: Place) -> Known:
    """An API with all that `Target` makes."""
    id = place.call("apigatewayv2", "create_api", Name="recorded", ProtocolType="HTTP", Target="https://example.com")[
        "ApiId"
    ]
    made = {"ApiId": id, "StageName": "$default"}
    for operation, name in (("get_integrations", "IntegrationId"), ("get_routes", "RouteId")):
        made[name] = place.call("apigatewayv2", operation, ApiId=id)["Items"][0][name]
        place.answers.pop(("apigatewayv2", operation))
    return made


def api(place: Place, wish: Wish) -> Known:
    made = wish.made(
        "apigatewayv2",
        "create_api",
        Name=wish.get("Name") or "recorded",
        ProtocolType=wish.get("ProtocolType") or "HTTP",
    )
    return {"ApiId": made["ApiId"], "ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{made['ApiId']}"}


def socket_api(place: Place) -> str:
    said = {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    return str(place.call("apigatewayv2", "create_api", Name="recorded", **said)["ApiId"])


def plain_route(place: Place, id: str) -> str:
    uri = {
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "GET",
        "IntegrationUri": "https://example.com",
        "PayloadFormatVersion": "1.0",
    }
    target = place.call("apigatewayv2", "create_integration", ApiId=id, **uri)["IntegrationId"]
    place.call("apigatewayv2", "create_route", ApiId=id, RouteKey="GET /pets", Target=f"integrations/{target}")
    return str(target)


def target(place: Place, id: str) -> str:
    uri = {
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "GET",
        "IntegrationUri": "https://example.com",
        "PayloadFormatVersion": "1.0",
    }
    return "integrations/" + str(place.call("apigatewayv2", "create_integration", ApiId=id, **uri)["IntegrationId"])


def stage(place: Place, wish: Wish) -> Known:
    if wish.get("ApiGatewayManaged"):
        return quick(place)
    settings = wish.get("DefaultRouteSettings") or {}
    socket = "LoggingLevel" in settings or "DataTraceEnabled" in settings
    id = socket_api(place) if socket else plain_api(place)
    if socket:
        made = wish.made(
            "apigatewayv2", "create_stage", ApiId=id, StageName=wish.get("StageName") or "prod", skip=("DeploymentId",)
        )
        return {"ApiId": id, "StageName": made["StageName"]}
    if wish.get("DeploymentId") or wish.get("LastDeploymentStatusMessage", "").startswith("Success"):
        plain_route(place, id)
    for key in wish.get("RouteSettings") or {}:
        if key != "GET /pets" or not wish.get("DeploymentId"):
            place.call("apigatewayv2", "create_route", ApiId=id, RouteKey=key)
    said: Known = {"StageName": wish.get("StageName") or "prod"}
    if wish.get("DeploymentId") and not wish.get("AutoDeploy"):
        said["DeploymentId"] = place.call("apigatewayv2", "create_deployment", ApiId=id)["DeploymentId"]
    made = wish.made("apigatewayv2", "create_stage", ApiId=id, **said)
    if "no valid routes" in wish.get("LastDeploymentStatusMessage", ""):
        place.call("apigatewayv2", "update_stage", ApiId=id, StageName=made["StageName"], AutoDeploy=True)
        place.call("apigatewayv2", "create_route", ApiId=id, RouteKey="GET /nowhere")
        place.wait(30)
        place.call(
            "apigatewayv2",
            "update_stage",
            ApiId=id,
            StageName=made["StageName"],
            AutoDeploy=bool(wish.get("AutoDeploy")),
        )
        place.answers.clear()
    return {"ApiId": id, "StageName": made["StageName"]}


def route(place: Place, wish: Wish) -> Known:
    if wish.get("ApiGatewayManaged"):
        return quick(place)
    id = plain_api(place)
    said: Known = {"RouteKey": wish.get("RouteKey") or "GET /a"}
    if wish.get("AuthorizerId") or wish.get("AuthorizationType") in ("JWT", "CUSTOM"):
        jwt = {"Issuer": "https://issuer.example.com", "Audience": ["a"]}
        asked = {
            "Name": "jwt",
            "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": jwt,
        }
        said["AuthorizerId"] = place.call("apigatewayv2", "create_authorizer", ApiId=id, **asked)["AuthorizerId"]
    if wish.get("Target"):
        said["Target"] = (
            f"integrations/{plain_route(place, id)}" if said["RouteKey"] != "GET /pets" else target(place, id)
        )
    made = wish.made("apigatewayv2", "create_route", ApiId=id, **said)
    return {"ApiId": id, "RouteId": made["RouteId"]}


def integration(place: Place, wish: Wish) -> Known:
    if wish.get("ApiGatewayManaged"):
        return quick(place)
    id = plain_api(place)
    said: Known = {"IntegrationType": wish.get("IntegrationType") or "HTTP_PROXY"}
    if said["IntegrationType"] == "AWS_PROXY" and not wish.get("IntegrationUri"):
        said["IntegrationUri"] = FUNCTION
    if wish.get("ConnectionId"):
        said["ConnectionId"] = vpc_link(place, Wish(place, "apigatewayv2", {}))["VpcLinkId"]
        place.wait()
    made = wish.made("apigatewayv2", "create_integration", ApiId=id, **said)
    return {"ApiId": id, "IntegrationId": made["IntegrationId"]}


def authorizer(place: Place, wish: Wish) -> Known:
    id = plain_api(place)
    made = wish.made("apigatewayv2", "create_authorizer", ApiId=id, Name=wish.get("Name") or "recorded")
    return {"ApiId": id, "AuthorizerId": made["AuthorizerId"]}


def deployment(place: Place, wish: Wish) -> Known:
    id = plain_api(place)
    plain_route(place, id)
    if wish.get("AutoDeployed"):
        made = place.call("apigatewayv2", "create_stage", ApiId=id, StageName="auto", AutoDeploy=True)
        place.wait(30)
        return {"ApiId": id, "DeploymentId": made.get("DeploymentId") or _deployed(place, id)}
    made = wish.made("apigatewayv2", "create_deployment", ApiId=id)
    return {"ApiId": id, "DeploymentId": made["DeploymentId"]}


def _deployed(place: Place, id: str) -> str:
    return str(place.call("apigatewayv2", "get_deployments", ApiId=id)["Items"][0]["DeploymentId"])


def vpc_link(place: Place, wish: Wish) -> Known:
    subnets = wish.get("SubnetIds") or place.subnets[:2]
    made = wish.made("apigatewayv2", "create_vpc_link", Name=wish.get("Name") or "recorded", SubnetIds=subnets)
    if wish.get("VpcLinkStatus") != "PENDING":
        place.wait()
    return {"VpcLinkId": made["VpcLinkId"]}


def domain(place: Place, wish: Wish) -> Known:
    configured = wish.get("DomainNameConfigurations") or [{"CertificateArn": place.reference("certificate", "its own")}]
    said = [
        {name: each[name] for name in ("CertificateArn", "EndpointType", "SecurityPolicy") if name in each}
        for each in configured
    ]
    made = wish.made("apigatewayv2", "create_domain_name", DomainName=_covered(wish), DomainNameConfigurations=said)
    return {"DomainName": made["DomainName"]}


def _covered(wish: Wish) -> str:
    """A name that the certificate is good for."""
    name = str(wish.get("DomainName") or "")
    return name if name.endswith(".example.com") and name.count(".") == 2 else "api.example.com"


def mapping(place: Place, wish: Wish) -> Known:
    name = domain(place, Wish(place, "apigatewayv2", {}))["DomainName"]
    id = plain_api(place)
    place.call("apigatewayv2", "create_stage", ApiId=id, StageName="$default")
    made = wish.made("apigatewayv2", "create_api_mapping", ApiId=id, DomainName=name, Stage="$default")
    return {"DomainName": name, "ApiMappingId": made["ApiMappingId"], "ApiId": id}


def tags(place: Place, wish: Wish) -> Known:
    made = place.call(
        "apigatewayv2", "create_api", Name="recorded", ProtocolType="HTTP", Tags=wish.get("Tags") or {"a": "b"}
    )
    return {"ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{made['ApiId']}", "Tags": {"a": "b"}, "TagKeys": ["a"]}


RECIPES = {
    "apigatewayv2": {
        "Api": api,
        "Stage": stage,
        "Route": route,
        "Integration": integration,
        "Authorizer": authorizer,
        "Deployment": deployment,
        "VpcLink": vpc_link,
        "DomainName": domain,
        "ApiMapping": mapping,
        "Tags": tags,
        "TagResource": tags,
        "UntagResource": tags,
    }
}
