"""The command line as scripts use it: arguments in, exit code, stdout and stderr out, against a sandbox on loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.cli.app import run
from sandbox import RunningClock, Sandbox, elsewhere
from sandbox.seed import seed
from sandbox.server import serving
from sandbox.store import STORE

ACCOUNT, REGION = "123456789012", "eu-west-1"
HELLO = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: hello}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  services:
    hello:
      image: public.ecr.aws/docker/library/httpd:2.4
      port: 80
      healthCheck: /
"""


@dataclass(frozen=True)
class Told:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def penstock(capsys, monkeypatch):
    """Runs a command in this process; standard input is nobody."""
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)

        def call(*arguments: str) -> Told:
            capsys.readouterr()
            code = run(arguments)
            said = capsys.readouterr()
            return Told(code, said.out, said.err)

        yield call


@pytest.fixture(autouse=True)
def manners(monkeypatch):
    """No variable of whoever runs the tests changes what they see."""
    for name in list(os.environ):
        if name.startswith(("PENSTOCK_", "AWS_")) or name in ("NO_COLOR", "FORCE_COLOR", "CI"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@dataclass
class Served:
    """A sandbox for tests of commands, and when moto's part of it, which all sandboxes share, was begun."""

    running: ExitStack
    begun: int = -1
    url: str = ""


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with ExitStack() as running:
        yield Served(running)


@pytest.fixture(scope="module")
def endpoint(served: Served) -> str:
    """One sandbox for all tests of commands, ten minutes to a second; another one where a story came between."""
    if served.begun != STORE.beginnings:
        served.running.close()
        elsewhere.reset()
        world = Sandbox(clock=RunningClock(600.0))
        seed(world, ACCOUNT, REGION)
        served.url = served.running.enter_context(serving(world))
        served.begun = STORE.beginnings
    return served.url


@pytest.fixture
def account(endpoint, manners, monkeypatch) -> str:
    """The sandbox is the AWS of this process. It is 600 times as fast as we, so pauses and rates do not count."""
    for module in ("controller.bulkhead", "controller.removal"):
        monkeypatch.setattr(f"{module}.FIRST_WAIT", 0.1)
        monkeypatch.setattr(f"{module}.LONGEST_WAIT", 0.3)
    monkeypatch.setattr("reconcilers.budget.Budget.spend", lambda *_: None)
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION, "NO_PROXY": "127.0.0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return endpoint


@pytest.fixture
def specs(tmp_path) -> Path:
    """A folder with hello.yaml in it."""
    (tmp_path / "hello.yaml").write_text(HELLO)
    return tmp_path
