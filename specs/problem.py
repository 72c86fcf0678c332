"""A mistake in a file, where it is, and what was probably meant.

error: spec.services.orders.port: Input should be less than or equal to 65535
  --> orders.yaml:10:13
   |
 10|       port: 80800
   |             ^^^^^
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a value was written; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. `path` is dotted (`spec.services.orders.port`), `code` stands in `specs.codes`."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    code: str = "E1000"
    severity: Literal["error", "warning"] = "error"
    width: int = 1

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}:{self.column}: {self.message}")

    def render(self, source_line: str) -> str:
        """The mistake with its line and carets under it, as a terminal shows it."""
        number = f"{self.line:>2}"
        margin = " " * len(number)
        shown = printable(source_line.replace("\t", " ").rstrip())
        carets = "^" * max(1, min(self.width, len(shown) - self.column + 1))
        lines = [
            printable(f"{self.severity}: {self.message}"),
            printable(f"{margin}--> {self.file}:{self.line}:{self.column}"),
            f"{margin} |",
            f"{number}| {shown}",
            f"{margin} | {' ' * (self.column - 1)}{carets}",
        ]
        return "\n".join([*lines, printable(f"{margin} = {self.hint}")] if self.hint else lines)


def printable(text: str) -> str:
    """The text without what moves a terminal's cursor or turns its letters around; columns stay."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
