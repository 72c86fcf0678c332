"""Where in the files a field of a resource is written, so that a plan can say `orders.yaml:10:13`.

A spec speaks of services and routes, AWS of task definitions and integrations; this table is the way back. A field
that is in no row is found under the part's own block, or not at all: a wrong place would be worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from drift import Difference
from reconcilers import Key
from specs import Instance, Origin

SERVICE = "/services/{part}"
ROUTE = "/gateway/routes/{part}"
PLACES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "TargetGroup": (
        ("/HealthCheckPath", f"{SERVICE}/healthCheck/path"),
        ("/HealthCheckIntervalSeconds", f"{SERVICE}/healthCheck/interval"),
        ("/HealthCheckTimeoutSeconds", f"{SERVICE}/healthCheck/timeout"),
        ("/HealthyThresholdCount", f"{SERVICE}/healthCheck/healthy"),
        ("/UnhealthyThresholdCount", f"{SERVICE}/healthCheck/unhealthy"),
        ("/Matcher*", f"{SERVICE}/healthCheck/codes"),
        ("/Protocol*", f"{SERVICE}/protocol"),
    ),
    "TargetGroupAttributes": (
        ("/Attributes/deregistration_delay.connection*", f"{SERVICE}/targetGroup/connectionTermination"),
        ("/Attributes/deregistration_delay*", f"{SERVICE}/targetGroup/deregistrationDelay"),
        ("/Attributes/preserve_client_ip*", f"{SERVICE}/targetGroup/preserveClientIp"),
        ("/Attributes/proxy_protocol*", f"{SERVICE}/targetGroup/proxyProtocol"),
        ("/Attributes/slow_start*", f"{SERVICE}/targetGroup/slowStart"),
        ("/Attributes/load_balancing.algorithm*", f"{SERVICE}/targetGroup/algorithm"),
        ("/Attributes/stickiness*", f"{SERVICE}/targetGroup/stickiness"),
    ),
    "TaskDefinition": (
        ("/containerDefinitions/{part}/image", f"{SERVICE}/image"),
        ("/containerDefinitions/{part}/environment/*", f"{SERVICE}/env/{{last}}"),
        ("/containerDefinitions/{part}/secrets/*", f"{SERVICE}/secrets/{{last}}"),
        ("/containerDefinitions/{part}/portMappings*", f"{SERVICE}/port"),
        ("/containerDefinitions/{part}/command", f"{SERVICE}/command"),
        ("/containerDefinitions/{part}/entryPoint", f"{SERVICE}/entrypoint"),
        ("/cpu", f"{SERVICE}/cpu"),
        ("/memory", f"{SERVICE}/memory"),
        ("/ephemeralStorage*", f"{SERVICE}/ephemeralStorage"),
        ("/runtimePlatform*", f"{SERVICE}/platform"),
    ),
    "Service": (
        ("/desiredCount", f"{SERVICE}/count"),
        ("/healthCheckGracePeriodSeconds", f"{SERVICE}/healthCheck/gracePeriod"),
        ("/enableExecuteCommand", f"{SERVICE}/exec"),
        ("/capacityProviderStrategy*", f"{SERVICE}/capacity"),
        ("/deploymentConfiguration/minimumHealthyPercent", f"{SERVICE}/deployment/minHealthy"),
        ("/deploymentConfiguration/maximumPercent", f"{SERVICE}/deployment/max"),
        ("/deploymentConfiguration/deploymentCircuitBreaker*", f"{SERVICE}/deployment/circuitBreaker"),
        ("/loadBalancers*", f"{SERVICE}/port"),
        ("/taskDefinition", f"{SERVICE}/taskDefinition"),
        ("/networkConfiguration/awsvpcConfiguration/assignPublicIp", f"{SERVICE}/network/assignPublicIp"),
        ("/networkConfiguration/awsvpcConfiguration/subnets", f"{SERVICE}/network/placement"),
    ),
    "ScalableTarget": (("/MinCapacity", f"{SERVICE}/scaling/min"), ("/MaxCapacity", f"{SERVICE}/scaling/max")),
    "ScalingPolicy": (("/*", f"{SERVICE}/scaling"),),
    "SecurityGroupRule": (("/*", f"{SERVICE}/port"),),
    "RolePolicy": (("/*", f"{SERVICE}/permissions"),),
    "LogGroup": (
        ("/retentionInDays", f"{SERVICE}/logs/retention"),
        ("/retentionInDays", "/gateway/accessLogs/retention"),
    ),
    "Listener": (
        ("/Port", "/loadBalancer/listeners/{part}/port"),
        ("/Certificates*", "/loadBalancer/listeners/{part}/certificate"),
        ("/SslPolicy", "/loadBalancer/listeners/{part}/tlsPolicy"),
        ("/MutualAuthentication*", "/loadBalancer/listeners/{part}/mutualTls"),
        ("/DefaultActions*", "/loadBalancer/listeners/{part}/redirect"),
        ("/Port", f"{SERVICE}/listenerPort"),
    ),
    "ListenerRule": (
        ("/Transforms*", f"{ROUTE}/rewrite"),
        ("/*", ROUTE),
    ),
    "LoadBalancer": (
        ("/Type", "/loadBalancer/type"),
        ("/Scheme", "/loadBalancer/scheme"),
        ("/IpAddressType", "/loadBalancer/ipAddressType"),
        ("/Subnets", "/loadBalancer/placement"),
        ("/AllocationIds", "/loadBalancer/elasticIps"),
        ("/SecurityGroups", "/loadBalancer/securityGroups"),
        ("/EnforceSecurityGroup*", "/loadBalancer/enforcePrivateLinkRules"),
    ),
    "CapacityReservation": (("/*", "/loadBalancer/reservedCapacity"),),
    "WebAclAssociation": (("/*", "/loadBalancer/waf/webAcl"), ("/*", "/gateway/waf/webAcl")),
    "LoadBalancerAttributes": (
        ("/Attributes/idle_timeout*", "/loadBalancer/idleTimeout"),
        ("/Attributes/deletion_protection*", "/loadBalancer/deletionProtection"),
        ("/Attributes/routing.http.drop_invalid*", "/loadBalancer/dropInvalidHeaders"),
        ("/Attributes/access_logs*", "/loadBalancer/accessLogs"),
        ("/Attributes/connection_logs*", "/loadBalancer/connectionLogs"),
        ("/Attributes/load_balancing.cross_zone*", "/loadBalancer/crossZone"),
        ("/Attributes/client_keep_alive*", "/loadBalancer/clientKeepAlive"),
    ),
    "Integration": (
        ("/TimeoutInMillis", "/gateway/defaults/timeout"),
        ("/TlsConfig*", "/loadBalancer/gatewayTls/serverName"),
    ),
    "Route": (("/*", ROUTE),),
    "DomainName": (
        ("/domainName", "/gateway/domain/name"),
        ("/certificateArn", "/gateway/domain/certificate"),
        ("/regionalCertificateArn", "/gateway/domain/certificate"),
        ("/endpointConfiguration/types", "/gateway/domain/endpoint"),
        ("/endpointConfiguration/ipAddressType", "/gateway/ipAddressType"),
        ("/mutualTlsAuthentication*", "/gateway/domain/mutualTls"),
        ("/ownershipVerificationCertificateArn", "/gateway/domain/mutualTls/ownershipCertificate"),
        ("/securityPolicy", "/gateway/domain/tlsPolicy"),
        ("/endpointAccessMode", "/gateway/domain/endpointAccess"),
        ("/policy*", "/gateway/domain/policy"),
        ("/routingMode", "/gateway/domain/rules"),
    ),
    "DomainNameAccessAssociation": (("/*", "/gateway/domain/vpcEndpoints"),),
    "ApiMapping": (("/*", "/gateway/domain/paths/{part}"), ("/*", "/gateway/domain/path")),
    "RoutingRule": (("/*", "/gateway/domain/rules/{part}"),),
    "Certificate": (("/DomainName", "/gateway/domain/name"),),
    "RecordSet": (("/*", "/gateway/domain/hostedZone"),),
    "Authorizer": (
        ("/JwtConfiguration/Issuer", "/gateway/authorizers/{part}/issuer"),
        ("/JwtConfiguration/Audience", "/gateway/authorizers/{part}/audience"),
        ("/AuthorizerUri", "/gateway/authorizers/{part}/function"),
        ("/AuthorizerResultTtlInSeconds", "/gateway/authorizers/{part}/ttl"),
        ("/*", "/gateway/authorizers/{part}/type"),
    ),
    "WebSocketApi": (
        ("/RouteSelectionExpression", "/gateway/selection"),
        ("/Description", "/gateway/description"),
        ("/IpAddressType", "/gateway/ipAddressType"),
    ),
    "WebSocketIntegration": (
        ("/TimeoutInMillis", f"{ROUTE}/timeout"),
        ("/RequestParameters*", f"{ROUTE}/rewrite"),
        ("/IntegrationUri", f"{ROUTE}/rewrite/path"),
        ("/*", ROUTE),
    ),
    "WebSocketRoute": (("/RouteResponse*", f"{ROUTE}/reply"), ("/*", ROUTE)),
    "WebSocketStage": (
        ("/DefaultRouteSettings/Throttling*", "/gateway/stages/{part}/throttle"),
        ("/DefaultRouteSettings/LoggingLevel", "/gateway/stages/{part}/executionLogs"),
        ("/RouteSettings/*", "/gateway/stages/{part}/routes"),
        ("/StageVariables*", "/gateway/stages/{part}/variables"),
        ("/AccessLogSettings*", "/gateway/accessLogs"),
        ("/*", "/gateway/stages/{part}"),
    ),
    "HttpApi": (("/CorsConfiguration*", "/gateway/cors"), ("/Description", "/gateway/description")),
    "Method": (("/*", ROUTE),),
    "Model": (
        ("/description", "/gateway/models/{part}/description"),
        ("/schema*", "/gateway/models/{part}/schema"),
        ("/*", "/gateway/models/{part}"),
    ),
    "GatewayResponse": (
        ("/statusCode", "/gateway/responses/{part}/status"),
        ("/responseParameters*", "/gateway/responses/{part}/headers"),
        ("/responseTemplates*", "/gateway/responses/{part}/body"),
        ("/*", "/gateway/responses/{part}"),
    ),
    "RestAuthorizer": (("/*", "/gateway/authorizers/{part}"),),
    "RestIntegration": (
        ("/timeoutInMillis", f"{ROUTE}/timeout"),
        ("/requestParameters*", f"{ROUTE}/rewrite"),
        ("/uri", f"{ROUTE}/rewrite/path"),
        ("/*", ROUTE),
    ),
    "RestApi": (
        ("/description", "/gateway/description"),
        ("/endpointConfiguration/ipAddressType", "/gateway/ipAddressType"),
    ),
    "RestStage": (
        ("/methodSettings/*~1*/throttling*", "/gateway/stages/{part}/throttle"),
        ("/methodSettings*", "/gateway/routes"),
        ("/variables*", "/gateway/stages/{part}/variables"),
        ("/accessLogSettings*", "/gateway/accessLogs"),
        ("/*", "/gateway/stages/{part}"),
    ),
    "Stage": (
        ("/DefaultRouteSettings/Throttling*", "/gateway/stages/{part}/throttle"),
        ("/DefaultRouteSettings/Throttling*", "/gateway/throttle"),
        ("/RouteSettings/*", "/gateway/stages/{part}/routes"),
        ("/RouteSettings/*", "/gateway/routes"),
        ("/StageVariables*", "/gateway/stages/{part}/variables"),
        ("/AccessLogSettings*", "/gateway/accessLogs"),
    ),
}  # fmt: skip


def source(instance: Instance | None, key: Key, each: Difference) -> Origin | None:
    """Where the wanted value of this field was written; None when no file says it."""
    if instance is None:
        return None
    found = (instance.origins.get(pointer) for pointer in _pointers(key, each.path))
    return next((origin for origin in found if origin is not None), None)


def _pointers(key: Key, path: str) -> Iterator[str]:
    """Places in the expanded spec that decide the field, the exact one first."""
    part = key.part.replace("~", "~0").replace("/", "~1")
    last = path.rpartition("/")[2]
    for pattern, template in PLACES.get(key.kind, ()):
        if fnmatchcase(path, pattern.replace("{part}", part)):
            exact = template.replace("{part}", part).replace("{last}", last)
            yield exact
            yield from (f"{exact}/{inner}" for inner in ("rate", "path") if exact.endswith(("/throttle", ROUTE)))
