"""One ECS service on Fargate: what runs, how big, how many, and behind which health check."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from specs.block import Block
from specs.container import Deployment, EnvName, HealthCheck, Image, Sidecar, Statement, TargetGroup
from specs.foundation import Logs
from specs.names import Bool, Cidr, Int, Name, Port, RoleArn, ScalarText, SecurityGroupId, Text
from specs.secret import SecretRef
from specs.values import CpuUnits, Duration, Form, Size

TaskDefinitionRef = Annotated[
    str,
    Form(
        r"(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}(:[1-9][0-9]{0,8})?"
        r"|(\./)?[\w./-]+\.json",
        "a family such as orders, orders:7, a task definition's ARN, or a file such as ./orders.json",
    ),
]
# AWS "Fargate task definition differences" and ecs RegisterTaskDefinition, memory: cpu units -> MiB (first, last, step)
FARGATE_SIZES: Mapping[int, range | tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16_384 + 1, 1024),
    4096: range(8192, 30_720 + 1, 1024),
    8192: range(16_384, 61_440 + 1, 4096),
    16_384: range(32_768, 122_880 + 1, 8192),
}


class Capacity(Block):
    """A share of the tasks for one capacity provider (ecs CapacityProviderStrategyItem)."""

    base: Annotated[Int, Field(ge=0, le=100_000)] = 0
    """The first so many tasks run there; one provider only may have a base."""
    weight: Annotated[Int, Field(ge=0, le=1000)] = 1
    """Its share of the rest."""


class Cooldown(Block):
    """How long autoscaling waits after a step (application-autoscaling PutScalingPolicy; AWS's default is 300 s)."""

    scale_in: Annotated[int, Duration("s", 0, 86_400)] = Field(default=300, alias="in")
    """After tasks were taken away."""
    scale_out: Annotated[int, Duration("s", 0, 86_400)] = Field(default=300, alias="out")
    """After tasks were added."""


class Scaling(Block):
    """The number of tasks follows what they do; each metric given is a target to keep."""

    min: Annotated[Int, Field(ge=0, le=5000)] = 2
    """The fewest tasks."""
    max: Annotated[Int, Field(ge=0, le=5000)] = 10
    """The most tasks."""
    cpu: Annotated[Int, Field(ge=1, le=100)] | None = None
    """Average CPU in per cent; 60 when no metric is given."""
    memory: Annotated[Int, Field(ge=1, le=100)] | None = None
    """Average memory in per cent."""
    requests: Annotated[Int, Field(ge=1, le=10_000_000)] | None = None
    """Requests per task and minute."""
    cooldown: Cooldown = Cooldown()
    """Pauses between steps."""


class Egress(Block):
    """One way out for the tasks."""

    cidr: Cidr
    """Where to, IPv4 or IPv6."""
    port: Port | None = None
    """One TCP port; without it every port and protocol."""


class ServiceNetwork(Block):
    """What the tasks of this service wear and where they may go."""

    security_groups: tuple[SecurityGroupId, ...] = ()
    """Groups added to the one we make."""
    placement: Literal["private", "public"] = "private"
    """The subnets its tasks run in; without it what the network says."""
    assign_public_ip: Bool | None = None
    """Whether each task has an address on the internet; without it tasks in public subnets have, because they would
    reach nothing else."""
    egress: tuple[Egress, ...] | None = None
    """Where the tasks may connect to; without it everywhere."""

    @property
    def public_ip(self) -> bool:
        return self.placement == "public" if self.assign_public_ip is None else self.assign_public_ip


class ServiceOverrides(Block):
    """The escape hatch of one service: members in AWS's spelling, merged into the exact request.

    Open are the members that Penstock looks after, so that one taken out goes back to AWS's default; any other is
    refused by name. Of a task definition every member is open, because each change registers a whole new one.
    """

    service: Mapping[str, Any] = Field(default_factory=dict)
    """Into ecs CreateService and UpdateService: `{availabilityZoneRebalancing: DISABLED}`."""
    task_definition: Mapping[str, Any] = Field(default_factory=dict)
    """Into ecs RegisterTaskDefinition. Containers are merged by name, other lists replaced:
    `{containerDefinitions: [{name: web, ulimits: [{name: nofile, softLimit: 4096, hardLimit: 4096}]}]}`."""
    target_group: Mapping[str, Any] = Field(default_factory=dict)
    """Into elbv2 CreateTargetGroup and ModifyTargetGroup: `{HealthCheckPort: "8081"}`."""


class Service(Block):
    """One ECS service and everything it needs to run."""

    image: Image | None = None
    """The container image; a tag is allowed, a digest recommended. Exactly one of `image` and `taskDefinition`."""
    task_definition: TaskDefinitionRef | None = None
    """A task definition of yours instead of an image: `family` (its latest revision), `family:revision` or an ARN; or
    a file beside the spec, `./orders.json`, which becomes the `definition`. The container that maps `port` is the one
    that answers."""
    definition: Mapping[str, Any] = Field(default_factory=dict)
    """What to register instead of an image, as ECS takes it (RegisterTaskDefinition), for Fargate. Its revisions go
    into a family of Penstock's own, whatever `family` says."""
    platform: Literal["linux/amd64", "linux/arm64"] = "linux/amd64"
    """What the image is built for."""
    cpu: Annotated[int, CpuUnits()] = 256
    """CPU of a task: `512` units or `"0.5 vCPU"`; a size that Fargate has."""
    memory: Annotated[int, Size("MiB", 512, 122_880, bare=True)] = 512
    """Memory of a task: `1024` MiB or `"1 GB"`; without it the least that Fargate pairs with `cpu`."""
    ephemeral_storage: Annotated[int, Size("GiB", 21, 200)] | None = None
    """Disk of a task; without it the 20 GiB that every task has."""
    port: Port
    """The port the container listens on."""
    listener_port: Port | None = None
    """Its port on a network load balancer: without it the one listener of a balancer of its own, else `port`. Has to
    be written on a shared one."""
    protocol: Literal["http", "https"] = "http"
    """What it speaks on its port: the balancer calls and checks it so (elbv2 CreateTargetGroup, Protocol)."""
    command: tuple[Text, ...] = ()
    """What it runs, instead of the image's command."""
    entrypoint: tuple[Text, ...] = ()
    """Instead of the image's entry point."""
    user: (
        Annotated[
            str,
            Form(
                "[a-z0-9_][a-z0-9_.-]*(:[a-z0-9_.-]+)?",
                "a user such as '10001', '10001:10001' or app, in quotes when it is a number",
            ),
        ]
        | None
    ) = None
    """The user, `uid`, `uid:gid` or a name; quote numbers."""
    readonly_root_filesystem: Bool = False
    """Whether the container's own disk is read-only."""
    stop_timeout: Annotated[int, Duration("s", 2, 120)] = 30
    """Time between SIGTERM and SIGKILL; Fargate allows 2 to 120 s."""
    env: Mapping[EnvName, ScalarText] = Field(default_factory=dict)
    """Environment variables; no secrets here."""
    env_files: tuple[
        Annotated[str, Form(r"(s3://[^/]+/|arn:aws[a-z-]*:s3:::).+\.env", "a file such as s3://bucket/orders.env")], ...
    ] = ()
    """Files of variables in S3: `s3://bucket/key.env`."""
    secrets: Mapping[EnvName, SecretRef] = Field(default_factory=dict)
    """Environment variables whose values ECS fetches."""
    health_check: HealthCheck = HealthCheck()
    """How the balancer knows a well task; a bare string is the path."""
    target_group: TargetGroup = TargetGroup()
    """How the balancer treats the tasks."""
    sidecars: Mapping[Name, Sidecar] = Field(default_factory=dict)
    """Containers beside it, by name."""
    capacity: Mapping[Literal["FARGATE", "FARGATE_SPOT"], Capacity] = Field(default_factory=dict)
    """Shares of on-demand and Spot; without it launch type FARGATE."""
    count: Annotated[Int, Field(ge=0, le=5000)] | None = None
    """A fixed number of tasks; not together with `scaling`."""
    scaling: Scaling | None = None
    """A number that follows the load; 2 to 10 at 60 % CPU when there is no `count` either."""
    deployment: Deployment = Deployment()
    """How a new revision comes in."""
    exec: Bool = False
    """Whether `aws ecs execute-command` may enter its tasks."""
    permissions: tuple[Statement, ...] = ()
    """What the tasks may do in AWS."""
    task_role: RoleArn | None = None
    """A role of yours instead of `permissions`."""
    execution_role: RoleArn | None = None
    """A role of yours for ECS to start tasks with."""
    logs: Logs = Logs()
    """Where its output goes."""
    network: ServiceNetwork = ServiceNetwork()
    """Security groups and the way out."""
    overrides: ServiceOverrides = ServiceOverrides()
    """Raw members of AWS requests."""

    @property
    def is_ours(self) -> bool:
        """Whether its task definition is written here field by field, and not as ECS takes it or by somebody else."""
        return self.task_definition is None and not self.definition

    @property
    def front_port(self) -> int:
        """Its port on a network load balancer."""
        return self.listener_port or self.port

    @property
    def cpu_architecture(self) -> Literal["X86_64", "ARM64"]:
        """What ECS calls the platform (ecs RuntimePlatform, cpuArchitecture)."""
        return "ARM64" if self.platform == "linux/arm64" else "X86_64"
