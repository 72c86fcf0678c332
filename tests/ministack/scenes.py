"""What is put up, edited, and changed by hand: specs of the subset that ministack has, without a VPC link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REGION = "eu-west-1"
HEAD = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {{name: {name}, labels: {{team: check}}}}
spec:
  aws: {{region: eu-west-1}}
  network:
    placement: public
    discover: {{vpc: {{tag:Name: demo}}, subnets: {{public: {{tag:Tier: public}}}}}}
"""
PORTAL = """\
  gateway:
    type: none
    routes:
      "GET /articles/{id}": articles
      $default: web
  loadBalancer: {scheme: internet-facing, listeners: {http: {port: 80}}, idleTimeout: 60s}
  services:
    web: {image: "registry.example.com/web:1", port: 80, count: 2}
    articles: {image: "registry.example.com/articles:1", port: 8080, count: 1, healthCheck: /healthz}
"""
CATALOG = """\
  gateway:
    integration: internet
    cors: {origins: ["https://shop.example.com"], methods: [GET]}
    stages:
      $default: {throttle: {rate: 1000, burst: 500}}
      beta: {variables: {flags: beta}}
    authorizers:
      customers: {type: jwt, issuer: "https://login.example.com/", audience: [catalog]}
    defaults: {authorizer: customers}
    routes:
      "GET /articles/{id}": {service: web, authorizer: none}
      "POST /orders": {service: web, scopes: [orders.write]}
  loadBalancer: {scheme: internet-facing}
  services:
    web: {image: "registry.example.com/web:1", port: 80, count: 2, env: {LOG_LEVEL: info}}
"""
TICKETS = """\
  gateway:
    type: rest
    integration: internet
    stages:
      live: {throttle: {rate: 100, burst: 50}}
      beta: {variables: {flags: beta}}
    defaults: {authorizer: none, timeout: 10s}
    routes:
      "GET /tickets/{id}": desk
      "POST /tickets": desk
  loadBalancer: {scheme: internet-facing}
  services:
    desk: {image: "registry.example.com/desk:1", port: 80, count: 2}
"""
Hand = Callable[[Any], None]
"""Changes something behind Penstock's back, with a function that makes clients."""


@dataclass(frozen=True)
class Scene:
    """`hands`: by the address of the drift that each has to be found as, and what is found."""

    name: str
    spec: str
    edits: tuple[tuple[str, str], ...]
    """What of the spec is replaced by what, all in one edit."""
    hands: tuple[tuple[str, str, Hand], ...]

    @property
    def before(self) -> str:
        return HEAD.format(name=self.name) + self.spec

    @property
    def after(self) -> str:
        text = self.before
        for old, new in self.edits:
            assert old in text, old
            text = text.replace(old, new)
        return text


def retention(client: Any) -> None:
    client("logs").put_retention_policy(logGroupName="/penstock/ministack/portal.web", retentionInDays=1)


def open_port(client: Any) -> None:
    [group] = [
        each
        for each in client("ec2").describe_security_groups()["SecurityGroups"]
        if _tags(each.get("Tags", [])).get("penstock:key") == "SecurityGroup/web"
    ]
    everybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[everybody])


def health_check(client: Any) -> None:
    [group] = [
        each
        for each in client("elbv2").describe_target_groups()["TargetGroups"]
        if each["HealthCheckPath"] == "/healthz"
    ]
    client("elbv2").modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/elsewhere")


def idle_timeout(client: Any) -> None:
    [balancer] = client("elbv2").describe_load_balancers()["LoadBalancers"]
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "7"}]
    client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=attributes)


def lost_rule(client: Any) -> None:
    [rule, *_] = [each for each in _rules(client) if not each["IsDefault"] and "*" not in str(each["Conditions"])]
    client("elbv2").delete_rule(RuleArn=rule["RuleArn"])


def fewer_tasks(client: Any) -> None:
    [cluster] = client("ecs").list_clusters()["clusterArns"]
    [service] = [each for each in client("ecs").list_services(cluster=cluster)["serviceArns"] if "-web-" in each]
    client("ecs").update_service(cluster=cluster, service=service, desiredCount=1)


def throttle(client: Any) -> None:
    client("apigatewayv2").update_stage(
        ApiId=_api(client),
        StageName="$default",
        DefaultRouteSettings={"ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": 1},
    )


def audience(client: Any) -> None:
    [authorizer] = client("apigatewayv2").get_authorizers(ApiId=_api(client))["Items"]
    client("apigatewayv2").update_authorizer(
        ApiId=_api(client),
        AuthorizerId=authorizer["AuthorizerId"],
        JwtConfiguration={"Audience": ["somebody else"], "Issuer": "https://login.example.com/"},
    )


def open_route(client: Any) -> None:
    [route] = [
        each for each in client("apigatewayv2").get_routes(ApiId=_api(client))["Items"] if "POST" in each["RouteKey"]
    ]
    client("apigatewayv2").update_route(ApiId=_api(client), RouteId=route["RouteId"], AuthorizationType="NONE")


def extra_route(client: Any) -> None:
    client("apigatewayv2").create_route(ApiId=_api(client), RouteKey="GET /admin", AuthorizationType="NONE")


def origins(client: Any) -> None:
    client("apigatewayv2").update_api(
        ApiId=_api(client), CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["GET"]}
    )


def variables(client: Any) -> None:
    client("apigatewayv2").update_stage(ApiId=_api(client), StageName="beta", StageVariables={"flags": "other"})


def flags(client: Any) -> None:
    operation = {"op": "replace", "path": "/variables/flags", "value": "other"}
    client("apigateway").update_stage(restApiId=_rest_api(client), stageName="beta", patchOperations=[operation])


def description(client: Any) -> None:
    operation = {"op": "replace", "path": "/description", "value": "somebody else's"}
    client("apigateway").update_rest_api(restApiId=_rest_api(client), patchOperations=[operation])


def key_required(client: Any) -> None:
    api = _rest_api(client)
    [resource] = [
        each for each in client("apigateway").get_resources(restApiId=api)["items"] if each["path"] == "/tickets"
    ]
    operation = {"op": "replace", "path": "/apiKeyRequired", "value": "true"}
    client("apigateway").update_method(
        restApiId=api, resourceId=resource["id"], httpMethod="POST", patchOperations=[operation]
    )


def extra_resource(client: Any) -> None:
    api = _rest_api(client)
    [root] = [each for each in client("apigateway").get_resources(restApiId=api)["items"] if each["path"] == "/"]
    client("apigateway").create_resource(restApiId=api, parentId=root["id"], pathPart="admin")


def _rest_api(client: Any) -> str:
    [api] = client("apigateway").get_rest_apis()["items"]
    return str(api["id"])


def _api(client: Any) -> str:
    [api] = client("apigatewayv2").get_apis()["Items"]
    return str(api["ApiId"])


def _rules(client: Any) -> list[Any]:
    elbv2 = client("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return list(elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"])


def _tags(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in pairs}


SCENES = (
    Scene(
        "portal",
        PORTAL,
        (
            ("web:1", "web:2"),
            ("idleTimeout: 60s", "idleTimeout: 90s"),
            ("healthCheck: /healthz", "healthCheck: {path: /healthz, interval: 10s}"),
            ("$default: web", '"GET /news": web\n      $default: web'),
        ),
        (
            ("LogGroup/web", "changed", retention),
            ("SecurityGroupRule/web/ingress/tcp/22/0.0.0.0/0", "extra", open_port),
            ("TargetGroup/articles", "changed", health_check),
            ("LoadBalancerAttributes", "changed", idle_timeout),
            ("ListenerRule/GET /articles/{id}", "missing", lost_rule),
            ("Service/web", "changed", fewer_tasks),
        ),
    ),
    Scene(
        "catalog",
        CATALOG,
        (
            ("web:1", "web:2"),
            ("audience: [catalog]", "audience: [catalog, press]"),
            ("rate: 1000", "rate: 2000"),
            ("flags: beta", "flags: gamma"),
            ('"POST /orders": {service: web, scopes: [orders.write]}', '"PUT /orders": web'),
        ),
        (
            ("Stage/$default", "changed", throttle),
            ("Stage/beta", "changed", variables),
            ("Authorizer/customers", "changed", audience),
            ("Route/POST /orders", "changed", open_route),
            ("Route/GET /admin", "extra", extra_route),
            ("HttpApi", "changed", origins),
        ),
    ),
    Scene(
        "tickets",
        TICKETS,
        (
            ("desk:1", "desk:2"),
            ("rate: 100", "rate: 200"),
            ("flags: beta", "flags: gamma"),
            ('"POST /tickets": desk', '"PUT /tickets": {service: desk, timeout: 5s}'),
        ),
        (
            ("RestStage/beta", "changed", flags),
            ("RestApi", "changed", description),
            ("Method/POST /tickets", "changed", key_required),
            ("RestResource//admin", "extra", extra_resource),
        ),
    ),
)
