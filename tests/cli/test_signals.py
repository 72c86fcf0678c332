"""Ctrl-C ends a command, whatever AWS is at."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stories.writing import alone

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 10.0
"""Seconds; a call that is not answered takes four times 15."""


@pytest.mark.parametrize(("command", "signals"), [("plan", 1), ("apply --yes", 2)])
def test_who_waits_no_longer_need_not_wait_for_calls_that_nobody_answers(command: str, signals: int, tmp_path: Path):
    for name in ("eu-west-1", "eu-central-1"):
        (tmp_path / f"{name}.yaml").write_text(alone(name, aws={"region": name}))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        host, port = mute.getsockname()
        variables = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", "from controller.cli import main; main()", *command.split(), "-f", str(tmp_path)],
            cwd=ROOT, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        mute.settimeout(60)
        calls = [mute.accept()[0]]
        mute.settimeout(LIMIT)
        calls.append(mute.accept()[0])  # neither place waits for the answer that the other waits for
        told = time.monotonic()
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            time.sleep(1)
        _, words = process.communicate(timeout=60)
        assert process.returncode == 130, words.decode()
        assert b"interrupted" in words
        assert time.monotonic() - told < LIMIT
        for each in calls:
            each.close()
