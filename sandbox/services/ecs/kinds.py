"""ECS as tables: what its five kinds of resource are called, start out as, and must always be."""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Reference, Rule
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import TARGET_GROUP
from sandbox.services.foreign import HELD, SECURITY_GROUP, SUBNET


def bad(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def client(message: str) -> Refusal:
    return Refusal("ClientException", message)


CLUSTER = Kind(
    "ecs",
    "Cluster",
    "clusterArn",
    "arn:aws:ecs:{region}:{account}:cluster/{clusterName}",
    Refusal("ClusterNotFoundException", "Cluster not found."),
    unique=("clusterName",),
    twice=client("Cluster exists"),
    gone=("INACTIVE",),
    status="status",
    defaults={
        "clusterName": "default",
        "status": "ACTIVE",
        "settings": [{"name": "containerInsights", "value": "disabled"}],
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    },
    rules=(
        Rule(
            "matches(clusterName, '[A-Za-z0-9_-]{1,255}')",
            bad("Identifier '{clusterName}' contains invalid characters."),
            source="4.1",
        ),
    ),
    quota=Quota("clusters", 10_000, Refusal("LimitExceededException", "The limit for clusters has been exceeded.")),
)

FARGATE = "contains(requiresCompatibilities || `[]`, 'FARGATE')"
TASK_DEFINITION = Kind(
    "ecs",
    "TaskDefinition",
    "taskDefinitionArn",
    "arn:aws:ecs:{region}:{account}:task-definition/{family}:{revision}",
    client("Unable to describe task definition."),
    defaults={"status": "ACTIVE", "networkMode": "bridge", "volumes": [], "placementConstraints": []},
    rules=(
        Rule("matches(family, '[A-Za-z0-9_-]{1,255}')", client("Invalid family '{family}'"), source="4.3"),
        Rule("networkMode == 'awsvpc'", client("Fargate only supports network mode 'awsvpc'."), FARGATE, "4.3"),
        Rule(
            "cpu && memory",
            client("Fargate requires that 'cpu' and 'memory' be defined at the task level."),
            FARGATE,
            "4.3",
        ),
        Rule("containerDefinitions", client("Container list cannot be empty."), source="4.3"),
        Rule(
            "length(containerDefinitions[].name) == length(distinct(containerDefinitions[].name))",
            client("Container names must be unique"),
            source="4.3",
        ),
        Rule(
            "containerDefinitions[?essential != `false`]",
            client("At least one container must be essential"),
            source="4.3",
        ),
    ),
)

SERVICE = Kind(
    "ecs",
    "Service",
    "serviceArn",
    "{cluster}/{serviceName}",
    Refusal("ServiceNotFoundException", "Service not found."),
    gone=("INACTIVE",),
    status="status",
    defaults={
        "status": "ACTIVE",
        "desiredCount": 0,
        "runningCount": 0,
        "pendingCount": 0,
        "schedulingStrategy": "REPLICA",
        "propagateTags": "NONE",
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "events": [],
        "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED",
        "deploymentConfiguration": {
            "strategy": "ROLLING",
            "bakeTimeInMinutes": 0,
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "alarms": {"alarmNames": [], "enable": False, "rollback": False},
            "deploymentCircuitBreaker": {
                "enable": False,
                "rollback": False,
                "resetOnHealthyTask": True,
                "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50},
            },
        },
    },
    rules=(
        Rule("matches(serviceName, '[A-Za-z0-9_-]{1,255}')", bad("Invalid service name '{serviceName}'"), source="4.4"),
        Rule("desiredCount >= `0`", bad("Desired count must be non-negative."), source="4.4"),
        Rule("length(loadBalancers) <= `5`", bad("load balancers can have at most 5 items."), source="4.4"),
        Rule("length(serviceRegistries) <= `1`", bad("service registries can have at most 1 items."), source="4.4"),
        Rule(
            "length(networkConfiguration.awsvpcConfiguration.subnets) <= `16`",
            bad("subnets can have at most 16 items."),
            "networkConfiguration",
            "4.4",
        ),
        Rule(
            "length(networkConfiguration.awsvpcConfiguration.securityGroups) <= `5`",
            bad("securityGroups can have at most 5 items."),
            "networkConfiguration.awsvpcConfiguration.securityGroups",
            "4.4",
        ),
        Rule(
            "deploymentConfiguration.maximumPercent > `100` || deploymentConfiguration.minimumHealthyPercent < `100`",
            bad("Invalid deployment configuration: no task could ever be replaced"),
            source="4.4",
        ),
        Rule(
            "deploymentConfiguration.maximumPercent >= deploymentConfiguration.minimumHealthyPercent",
            bad("maximumPercent must be at least minimumHealthyPercent"),
            source="4.4",
        ),
        Rule(
            "deploymentController.type == 'ECS'",
            bad("This sandbox has the deployment controller ECS only"),
            source="4.4",
        ),
        Rule("schedulingStrategy == 'REPLICA'", bad("This sandbox schedules REPLICA services only"), source="4.4"),
    ),
    quota=Quota(
        "services-per-cluster", 5_000, Refusal("LimitExceededException", "The limit for services has been exceeded.")
    ),
)

SERVICE_DEPLOYMENT = Kind(
    "ecs",
    "ServiceDeployment",
    "serviceDeploymentArn",
    "{parent}/{short}",
    Refusal("ServiceDeploymentNotFoundException", "Service deployment not found."),
    status="status",
)
SERVICE_REVISION = Kind(
    "ecs", "ServiceRevision", "serviceRevisionArn", "{parent}/{short}", bad("Service revision not found.")
)
TASK = Kind("ecs", "Task", "taskArn", "{parent}/{hex32}", bad("The referenced task was not found."))

NETWORK = "networkConfiguration.awsvpcConfiguration"
_CONTAINS = Refusal("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
REFERENCES = (
    Reference(
        SERVICE,
        "loadBalancers[].targetGroupArn",
        TARGET_GROUP,
        bad("The target group {id} does not exist."),
        None,
        "5.1",
    ),
    Reference(
        SERVICE,
        "loadBalancers[].advancedConfiguration.alternateTargetGroupArn",
        TARGET_GROUP,
        bad("The target group {id} does not exist."),
        None,
        "5.1",
    ),
    Reference(SERVICE, f"{NETWORK}.subnets", SUBNET, bad("The subnet ID '{id}' does not exist"), HELD, "0.7"),
    Reference(
        SERVICE,
        f"{NETWORK}.securityGroups",
        SECURITY_GROUP,
        bad("The security group '{id}' does not exist"),
        HELD,
        "0.7",
    ),
    Reference(SERVICE, "clusterArn", CLUSTER, None, _CONTAINS, "4.1"),
)
