"""A cluster is a name: creating it twice returns it, deleting it leaves an INACTIVE shadow for a while (ledger 4.1)."""

from __future__ import annotations

from sandbox import identity
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.ecs.kinds import CLUSTER, SERVICE, TASK, bad
from sandbox.world import Resource, World, become, vanish

LINGERS = 3600  # seconds an INACTIVE record stays to be seen
PROVIDERS = ("FARGATE", "FARGATE_SPOT")  # those that need no Auto Scaling group; ledger 4.2
NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
    "cluster. Associate the capacity provider with the cluster and try again."
)
ON_REQUEST = {  # what a describe shows only when asked to; ledger 4.1
    "SETTINGS": ("settings",),
    "CONFIGURATIONS": ("configuration",),
    "ATTACHMENTS": ("attachments", "attachmentsStatus"),
    "TAGS": ("tags",),
}


def create_cluster(world: World, request: Fields) -> Fields:
    service_linked_role(world)
    named = world.find(CLUSTER, cluster_arn(world, request.get("clusterName", "default")))
    if named is None or named["status"] == "INACTIVE":
        _refuse_unknown_providers(request)
        named = world.add(CLUSTER, request)
    return {"cluster": named.shown()}


def describe_clusters(world: World, request: Fields) -> Fields:
    arns = [cluster_arn(world, name) for name in request.get("clusters", ["default"])]
    if len(arns) > 100:
        raise bad("Clusters can have at most 100 items.")
    hidden = {
        member for word, members in ON_REQUEST.items() if word not in request.get("include", ()) for member in members
    }
    found, failures = found_and_missing(world, arns)
    return {"clusters": [_shown(world, each, hidden) for each in found], "failures": failures}


def list_clusters(world: World, _request: Fields) -> Fields:
    return {"clusterArns": [each.id for each in world.all(CLUSTER) if each["status"] == "ACTIVE"]}


def update_cluster(world: World, request: Fields) -> Fields:
    members = ("settings", "configuration", "serviceConnectDefaults")
    wanted: Fields = {name: request[name] for name in members if name in request}
    return {"cluster": world.change(cluster_of(world, request), wanted).shown()}


def update_cluster_settings(world: World, request: Fields) -> Fields:
    return {"cluster": world.change(cluster_of(world, request), {"settings": request["settings"]}).shown()}


def put_cluster_capacity_providers(world: World, request: Fields) -> Fields:
    """Replaces both lists; a provider that a service still uses may not go (ledger 4.2)."""
    cluster = cluster_of(world, request)
    _refuse_unknown_providers(request)
    for service in world.all(SERVICE):
        used = {each["capacityProvider"] for each in service.fields.get("capacityProviderStrategy", ())}
        if (
            service["clusterArn"] == cluster.id
            and service["status"] != "INACTIVE"
            and used - {*request["capacityProviders"]}
        ):
            raise Refusal("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
    wanted = {name: request[name] for name in ("capacityProviders", "defaultCapacityProviderStrategy")}
    return {"cluster": world.change(cluster, wanted).shown()}


def delete_cluster(world: World, request: Fields) -> Fields:
    cluster = cluster_of(world, request)
    world.refuse_if_held(CLUSTER, cluster.id)
    if any(task["clusterArn"] == cluster.id and task["lastStatus"] != "STOPPED" for task in world.all(TASK)):
        raise Refusal("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    become(world, cluster, {"status": "INACTIVE"})
    world.later(LINGERS, forget_inactive, cluster)
    return {"cluster": cluster.shown()}


def forget_inactive(world: World, cluster: Resource) -> None:
    if cluster["status"] == "INACTIVE":
        vanish(world, cluster)


# ---- in their words


def cluster_arn(world: World, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:ecs:{world.region}:{world.account}:cluster/{name}"


def cluster_of(world: World, request: Fields) -> Resource:
    """The active cluster a request names, or `default`. Raises ClusterNotFoundException."""
    cluster = world.get(CLUSTER, cluster_arn(world, request.get("cluster", "default")))
    if cluster["status"] == "INACTIVE":
        raise CLUSTER.unknown.about()
    return cluster


def found_and_missing(world: World, arns: list[str]) -> tuple[list[Resource], list[Fields]]:
    """ECS does not raise about what is missing; it lists it (ledger 0.4)."""
    found = [world.by_arn(arn) for arn in arns]
    missing = [{"arn": arn, "reason": "MISSING"} for arn, each in zip(arns, found, strict=True) if each is None]
    return [each for each in found if each], missing


def _shown(world: World, cluster: Resource, hidden: set[str]) -> Fields:
    tasks = [
        each for each in world.all(TASK) if each["clusterArn"] == cluster.id and each["desiredStatus"] == "RUNNING"
    ]
    services = [each for each in world.all(SERVICE) if each["clusterArn"] == cluster.id and each["status"] == "ACTIVE"]
    running = sum(each["lastStatus"] == "RUNNING" for each in tasks)
    counts = {
        "runningTasksCount": running,
        "pendingTasksCount": len(tasks) - running,
        "activeServicesCount": len(services),
    }
    return {name: value for name, value in (cluster.shown() | counts).items() if name not in hidden}


def service_linked_role(world: World) -> str:
    """ECS's own role. A fresh account's first use makes it and fails; the next one finds it (ledger 2.3)."""
    arn = f"arn:aws:iam::{world.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    if identity.role(world, arn) is None:
        identity.service_linked_role(world, "ecs.amazonaws.com")
        raise bad("Unable to assume the service linked role. Please verify that the ECS service linked role exists.")
    return arn


def _refuse_unknown_providers(request: Fields) -> None:
    for name in request.get("capacityProviders", ()):
        if name not in PROVIDERS:
            raise bad(
                f"The specified capacity provider '{name}' was not found. Specify a valid name or ARN and try again."
            )
    for each in request.get("defaultCapacityProviderStrategy", ()):
        if each["capacityProvider"] not in request.get("capacityProviders", ()):
            raise bad(NOT_ASSOCIATED)
