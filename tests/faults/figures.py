"""What was played, counted: runs add up, and a log keeps them, so that one that was cut short goes on where it was.

The log has a line of JSON for each history and, after those of one scene under one experiment, a line that closes them.
What is closed for the same commit and the same choice is not played again; what is not closed never happened.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.experiments import DEATHS, Experiment
from tests.faults.history import Blow, History

Part = tuple[str, str]
"""An experiment and a scene, by name."""
CALM = "E0"
"""What is no experiment: a scene is played, and nothing happens."""
TITLES = {CALM: "nothing happens", "E13": "edits after edits, on paper"}


def meeting(scene: str, lines: Sequence[str], blow: Blow) -> tuple[str, str, str]:
    """What strikes which operation in a create, an edit, a delete: wherever that is, it is tried alike."""
    step = scene.partition("/")[2].split()[0].removeprefix("un")
    return blow.strike, lines[blow.at - 1], step


@dataclass(frozen=True)
class Played:
    """One scene under one experiment."""

    experiment: str
    scene: str
    histories: tuple[History, ...] = ()
    lines: tuple[str, ...] = ()
    """The calls of the scene when nothing happens, in order."""
    flaky: int = 0
    """How many times the same gave another tape."""
    on_paper: bool = False
    """Whether they are the planner's alone, without AWS."""
    seconds: float = 0.0
    """Of one processor, with all copies."""

    @property
    def part(self) -> Part:
        return self.experiment, self.scene

    @property
    def calls(self) -> int:
        return len(self.lines)

    @property
    def boundaries(self) -> frozenset[tuple[str, str, int]]:
        """The calls at which a process died, before or after."""
        firsts = (each.blows[0] for each in self.histories if each.blows)
        return frozenset((self.scene, each.strike, each.at) for each in firsts if each.strike in DEATHS)

    @property
    def met(self) -> frozenset[tuple[str, str, str]]:
        """What struck which operation first."""
        firsts = (each.blows[0] for each in self.histories if each.blows)
        return frozenset(meeting(self.scene, self.lines, each) for each in firsts if each.at <= self.calls)

    @property
    def broken(self) -> tuple[History, ...]:
        return tuple(each for each in self.histories if each.broken)


@dataclass
class Figures:
    """What all of it came to."""

    tapes: set[tuple[str, str]] = field(default_factory=set)
    histories: int = 0
    played: int = 0
    planned: set[tuple[str, str]] = field(default_factory=set)
    crashed: set[tuple[str, str, int]] = field(default_factory=set)
    met: set[tuple[str, str, str]] = field(default_factory=set)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By scene, the calls it makes when nothing happens."""
    violations: int = 0
    flaky: int = 0
    seconds: float = 0.0
    rows: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, played: Played) -> None:
        tapes = {(each.scene, each.tape) for each in played.histories}
        (self.planned if played.on_paper else self.tapes).update(tapes)
        self.histories += len(played.histories)
        self.violations += len(played.broken)
        self.flaky += played.flaky
        self.seconds += played.seconds
        if not played.on_paper:
            self.played += sum(each.played for each in played.histories)
            self.crashed |= played.boundaries
            self.met |= played.met
            self.lines |= {played.scene: played.lines} if played.lines else {}
        self.rows.setdefault(played.experiment, Counter()).update(
            scenes=1, histories=len(played.histories), violations=len(played.broken), seconds=round(played.seconds),
            played=sum(each.played for each in played.histories),
        )  # fmt: skip

    @property
    def boundaries(self) -> int:
        """How many there are: before and after every call of every scene."""
        return 2 * sum(map(len, self.lines.values()))

    def __str__(self) -> str:
        return (
            f"histories {self.histories}, distinct {len(self.tapes) + len(self.planned)},"
            f" full topologies {len(self.tapes)} ({self.played} played, the others end as one of those),"
            f" planner-level {len(self.planned)},"
            f" boundaries crashed {len(self.crashed)} of {self.boundaries},"
            f" faults met by operations {len(self.met)},"
            f" violations {self.violations}, flaky {self.flaky}"
        )


def table(figures: Figures, experiments: Mapping[str, Experiment]) -> str:
    """As docs/reliability.md shows it."""
    lines = ["| experiment | scenes | histories | played | violations | CPU seconds |", "|---|---|---|---|---|---|"]
    for name, row in figures.rows.items():
        title = f"{name} {experiments[name].title if name in experiments else TITLES[name]}"
        counts = (row[each] for each in ("scenes", "histories", "played", "violations", "seconds"))
        lines.append(f"| {title} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


# ---- the log


@dataclass(frozen=True)
class Log:
    """A file that outlives a run; without a file nothing is kept."""

    file: Path | None
    commit: str
    choice: str
    """What else decides which histories are played: the seed, and how many were asked for."""

    def note(self, played: Played) -> None:
        """At the end of the file, all at once."""
        if self.file is None:
            return
        lines: list[Mapping[str, Any]] = [
            {"experiment": played.experiment} | each.to_json() for each in played.histories
        ]
        lines.append(
            {
                "closed": [*played.part], "commit": self.commit, "choice": self.choice, "histories": len(lines),
                "lines": played.lines, "flaky": played.flaky, "on_paper": played.on_paper,
                "seconds": round(played.seconds, 2),
            }
        )  # fmt: skip
        with self.file.open("a") as file:
            file.write("\n" + "".join(f"{json.dumps(each)}\n" for each in lines))

    def kept(self) -> dict[Part, Played]:
        """What was played already, by what decides it."""
        return {
            played.part: played
            for closing, played in self._closed()
            if (closing["commit"], closing["choice"]) == (self.commit, self.choice)
        }

    def costs(self) -> dict[Part, float]:
        """How many seconds each part took when it was played last, at whatever commit."""
        return {played.part: played.seconds for _, played in self._closed()}

    def tapes(self) -> dict[str, tuple[str, ...]]:
        """By scene, the calls it made when it was played last, at whatever commit."""
        return {played.scene: played.lines for _, played in self._closed() if played.lines}

    def _closed(self) -> Iterator[tuple[Mapping[str, Any], Played]]:
        histories: list[History] = []
        for told in self._lines():
            if "closed" not in told:
                histories.append(History.from_json(told))
                continue
            rest = {name: told[name] for name in ("flaky", "on_paper", "seconds")}
            experiment, scene = told["closed"]
            lines = tuple(told["lines"])
            yield told, Played(experiment, scene, tuple(histories[-told["histories"] :]), lines, **rest)
            histories = []

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        if self.file is None or not self.file.exists():
            return
        with self.file.open() as file:
            yield from (json.loads(line) for line in file if line.endswith("}\n"))  # the last may have been cut short


def projected(parts: Iterable[Part], costs: Mapping[Part, float], usual: Mapping[str, float]) -> float:
    """How many seconds of one processor these will take: as they took before, else as their experiment's scenes do."""
    return sum(costs.get(part, usual.get(part[0], 0.0)) for part in parts)


def averages(costs: Mapping[Part, float]) -> dict[str, float]:
    """By experiment, how long one scene took."""
    found: dict[str, Sequence[float]] = {}
    for (experiment, _), seconds in costs.items():
        found[experiment] = (*found.get(experiment, ()), seconds)
    return {experiment: sum(each) / len(each) for experiment, each in found.items()}
