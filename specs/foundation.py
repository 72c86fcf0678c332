"""Where things stand and who may touch them: account, network, roles, cluster, link; and how drift is treated.

A standalone ApiService writes these blocks itself; otherwise its Environment does, once for all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm
from specs.names import (
    AccountId,
    Bool,
    Int,
    PolicyArn,
    Region,
    RoleArn,
    ScalarText,
    SecurityGroupId,
    SubnetId,
    Text,
    VpcId,
)
from specs.node import Node
from specs.values import Duration, Form, Instant, Percent, Retention, Words

NetworkTags = Mapping[str, ScalarText]


def _filters(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(str(key).startswith("tag:") for key in value)


def _tags(value: Mapping[str, object]) -> dict[str, object]:
    return {"tags": {key.removeprefix("tag:"): wanted for key, wanted in value.items()}}


FILTER_SCHEMA = {
    "type": "object",
    "patternProperties": {"^tag:": {"type": "string"}},
    "additionalProperties": False,
    "minProperties": 1,
}


class Aws(Block):
    """The account and region."""

    account_id: AccountId | None = None
    """A guard: nothing is written when AWS says it is another account. Twelve digits, quoted."""
    region: Region
    """The region, such as eu-west-1."""
    role_arn: RoleArn | None = None
    """The role to assume; without it the credentials of the process are used."""
    external_id: Text | None = None
    """The external id that the role's trust policy asks for."""


class VpcRef(Block):
    """One VPC, by id or by tags that exactly one VPC carries."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, str) or _filters(value),
        lambda value: {"id": value} if isinstance(value, str) else _tags(value),
        {"anyOf": [{"type": "string", "pattern": "^vpc-[0-9a-f]+$"}, FILTER_SCHEMA]},
    )

    id: VpcId | None = None
    """The VPC's id. Exactly one of `id` and `tags`."""
    tags: NetworkTags = Field(default_factory=dict)
    """Tags that find it, ANDed; written `{tag:Name: core-prod}`."""


class SubnetRef(Block):
    """Some subnets of the VPC, by ids or by tags."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, tuple) or _filters(value),
        lambda value: {"ids": value} if isinstance(value, tuple) else _tags(value),
        {"anyOf": [{"type": "array", "items": {"type": "string", "pattern": "^subnet-[0-9a-f]+$"}}, FILTER_SCHEMA]},
    )

    ids: tuple[SubnetId, ...] = ()
    """Subnet ids. Exactly one of `ids` and `tags`."""
    tags: NetworkTags = Field(default_factory=dict)
    """Tags that find them, ANDed; written `{tag:Tier: private}`."""


class Subnets(Block):
    """Which subnets to use; None means: found by their routes."""

    private: SubnetRef | None = None
    """Where tasks, links and internal load balancers live unless they are placed elsewhere; at least two Availability
    Zones. Without it: the subnets whose route table has no route to an internet gateway, one per zone."""
    public: SubnetRef | None = None
    """Where internet-facing load balancers live, and what is placed there. Without it: the subnets whose route table
    has a route to an internet gateway, one per zone."""


class NetworkSecurityGroups(Block):
    """Security groups of others that our things wear too."""

    tasks: tuple[SecurityGroupId, ...] = ()
    """Groups added to every task, for database access and the like."""


def _network(value: object) -> bool:
    found = value.get("discover") if isinstance(value, Mapping) else None
    return isinstance(value, str) or (isinstance(found, Node) and isinstance(found.value, Mapping))


def _long_network(value: str | Mapping[str, Node]) -> dict[str, object]:
    if isinstance(value, str):
        return {"vpc": value}
    found = value["discover"].value
    assert isinstance(found, Mapping)
    return {**found, **{key: other for key, other in value.items() if key != "discover"}}


class Network(Block):
    """An existing VPC and its subnets: `vpc-0abc…`, or `{vpc, subnets}`, or `{discover: {vpc, subnets}}`."""

    short: ClassVar[ShortForm | None] = ShortForm(
        _network,
        _long_network,
        {"type": "string", "pattern": "^vpc-[0-9a-f]+$"},
        {
            "discover": {
                "description": "The VPC and subnets, found by tags.",
                "type": "object",
                "properties": {"vpc": {"$ref": "#/$defs/VpcRef"}, "subnets": {"$ref": "#/$defs/Subnets"}},
                "required": ["vpc"],
                "additionalProperties": False,
            }
        },
    )

    vpc: VpcRef
    """The VPC: an id, or `{tag:Name: core-prod}`, which must match exactly one."""
    subnets: Subnets = Subnets()
    """The subnets by purpose; without it they are found by their route tables."""
    placement: Literal["private", "public"] = "private"
    """Where the tasks of services run that do not say."""
    security_groups: NetworkSecurityGroups = NetworkSecurityGroups()
    """Extra groups on what we make."""
    egress: Literal["existing"] = "existing"
    """How tasks reach the outside: `existing` leaves the VPC's routes alone."""


class Iam(Block):
    """How the roles that we make are named and bounded."""

    path: Annotated[str, Form(r"/([\w+=,.@-]+/)*", "a path that begins and ends with /, such as /penstock/", 400)] = (
        "/penstock/"
    )
    """The path of every role we make; the installation id is appended."""
    permissions_boundary: PolicyArn | None = None
    """The managed policy that bounds every role we make."""


class Cluster(Block):
    """The ECS cluster the services run in."""

    name: Annotated[str, Form("[A-Za-z][A-Za-z0-9_-]{0,254}", "a cluster name of letters, digits, - and _")] | None = (
        None
    )
    """Its name; generated when left out."""
    adopt: Bool = False
    """Whether an existing cluster of that name may be used though we did not make it."""
    container_insights: Annotated[
        str, Words((("off", "disabled"), ("standard", "enabled"), ("enhanced", "enhanced")))
    ] = "disabled"
    """CloudWatch Container Insights: off, standard or enhanced."""
    capacity_providers: tuple[Literal["FARGATE", "FARGATE_SPOT"], ...] = ("FARGATE", "FARGATE_SPOT")
    """What the services of this cluster may run on."""


class VpcLink(Block):
    """The VPC link V2 between API Gateway and the load balancer."""

    shared: Literal[True] = True
    """One link serves the whole Environment (the quota is 10 per account and Region)."""
    subnets: Literal["private", "public"] = "private"
    """The subnets it enters by."""


class Logs(Block):
    """A CloudWatch log group."""

    retention: Annotated[int, Retention()] = 30
    """How long it keeps its events."""


class Observability(Block):
    """What can be seen of it later."""

    logs: Logs = Logs()
    """Container logs; a service's own `logs` goes first."""


class Ignore(Block):
    """A difference to leave alone: in diff, plan, correction, status and writes."""

    resource: Annotated[Text, Field(min_length=1)]
    """The address, such as `TargetGroup/web`; `*` stands for any part."""
    paths: Annotated[
        tuple[Annotated[str, Form("/.*", "a JSON pointer such as /HealthCheckPath")], ...], Field(min_length=1)
    ]
    """JSON pointers in AWS's own spelling, such as `/HealthCheckPath`; `*` allowed."""
    reason: Annotated[Text, Field(min_length=1)]
    """Why; printed with every plan."""
    until: Annotated[datetime, Instant()] | None = None
    """When it ends; afterwards the difference is drift again."""


class Drift(Block):
    """What happens when AWS no longer is what the spec says."""

    policy: Literal["correct", "report", "ignore"] = "correct"
    """`correct` repairs, `report` only says so, `ignore` does not look. When nothing is said, what was taken over with
    `adopt` is only reported."""
    interval: Annotated[int, Duration("s", 10, 86_400)] = 300
    """Time between two full looks at AWS."""
    jitter: Annotated[int, Percent(0, 100)] = 20
    """How much that time varies, up and down."""
    max_corrections_per_hour: Annotated[Int, Field(ge=1, le=1000)] = 6
    """More corrections than this of one field in an hour is a fight: it stops and says so."""
    ignore_differences: tuple[Ignore, ...] = ()
    """Differences to leave alone; an Environment's hold in addition to a service's own."""


class Suspend(Block):
    """Nothing is written until then. `suspend: false` is the same as leaving it out."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: value is False, lambda _: None, {"type": "boolean", "const": False}
    )

    reason: Annotated[Text, Field(min_length=1)]
    """Why, for whoever finds it standing still."""
    until: Annotated[datetime, Instant()]
    """When it ends: always, and at most 14 days ahead."""
