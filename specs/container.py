"""What runs beside and inside a task: sidecars, health checks, permissions."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from specs.block import Block, ShortForm, text_as
from specs.names import Bool, Int, OneOrMore, ScalarText, Text, scalar_text
from specs.secret import SecretRef
from specs.values import Duration, Form, Size

# ecs RegisterTaskDefinition, KeyValuePair: any name will do for ECS, a shell wants this one
EnvName = Annotated[str, Form("[A-Za-z_][A-Za-z0-9_.-]*", "a variable name such as LOG_LEVEL")]
Image = Annotated[str, Form("[a-zA-Z0-9][a-zA-Z0-9_./:@-]*", "an image such as registry/orders:1.4.2")]


class ContainerHealthCheck(Block):
    """A command that ECS runs inside the container (ecs RegisterTaskDefinition, HealthCheck)."""

    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    """`["CMD-SHELL", "curl -fsS localhost:8080/"]` or `["CMD", …]`."""
    interval: Annotated[int, Duration("s", 5, 300)] = 30
    """Time between two runs."""
    timeout: Annotated[int, Duration("s", 2, 60)] = 5
    """How long a run may take."""
    retries: Annotated[Int, Field(ge=1, le=10)] = 3
    """How many failures in a row are a verdict."""
    start_period: Annotated[int, Duration("s", 0, 300)] = 0
    """How long failures do not count after the start."""


_CODES = "[2-4][0-9]{2}(-[2-4][0-9]{2})?"


class HealthCheck(Block):
    """How the load balancer asks whether a task is well; a bare string is the path."""

    short: ClassVar[ShortForm | None] = text_as("path")

    protocol: Literal["http", "https", "tcp"] | None = None
    """How it asks: without it as the service speaks. `tcp` only opens a connection; network load balancers only."""
    path: Annotated[str, Form(r"/\S*", "a path such as /healthz", 1024)] = "/"
    """The path it asks for."""
    codes: Annotated[
        str, BeforeValidator(scalar_text), Form(f"{_CODES}(,{_CODES})*", "HTTP codes such as 200, 200-299 or 200,202")
    ] = "200"
    """The HTTP codes of a well task: `200`, `200,202`, `200-299` (elbv2 Matcher)."""
    interval: Annotated[int, Duration("s", 5, 300)] = 10
    """Time between two checks."""
    timeout: Annotated[int, Duration("s", 2, 120)] = 5
    """How long an answer may take; less than `interval`."""
    healthy: Annotated[Int, Field(ge=2, le=10)] = 2
    """Good answers in a row that make a task healthy."""
    unhealthy: Annotated[Int, Field(ge=2, le=10)] = 3
    """Bad answers in a row that make it unhealthy."""
    grace_period: Annotated[int, Duration("s", 0, 2_147_483)] = 60
    """How long ECS pays no heed to bad answers after a start; without it slow starters die in a loop."""
    container: ContainerHealthCheck | None = None
    """A check inside the container besides."""


class Stickiness(Block):
    """The balancer sends a client to the same task again, by a cookie."""

    duration: Annotated[int, Duration("s", 1, 604_800)] = 86_400
    """How long it remembers."""
    cookie: Annotated[str, Form(r"(?!AWSALB)[^\s;,=]+", "a cookie name that does not begin with AWSALB")] | None = None
    """The application's own cookie; without it the balancer sets one of its own."""


class TargetGroup(Block):
    """How the balancer treats the tasks of a service."""

    deregistration_delay: Annotated[int, Duration("s", 0, 3600)] = 20
    """How long a leaving task may finish its requests (AWS: 300 s)."""
    algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = "round_robin"
    """How it chooses a task."""
    slow_start: Annotated[int, Duration("s", 30, 900, zero=True)] = 0
    """How long a new task gets less than its share; `0s` is off. With `round_robin` only."""
    stickiness: Stickiness | None = None
    """The same client to the same task: by cookies, or by address on a network load balancer. Off without it."""
    proxy_protocol: Bool = False
    """Whether a network load balancer opens each connection with a PROXY protocol v2 header, which the container has
    to understand (elbv2 TargetGroupAttribute, proxy_protocol_v2.enabled)."""
    preserve_client_ip: Bool = False
    """Whether a network load balancer's connections keep the address of their client."""
    connection_termination: Bool = False
    """Whether a network load balancer ends the connections that are left after `deregistrationDelay`."""


class Sidecar(Block):
    """A container beside the service's own, in the same task."""

    image: Image
    """Its image."""
    essential: Bool = True
    """Whether the task ends when it ends."""
    cpu: Annotated[Int, Field(ge=0, le=16_384)] = 0
    """CPU units of the task reserved for it; 0 takes what is left."""
    memory: Annotated[int, Size("MiB", 6, 122_880, bare=True)] | None = None
    """Its hard limit in MiB; without it the task alone bounds it."""
    command: tuple[Text, ...] = ()
    """What it runs, instead of the image's command."""
    env: Mapping[EnvName, ScalarText] = Field(default_factory=dict)
    """Environment variables."""
    secrets: Mapping[EnvName, SecretRef] = Field(default_factory=dict)
    """Environment variables whose values ECS fetches."""
    start_before: Bool = False
    """Whether the service's container waits until this one is up."""


class Statement(Block):
    """Something that the task may do: an IAM statement with effect Allow."""

    sid: Annotated[str, Form("[A-Za-z0-9]+", "letters and digits")] | None = None
    """A name for it."""
    actions: Annotated[
        tuple[Annotated[str, Form(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", "an action such as s3:GetObject")], ...],
        Field(min_length=1),
    ]
    """Actions, such as s3:GetObject."""
    resources: Annotated[tuple[Annotated[str, Form(r"\*|arn:.+", "an ARN, or *")], ...], Field(min_length=1)]
    """ARNs they are allowed on."""
    conditions: Mapping[str, Mapping[str, OneOrMore]] = Field(default_factory=dict)
    """Conditions in IAM's own words: `{StringEquals: {"events:source": catalog}}`."""


def _threshold(value: int | str) -> dict[str, object]:
    if isinstance(value, str):
        return {"type": "BOUNDED_PERCENT", "value": int(value.removesuffix("%"))}
    return {"type": "COUNT", "value": value}


def _brief_threshold(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.endswith("%") and value[:-1].isascii() and value[:-1].isdecimal()
    )


class Threshold(Block):
    """How many failed tasks trip the breaker: `3`, or `50%` of the service's tasks."""

    short: ClassVar[ShortForm | None] = ShortForm(
        _brief_threshold, _threshold, {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+%$"}]}
    )

    type: Literal["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"] = "BOUNDED_PERCENT"
    """What `value` counts (ecs DeploymentCircuitBreaker, thresholdConfiguration)."""
    value: Annotated[Int, Field(ge=1, le=1000)] = 50
    """Tasks, or per cent of the desired count."""


class CircuitBreaker(Block):
    """ECS gives a deployment up whose tasks do not start; `true` and `false` are the two usual ones."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, bool), lambda value: {"enable": value, "rollback": value}, {"type": "boolean"}
    )

    enable: Bool = True
    """Whether it is on."""
    rollback: Bool = True
    """Whether the last good revision comes back."""
    threshold: Threshold = Threshold()
    """When it trips."""


class Deployment(Block):
    """How a new revision replaces the old one; a bare string is the strategy."""

    short: ClassVar[ShortForm | None] = text_as("strategy", enum=["rolling"])

    strategy: Literal["rolling"] = "rolling"
    """Tasks are replaced a few at a time."""
    min_healthy: Annotated[Int, Field(ge=0, le=100)] = 100
    """Per cent of the desired count that stays healthy meanwhile."""
    max: Annotated[Int, Field(ge=100, le=200)] = 200
    """Per cent of the desired count that may run meanwhile."""
    circuit_breaker: CircuitBreaker = CircuitBreaker()
    """What happens to a revision that does not start."""
