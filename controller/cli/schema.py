"""`penstock schema`: the language as JSON Schema, so that an editor completes and checks while somebody types."""

from __future__ import annotations

import json

import click

from controller.cli.options import SETTINGS, Asked, option, takes


@click.command("schema", context_settings=SETTINGS)
@option("--kind", type=click.Choice(["ApiService", "Environment"]), help="Only this kind; default: either.")
@option("--draft", type=click.Choice(["7", "2020-12"]), default="2020-12", show_default=True)
@takes("json")
def command(asked: Asked, kind: str | None, draft: str) -> None:
    """Print the JSON Schema of spec files, for editors."""
    from typing import cast

    from specs import json_schema
    from specs.schema import Draft

    click.echo(json.dumps(json_schema(kind, cast("Draft", draft)), indent=2))
