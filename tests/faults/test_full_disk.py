"""E16: nothing that is told can be written. The work goes on or ends with an error, and nothing is left half."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from controller.cli.exits import Stop
from controller.cli.plan import keep
from controller.logs import configure
from controller.loop import Loop
from tests.faults.test_sigkill import PENSTOCK, ROOT, Place, ended_well, place
from tests.stories.writing import alone
from tests.world import World

__all__ = ["place"]
NOWHERE = Path("/dev/full")


class Full(io.StringIO):
    """A stream of which only the first so many lines have room."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, text: str) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= text.count("\n")
        return super().write(text)

    def flush(self) -> None:
        if self.room <= 0:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


@pytest.fixture(params=[0, 7], ids=["from the start", "after some lines"])
def full(request: pytest.FixtureRequest) -> Iterator[Full]:
    stream = Full(request.param)
    configure(2, "json", stream)
    yield stream
    structlog.reset_defaults()


def test_a_controller_whose_log_cannot_be_written_goes_on(world: World, full: Full):
    world.write(alone())
    loop = Loop([world.folder], world.process())
    for _ in range(20):
        loop.turn(edited=False)
        world.clock.sleep(20)
    world.boto("apigatewayv2").update_api(ApiId=world.api(), Description="by hand")
    world.clock.sleep(400)
    loop.turn(edited=False)
    assert full.room <= 0
    assert loop.told.ready == {"hello"}
    assert world.boto("apigatewayv2").get_apis()["Items"][0].get("Description", "") == ""


class Unwritable(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_plan_for_which_there_is_no_room_leaves_neither_half_of_it_nor_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old = tmp_path / "plan.json"
    old.write_text("an older plan")

    def no_room(handle: int, *_: Any, **__: Any) -> io.StringIO:
        os.close(handle)
        return Unwritable()

    monkeypatch.setattr("controller.cli.plan.os.fdopen", no_room)
    with pytest.raises(Stop, match="No space left on device"):
        keep(old, {"format": "penstock.plan/1"})
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("plan.json", "an older plan")]


@pytest.mark.slow
@pytest.mark.skipif(not (NOWHERE.exists() and stat.S_ISCHR(NOWHERE.stat().st_mode)), reason="there is no full device")
@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="+".join)
def test_an_apply_that_nobody_can_hear_is_finished_or_ends_with_an_error(place: Place, streams: tuple[str, ...]):
    with NOWHERE.open("w") as nowhere:
        heard: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | dict.fromkeys(streams, nowhere)
        command = [sys.executable, "-c", PENSTOCK, "apply", "-f", str(place.folder), "--yes", "--budget", "1.0"]
        unheard = subprocess.run(command, env=place.environment, cwd=ROOT, timeout=300, check=False, **heard)
    assert unheard.returncode != 0
    code, told = place.apply()
    assert code == 0, told
    ended_well(place)
