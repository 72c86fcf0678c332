"""What only REST APIs have: answers of API Gateway's own, caches, and plans for callers with keys."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from specs.block import Block
from specs.names import Int, Name, ScalarText, Text
from specs.stages import RouteKey, StageName, StageRoute, Throttle
from specs.values import Duration, Form, Words

ApiId = Annotated[str, Form("[a-z0-9]{10}", "the id of an API, such as a1b2c3d4e5")]
Header = Annotated[str, Form(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "a header name such as x-channel")]


class Mock(Block):
    """An answer that API Gateway gives by itself, without asking any service."""

    status: Annotated[Int, Field(ge=100, le=599)] = 200
    """The status."""
    body: Text = ""
    """The body: JSON, in which API Gateway reads `$` and `#` as its template language."""
    headers: Mapping[Header, ScalarText] = Field(default_factory=dict)
    """Headers of the answer."""


# "Cache settings for REST APIs", API Gateway developer guide
LONGEST_TTL = 3600
CacheKey = Annotated[
    str,
    Form(r"(querystring|header|path)\.[A-Za-z0-9!#$%&'*+.^_`|~-]+", "querystring.NAME, header.NAME or path.NAME"),
]
Period = Annotated[str, Words((("day", "DAY"), ("week", "WEEK"), ("month", "MONTH")))]


class RouteCache(Block):
    """Answers to one route are remembered, in the stages that have a cache."""

    ttl: Annotated[int, Duration("s", 0, LONGEST_TTL)] | None = None
    """How long; without it as long as the stage says."""
    key: tuple[CacheKey, ...] = ()
    """What tells two requests apart besides the parameters of the path, which always do."""


class Quota(Block):
    """So many requests in a day, a week or a month."""

    limit: Annotated[Int, Field(ge=1, le=2_147_483_647)]
    """Requests of one key."""
    per: Period
    """`day`, `week` or `month`."""


class UsagePlan(Block):
    """What callers with a key of this plan may do."""

    description: Text = ""
    """A sentence for people."""
    throttle: Throttle | None = None
    """For each key; without it the stage's alone."""
    quota: Quota | None = None
    """How much in how long; without it as much as they like."""
    routes: Mapping[RouteKey, StageRoute] = Field(default_factory=dict)
    """Routes that this plan throttles otherwise."""
    stages: tuple[StageName, ...] = ()
    """The stages it is for; every stage unless some are named."""
    keys: tuple[Name, ...] = ()
    """Its callers by name. Each gets a key, whose value is kept in Secrets Manager and nowhere else."""
