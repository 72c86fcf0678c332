"""Terminal manners, in one place: what is shown is made safe, falls back to ASCII and is coloured here, last.

Renderers return plain text whose symbols carry the meaning (`+ ~ - ± !`, `✔ ✘ ○`); colour only repeats them, so it is
put on by symbol and by status word, and nothing is lost without it. Text from AWS can hold escape sequences, so every
control character goes before ours come.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

import click

WIDTH = 100
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ASCII: dict[str, str | int | None] = {
    "±": "+/-", "✔": "ok", "✘": "x", "○": "o", "…": "...", "→": "->", "├": "|", "└": "`", "│": "|", "─": "-",
    "·": "-", "●": "*",
}  # fmt: skip
COLOURS: Mapping[str, str] = {
    "+": "green", "~": "blue", "-": "red", "±": "magenta", "!": "yellow", "?": "yellow", "…": "cyan", "✔": "green",
    "✘": "red", "○": "bright_black", "OutOfSync": "yellow", "Degraded": "red", "Missing": "red", "Progressing": "blue",
    "Healthy": "green", "InSync": "green", "Suspended": "magenta", "Unknown": "yellow", "error:": "red",
    "warning:": "yellow",
}  # fmt: skip
LEADING = re.compile(r"^([ │├└─]*)([+~\-±!?…✔✘○]|error:|warning:)(?= )", re.MULTILINE)
WORDS = re.compile(r"\b(OutOfSync|Degraded|Missing|Progressing|Healthy|InSync|Suspended|Unknown)\b")


def safe(text: str) -> str:
    """The text without anything that moves the cursor, changes colours or turns the reading order."""
    return CONTROL.sub("", text)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where output goes, and what may be used there."""

    tty: bool = False
    colour: bool = False
    unicode: bool = True
    width: int = WIDTH

    @classmethod
    def of(cls, stream: TextIO, *, colour: bool | None = None) -> Terminal:
        """`colour`: what `--color` and `--no-color` said, None when neither."""
        tty = stream.isatty()
        encoding = (stream.encoding or "ascii").lower().replace("-", "")
        width = shutil.get_terminal_size((WIDTH, 24)).columns if tty else WIDTH
        return cls(tty, _colour(tty) if colour is None else colour, encoding.startswith("utf"), width)

    def dressed(self, text: str) -> str:
        """The text as this terminal should get it."""
        shown = safe(text)
        if self.colour:
            shown = LEADING.sub(lambda found: found[1] + click.style(found[2], fg=COLOURS[found[2]]), shown)
            shown = WORDS.sub(lambda found: click.style(found[1], fg=COLOURS[found[1]]), shown)
        if not self.unicode:
            shown = shown.translate(str.maketrans(ASCII)).encode("ascii", "replace").decode()
        return shown

    def show(self, text: str, *, err: bool = False) -> None:
        click.echo(self.dressed(text), err=err, color=True if self.colour else None)


def _colour(tty: bool) -> bool:  # noqa: FBT001  it is the value
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (tty and os.environ.get("TERM") != "dumb")


def cut(text: str, longest: int) -> str:
    """The text, cut in the middle when it is longer."""
    if len(text) <= longest:
        return text
    kept = max(longest - 1, 2)
    return f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"


def columns(left: str, right: str, width: int = WIDTH) -> str:
    """One line with a word at its right end, where there is room for it."""
    gap = width - len(left) - len(right)
    return f"{left}{' ' * max(gap, 2)}{right}" if right else left


def told(seconds: float) -> str:
    """Seconds as people read them: `0.9s`, `48s`, `1m 52s`, `2h 05m`."""
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02}m"
