"""What runs inside a task, as ECS spells it. Lists with a natural key are maps here: containers, environment, secrets
and ports by name, so a difference has a path that survives reordering (ledger 4.3: ECS returns them unsorted).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconcilers.facts import Facts
from reconcilers.identity.permissions import env_file_arn, secret_arn
from reconcilers.keys import Link, Ref
from reconcilers.observability.log_group import LogGroup
from reconcilers.resource import Open, plain
from specs import Instance
from specs.compute import Service
from specs.container import ContainerHealthCheck
from specs.secret import SecretRef


class Port(Open):
    container_port: int | None = None
    host_port: int | None = None
    protocol: str = "tcp"


class Check(Open):
    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int | None = None


class LogConfiguration(Open):
    log_driver: str
    options: Mapping[str, Link] = {}


class LinuxParameters(Open):
    init_process_enabled: bool = False


class Container(Open):
    image: str
    essential: bool = True
    cpu: int = 0
    memory: int | None = None
    command: tuple[str, ...] | None = None
    entry_point: tuple[str, ...] | None = None
    user: str | None = None
    readonly_root_filesystem: bool | None = None
    stop_timeout: int | None = None
    environment: Mapping[str, str] = {}
    environment_files: tuple[str, ...] = ()
    secrets: Mapping[str, str] = {}
    port_mappings: Mapping[str, Port] = {}
    depends_on: Mapping[str, str] = {}
    health_check: Check | None = None
    log_configuration: LogConfiguration | None = None
    linux_parameters: LinuxParameters | None = None


def containers(instance: Instance, name: str, service: Service, facts: Facts) -> Iterator[tuple[str, Container]]:
    """The service's own container, then its sidecars."""
    group = Ref(LogGroup.key(instance.address, name), "name")
    logs = {"awslogs-group": group, "awslogs-region": facts.region}
    before = {each: "START" for each, sidecar in service.sidecars.items() if sidecar.start_before}
    yield (
        name,
        Container(
            image=service.image,
            command=service.command or None,
            entry_point=service.entrypoint or None,
            user=service.user,
            readonly_root_filesystem=service.readonly_root_filesystem or None,
            stop_timeout=service.stop_timeout,
            environment=dict(service.env),
            environment_files=tuple(env_file_arn(each, facts) for each in service.env_files),
            secrets={variable: _value_from(ref, facts) for variable, ref in service.secrets.items()},
            port_mappings={f"{service.port}/tcp": Port(container_port=service.port, host_port=service.port)},
            depends_on=before,
            health_check=_check(service.health_check.container),
            log_configuration=LogConfiguration(log_driver="awslogs", options=logs | {"awslogs-stream-prefix": name}),
            linux_parameters=LinuxParameters(init_process_enabled=True) if service.exec else None,
        ),
    )
    for each, sidecar in service.sidecars.items():
        yield (
            each,
            Container(
                image=sidecar.image,
                essential=sidecar.essential,
                cpu=sidecar.cpu,
                memory=sidecar.memory,
                command=sidecar.command or None,
                environment=dict(sidecar.env),
                secrets={variable: _value_from(ref, facts) for variable, ref in sidecar.secrets.items()},
                log_configuration=LogConfiguration(
                    log_driver="awslogs", options=logs | {"awslogs-stream-prefix": each}
                ),
            ),
        )


def _value_from(ref: SecretRef, facts: Facts) -> str:
    """`valueFrom`: the ARN, and behind a secret's the JSON key, stage and version, here left open
    (ECS developer guide, "Pass Secrets Manager secrets through environment variables")."""
    return secret_arn(ref, facts) + (f":{ref.json_key}::" if ref.json_key else "")


def _check(spec: ContainerHealthCheck | None) -> Check | None:
    if spec is None:
        return None
    return Check(
        command=spec.command,
        interval=spec.interval,
        timeout=spec.timeout,
        retries=spec.retries,
        start_period=spec.start_period or None,
    )


def to_aws(wanted: Mapping[str, Container]) -> list[dict[str, Any]]:
    """Maps by name as the lists that ECS takes."""
    return [{"name": name, **_container(container)} for name, container in wanted.items()]


def _container(container: Container) -> dict[str, Any]:
    told: dict[str, Any] = plain(container)
    told["environment"] = [{"name": name, "value": value} for name, value in told["environment"].items()]
    told["secrets"] = [{"name": name, "valueFrom": value} for name, value in told["secrets"].items()]
    told["environmentFiles"] = [{"value": value, "type": "s3"} for value in told["environmentFiles"]]
    told["portMappings"] = list(told["portMappings"].values())
    told["dependsOn"] = [{"containerName": name, "condition": when} for name, when in told["dependsOn"].items()]
    return {name: value for name, value in told.items() if value not in ([], {})}


def from_aws(told: Mapping[str, Any]) -> dict[str, Any]:
    """One container of a DescribeTaskDefinition, its lists as maps by name."""
    return {
        **{member: value for member, value in told.items() if member != "name"},
        "environment": {each["name"]: each.get("value", "") for each in told.get("environment", ())},
        "secrets": {each["name"]: each["valueFrom"] for each in told.get("secrets", ())},
        "environmentFiles": [each["value"] for each in told.get("environmentFiles", ())],
        "portMappings": dict(map(_port, told.get("portMappings", ()))),
        "dependsOn": {each["containerName"]: each["condition"] for each in told.get("dependsOn", ())},
        "command": told.get("command") or None,
        "entryPoint": told.get("entryPoint") or None,
    }


def _port(told: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A port by its name, `8080/tcp`; with awsvpc the host's is the container's (ledger 4.3)."""
    same = {"hostPort": told["containerPort"]} if "containerPort" in told else {}
    port = {"protocol": "tcp", **same, **told}
    return f"{port.get('containerPort') or port.get('containerPortRange')}/{port['protocol']}", port


def by_name(stated: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Containers of a RegisterTaskDefinition of which each says only some members, as maps by name."""
    return {
        each["name"]: {member: value for member, value in from_aws(each).items() if member in each} for each in stated
    }
