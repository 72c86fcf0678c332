"""The live tree of `apply`: what is done, what is being done and what waits, repainted at most four times a second.

The calling thread keeps the rows; rich's thread only reads them, so each row is replaced whole and never changed.
The final tree stays on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from controller.events import Converged, Done, Event, Planned, Waiting
from controller.executor import Outcome, Result
from controller.output.progress import words
from controller.output.terminal import Terminal, columns, cut, told
from drift import Change
from drift.plan import in_order

SYMBOLS = {Result.DONE: "✔", Result.PENDING: "…", Result.BLOCKED: "○", Result.FAILED: "!", Result.REJECTED: "✘"}
PER_SECOND = 4
RESERVED = 4
"""Rows of the screen that the tree leaves free."""


@dataclass
class LiveTree:
    """A context manager that paints until it is left."""

    terminal: Terminal
    monotonic: Callable[[], float]
    rows: dict[tuple[str, str], Change | Outcome] = field(default_factory=dict)
    """By instance and address, in the order of the plan: what is to be done, then what became of it."""
    notes: dict[str, str] = field(default_factory=dict)
    began: float = 0.0
    live: Any = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        self.began = self.monotonic()
        console = Console(stderr=True, width=self.terminal.width)
        self.live = Live(get_renderable=self._painted, console=console, refresh_per_second=PER_SECOND)
        self.live.__enter__()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.live.__exit__(*trouble)

    def tell(self, event: Event) -> None:
        match event:
            case Planned(_, plan):
                planned: dict[tuple[str, str], Change | Outcome] = {_place(each): each for each in in_order(plan)}
                self.rows = planned | self.rows
            case Done(outcome):
                self.rows = {**self.rows, _place(outcome.change): outcome}
            case Waiting(instance, text, _):
                self.notes = {**self.notes, instance: f"… {text}" if text else "…"}
            case Converged(instance, seconds):
                self.notes = {**self.notes, instance: f"✔ ready after {told(seconds)}"}
                self.rows = {place: _finished(row) if place[0] == instance else row for place, row in self.rows.items()}
            case _:
                pass  # that a place was read is told by what follows

    @property
    def _room(self) -> int:
        return self.terminal.width - 6

    def _row(self, row: Change | Outcome) -> str:
        if isinstance(row, Change):
            return columns(f"○ {row.key}", _short(row.reason), self._room)
        text = f"{SYMBOLS[row.result]} {row.change.key}"
        return columns(text, f"{_short(words(row))}  {told(row.seconds):>6}", self._room)

    def _painted(self) -> Any:
        from rich.text import Text

        return Text.from_ansi(self.terminal.dressed(self.text()))

    def text(self, height: int | None = None) -> str:
        """The tree as it is now; of a tall one the rows at the end, and how many are above."""
        by_instance: dict[str, list[str]] = {name: [] for name in self.notes}
        for (instance, _), row in self.rows.items():
            by_instance.setdefault(instance, []).append(self._row(row))
        most = max((height or _height()) - RESERVED - 3 * len(by_instance), 5)
        lines = []
        for instance, rows in by_instance.items():
            lines.append(columns(instance, told(self.monotonic() - self.began), self.terminal.width - 2))
            shown = sorted(rows, key=lambda row: row.startswith("○"))
            hidden = max(len(shown) - most, 0)
            notes = [self.notes[instance]] if instance in self.notes else []
            above = [f"✔ {hidden} more"] if hidden else []
            lines += _branches([cut(row, self._room) for row in (*above, *shown[hidden:], *notes)])
        return "\n".join(lines)


def _branches(rows: list[str]) -> list[str]:
    return [f"{'└─' if number == len(rows) else '├─'} {row}" for number, row in enumerate(rows, 1)]


def _finished(row: Change | Outcome) -> Change | Outcome:
    """What was pending when its instance became Ready is done."""
    return replace(row, result=Result.DONE) if isinstance(row, Outcome) and row.result is Result.PENDING else row


def _place(change: Change) -> tuple[str, str]:
    return change.key.instance, change.key.address


def _short(text: str) -> str:
    return cut(text.replace("\n", " "), 60)


def _height() -> int:
    import shutil

    return shutil.get_terminal_size().lines
