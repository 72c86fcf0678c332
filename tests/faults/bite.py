"""Does it bite? Each historic bug of the design's reliability page is put back, and something here has to notice.

`tests/faults/bugs/*.patch` applies with `git apply`; its second line says what kills it. Each is put into a checkout
of HEAD beside this one, so that nothing here changes. Ends with 1 when one survives.

    make bugs                the historic ones
    make bugs BUG=07         one of them
    make bugs BUG=more       those that were made up to see whether the histories notice what nobody had in mind
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUGS = Path(__file__).with_name("bugs")
MORE = BUGS / "more"
KILLED_BY = "Killed by: "
LONGEST = 1800.0
TELLING = (*(f"I{number}" for number in range(1, 10)), "honest:", "service:", "order:", "error:", "E  ")
"""How a line begins that says which invariant was broken."""
SOUND = 'history "hello/edit image crash-after@30"'
"""Nothing may be noticed of it when no bug is there."""


@dataclass(frozen=True)
class Bug:
    """One patch: what was wrong, and what notices."""

    patch: Path
    what: str
    killer: str

    @property
    def name(self) -> str:
        return self.patch.stem

    @classmethod
    def read(cls, patch: Path) -> Bug:
        what, killer, *_ = patch.read_text().splitlines()
        assert killer.startswith(KILLED_BY), f"{patch.name} does not say what kills it"
        return cls(patch, what, killer.removeprefix(KILLED_BY))

    @property
    def command(self) -> list[str]:
        kind, *words = shlex.split(self.killer)
        if kind == "pytest":
            return [sys.executable, "-m", "pytest", "-q", "-n0", "-x", *words]
        if kind == "history":
            return [sys.executable, "-W", "ignore", "-m", "tests.faults", "--replay", *words]
        experiment, scenes, number = words
        slice_ = ["--experiments", experiment, "--scenes", scenes, "--n", number, "--seed", "1", "--first"]
        return [sys.executable, "-W", "ignore", "-m", "tests.faults", *slice_]


@dataclass(frozen=True)
class Verdict:
    """What became of one bug."""

    bug: Bug
    killed: bool
    seconds: float
    told: str
    """The first thing that was noticed; the end of the output when nothing was."""

    def __str__(self) -> str:
        fate = "killed" if self.killed else "SURVIVES"
        return f"| {self.bug.name} | {self.bug.what} | `{self.bug.killer}` | {fate} | {self.seconds:.0f} s |"


@contextmanager
def checkout() -> Iterator[Path]:
    """HEAD once more."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git("worktree", "add", "--detach", "--quiet", str(tree), "HEAD")
        try:
            yield tree
        finally:
            git("worktree", "remove", "--force", str(tree))


def tried(bug: Bug, tree: Path, *, put_back: bool = True) -> Verdict:
    """Put it there and run its killer; without it, the killer has to be content."""
    if put_back:
        git("-C", str(tree), "apply", str(bug.patch))
    began = time.monotonic()
    try:
        ended = subprocess.run(
            bug.command, cwd=tree, capture_output=True, text=True, timeout=LONGEST, check=False,
            env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": ""},
        )  # fmt: skip
    finally:
        git("-C", str(tree), "checkout", "--quiet", "--", ".")
    told = noticed(ended.stdout + ended.stderr)
    killed = ended.returncode == 1 and told.startswith(TELLING)  # and not because nothing could be played at all
    return Verdict(bug, killed, time.monotonic() - began, told)


def noticed(output: str) -> str:
    """The first line that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = (line for line in lines if line.startswith(TELLING))
    return next(telling, next(iter(lines), "nothing"))[:300]


def git(*words: str) -> None:
    subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True)


def main(names: list[str]) -> int:
    folder = MORE if names == ["more"] else BUGS
    bugs = [Bug.read(patch) for patch in sorted(folder.glob("*.patch"))]
    chosen = [bug for bug in bugs if folder is MORE or not names or any(bug.name.startswith(name) for name in names)]
    survivors = 0
    print("| bug | what was wrong | killed by | fate | time |\n|---|---|---|---|---|", flush=True)
    with checkout() as tree:
        sound = tried(Bug(Path("none"), "nothing", SOUND), tree, put_back=False)
        if sound.told != "nothing is broken":
            print(f"something is noticed though no bug was put back: {sound.told}")
            return 2
        for bug in chosen:
            verdict = tried(bug, tree)
            survivors += not verdict.killed
            print(f"{verdict}\n<!-- {verdict.told} -->", flush=True)
    print(f"bugs {len(chosen)}, killed {len(chosen) - survivors}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
