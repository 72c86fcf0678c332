"""`ApiService`: one API of an application team, from its gateway to its tasks."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from specs.balancing import LoadBalancer
from specs.block import Block
from specs.compute import Service
from specs.foundation import Aws, Cluster, Drift, Iam, Network, Observability, Suspend, VpcLink
from specs.gateway import Gateway
from specs.names import Name, ScalarText
from specs.values import Duration

# Protect and deletion: architecture.md, "Deletion needs evidence"
Protected = Literal["gateway", "loadBalancer", "services"]


class Timeouts(Block):
    """How long AWS may take before a condition says so; nothing is broken off."""

    create: Annotated[int, Duration("s", 60, 86_400)] = 1800
    """For a new instance."""
    update: Annotated[int, Duration("s", 60, 86_400)] = 1200
    """For a changed one."""
    delete: Annotated[int, Duration("s", 60, 86_400)] = 1800
    """For one that goes."""


class Overrides(Block):
    """The escape hatch of the shared parts: members merged into the exact AWS request, checked by botocore."""

    api: Mapping[str, Any] = Field(default_factory=dict)
    """Into apigatewayv2 CreateApi and UpdateApi."""
    stage: Mapping[str, Any] = Field(default_factory=dict)
    """Into apigatewayv2 CreateStage and UpdateStage."""
    load_balancer: Mapping[str, Any] = Field(default_factory=dict)
    """Into elbv2 CreateLoadBalancer."""


class ApiServiceSpec(Block):
    """What an ApiService asks for. Exactly one of `environment`, `environments`, or `aws` with `network`."""

    environment: Name | None = None
    """The Environment it lives in."""
    environments: Mapping[Name, Mapping[str, Any]] | None = None
    """Several Environments, each with a merge patch (RFC 7386) over the rest of this spec."""
    aws: Aws | None = None
    """Account and region of a standalone service."""
    network: Network | None = None
    """VPC and subnets of a standalone service."""
    iam: Iam = Iam()
    """Roles of a standalone service; in an Environment the Environment's."""
    cluster: Cluster | None = None
    """The ECS cluster of a standalone service."""
    vpc_link: VpcLink | None = None
    """The VPC link of a standalone service."""
    suspend: Suspend | None = None
    """Writes nothing until then."""
    deletion_policy: Literal["Retain", "Delete"] = "Retain"
    """What becomes of AWS when this spec goes away."""
    protect: tuple[Protected, ...] = ()
    """Parts that no plan may replace or delete unless told to."""
    depends_on: tuple[Name, ...] = ()
    """ApiServices of the same environment that must be Ready first."""
    timeouts: Timeouts = Timeouts()
    """How long is too long."""
    tags: Mapping[str, ScalarText] = Field(default_factory=dict)
    """AWS tags; `metadata.labels` go over them."""
    gateway: Gateway = Gateway()
    """The API."""
    load_balancer: LoadBalancer = LoadBalancer()
    """The balancer: the Environment's `internal` by default, one's own when standalone."""
    services: Annotated[Mapping[Name, Service], Field(min_length=1)]
    """The services, by name."""
    observability: Observability = Observability()
    """Logs."""
    drift: Drift = Drift()
    """What happens to changes made by hand."""
    overrides: Overrides = Overrides()
    """Raw members of AWS requests."""
