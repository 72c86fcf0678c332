"""`python -m sandbox`: AWS on a port of loopback until SIGTERM."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.up import SPEED, up


def _quota(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    return name, int(number)


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="AWS as it behaves, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument(
        "--speed", type=float, default=SPEED, help="how many times faster than real time (default %(default)s)"
    )
    parser.add_argument(
        "--quota", type=_quota, action="append", default=[], metavar="NAME=N", help="e.g. vpc-links=200"
    )
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="load the world from here if it exists, save it here at the end"
    )
    parser.add_argument("--empty", action="store_true", help="without the demo network")
    asked = parser.parse_args()
    up(asked.port, speed=asked.speed, quotas=dict(asked.quota), saved=asked.state, seeded=not asked.empty)


main()
