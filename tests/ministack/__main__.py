"""`python -m tests.ministack PYTHON`: Penstock against ministack, another hand's reading of AWS.

PYTHON has ministack installed. Each scene is created, looked at again, edited, changed by hand, put right and deleted,
through the command line. What ministack is known to lack (`gaps`) is bridged and counted; anything else fails. A run
over all scenes writes docs/ministack.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.ministack import server
from tests.ministack.check import Check
from tests.ministack.door import Door, standing
from tests.ministack.report import PAGE, page, told
from tests.ministack.scenes import SCENES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ministack", description="Penstock against ministack.")
    parser.add_argument("python", type=Path, help="an interpreter that has ministack")
    parser.add_argument("only", nargs="*", help="names of scenes")
    asked = parser.parse_args()
    with server.serving(asked.python) as behind:
        door = Door(behind)
        with standing(door) as endpoint:
            check = Check(door, endpoint)
            check.seed()
            for scene in SCENES:
                if not asked.only or scene.name in asked.only:
                    check.play(scene)
    whole = not asked.only
    stale = check.stale if whole else []
    if whole:
        PAGE.write_text(page(door.asked, check.steps))
    print(*told(door.asked, check.steps, stale), sep="\n")
    return 1 if check.wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
