"""Clusters, task definitions, services and tasks."""

from __future__ import annotations

import re
from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
OWN = {
    "ecs": {
        "Cluster": ("clusterArn", "status"),
        "TaskDefinition": ("taskDefinitionArn", "revision", "status"),
        "Service": ("serviceArn", "clusterArn", "status", "createdBy", "roleArn", "taskDefinition"),
        "Task": ("taskArn", "clusterArn", "taskDefinitionArn"),
        "ServiceRevision": ("serviceArn", "clusterArn", "serviceRevisionArn", "taskDefinition"),
    }
}
CONTAINER = {"name": "web", "image": "web:1", "memory": 128}


def cluster(place: Place, wish: Wish) -> Known:
    name = wish.get("clusterName") or "main"
    providers = wish.get("capacityProviders") or None
    made = wish.made("ecs", "create_cluster", clusterName=name, capacityProviders=providers)["cluster"]
    arn = made["clusterArn"]
    return {
        "clusters": [arn],
        "cluster": arn,
        "include": ["TAGS", "SETTINGS", "CONFIGURATIONS", "STATISTICS", "ATTACHMENTS"],
        "settings": wish.get("settings") or [{"name": "containerInsights", "value": "enabled"}],
    }


def task_definition(place: Place, wish: Wish) -> Known:
    said: Known = {
        "family": wish.get("family") or "web",
        "containerDefinitions": wish.get("containerDefinitions") or [CONTAINER],
    }
    if any(not each.get("memory") and not each.get("memoryReservation") for each in said["containerDefinitions"]):
        said["memory"] = wish.get("memory") or "512"
    made = wish.made("ecs", "register_task_definition", **said)["taskDefinition"]
    return {"taskDefinition": made["taskDefinitionArn"], "familyPrefix": made["family"], "include": ["TAGS"]}


def balancers(place: Place, wish: Wish) -> list[Known]:
    """The recorded ties to target groups, which listen by now."""
    tied = [each for each in wish.get("loadBalancers") or () if each.get("targetGroupArn")]
    for number, each in enumerate(tied):
        balancer = place.reference("balancer", "its own")
        asked = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 9000 + number}
        place.call(
            "elbv2",
            "create_listener",
            **asked,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": each["targetGroupArn"]}],
        )
    return tied


def revision(place: Place, wish: Wish, network: Known, ties: list[Known]) -> str:
    """A task definition that such a service can run."""
    ports = [{"containerPort": each["containerPort"]} for each in ties if each.get("containerPort")]
    names = {str(each["containerName"]) for each in ties if each.get("containerName")} or {"web"}
    said: Known = {
        "containerDefinitions": [
            CONTAINER | {"name": name, "portMappings": ports or [{"containerPort": 80}]} for name in sorted(names)
        ]
    }
    fargate = wish.get("launchType") == "FARGATE" or any(
        "FARGATE" in each["capacityProvider"] for each in wish.get("capacityProviderStrategy") or ()
    )
    if network or fargate:
        said["networkMode"] = "awsvpc"
    if fargate or not wish.get("launchType"):
        said |= {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    return str(
        place.call("ecs", "register_task_definition", family="web", **said)["taskDefinition"]["taskDefinitionArn"]
    )


def service(place: Place, wish: Wish) -> Known:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", wish.get("serviceName") or "web")
    home = place.reference("cluster", "its own")
    ties = balancers(place, wish)
    definition = revision(place, wish, wish.get("networkConfiguration") or {}, ties)
    told = wish.request("create_service", skip=("taskDefinition", "serviceName", "loadBalancers", "clientToken"))
    if "awsvpc" in str(place.answers["ecs", "register_task_definition"]) and not told.get("networkConfiguration"):
        told["networkConfiguration"] = {
            "awsvpcConfiguration": {"subnets": place.subnets[:2], "securityGroups": [place.firewall]}
        }
        wish.sent.pop("networkConfiguration", None)
    if told.get("capacityProviderStrategy"):
        told.pop("launchType", None)
    elif not told.get("launchType"):
        told["launchType"] = "FARGATE"
    if (
        told.get("deploymentController", {}).get("type") in ("CODE_DEPLOY", "EXTERNAL")
        and told["deploymentController"]["type"] == "EXTERNAL"
    ):
        definition = ""
    if told.get("capacityProviderStrategy"):
        names = [each["capacityProvider"] for each in told["capacityProviderStrategy"]]
        place.call(
            "ecs",
            "put_cluster_capacity_providers",
            cluster=home,
            capacityProviders=names,
            defaultCapacityProviderStrategy=[],
        )
    said = {"cluster": home, "serviceName": name, "taskDefinition": definition or None, "loadBalancers": ties or None}
    place.call("ecs", "create_service", **{key: each for key, each in (told | said).items() if each is not None})
    place.wait()
    known: Known = {"cluster": home, "service": name, "services": [name], "include": ["TAGS"], "force": True}
    return known | {
        "serviceRevisionArns": [],
        "resourceArn": place.answers["ecs", "create_service"]["service"]["serviceArn"],
    }


def service_revision(place: Place, wish: Wish) -> Known:
    known = service(place, wish)
    deployed = place.call("ecs", "list_service_deployments", cluster=known["cluster"], service=known["service"])
    return {"serviceRevisionArns": [deployed["serviceDeployments"][0]["targetServiceRevisionArn"]]}


def plain_service(place: Place) -> Known:
    return service(place, Wish(place, "ecs", {"desiredCount": 1, "launchType": "FARGATE"}))


def task(place: Place, wish: Wish) -> Known:
    known = service(place, Wish(place, "ecs", {"desiredCount": 1, "launchType": "FARGATE"}))
    running = place.call("ecs", "list_tasks", cluster=known["cluster"])["taskArns"]
    return {"cluster": known["cluster"], "tasks": running, "task": running[0], "include": ["TAGS"]}


def service_arns(place: Place, _wish: Wish) -> Known:
    return {"cluster": plain_service(place)["cluster"]}


def tagging(place: Place, _wish: Wish) -> Known:
    arn = place.reference("cluster", "its own")
    return {"resourceArn": arn, "tags": [{"key": "a", "value": "b"}], "tagKeys": ["a"]}


def cluster_arns(place: Place, _wish: Wish) -> Known:
    place.reference("cluster", "its own")
    return {}


def setting(place: Place, wish: Wish) -> Known:
    said = {"effectiveSettings": True, "name": wish.get("name") or "containerInsights"}
    return said if wish.get("value") else said | {"value": "enabled"}


def nothing(_place: Place, _wish: Wish) -> Known:
    return {}


RECIPES = {
    "ecs": {
        "Cluster": cluster,
        "TaskDefinition": task_definition,
        "Service": service,
        "ServiceRevision": service_revision,
        "Task": task,
        "Services": service_arns,
        "Tasks": service_arns,
        "Clusters": cluster_arns,
        "TaskDefinitions": task_definition,
        "TaskDefinitionFamilies": task_definition,
        "TagResource": tagging,
        "UntagResource": tagging,
        "Setting": setting,
    }
}
