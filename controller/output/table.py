"""Tables: columns as wide as they must be, two spaces between, nothing cut in a pipe."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows under a head in capitals; an empty cell is `-`."""
    cells = [tuple(head), *(tuple(cell.replace("\n", " ") or "-" for cell in row) for row in rows)]
    wide = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, wide, strict=True)).rstrip() for row in cells
    )
