"""The front door: an HTTP API, its one stage, its routes, and what is done to requests on the way in."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm, text_as
from specs.foundation import Logs
from specs.names import Bool, Int, ScalarText, Text
from specs.node import Node
from specs.values import Duration, Form, Retention

# apigatewayv2 CreateIntegration, TimeoutInMillis: 50 to 30,000
Milliseconds = Annotated[int, Duration("ms", 50, 30_000)]
Header = Annotated[str, Form(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "a header name such as x-channel")]


class Throttle(Block):
    """A token bucket: steady requests per second, and how many at once."""

    rate: Annotated[float, Field(gt=0, le=1_000_000)]
    """Requests per second. Zero would refuse every request, so it is not offered (ledger 7.6)."""
    burst: Annotated[Int, Field(ge=1, le=1_000_000)]
    """Requests at once."""


class Stage(Block):
    """The stage that carries traffic: `$default`, deployed by itself after every edit."""

    name: Literal["$default"] = "$default"
    """Its name; others come later."""
    description: Annotated[Text, Field(max_length=1024)] = ""
    """A sentence for people."""
    variables: Mapping[
        Annotated[str, Form("[A-Za-z0-9_]+", "a variable name of letters, digits and _")], ScalarText
    ] = Field(default_factory=dict)
    """Stage variables."""
    throttle: Throttle = Throttle(rate=10_000, burst=5_000)
    """What a route may take that has no throttle of its own; without it the gateway's."""
    metrics: Literal["detailed"] | None = None
    """`detailed` gives CloudWatch metrics per route."""

    @property
    def detailed_metrics(self) -> bool:
        return self.metrics == "detailed"


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


class Rewrite(Block):
    """What the container sees instead of what the client sent."""

    path: Annotated[str, Form(r"[/$].*", "a path such as /orders")] | None = None
    """The path; without it the request's own, without the stage."""
    headers: Mapping[Header, ScalarText | None] = Field(default_factory=dict)
    """Headers to set; null takes one away."""


class RouteDefaults(Block):
    """What holds for every route that does not say otherwise."""

    authorizer: Literal["none"] | None = None
    """`none` says in so many words that the routes are open."""
    timeout: Milliseconds = 30_000
    """How long the container may take to answer; API Gateway waits 30 s at most."""
    throttle: Throttle | None = None
    """A throttle for each route by itself."""


class Route(Block):
    """One `METHOD /path`, or `$default` for everything else; a bare string is the service's name."""

    short: ClassVar[ShortForm | None] = text_as("service")

    service: Text
    """The service that answers."""
    authorizer: Literal["none"] | None = None
    """`none` says in so many words that the route is open."""
    timeout: Milliseconds = 30_000
    """How long the container may take to answer."""
    throttle: Throttle | None = None
    """This route's own throttle."""
    rewrite: Rewrite = Rewrite()
    """What is changed on the way in."""


class AccessLogs(Logs):
    """One JSON line per request, in the log group of the service."""

    format: Literal["json"] = "json"
    """The format of a line."""
    retention: Annotated[int, Retention()] = 30
    """How long they are kept."""


RouteKey = Annotated[
    str,
    Form(
        r"\$default|(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[A-Za-z0-9._~!$&'()*+,;=:@%{}/-]*",
        "$default, or a method and a path such as GET /orders/{id}",
    ),
]


def _has_stages(value: object) -> bool:
    """Whether the one stage is written as a map of stages; other stages in it are refused."""
    stages = value.get("stages") if isinstance(value, Mapping) and "stage" not in value else None
    return isinstance(stages, Node) and isinstance(stages.value, Mapping) and "$default" in stages.value


def _long(value: str | Mapping[str, Node]) -> dict[str, object]:
    if isinstance(value, str):
        return {"type": value}
    stages = value["stages"].value
    assert isinstance(stages, Mapping)
    more = {name: stage for name, stage in stages.items() if name != "$default"}
    others = {key: member for key, member in value.items() if key != "stages"}
    return {**others, "stage": stages["$default"], **({"stages": value["stages"].with_value(more)} if more else {})}


class Gateway(Block):
    """The HTTP API. `gateway: http` is the same as leaving it out."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, str) or _has_stages(value),
        _long,
        {"type": "string", "enum": ["http"]},
        {
            "stages": {
                "description": "The one stage as a map: `{$default: …}`.",
                "type": "object",
                "properties": {"$default": {"$ref": "#/$defs/Stage"}},
                "additionalProperties": False,
            }
        },
    )

    type: Literal["http"] = "http"
    """The kind of API."""
    description: Annotated[Text, Field(max_length=1024)] = ""
    """A sentence for people."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """The addresses its hostname answers on."""
    stage: Stage = Stage()
    """The one stage; also written `stages: {$default: …}`."""
    cors: Cors | None = None
    """Cross-origin calls; without it API Gateway adds no header."""
    defaults: RouteDefaults = RouteDefaults()
    """What holds for every route."""
    routes: Mapping[RouteKey, Route] = Field(default_factory=dict)
    """Routes by key. The only service gets `$default` when there are none."""
    throttle: Throttle = Throttle(rate=10_000, burst=5_000)
    """For a stage that says nothing; always written, because AWS does not go back to its default (ledger 7.6)."""
    access_logs: AccessLogs = AccessLogs()
    """Access logs."""
