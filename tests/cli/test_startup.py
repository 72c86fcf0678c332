"""How fast a command answers, and what it must not load for it."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELP_SECONDS = 0.15


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False
    )


def test_help_answers_at_once():
    """CPU time, so that a busy machine does not decide; the best of many, because a core shared with others is slow
    at times."""
    assert any(help_seconds() < HELP_SECONDS for _ in range(25))


def help_seconds():
    before = os.times()
    assert python("from controller.cli import main; main(['--help'])").returncode == 0
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (["--help"], "boto3 botocore rich pydantic structlog ruamel sandbox moto"),
        (["validate", "examples"], "boto3 botocore rich structlog moto"),
        (["schema"], "boto3 botocore rich structlog moto"),
        (["completion", "bash"], "boto3 botocore rich pydantic structlog moto"),
    ],
)
def test_a_command_that_asks_nothing_of_aws_does_not_load_it(arguments, never):
    found = python(
        f"import sys; from controller.cli.app import run; code = run({arguments}); "
        f"print('loaded', *sys.modules.keys() & {never.split()}, file=sys.stderr); sys.exit(code)"
    )
    assert (found.returncode, found.stderr.strip()) == (0, "loaded")


def test_the_examples_are_valid(penstock):
    told = penstock("validate", str(ROOT / "examples"))
    assert told.code == 0, told.out
    assert re.findall(r"^\w+: .*", told.out, re.MULTILINE) == [
        "warning: spec.gateway.integration: requests and the secret header go in plain text"
    ], "internet.yaml calls AWS's own name of the balancer, for which nobody has a certificate"


def test_a_hundred_files_are_checked_while_one_waits(tmp_path):
    """`make bench` tells whether it is half a second; here other tests run beside it, so twice that will do."""
    hello = (ROOT / "examples" / "hello.yaml").read_text()
    for number in range(100):
        (tmp_path / f"s{number}.yaml").write_text(hello.replace("name: hello", f"name: hello{number}"))
    before, started = os.times(), time.monotonic()
    found = python(f"from controller.cli import main; main(['validate', {str(tmp_path)!r}])")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert found.returncode == 0, found.stdout
    assert min(spent, time.monotonic() - started) < 1.5


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(penstock, shell):
    told = penstock("completion", shell)
    assert told.code == 0
    assert "_PENSTOCK_COMPLETE" in told.out


def test_completion_knows_commands_and_the_names_in_the_files():
    found = python(
        "from controller.cli import main; main([])",
        _PENSTOCK_COMPLETE="bash_complete", COMP_WORDS="penstock pl", COMP_CWORD="1",
    )  # fmt: skip
    assert found.stdout.split() == ["plain,plan"]
    found = python(
        "from controller.cli import main; main([])",
        _PENSTOCK_COMPLETE="bash_complete", COMP_WORDS="penstock plan -f examples or", COMP_CWORD="4",
    )  # fmt: skip
    assert found.stdout.split() == ["plain,orders/prod", "plain,orders/staging"]
