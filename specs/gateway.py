"""The front door: an HTTP API, its stages, its routes, and what is done to requests on the way in."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.authorizers import Authorizer, Scopes
from specs.balancing import Waf
from specs.block import Block, ShortForm, text_as
from specs.domain import Domain
from specs.foundation import Logs
from specs.names import Bool, Int, Name, Port, ScalarText, Text
from specs.rest import (
    ApiId,
    Bytes,
    GatewayResponse,
    Header,
    MediaType,
    Mock,
    Model,
    ModelName,
    OpenApi,
    PolicyStatement,
    Reason,
    RouteCache,
    TlsPolicy,
    UsagePlan,
    Validate,
    VpcEndpointId,
)
from specs.stages import Deployments, OnlyStage, RouteKey, Stage, StageName, Throttle
from specs.values import Duration, Form, Retention

# As long as a REST API streams an answer; what each type of API waits else is checked (checks_gateway, checks_rest)
Milliseconds = Annotated[int, Duration("ms", 50, 900_000)]


QueryName = Annotated[str, Form(r"[A-Za-z0-9._~-]{1,256}", "a query parameter such as page")]
# apigatewayv2 CreateApi, RouteSelectionExpression; developer guide, websocket-api-develop-routes
Selection = Annotated[
    str,
    Form(
        r"\$request\.body\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*",
        "a member of the messages such as $request.body.action",
    ),
]
StatusCode = Annotated[str, Form("[2-5][0-9][0-9]", 'a status in quotes such as "404"')]


class Cors(Block):
    """Which pages of other origins may call the API, answered by API Gateway itself."""

    origins: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Origins with their scheme, such as https://shop.example.com; `*` is any."""
    methods: tuple[Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"], ...] = ()
    """Methods they may use."""
    headers: tuple[Text, ...] = ()
    """Request headers they may send."""
    expose_headers: tuple[Text, ...] = ()
    """Response headers they may read."""
    credentials: Bool = False
    """Whether cookies travel; not together with origin `*`."""
    max_age: Annotated[int, Duration("s", 0, 86_400)] = 0
    """How long a browser may remember the answer; apigatewayv2 allows up to a day."""


class Answer(Block):
    """What the client sees instead of what the container answered."""

    status: Annotated[Int, Field(ge=200, le=599)] | None = None
    """Another status."""
    headers: Mapping[Header, ScalarText | None] = Field(default_factory=dict)
    """Headers to set; null takes one away."""


class Rewrite(Block):
    """What the container sees instead of what the client sent, and the client instead of what the container answered.

    Values may read the request, its context and the stage: `$request.header.x`, `$context.requestId`,
    `$stageVariables.x` (API Gateway guide, http-api-parameter-mapping).
    """

    path: Annotated[str, Form(r"[/$].*", "a path such as /orders")] | None = None
    """The path; without it the request's own, without the stage."""
    headers: Mapping[Header, ScalarText | None] = Field(default_factory=dict)
    """Headers to set; null takes one away."""
    query: Mapping[QueryName, ScalarText | None] = Field(default_factory=dict)
    """Query parameters to set; null takes one away."""
    response: Mapping[StatusCode, Answer] = Field(default_factory=dict)
    """By the status that the container answers with, such as `"404"`."""


# elbv2 HostHeaderConditionConfig, Values: `*` and `?` stand for any characters and for one
Host = Annotated[
    str,
    Form(
        r"[A-Za-z0-9.*?-]{1,128}|\^[!-~]{1,127}",
        "a host name such as shop.example.com or *.example.com, or an expression such as ^(a|b)\\.example\\.com$",
    ),
]


# elbv2 RedirectActionConfig: values may hold #{protocol}, #{host}, #{port}, #{path} and #{query} of the request
RedirectPath = Annotated[str, Form(r"/[!-~]{0,127}", "a path such as /shop/#{path}")]
RedirectHost = Annotated[str, Form(r"[A-Za-z0-9.*#{}-]{1,128}", "a host name such as www.#{host}")]
RedirectQuery = Annotated[str, Form(r"(?!\?)[!-~]{0,128}", "a query without its question mark, such as from=#{host}")]


class Redirect(Block):
    """Where callers are sent instead; what is not said is as they asked for. A bare string is the host."""

    short: ClassVar[ShortForm | None] = text_as("host")

    protocol: Literal["http", "https"] | None = None
    """Another protocol."""
    host: RedirectHost | None = None
    """Another host."""
    port: Port | None = None
    """Another port."""
    path: RedirectPath | None = None
    """Another path; `#{path}` is the one that was asked for, without its first slash."""
    query: RedirectQuery | None = None
    """Another query; an empty one takes it away."""
    status: Annotated[Int, Field(ge=301, le=302)] = 302
    """301 is for good, and remembered; 302 for now."""


class RouteDefaults(Block):
    """What holds for every route that does not say otherwise."""

    authorizer: Name | None = None
    """Who may call; `none` says in so many words that the routes are open."""
    scopes: Scopes = ()
    """Of which a token has to have one."""
    api_key: Literal["required"] | None = None
    """`required`: only with a key of a usage plan (REST)."""
    timeout: Milliseconds = 30_000
    """How long the container may take to answer: an HTTP API waits 30 s at most, a REST API 29 s, or longer when the
    account's quota was raised, and 15 minutes where it streams."""
    throttle: Throttle | None = None
    """A throttle for each route by itself."""


class Route(Block):
    """One `METHOD /path`, or `$default` for everything else; a bare string is the service's name."""

    short: ClassVar[ShortForm | None] = text_as("service")

    service: Text = ""
    """The service that answers."""
    weights: Annotated[Mapping[Name, Annotated[Int, Field(ge=0, le=999)]], Field(max_length=5)] = Field(
        default_factory=dict
    )
    """Or several services share it, each by its weight, as `{web: 9, next: 1}`; where the load balancer is the front
    door (`gateway: none`)."""
    sticky: Annotated[int, Duration("s", 1, 604_800)] | None = None
    """How long a caller stays with the service that `weights` gave it; without it every request is dealt out anew."""
    mock: Mock | None = None
    """Or API Gateway answers by itself (REST)."""
    redirect: Redirect | None = None
    """Or callers are sent elsewhere; where the load balancer is the front door (`gateway: none`)."""
    authorizer: Name | None = None
    """Who may call; `none` says in so many words that the route is open."""
    scopes: Scopes = ()
    """Of which a token has to have one; without it the default's where the authorizer is the default's too."""
    api_key: Literal["required"] | None = None
    """`required`: only with a key of a usage plan (REST)."""
    validation: Validate | None = Field(None, alias="validate")
    """What is looked at before the request is let through (REST)."""
    response_mode: Literal["buffered", "stream"] | None = None
    """Whether this route's answers are passed on while they come in; without it as the gateway says (REST)."""
    cache: RouteCache | None = None
    """Answers are remembered, in the stages that have a cache (REST)."""
    timeout: Milliseconds = 30_000
    """How long the container may take to answer; `defaults.timeout` says how long it may be."""
    throttle: Throttle | None = None
    """This route's own throttle."""
    hosts: Annotated[tuple[Host, ...], Field(max_length=3)] = ()
    """The host names it is for, or one regular expression that begins with `^`; where the load balancer is the front
    door (`gateway: none`)."""
    rewrite: Rewrite = Rewrite()
    """What is changed on the way in."""
    reply: Bool = False
    """Whether the client hears what the container answers to its message (WebSocket)."""


class AccessLogs(Logs):
    """One JSON line per request, in the log group of the service."""

    format: Literal["json"] = "json"
    """The format of a line."""
    retention: Annotated[int, Retention()] = 30
    """How long they are kept."""


class Gateway(Block):
    """The API. `gateway: http` is the same as leaving it out, `gateway: rest` makes a REST API."""

    short: ClassVar[ShortForm | None] = text_as("type", enum=["http", "rest", "websocket", "none"])

    type: Literal["http", "rest", "websocket", "none"] = "http"
    """The kind of API; REST has what HTTP APIs lack, at a price: keys and plans, caches, validation. A `websocket` API
    keeps connections open and brings their messages to the container. With `none` there is no API: the load balancer is
    the front door, and `routes` are rules of its listener."""
    selection: Selection | None = None
    """What of a message its route is chosen by (WebSocket)."""
    adopt: ApiId | None = None
    """The id of a REST API made by hand: of it only what is said here is changed, and nothing is deleted."""
    description: Annotated[Text, Field(max_length=1024)] = ""
    """A sentence for people."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """The addresses its hostname answers on."""
    endpoint: Literal["regional", "edge", "private"] = "regional"
    """Where it answers: in its region, at the edge by CloudFront, or only inside VPCs (REST)."""
    vpc_endpoints: tuple[VpcEndpointId, ...] = ()
    """The VPC endpoints that a private API answers through (REST)."""
    tls_policy: TlsPolicy | None = None
    """What TLS its own hostname speaks; without it AWS's default (REST)."""
    compression: Annotated[int, Bytes()] | None = None
    """Bodies from this size on are compressed for who takes it; without it none (REST)."""
    binary_media_types: tuple[MediaType, ...] = ()
    """Bodies of these types are no text (REST)."""
    response_mode: Literal["buffered", "stream"] = "buffered"
    """Whether answers are passed on while they come in (REST)."""
    policy: tuple[PolicyStatement, ...] = ()
    """Who may call at all; without it anybody (REST)."""
    openapi: OpenApi | None = None
    """An OpenAPI document with what the API consists of (REST)."""
    stage: OnlyStage | None = None
    """The one stage, when there is one; `{name: $default}` when nothing is said."""
    stages: Mapping[StageName, Stage] = Field(default_factory=dict)
    """The stages by name, when there are several; instead of `stage`."""
    deployments: Deployments = Deployments()
    """The snapshots that stages serve (REST)."""
    cors: Cors | None = None
    """Cross-origin calls; without it API Gateway adds no header."""
    responses: Mapping[Reason, GatewayResponse] = Field(default_factory=dict)
    """What API Gateway answers when it turns a request away itself, by reason, as AWS calls it: `UNAUTHORIZED`,
    `THROTTLED`, `DEFAULT_4XX` for all that have none of their own (REST)."""
    authorizers: Mapping[Name, Authorizer] = Field(default_factory=dict)
    """Who may call, by name; with any of them, every route says which, or `none`."""
    defaults: RouteDefaults = RouteDefaults()
    """What holds for every route."""
    routes: Mapping[RouteKey, Route] = Field(default_factory=dict)
    """Routes by key. The only service gets `$default` when there are none."""
    models: Mapping[ModelName, Model] = Field(default_factory=dict)
    """What bodies have to look like, by name (REST)."""
    usage_plans: Mapping[Name, UsagePlan] = Field(default_factory=dict)
    """What callers with a key may do, by plan (REST)."""
    throttle: Throttle = Throttle(rate=10_000, burst=5_000)
    """For a stage that says nothing; always written, because AWS does not go back to its default (ledger 7.6)."""
    access_logs: AccessLogs = AccessLogs()
    """Access logs."""
    waf: Waf | None = None
    """The web ACL in front of every stage; REST only, in front of the load balancer for others."""
    integration: Literal["link", "linkV1", "internet", "cloudMap"] = "link"
    """How API Gateway reaches the services: by a VPC link to their load balancer; by one of the first generation, which
    leads to one network load balancer and nowhere else (REST; WebSocket APIs know no other); over the internet by the
    balancer's public name, with a secret header that the listener's rules demand (made up, and kept in Secrets
    Manager); or by the link to the tasks themselves, which ECS registers in Cloud Map, without a load balancer
    (HTTP)."""
    domain: Domain | None = None
    """The name of one's own that people call it by."""
    default_endpoint: Literal["enabled", "disabled"] = "enabled"
    """`disabled` takes the execute-api hostname away: the custom domain is the only way in."""

    @property
    def domain_endpoint(self) -> Literal["regional", "edge", "private"]:
        """Where the custom domain answers: a private API has private names only."""
        said = self.domain.endpoint if self.domain is not None else None
        return said or ("private" if self.endpoint == "private" else "regional")
