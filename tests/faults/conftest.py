"""A story happens in a world of its own; whoever backs off from a fault waits in the sandbox's time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.setattr("botocore.endpoint.time", made.clock)
    return made
