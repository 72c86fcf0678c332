"""What holds for WebSocket APIs and for no others, as facts.

Sources by page of the API Gateway developer guide (websocket-api-...), by member of botocore's apigatewayv2 model
(`BC`), or by issue. A private integration goes through a VPC link V1 to its network load balancer; links V2 are for
HTTP and REST APIs (whitepaper "Best Practices for Designing Amazon API Gateway Private APIs and Private Integration",
page websocket-api; terraform-aws-apigateway-v2#151).
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.services.apigatewayv2.words import bad, conflict, unknown

HTTP, WEBSOCKET = "Parent.ProtocolType == 'HTTP'", "Parent.ProtocolType == 'WEBSOCKET'"
LONGEST = 29_000  # ms; BC Integration, TimeoutInMillis
BODY = r"request\.body\.[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*"
# BC CreateIntegration and findings.md A: what AWS answers for what was not sent
INTEGRATION_DEFAULTS = {"TimeoutInMillis": LONGEST, "PassthroughBehavior": "WHEN_NO_MATCH"}
STAGE_DEFAULTS = {
    "DefaultRouteSettings": {"DetailedMetricsEnabled": False, "LoggingLevel": "OFF", "DataTraceEnabled": False}
}

API_RULES = (
    Rule(
        rf"matches(RouteSelectionExpression, '\${BODY}|(\$\{{{BODY}\}}[^${{}}]*)+')",
        bad("The routeSelectionExpression of a WebSocket API is made of $request.body.PROPERTY"),
        "ProtocolType == 'WEBSOCKET'",
        "websocket-api-develop-routes",
    ),
    Rule(
        "!CorsConfiguration",
        bad("CORS is supported for HTTP APIs only"),
        "ProtocolType == 'WEBSOCKET'",
        "BC CreateApi",
    ),
)
INTEGRATION_RULES = (
    Rule(
        f"TimeoutInMillis <= `{LONGEST}`",
        bad(f"Timeout should be between 50 ms and {LONGEST} ms"),
        WEBSOCKET,
        "BC CreateIntegration",
    ),
    Rule(
        r"matches(IntegrationUri, 'https?://[^/ ]+(/[^ ]*)?')",
        bad("Invalid HTTP endpoint specified for URI"),
        f"{WEBSOCKET} && contains(['HTTP', 'HTTP_PROXY'], IntegrationType)",
        "websocket-api-integration-requests",
    ),
    Rule(
        "contains(['HTTP', 'HTTP_PROXY'], IntegrationType)",
        bad("A VPC link integration must be HTTP or HTTP_PROXY"),
        f"{WEBSOCKET} && ConnectionType == 'VPC_LINK'",
        "websocket-api-integration-requests",
    ),
    Rule(
        "!TlsConfig && !ResponseParameters && !IntegrationSubtype",
        bad("TlsConfig, ResponseParameters and IntegrationSubtype are supported for HTTP APIs only"),
        WEBSOCKET,
        "BC CreateIntegration",
    ),
    Rule(
        "!RequestTemplates && !PassthroughBehavior && !ContentHandlingStrategy && !TemplateSelectionExpression",
        bad("Templates, passthrough behavior and content handling are supported for WebSocket APIs only"),
        HTTP,
        "BC CreateIntegration",
    ),
)
ROUTE_RULES = (
    Rule(
        r"matches(RouteKey, '\$(connect|disconnect|default)|[^$\s][^\s]{0,127}')",
        bad("The route key {RouteKey} is none of $connect, $disconnect, $default, and not one of your own"),
        WEBSOCKET,
        "websocket-api-develop-routes",
    ),
    Rule(
        "AuthorizationType == 'NONE' || RouteKey == '$connect'",
        bad("Authorization is supported on the $connect route only"),
        WEBSOCKET,
        "websocket-api-route-keys-connect-disconnect",
    ),
    Rule(
        "AuthorizationType != 'JWT' && !AuthorizationScopes",
        bad("A WebSocket API has NONE, AWS_IAM and CUSTOM authorization"),
        WEBSOCKET,
        "BC CreateRoute",
    ),
    Rule(
        "!RouteResponseSelectionExpression && !RequestModels && !ModelSelectionExpression",
        bad("Models and route responses are supported for WebSocket APIs only"),
        HTTP,
        "BC CreateRoute",
    ),
)
STAGE_RULES = (
    Rule(
        "StageName != '$default'",
        bad("A WebSocket API has no $default stage"),
        WEBSOCKET,
        "aws-cdk#13031",
    ),
    Rule(
        "length(values(StageVariables)[?!matches(@, '[A-Za-z0-9._~:/?#&=,-]{1,2048}')]) == `0`",
        bad("Stage variable values may have only these characters: A-Z a-z 0-9 - . _ ~ : / ? # & = ,"),
        source="7.6",
    ),
)
_SOURCE = r"(route\.request\.(header|querystring)|context|stageVariables)\..+"
AUTHORIZER_RULES = (
    Rule(
        "AuthorizerType == 'REQUEST'", bad("A WebSocket API has REQUEST authorizers only"), WEBSOCKET, "BC Authorizer"
    ),
    Rule(
        "!AuthorizerPayloadFormatVersion && !EnableSimpleResponses && !AuthorizerResultTtlInSeconds",
        bad("Payload formats, simple responses and caching are supported for HTTP API authorizers only"),
        WEBSOCKET,
        "BC CreateAuthorizer",
    ),
    Rule(
        rf"length(IdentitySource[?!matches(@, '{_SOURCE}')]) == `0`",
        bad("Invalid identity source: {IdentitySource}"),
        f"{WEBSOCKET} && IdentitySource",
        "BC CreateAuthorizer",
    ),
)
ROUTE_RESPONSE = Kind(
    "apigatewayv2",
    "RouteResponse",
    "RouteResponseId",
    "{short}",
    unknown("RouteResponse"),
    unique=("RouteResponseKey",),
    twice=conflict("Route response with key {RouteResponseKey} already exists for this route"),
    rules=(
        Rule(
            "RouteResponseKey == '$default'",
            bad("Currently only $default is supported in route responses for WebSocket APIs"),
            source="websocket-api-route-response",
        ),
    ),
    quota=Quota("route-responses", 1, bad("Maximum number of route responses for this route has been reached")),
)
