"""HTTP and WebSocket APIs: names are not unique, nothing takes a token, edits deploy themselves, and links take
minutes. What holds for WebSocket APIs alone is in `sockets`.
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2 import sockets
from sandbox.services.apigatewayv2.sockets import HTTP
from sandbox.services.apigatewayv2.words import bad, conflict, unknown

INVALID = Refusal("BadRequestException", "{why}")
TOKEN_REUSED = INVALID
PAGE = {"*": 25}  # ledger 0.4 has v1's default; v2 documents none
LINK_STARTS, LINK_STOPS = 120, 60  # seconds; ledger 7.1 "few minutes"
INTERFACES_LINGER = 90  # seconds an interface outlives its VPC link; ledger 7.1 "another 1-3 min"


_NAMED = Rule(
    "length(Name) >= `1` && length(Name) <= `128`",
    bad("Invalid name. Must be between 1 and 128 characters"),
    source="7.1, 7.2",
)
_STAR = bad("Invalid CORS configuration: the origin * cannot be used with AllowCredentials")
_ORIGIN = bad("Invalid CORS configuration: an origin is * or starts with http:// or https://")
API = Kind(
    "apigatewayv2",
    "Api",
    "ApiId",
    "{short}",
    unknown("API"),
    arn="arn:aws:apigateway:{region}::/apis/{id}",
    defaults={
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "RouteSelectionExpression": "$request.method $request.path",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
    },
    rules=(
        _NAMED,
        Rule(
            "RouteSelectionExpression == '$request.method $request.path'",
            bad("The routeSelectionExpression of an HTTP API must be ${{request.method}} ${{request.path}}"),
            "ProtocolType == 'HTTP'",
            "BC CreateApi",
        ),
        *sockets.API_RULES,
        Rule(
            "!contains(CorsConfiguration.AllowOrigins || `[]`, '*')",
            _STAR,
            "CorsConfiguration.AllowCredentials",
            "http-api-cors",
        ),
        Rule(
            r"length(CorsConfiguration.AllowOrigins[?!matches(@, '\*|https?://.+|.+-extension://.+')]) == `0`",
            _ORIGIN,
            "CorsConfiguration.AllowOrigins",
            "http-api-cors",
        ),
    ),
    quota=Quota("apis", 600, Refusal("TooManyRequestsException", "The maximum number of APIs has been reached")),
)

VPC_LINK = Kind(
    "apigatewayv2",
    "VpcLink",
    "VpcLinkId",
    "{short}",
    unknown("VpcLink"),
    arn="arn:aws:apigateway:{region}::/vpclinks/{id}",
    defaults={
        "SecurityGroupIds": [],
        "VpcLinkVersion": "V2",
        "VpcLinkStatus": "PENDING",
        "VpcLinkStatusMessage": "VPC link is provisioning ENIs",
    },
    rules=(
        _NAMED,
        Rule(
            "length(SubnetIds) >= `1` && length(SubnetIds) <= `10`",
            bad("Between 1 and 10 subnets are required"),
            source="7",
        ),
    ),
    quota=Quota("vpc-links", 10, bad("Maximum number of VPC links reached")),
)

_LISTENER = bad("For VpcLink, IntegrationUri should be a valid ELB listener ARN or a valid Cloud Map service ARN.")
_PRIVATE = "ConnectionType == 'VPC_LINK'"
INTEGRATION = Kind(
    "apigatewayv2",
    "Integration",
    "IntegrationId",
    "{short}",
    unknown("Integration"),
    defaults={"ConnectionType": "INTERNET", "TimeoutInMillis": 30000, "PayloadFormatVersion": "1.0"},
    rules=(
        Rule(
            "TimeoutInMillis >= `50` && TimeoutInMillis <= `30000`",
            bad("Timeout should be between 50 ms and 30000 ms"),
            source="7.3",
        ),
        Rule(
            "contains(['AWS_PROXY', 'HTTP_PROXY'], IntegrationType)",
            bad("HTTP APIs support AWS_PROXY and HTTP_PROXY only"),
            HTTP,
            "7.3",
        ),
        Rule(
            "IntegrationUri || IntegrationSubtype",
            bad("IntegrationUri is required"),
            "IntegrationType != 'MOCK'",
            "7.3",
        ),
        Rule(
            "IntegrationMethod",
            bad("HttpMethod must be specified for HTTP_PROXY"),
            "IntegrationType == 'HTTP_PROXY'",
            "7.3",
        ),
        Rule(
            "contains(['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'], IntegrationMethod)",
            bad("Invalid HTTP method specified: {IntegrationMethod}"),
            "IntegrationMethod",
            "7.3",
        ),
        Rule(
            "PayloadFormatVersion == '1.0'",
            bad("PayloadFormatVersion must be 1.0 for HTTP_PROXY integrations"),
            "IntegrationType == 'HTTP_PROXY'",
            "7.3",
        ),
        Rule("ConnectionId", bad("ConnectionId is required for VPC_LINK"), _PRIVATE, "7.3"),
        Rule(
            "IntegrationType == 'HTTP_PROXY'",
            bad("A VPC link integration must be HTTP_PROXY"),
            f"{HTTP} && {_PRIVATE}",
            "7.3",
        ),
        Rule(
            r"matches(IntegrationUri, 'arn:aws[^:]*:(elasticloadbalancing:.*:listener|servicediscovery:.*service)/.+')",
            _LISTENER,
            f"{HTTP} && {_PRIVATE}",
            "7.3",
        ),
        *sockets.INTEGRATION_RULES,
        Rule(
            "matches(IntegrationUri, 'https?://[^/]+.*')",
            bad("Invalid HTTP endpoint specified for URI"),
            "IntegrationType == 'HTTP_PROXY' && ConnectionType == 'INTERNET'",
            "6.5",
        ),
    ),
    parent="Api",
    fixed={"IntegrationType": bad("IntegrationType cannot be changed")},
    quota=Quota("integrations", 300, bad("Maximum number of Integrations for this API has been reached")),
)

_ROUTE_KEY = bad(
    "The provided route key is not formatted properly for HTTP protocol. "
    'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)
_SEGMENT = r"(\{[A-Za-z0-9._-]+\}|[^{}/\s]*)"
ROUTE = Kind(
    "apigatewayv2",
    "Route",
    "RouteId",
    "{short}",
    unknown("Route"),
    unique=("RouteKey",),
    twice=conflict("Route with key {RouteKey} already exists for this API"),
    defaults={"ApiKeyRequired": False, "AuthorizationType": "NONE"},
    rules=(
        Rule(
            r"RouteKey == '$default' || matches(RouteKey, '(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) "
            rf"(/{_SEGMENT})*(/\{{[A-Za-z0-9._-]+\+\}})?')",
            _ROUTE_KEY,
            HTTP,
            "7.4",
        ),
        Rule("RouteKey != '' && !ends_with(RouteKey, ' ')", _ROUTE_KEY, HTTP, "7.4"),
        Rule("AuthorizerId", bad("AuthorizerId is required"), "contains(['JWT', 'CUSTOM'], AuthorizationType)", "7.4"),
        Rule(
            "AuthorizationType == 'JWT'",
            bad("AuthorizationScopes need JWT authorization"),
            "AuthorizationScopes",
            "7.4",
        ),
        Rule(
            "!ApiKeyRequired && !RequestParameters",
            bad("API keys and request parameters are for WebSocket APIs"),
            HTTP,
            "7.4",
        ),
        *sockets.ROUTE_RULES,
    ),
    parent="Api",
    quota=Quota("routes", 300, bad("Maximum number of routes for this API has been reached")),
)

DEPLOYMENT = Kind(
    "apigatewayv2",
    "Deployment",
    "DeploymentId",
    "{short}",
    unknown("Deployment"),
    defaults={"AutoDeployed": False, "DeploymentStatus": "DEPLOYED"},
)

STAGE = Kind(
    "apigatewayv2",
    "Stage",
    "",
    "{parent}/{StageName}",
    unknown("stage"),
    arn="arn:aws:apigateway:{region}::/apis/{parent}/stages/{StageName}",
    unique=("StageName",),
    twice=conflict("Stage already exists"),
    defaults={"DefaultRouteSettings": {"DetailedMetricsEnabled": False}, "RouteSettings": {}, "StageVariables": {}},
    rules=(
        Rule(
            r"matches(StageName, '\$default|[A-Za-z0-9_-]{1,128}')",
            bad("Stage name only allows a-z, A-Z, 0-9, _ and - or $default"),
            source="7.6",
        ),
        Rule(
            "!(DefaultRouteSettings.LoggingLevel || DefaultRouteSettings.DataTraceEnabled)",
            bad("Execution logs are not supported on protocolType HTTP"),
            HTTP,
            "7.6",
        ),
        Rule(
            "length(values(RouteSettings)[?LoggingLevel || DataTraceEnabled]) == `0`",
            bad("Execution logs are not supported on protocolType HTTP"),
            HTTP,
            "7.6",
        ),
        *sockets.STAGE_RULES,
    ),
    parent="Api",
    quota=Quota("stages", 10, bad("Maximum number of stages for this API has been reached")),
)
