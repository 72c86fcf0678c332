"""The words an OpenAPI document has for what API Gateway knows: its extensions, by the members they stand for (guide,
"API Gateway extensions to OpenAPI")."""

from __future__ import annotations

INTEGRATION = "x-amazon-apigateway-integration"
ANY = "x-amazon-apigateway-any-method"
POLICY = "x-amazon-apigateway-policy"
BINARY = "x-amazon-apigateway-binary-media-types"
COMPRESSION = "x-amazon-apigateway-minimum-compression-size"
KEY_SOURCE = "x-amazon-apigateway-api-key-source"
RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATORS = "x-amazon-apigateway-request-validators"
VALIDATOR = "x-amazon-apigateway-request-validator"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTH_TYPE = "x-amazon-apigateway-authtype"
AUTH = "x-amazon-apigateway-auth"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"

VERBS = ("get", "put", "post", "delete", "patch", "options", "head")
MEMBERS = (  # of an integration, the same word here and there
    "uri",
    "httpMethod",
    "credentials",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "requestParameters",
    "requestTemplates",
    "contentHandling",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "tlsConfig",
    "responseTransferMode",
)
ANSWERED = ("statusCode", "responseParameters", "responseTemplates", "contentHandling")  # of an integration response
PLACES = {"path": "path", "query": "querystring", "header": "header"}  # where a parameter is, here and there
AUTHORIZERS = {"TOKEN": "token", "REQUEST": "request", "COGNITO_USER_POOLS": "cognito_user_pools", "JWT": "jwt"}
JUDGED = (  # of an authorizer, the same word here and there
    "authorizerUri",
    "authorizerCredentials",
    "identityValidationExpression",
    "authorizerResultTtlInSeconds",
    "identitySource",
    "providerARNs",
    "jwtConfiguration",
)
