"""`penstock run`: the controller. It keeps AWS as the files say until SIGTERM, and tells how it is doing over HTTP."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from controller.cli.durations import DURATION
from controller.cli.exits import Stop
from controller.cli.options import AWS, CREATES, FILES, SETTINGS, STDIN, WRITES, Asked, option, takes


@click.command("run", context_settings=SETTINGS)
@option("--interval", type=DURATION, default=300.0, show_default="5m", help="Time between two full looks at AWS.")
@option("--listen", default="127.0.0.1:8080", show_default=True, help="HOST:PORT of /healthz, /readyz and /metrics.")
@option("--prune", is_flag=True, help="Delete what vanished from the folder, if its spec said so.")
@option("--dry-run", is_flag=True, help="Look and tell, and change nothing: the log says what would be done.")
@takes(of=(FILES, AWS, WRITES, CREATES))
def command(asked: Asked, *, interval: float, listen: str, prune: bool, dry_run: bool) -> None:
    """Watch the files, reconcile, correct, serve /healthz, /readyz and /metrics. Ends on SIGTERM or Ctrl-C."""
    from controller.logs import configure
    from controller.loop import Loop, run_forever
    from controller.session import Session
    from reconcilers.clock import RealClock

    if not listen.rpartition(":")[2].isdecimal():
        raise Stop(f"--listen {listen!r} is not HOST:PORT")
    folders = asked.file or (Path("specs"),)
    if STDIN in folders:
        raise Stop("run watches files or folders, and standard input is neither")
    configure(0 if asked.quiet else 1 + asked.verbose, asked.log_format)
    stop = threading.Event()
    _end_on_signals(stop)
    session = Session(replace(asked.settings, dry_run=dry_run), RealClock(stop), stop)
    run_forever(Loop(folders, session, dict(asked.var), prune, interval), listen, stop)


def _end_on_signals(stop: threading.Event) -> None:
    """Calls in flight are finished and none is begun; ending so is what was asked for, so the code is 0."""

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
