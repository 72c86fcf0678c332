"""`penstock completion`: the Tab key knows the commands, the options and the names in the spec folder."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from controller.cli.options import SETTINGS

VARIABLE = "_PENSTOCK_COMPLETE"


@click.command("completion", context_settings=SETTINGS)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell: `eval "$(penstock completion bash)"`."""
    from click.shell_completion import get_completion_class

    from controller.cli.app import app

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(app, {}, "penstock", VARIABLE).source())


def names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The instances in the files at hand. No AWS, and a broken file offers nothing."""
    from specs import load

    folders = [Path(each) for each in ctx.params.get("file") or ("specs",)]
    found = load([folder for folder in folders if folder.exists()])
    return [CompletionItem(each.address) for each in found.instances if each.address.startswith(incomplete)]
