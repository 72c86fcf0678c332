from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.laws.lab import Lab


@dataclass
class Settled:
    """One settled world at a time (moto keeps one per process), kept as long as the laws leave it as they found it."""

    folder: Callable[[], Path]
    text: str = ""
    lab: Lab | None = None
    place: dict[str, Any] = field(default_factory=dict)

    def of(self, text: str) -> Lab:
        if self.lab is None or self.text != text:
            self.place.clear()
            self.lab, self.text = Lab(self.folder(), text), text
        return self.lab

    def clean(self) -> None:
        """Settle what a law has left; a world that cannot be settled is thrown away."""
        lab = self.lab
        if lab is None:
            return
        try:
            lab.write(lab.spec)
            lab.settle()
            left = lab.look()
        except Exception:
            self.lab = None
            raise
        if left.plan or left.drift:
            self.lab = None
        wrong, lab.wrong = lab.wrong, []
        assert not wrong, wrong


@pytest.fixture(scope="session")
def _settled(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    return Settled(lambda: tmp_path_factory.mktemp("law"))


@pytest.fixture
def settled(_settled: Settled) -> Iterator[Settled]:
    """`settled.of(MAXIMAL)` is a world that is as this spec says; afterwards its requests are judged."""
    yield _settled
    _settled.clean()
