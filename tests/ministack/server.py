"""ministack as a process of its own: its bounds on dependencies are narrow, and nothing of it may be imported here."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

LOOPBACK = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
"""Without these it listens on every interface, and opens more ports than its own."""
PATIENCE = 60.0


@contextmanager
def serving(python: Path) -> Iterator[str]:
    """Its endpoint, for as long as the block lasts. Raises RuntimeError, with the end of its log, if it does not
    start."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="penstock-ministack-") as folder, (Path(folder) / "log").open("w+") as log:
        settings = {"GATEWAY_PORT": str(port), "TMPDIR": folder, "HOME": folder, "STATE_DIR": folder}
        environment = {"PATH": os.environ["PATH"], **LOOPBACK, **settings}
        process = subprocess.Popen(
            [python.absolute(), "-m", "ministack"], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            endpoint = f"http://127.0.0.1:{port}"
            _await(process, f"{endpoint}/_ministack/health", Path(folder) / "log")
            yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except URLError:
            time.sleep(0.2)
    raise RuntimeError(f"ministack did not start: {log.read_text()[-2000:]}")
