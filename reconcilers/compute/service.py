"""ECS services: so many tasks of one task definition, behind a target group.

Autoscaling moves the count and ECS the rollout; both are theirs. A service needs its listener rule, its roles' policies
and its security group rules in place before it starts tasks, though its request mentions none of them (`Hidden`).
A revision that ECS rolled back is not tried again: only a changed spec does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from pydantic import Field as PydanticField

from reconcilers.aws import Aws
from reconcilers.balancing.listener_rule import leading_to
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.cluster import Cluster, cluster_key, ecs_tag
from reconcilers.compute.described import described_services, service_name
from reconcilers.compute.rollout import failed, serving, settling
from reconcilers.compute.service_shapes import (
    Addresses,
    Breaker,
    Capacity,
    Deployment,
    Network,
    Registry,
    Threshold,
    Wire,
)
from reconcilers.compute.task_definition import TaskDefinition
from reconcilers.discovery.discovery_service import discovery_key
from reconcilers.facts import Facts, platform
from reconcilers.identity.permissions import task_statements
from reconcilers.identity.role import execution_role, task_role
from reconcilers.identity.role_policy import RolePolicy
from reconcilers.keys import Key, Link, Ref, Within
from reconcilers.network.security_group import SecurityGroup
from reconcilers.network.security_group_rule import Chain
from reconcilers.ownership import camel_tags, untag
from reconcilers.reconciler import SERVING, Look, Made, Reconciler
from reconcilers.resource import CamelResource, Delegated, Hidden, Immutable, Live, Unordered
from reconcilers.topology import BALANCER, LINK, balancer_of, finds_tasks, owns_link, services
from specs import Instance
from specs.checks_definition import container_of
from specs.compute import Service as ServiceSpec


class Service(CamelResource):
    cluster: Immutable[Link]
    task_definition: Link
    desired_count: Delegated[int | Within] = 0
    launch_type: str | None = None
    capacity_provider_strategy: Unordered[Capacity] = ()
    platform_version: str = "LATEST"
    scheduling_strategy: Immutable[str] = "REPLICA"
    network_configuration: Network = Network()
    load_balancers: Unordered[Wire] = ()
    service_registries: Unordered[Registry] = ()
    health_check_grace_period_seconds: int | None = 0
    """None where there is no load balancer."""
    deployment_configuration: Deployment = Deployment()
    availability_zone_rebalancing: str = "ENABLED"
    enable_execute_command: bool = False
    enable_ecs_managed_tags: bool = PydanticField(False, alias="enableECSManagedTags")
    propagate_tags: str = "NONE"
    after: Hidden[tuple[Ref, ...]] = ()


class Services(Reconciler[Service]):
    kind = Service
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "serviceName": "a name is chosen once and never compared",
        "deploymentController": "AWS cannot change it, and ECS is what a service made without it has",
        "placementConstraints": "Fargate places tasks itself",
        "placementStrategy": "Fargate places tasks itself",
    }
    longest_name = 255
    needs = (Cluster,)
    leaves = True
    retries = True
    settles = True
    rolled_back = frozenset(
        {
            "task_definition",
            "load_balancers",
            "service_registries",
            "network_configuration",
            "platform_version",
            "launch_type",
            "capacity_provider_strategy",
        }
    )
    """What a service revision holds, and so what ECS puts back when it rolls back (botocore, ServiceRevision)."""

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Service]]:
        for name, spec in services(instance).items():
            network = facts.network(instance)
            own = Ref(SecurityGroup.key(instance.address, name))
            groups = (own, *_shared_groups(instance), *spec.network.security_groups)
            yield (
                Service.key(instance.address, name),
                Service(
                    cluster=Ref(cluster_key(instance), "arn"),
                    task_definition=_runs(instance, name, spec, facts),
                    desired_count=_count(spec),
                    launch_type=None if spec.capacity else "FARGATE",
                    capacity_provider_strategy=tuple(
                        Capacity(capacity_provider=each, base=share.base, weight=share.weight)
                        for each, share in sorted(spec.capacity.items())
                    ),
                    network_configuration=Network(
                        awsvpc_configuration=Addresses(
                            subnets=network.subnets(spec.network.placement),
                            security_groups=groups,
                            assign_public_ip="ENABLED" if spec.network.public_ip else "DISABLED",
                        )
                    ),
                    **_reached(instance, name, spec, facts),
                    deployment_configuration=_deployment(spec),
                    enable_execute_command=spec.exec,
                    after=tuple(_needed_first(instance, name, spec, facts)),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Service]]:
        wanted = look.wanted(Service)
        for found, key in described_services(aws, look):
            want = wanted.get(key)
            why = failed(aws, found, want.task_definition if want is not None else None)
            yield Live(
                key,
                found["serviceArn"],
                Service.from_aws(
                    found,
                    cluster=found["clusterArn"],
                    capacity_provider_strategy=found.get("capacityProviderStrategy", ()),
                    health_check_grace_period_seconds=found.get("healthCheckGracePeriodSeconds"),
                    availability_zone_rebalancing=found.get("availabilityZoneRebalancing", "ENABLED"),
                    tags=untag(found.get("tags")),
                ),
                {
                    "arn": found["serviceArn"],
                    "name": found["serviceName"],
                    "running": str(found["runningCount"]),
                    "desired": str(found["desiredCount"]),
                    **({SERVING: found["serviceArn"]} if serving(found) else {}),
                },
                pending="the service is draining" if found["status"] == "DRAINING" else "",
                settling=settling(found),
                failed=why,
                blamed=self.rolled_back if why else frozenset(),
                created=found["createdAt"].isoformat() if "createdAt" in found else "",
                leaving=found["status"] == "DRAINING",
            )

    def name(self, install: str, key: Key, want: Service, copies: Any) -> str:
        return service_name(install, key)

    def create(self, aws: Aws, key: Key, want: Service, name: str) -> Made:
        told = want.to_aws()
        before = aws.ecs.describe_services(cluster=told["cluster"], services=[name])["services"]
        marks = [str(each.get("createdAt", "")) for each in before if each["status"] == "INACTIVE"]
        token = sha256(repr((aws.install, key, sorted(told.items(), key=str), marks)).encode()).hexdigest()[:36]
        tags = camel_tags(want.tags or {})
        service = aws.ecs.create_service(serviceName=name, **told, tags=tags, clientToken=token)["service"]
        return {"id": service["serviceArn"], "arn": service["serviceArn"], "name": name}

    def update(self, aws: Aws, live: Live[Service], want: Service, changed: frozenset[str]) -> None:
        """Only what differs is sent: an untouched `loadBalancers` is never repeated (ledger 4.4)."""
        told = want.to_aws(changed)
        if isinstance(want.desired_count, Within) and "desired_count" in changed:
            count = live.resource.desired_count
            assert isinstance(count, int)
            told["desiredCount"] = min(max(count, want.desired_count.low), want.desired_count.high)
        if changed & {"launch_type", "capacity_provider_strategy"}:
            told |= want.to_aws(frozenset({"capacity_provider_strategy"})) | {"forceNewDeployment": True}
            told.pop("launchType", None)
        aws.ecs.update_service(cluster=live.resource.cluster, service=live.attributes["name"], **told)

    def retry(self, aws: Aws, live: Live[Service]) -> None:
        """A failed deployment starts no more tasks, whatever its target group says by now (docs/unverified.md); forcing
        a new one does (botocore, UpdateService)."""
        aws.ecs.update_service(
            cluster=live.resource.cluster, service=live.attributes["name"], forceNewDeployment=True
        )  # fmt: skip

    def delete(self, aws: Aws, live: Live[Service]) -> None:
        aws.ecs.delete_service(cluster=live.resource.cluster, service=live.attributes["name"], force=True)

    def tag(self, aws: Aws, live: Live[Service], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        ecs_tag(aws, live.id, put, drop)


def _runs(instance: Instance, name: str, spec: ServiceSpec, facts: Facts) -> Link:
    """The revision that we registered, or that of a task definition which somebody else looks after."""
    if spec.task_definition is None:
        return Ref(TaskDefinition.key(instance.address, name), "arn")
    return facts.definition(spec.task_definition).arn


def _answers(name: str, spec: ServiceSpec, facts: Facts) -> str:
    """The container that listens on the service's port; one of ours is called like its service."""
    if spec.task_definition is not None:
        return facts.definition(spec.task_definition).container(spec.port)
    return container_of(spec.definition, spec.port) or name


def _reached(instance: Instance, name: str, spec: ServiceSpec, facts: Facts) -> dict[str, Any]:
    """By a target group, or by who asks Cloud Map."""
    container = _answers(name, spec, facts)
    if finds_tasks(instance):
        arn = Ref(discovery_key(instance, name), "arn")
        registry = Registry(registry_arn=arn, container_name=container, container_port=spec.port)
        return {"service_registries": (registry,), "health_check_grace_period_seconds": None}
    group = Ref(TargetGroup.key(instance.address, name), "arn")
    wire = Wire(target_group_arn=group, container_name=container, container_port=spec.port)
    return {"load_balancers": (wire,), "health_check_grace_period_seconds": spec.health_check.grace_period}


def _shared_groups(instance: Instance) -> tuple[str, ...]:
    """Groups of others that every task wears."""
    network = platform(instance).spec.network
    return () if network is None else network.security_groups.tasks


def _callers(instance: Instance, chain: Chain, name: str) -> Iterator[tuple[Key, Any]]:
    """The way out of the group of whoever calls the tasks, where that is the instance's own."""
    if finds_tasks(instance):
        yield from [chain.towards(LINK, name)] if owns_link(instance) else []
        return
    balancer = balancer_of(instance)
    if balancer.owner is instance and balancer.spec.adopt is None:
        yield chain.towards(balancer.part(BALANCER), name)


def _count(spec: ServiceSpec) -> int | Within:
    if spec.scaling is not None:
        return Within(spec.scaling.min, spec.scaling.max)
    assert spec.count is not None
    return spec.count


def _deployment(spec: ServiceSpec) -> Deployment:
    breaker = spec.deployment.circuit_breaker
    threshold = Threshold(type=breaker.threshold.type, value=breaker.threshold.value)
    return Deployment(
        strategy=spec.deployment.strategy.upper(),
        maximum_percent=spec.deployment.max,
        minimum_healthy_percent=spec.deployment.min_healthy,
        deployment_circuit_breaker=Breaker(
            enable=breaker.enable, rollback=breaker.enable and breaker.rollback, threshold_configuration=threshold
        ),
    )


def _needed_first(instance: Instance, name: str, spec: ServiceSpec, facts: Facts) -> Iterator[Ref]:
    """What AWS needs in place before tasks start, though CreateService does not mention it (ledger 0.7, 12.6)."""
    for key in leading_to(instance, name):
        yield Ref(key)
    chain = Chain(instance, facts)
    for key, _ in (*chain.tasks(name), *_callers(instance, chain, name)):
        yield Ref(key)
    if not spec.is_ours:
        return
    if spec.execution_role is None:
        yield Ref(RolePolicy.key(instance.address, execution_role(instance.address, name).part))
    if spec.task_role is None and task_statements(spec):
        yield Ref(RolePolicy.key(instance.address, task_role(instance.address, name).part))
