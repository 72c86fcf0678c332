"""`penstock iam-policy`: the least the controller needs for these specs, as a document to attach."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from controller.cli.exits import Stop
from controller.cli.options import CHOICE, FILES, PATHS, SETTINGS, Asked, Codes, option, spec_codes, takes

if TYPE_CHECKING:
    from controller.iam_policy import Reader


@click.command("iam-policy", context_settings=SETTINGS)
@click.argument("paths", nargs=-1, type=PATHS, metavar="[PATH]...")
@option("--for", "reader", type=click.Choice(["controller", "ci-plan"]), default="controller", show_default=True)
@option("--install", default="default", show_default=True, help="The installation id: whose the resources are.")
@takes("json", of=(FILES, CHOICE))
def command(asked: Asked, paths: tuple[Path, ...], reader: str, install: str = "default") -> Codes:
    """Print the IAM policy that the given specs need, and no more. Asks nothing of AWS."""
    from controller.iam_policy import policy

    asked = replace(asked, file=paths or asked.file, install=install)
    catalog = asked.catalog()
    scope = asked.scope(catalog)
    if not scope:
        raise Stop("there is no valid spec to compute a policy for")
    chosen = [each for each in catalog.instances if each.address in scope]
    document = policy(chosen, asked.install, cast("Reader", reader))
    click.echo(json.dumps(document, indent=2))
    return spec_codes(catalog)
