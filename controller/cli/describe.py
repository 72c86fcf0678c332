"""`penstock describe`: all about one instance: conditions, resources with their ids, what wants attention."""

from __future__ import annotations

import json

import click

from controller.cli.completion import names as complete
from controller.cli.exits import listed
from controller.cli.get import status_json
from controller.cli.options import READS, SETTINGS, Asked, Codes, takes
from controller.cli.plan import look, seen_in


@click.command("describe", context_settings=SETTINGS)
@click.argument("name", shell_complete=complete)
@takes("text", "json", of=READS)
def command(asked: Asked, name: str) -> Codes:
    """Show everything about NAME: conditions, every resource with its id, drift."""
    from controller.output.drift_text import drift_text
    from controller.output.status_text import described

    report, codes = look(asked, (name,))
    sights = {each.address: each for each in seen_in(report)}
    tags = {
        address: sorted(view.seen.tags(address).items())
        for view in report.views
        if view.seen is not None
        for address in view.seen.scope
    }
    if asked.output == "json":
        told = status_json(report.statuses)
        for service, status in zip(told["services"], report.statuses, strict=True):
            service["tags"] = dict(tags[status.address])
            service["drift"] = [each.to_json() for each in sights[status.address].drift.values()]
            service["notes"] = list(sights[status.address].notes)
        click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        return codes
    for status in report.statuses:
        sight = sights[status.address]
        asked.out.show(described(status, tags[status.address], sight.notes))
        if sight.drift:
            asked.out.show("\n" + drift_text([sight], width=asked.out.width))
    return codes
