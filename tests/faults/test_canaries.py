"""E20: what only the tasks may know stands in no log, however talkative, and in no plan or status."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from controller.cli.plan import looks, seen_in
from controller.logs import configure
from controller.loop import Loop
from controller.output.plan_text import plan_text
from controller.output.sights import report_json
from controller.saved import saved
from sandbox.calls import Call
from sandbox.faults import Fault, Proceed, fail, lose_reply, refuse
from sandbox.refusal import Refusal
from tests.stories.writing import alone, service
from tests.world import World

CANARIES = {"API_TOKEN": "canary-1f6a0c", "DB_PASSWORD": "canary-77b2e9", "signing-key": "canary-c04d15"}
OPEN = {"GREETING": "canary-e3a8f1"}
"""Shown where somebody asks for the difference, and not told by the way."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure(2, "json", stream)
    yield stream
    structlog.reset_defaults()


def written(image: str) -> str:
    return alone(services={"web": service(image, env=CANARIES | OPEN)})


def raising(_sandbox: Any, call: Call, _proceed: Proceed) -> Any:
    """An error of our own that nobody expected, with the whole request in a variable of its frame."""
    request = call.request
    raise RuntimeError(f"{call.operation} of {len(request)} members")


def test_neither_the_log_at_its_most_talkative_nor_a_plan_tells_a_secret(world: World, log: io.StringIO):
    world.write(written("web:1"))
    loop = Loop([world.folder], world.process())
    plan = world.process().look(world.catalog())
    world.sandbox.faults += [
        Fault(refuse(Refusal("ClientException", "Invalid setting for container 'web'", 400)), "ecs:Register*", times=1),
        Fault(raising, "ecs:Register*", times=1),
        Fault(lose_reply, "ecs:CreateService", times=1),
        Fault(fail, "elbv2:Describe*", times=9),
    ]
    for image in ("web:1", "web:2"):
        world.write(written(image))
        for _ in range(20):
            loop.turn(edited=True)
            world.clock.sleep(60)
    assert loop.told.ready == {"hello"}
    told = log.getvalue()
    assert all(word in told for word in ("changed", "looked", "ready", "RegisterTaskDefinition", "rejected"))
    assert [each for each in (CANARIES | OPEN).values() if each in told] == []

    edited = world.process()
    world.write(written("web:3").replace("canary-1f6a0c", "canary-new"))
    after = edited.look(world.catalog())
    for report in (plan, after):
        shown = plan_text(seen_in(report), width=100, full=True) + json.dumps(report_json(looks(report)))
        shown += json.dumps(saved(looks(report), "default")) + str(report.statuses)
        assert "API_TOKEN" in shown
        assert [each for each in (*CANARIES.values(), "canary-new") if each in shown] == []
