"""`python -m tests.fidelity [--recordings DIR] [--write] [--learn] [--verbose] [ONLY…]`

Exits with 1 when a difference is unexplained. `--write` also writes docs/fidelity.md, `--learn` keeps what the
recordings show of every member (`evidence.json`); ONLY are beginnings of rows, as `elbv2` or `ecs.describe_`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fidelity import recorded
from tests.fidelity.report import PAGE, page
from tests.fidelity.run import verdicts
from tests.fidelity.verdicts import Tally, table


def main() -> int:
    asked = _arguments()
    if not asked.recordings.is_dir():
        print(f"There are no recordings in {asked.recordings}.", file=sys.stderr)
        return 2
    if asked.learn:
        recorded.Evidence().learn(asked.recordings).save()
    tally = Tally()
    for each in verdicts(asked.recordings, tuple(asked.only)):
        tally.verdicts.append(each)
        if each.word == "unexplained" or (asked.verbose and each.word == "explained"):
            print(f"{each.word}: {each.part} {each.row} {each.case}", *each.told[:8], sep="\n    ", flush=True)
    if asked.write:
        PAGE.write_text(page(tally))
    print(*table(tally), sep="\n")
    return 1 if tally.count("unexplained") else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description="How faithful is the sandbox?")
    parser.add_argument("--recordings", type=Path, default=recorded.DEFAULT)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("only", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
