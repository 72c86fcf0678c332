"""A task definition never changes: each registration is a revision, whose number is never used again (ledger 4.3)."""

from __future__ import annotations

import re

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.ecs.kinds import SERVICE, TASK, TASK_DEFINITION, bad, client
from sandbox.world import Resource, World, become

PURGES = 60  # seconds between looks whether a revision being deleted is still used
_GB = 1024
SIZES = {  # MiB of memory that Fargate has for so many CPU units; ledger 4.3, ECS guide "Task size"
    "256": (512, *range(1 * _GB, 2 * _GB + 1, _GB)),
    "512": tuple(range(1 * _GB, 4 * _GB + 1, _GB)),
    "1024": tuple(range(2 * _GB, 8 * _GB + 1, _GB)),
    "2048": tuple(range(4 * _GB, 16 * _GB + 1, _GB)),
    "4096": tuple(range(8 * _GB, 30 * _GB + 1, _GB)),
    "8192": tuple(range(16 * _GB, 60 * _GB + 1, 4 * _GB)),
    "16384": tuple(range(32 * _GB, 120 * _GB + 1, 8 * _GB)),
}
_NEEDS_EXECUTION = "Fargate requires task definition to have execution role ARN to support {what}."
_SHARED = (
    "The secret name must be unique and not shared with any new or existing environment variables set on the "
    "container, such as '{name}'."
)
_ECR = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+")


def register_task_definition(world: World, request: Fields) -> Fields:
    revision = 1 + sum(each["family"] == request["family"] for each in world.all(TASK_DEFINITION))
    containers = [_container(each, request.get("networkMode")) for each in request["containerDefinitions"]]
    sizes: Fields = {name: _units(request[name]) for name in ("cpu", "memory") if name in request}
    awsvpc = request.get("networkMode") == "awsvpc"
    made = sizes | {
        "revision": revision,
        "containerDefinitions": containers,
        "registeredAt": world.time,
        "registeredBy": f"arn:aws:iam::{world.account}:root",
        "requiresAttributes": _attributes(request),
        "compatibilities": ["EC2", "FARGATE"] if awsvpc and len(sizes) == 2 else ["EC2"],
    }
    _refuse_containers(request, containers)
    if "FARGATE" in request.get("requiresCompatibilities", ()):
        _refuse_for_fargate(request, sizes)
    definition = world.add(TASK_DEFINITION, request, made)
    return {"taskDefinition": definition.shown(), "tags": _tags(definition)}


def describe_task_definition(world: World, request: Fields) -> Fields:
    definition = definition_of(world, request["taskDefinition"])
    tags = {"tags": _tags(definition)} if "TAGS" in request.get("include", ()) else {}
    return {"taskDefinition": definition.shown()} | tags


def deregister_task_definition(world: World, request: Fields) -> Fields:
    if ":" not in request["taskDefinition"].rpartition("/")[2]:
        raise client("Invalid revision number. Number: null")
    definition = definition_of(world, request["taskDefinition"])
    if definition["status"] == "ACTIVE":
        become(world, definition, {"status": "INACTIVE", "deregisteredAt": world.time})
    return {"taskDefinition": definition.shown()}


def delete_task_definitions(world: World, request: Fields) -> Fields:
    if len(request["taskDefinitions"]) > 10:
        raise bad("Task definitions can have at most 10 items.")
    deleted, failures = [], []
    for name in request["taskDefinitions"]:
        definition = definition_of(world, name)
        if definition["status"] == "ACTIVE":
            failures.append(
                {"arn": definition.id, "reason": "The specified task definition is still in ACTIVE status."}
            )
            continue
        become(world, definition, {"status": "DELETE_IN_PROGRESS", "deleteRequestedAt": world.time})
        world.later(PURGES, purge, definition)
        deleted.append(definition.shown())
    return {"taskDefinitions": deleted, "failures": failures}


def list_task_definitions(world: World, request: Fields) -> Fields:
    status, family = request.get("status", "ACTIVE"), request.get("familyPrefix")
    chosen = [
        each for each in world.all(TASK_DEFINITION) if each["status"] == status and family in (None, each["family"])
    ]
    chosen.sort(key=lambda each: (each["family"], each["revision"]), reverse=request.get("sort") == "DESC")
    return {"taskDefinitionArns": [each.id for each in chosen]}


def list_task_definition_families(world: World, request: Fields) -> Fields:
    status, prefix = request.get("status", "ACTIVE"), request.get("familyPrefix", "")
    known = [
        each for each in world.all(TASK_DEFINITION) if each["status"] != "DELETED" and each["family"].startswith(prefix)
    ]
    active = {each["family"] for each in known if each["status"] == "ACTIVE"}
    every = {each["family"] for each in known}
    chosen = {"ACTIVE": active, "INACTIVE": every - active, "ALL": every}[status]
    return {"families": sorted(chosen)}


def purge(world: World, definition: Resource) -> None:
    """Gone once no task and no service uses it. Its number stays taken, so its row stays too."""
    users = [*world.all(TASK), *(each for each in world.all(SERVICE) if each["status"] != "INACTIVE")]
    used = {each.fields.get("taskDefinitionArn") or each.fields.get("taskDefinition") for each in users}
    if definition.id in used:
        world.later(PURGES, purge, definition)
    else:
        become(world, definition, {"status": "DELETED"})


# ---- in their words


def definition_of(world: World, name: str) -> Resource:
    """An ARN, a family with its revision, or a family: its latest active one. Raises ClientException."""
    family, _, revision = name.rpartition("/")[2].partition(":")
    alike = [each for each in world.all(TASK_DEFINITION) if each["family"] == family and each["status"] != "DELETED"]
    if revision:
        chosen = [
            each for each in alike if str(each["revision"]) == revision and name in (each.id, f"{family}:{revision}")
        ]
    else:
        chosen = [each for each in alike if each["status"] == "ACTIVE"]
    if not chosen:
        raise TASK_DEFINITION.unknown.about()
    return chosen[-1]


def _tags(definition: Resource) -> list[Fields]:
    return [{"key": key, "value": value} for key, value in definition.tags.items()]


def _units(text: str) -> str:
    """`1 vCPU` is kept as `1024`, `2 GB` as `2048`."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(vcpu|gb)?\s*", text, re.IGNORECASE)
    if found is None:
        raise client(f"Invalid 'cpu' or 'memory' setting for task: '{text}'")
    return str(int(float(found[1]) * (_GB if found[2] else 1)))


def _container(sent: Fields, network: str | None) -> Fields:
    """What a describe adds to each container (ledger 4.3, recordings findings A)."""
    own = network in ("awsvpc", "host")
    ports = [
        {"protocol": "tcp", "hostPort": port.get("containerPort", 0) if own else 0} | port
        for port in sent.get("portMappings", ())
    ]
    empty: Fields = {name: [] for name in ("environment", "mountPoints", "volumesFrom", "systemControls")}
    check = {"interval": 30, "timeout": 5, "retries": 3} | sent.get("healthCheck", {})
    told = {"cpu": 0, "essential": True} | empty | sent | {"portMappings": ports}
    return told | ({"healthCheck": check} if "healthCheck" in sent else {})


def _refuse_containers(request: Fields, containers: list[Fields]) -> None:
    volumes = {each.get("name") for each in request.get("volumes", ())}
    known = {each.get("name") for each in containers}
    for each in containers:
        for other in each.get("dependsOn", ()):
            if other["containerName"] not in known - {each.get("name")}:
                why = f"depends on container '{other['containerName']}', which is not in the task definition"
                raise client(f"Container '{each.get('name')}' {why}.")
        if not each.get("name") or not each.get("image"):
            raise client("Container.name and Container.image should not be null or empty.")
        moved = any(port["hostPort"] != port.get("containerPort", 0) for port in each["portMappings"])
        if request.get("networkMode") == "awsvpc" and moved:
            raise client("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
        names = [item.get("name") for item in (*each["environment"], *each.get("secrets", ()))]
        for secret in each.get("secrets", ()):
            if names.count(secret["name"]) > 1:
                raise client(_SHARED.format(name=secret["name"]))
        for mount in each["mountPoints"]:
            if mount.get("sourceVolume") not in volumes:
                raise client(f"Unknown volume '{mount.get('sourceVolume')}'.")


def _refuse_for_fargate(request: Fields, sizes: Fields) -> None:
    """What Fargate has no room for, or could not start without an execution role."""
    if len(sizes) == 2 and int(sizes["memory"]) not in SIZES.get(sizes["cpu"], ()):
        raise client(f"No Fargate configuration exists for given values: {sizes['cpu']} CPU, {sizes['memory']} memory.")
    for each in request["containerDefinitions"]:
        logs = each.get("logConfiguration", {})
        if logs.get("logDriver") == "awslogs":
            _refuse_log_options(logs.get("options", {}))
        if "executionRoleArn" not in request and (what := _needs_execution(each)):
            raise client(_NEEDS_EXECUTION.format(what=what))


def _refuse_log_options(options: Fields) -> None:
    missing = [name for name in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix") if not options.get(name)]
    if missing:
        raise client(f"Log driver awslogs requires options: {', '.join(missing)}")


def _needs_execution(container: Fields) -> str:
    if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
        return "log driver awslogs"
    if container.get("secrets"):
        return "secrets"
    return "ECR images" if _ECR.fullmatch(container.get("image", "")) else ""


def _attributes(request: Fields) -> list[Fields]:
    """Those that a container instance would need for the members we know of."""
    needs = {"com.amazonaws.ecs.capability.docker-remote-api.1.18"}
    if request.get("networkMode") == "awsvpc":
        needs.add("ecs.capability.task-eni")
    if "taskRoleArn" in request:
        needs.add("com.amazonaws.ecs.capability.task-iam-role")
    for each in request["containerDefinitions"]:
        if each.get("logConfiguration", {}).get("logDriver") == "awslogs":
            needs |= {"com.amazonaws.ecs.capability.logging-driver.awslogs", "ecs.capability.execution-role-awslogs"}
        if each.get("secrets"):
            needs.add("ecs.capability.secrets.asm.environment-variables")
    return [{"name": name} for name in sorted(needs)]


def refuse_inactive(definition: Resource) -> None:
    if definition["status"] != "ACTIVE":
        raise Refusal("ClientException", "TaskDefinition is inactive")
