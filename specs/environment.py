"""`Environment`: what a hundred ApiServices share instead of own; one per account, region and stage."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from specs.balancing import LoadBalancer
from specs.block import Block
from specs.domain import Dns
from specs.foundation import Aws, Cluster, Drift, Iam, Network, Observability, VpcLink
from specs.names import Bool, Int, Name, ScalarText
from specs.values import Form


class Prune(Block):
    """Whether a vanished file may take its resources with it."""

    enabled: Bool = False
    """Off: a vanished spec is Orphaned, reported and kept."""
    max_percent: Annotated[Int, Field(ge=1, le=100)] = 10
    """A pass that would take more than this share of the instances takes none."""


class EnvironmentSpec(Block):
    """What the Environment gives to the services that name it."""

    aws: Aws
    """Account and region."""
    network: Network
    """VPC and subnets."""
    iam: Iam = Iam()
    """How roles are named and bounded."""
    cluster: Cluster = Cluster()
    """The ECS cluster of all services."""
    vpc_link: VpcLink = VpcLink()
    """The link of all services."""
    dns: Dns | None = None
    """Where the custom domains of its services lie."""
    load_balancers: Annotated[Mapping[Name, LoadBalancer], Field(min_length=1)] = Field(
        default_factory=lambda: {"internal": LoadBalancer()}
    )
    """Load balancers by name; `internal` is the one services take that name none."""
    defaults: Mapping[str, Any] = Field(default_factory=dict)
    """Merged under every ApiService (RFC 7386); `services` and what is in it under each of its services."""
    drift: Drift = Drift()
    """What happens to changes made by hand, here and in services that do not say."""
    prune: Prune = Prune()
    """What may happen when files vanish."""
    observability: Observability = Observability()
    """Logs, here and in services that do not say."""
    vars: Mapping[Annotated[str, Form("[A-Za-z_][A-Za-z0-9_]*", "a variable name such as LOG_LEVEL")], ScalarText] = (
        Field(default_factory=dict)
    )
    """What `${vars.NAME}` stands for."""
    tags: Mapping[str, ScalarText] = Field(default_factory=dict)
    """AWS tags of everything here and in its services."""
