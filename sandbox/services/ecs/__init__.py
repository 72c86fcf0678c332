"""ECS on Fargate: what is missing is a `failure`, not an error; a deployment is history, not an update.

There are no container instances here: an EC2 service is accepted and never finds a place for a task. A test says with
the tag of an image what kind of program it deploys (`sandbox.echo`).
"""

from sandbox.refusal import Refusal
from sandbox.services.ecs.clusters import (
    create_cluster,
    delete_cluster,
    describe_clusters,
    list_clusters,
    put_cluster_capacity_providers,
    update_cluster,
    update_cluster_settings,
)
from sandbox.services.ecs.definitions import (
    delete_task_definitions,
    deregister_task_definition,
    describe_task_definition,
    list_task_definition_families,
    list_task_definitions,
    register_task_definition,
)
from sandbox.services.ecs.deployments import (
    describe_service_deployments,
    describe_service_revisions,
    list_service_deployments,
    stop_service_deployment,
)
from sandbox.services.ecs.kinds import (
    CLUSTER,
    REFERENCES,
    SERVICE,
    SERVICE_DEPLOYMENT,
    SERVICE_REVISION,
    TASK,
    TASK_DEFINITION,
)
from sandbox.services.ecs.services import (
    create_service,
    delete_service,
    describe_services,
    list_services,
    update_service,
)
from sandbox.services.ecs.shifting import continue_service_deployment
from sandbox.services.ecs.tags import (
    delete_account_setting,
    list_account_settings,
    list_tags_for_resource,
    put_account_setting,
    put_account_setting_default,
    tag_resource,
    untag_resource,
)
from sandbox.services.ecs.tasks import describe_tasks, list_tasks, stop_task

INVALID = Refusal("InvalidParameterException", "{why}")
TOKEN_REUSED = Refusal("InvalidParameterException", "Creation of service was not idempotent.")
PAGE = {"ListServices": 10, "ListServiceDeployments": 20}

__all__ = [
    "CLUSTER",
    "INVALID",
    "PAGE",
    "REFERENCES",
    "SERVICE",
    "SERVICE_DEPLOYMENT",
    "SERVICE_REVISION",
    "TASK",
    "TASK_DEFINITION",
    "TOKEN_REUSED",
    "continue_service_deployment",
    "create_cluster",
    "create_service",
    "delete_account_setting",
    "delete_cluster",
    "delete_service",
    "delete_task_definitions",
    "deregister_task_definition",
    "describe_clusters",
    "describe_service_deployments",
    "describe_service_revisions",
    "describe_services",
    "describe_task_definition",
    "describe_tasks",
    "list_account_settings",
    "list_clusters",
    "list_service_deployments",
    "list_services",
    "list_tags_for_resource",
    "list_task_definition_families",
    "list_task_definitions",
    "list_tasks",
    "put_account_setting",
    "put_account_setting_default",
    "put_cluster_capacity_providers",
    "register_task_definition",
    "stop_service_deployment",
    "stop_task",
    "tag_resource",
    "untag_resource",
    "update_cluster",
    "update_cluster_settings",
    "update_service",
]
