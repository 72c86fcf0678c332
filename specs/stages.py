"""Stages: under which names an API is served, how fast each may be called, and what each is told of itself.

HTTP and REST APIs have the same ones; what only REST APIs can do is said in `specs.rest`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from specs.block import Block
from specs.names import Int, ScalarText, Text
from specs.values import Form

RouteKey = Annotated[
    str,
    Form(
        r"\$default|(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[A-Za-z0-9._~!$&'()*+,;=:@%{}/-]*",
        "$default, or a method and a path such as GET /orders/{id}",
    ),
]
# apigatewayv2 CreateStage, StageName (ledger 7.6)
StageName = Annotated[str, Form(r"\$default|[A-Za-z0-9_-]{1,128}", "$default, or a name of letters, digits, - and _")]
DEFAULT = "$default"


class Throttle(Block):
    """A token bucket: steady requests per second, and how many at once."""

    rate: Annotated[float, Field(gt=0, le=1_000_000)]
    """Requests per second. Zero would refuse every request, so it is not offered (ledger 7.6)."""
    burst: Annotated[Int, Field(ge=1, le=1_000_000)]
    """Requests at once."""


class StageRoute(Block):
    """What one stage does differently with one route."""

    throttle: Throttle
    """Its throttle in this stage; elsewhere the route's own holds."""


class Stage(Block):
    """One name that an API is served under, deployed by itself after every edit."""

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
    routes: Mapping[RouteKey, StageRoute] = Field(default_factory=dict)
    """Routes that this stage throttles otherwise than they say themselves."""

    @property
    def detailed_metrics(self) -> bool:
        return self.metrics == "detailed"


class OnlyStage(Stage):
    """The one stage that carries traffic."""

    name: StageName = DEFAULT
    """Its name, which begins the path of every request unless it is `$default`."""
