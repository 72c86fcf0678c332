"""The `penstock` group: which commands there are, and what an error of one becomes.

Commands are imported when they are asked for, and they import what is heavy (boto3, rich, pydantic) inside, so that
`--help` answers at once and `validate` never loads boto3.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from controller.cli.exits import Exit, Stop, first

COMMANDS = (
    "validate", "plan", "apply", "run", "drift", "get", "describe", "graph", "promote", "rotate", "sdk", "delete",
    "explain", "schema", "iam-policy", "sandbox", "demo", "completion", "version",
)  # fmt: skip
ALIASES: Mapping[str, tuple[str, ...]] = {"diff": ("plan",), "up": ("apply", "--yes"), "ls": ("get",)}


class LazyGroup(click.Group):
    """A group whose commands are the modules beside it: `iam-policy` is `command` in `controller.cli.iam_policy`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"controller.cli.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in ALIASES:
            args = [*ALIASES[args[0]], *args[1:]]
        if args and args[0] not in COMMANDS and (near := get_close_matches(args[0], COMMANDS, 1)):
            ctx.fail(f"No such command '{args[0]}'; did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)


EPILOG = "; ".join(f"{alias} is {' '.join(stands_for)}" for alias, stands_for in ALIASES.items())


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"Aliases: {EPILOG}.",
)
def app() -> None:
    """Keeps API Gateway, VPC link, load balancer and ECS on AWS as YAML specs say."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; whatever went wrong has been said on stderr."""
    try:
        return _code(app.main(arguments, prog_name="penstock", standalone_mode=False))
    except click.ClickException as wrong:
        wrong.show()
        return int(Exit.INPUT)
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        return int(Exit.INTERRUPTED)
    except Exception as error:
        return _trouble(error)


def _code(told: Any) -> int:
    """What a command returned: nothing, the codes that apply, or click's own code (`--help`)."""
    if told is None:
        return int(Exit.DONE)
    return told if isinstance(told, int) else first(told)


def _trouble(error: Exception) -> int:
    """Credentials are a person's matter; anything else is a bug or AWS being ill. No traceback shows local values."""
    if isinstance(error, Stop):
        _complain(str(error))
        return int(error.code)
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # whoever read our output went away: nothing is left to say, nor anybody to say it to
        return int(Exit.ERROR)
    from controller.output.terminal import safe

    if "-vv" in sys.argv:
        import traceback

        click.echo(safe("".join(traceback.format_exception(error))), err=True)
    _complain(f"{type(error).__name__}: {error}")
    return int(Exit.CREDENTIALS if _denied(error) else Exit.ERROR)


def _denied(error: Exception) -> bool:
    if "botocore" not in sys.modules:
        return False
    from reconcilers.errors import Meaning, meaning

    return meaning(error) is Meaning.DENIED


def _complain(sentence: str) -> None:
    from controller.output.terminal import safe

    click.echo(f"error: {safe(sentence)}", err=True)
