"""A terminal that knows three programs, `penstock`, `aws` and `curl`, and needs neither a network nor patience.

`penstock` runs in this process against a sandbox whose clock moves only when somebody waits; `aws` is the few lines
that boto3 lacks; `curl` walks the sandbox's data plane. Ports and ids differ from one run to the next, so the pages
write `...` for them, and for lines that do not matter.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore
import jmespath

from controller.cli.app import run
from sandbox import Sandbox, dataplane
from sandbox.calls import Http
from sandbox.dataplane import domains
from tests.world import session

ENDPOINT = "127.0.0.1:4566"
LISTEN = "127.0.0.1:8080"
PENSTOCK = "import sys; from controller.cli import main; main(sys.argv[1:])"


class Terminal:
    """One page's session: variables, exit codes and background jobs last from block to block."""

    def __init__(self, sandbox: Sandbox, addresses: dict[str, str]) -> None:
        self.sandbox = sandbox
        self.addresses = addresses
        """What the pages' well-known addresses are here."""
        self.variables: dict[str, str] = {}
        self.code = 0
        self.jobs: list[subprocess.Popen[bytes]] = []

    def enter(self, line: str) -> str:
        """What a command line prints, stdout and stderr as they come."""
        line = self.here(line)
        if found := re.fullmatch(r"(\w+)=\$\((.*)\)", line):
            self.variables[found[1]] = self.enter(found[2]).strip()
            return ""
        words = [self._expanded(word) for word in shlex.split(line, comments=True)]
        given = {}
        while words and re.match(r"[A-Z_]+=", words[0]):
            key, _, given[key] = words.pop(0).partition("=")
        if not words:
            self.variables |= given
            return ""
        os.environ.update(given)
        try:
            return self._program(words)
        finally:
            for key in given:
                del os.environ[key]

    def here(self, text: str) -> str:
        """A page's text with this run's addresses."""
        for known, address in self.addresses.items():
            text = text.replace(known, address)
        return text

    def _program(self, words: list[str]) -> str:  # noqa: PLR0911  one return for each program
        match words:
            case ["penstock", *rest] if rest[-1] == "&":
                self.jobs.append(subprocess.Popen([sys.executable, "-c", PENSTOCK, *rest[:-1]]))
                return ""
            case ["penstock", *rest]:
                return self._penstock(rest)
            case ["aws", service, operation, *rest]:
                return self._aws(service, operation, rest)
            case ["curl", *rest]:
                return self._curl(rest)
            case ["kill", "%1"]:
                self.jobs[-1].send_signal(signal.SIGTERM)
                return ""
            case ["wait", "%1"]:
                self.code = self.jobs.pop().wait(25)
                return ""
            case ["echo", "$?"]:
                return f"{self.code}\n"
            case ["rm", *files]:
                for file in files:
                    Path(file).unlink()
                return ""
        raise AssertionError(f"the pages use a program nobody taught this terminal: {words}")

    def _expanded(self, word: str) -> str:
        return re.sub(r"\$\{?([A-Za-z_]\w*)\}?", lambda found: self.variables.get(found[1], found[0]), word)

    def _penstock(self, arguments: list[str]) -> str:
        told = io.BytesIO()
        heard = io.TextIOWrapper(told, encoding="utf-8", newline="")
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
            self.code = run(arguments)
        heard.flush()
        return told.getvalue().decode()

    def _aws(self, service: str, operation: str, rest: list[str]) -> str:
        """As the AWS CLI: options are members of the request in kebab-case, values may be JSON."""
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        client = session(self.sandbox).client(service, region_name=options.pop("--region", None))
        called = operation.replace("-", "_")
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[called]).input_shape
        members = {botocore.xform_name(each, "-"): each for each in shape.members}
        told: dict[str, Any] = {}
        query, _ = options.pop("--query", None), options.pop("--output", None)
        for option, value in options.items():
            member = members[option.removeprefix("--")]
            told[member] = _typed(value, shape.members[member].type_name)
        answer = getattr(client, called)(**told)
        self.code = 0
        return "" if query is None else f"{jmespath.search(query, answer)}\n"

    def _curl(self, rest: list[str]) -> str:
        url = next(word for word in rest if "://" in word)
        if dataplane.PREFIX not in url and domains.PREFIX not in url:
            return _fetched(url, patient="--retry-connrefused" in rest)
        options = list(pairwise(rest))
        method = next((value for option, value in options if option == "-X"), "GET")
        told = (value.partition(": ") for option, value in options if option == "-H")
        parts = urlsplit(url)
        headers = {"host": parts.netloc} | {name.lower(): value for name, _, value in told}
        serve = dataplane.serve if dataplane.PREFIX in url else domains.serve
        reply = serve(self.sandbox, Http(method, parts.path, parts.query, headers, b""))
        return f"{reply.body.decode()}\n"


def _typed(value: str, type: str) -> Any:
    if type in ("list", "structure", "map"):
        return json.loads(value)
    if type == "blob":
        return Path(value.removeprefix("fileb://")).read_bytes()
    readers: dict[str, Callable[[str], Any]] = {"integer": int, "boolean": json.loads}
    return readers.get(type, str)(value)


def _fetched(url: str, *, patient: bool) -> str:
    """A page of a background job, which may need a moment to listen."""
    for _ in range(100 if patient else 1):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                if not patient:
                    return error.read().decode()
            time.sleep(0.1)
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def fits(shown: str, said: str) -> bool:
    """Whether output is as a page shows it: `...` stands for anything in a line, or alone for any lines."""
    lines = [line.rstrip() for line in shown.splitlines()]
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"[ ]*\n"
        for line in lines
    )
    return re.fullmatch(pattern, said if said.endswith("\n") or not said else f"{said}\n") is not None


def commands(text: str) -> list[tuple[str, str]]:
    """Every command of a console block, with what follows it up to the next one."""
    joined = re.sub(r"\\\n\s*", "", text)
    parts = re.split(r"^\$ ", joined, flags=re.MULTILINE)
    assert not parts[0].strip(), f"output without a command: {parts[0]!r}"
    return [(command.strip(), output) for command, _, output in (part.partition("\n") for part in parts[1:])]
