"""A task is started, perhaps runs, is stopped, and lingers for an hour so that one can read why.

It registers in every target group that its own deployment names, so tasks of an older deployment stay where they were.
"""

from __future__ import annotations

from sandbox import echo, elsewhere, identity, interfaces, targets
from sandbox.kinds import Fields
from sandbox.services import servicediscovery
from sandbox.services.ecs import records
from sandbox.services.ecs.clusters import LINGERS, cluster_of
from sandbox.services.ecs.kinds import TASK, TASK_DEFINITION, bad
from sandbox.services.elbv2 import TARGET_GROUP
from sandbox.services.foreign import SUBNET
from sandbox.targets import Heed
from sandbox.world import Resource, World, become, vanish

STARTS, STOPS = 15, 5  # seconds from PROVISIONING to RUNNING, and from the last request to STOPPED
RELEASES = 30  # seconds its network interface outlives it, with its groups and subnet; ledger 4.4
ALONE = 40  # seconds after which a task that nothing checks counts as healthy (botocore minimumHealthyPercent)
_ASSUME = (
    "ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being "
    "passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
)
_LOGGER = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
    "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1"
)


def list_tasks(world: World, request: Fields) -> Fields:
    cluster = cluster_of(world, request).id
    wanted = {"desiredStatus": request.get("desiredStatus", "RUNNING"), "clusterArn": cluster}
    wanted |= {name: request[name] for name in ("startedBy", "launchType") if name in request}
    if "serviceName" in request:
        wanted["group"] = f"service:{request['serviceName'].rpartition('/')[2]}"
    family = f":task-definition/{request['family']}:" if "family" in request else ""
    chosen = [task for task in world.all(TASK) if all(task.fields.get(name) == each for name, each in wanted.items())]
    return {"taskArns": [task.id for task in chosen if family in task["taskDefinitionArn"]]}


def describe_tasks(world: World, request: Fields) -> Fields:
    cluster = cluster_of(world, request)
    if len(request["tasks"]) > 100:
        raise bad("Tasks can have at most 100 items.")
    arns = [_task_arn(cluster, name) for name in request["tasks"]]
    found = [task for arn in arns if (task := world.find(TASK, arn))]
    missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if not world.find(TASK, arn)]
    tags = "TAGS" in request.get("include", ())
    return {"tasks": [task.shown(tags=tags) for task in found], "failures": missing}


def stop_task(world: World, request: Fields) -> Fields:
    task = world.get(TASK, _task_arn(cluster_of(world, request), request["task"]))
    if task["desiredStatus"] == "RUNNING":
        stop(world, task, "UserInitiated", request.get("reason", "Task stopped by user"))
    return {"task": task.shown()}


# ---- a task's life


def start(world: World, service: Resource, deployment: Fields, revision: Resource, heed: Heed) -> Resource:
    """A new task of one deployment, on one of its subnets. `heed(world, task)` is called at every turn of its life."""
    definition = world.get(TASK_DEFINITION, deployment["taskDefinition"])
    cluster = service["clusterArn"]
    network = revision["networkConfiguration"]["awsvpcConfiguration"]
    siblings = [task for task in world.all(TASK, service.id) if task["desiredStatus"] == "RUNNING"]
    subnet = world.get(SUBNET, network["subnets"][len(siblings) % len(network["subnets"])])
    mark = world.words()["hex32"]
    id, attachment = f"{cluster.replace(':cluster/', ':task/')}/{mark}", _uuid(mark)
    owner = f"arn:aws:ecs:{world.region}:{world.account}:attachment/{attachment}"
    interface, address = interfaces.attach(world, subnet.id, network["securityGroups"], owner)
    attached = _attachment(attachment, subnet.id, interface, address)
    task = world.add(TASK, {}, _told(world, service, deployment, definition, (id, subnet, attached)), service.id, id)
    task.tags = _tags(world, service, definition)
    task.hidden = {
        "address": address,
        "interface": interface,
        "refused": next((each for each in _roles(definition) if not _assumable(world, each)), ""),
        "groups": tuple(network["securityGroups"]),
        "heed": heed,
        "listens": echo.listens(definition["containerDefinitions"]),
        "registries": [(each["registryArn"], _port(each)) for each in revision.fields.get("serviceRegistries", ())],
        "wires": [(group, (address, port)) for group, port in records.wires_of(revision)],
    }
    world.later(STARTS, begin, task)
    return task


def begin(world: World, task: Resource) -> None:
    """Either it runs and is registered, or it has stopped and says why."""
    if task["desiredStatus"] != "RUNNING":
        return
    definition = world.get(TASK_DEFINITION, task["taskDefinitionArn"])
    if reason := _cannot_start(world, task, definition):
        stop(world, task, "TaskFailedToStart", reason)
    elif name := echo.crashes(definition["containerDefinitions"]):
        stop(world, task, "EssentialContainerExited", "Essential container in task exited", {name: 1})
    else:
        _status(
            world, task, "RUNNING", {"startedAt": world.time, "connectivity": "CONNECTED", "connectivityAt": world.time}
        )
        for arn, key in task.hidden["wires"]:
            targets.register(world, world.get(TARGET_GROUP, arn), [key], task, task.hidden["heed"])
        if known := _registry(world, task):
            servicediscovery.registered(known[0], _short(task), known[1])
        world.later(0, task.hidden["heed"], task)


def stop(world: World, task: Resource, code: str, reason: str, exits: dict[str, int] | None = None) -> None:
    """Out of its target groups, then, when they have drained, out of this world. `exits`: container -> exit code."""
    ran = task["lastStatus"] == "RUNNING"
    _status(
        world,
        task,
        "DEACTIVATING" if ran else "STOPPING",
        {
            "desiredStatus": "STOPPED",
            "stopCode": code,
            "stoppedReason": reason,
            "stoppingAt": world.time,
        },
    )
    if known := _registry(world, task):
        servicediscovery.deregistered(known[0], _short(task))
    groups = [(group, key) for arn, key in task.hidden["wires"] if (group := world.find(TARGET_GROUP, arn))]
    drained = max((targets.deregister(world, group, [key]) for group, key in groups), default=0.0) if ran else 0.0
    world.later(drained + STOPS if ran else 0, stopped, task, exits or ({"*": 0} if ran else {}))


def stopped(world: World, task: Resource, exits: dict[str, int]) -> None:
    _status(world, task, "STOPPED", {"stoppedAt": world.time, "executionStoppedAt": world.time})
    for container in task["containers"]:
        if (code := exits.get(container["name"], exits.get("*"))) is not None:
            container["exitCode"] = code
    interfaces.detach(world, [task.hidden["interface"]], after=RELEASES)
    world.later(LINGERS, vanish, task)
    world.later(0, task.hidden["heed"], task)


def is_healthy(world: World, task: Resource) -> bool:
    """Whether it counts towards the minimum healthy percent (botocore minimumHealthyPercent)."""
    if task["lastStatus"] != "RUNNING" or task["desiredStatus"] != "RUNNING":
        return False
    if not task.hidden["wires"]:
        return world.now - task["startedAt"].timestamp() >= ALONE
    return all(each == "healthy" for each in states(world, task).values())


def states(world: World, task: Resource) -> dict[str, str]:
    """Target group ARN -> the state of this task's target in it; empty where group or target is gone."""
    groups = [(arn, world.find(TARGET_GROUP, arn), key) for arn, key in task.hidden["wires"]]
    return {arn: targets.state(group, key) if group else "" for arn, group, key in groups}


# ---- in their words


def _cannot_start(world: World, task: Resource, definition: Resource) -> str:
    if task.hidden["refused"]:
        return _ASSUME.format(role=task.hidden["refused"])
    groups = elsewhere.backend(world, "logs").groups
    for container in definition["containerDefinitions"]:
        logs = container.get("logConfiguration", {})
        options = logs.get("options", {})
        wanted = options.get("awslogs-group") if logs.get("logDriver") == "awslogs" else None
        if wanted and wanted not in groups and options.get("awslogs-create-group") != "true":
            return _LOGGER
    gone = [arn for arn, _ in task.hidden["wires"] if world.find(TARGET_GROUP, arn) is None]
    return f"Task failed to register with target group {gone[0]}: it does not exist" if gone else ""


def _registry(world: World, task: Resource) -> tuple[Resource, dict[str, str]] | None:
    """The Cloud Map service of a task, and what is told of it there (recorded ListInstances)."""
    for arn, port in task.hidden["registries"]:
        if service := servicediscovery.named(world, arn):
            told = {
                "AWS_INSTANCE_IPV4": task.hidden["address"],
                "AVAILABILITY_ZONE": task["availabilityZone"],
                "REGION": world.region,
                "ECS_CLUSTER_NAME": task["clusterArn"].rpartition("/")[2],
                "ECS_SERVICE_NAME": task["group"].removeprefix("service:"),
                "ECS_TASK_DEFINITION_FAMILY": task["taskDefinitionArn"].rpartition("/")[2].partition(":")[0],
            }
            return service, told | ({"AWS_INSTANCE_PORT": str(port)} if port else {})
    return None


def _port(registry: Fields) -> int | None:
    return registry.get("containerPort") or registry.get("port")


def _short(task: Resource) -> str:
    return task.id.rpartition("/")[2]


def _roles(definition: Resource) -> list[str]:
    return [role for name in ("executionRoleArn", "taskRoleArn") if (role := definition.fields.get(name))]


def _assumable(world: World, role: str) -> bool:
    """Known to the others by now, and trusting ECS tasks (ledger 2.1)."""
    arn = role if role.startswith("arn:") else f"arn:aws:iam::{world.account}:role/{role}"
    found = identity.role(world, arn)
    return identity.assumable(world, arn) and "ecs-tasks.amazonaws.com" in str(found.assume_role_policy_document)


def _status(world: World, task: Resource, status: str, more: Fields) -> None:
    containers = [each | {"lastStatus": status} for each in task["containers"]]
    become(world, task, {"lastStatus": status, "containers": containers, "version": task["version"] + 1} | more)


def _told(
    world: World, service: Resource, deployment: Fields, definition: Resource, place: tuple[str, Resource, Fields]
) -> Fields:
    """A task as DescribeTasks first shows it. `place`: its ARN, its subnet and what attaches it there."""
    id, subnet, attachment = place
    strategy = deployment.get("capacityProviderStrategy")
    names = [{"name": each["name"]} for each in definition["containerDefinitions"]]
    return ({"capacityProviderName": strategy[0]["capacityProvider"]} if strategy else {}) | {
        "clusterArn": service["clusterArn"],
        "taskDefinitionArn": definition.id,
        "group": f"service:{service['serviceName']}",
        "startedBy": deployment["id"],
        "lastStatus": "PROVISIONING",
        "desiredStatus": "RUNNING",
        "createdAt": world.time,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "version": 1,
        "cpu": definition.fields.get("cpu", "0"),
        "memory": definition.fields.get("memory", "0"),
        "availabilityZone": subnet["AvailabilityZone"],
        "healthStatus": "UNKNOWN",
        "enableExecuteCommand": service["enableExecuteCommand"],
        "overrides": {"containerOverrides": names, "inferenceAcceleratorOverrides": []},
        "attributes": [],
        "attachments": [attachment],
        "containers": [_container(id, each, attachment) for each in definition["containerDefinitions"]],
    }


def _attachment(id: str, subnet: str, interface: str, address: str) -> Fields:
    details = {
        "subnetId": subnet,
        "networkInterfaceId": interface,
        "macAddress": ":".join(("0a", *(id[at : at + 2] for at in (0, 2, 4, 6, 9)))),
        "privateIPv4Address": address,
    }
    return {
        "id": id,
        "type": "ElasticNetworkInterface",
        "status": "ATTACHED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _uuid(mark: str) -> str:
    return f"{mark[:8]}-{mark[8:12]}-4{mark[13:16]}-8{mark[17:20]}-{mark[20:]}"


def _container(task: str, definition: Fields, attachment: Fields) -> Fields:
    address = attachment["details"][-1]["value"]
    return {
        "containerArn": f"{task.replace(':task/', ':container/')}/{definition['name']}",
        "taskArn": task,
        "name": definition["name"],
        "image": definition["image"],
        "cpu": str(definition["cpu"]),
        "lastStatus": "PENDING",
        "healthStatus": "UNKNOWN",
        "networkBindings": [],
        "networkInterfaces": [{"attachmentId": attachment["id"], "privateIpv4Address": address}],
    }


def _tags(world: World, service: Resource, definition: Resource) -> dict[str, str]:
    """Its parent's, if the service says so, and ECS's own (ECS guide "Tagging your Amazon ECS resources")."""
    own = {
        "aws:ecs:clusterName": service["clusterArn"].rpartition("/")[2],
        "aws:ecs:serviceName": service["serviceName"],
    }
    given = {"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}.get(service["propagateTags"], {})
    return dict(given) | (own if service["enableECSManagedTags"] else {})


def _task_arn(cluster: Resource, name: str) -> str:
    return name if name.startswith("arn:") else f"{cluster.id.replace(':cluster/', ':task/')}/{name}"
