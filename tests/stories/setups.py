"""What every setup in `examples/` goes through: applied, asked, broken by hand and mended, edited, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.dataplane import Walk
from tests.stories.test_removal import everything
from tests.world import World

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Setup:
    """One example in a world of its own."""

    def __init__(self, world: World, example: str):
        self.world, self.before = world, everything(world)
        self.text = (EXAMPLES / example).read_text()
        self.edit("", "")

    def edit(self, old: str, new: str) -> None:
        """The example with a piece of its text replaced, applied until nothing is left to do."""
        assert old in self.text
        self.text = self.text.replace(old, new)
        self.world.write(self.text)
        self.world.settle()
        assert not self.world.look().plan.changes

    def mend(self, hand: Callable[[], Any]) -> list[str]:
        """Somebody changes something; the addresses that drift said, and it is put back."""
        hand()
        drift = [each.key.address for each in self.world.look().drift]
        self.world.settle()
        assert not self.world.look().drift
        return drift

    def delete(self, name: str) -> None:
        """Everything of it goes, and the account is as it was."""
        (self.world.folder / "spec.yaml").unlink()
        removal = self.world.process(region="eu-west-1").delete([name], self.world.catalog())
        assert (removal.gone, removal.errors) == ((name,), ())
        self.world.clock.sleep(600)
        assert everything(self.world) == self.before


def told(walk: Walk) -> dict[str, Any]:
    """What the task says it saw."""
    assert walk.answer.status == 200, walk.answer.why
    body: dict[str, Any] = json.loads(walk.answer.body)
    return body
