"""Sense in the services: sizes that Fargate has, counts, health, secrets, capacity."""

from collections.abc import Iterator
from itertools import chain

from specs.apiservice import ApiServiceSpec
from specs.checks_definition import check_definition
from specs.checks_values import wrong_cidr
from specs.compute import FARGATE_SIZES, Scaling, Service
from specs.container import HealthCheck, Sidecar
from specs.finding import Finding
from specs.foundation import Aws, Cluster
from specs.node import Steps
from specs.overrides import check_overrides
from specs.secret import SecretRef


def check_services(spec: ApiServiceSpec, aws: Aws | None, cluster: Cluster) -> Iterator[Finding]:
    """Everything in the services that contradicts itself, the account or the cluster."""
    for name, service in spec.services.items():
        steps: Steps = ("services", name)
        rules = (
            _definition,
            check_definition,
            _size,
            _counts,
            _capacity,
            _health,
            _containers,
            _variables,
            _roles,
            _traffic,
            _egress,
        )
        yield from chain.from_iterable(rule(service, steps) for rule in rules)
        yield from _offered(service, steps, cluster)
        if name in service.sidecars:
            yield Finding("E1312", (*steps, "sidecars", name), "the service's own container has this name", at_key=True)
        for place, secret in _secrets(service, steps):
            yield from _secret(secret, place, aws)
    for name, authorizer in spec.gateway.authorizers.items():
        if authorizer.login is not None and authorizer.login.client_secret is not None:
            place = ("gateway", "authorizers", name, "login", "clientSecret")
            yield from _secret(authorizer.login.client_secret, place, aws)
    yield from check_overrides(spec)


# What a task definition says, so that nobody else may where it is one of yours
IN_A_TASK_DEFINITION = frozenset(
    {"platform", "cpu", "memory", "ephemeral_storage", "command", "entrypoint", "user", "readonly_root_filesystem"}
    | {"stop_timeout", "env", "env_files", "secrets", "sidecars", "permissions", "task_role", "execution_role", "logs"}
)


def _definition(service: Service, steps: Steps) -> Iterator[Finding]:
    """An image, or a task definition of yours and nothing that stands in it."""
    if (service.image is not None) + (service.task_definition is not None) + bool(service.definition) != 1:
        message = "exactly one of image and taskDefinition has to be given"
        yield Finding("E1344", steps, message, at_key=True, missing="image")
    if service.is_ours:
        return
    for field in sorted(service.model_fields_set & IN_A_TASK_DEFINITION):
        name = Service.model_fields[field].alias or field
        yield Finding("E1344", (*steps, name), "the task definition of yours says it", at_key=True)
    if service.health_check.container is not None:
        yield Finding(
            "E1344", (*steps, "healthCheck", "container"), "the task definition of yours says it", at_key=True
        )
    if service.overrides.task_definition:
        where: Steps = (*steps, "overrides", "taskDefinition")
        yield Finding("E1344", where, "a task definition of yours is not changed", at_key=True)


def _size(service: Service, steps: Steps) -> Iterator[Finding]:
    if service.memory in FARGATE_SIZES.get(service.cpu, ()):
        return
    pairs = [(cpu, memory) for cpu, sizes in FARGATE_SIZES.items() for memory in sizes]
    cpu, memory = min(pairs, key=lambda pair: (abs(pair[0] - service.cpu), abs(pair[1] - service.memory)))
    at = "memory" if service.cpu in FARGATE_SIZES else "cpu"
    message = f"Fargate has no task with cpu {service.cpu} and memory {service.memory}"
    yield Finding("E1304", (*steps, at), message, f"the nearest is cpu: {cpu}, memory: {memory}")


def _counts(service: Service, steps: Steps) -> Iterator[Finding]:
    if service.scaling is None:
        return
    if service.count is not None:
        yield Finding("E1303", (*steps, "count"), "count and scaling exclude each other", at_key=True)
    yield from _range(service.scaling, steps)


def _range(scaling: Scaling, steps: Steps) -> Iterator[Finding]:
    if scaling.min > scaling.max:
        at = "min" if "min" in scaling.model_fields_set else "max"
        yield Finding("E1303", (*steps, "scaling", at), f"min {scaling.min} is above max {scaling.max}")


def _capacity(service: Service, steps: Steps) -> Iterator[Finding]:
    where: Steps = (*steps, "capacity")
    shares = service.capacity
    if shares and not any(share.weight for share in shares.values()):
        yield Finding("E1306", where, "at least one weight has to be above 0", at_key=True)
    if sum(1 for share in shares.values() if share.base) > 1:
        yield Finding("E1306", where, "only one capacity provider may have a base", at_key=True)
    if "FARGATE_SPOT" in shares and not ("FARGATE" in shares and shares["FARGATE"].base):
        message = "without a FARGATE base nothing runs when Spot capacity is short"
        hint = "add `FARGATE: {base: 1, weight: 1}`"
        yield Finding("E1305", (*where, "FARGATE_SPOT"), message, hint, at_key=True, warning=True)


def _offered(service: Service, steps: Steps, cluster: Cluster) -> Iterator[Finding]:
    for provider in service.capacity:
        if provider not in cluster.capacity_providers:
            where: Steps = (*steps, "capacity", provider)
            yield Finding("E1306", where, "the cluster does not offer this capacity provider", at_key=True)


def _health(service: Service, steps: Steps) -> Iterator[Finding]:
    check: HealthCheck = service.health_check
    where: Steps = (*steps, "healthCheck")
    if check.timeout >= check.interval:
        message = f"timeout {check.timeout}s has to be less than interval {check.interval}s"
        yield Finding("E1311", (*where, "timeout" if "timeout" in check.model_fields_set else "interval"), message)
    if check.container and check.grace_period < check.container.start_period:
        message = f"gracePeriod {check.grace_period}s is shorter than the container's startPeriod"
        yield Finding("E1311", (*where, "gracePeriod"), message)
    if check.container and check.container.timeout > check.container.interval:
        yield Finding("E1311", (*where, "container", "timeout"), "timeout is longer than interval")


def _containers(service: Service, steps: Steps) -> Iterator[Finding]:
    cpu = sum(sidecar.cpu for sidecar in service.sidecars.values())
    memory = sum(sidecar.memory or 0 for sidecar in service.sidecars.values())
    where: Steps = (*steps, "sidecars")
    if cpu >= service.cpu and cpu:
        yield Finding("E1312", where, f"the sidecars take cpu {cpu} of the task's {service.cpu}", at_key=True)
    if memory >= service.memory:
        message = f"the sidecars take memory {memory} of the task's {service.memory}"
        yield Finding("E1312", where, message, at_key=True)


def _variables(service: Service, steps: Steps) -> Iterator[Finding]:
    sidecars = (((*steps, "sidecars", name), one) for name, one in service.sidecars.items())
    holders: tuple[tuple[Steps, Service | Sidecar], ...] = ((steps, service), *sidecars)
    for where, container in holders:
        for name in sorted(container.env.keys() & container.secrets.keys()):
            yield Finding("E1322", (*where, "secrets", name), f"`{name}` is in env too", at_key=True)


def _roles(service: Service, steps: Steps) -> Iterator[Finding]:
    if service.task_role and service.permissions:
        message = "taskRole is a role of yours: its permissions are yours too"
        yield Finding("E1314", (*steps, "permissions"), message, at_key=True)


def _traffic(service: Service, steps: Steps) -> Iterator[Finding]:
    group, rollout = service.target_group, service.deployment
    if group.slow_start and group.algorithm != "round_robin":
        message = f"slow start works with round_robin only, not with {group.algorithm}"
        yield Finding("E1317", (*steps, "targetGroup", "slowStart"), message)
    if rollout.min_healthy == rollout.max == 100:
        message = "a deployment that may neither stop a task nor start one never begins"
        yield Finding("E1318", (*steps, "deployment", "max"), message)


def _egress(service: Service, steps: Steps) -> Iterator[Finding]:
    for number, way in enumerate(service.network.egress or ()):
        yield from wrong_cidr(way.cidr, (*steps, "network", "egress", number, "cidr"))
    if service.network.assign_public_ip and service.network.placement == "private":
        message = "an address on the internet is of no use in private subnets"
        yield Finding("E1343", (*steps, "network", "assignPublicIp"), message, "add `placement: public`")


def _secrets(service: Service, steps: Steps) -> Iterator[tuple[Steps, SecretRef]]:
    for name, secret in service.secrets.items():
        yield (*steps, "secrets", name), secret
    for sidecar, container in service.sidecars.items():
        for name, secret in container.secrets.items():
            yield (*steps, "sidecars", sidecar, "secrets", name), secret


def _secret(secret: SecretRef, steps: Steps, aws: Aws | None) -> Iterator[Finding]:
    if (secret.name is None) == (secret.arn is None):
        yield Finding("E1319", steps, "exactly one of name and arn has to be given")
    if secret.kind == "ssm" and secret.json_key:
        yield Finding("E1319", steps, "a parameter has no JSON keys", "a secret has: secretsmanager:name#key")
    if secret.arn and aws and (region := secret.arn.split(":")[3]) != aws.region:
        yield Finding("E1310", steps, f"it lies in {region}, and secrets are fetched in {aws.region} alone")
