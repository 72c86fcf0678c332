"""What hangs on a REST API beside its tree: models, request validators, gateway responses and authorizers (ledger 6.9,
6.10). None of it is live before a deployment."""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigateway.words import bad, conflict, missing

LIMIT = "LimitExceededException"
MODEL = Kind(
    "apigateway",
    "Model",
    "",
    "{parent}/{name}",
    missing("Invalid model name specified: {name}"),
    unique=("name",),
    twice=conflict("Model name already exists for this REST API"),
    rules=(
        Rule("length(name) >= `1`", bad("Model name must be non-empty"), source="6.10"),
        Rule("matches(name, '[A-Za-z0-9]+')", bad("Model name must be alphanumeric: {name}"), source="6.10"),
        Rule(
            "schema",
            bad("Model schema must have at least 1 property or array items defined"),
            source="6.10",
        ),
        Rule("length(contentType) >= `1`", bad("Model content type must be specified"), source="6.10"),
    ),
)
REQUEST_VALIDATOR = Kind(
    "apigateway",
    "RequestValidator",
    "id",
    "{short}",
    missing("Invalid Request Validator identifier specified"),
    defaults={"validateRequestBody": False, "validateRequestParameters": False},
)
GATEWAY_RESPONSE = Kind(
    "apigateway",
    "GatewayResponse",
    "",
    "{parent}/{responseType}",
    missing("Gateway response type not defined on api"),
    rules=(
        Rule("matches(statusCode, '[1-5][0-9][0-9]')", bad("Invalid status code: {statusCode}"), "statusCode", "6.10"),
    ),
)

_FUNCTION = "contains(['TOKEN', 'REQUEST'], type)"
_URI = r"arn:aws[^:]*:apigateway:[^:]+:lambda:path/2015-03-31/functions/\S+/invocations"
_SOURCE = r"method\.request\.(header|querystring)\.\S+|context\.\S+|stageVariables\.\S+"
AUTHORIZER = Kind(
    "apigateway",
    "Authorizer",
    "id",
    "{short}",
    missing("Invalid Authorizer identifier specified"),
    unique=("name",),
    twice=bad("Authorizer name must be unique. Authorizer {name} already exists in this RestApi."),
    rules=(
        Rule("length(name) >= `1`", bad("Authorizer name cannot be empty"), source="6.9"),
        Rule(f"matches(authorizerUri, '{_URI}')", bad("Invalid Authorizer URI: {authorizerUri}"), _FUNCTION, "6.9"),
        Rule(
            r"matches(identitySource, 'method\.request\.header\.\S+')",
            bad("Invalid identity source: {identitySource}. It must be a header of the method request"),
            "contains(['TOKEN', 'COGNITO_USER_POOLS', 'JWT'], type)",
            "6.9",
        ),
        Rule(
            f"matches(identitySource, '({_SOURCE})(, ?({_SOURCE}))*')",
            bad("Invalid identity source: {identitySource}"),
            "type == 'REQUEST' && identitySource",
            "6.9",
        ),
        Rule(
            "identitySource",
            bad("Identity source is required when the authorizer caches its answers"),
            "type == 'REQUEST' && authorizerResultTtlInSeconds != `0`",
            "6.9",
        ),
        Rule("providerARNs", bad("Cognito user pool ARNs must be specified"), "type == 'COGNITO_USER_POOLS'", "6.9"),
        Rule(
            r"length(providerARNs[?!matches(@, 'arn:aws[^:]*:cognito-idp:[^:]+:[0-9]{12}:userpool/\S+')]) == `0`",
            bad("Invalid Cognito user pool ARN specified"),
            "providerARNs",
            "6.9",
        ),
        Rule("jwtConfiguration.issuers", bad("A JWT authorizer needs an issuer"), "type == 'JWT'", "peers 3"),
        Rule("type == 'JWT'", bad("jwtConfiguration is for authorizers of type JWT"), "jwtConfiguration", "peers 3"),
        Rule(
            "authorizerResultTtlInSeconds >= `0` && authorizerResultTtlInSeconds <= `3600`",
            bad("The result TTL must be between 0 and 3600 seconds"),
            "authorizerResultTtlInSeconds != `null`",
            "6.9",
        ),
    ),
    quota=Quota("rest-authorizers", 10, Refusal(LIMIT, "Maximum number of Authorizers for this API has been reached")),
)
