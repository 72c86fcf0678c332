"""What only REST APIs have: answers of API Gateway's own, caches, plans for callers with keys, and who may come from
where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm, text_as
from specs.names import Bool, Cidr, Int, Name, ScalarText, Text
from specs.stages import RouteKey, StageName, StageRoute, Throttle
from specs.values import Duration, Form, Scalar, Words, refuse

# Files lie beside the spec or below it, so that a spec tells nobody what else is on a disk
FILE = r"(\./)?[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*"
FileName = Annotated[str, Form(FILE, "a file beside this one or below it, such as ./openapi/shop.yaml")]
ApiId = Annotated[str, Form("[a-z0-9]{10}", "the id of an API, such as a1b2c3d4e5")]
Header = Annotated[str, Form(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "a header name such as x-channel")]


# apigateway CreateRestApi, securityPolicy (botocore): those of 2025 bring an endpoint access mode along
TlsPolicy = Literal[
    "TLS_1_0", "TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS13_2025_EDGE", "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS12_2018_EDGE",
]  # fmt: skip
VpcEndpointId = Annotated[str, Form("vpce-[0-9a-f]{8,17}", "a VPC endpoint's id such as vpce-0a1b2c3d4e5f60718")]
MediaType = Annotated[str, Form(r"[\w.+*-]+/[\w.+*-]+", "a media type such as image/png")]


@dataclass(frozen=True, slots=True)
class Bytes(Scalar):
    """`0B 512B 1KiB 10MiB`, kept as bytes (apigateway CreateRestApi, minimumCompressionSize: up to 10 MiB)."""

    most: int = 10_485_760

    def parse(self, value: object) -> int:
        found = re.fullmatch(r"(0|[1-9][0-9]{0,7})(B|KiB|MiB)", value) if isinstance(value, str) else None
        if found is None:
            raise refuse("size", "Input should be {form}", form="a size such as 1KiB")
        amount = int(found[1]) * {"B": 1, "KiB": 1024, "MiB": 1_048_576}[found[2]]
        if amount > self.most:
            raise refuse("range", "Input should be from {least} to {most}", least="0B", most="10MiB")
        return amount

    def show(self, value: Any) -> str:
        for size, unit in ((1_048_576, "MiB"), (1024, "KiB")):
            if value and not value % size:
                return f"{value // size}{unit}"
        return f"{value}B"

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": "^(0|[1-9][0-9]*)(B|KiB|MiB)$"}


class PolicyStatement(Block):
    """Who may call the API at all, before any authorizer is asked."""

    effect: Literal["Allow", "Deny"]
    """Where only denials are written, everybody else is let in."""
    principal: Text = "*"
    """An account, role or user by ARN; `*` is anybody."""
    action: Text = "execute-api:Invoke"
    """What may be done."""
    resources: tuple[Text, ...] = ("execute-api:/*",)
    """Stages, methods and paths, as `execute-api:/prod/GET/orders/*`."""
    source_ip: tuple[Cidr, ...] = ()
    """Only from these addresses."""
    unless_source_ip: tuple[Cidr, ...] = ()
    """From any but these addresses."""
    source_vpc_endpoint: tuple[VpcEndpointId, ...] = ()
    """Only through these VPC endpoints."""
    unless_source_vpc_endpoint: tuple[VpcEndpointId, ...] = ()
    """Through any but these VPC endpoints."""


class Mock(Block):
    """An answer that API Gateway gives by itself, without asking any service."""

    status: Annotated[Int, Field(ge=100, le=599)] = 200
    """The status."""
    body: Text = ""
    """The body: JSON, in which API Gateway reads `$` and `#` as its template language."""
    headers: Mapping[Header, ScalarText] = Field(default_factory=dict)
    """Headers of the answer."""


Reason = Annotated[str, Form("[A-Z][A-Z0-9_]*", "a gateway response such as THROTTLED or DEFAULT_4XX")]


class GatewayResponse(Block):
    """What API Gateway answers when it turns a request away itself, for one reason."""

    status: Annotated[Int, Field(ge=100, le=599)] | None = None
    """The status; without it the one that the reason has."""
    headers: Mapping[Header, ScalarText] = Field(default_factory=dict)
    """Headers of the answer: text, or one of $context.NAME, $request.header.NAME and $stageVariables.NAME."""
    body: Text = '{"message":$context.error.messageString}'
    """The body: JSON, in which API Gateway fills in `$context.error.messageString` and the like."""


# "Cache settings for REST APIs", API Gateway developer guide
LONGEST_TTL = 3600
CacheKey = Annotated[
    str,
    Form(r"(querystring|header|path)\.[A-Za-z0-9:._$-]+", "querystring.NAME, header.NAME or path.NAME"),
]
Period = Annotated[str, Words((("day", "DAY"), ("week", "WEEK"), ("month", "MONTH")))]


class RouteCache(Block):
    """Answers to one route are remembered, in the stages that have a cache."""

    ttl: Annotated[int, Duration("s", 0, LONGEST_TTL)] | None = None
    """How long; without it as long as the stage says."""
    key: tuple[CacheKey, ...] = ()
    """What tells two requests apart besides the parameters of the path, which always do."""


ModelName = Annotated[str, Form("[A-Za-z0-9]{1,128}", "a model's name of letters and digits, such as order")]


class Model(Block):
    """What a body has to look like: `schema`, or a `file` with it."""

    json_schema: Mapping[str, Any] = Field(alias="schema")
    """JSON Schema, draft 4, for bodies of `application/json`."""
    file: FileName | None = None
    """The schema in a file of its own, JSON or YAML, beside the spec."""
    description: Text = ""
    """A sentence for people."""


class OpenApi(Block):
    """An OpenAPI document that the API is made of; `routes` and the rest of the gateway go before what it says."""

    short: ClassVar[ShortForm | None] = text_as("file")

    file: FileName
    """The document beside the spec: OpenAPI 3.0 or Swagger 2.0, YAML or JSON."""
    mode: Literal["merge", "overwrite"] = "merge"
    """What becomes of things in an API made by hand that neither the document nor the spec has: `merge` leaves them
    alone, `overwrite` takes them away. In an API of Penstock's own they go in any case."""
    fail_on_warnings: Bool = False
    """Whether what API Gateway would pass over is a mistake."""


class Validate(Block):
    """What API Gateway looks at before it lets a request through; what is wrong is answered with 400."""

    body: ModelName | None = None
    """The model that the body has to fit."""
    params: Bool = False
    """Whether required parameters have to be there."""
    required: tuple[CacheKey, ...] = ()
    """The parameters that have to be there besides those of the path."""


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
