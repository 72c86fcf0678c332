"""The words API Gateway has in OpenAPI documents, and where AWS writes about them.

Source: API Gateway developer guide, "OpenAPI extensions for API Gateway" (api-gateway-swagger-extensions).
"""

from collections.abc import Mapping

INTEGRATION = "x-amazon-apigateway-integration"
INTEGRATIONS_BY_NAME = "x-amazon-apigateway-integrations"  # among components, to be referred to
ANY = "x-amazon-apigateway-any-method"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTH_TYPE = "x-amazon-apigateway-authtype"
AUTH = "x-amazon-apigateway-auth"
VALIDATORS = "x-amazon-apigateway-request-validators"
VALIDATOR = "x-amazon-apigateway-request-validator"
RESPONSES = "x-amazon-apigateway-gateway-responses"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
POLICY = "x-amazon-apigateway-policy"
BINARY = "x-amazon-apigateway-binary-media-types"
COMPRESSION = "x-amazon-apigateway-minimum-compression-size"
KEY_SOURCE = "x-amazon-apigateway-api-key-source"
TLS = "x-amazon-apigateway-security-policy"
ACCESS_MODE = "x-amazon-apigateway-endpoint-access-mode"

VERBS = ("get", "put", "post", "delete", "patch", "options", "head")
PLACES: Mapping[str, str] = {"path": "path", "query": "querystring", "header": "header"}
"""Where a parameter is, in OpenAPI and in API Gateway."""
KNOWN = frozenset(
    {
        INTEGRATION,
        INTEGRATIONS_BY_NAME,
        ANY,
        AUTHORIZER,
        AUTH_TYPE,
        AUTH,
        VALIDATORS,
        VALIDATOR,
        RESPONSES,
        ENDPOINT,
        POLICY,
        BINARY,
    }
    | {COMPRESSION, KEY_SOURCE, TLS, ACCESS_MODE}
)
HTTP_ONLY: Mapping[str, str] = {
    "x-amazon-apigateway-cors": "HTTP APIs read it; for a REST API write `gateway.cors`",
    "x-amazon-apigateway-importexport-version": "HTTP APIs write it; a REST API has no use for it",
    "x-amazon-apigateway-documentation": "documentation parts are not made; the document itself is the documentation",
}
"""Extensions that nothing is made of, and why."""

DOCS = "docs.aws.amazon.com/apigateway/latest"
IMPORT = f"{DOCS}/developerguide/api-gateway-import-api.html"
NOTES = f"{DOCS}/developerguide/api-gateway-known-issues.html"
INTEGRATIONS = f"{DOCS}/developerguide/api-gateway-swagger-extensions-integration.html"
AUTHORIZERS = f"{DOCS}/developerguide/api-gateway-swagger-extensions-authorizer.html"
MAPPING = f"{DOCS}/developerguide/rest-api-parameter-mapping-sources.html"
RESPONSE_TYPES = f"{DOCS}/developerguide/supported-gateway-response-types.html"
PUT_METHOD = f"{DOCS}/api/API_PutMethod.html"
PUT_INTEGRATION = f"{DOCS}/api/API_PutIntegration.html"
CREATE_RESOURCE = f"{DOCS}/api/API_CreateResource.html"
CREATE_MODEL = f"{DOCS}/api/API_CreateModel.html"
CREATE_REST_API = f"{DOCS}/api/API_CreateRestApi.html"
CREATE_DEPLOYMENT = f"{DOCS}/api/API_CreateDeployment.html"
INTRINSICS = "docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html"
