"""`make faults`: every experiment, or a slice of them, or one history again.

    make faults                                    every experiment, every history: hours
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
from pathlib import Path

from tests.faults.experiments import EXPERIMENTS
from tests.faults.run import nightly, ready, replayed, run, sliced, table
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

    jobs = sliced(names, wanted, asked.seed, asked.n, first=asked.first) if asked.n else nightly(names, wanted)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    print(f"commit {commit.strip()[:12]}, seed {asked.seed}, {len(jobs)} scenes to play", flush=True)
    figures = run(jobs, asked.side, asked.log, lambda line: print(line, flush=True))
    print(table(figures, EXPERIMENTS))
    print(figures)
    return 1 if figures.violations or figures.flaky else 0


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
