"""E21: a month of one controller, with whatever comes along: drift, edits, faults, restarts.

Nothing is written without a cause, everything comes home within hours, and neither calls nor memory grow.
"""

from __future__ import annotations

import gc
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import pytest
import structlog

from controller.logs import configure
from controller.loop import Loop
from sandbox.faults import Effect, Fault, fail, fail_after, lose_reply, throttle
from tests.cheap import cheap_clients
from tests.faults.hands import drifted
from tests.faults.strikes import denied, unsent
from tests.stories.writing import alone, service
from tests.world import READS, World

HOUR, DAY = 3_600.0, 86_400.0
EVENTS = 4.0
"""A day, on average."""
HOME = 3 * HOUR
"""After which everything has to be as the specs say."""
LONGEST_FAULT = 1_800.0
FAULTS: tuple[Effect, ...] = (throttle, fail, fail_after, lose_reply, unsent, denied)
OURS = ("controller", "drift", "reconcilers", "specs")


@dataclass
class Month:
    """One controller and what happens around it. The seed decides everything."""

    world: World
    seed: int
    edits: int = 0
    caused_at: float = 0.0
    told: list[str] = field(default_factory=list)
    """What happened, for whoever asks why."""
    unprovoked: list[str] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)
    """Of each hour in which nothing was to do: how many calls it took."""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self._edit()
        self._restart()

    # ---- what happens

    def _edit(self) -> None:
        self.edits += 1
        self.world.write(alone(services={"web": service(f"web:{self.edits}", count=2 + self.edits % 2)}))

    def _drift(self) -> None:
        drifted(self.world, self.world.look(), self.random.getrandbits(32))

    def _fault(self) -> None:
        until = self.world.clock.monotonic() + self.random.uniform(60, LONGEST_FAULT)
        effect, clock = self.random.choice(FAULTS), self.world.clock
        self.world.sandbox.faults[:] = [Fault(effect, when=lambda _: clock.monotonic() < until)]
        self.told.append(getattr(effect, "__name__", "refused"))

    def _restart(self) -> None:
        self.loop = Loop([self.world.folder], self.world.process(), interval=HOUR)

    def happen(self) -> None:
        what: Callable[[], None] = self.random.choice((self._edit, self._drift, self._fault, self._restart))
        self.told.append(f"{self.world.clock.monotonic() / DAY:.2f} {what.__name__}")
        what()
        self.caused_at = self.world.clock.monotonic()

    # ---- how it goes on

    def hour(self) -> None:
        """Twelve turns of the loop; what was written although everything was at home is kept."""
        before = self._calls()
        quiet = self.world.clock.monotonic() - self.caused_at > HOME
        for _ in range(12):
            self.loop.turn(edited=True)
            self.world.clock.sleep(300)
        made = self._calls() - before
        writes = [name for name in made if not name.partition(":")[2].startswith(READS)]
        if quiet:
            self.unprovoked += [f"hour {self.world.clock.monotonic() / HOUR:.0f}: {each}" for each in writes]
            self.unprovoked += [] if self.loop.told.ready == {"hello"} else [f"not ready after {self.told[-1]}"]
            self.reads.append(made.total())

    def _calls(self) -> Counter[str]:
        return sum((lane.bulkhead.aws.calls for lane in self.loop.lanes.values()), Counter())

    def days(self, number: int) -> None:
        for _ in range(24 * number):
            if self.random.random() < EVENTS / 24:
                self.happen()
            self.hour()
        self._restart()
        self.caused_at = self.world.clock.monotonic()
        for _ in range(int(HOME / HOUR) + 2):
            self.hour()


def ours() -> Counter[str]:
    """Every object of our own types that is alive."""
    gc.collect()
    types = (type(each) for each in gc.get_objects())
    return Counter(f"{each.__module__}.{each.__qualname__}" for each in types if str(each.__module__).startswith(OURS))


@pytest.fixture
def month(world: World) -> Iterator[Month]:
    log = io.StringIO()
    configure(0, "json", log)
    with cheap_clients():
        yield Month(world, seed=1)
    structlog.reset_defaults()


@pytest.mark.slow
def test_in_a_month_nothing_is_written_without_a_cause_and_nothing_grows(month: Month):
    month.days(5)
    calls, alive = month.reads[-1], ours()
    month.days(25)
    assert month.unprovoked == []
    assert month.world.request(month.world.api()).answer.status == 200
    assert len(month.told) > 60, "too little happened"
    assert max(month.reads) <= 1.2 * min(month.reads), "a quiet hour costs the same whatever came before"
    assert month.reads[-1] <= calls * 1.05
    assert ours().total() <= alive.total() * 1.05, (ours() - alive).most_common(5)
