"""`make faults`: every experiment, or a slice of them, or one history again.

    make faults                                    a night: every death, and of everything else what the seed chooses
    make faults LOG=night.jsonl                    the same, from where the last one with this log was cut short
    make faults SEED=7 N=500                       about so many, chosen by the seed
    make faults EXPERIMENTS=E1,E4 SCENES='hello/*'
    make faults REPLAY='hello/create crash-after@17'

Ends with 1 when an invariant was broken; the last line is the figures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from tests.faults.experiments import EXPERIMENTS
from tests.faults.figures import Figures, Log, table
from tests.faults.plan import answers, deaths, sliced
from tests.faults.run import ready, replayed, run
from tests.faults.scenes import Scene

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    asked = arguments()
    if asked.replay:
        return again(asked.replay)
    names = [each for each in asked.experiments.split(",") if each]
    patterns = [each for each in asked.scenes.split(",") if each]

    def wanted(scene: Scene) -> bool:
        return not patterns or any(fnmatchcase(scene.name, pattern) for pattern in patterns)

    seed, most, commit, figures = asked.seed, asked.n, committed(), Figures()
    print(f"commit {commit}, seed {seed}", flush=True)
    choice = f"{seed}/{most}/{asked.experiments}/{asked.scenes}" if most else f"{seed}"
    log = Log(asked.log, commit, choice)
    play = partial(run, side=asked.side, log=log, tell=partial(print, flush=True), figures=figures)
    if most:
        play(sliced(names, wanted, seed, most, first=asked.first))
    else:
        known = log.tapes()
        play(deaths(names, wanted, seed, known))
        play(answers(names, wanted, seed, known | figures.lines))
    print(table(figures, EXPERIMENTS))
    print(figures)
    return 1 if figures.violations or figures.flaky else 0


def committed() -> str:
    """What is played: the commit, and a + when what is here is not what was committed."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--", "*.py", "*.yaml")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")


def again(told: str) -> int:
    with ready():
        history = replayed(told)
    print("\n".join(history.broken) or "nothing is broken")
    print(f"{history}: tape {history.tape}, {history.calls} calls, {history.passes} passes")
    return 1 if history.broken else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--replay", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n", type=int, default=0)
    parser.add_argument("--experiments", default="")
    parser.add_argument("--scenes", default="")
    parser.add_argument("--side", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--first", action="store_true", help="one violation is enough")
    parser.add_argument("--log", type=Path, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
