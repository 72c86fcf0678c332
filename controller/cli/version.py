"""`penstock version`: which Penstock this is, and what it stands on; the first question of every bug report."""

from __future__ import annotations

import json
import platform

import click

from controller.cli.options import SETTINGS, Asked, takes

STANDS_ON = ("boto3", "pydantic", "click", "ruamel.yaml")


@click.command("version", context_settings=SETTINGS)
@takes("text", "json")
def command(asked: Asked) -> None:
    """Print the version."""
    from importlib.metadata import version

    libraries = {name: version(name) for name in STANDS_ON}
    own, python = version("penstock"), platform.python_version()
    if asked.output == "json":
        told = {"format": "penstock.version/1", "version": own, "python": python, "libraries": libraries}
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(f"penstock {own}")
    if asked.verbose:
        click.echo("\n".join(f"{name} {number}" for name, number in {"python": python, **libraries}.items()))
