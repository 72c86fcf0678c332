"""`penstock graph`: the way of a request, from the API to the tasks, with how each hop is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from controller.cli.completion import names as complete
from controller.cli.exits import listed
from controller.cli.options import SETTINGS, Asked, Codes, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.output.topology import Topology
    from controller.report import Report


@click.command("graph", context_settings=SETTINGS)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete)
@takes("tree", "mermaid", "svg", "json", aws=True)
def command(asked: Asked, names: tuple[str, ...]) -> Codes:
    """Draw the topology: API, routes, integrations, link, listener, rules, targets, services."""
    from controller.output.graph_svg import svg
    from controller.output.graph_text import mermaid, tree

    report, codes = look(asked, _with_homes(asked, names))
    found = drawn(report)
    match asked.output:
        case "json":
            told = {"format": "penstock.graph/1", "graphs": [each.to_json() for each in found]}
            click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        case "mermaid":
            asked.out.show(mermaid(found))
        case "svg":
            click.echo(svg(found))
        case _:
            asked.out.show(tree(found))
    return codes


def drawn(report: Report) -> list[Topology]:
    from controller.output.topology import topologies

    return [
        topology
        for view in report.views
        if view.seen is not None
        for topology in topologies(view.seen, (each for each in report.statuses if each.address in view.seen.scope))
    ]


def _with_homes(asked: Asked, names: tuple[str, ...]) -> tuple[str, ...]:
    """The Environments of what is asked for belong to the picture."""
    if not names:
        return names
    from controller.cli.options import chosen
    from specs import load

    catalog = load(asked.folders, dict(asked.var))
    homes = {each.address: each.home for each in catalog.instances}
    found = (homes[address] for address in chosen(catalog, names, asked.environment))
    return tuple(dict.fromkeys([*names, *(home.address for home in found if home is not None)]))
