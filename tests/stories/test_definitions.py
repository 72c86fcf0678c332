"""A task definition in a file beside the spec, as `aws ecs register-task-definition` takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from specs import load
from tests.stories.writing import alone
from tests.world import ACCOUNT, World

ROLE = f"arn:aws:iam::{ACCOUNT}:role/theirs"
FILE: dict[str, Any] = {
    "family": "billing",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": ROLE,
    "containerDefinitions": [
        {"name": "proxy", "image": "proxy:1", "portMappings": [{"containerPort": 8443}]},
        {
            "name": "app",
            "image": "billing:1",
            "portMappings": [{"containerPort": 8080}],
            "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
        },
    ],
}
SERVICE = {"taskDefinition": "./billing.json", "port": 8080, "count": 2, "healthCheck": "/"}


def beside(world: World, **changes: Any) -> None:
    (world.folder / "billing.json").write_text(json.dumps(FILE | changes, indent=1))


def running(world: World) -> dict[str, Any]:
    """The task definition that the one service runs."""
    ecs = world.boto("ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    [service] = ecs.list_services(cluster=cluster)["serviceArns"]
    [found] = ecs.describe_services(cluster=cluster, services=[service])["services"]
    told: dict[str, Any] = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    return told


def test_what_a_file_registers_runs_and_an_edited_file_rolls_out(world: World):
    lets = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [lets]})
    world.boto("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument=trust)
    world.clock.sleep(60)
    beside(world)
    world.write(alone(services={"billing": SERVICE}))
    world.settle()
    told = running(world)
    containers = {each["name"]: each for each in told["containerDefinitions"]}
    assert containers["app"]["ulimits"] == FILE["containerDefinitions"][1]["ulimits"]
    assert (told["executionRoleArn"], told["family"] == "billing") == (ROLE, False)
    assert world.request(world.api()).answer.status == 200
    assert not world.look().plan.changes
    groups = world.boto("logs").describe_log_groups()["logGroups"]
    assert [each["logGroupName"] for each in groups if each["logGroupName"].endswith("billing")] == []

    # somebody registers one of the name in the file; then the file is edited
    ecs = world.boto("ecs")
    theirs = ecs.register_task_definition(**FILE)["taskDefinition"]["taskDefinitionArn"]
    beside(world, memory="1024")
    world.settle()
    assert running(world)["memory"] == "1024"
    assert not world.look().plan.changes

    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert ecs.describe_task_definition(taskDefinition=theirs)["taskDefinition"]["status"] == "ACTIVE"


def test_what_ecs_would_refuse_is_told_where_it_stands_in_the_file(world: World):
    wrong = json.loads(json.dumps(FILE)) | {"memory": 512, "tags": []}
    wrong["containerDefinitions"][1] |= {"imag": "x", "portMappings": [{"containerPort": 80}]}
    (world.folder / "billing.json").write_text(json.dumps(wrong, indent=1))
    spec = world.folder / "hello.yaml"
    spec.write_text(alone(services={"billing": SERVICE}))
    catalog = load([world.folder])
    lines = (world.folder / "billing.json").read_text().splitlines()
    told = {
        (Path(each.file).name, lines[each.line - 1].strip().strip('",').partition('"')[0], each.severity)
        for each in catalog.problems
    }
    assert told == {("billing.json", "family", "warning")} | {
        ("billing.json", each, "error") for each in ("imag", "memory", "tags", "containerDefinitions")
    }
    (world.folder / "billing.json").unlink()
    assert {each.code for each in load([world.folder]).problems} == {"E1002"}
