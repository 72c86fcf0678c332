"""`penstock demo` ends by itself, tells no lies about how it went, and leaves nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_shows_the_whole_promise_without_a_terminal(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", "from controller.cli import main; main(['demo'])"],
        cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT), "AWS_PROFILE": "nobody"},
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "2 requests answered by their tasks, 2 things broken by hand, 2 found, both put back." in found.stdout
    assert "503: rule default answers itself" in found.stdout
    assert "/wrong in AWS, should be /healthz" in found.stdout
    assert "1 created, 1 updated, 0 replaced, 0 deleted.   2 of 2 ready." in found.stdout
    assert "\x1b" not in found.stdout
    assert list(tmp_path.iterdir()) == []
