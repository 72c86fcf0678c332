"""The sandbox as a process: it says where it answers, and ends when it is told to."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from sandbox import snapshot
from sandbox.clock import RunningClock
from sandbox.dispatch import Sandbox
from sandbox.seed import seed
from sandbox.server import bound, endpoint

SPEED = 60.0


def up(
    port: int = 0,
    *,
    speed: float = SPEED,
    quotas: Mapping[str, int] | None = None,
    saved: Path | None = None,
    seeded: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT. Prints `AWS_ENDPOINT_URL=http://127.0.0.1:PORT` once it answers.

    `speed`: sandbox seconds per real second. `quotas`: other numbers than AWS's defaults, by name. `saved`: the file
    the world is read from if it is there and written to at the end. Raises OSError when the port is taken.
    """
    sandbox = Sandbox(clock=RunningClock(speed), quotas=dict(quotas or {}))
    if saved and saved.exists():
        snapshot.load(sandbox, saved)
    elif seeded:
        seed(sandbox)
    server = bound(sandbox, port)
    told = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: told.set())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(f"AWS_ENDPOINT_URL={endpoint(server)}\n")
    sys.stdout.flush()
    told.wait()
    server.shutdown()
    server.server_close()
    if saved:
        snapshot.save(sandbox, saved)
