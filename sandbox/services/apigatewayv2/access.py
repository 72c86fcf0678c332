"""Who gets in, and what custom domains lead to: authorizers, API mappings and routing rules, as facts."""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.services.apigatewayv2.sockets import AUTHORIZER_RULES, HTTP
from sandbox.services.apigatewayv2.words import bad, conflict, unknown

_JWT, _LAMBDA = "AuthorizerType == 'JWT'", "AuthorizerType == 'REQUEST'"
AUTHORIZER = Kind(
    "apigatewayv2",
    "Authorizer",
    "AuthorizerId",
    "{short}",
    unknown("Authorizer"),
    unique=("Name",),
    twice=bad("Authorizer name must be unique. Authorizer {Name} already exists in this API."),
    rules=(
        Rule(
            "length(Name) >= `1` && length(Name) <= `128`",
            bad("Authorizer names have 1 to 128 characters"),
            source="7.5",
        ),
        Rule(
            "JwtConfiguration.Audience && matches(JwtConfiguration.Issuer, 'https://[^ ]+')",
            bad("A JWT authorizer needs an audience, and an issuer that is an https URL"),
            _JWT,
            "7.5",
        ),
        Rule("length(IdentitySource) == `1`", bad("A JWT authorizer needs one identity source"), _JWT, "7.5"),
        Rule(
            "!(AuthorizerUri || AuthorizerPayloadFormatVersion || AuthorizerCredentialsArn || EnableSimpleResponses "
            "|| AuthorizerResultTtlInSeconds)",
            bad("These parameters are for REQUEST authorizers"),
            _JWT,
            "7.5",
        ),
        Rule(
            "AuthorizerUri && contains(['1.0', '2.0'], AuthorizerPayloadFormatVersion)",
            bad("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer"),
            f"{_LAMBDA} && {HTTP}",
            "7.5",
        ),
        Rule(
            r"matches(AuthorizerUri, 'arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/"
            r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[^/]+/invocations')",
            bad("Invalid Authorizer URI: {AuthorizerUri}. Authorizer URI should be a valid Lambda function URI."),
            _LAMBDA,
            "7.5",
        ),
        Rule(
            "AuthorizerPayloadFormatVersion == '2.0'",
            bad("Simple responses need the payload format version 2.0"),
            "EnableSimpleResponses",
            "7.5",
        ),
        Rule("!JwtConfiguration", bad("JwtConfiguration is for JWT authorizers"), _LAMBDA, "7.5"),
        Rule(
            "AuthorizerResultTtlInSeconds >= `0` && AuthorizerResultTtlInSeconds <= `3600`",
            bad("AuthorizerResultTtlInSeconds is from 0 to 3600"),
            "AuthorizerResultTtlInSeconds",
            "7.5",
        ),
        Rule("IdentitySource", bad("Caching needs an identity source"), "AuthorizerResultTtlInSeconds > `0`", "7.5"),
        Rule(
            r"length(IdentitySource[?!matches(@, '\$(request\.(header|querystring)|context|stageVariables)\..+')]) "
            "== `0`",
            bad("Invalid identity source: {IdentitySource}"),
            f"{HTTP} && IdentitySource",
            "7.5",
        ),
        *AUTHORIZER_RULES,
    ),
    parent="Api",
    fixed={"AuthorizerType": bad("AuthorizerType cannot be changed")},
    quota=Quota("authorizers", 10, bad("Maximum number of Authorizers for this API has been reached")),
)

API_MAPPING = Kind(
    "apigatewayv2",
    "ApiMapping",
    "ApiMappingId",
    "{short}",
    unknown("ApiMapping"),
    unique=("ApiMappingKey",),
    twice=conflict("ApiMapping key already exists for this domain name"),
    rules=(
        Rule(
            r"matches(ApiMappingKey, '([A-Za-z0-9$_.+!*\x27()-]+(/[A-Za-z0-9$_.+!*\x27()-]+)*)?')",
            bad("API mapping key should only contain letters, numbers, and the characters $-_.+!*'()/"),
            source="8.2",
        ),
        Rule("length(ApiMappingKey) <= `300`", bad("An API mapping key has 300 characters at most"), source="8.2"),
    ),
    quota=Quota("api-mappings", 200, bad("Maximum number of API mappings for this domain name has been reached")),
)

# "Restrictions" on docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
RULES = "rest-api-routing-rules"
_HEADERS, _PATHS = "Conditions[].MatchHeaders", "Conditions[].MatchBasePaths"
_ANY = "Conditions[].[MatchHeaders.AnyOf, MatchBasePaths.AnyOf][]"
_GLOB = r"[A-Za-z0-9?!#$%&\x27.^_`|~-]+"
_RESERVED = (
    r"(?i)(access-control-|apigw-|x-amz-|x-amzn-).*|authorization|connection|content-encoding|content-length"
    r"|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding"
    r"|upgrade|x-apigw-api-id|x-forwarded-for|x-forwarded-host|x-forwarded-proto|x-restapi|via"
)
ROUTING_RULE = Kind(
    "apigatewayv2",
    "RoutingRule",
    "RoutingRuleId",
    "{short}",
    unknown("routing rule"),
    unique=("Priority",),
    twice=conflict("A routing rule with the priority {Priority} already exists for this domain name"),
    rules=(
        Rule("length(Actions) == `1`", bad("A routing rule has one action"), source=RULES),
        Rule(
            f"length({_HEADERS}) <= `2` && length({_PATHS}) <= `1`",
            bad("A routing rule has up to two header conditions and one base path condition"),
            source=RULES,
        ),
        Rule(
            f"length({_ANY} | [?type(@) == 'array' && length(@) != `1`]) == `0`",
            bad("Each anyOf condition can only contain one value"),
            source=RULES,
        ),
        Rule(
            rf"length({_HEADERS}.AnyOf[].Header | [?!matches(@, '[A-Za-z0-9!#$%&\x27.^_`|~-]{{1,39}}')]) == `0`",
            bad("A header name has less than 40 characters, and no wildcard"),
            source=RULES,
        ),
        Rule(
            f"length({_HEADERS}.AnyOf[].Header | [?matches(@, '{_RESERVED}')]) == `0`",
            bad("The header is not supported as a condition"),
            source=RULES,
        ),
        Rule(
            f"length({_HEADERS}.AnyOf[].ValueGlob | [?length(@) > `127` "
            rf"|| !(matches(@, '\*?{_GLOB}') || matches(@, '{_GLOB}\*') || matches(@, '\*{_GLOB}\*'))]) == `0`",
            bad("A header value has less than 128 characters, and a wildcard at its ends only"),
            source=RULES,
        ),
        Rule(
            rf"length({_PATHS}.AnyOf[] | [?!matches(@, '[A-Za-z0-9$_.+!*\x27()/-]{{1,127}}')]) == `0`",
            bad("A base path has less than 128 characters: letters, numbers and $-_.+!*'()/"),
            source=RULES,
        ),
    ),
)
