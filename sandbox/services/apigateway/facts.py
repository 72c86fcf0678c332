"""REST APIs, their resources and what hangs on them: an API is a tree that nobody sees until a deployment has taken a
picture of it, and a stage shows one such picture (ledger 6).
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigateway.parts import LIMIT
from sandbox.services.apigateway.words import INVALID, bad, conflict, missing

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
    rules=(Rule(r"matches(pathPart, '[a-zA-Z0-9._:,$-]+|\{[a-zA-Z0-9._:$-]+\+?\}')", _PART, "parentId", "6.3"),),
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
