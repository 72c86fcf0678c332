"""A value for every field of a spec, and the calls that this one edit makes. A field that is not here fails a law."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.laws.topologies import CERTIFICATE


@dataclass(frozen=True)
class Sample:
    """`edit` goes over the base spec, after `base` has; `writes` are the calls of the edit besides the tag of the
    applied hash, None where it builds or replaces a part and the calls are many."""

    edit: Mapping[str, Any]
    writes: tuple[str, ...] | None
    base: Mapping[str, Any] = field(default_factory=dict)


BASE: Mapping[str, Any] = {
    "apiVersion": "penstock.dev/v1alpha1",
    "kind": "ApiService",
    "metadata": {"name": "shop"},
    "spec": {
        "aws": {"region": "eu-west-1"},
        "network": {"vpc": {"tag:Name": "demo"}, "subnets": {"private": {"tag:Tier": "private"}}},
        "gateway": {"routes": {"$default": {"service": "web"}, "GET /other": {"service": "web"}}},
        "services": {
            "web": {
                "image": "public.ecr.aws/docker/library/web:1",
                "cpu": 512,
                "port": 8080,
                "scaling": {"min": 1, "max": 3, "cpu": 60},
            }
        },
    },
}
API, STAGE, REVISION = (
    ("apigatewayv2:UpdateApi",),
    ("apigatewayv2:UpdateStage",),
    ("ecs:RegisterTaskDefinition", "ecs:UpdateService"),
)
BALANCER, GROUP = ("elbv2:ModifyLoadBalancerAttributes",), ("elbv2:ModifyTargetGroupAttributes",)
CHECK, SERVICE, POLICY = (
    ("elbv2:ModifyTargetGroup",),
    ("ecs:UpdateService",),
    ("application-autoscaling:PutScalingPolicy",),
)
CLUSTER, ROLE_POLICY, RETENTION = ("ecs:UpdateCluster",), ("iam:PutRolePolicy",), ("logs:PutRetentionPolicy",)
OWN_INTEGRATION = ("apigatewayv2:CreateIntegration", "apigatewayv2:UpdateRoute")
ROLE = "arn:aws:iam::123456789012:role/by-hand"
SECRET = {"name": "/demo/token", "kind": "ssm"}
BY_CONNECTION = {"type": "network"}
SECURE = {
    "loadBalancer": {
        "listeners": {"https": {"port": 443, "certificate": CERTIFICATE}},
        "gatewayTls": {"serverName": "a.demo.internal"},
    }
}


def merged_with(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both, one level at a time."""
    return {
        key: merged_with(one[key], other[key]) if key in one and key in other else value
        for key, value in {**one, **other}.items()
    }


def web(**fields: Any) -> dict[str, Any]:
    return {"services": {"web": fields}}


def gateway(**fields: Any) -> dict[str, Any]:
    return {"gateway": fields}


def balancer(**fields: Any) -> dict[str, Any]:
    return {"loadBalancer": fields}


def route(**fields: Any) -> dict[str, Any]:
    return gateway(routes={"GET /other": fields})


def sidecar(**fields: Any) -> dict[str, Any]:
    return web(sidecars={"otel": {"image": "otel:1", **fields}})


def cors(**fields: Any) -> dict[str, Any]:
    return gateway(cors={"origins": ["https://a.example"], **fields})


def container_check(**fields: Any) -> dict[str, Any]:
    return web(healthCheck={"container": {"command": ["CMD", "true"], **fields}})


def guarded(**fields: Any) -> dict[str, Any]:
    """An API with one authorizer, which guards nothing yet."""
    return gateway(authorizers={"one": fields}, defaults={"authorizer": "none"})


def domain(**fields: Any) -> dict[str, Any]:
    return gateway(domain={"name": "api.shop.example.com", "certificate": WILDCARD, **fields})


WILDCARD = CERTIFICATE.replace("11111111", "33333333")
TRUST = {"truststore": "s3://trust/clients.pem"}
BELOW = {"dns": {"zone": "shop.example.com", "certificate": WILDCARD}, "gateway": {"domain": "api.shop.example.com"}}
RULE = ("apigatewayv2:PutRoutingRule",)
RENAMED, REMAPPED = (
    ("apigateway:UpdateDomainName",),
    ("apigatewayv2:CreateApiMapping", "apigatewayv2:DeleteApiMapping"),
)


def named(**fields: Any) -> dict[str, Any]:
    """The domain of a REST API."""
    return {"gateway": {**domain(**fields)["gateway"], **REST}}


def ruled(**fields: Any) -> dict[str, Any]:
    return domain(rules={"10": fields})


JWT = {"type": "jwt", "issuer": "https://a.example/", "audience": ["a"]}
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
LAMBDA = {"type": "lambda", "function": "arn:aws:lambda:eu-west-1:123456789012:function:judge"}
ASKED = ("apigatewayv2:UpdateAuthorizer",)
REST: Mapping[str, Any] = {"type": "rest", "defaults": {"authorizer": "none"}, "routes": {"$default": None}}
TLS = "SecurityPolicy_TLS13_1_3_2025_09"
RULED = {"gateway": {**domain(rules={"10": {"path": "v1", "stage": "live"}})["gateway"], **REST}}


def guarding(**fields: Any) -> dict[str, Any]:
    return gateway(authorizers={"one": fields})


def rest_guarded(**fields: Any) -> dict[str, Any]:
    """A REST API with a function that guards nothing yet."""
    return {"gateway": {**REST, "authorizers": {"one": {**LAMBDA, **fields}}}}


DEPLOY = ("apigateway:CreateDeployment", "apigateway:UpdateStage")
VALIDATED = ("apigateway:CreateRequestValidator", "apigateway:UpdateMethod", *DEPLOY)
ANSWER = (
    "apigateway:DeleteIntegrationResponse",
    "apigateway:DeleteMethodResponse",
    "apigateway:PutMethodResponse",
    "apigateway:PutIntegrationResponse",
)


SHAPE = {"type": "object", "required": ["sku"]}
CHECKED: Mapping[str, Any] = {
    "gateway": {
        **REST,
        "models": {"order": {"schema": {"type": "object"}}},
        "routes": {"$default": None, "GET /other": {"service": "web", "validate": {"body": "order"}}},
    }
}
UNCHECKED: Mapping[str, Any] = {"gateway": {**CHECKED["gateway"], "routes": REST["routes"]}}


def model(**fields: Any) -> dict[str, Any]:
    return gateway(models={"order": {"schema": {"type": "object"}, **fields}})


def checked(**fields: Any) -> dict[str, Any]:
    return route(validate=fields)


def mock(**fields: Any) -> dict[str, Any]:
    return {"gateway": {"routes": {"$default": None, "GET /health": {"mock": fields}}}}


def rest_stage(**fields: Any) -> dict[str, Any]:
    return {"gateway": {**REST, "stage": {"name": "live", **fields}}}


TURNED_AWAY: Mapping[str, Any] = {"gateway": {**REST, "responses": {"THROTTLED": {}}}}
SAID = ("apigateway:PutGatewayResponse", *DEPLOY)


def turned_away(**fields: Any) -> dict[str, Any]:
    """A gateway response with these fields."""
    return gateway(responses={"THROTTLED": fields})


def plan(**fields: Any) -> dict[str, Any]:
    return gateway(usagePlans={"partner": fields})


def policy(**statement: Any) -> dict[str, Any]:
    return {"gateway": {**REST, "policy": [{"effect": "Allow", **statement}]}}


STATEMENTS: Mapping[str, dict[str, Any]] = {
    "effect": {"effect": "Deny", "sourceIp": ["10.0.0.0/8"]},
    "principal": {"principal": "arn:aws:iam::123456789012:root"},
    "action": {"action": "execute-api:*"},
    "resources": {"resources": ["execute-api:/live/*"]},
    "sourceIp": {"sourceIp": ["10.1.0.0/16"]},
    "unlessSourceIp": {"unlessSourceIp": ["10.2.0.0/16"]},
    "sourceVpcEndpoint": {"sourceVpcEndpoint": ["vpce-11111111"]},
    "unlessSourceVpcEndpoint": {"unlessSourceVpcEndpoint": ["vpce-22222222"]},
}
"""By field of a statement of a policy."""


SOCKET = {
    "gateway": {
        "type": "websocket", "selection": "$request.body.action",
        "routes": {"GET /other": None, "order": {"service": "web"}},
    }
}  # fmt: skip
REST_API = ("apigateway:UpdateRestApi",)
STAGED, PLAN = ("apigateway:UpdateStage",), ("apigateway:UpdateUsagePlan",)
CACHED: Mapping[str, Any] = {
    "gateway": {
        **REST, "stage": {"name": "live", "cache": {}},
        "routes": {"$default": None, "GET /other": {"service": "web", "cache": {}}},
    }
}  # fmt: skip
PLANNED: Mapping[str, Any] = {
    "gateway": {
        **REST, "usagePlans": {"partner": {"keys": ["acme"]}},
        "routes": {"$default": None, "GET /keyed": {"service": "web", "apiKey": "required"}},
    }
}  # fmt: skip
PLANNED_TWICE: Mapping[str, Any] = {"gateway": {**PLANNED["gateway"], "stages": {"live": {}, "more": {}}}}


def https(**fields: Any) -> dict[str, Any]:
    return balancer(listeners={"https": fields})


DOORS = {"loadBalancer": {"listeners": SECURE["loadBalancer"]["listeners"]}}
GUARDED = merged_with(
    DOORS,
    gateway(
        type="none",
        authorizers={"one": {"type": "jwt", "issuer": "https://a.example", "jwks": "https://a.example/keys"}},
        defaults={"authorizer": "none"},
        routes={"GET /other": {"authorizer": "one"}},
    ),
)
PROVIDER = dict.fromkeys(("authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint"), "https://a.example/x")
LOGGED_IN = merged_with(
    DOORS,
    gateway(
        type="none",
        authorizers={
            "one": {
                "type": "oidc",
                "issuer": "https://a.example",
                "login": {
                    **PROVIDER,
                    "clientId": "web",
                    "clientSecret": {"kind": "secretsmanager", "name": "demo/other"},
                },
            }
        },
        defaults={"authorizer": "none"},
        routes={"GET /other": {"authorizer": "one"}},
    ),
)
VERIFIED = merged_with(SECURE, https(mutualTls={"trustStore": "TRUST_STORE"}))
STATEMENT = {"actions": ["s3:GetObject"], "resources": ["*"]}
THROTTLE = {"rate": 50, "burst": 20}

SAMPLES: Mapping[str, Sample] = {
    "network.securityGroups.tasks": Sample({"network": {"securityGroups": {"tasks": ["EXTRA_GROUP"]}}}, SERVICE),
    "iam.path": Sample({"iam": {"path": "/elsewhere/"}}, None),
    "iam.permissionsBoundary": Sample(
        {"iam": {"permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}},
        ("iam:PutRolePermissionsBoundary",) * 2,
    ),
    "cluster.name": Sample({"cluster": {"name": "theirs"}}, None, {"cluster": {"name": "ours"}}),
    "cluster.containerInsights": Sample({"cluster": {"containerInsights": "enhanced"}}, CLUSTER),
    "cluster.capacityProviders": Sample(
        {"cluster": {"capacityProviders": ["FARGATE"]}}, ("ecs:PutClusterCapacityProviders",)
    ),
    "gateway.description": Sample(gateway(description="sample"), API),
    "gateway.ipAddressType": Sample(gateway(ipAddressType="dualstack"), API),
    "gateway.stage.description": Sample(gateway(stage={"description": "sample"}), STAGE),
    "gateway.stage.variables": Sample(gateway(stage={"variables": {"a": "1"}}), STAGE),
    "gateway.stage.throttle.rate": Sample(gateway(stage={"throttle": {"rate": 50, "burst": 5000}}), STAGE),
    "gateway.stage.throttle.burst": Sample(gateway(stage={"throttle": {"rate": 10000, "burst": 50}}), STAGE),
    "gateway.stage.metrics": Sample(gateway(stage={"metrics": "detailed"}), STAGE),
    "gateway.stage.routes.*.throttle.rate": Sample(
        gateway(stage={"routes": {"GET /other": {"throttle": THROTTLE}}}), STAGE
    ),
    "gateway.stage.routes.*.throttle.burst": Sample(
        gateway(stage={"routes": {"GET /other": {"throttle": {**THROTTLE, "burst": 21}}}}),
        STAGE,
        gateway(stage={"routes": {"GET /other": {"throttle": THROTTLE}}}),
    ),
    "gateway.stage.name": Sample(
        gateway(stage={"name": "live"}), ("apigatewayv2:CreateStage", "apigatewayv2:DeleteStage")
    ),
    "gateway.stages.*.description": Sample(
        gateway(stages={"$default": {}, "beta": {"description": "sample"}}), ("apigatewayv2:CreateStage",)
    ),
    "gateway.cors.origins": Sample(cors(), API),
    "gateway.cors.methods": Sample(cors(methods=["GET"]), API, cors()),
    "gateway.cors.headers": Sample(cors(headers=["X-One"]), API, cors()),
    "gateway.cors.exposeHeaders": Sample(cors(exposeHeaders=["X-One"]), API, cors()),
    "gateway.cors.credentials": Sample(cors(credentials=True), API, cors()),
    "gateway.cors.maxAge": Sample(cors(maxAge="10m"), API, cors()),
    "gateway.authorizers.*.type": Sample(guarded(**JWT), ("apigatewayv2:CreateAuthorizer",)),
    "gateway.authorizers.*.issuer": Sample(guarded(issuer="https://b.example/"), ASKED, guarded(**JWT)),
    "gateway.authorizers.*.audience": Sample(guarded(audience=["b"]), ASKED, guarded(**JWT)),
    "gateway.authorizers.*.identity": Sample(guarded(identity="header.x-token"), ASKED, guarded(**JWT)),
    "gateway.authorizers.*.userPools": Sample(
        guarded(type="cognito", issuer=None, userPools=[POOL]), ASKED, guarded(**JWT)
    ),
    "gateway.authorizers.*.function": Sample(
        guarded(**LAMBDA), ("apigatewayv2:CreateAuthorizer", "lambda:AddPermission")
    ),
    "gateway.authorizers.*.simpleResponses": Sample(guarded(simpleResponses=True), ASKED, guarded(**LAMBDA)),
    "gateway.authorizers.*.jwks": Sample(guarding(jwks="https://b.example/keys"), ("elbv2:ModifyRule",), GUARDED),
    "gateway.authorizers.*.claims.*.values": Sample(
        guarding(claims={"aud": {"values": ["shop"]}}), ("elbv2:ModifyRule",), GUARDED
    ),
    "gateway.authorizers.*.login.clientSecret.name": Sample(
        guarding(login={"clientSecret": {"kind": "secretsmanager", "name": "demo/db"}}),
        None,
        LOGGED_IN,
    ),
    "gateway.authorizers.*.payload": Sample(
        rest_guarded(payload="token"),
        (
            "apigateway:CreateAuthorizer",
            "apigateway:DeleteAuthorizer",
            "lambda:AddPermission",
            "lambda:RemovePermission",
        ),
        rest_guarded(),
    ),
    "gateway.authorizers.*.validation": Sample(
        rest_guarded(validation="Bearer .+"), ("apigateway:UpdateAuthorizer",), rest_guarded(payload="token")
    ),
    "gateway.authorizers.*.ttl": Sample(
        guarded(ttl="1m"), ASKED, guarded(**LAMBDA, identity=["querystring.key", "context.identity.sourceIp"])
    ),
    "dns.zone": Sample({"dns": {"zone": "shop.example.com"}}, ("route53:ChangeResourceRecordSets",), domain()),
    "dns.certificate": Sample({"dns": {"certificate": WILDCARD.replace("33333333", "44444444")}}, RENAMED, BELOW),
    "gateway.domain.name": Sample(domain(), ("apigateway:CreateDomainName", "apigatewayv2:CreateApiMapping")),
    "gateway.domain.certificate": Sample(
        domain(certificate=WILDCARD.replace("33333333", "44444444")), RENAMED, domain()
    ),
    "gateway.domain.hostedZone": Sample(
        domain(hostedZone="shop.example.com"), ("route53:ChangeResourceRecordSets",), domain()
    ),
    "gateway.domain.tlsPolicy": Sample(named(tlsPolicy="SecurityPolicy_TLS13_1_2_2021_06"), RENAMED, named()),
    "gateway.domain.endpointAccess": Sample(
        named(tlsPolicy=TLS, endpointAccess="strict"), RENAMED, named(tlsPolicy=TLS)
    ),
    "gateway.domain.path": Sample(domain(path="v1"), REMAPPED, domain()),
    "gateway.domain.paths": Sample(domain(paths={"shop/v1": "$default"}), REMAPPED, domain()),
    "gateway.domain.rules.*.headers": Sample(ruled(headers={"x-version": "beta"}), RULE, RULED),
    "gateway.domain.rules.*.path": Sample(ruled(path="v2"), RULE, RULED),
    "gateway.domain.rules.*.stage": Sample(
        {"gateway": {"stage": None, "stages": {"live": {}, "qa": {}}, **ruled(stage="qa")["gateway"]}},
        ("apigateway:CreateStage", "apigateway:UpdateStage", *RULE),
        RULED,
    ),
    "gateway.domain.rules.*.keepPath": Sample(ruled(keepPath=True), RULE, RULED),
    "gateway.domain.mutualTls.truststore": Sample(domain(mutualTls=TRUST), RENAMED, domain()),
    "gateway.domain.mutualTls.version": Sample(
        domain(mutualTls={**TRUST, "version": "2"}), RENAMED, domain(mutualTls=TRUST)
    ),
    "gateway.domain.mutualTls.ownershipCertificate": Sample(
        domain(mutualTls={**TRUST, "ownershipCertificate": WILDCARD}), RENAMED, domain(mutualTls=TRUST)
    ),
    "gateway.defaultEndpoint": Sample(
        {"gateway": {"domain": domain()["gateway"]["domain"], "defaultEndpoint": "disabled"}}, API, domain()
    ),
    "gateway.defaults.authorizer": Sample(
        gateway(defaults={"authorizer": "one"}), ("apigatewayv2:UpdateRoute",) * 2, guarded(**JWT)
    ),
    "gateway.defaults.scopes": Sample(
        gateway(defaults={"scopes": ["a"]}),
        ("apigatewayv2:UpdateRoute",) * 2,
        {"gateway": {"authorizers": {"one": JWT}, "defaults": {"authorizer": "one"}}},
    ),
    "gateway.routes.*.authorizer": Sample(route(authorizer="one"), ("apigatewayv2:UpdateRoute",), guarded(**LAMBDA)),
    "gateway.routes.*.scopes": Sample(
        route(authorizer="one", scopes=["a"]), ("apigatewayv2:UpdateRoute",), guarded(**JWT)
    ),
    "gateway.type": Sample({"gateway": REST}, None),
    "gateway.selection": Sample(gateway(selection="$request.body.verb"), API, SOCKET),
    "gateway.routes.*.reply": Sample(
        {"gateway": {"routes": {"order": {"service": "web", "reply": True}}}},
        ("apigatewayv2:CreateRouteResponse", "apigatewayv2:UpdateRoute"),
        SOCKET,
    ),
    "gateway.endpoint": Sample(gateway(endpoint="edge"), REST_API, {"gateway": REST}),
    "gateway.tlsPolicy": Sample(gateway(tlsPolicy="TLS_1_2"), REST_API, {"gateway": REST}),
    "gateway.compression": Sample(gateway(compression="1KiB"), (*REST_API, *DEPLOY), {"gateway": REST}),
    "gateway.binaryMediaTypes": Sample(
        gateway(binaryMediaTypes=["image/png"]), (*REST_API, *DEPLOY), {"gateway": REST}
    ),
    "gateway.responseMode": Sample(
        gateway(responseMode="stream"), ("apigateway:UpdateIntegration", *DEPLOY), {"gateway": REST}
    ),
    "gateway.routes.*.responseMode": Sample(
        {"gateway": {"routes": {"GET /stream": {"service": "web", "responseMode": "stream"}}}},
        ("apigateway:UpdateIntegration", *DEPLOY),
        {"gateway": {**REST, "routes": {"$default": None, "GET /stream": {"service": "web"}}}},
    ),
    **{
        f"gateway.policy.*.{field}": Sample(policy(**said), (*REST_API, *DEPLOY), {"gateway": REST} | policy())
        for field, said in STATEMENTS.items()
    },
    "gateway.stage.cache.size": Sample(rest_stage(cache={"size": "1.6"}), STAGED, {"gateway": REST}),
    "gateway.stage.cache.ttl": Sample(rest_stage(cache={"ttl": "1m"}), STAGED, {"gateway": REST}),
    "gateway.stage.cache.encrypted": Sample(rest_stage(cache={"encrypted": True}), STAGED, {"gateway": REST}),
    "gateway.integration": Sample(gateway(integration="internet"), None, balancer(scheme="internet-facing")),
    "gateway.waf.webAcl": Sample(gateway(waf={"webAcl": "WEB_ACL"}), ("wafv2:AssociateWebACL",), {"gateway": REST}),
    "gateway.stage.deploy": Sample(rest_stage(deploy="manual"), (), {"gateway": REST}),
    "gateway.stage.canary.percent": Sample(rest_stage(canary={"percent": 10}), STAGED, {"gateway": REST}),
    "gateway.stage.canary.variables": Sample(
        rest_stage(canary={"percent": 5, "variables": {"flag": "on"}}), STAGED, rest_stage(canary={"percent": 5})
    ),
    "gateway.stage.canary.useCache": Sample(
        rest_stage(canary={"percent": 5, "useCache": True}), STAGED, rest_stage(canary={"percent": 5})
    ),
    "gateway.deployments.keep": Sample(gateway(deployments={"keep": 3}), (), {"gateway": REST}),
    "gateway.stage.tracing": Sample(rest_stage(tracing=True), STAGED, {"gateway": REST}),
    "gateway.stage.executionLogs": Sample(rest_stage(executionLogs="info"), STAGED, {"gateway": REST}),
    "gateway.routes.*.cache.ttl": Sample(route(cache={"ttl": "1m"}), STAGED, CACHED),
    "gateway.routes.*.cache.key": Sample(
        route(cache={"key": ["header.x-one"]}),
        ("apigateway:UpdateMethod", "apigateway:UpdateIntegration", *DEPLOY),
        CACHED,
    ),
    "gateway.routes.*.apiKey": Sample(route(apiKey="required"), ("apigateway:UpdateMethod", *DEPLOY), PLANNED),
    "gateway.defaults.apiKey": Sample(
        gateway(defaults={"apiKey": "required", "timeout": "9s"}),  # what was deployed before needs no new deployment
        ("apigateway:UpdateMethod", *("apigateway:UpdateIntegration",) * 2, *DEPLOY),
        PLANNED,
    ),
    "gateway.responses.*.status": Sample(turned_away(status=418), SAID, TURNED_AWAY),
    "gateway.responses.*.headers": Sample(turned_away(headers={"x-one": "1"}), SAID, TURNED_AWAY),
    "gateway.responses.*.body": Sample(turned_away(body='{"no": true}'), SAID, TURNED_AWAY),
    "gateway.models.*.schema": Sample(model(schema=SHAPE), ("apigateway:UpdateModel", *DEPLOY), CHECKED),
    "gateway.models.*.description": Sample(model(description="sample"), ("apigateway:UpdateModel",), CHECKED),
    "gateway.routes.*.validate.body": Sample(checked(body="order"), VALIDATED, UNCHECKED),
    "gateway.routes.*.validate.params": Sample(checked(params=True), VALIDATED, UNCHECKED),
    "gateway.routes.*.validate.required": Sample(checked(required=["header.x-one"]), VALIDATED, UNCHECKED),
    "gateway.usagePlans.*.description": Sample(plan(description="sample"), PLAN, PLANNED),
    "gateway.usagePlans.*.throttle.rate": Sample(plan(throttle=THROTTLE), PLAN, PLANNED),
    "gateway.usagePlans.*.throttle.burst": Sample(plan(throttle={**THROTTLE, "burst": 21}), PLAN, PLANNED),
    "gateway.usagePlans.*.quota.limit": Sample(plan(quota={"limit": 7, "per": "day"}), PLAN, PLANNED),
    "gateway.usagePlans.*.quota.per": Sample(plan(quota={"limit": 7, "per": "month"}), PLAN, PLANNED),
    "gateway.usagePlans.*.routes.*.throttle.rate": Sample(
        plan(routes={"GET /keyed": {"throttle": THROTTLE}}), PLAN, PLANNED
    ),
    "gateway.usagePlans.*.routes.*.throttle.burst": Sample(
        plan(routes={"GET /keyed": {"throttle": {**THROTTLE, "burst": 21}}}), PLAN, PLANNED
    ),
    "gateway.usagePlans.*.stages": Sample(plan(stages=["live"]), PLAN, PLANNED_TWICE),
    "gateway.routes.*.mock.status": Sample(
        mock(status=204), (*ANSWER, "apigateway:UpdateIntegration", *DEPLOY), {"gateway": REST | mock()["gateway"]}
    ),
    "gateway.routes.*.mock.body": Sample(
        mock(body="{}"), ("apigateway:PutIntegrationResponse", *DEPLOY), {"gateway": REST | mock()["gateway"]}
    ),
    "gateway.routes.*.mock.headers": Sample(
        mock(headers={"x-one": "1"}), (*ANSWER[1:], *DEPLOY), {"gateway": REST | mock()["gateway"]}
    ),
    "gateway.defaults.timeout": Sample(gateway(defaults={"timeout": "5s"}), ("apigatewayv2:UpdateIntegration",)),
    "gateway.defaults.throttle.rate": Sample(gateway(defaults={"throttle": THROTTLE}), STAGE),
    "gateway.defaults.throttle.burst": Sample(
        gateway(defaults={"throttle": {**THROTTLE, "burst": 21}}), STAGE, gateway(defaults={"throttle": THROTTLE})
    ),
    "gateway.routes.*.service": Sample(gateway(routes={"GET /new": {"service": "web"}}), ("apigatewayv2:CreateRoute",)),
    "gateway.routes.*.timeout": Sample(route(timeout="5s"), OWN_INTEGRATION),
    "gateway.routes.*.throttle.rate": Sample(route(throttle=THROTTLE), STAGE),
    "gateway.routes.*.throttle.burst": Sample(
        route(throttle={**THROTTLE, "burst": 21}), STAGE, route(throttle=THROTTLE)
    ),
    "gateway.routes.*.rewrite.path": Sample(route(rewrite={"path": "/there"}), OWN_INTEGRATION),
    "gateway.routes.*.rewrite.headers": Sample(
        route(rewrite={"headers": {"x-one": "1", "x-two": None}}), OWN_INTEGRATION
    ),
    "gateway.routes.*.rewrite.query": Sample(route(rewrite={"query": {"one": "1", "two": None}}), OWN_INTEGRATION),
    "gateway.routes.*.rewrite.response.*.status": Sample(
        route(rewrite={"response": {"404": {"status": 410}}}), OWN_INTEGRATION
    ),
    "gateway.routes.*.rewrite.response.*.headers": Sample(
        route(rewrite={"response": {"404": {"headers": {"x-one": "1", "x-two": None}}}}), OWN_INTEGRATION
    ),
    "gateway.throttle.rate": Sample(gateway(throttle={"rate": 50, "burst": 5000}), STAGE),
    "gateway.throttle.burst": Sample(gateway(throttle={"rate": 10000, "burst": 50}), STAGE),
    "gateway.accessLogs.retention": Sample(gateway(accessLogs={"retention": "90d"}), RETENTION),
    "loadBalancer.ipAddressType": Sample(balancer(ipAddressType="dualstack"), ("elbv2:SetIpAddressType",)),
    "loadBalancer.listeners.*.port": Sample(
        balancer(listeners={"http": {"port": 80}, "more": {"port": 81}}),
        None,
        balancer(listeners={"http": {"port": 80}}),
    ),
    "loadBalancer.listeners.*.certificate": Sample(SECURE, None),
    "loadBalancer.listeners.*.tlsPolicy": Sample(
        balancer(listeners={"https": {"tlsPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}}),
        ("elbv2:ModifyListener",),
        SECURE,
    ),
    "loadBalancer.gatewayTls.serverName": Sample(
        balancer(gatewayTls={"serverName": "b.demo.internal"}), ("apigatewayv2:UpdateIntegration",), SECURE
    ),
    "loadBalancer.accessLogs.bucket": Sample(balancer(accessLogs={"bucket": "logs-bucket"}), BALANCER),
    "loadBalancer.accessLogs.prefix": Sample(
        balancer(accessLogs={"prefix": "shop"}), BALANCER, balancer(accessLogs={"bucket": "logs-bucket"})
    ),
    "loadBalancer.idleTimeout": Sample(balancer(idleTimeout="90s"), BALANCER),
    "loadBalancer.clientKeepAlive": Sample(balancer(clientKeepAlive="5m"), BALANCER),
    "loadBalancer.deletionProtection": Sample(balancer(deletionProtection=True), BALANCER),
    "loadBalancer.dropInvalidHeaders": Sample(balancer(dropInvalidHeaders=True), BALANCER),
    "loadBalancer.attributes": Sample(balancer(attributes={"routing.http2.enabled": "false"}), BALANCER),
    "gateway.routes.*.weights": Sample(
        gateway(routes={"GET /other": {"service": None, "weights": {"web": 1}}, "GET /third": {"weights": {"web": 2}}}),
        None,
        gateway(type="none"),
    ),
    "gateway.routes.*.sticky": Sample(
        gateway(routes={"GET /other": {"sticky": "1h"}}),
        ("elbv2:ModifyRule",),
        gateway(type="none", routes={"GET /other": {"service": None, "weights": {"web": 1}}}),
    ),
    **{
        f"gateway.routes.*.redirect.{field}": Sample(
            gateway(routes={"GET /third": {"redirect": {field: value}}}),
            ("elbv2:ModifyRule",),
            gateway(type="none", routes={"GET /third": {"redirect": {"path": "/there"}}}),
        )
        for field, value in {
            "protocol": "https",
            "host": "www.#{host}",
            "port": 8443,
            "path": "/else",
            "query": "a=1",
            "status": 301,
        }.items()
    },
    "gateway.routes.*.hosts": Sample(
        gateway(routes={"GET /other": {"hosts": ["a.example"]}}), ("elbv2:ModifyRule",), gateway(type="none")
    ),
    "loadBalancer.reservedCapacity": Sample(balancer(reservedCapacity=200), ("elbv2:ModifyCapacityReservation",)),
    "loadBalancer.scheme": Sample(balancer(scheme="internet-facing"), None),
    "loadBalancer.placement": Sample(balancer(placement="public"), ("elbv2:SetSubnets",)),
    "loadBalancer.ingress": Sample(balancer(ingress=["10.9.0.0/16"]), None, gateway(type="none")),
    "loadBalancer.listeners.*.redirect": Sample(
        balancer(listeners={"http": {"redirect": "https"}}),
        ("elbv2:ModifyListener",),
        merged_with(SECURE, balancer(listeners={"http": {"port": 80}})),
    ),
    "loadBalancer.connectionLogs.bucket": Sample(balancer(connectionLogs={"bucket": "logs-bucket"}), BALANCER),
    "loadBalancer.connectionLogs.prefix": Sample(
        balancer(connectionLogs={"prefix": "shop"}), BALANCER, balancer(connectionLogs={"bucket": "logs-bucket"})
    ),
    "loadBalancer.waf.webAcl": Sample(balancer(waf={"webAcl": "WEB_ACL"}), ("wafv2:AssociateWebACL",)),
    "loadBalancer.listeners.*.mutualTls.trustStore": Sample(
        https(mutualTls={"trustStore": "TRUST_STORE"}), ("elbv2:ModifyListener",), SECURE
    ),
    "loadBalancer.listeners.*.mutualTls.ignoreExpiry": Sample(
        https(mutualTls={"ignoreExpiry": True}), ("elbv2:ModifyListener",), VERIFIED
    ),
    "loadBalancer.listeners.*.mutualTls.advertise": Sample(
        https(mutualTls={"advertise": True}), ("elbv2:ModifyListener",), VERIFIED
    ),
    "network.placement": Sample({"network": {"placement": "public"}}, SERVICE),
    "vpcLink.subnets": Sample({"vpcLink": {"subnets": "public"}}, None),
    "services.*.network.placement": Sample(web(network={"placement": "public"}), SERVICE),
    "services.*.network.assignPublicIp": Sample(
        web(network={"assignPublicIp": False}), SERVICE, web(network={"placement": "public"})
    ),
    "loadBalancer.securityGroups": Sample(balancer(securityGroups=["EXTRA_GROUP"]), ("elbv2:SetSecurityGroups",)),
    "loadBalancer.type": Sample(balancer(**BY_CONNECTION), None),
    "loadBalancer.crossZone": Sample(balancer(crossZone=True), BALANCER, balancer(**BY_CONNECTION)),
    "loadBalancer.enforcePrivateLinkRules": Sample(
        balancer(enforcePrivateLinkRules=False), ("elbv2:SetSecurityGroups",), balancer(**BY_CONNECTION)
    ),
    "services.*.listenerPort": Sample(web(listenerPort=90), None, balancer(**BY_CONNECTION)),
    "services.*.healthCheck.protocol": Sample(web(healthCheck={"protocol": "tcp"}), CHECK, balancer(**BY_CONNECTION)),
    "services.*.targetGroup.proxyProtocol": Sample(
        web(targetGroup={"proxyProtocol": True}), GROUP, balancer(**BY_CONNECTION)
    ),
    "services.*.targetGroup.preserveClientIp": Sample(
        web(targetGroup={"preserveClientIp": True}), GROUP, balancer(**BY_CONNECTION)
    ),
    "services.*.targetGroup.connectionTermination": Sample(
        web(targetGroup={"connectionTermination": True}), GROUP, balancer(**BY_CONNECTION)
    ),
    "services.*.image": Sample(web(image="other:2"), REVISION),
    "services.*.platform": Sample(web(platform="linux/arm64"), REVISION),
    "services.*.cpu": Sample(web(cpu=1024, memory=2048), REVISION),
    "services.*.memory": Sample(web(memory=2048), REVISION),
    "services.*.ephemeralStorage": Sample(web(ephemeralStorage="30 GiB"), REVISION),
    "services.*.port": Sample(web(port=9090), None),
    "services.*.command": Sample(web(command=["serve"]), REVISION),
    "services.*.entrypoint": Sample(web(entrypoint=["/serve"]), REVISION),
    "services.*.user": Sample(web(user="10001"), REVISION),
    "services.*.readonlyRootFilesystem": Sample(web(readonlyRootFilesystem=True), REVISION),
    "services.*.stopTimeout": Sample(web(stopTimeout="60s"), REVISION),
    "services.*.env": Sample(web(env={"A": "1"}), REVISION),
    "services.*.envFiles": Sample(web(envFiles=["s3://config/web.env"]), (*REVISION, *ROLE_POLICY)),
    "services.*.secrets.*.kind": Sample(web(secrets={"A": SECRET}), (*REVISION, *ROLE_POLICY)),
    "services.*.secrets.*.name": Sample(
        web(secrets={"A": {"name": "/demo/other"}}), (*REVISION, *ROLE_POLICY), web(secrets={"A": SECRET})
    ),
    "services.*.secrets.*.arn": Sample(
        web(secrets={"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/other"}), (*REVISION, *ROLE_POLICY)
    ),
    "services.*.secrets.*.jsonKey": Sample(
        web(secrets={"A": "secretsmanager:demo/db#user"}), REVISION, web(secrets={"A": "secretsmanager:demo/db"})
    ),
    "services.*.healthCheck.path": Sample(web(healthCheck={"path": "/well"}), CHECK),
    "services.*.healthCheck.codes": Sample(web(healthCheck={"codes": "200-299"}), CHECK),
    "services.*.healthCheck.interval": Sample(web(healthCheck={"interval": "20s"}), CHECK),
    "services.*.healthCheck.timeout": Sample(web(healthCheck={"timeout": "4s"}), CHECK),
    "services.*.healthCheck.healthy": Sample(web(healthCheck={"healthy": 4}), CHECK),
    "services.*.healthCheck.unhealthy": Sample(web(healthCheck={"unhealthy": 5}), CHECK),
    "services.*.healthCheck.gracePeriod": Sample(web(healthCheck={"gracePeriod": "10s"}), SERVICE),
    "services.*.healthCheck.container.command": Sample(container_check(), REVISION),
    "services.*.healthCheck.container.interval": Sample(container_check(interval="10s"), REVISION, container_check()),
    "services.*.healthCheck.container.timeout": Sample(container_check(timeout="3s"), REVISION, container_check()),
    "services.*.healthCheck.container.retries": Sample(container_check(retries=5), REVISION, container_check()),
    "services.*.healthCheck.container.startPeriod": Sample(
        container_check(startPeriod="9s"), REVISION, container_check()
    ),
    "services.*.targetGroup.deregistrationDelay": Sample(web(targetGroup={"deregistrationDelay": "5s"}), GROUP),
    "services.*.targetGroup.algorithm": Sample(web(targetGroup={"algorithm": "least_outstanding_requests"}), GROUP),
    "services.*.targetGroup.slowStart": Sample(web(targetGroup={"slowStart": "60s"}), GROUP),
    "services.*.targetGroup.stickiness.duration": Sample(web(targetGroup={"stickiness": {"duration": "1h"}}), GROUP),
    "services.*.targetGroup.stickiness.cookie": Sample(
        web(targetGroup={"stickiness": {"cookie": "basket"}}),
        GROUP,
        web(targetGroup={"stickiness": {"duration": "1h"}}),
    ),
    "services.*.sidecars.*.image": Sample(sidecar(), REVISION),
    "services.*.sidecars.*.essential": Sample(sidecar(essential=False), REVISION, sidecar()),
    "services.*.sidecars.*.cpu": Sample(sidecar(cpu=64), REVISION, sidecar()),
    "services.*.sidecars.*.memory": Sample(sidecar(memory=128), REVISION, sidecar()),
    "services.*.sidecars.*.command": Sample(sidecar(command=["collect"]), REVISION, sidecar()),
    "services.*.sidecars.*.env": Sample(sidecar(env={"A": "1"}), REVISION, sidecar()),
    "services.*.sidecars.*.secrets.*.kind": Sample(
        sidecar(secrets={"A": SECRET}), (*REVISION, *ROLE_POLICY), sidecar()
    ),
    "services.*.sidecars.*.secrets.*.name": Sample(
        sidecar(secrets={"A": {"name": "/demo/other"}}), (*REVISION, *ROLE_POLICY), sidecar(secrets={"A": SECRET})
    ),
    "services.*.sidecars.*.secrets.*.arn": Sample(
        sidecar(secrets={"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/other"}),
        (*REVISION, *ROLE_POLICY),
        sidecar(),
    ),
    "services.*.sidecars.*.secrets.*.jsonKey": Sample(
        sidecar(secrets={"A": "secretsmanager:demo/db#user"}),
        REVISION,
        sidecar(secrets={"A": "secretsmanager:demo/db"}),
    ),
    "services.*.sidecars.*.startBefore": Sample(sidecar(startBefore=True), REVISION, sidecar()),
    "services.*.capacity.*.base": Sample(
        web(capacity={"FARGATE": {"base": 1}}), SERVICE, web(capacity={"FARGATE": {"weight": 2}})
    ),
    "services.*.capacity.*.weight": Sample(web(capacity={"FARGATE_SPOT": {"weight": 2}}), SERVICE),
    "services.*.count": Sample(web(count=1, scaling=None), None),
    "services.*.scaling.min": Sample(
        web(scaling={"min": 2}), ("application-autoscaling:RegisterScalableTarget", *SERVICE)
    ),
    "services.*.scaling.max": Sample(web(scaling={"max": 5}), ("application-autoscaling:RegisterScalableTarget",)),
    "services.*.scaling.cpu": Sample(web(scaling={"cpu": 50}), POLICY),
    "services.*.scaling.memory": Sample(web(scaling={"memory": 50}), POLICY),
    "services.*.scaling.requests": Sample(web(scaling={"requests": 100}), POLICY),
    "services.*.scaling.cooldown.in": Sample(web(scaling={"cooldown": {"in": "60s"}}), POLICY),
    "services.*.scaling.cooldown.out": Sample(web(scaling={"cooldown": {"out": "60s"}}), POLICY),
    "services.*.deployment.minHealthy": Sample(web(deployment={"minHealthy": 50}), SERVICE),
    "services.*.deployment.max": Sample(web(deployment={"max": 150}), SERVICE),
    "services.*.deployment.circuitBreaker.enable": Sample(
        web(deployment={"circuitBreaker": {"enable": False}}), SERVICE
    ),
    "services.*.deployment.circuitBreaker.rollback": Sample(
        web(deployment={"circuitBreaker": {"rollback": False}}), SERVICE
    ),
    "services.*.deployment.circuitBreaker.threshold.type": Sample(
        web(deployment={"circuitBreaker": {"threshold": 50}}), SERVICE
    ),
    "services.*.deployment.circuitBreaker.threshold.value": Sample(
        web(deployment={"circuitBreaker": {"threshold": "40%"}}), SERVICE
    ),
    "services.*.exec": Sample(web(exec=True), None),
    "services.*.permissions.*.actions": Sample(web(permissions=[STATEMENT]), ROLE_POLICY),
    "services.*.permissions.*.resources": Sample(
        web(permissions=[{**STATEMENT, "resources": ["arn:aws:s3:::a/*"]}]), ROLE_POLICY, web(permissions=[STATEMENT])
    ),
    "services.*.permissions.*.sid": Sample(
        web(permissions=[{**STATEMENT, "sid": "Read"}]), ROLE_POLICY, web(permissions=[STATEMENT])
    ),
    "services.*.permissions.*.conditions": Sample(
        web(permissions=[{**STATEMENT, "conditions": {"StringEquals": {"aws:SourceAccount": "1"}}}]),
        ROLE_POLICY,
        web(permissions=[STATEMENT]),
    ),
    "services.*.taskRole": Sample(web(taskRole=ROLE), None),
    "services.*.executionRole": Sample(web(executionRole=ROLE), None),
    "services.*.logs.retention": Sample(web(logs={"retention": "90d"}), RETENTION),
    "services.*.network.securityGroups": Sample(web(network={"securityGroups": ["EXTRA_GROUP"]}), SERVICE),
    "services.*.network.egress.*.cidr": Sample(web(network={"egress": [{"cidr": "10.0.0.0/8"}]}), None),
    "services.*.network.egress.*.port": Sample(
        web(network={"egress": [{"cidr": "10.0.0.0/8", "port": 5432}]}),
        None,
        web(network={"egress": [{"cidr": "10.0.0.0/8"}]}),
    ),
    "observability.logs.retention": Sample({"observability": {"logs": {"retention": "90d"}}}, RETENTION * 2),
    "tags": Sample({"tags": {"team": "a"}}, None),
    "protect": Sample({"protect": ["services"]}, ()),
    "deletionPolicy": Sample({"deletionPolicy": "Delete"}, ()),
}

MANNERS = "how Penstock behaves, not what AWS has: controller tests"
PLACE = "where an instance lives: another place is another instance"
ONE_VALUE = "there is one value"
OVERRIDES = "tests/laws/test_overrides.py tries every member"
ENVIRONMENT = "an ApiService's own field is the same model; tests/laws/test_made.py settles one"
NOT_HERE: Mapping[str, str] = {
    **dict.fromkeys(
        ("environment", "environments", "aws.accountId", "aws.region", "aws.roleArn", "aws.externalId"), PLACE
    ),
    **dict.fromkeys(
        (
            f"network.{each}"
            for each in (
                "vpc.id",
                "vpc.tags",
                "subnets.private.ids",
                "subnets.private.tags",
                "subnets.public.ids",
                "subnets.public.tags",
            )
        ),
        PLACE,
    ),
    **dict.fromkeys(("network.egress", "vpcLink.shared"), ONE_VALUE),
    "gateway.accessLogs.format": ONE_VALUE,
    **dict.fromkeys(("services.*.protocol", "services.*.deployment.strategy"), ONE_VALUE),
    **dict.fromkeys(
        (
            f"gateway.stages.*.{each}"
            for each in (
                "variables",
                "throttle.rate",
                "throttle.burst",
                "metrics",
                "cache.size",
                "cache.ttl",
                "cache.encrypted",
                "tracing",
                "executionLogs",
                "deploy",
                "canary.percent",
                "canary.variables",
                "canary.useCache",
                "routes.*.throttle.rate",
                "routes.*.throttle.burst",
            )
        ),
        "`gateway.stage` is the same model",
    ),
    **dict.fromkeys(
        (
            "gateway.authorizers.*.claims.*.format",
            *(
                f"gateway.authorizers.*.login.{field}"
                for field in (
                    *(f"clientSecret.{each}" for each in ("kind", "arn", "jsonKey")),
                    "clientId",
                    "domain",
                    "authorizationEndpoint",
                    "tokenEndpoint",
                    "userInfoEndpoint",
                    "scope",
                    "cookie",
                    "session",
                    "parameters",
                    "unauthenticated",
                )
            ),
        ),
        "a member of an action: tests/laws/test_fields.py has each, tests/stories/test_front_doors.py all at once",
    ),
    "loadBalancer.shared": PLACE,
    "loadBalancer.adopt": "needs a load balancer of somebody else: tests/stories/test_adopted_balancer.py",
    **dict.fromkeys(
        ("gateway.domain.endpoint", "gateway.domain.vpcEndpoints"),
        "needs certificates of another region, or VPC endpoints: tests/stories/test_domain_kinds.py",
    ),
    **dict.fromkeys(
        (
            f"gateway.domain.policy.*.{each}"
            for each in (
                "effect",
                "principal",
                "action",
                "resources",
                "sourceIp",
                "unlessSourceIp",
                "sourceVpcEndpoint",
                "unlessSourceVpcEndpoint",
            )
        ),
        "`gateway.policy` is the same model; of a private domain tests/stories/test_domain_kinds.py",
    ),
    "gateway.vpcEndpoints": "needs a private API, which nobody reaches from here: tests/stories/test_rest.py",
    "gateway.adopt": "needs an API made by hand: tests/stories/test_adopted_api.py",
    **dict.fromkeys(
        ("gateway.openapi.file", "gateway.openapi.mode", "gateway.openapi.failOnWarnings", "gateway.models.*.file"),
        "needs a file beside the spec: tests/stories/test_openapi.py",
    ),
    "gateway.usagePlans.*.keys": "a key is kept when its caller leaves the spec: tests/stories/test_rest.py",
    "loadBalancer.elasticIps": "needs Elastic IPs: tests/stories",
    "services.*.definition": "takes the place of every other field of a task: tests/stories/test_definitions.py",
    "services.*.taskDefinition": "needs a task definition of somebody else: tests/stories",
    "cluster.adopt": "needs a cluster of somebody else: tests/stories",
    **dict.fromkeys(("suspend.reason", "suspend.until", "dependsOn"), MANNERS),
    **dict.fromkeys((f"drift.{each}" for each in ("policy", "interval", "jitter", "maxCorrectionsPerHour")), MANNERS),
    **dict.fromkeys(
        (f"drift.ignoreDifferences.*.{each}" for each in ("resource", "paths", "reason", "until")), MANNERS
    ),
    **dict.fromkeys((f"overrides.{each}" for each in ("api", "stage", "loadBalancer")), OVERRIDES),
    **dict.fromkeys(
        (f"services.*.overrides.{each}" for each in ("service", "taskDefinition", "targetGroup")), OVERRIDES
    ),
    **dict.fromkeys(("Environment.prune.enabled", "Environment.prune.maxPercent"), MANNERS),
    **dict.fromkeys(("Environment.defaults", "Environment.vars"), "they become fields of the services: tests/specs"),
}
"""Fields that these laws do not edit, and why."""
