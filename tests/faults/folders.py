"""What becomes of a folder of specs while the controller runs: it is emptied, unmounted, half written, doubled (E10).

Everything here allows deletions: the specs say that they may go, and `run --prune` was said. All the same nothing may
be written, because in the end the folder is as it was, and no moment of it is evidence of anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOKS = 20.0
"""Seconds between two looks of the controller at the folder."""


@dataclass(frozen=True)
class Moment:
    """A folder for a while: by name, the text of each file; None where there is no folder at all."""

    files: Mapping[str, str] | None
    seconds: float = 200.0

    def show(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if self.files is not None:
            folder.mkdir()
            for name, text in self.files.items():
                (folder / name).write_text(text)


def moments(one: str, two: str, name: str) -> Mapping[str, Moment]:
    """By name. `one` and `two` are specs of two instances, the first one called `name`."""
    both = f"{one}\n---\n{two}"
    return {
        "emptied": Moment({}),
        "unmounted": Moment(None),
        "emptied files": Moment({"spec.yaml": ""}),
        "half written": Moment({"spec.yaml": both[: len(both) * 2 // 3]}),
        "doubled": Moment({"spec.yaml": both, "twice.yaml": one.replace('"port": 80', '"port": 81')}),
        "renamed": Moment({"other.yaml": both}),
        "broken beside": Moment({"spec.yaml": two, "mine.yaml": one.replace(f'"{name}"', f'"{name}')}),
        "gone for a moment": Moment({"spec.yaml": two}, 40.0),
    }
