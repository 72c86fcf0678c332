"""The structures inside an ECS service, with what DescribeServices answers for one made without them (ledger 4.4)."""

from __future__ import annotations

from reconcilers.keys import Link
from reconcilers.resource import Camel, Unordered


class Capacity(Camel):
    capacity_provider: str
    base: int = 0
    weight: int = 0


class Addresses(Camel):
    subnets: Unordered[str] = ()
    security_groups: Unordered[Link] = ()
    assign_public_ip: str = "DISABLED"


class Network(Camel):
    """Empty for a service whose tasks have no addresses of their own: somebody's, and not what is wanted."""

    awsvpc_configuration: Addresses = Addresses()


class Wire(Camel):
    """One target group of a service, and the container port ECS registers there."""

    target_group_arn: Link
    container_name: str
    container_port: int


class Registry(Camel):
    """The Cloud Map service that ECS registers the tasks in. Of SRV records it wants the port, as a container's."""

    registry_arn: Link
    container_name: str | None = None
    container_port: int | None = None


class Threshold(Camel):
    type: str = "BOUNDED_PERCENT"
    value: int = 50


class Breaker(Camel):
    enable: bool = False
    rollback: bool = False
    reset_on_healthy_task: bool = True
    threshold_configuration: Threshold = Threshold()


class Alarms(Camel):
    """CloudWatch alarms that end a deployment."""

    alarm_names: Unordered[str] = ()
    enable: bool = False
    rollback: bool = False


class Deployment(Camel):
    """Of what ECS answers only the members that we name; it adds others with time."""

    strategy: str = "ROLLING"
    maximum_percent: int = 200
    minimum_healthy_percent: int = 100
    deployment_circuit_breaker: Breaker = Breaker()
    alarms: Alarms = Alarms()
