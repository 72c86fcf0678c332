"""Stages: under which names an API is served, how fast each may be called, and what each is told of itself.

HTTP and REST APIs have the same ones; what only one kind can do says so.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from specs.block import Block
from specs.names import Bool, Int, ScalarText, Text
from specs.values import Duration, Form, Words

_REQUEST = r"\$default|(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[A-Za-z0-9._~!$&'()*+,;=:@%{}/-]*"
_MESSAGE = r"\$(connect|disconnect)|[A-Za-z0-9_.:-][A-Za-z0-9_.:/-]{0,127}"
OF_REQUESTS = re.compile(_REQUEST)
"""The routes of HTTP and REST APIs, and of load balancers."""
RouteKey = Annotated[
    str,
    Form(
        f"{_REQUEST}|{_MESSAGE}",
        "$default, or a method and a path such as GET /orders/{id}; $connect, $disconnect or a word for messages",
    ),
]
# apigatewayv2 CreateStage, StageName (ledger 7.6)
StageName = Annotated[str, Form(r"\$default|[A-Za-z0-9_-]{1,128}", "$default, or a name of letters, digits, - and _")]
VariableName = Annotated[str, Form("[A-Za-z0-9_]+", "a variable name of letters, digits and _")]
DEFAULT = "$default"
CONNECT, DISCONNECT = "$connect", "$disconnect"
"""What a WebSocket API does when a client comes and when it is gone."""
LIVE = "live"
"""What the one stage of a REST or WebSocket API is called when nobody says; `$default` is for HTTP APIs."""


class Throttle(Block):
    """A token bucket: steady requests per second, and how many at once."""

    rate: Annotated[float, Field(gt=0, le=1_000_000)]
    """Requests per second. Zero would refuse every request, so it is not offered (ledger 7.6)."""
    burst: Annotated[Int, Field(ge=1, le=1_000_000)]
    """Requests at once."""


class StageCache(Block):
    """The cache of one stage."""

    size: Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"] = "0.5"
    """Its size in GB (apigateway CreateStage, cacheClusterSize)."""
    ttl: Annotated[int, Duration("s", 0, 3600)] = 300
    """How long an answer is remembered for a route that does not say."""
    encrypted: Bool = False
    """Whether what it holds is encrypted."""


class StageCanary(Block):
    """A share of a stage's requests that gets each new deployment first; `penstock promote` gives it to the rest."""

    percent: Annotated[float, Field(ge=0, le=100)]
    """How many of a hundred requests."""
    variables: Mapping[VariableName, ScalarText] = Field(default_factory=dict)
    """Stage variables that these see otherwise, or besides."""
    use_cache: Bool = False
    """Whether they are answered from the stage's cache."""


class Deployments(Block):
    """The snapshots that stages serve."""

    keep: Annotated[Int, Field(ge=1, le=100)] = 10
    """How many stay to go back to, whether a stage serves them or not."""


class StageRoute(Block):
    """What one stage does differently with one route."""

    throttle: Throttle
    """Its throttle in this stage; elsewhere the route's own holds."""


class Stage(Block):
    """One name that an API is served under, deployed by itself after every edit."""

    description: Annotated[Text, Field(max_length=1024)] = ""
    """A sentence for people."""
    variables: Mapping[VariableName, ScalarText] = Field(default_factory=dict)
    """Stage variables."""
    deploy: Literal["auto", "manual"] = "auto"
    """`manual`: it goes on serving what it serves until `penstock promote` (REST)."""
    canary: StageCanary | None = None
    """Only this share is deployed to after an edit, and the rest by `penstock promote` (REST)."""
    throttle: Throttle = Throttle(rate=10_000, burst=5_000)
    """What a route may take that has no throttle of its own; without it the gateway's."""
    metrics: Literal["detailed"] | None = None
    """`detailed` gives CloudWatch metrics per route."""
    cache: StageCache | None = None
    """A cache of its own, billed by the hour, for the routes that say so (REST)."""
    tracing: Bool = False
    """Whether requests are traced by X-Ray (REST)."""
    execution_logs: Annotated[str, Words((("off", "OFF"), ("error", "ERROR"), ("info", "INFO")))] = "OFF"
    """What API Gateway logs of its own work: off, error or info (REST and WebSocket)."""
    routes: Mapping[RouteKey, StageRoute] = Field(default_factory=dict)
    """Routes that this stage throttles otherwise than they say themselves."""

    @property
    def by_hand(self) -> bool:
        """Whether it goes on serving what it serves until somebody promotes another deployment."""
        return self.deploy == "manual" or self.canary is not None

    @property
    def detailed_metrics(self) -> bool:
        return self.metrics == "detailed"


class OnlyStage(Stage):
    """The one stage that carries traffic."""

    name: StageName = DEFAULT
    """Its name, which begins the path of every request unless it is `$default`."""
