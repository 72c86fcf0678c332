"""REST APIs, their resources and what hangs on them: an API is a tree that nobody sees until a deployment has taken a
picture of it, and a stage shows one such picture (ledger 6).
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Reference, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigateway.metering import REFERENCES as METERING
from sandbox.services.apigateway.parts import AUTHORIZER, LIMIT, REQUEST_VALIDATOR
from sandbox.services.apigateway.words import INVALID, bad, conflict, missing
from sandbox.services.apigatewayv2.access import API_MAPPING, ROUTING_RULE
from sandbox.services.apigatewayv2.facts import INTEGRATION as INTEGRATION_V2
from sandbox.services.apigatewayv2.facts import VPC_LINK as VPC_LINK_V2
from sandbox.services.elbv2.facts import LOAD_BALANCER

TOKEN_REUSED = INVALID
PAGE = {"*": 25}  # ledger 0.4
MOST = 500  # items in a page; ledger 0.4
TLS = "SecurityPolicy_"  # how the policies of 2025 begin, which need an endpoint access mode

SIZE = bad("Invalid minimum compression size, must be between 0 and 10485760")
REST_API = Kind(
    "apigateway",
    "RestApi",
    "id",
    "{short}",
    missing("Invalid API identifier specified {account}:{id}"),
    arn="arn:aws:apigateway:{region}::/restapis/{id}",
    defaults={
        "apiKeySource": "HEADER",
        "apiStatus": "AVAILABLE",
        "disableExecuteApiEndpoint": False,
        "securityPolicy": "TLS_1_0",
    },
    rules=(
        Rule("length(name) >= `1`", bad("Name cannot be empty"), source="6.2"),
        Rule("description != ''", bad("Description cannot be an empty string"), source="6.2"),
        Rule(
            "minimumCompressionSize >= `0` && minimumCompressionSize <= `10485760`",
            SIZE,
            "minimumCompressionSize != `null`",
            "6.2",
        ),
        Rule(
            "endpointConfiguration.types",
            bad("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."),
            source="6.2",
        ),
        Rule(
            "length(endpointConfiguration.types) == `1`",
            bad("Cannot create an api with multiple Endpoint Types."),
            source="6.2",
        ),
        Rule(
            "endpointConfiguration.ipAddressType == 'dualstack'",
            bad("Only dualstack ipAddressType is supported for Private APIs."),
            "endpointConfiguration.types[0] == 'PRIVATE'",
            "6.2",
        ),
        Rule(
            "!(endpointConfiguration.vpcEndpointIds)",
            bad("VPC endpoints can be specified for private APIs only"),
            "endpointConfiguration.types[0] != 'PRIVATE'",
            "6.2",
        ),
        Rule(
            "endpointAccessMode",
            bad("An endpoint access mode is required for the security policy {securityPolicy}"),
            f"starts_with(securityPolicy, '{TLS}')",
            "api-gateway security policies",
        ),
        Rule(
            f"starts_with(securityPolicy, '{TLS}')",
            bad("An endpoint access mode requires a security policy that starts with SecurityPolicy_"),
            "endpointAccessMode",
            "api-gateway security policies",
        ),
    ),
    quota=Quota("rest-apis", 600, Refusal(LIMIT, "Maximum number of REST APIs has been reached")),
)

_PART = bad(
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning "
    "and the end."
)
RESOURCE = Kind(
    "apigateway",
    "Resource",
    "id",
    "{short}",
    missing("Invalid Resource identifier specified"),
    unique=("parentId", "pathPart"),
    twice=conflict("Another resource with the same parent already has this name: {pathPart}"),
    rules=(Rule(r"matches(pathPart, '[a-zA-Z0-9._:,-]+|\{[a-zA-Z0-9._:-]+\+?\}')", _PART, "parentId", "6.3"),),
    quota=Quota("rest-resources", 300, Refusal(LIMIT, "Maximum number of resources for this API has been reached")),
)

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
_METHODS = ", ".join(f"'{each}'" for each in METHODS)
METHOD = Kind(
    "apigateway",
    "Method",
    "",
    "{parent}/{httpMethod}",
    missing("Invalid Method identifier specified"),
    unique=("httpMethod",),
    twice=conflict("Method already exists for this resource"),
    defaults={"apiKeyRequired": False},
    rules=(
        Rule(
            f"contains([{_METHODS}], httpMethod)",
            bad(f"Invalid HttpMethod specified. Valid options are {','.join(METHODS)}"),
            source="6.4",
        ),
        Rule(
            "contains(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS', 'JWT'], authorizationType)",
            bad("Invalid authorization type specified: {authorizationType}"),
            source="6.4",
        ),
        Rule(
            "contains(['COGNITO_USER_POOLS', 'JWT'], authorizationType)",
            bad("Authorization scopes need an authorizer of type COGNITO_USER_POOLS or JWT"),
            "authorizationScopes",
            "6.4",
        ),
    ),
)
METHOD_RESPONSE = Kind(
    "apigateway",
    "MethodResponse",
    "",
    "{parent}/{statusCode}",
    missing("Invalid Response status code specified"),
    unique=("statusCode",),
    twice=conflict("Response already exists for this resource"),
)

_PRIVATE, _HTTP = "connectionType == 'VPC_LINK'", "contains(['HTTP', 'HTTP_PROXY'], type)"
_AWS = "contains(['AWS', 'AWS_PROXY'], type)"
_STREAMS, LONGEST_STREAM = "responseTransferMode == 'STREAM'", 900_000  # ms; guide, "Stream the integration response"
INTEGRATION = Kind(
    "apigateway",
    "Integration",
    "",
    "{parent}/integration",
    missing("Invalid Integration identifier specified"),
    defaults={
        "cacheKeyParameters": [],
        "passthroughBehavior": "WHEN_NO_MATCH",
        "responseTransferMode": "BUFFERED",
        "timeoutInMillis": 29000,
    },
    rules=(
        Rule("httpMethod", bad("Enumeration value for HttpMethod must be non-empty"), "type != 'MOCK'", "6.5"),
        Rule(
            f"contains([{_METHODS}], httpMethod)",
            bad(f"Invalid HttpMethod specified. Valid options are {','.join(METHODS)}"),
            "httpMethod",
            "6.5",
        ),
        Rule(
            r"matches(uri, 'https?://[^/\s:]+(:([0-9]{1,5}|\$\{stageVariables\.[A-Za-z0-9_]+\}))?([/?]\S*)?')",
            bad("Invalid HTTP endpoint specified for URI"),
            _HTTP,
            "6.5",
        ),
        Rule(
            r"matches(uri, 'arn:aws[^:]*:[^:]+:\S+')",
            bad("Invalid ARN specified in the request"),
            _AWS,
            "6.5",
        ),
        Rule(
            r"matches(uri, 'arn:aws[^:]*:apigateway:[^:]+:[^:]+:(path|action)/\S*')",
            bad("AWS ARN for integration must contain path or action"),
            _AWS,
            "6.5",
        ),
        Rule(
            "contains(uri, ':lambda:path/') || contains(uri, ':firehose:action/')",
            bad(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream "
                "invocations."
            ),
            "type == 'AWS_PROXY'",
            "6.5",
        ),
        Rule(_HTTP, bad("A VPC link can be used with integrations of type HTTP and HTTP_PROXY only"), _PRIVATE, "6.5"),
        Rule("connectionId", bad("A connectionId must be specified for connectionType VPC_LINK"), _PRIVATE, "6.5"),
        Rule(_PRIVATE, bad("A connectionId needs connectionType VPC_LINK"), "connectionId", "6.5"),
        Rule("connectionId", bad("An integrationTarget needs a VPC link"), "integrationTarget", "6.5"),
        Rule(
            "contains(['HTTP_PROXY', 'AWS_PROXY'], type)",
            bad("Response streaming is supported for HTTP_PROXY and AWS_PROXY integrations only"),
            _STREAMS,
            "6.5",
        ),
        Rule(
            f"timeoutInMillis >= `50` && timeoutInMillis <= `{LONGEST_STREAM}`",
            bad(f"Timeout should be between 50 ms and {LONGEST_STREAM} ms"),
            _STREAMS,
            "6.5",
        ),
        Rule(
            "contains(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'], passthroughBehavior)",
            bad("Invalid passthrough behavior specified: {passthroughBehavior}"),
            source="6.5",
        ),
        Rule(_HTTP, bad("tlsConfig is supported for HTTP and HTTP_PROXY integrations only"), "tlsConfig", "6.5"),
    ),
)
TIMEOUT = Quota("integration-timeout-ms", 29000, bad("Timeout should be between 50 ms and 29000 ms"))
INTEGRATION_RESPONSE = Kind(
    "apigateway",
    "IntegrationResponse",
    "",
    "{parent}/{statusCode}",
    missing("Invalid Response status code specified"),
)

DEPLOYMENT = Kind("apigateway", "Deployment", "id", "{short}", missing("Invalid Deployment identifier specified"))

STAGE = Kind(
    "apigateway",
    "Stage",
    "",
    "{parent}/{stageName}",
    missing("Invalid stage identifier specified"),
    arn="arn:aws:apigateway:{region}::/restapis/{parent}/stages/{stageName}",
    unique=("stageName",),
    twice=conflict("Stage already exists"),
    defaults={
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
    },
    rules=(
        Rule("matches(stageName, '[A-Za-z0-9_-]{1,128}')", bad("Stage name only allows a-zA-Z0-9_-"), source="6.7"),
        Rule(
            "length(keys(variables)[?!matches(@, '[A-Za-z0-9_]+')]) == `0`",
            bad("Stage variable names may have only these characters: A-Z a-z 0-9 _"),
            "variables",
            "6.7",
        ),
        Rule(
            "length(values(variables)[?!matches(@, '[A-Za-z0-9._~:/?#&=,-]{1,512}')]) == `0`",
            bad("Stage variable values may have only these characters: A-Z a-z 0-9 - . _ ~ : / ? # & = ,"),
            "variables",
            "6.7",
        ),
        Rule(
            "canarySettings.percentTraffic >= `0` && canarySettings.percentTraffic <= `100`",
            bad("Invalid canary settings: percentTraffic must be between 0.0 and 100.0"),
            "canarySettings",
            "6.7",
        ),
    ),
    quota=Quota("rest-stages", 10, Refusal(LIMIT, "Maximum number of stages for this API has been reached")),
)

LINK_STARTS, LINK_STOPS = 180, 60  # seconds; ledger 6.1: "2-4 min typical"
CACHE_STARTS, CACHE_STOPS = 240, 60  # seconds; ledger 6.7: "~4 min typical"
VPC_LINK = Kind(
    "apigateway",
    "VpcLink",
    "id",
    "{short}",
    missing("Invalid Vpc Link identifier specified"),
    arn="arn:aws:apigateway:{region}::/vpclinks/{id}",
    defaults={"status": "PENDING"},
    rules=(
        Rule("length(name) >= `1`", bad("Name cannot be empty"), source="6.1"),
        Rule("length(targetArns) == `1`", bad("More than one target arn specified"), "length(targetArns) > `1`", "6.1"),
        Rule("targetArns", bad("Target arns cannot be empty"), source="6.1"),
    ),
    quota=Quota("rest-vpc-links", 20, Refusal(LIMIT, "Maximum number of VPC links has been reached")),
)

ACCOUNT = Kind(
    "apigateway",
    "Account",
    "",
    "account",
    missing("Invalid account"),
    defaults={
        "apiKeyVersion": "4",
        "features": ["UsagePlans"],
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
    },
)

POINTED = bad("Active stages pointing to this deployment must be moved or deleted")
CANARY = bad("Active stages with canary settings pointing to this deployment must be moved or deleted")
LINKED = bad(
    "Cannot delete vpc link. Vpc link '{id}', is referenced in [{holder}] in format of [Method:Resource:Stage]"
)
_MAPPED = bad(
    "Deleting RestApi {id} failed. Please remove all base path mappings related to the RestApi in your domains"
)
_MAPPED_STAGE = bad("Deleting stage {id} failed. Please remove all base path mappings related to the stage")
_RULED = bad("Deleting {id} failed. Please remove all routing rules that invoke it from your domains")
_NO_DEPLOYMENT = bad("Deployment id does not exist")
_SERVED = Refusal(
    "ResourceInUse", "Load balancer '{id}' cannot be deleted because it is currently associated with another service"
)
_NO_AUTHORIZER = bad(
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid "
    "authorizer."
)
_NO_VALIDATOR = bad("Invalid Request Validator identifier specified")  # recorded put_method, update_method
_AUTHORIZES = conflict("Cannot delete authorizer '{id}', is referenced in method: {holder}")
_VALIDATES = conflict("Cannot delete validator '{id}', is referenced in method: {holder}")
REFERENCES = (
    Reference(METHOD, "authorizerId", AUTHORIZER, _NO_AUTHORIZER, _AUTHORIZES, "6.9"),
    Reference(METHOD, "requestValidatorId", REQUEST_VALIDATOR, _NO_VALIDATOR, _VALIDATES, "6.10"),
    *METERING,
    Reference(INTEGRATION, "connectionId", VPC_LINK, in_use=LINKED, source="6.1"),
    Reference(INTEGRATION, "connectionId", VPC_LINK_V2, in_use=LINKED, source="6.5"),
    Reference(  # of a WebSocket API; a stage variable in its place names nobody yet
        INTEGRATION_V2,
        "matches(IntegrationUri, 'https?://.+') && matches(ConnectionId, '[a-z0-9]+') && ConnectionId",
        VPC_LINK,
        unknown=bad("VpcLink not found {id}"),
        in_use=LINKED,
        source="terraform-aws-apigateway-v2#151",
    ),
    Reference(STAGE, "deploymentId", DEPLOYMENT, _NO_DEPLOYMENT, POINTED, "6.6"),
    Reference(STAGE, "canarySettings.deploymentId", DEPLOYMENT, _NO_DEPLOYMENT, CANARY, "6.6"),
    Reference(API_MAPPING, "ApiId", REST_API, in_use=_MAPPED, source="6.2"),
    Reference(API_MAPPING, "join('/', [ApiId, Stage])", STAGE, in_use=_MAPPED_STAGE, source="6.7"),
    Reference(ROUTING_RULE, "Actions[].InvokeApi.ApiId", REST_API, in_use=_RULED, source="unverified"),
    Reference(
        ROUTING_RULE,
        "Actions[].InvokeApi.join('/', [ApiId, Stage])",
        STAGE,
        in_use=_RULED,
        source="unverified",
    ),
    Reference(VPC_LINK, "targetArns", LOAD_BALANCER, in_use=_SERVED, source="6.1"),
)
