from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.laws.lab import Lab, Start

PASSED = pytest.StashKey[bool]()


@dataclass
class Settled:
    """One settled world at a time (moto keeps one per process), kept as long as the laws leave it as they found it."""

    folder: Callable[[], Path]
    text: str = ""
    lab: Lab | None = None
    place: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Start] = field(default_factory=dict)
    """Every world is made once; whoever comes back to it gets a copy."""

    def of(self, text: str) -> Lab:
        if self.lab is None or self.text != text or not self.lab.alive:
            self.give_up()
            self.place.clear()
            self.lab, self.text = Lab(self.folder(), text, self.made.get(text)), text
            if text not in self.made:
                self.made[text] = self.lab.started()
        return self.lab

    def give_up(self) -> None:
        """The last look at a world: no law may have left anything undone."""
        lab, self.lab = self.lab, None
        assert lab is None or not lab.alive or not lab.told(), f"a law left something in the world of {self.text}"

    def leave(self, *, passed: bool) -> None:
        """Rollouts end by themselves; a world in which a law was broken is thrown away."""
        lab = self.lab
        if lab is None:
            return
        wrong, lab.wrong = lab.wrong, []
        if passed:
            lab.clock.sleep(300)
        else:
            self.lab = None
        assert not wrong, wrong


@pytest.fixture(scope="session")
def _settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    settled = Settled(lambda: tmp_path_factory.mktemp("law"))
    yield settled
    settled.give_up()


@pytest.fixture
def settled(_settled: Settled, request: pytest.FixtureRequest) -> Iterator[Settled]:
    """`settled.of(MAXIMAL)` is a world that is as this spec says; afterwards its requests are judged."""
    yield _settled
    _settled.leave(passed=request.node.stash.get(PASSED, False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed or report.skipped
    return report
