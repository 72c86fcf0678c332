"""`ApiService`: one API of an application team, from its gateway to its tasks."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from specs.balancing import LoadBalancer
from specs.block import Block
from specs.compute import Service
from specs.domain import Dns
from specs.foundation import Aws, Cluster, Drift, Iam, Network, Observability, Suspend, VpcLink
from specs.gateway import Gateway
from specs.names import Name, ScalarText

# Protect and deletion: architecture.md, "Deletion needs evidence"
Protected = Literal["gateway", "domain", "loadBalancer", "services"]


class Overrides(Block):
    """The escape hatch of the shared parts: members in AWS's spelling, merged into the exact request.

    Open are the members that Penstock looks after, so that one taken out goes back to AWS's default; any other is
    refused by name, with a list of the open ones.
    """

    api: Mapping[str, Any] = Field(default_factory=dict)
    """Into apigatewayv2 CreateApi and UpdateApi: `{Version: "2", DisableExecuteApiEndpoint: true}`; of a REST API into
    apigateway CreateRestApi and UpdateRestApi: `{apiKeySource: AUTHORIZER}`."""
    stage: Mapping[str, Any] = Field(default_factory=dict)
    """Into apigatewayv2 CreateStage and UpdateStage: `{AccessLogSettings: {Format: "$context.requestId"}}`; of a REST
    API into apigateway CreateStage and UpdateStage: `{tracingEnabled: true}`."""
    load_balancer: Mapping[str, Any] = Field(default_factory=dict)
    """Into elbv2 CreateLoadBalancer, of a load balancer of one's own: `{Subnets: [subnet-1, subnet-2]}`."""


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
    dns: Dns | None = None
    """Where the custom domain of a standalone service lies; its `domain` may say so itself."""
    suspend: Suspend | None = None
    """Writes nothing until then."""
    deletion_policy: Literal["Retain", "Delete"] = "Retain"
    """What becomes of AWS when this spec goes away."""
    protect: tuple[Protected, ...] = ()
    """Parts that no plan may replace or delete unless told to."""
    depends_on: tuple[Name, ...] = ()
    """ApiServices of the same environment that must be Ready first."""
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
