"""A story happens in a world of its own; whoever backs off from a fault waits in the sandbox's time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconcilers.gateway.rest.account import MAY_ASSUME, WRITES_LOGS
from tests.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.setattr("botocore.endpoint.time", made.clock)
    return made


@pytest.fixture
def logging(world: World) -> World:
    """An account whose APIs may write logs: that stays when the last of them is gone."""
    iam, name = world.boto("iam"), "somebody-elses-logger"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(MAY_ASSUME))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=json.dumps(WRITES_LOGS))
    world.clock.sleep(60)
    operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
    world.boto("apigateway").update_account(patchOperations=[operation])
    return world
