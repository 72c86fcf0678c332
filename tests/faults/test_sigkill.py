"""The real thing: `penstock apply` over HTTP, killed by SIGKILL at a call, and once more `penstock apply`.

It checks the model of all other deaths here, where a copy of the process dies instead.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox, elsewhere
from sandbox.calls import Call
from sandbox.clock import RunningClock
from sandbox.faults import Fault
from sandbox.refusal import Crash
from sandbox.seed import seed
from sandbox.server import serving
from tests.faults.picture import picture
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

ROOT = Path(__file__).resolve().parents[2]
CLOCK_SPEED = 600.0
PENSTOCK = "from controller.cli import main; main()"
CALLS = 45
"""How many mutating calls a cold create makes, or a little fewer than that."""
SAMPLE = 21


@dataclass
class Place:
    """An AWS on loopback and a folder of specs."""

    folder: Path
    sandbox: Sandbox
    endpoint: str
    killed: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
        others = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PENSTOCK_"))}
        return others | keys | {"AWS_ENDPOINT_URL": self.endpoint}

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PENSTOCK, "apply", "-f", str(self.folder), "--yes"]
        return subprocess.Popen(
            [*command, "--budget", "1.0", "--progress", "plain"],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def apply(self) -> tuple[int, str]:
        process = self.start()
        told, _ = process.communicate(timeout=300)
        return process.returncode, told

    def kill_at(self, number: int, *, after: bool) -> bool:
        """Begin, and kill it at the k-th mutating call; whether it came that far."""
        process = self.start()
        self.killed.clear()
        seen = 0

        def strike(_sandbox: Sandbox, call: Call, proceed: Any) -> Any:
            nonlocal seen
            seen += not call.reads
            if call.reads or seen != number:
                return proceed()
            if after:
                proceed()
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.killed.append(str(call))
            raise Crash("nobody is left to hear the answer")

        self.sandbox.faults.append(Fault(strike))
        process.communicate(timeout=300)
        self.sandbox.faults.clear()
        return bool(self.killed)


OTHERS = [each for each in range(1, CALLS) if each != SAMPLE]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    elsewhere.reset()
    sandbox = Sandbox(clock=RunningClock(CLOCK_SPEED))
    seed(sandbox, ACCOUNT, REGION)
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "hello.yaml").write_text(alone(services={"web": service()}))
    with serving(sandbox) as endpoint:
        yield Place(folder, sandbox, endpoint)


def ended_well(place: Place) -> dict[str, Any]:
    """Nothing is left to do, and a request is answered."""
    world = World(place.folder, sandbox=place.sandbox)
    seen = world.look()
    assert not seen.plan.changes
    assert not seen.drift
    assert world.request(world.api()).answer.status == 200
    found = picture(world, seen)
    assert "wrong" not in found
    return found


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [SAMPLE, *(pytest.param(each, marks=pytest.mark.slow) for each in OTHERS)])
def test_a_killed_apply_is_finished_by_the_next_one(place: Place, number: int, *, after: bool):
    assert place.kill_at(number, after=after), "it never came so far"
    code, told = place.apply()
    assert code == 0, told
    found = ended_well(place)
    counts = found["counts"]
    for kind in ("apigatewayv2 Api", "apigatewayv2 VpcLink", "elbv2 LoadBalancer", "elbv2 TargetGroup", "ecs Service"):
        assert counts[kind] == 1, kind
    assert (counts["groups"], counts["roles"], counts["log groups"]) == (5, 2, 2), counts
    code, told = place.apply()
    assert code == 0, told
