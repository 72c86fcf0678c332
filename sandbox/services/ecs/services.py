"""A service keeps tasks running. What it is asked for is written here; how it gets there is a rollout (`rollout`)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services import servicediscovery
from sandbox.services.ecs import rollout
from sandbox.services.ecs.clusters import (
    NOT_ASSOCIATED,
    cluster_of,
    found_and_missing,
    service_linked_role,
)
from sandbox.services.ecs.definitions import definition_of, refuse_inactive
from sandbox.services.ecs.kinds import SERVICE, bad
from sandbox.services.ecs.strategies import configured, refuse_wires
from sandbox.services.elbv2 import TARGET_GROUP
from sandbox.services.foreign import SECURITY_GROUP, SUBNET
from sandbox.world import Resource, World, become, merged, vanish

MUST_FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)
INCOMPATIBLE = (
    "The provided target group {group} has target type {type}, which is incompatible with the awsvpc network mode "
    "specified in the task definition."
)
VERSIONS = ("LATEST", "1.4.0", "1.3.0")  # of the Fargate platform on Linux; ECS guide "Fargate platform versions"
ROLLS = (  # what UpdateService says "triggers a new service deployment" (botocore); the strategy only with force
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


def create_service(world: World, request: Fields) -> Fields:
    cluster, role = cluster_of(world, request), service_linked_role(world)
    id = f"{cluster.id.replace(':cluster/', ':service/')}/{request['serviceName']}"
    if (same := world.find(SERVICE, id)) and same["status"] != "INACTIVE":
        if same["status"] == "ACTIVE" and _asked(same.sent) == _asked(request):
            return {"service": same.shown()}
        raise bad("Creation of service was not idempotent.")
    definition = definition_of(world, request.get("taskDefinition", ""))
    refuse_inactive(definition)
    made = _network(world, request) | _capacity(cluster, request) | _grace(request)
    made |= {
        "clusterArn": cluster.id,
        "taskDefinition": definition.id,
        "createdAt": world.time,
        "deployments": [],
        "createdBy": f"arn:aws:iam::{world.account}:root",
        "roleArn": role,
        "currentServiceRevisions": [],
    }
    told = request.get("deploymentConfiguration", {})
    made["deploymentConfiguration"] = configured(told, merged(SERVICE.defaults["deploymentConfiguration"], told))
    _refuse_wiring(world, request | made, definition)
    if same:
        vanish(world, same)
    service = world.add(SERVICE, request, made, id=id)
    rollout.deploy(world, service)
    return {"service": service.shown()}


def describe_services(world: World, request: Fields) -> Fields:
    cluster = cluster_of(world, request)
    if len(request["services"]) > 10:
        raise bad("Services can have at most 10 items.")
    found, failures = found_and_missing(world, [_service_arn(cluster, name) for name in request["services"]])
    tags = "TAGS" in request.get("include", ())
    return {"services": [each.shown(tags=tags) for each in found], "failures": failures}


def list_services(world: World, request: Fields) -> Fields:
    cluster = cluster_of(world, request).id
    filters = {name: request[name] for name in ("launchType", "schedulingStrategy") if name in request}
    active = [each for each in world.all(SERVICE) if each["clusterArn"] == cluster and each["status"] == "ACTIVE"]
    return {"serviceArns": [each.id for each in active if filters.items() <= _flat(each).items()]}


def update_service(world: World, request: Fields) -> Fields:
    service = service_of(world, request)
    if service["status"] != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    changes = {
        name: value for name, value in request.items() if name not in ("service", "cluster", "forceNewDeployment")
    }
    definition = definition_of(world, request.get("taskDefinition", service["taskDefinition"]))
    if "taskDefinition" in request:
        refuse_inactive(definition)
        changes["taskDefinition"] = definition.id
    if "networkConfiguration" in request:
        changes |= _network(world, request)
    if told := request.get("deploymentConfiguration"):
        changes["deploymentConfiguration"] = configured(told, merged(service["deploymentConfiguration"], told))
    if "capacityProviderStrategy" in request:
        _refuse_strategy_without_force(service, request)
        changes |= _capacity(cluster_of(world, {"cluster": service["clusterArn"]}), request)
    if {"loadBalancers", "healthCheckGracePeriodSeconds"} & changes.keys():
        changes |= _grace({"loadBalancers": service["loadBalancers"]} | changes, service)
    _refuse_wiring(world, service.fields | changes, definition)
    before = service.fields
    _replace(world, service, changes)
    if request.get("forceNewDeployment") or any(before.get(name) != service.fields.get(name) for name in ROLLS):
        rollout.deploy(world, service)
    else:
        rollout.rouse(world, service)
    return {"service": service.shown()}


def delete_service(world: World, request: Fields) -> Fields:
    service = service_of(world, request)
    if service["status"] == "INACTIVE":
        raise SERVICE.unknown.about()
    if service["desiredCount"] and not request.get("force"):
        raise bad("The service cannot be stopped while it is scaled above 0.")
    become(world, service, {"status": "DRAINING", "desiredCount": 0})
    rollout.halt(world, service)
    return {"service": service.shown()}


def scale(world: World, service: Resource, count: int) -> None:
    """What Application Auto Scaling does: UpdateService with a count and nothing else."""
    become(world, service, {"desiredCount": count})
    rollout.rouse(world, service)


# ---- in their words


def service_of(world: World, request: Fields) -> Resource:
    """The service a request names. Raises ClusterNotFoundException or ServiceNotFoundException."""
    cluster = cluster_of(world, request)
    return world.get(SERVICE, _service_arn(cluster, request["service"]))


def _service_arn(cluster: Resource, name: str) -> str:
    return name if name.startswith("arn:") else f"{cluster.id.replace(':cluster/', ':service/')}/{name}"


def _asked(request: Fields) -> Fields:
    return {name: value for name, value in request.items() if name != "clientToken"}


def _flat(service: Resource) -> Fields:
    return {name: value for name, value in service.fields.items() if isinstance(value, str)}


def _replace(world: World, service: Resource, changes: Fields) -> None:
    """A strategy takes the launch type's place, and an empty strategy gives it back (botocore UpdateService)."""
    world.change(service, changes)
    dropped = {"launchType"} if changes.get("capacityProviderStrategy") else set()
    dropped |= set() if service["loadBalancers"] else {"healthCheckGracePeriodSeconds"}
    if "launchType" in changes:
        dropped |= {"capacityProviderStrategy"}
    service.fields = {name: value for name, value in service.fields.items() if name not in dropped}


def _network(world: World, request: Fields) -> Fields:
    """Filled in as AWS does: no public address, and the VPC's default group when none is named (ledger 4.4)."""
    asked = request.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not asked:
        return {}
    vpcs = {found["VpcId"] for id in asked["subnets"] if (found := world.find(SUBNET, id))}
    vpcs |= {found["VpcId"] for id in asked.get("securityGroups", ()) if (found := world.find(SECURITY_GROUP, id))}
    if len(vpcs) > 1:
        raise bad("Subnets and security groups must all belong to the same VPC.")
    groups = asked.get("securityGroups") or [_default_group(world, vpc) for vpc in vpcs]
    return {
        "networkConfiguration": {
            "awsvpcConfiguration": {"assignPublicIp": "DISABLED"} | asked | {"securityGroups": groups}
        }
    }


def _default_group(world: World, vpc: str) -> str:
    return str(elsewhere.backend(world, "ec2").get_default_security_group(vpc).id)


def _capacity(cluster: Resource, request: Fields) -> Fields:
    """Launch type or strategy, never both; the cluster's own strategy when neither is said (ledger 4.4)."""
    strategy = request.get("capacityProviderStrategy")
    if strategy and "launchType" in request:
        raise bad(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    if strategy is None and "launchType" not in request:
        strategy = cluster["defaultCapacityProviderStrategy"]
    for each in strategy or ():
        if each["capacityProvider"] not in cluster["capacityProviders"]:
            raise bad(NOT_ASSOCIATED)
    kind = request.get("launchType", "FARGATE" if "service" in request else "EC2")
    made: Fields = (
        {"capacityProviderStrategy": [{"weight": 0, "base": 0} | each for each in strategy]}
        if strategy
        else {"launchType": kind}
    )
    if strategy or kind == "FARGATE":
        made |= {"platformVersion": request.get("platformVersion", "LATEST"), "platformFamily": "Linux"}
    return made


def _grace(request: Fields, service: Resource | None = None) -> Fields:
    """A service behind load balancers has one, 0 when none was said; any other has none (recordings findings A)."""
    kept = service.fields.get("healthCheckGracePeriodSeconds", 0) if service else 0
    balanced = bool(request.get("loadBalancers"))
    if "healthCheckGracePeriodSeconds" in request and not balanced:
        raise bad("Health check grace period is only valid for services configured to use load balancers")
    return {"healthCheckGracePeriodSeconds": request.get("healthCheckGracePeriodSeconds", kept)} if balanced else {}


def _refuse_strategy_without_force(service: Resource, request: Fields) -> None:
    other = request["capacityProviderStrategy"] != service.fields.get("capacityProviderStrategy")
    if other and not request.get("forceNewDeployment"):
        raise bad(MUST_FORCE)


def _refuse_wiring(world: World, wanted: Fields, definition: Resource) -> None:
    """What only shows when service, task definition and target groups are seen together (ledger 4.4)."""
    if definition["networkMode"] == "awsvpc" and not wanted.get("networkConfiguration"):
        raise bad("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    fargate = "platformFamily" in wanted
    if fargate and "FARGATE" not in definition["compatibilities"]:
        raise bad("Task definition does not support launch_type FARGATE.")
    if fargate and wanted.get("platformVersion", "LATEST") not in VERSIONS:
        raise Refusal("PlatformUnknownException", "The specified platform version does not exist.")
    for wire in wanted.get("loadBalancers", ()):
        _refuse_wire(world, wire, definition)
    for registry in wanted.get("serviceRegistries", ()):
        _refuse_registry(world, registry, definition)
    refuse_wires(world, wanted)


def _refuse_registry(world: World, registry: Fields, definition: Resource) -> None:
    """Of SRV records the container's port is wanted, in one of two ways (botocore ServiceRegistry)."""
    service = servicediscovery.named(world, registry.get("registryArn", ""))
    if service is None:
        raise bad(f"The service registry {registry.get('registryArn')} does not exist.")
    types = {each["Type"] for each in service.fields.get("DnsConfig", {"DnsRecords": []})["DnsRecords"]}
    both = "containerName" in registry and "containerPort" in registry
    if types == {"SRV"} and both == ("port" in registry):
        raise bad("When specifying 'SRV' records, either containerName and containerPort, or port must be provided.")
    if both:
        ports = [
            each.get("containerPort") for each in _container(definition, registry["containerName"])["portMappings"]
        ]
        if registry["containerPort"] not in ports:
            name, port = registry["containerName"], registry["containerPort"]
            raise bad(f"The container {name} did not have a container port {port} defined.")


def _container(definition: Resource, name: str | None) -> Fields:
    for each in definition["containerDefinitions"]:
        if each["name"] == name:
            return dict(each)
    raise bad(f"The container {name} does not exist in the task definition.")


def _refuse_wire(world: World, wire: Fields, definition: Resource) -> None:
    name, port, arn = wire.get("containerName"), wire.get("containerPort"), wire.get("targetGroupArn", "")
    container = _container(definition, name)
    if port not in [each.get("containerPort") for each in container["portMappings"]]:
        raise bad(f"The container {name} did not have a container port {port} defined.")
    group = world.find(TARGET_GROUP, arn)
    if group is None:
        raise bad(f"The target group {arn} does not exist.")
    if definition["networkMode"] == "awsvpc" and group["TargetType"] != "ip":
        raise bad(INCOMPATIBLE.format(group=arn, type=group["TargetType"]))
    if not [holder for _, holder in world.holders(TARGET_GROUP, arn) if holder.kind is not SERVICE]:
        raise bad(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
