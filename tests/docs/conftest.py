"""A folder with the examples and a sandbox without sockets, for one page at a time."""

from __future__ import annotations

import shutil
import socket
from types import SimpleNamespace

import pytest

import reconcilers.aws
import reconcilers.clock
from sandbox import ManualClock, Sandbox, elsewhere
from sandbox.seed import seed
from sandbox.server import serving
from tests.docs.reading import ROOT
from tests.docs.terminal import ENDPOINT, LISTEN, Terminal
from tests.world import ACCOUNT, REGION, StillClock, session


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    elsewhere.reset()
    sandbox = Sandbox(clock=ManualClock())
    seed(sandbox, ACCOUNT, REGION)
    monkeypatch.setattr(reconcilers.clock, "RealClock", lambda *_: StillClock(sandbox.clock))
    monkeypatch.setattr(reconcilers.aws, "boto3", SimpleNamespace(Session=lambda **_: session(sandbox)))
    for variable, value in {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(variable, value)
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    with serving(sandbox) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("PENSTOCK_LISTEN", listen)
        made = Terminal(sandbox, {ENDPOINT: endpoint.removeprefix("http://"), LISTEN: listen})
        yield made
        for job in made.jobs:
            job.kill()
            job.wait()
