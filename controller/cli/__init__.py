"""The command line. `main` is the console script; every command is a file of its own, imported when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code (`controller.cli.exits`)."""
    from controller.cli.app import run

    sys.exit(run(arguments))
