"""The command line. `main` is the console script; every command is a file of its own, imported when it is asked for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code (`controller.cli.exits`)."""
    from controller.cli.app import run
    from controller.cli.exits import Exit

    code = run(arguments)
    if code in (Exit.INTERRUPTED, Exit.TERMINATED) and threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # Python would wait for calls in flight, and somebody said that he does not
    sys.exit(code)
