"""`penstock graph`: the way of a request, from the API to the tasks, with how each hop is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from controller.cli.completion import names as complete
from controller.cli.exits import listed
from controller.cli.options import READS, SETTINGS, Asked, Codes, option, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.output.topology import Topology
    from controller.report import Report
    from specs import Catalog


@click.command("graph", context_settings=SETTINGS)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete)
@option("--plan", "planned", is_flag=True, envvar="PENSTOCK_GRAPH_PLAN", help="Mark what apply would change.")
@takes("tree", "mermaid", "dot", "svg", "json", of=READS)
def command(asked: Asked, names: tuple[str, ...], *, planned: bool) -> Codes:
    """Draw the topology: API, routes, integrations, link, listener, rules, targets, services."""
    from controller.output.graph_dot import dot
    from controller.output.graph_svg import svg
    from controller.output.graph_text import mermaid, tree

    catalog = asked.catalog()
    report, codes = look(asked, names, catalog, besides=_homes(catalog, asked.scope(catalog, names)))
    found = drawn(report, planned=planned)
    match asked.output:
        case "json":
            told = {"format": "penstock.graph/1", "graphs": [each.to_json() for each in found]}
            click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        case "mermaid":
            asked.out.show(mermaid(found))
        case "dot":
            click.echo(dot(found))
        case "svg":
            click.echo(svg(found))
        case _:
            asked.out.show(tree(found))
    return codes


def drawn(report: Report, *, planned: bool = False) -> list[Topology]:
    from controller.output.topology import topologies

    return [
        topology.marked(view.seen.plan) if planned else topology
        for view in report.views
        if view.seen is not None
        for topology in topologies(view.seen, (each for each in report.statuses if each.address in view.seen.scope))
    ]


def _homes(catalog: Catalog, scope: tuple[str, ...]) -> tuple[str, ...]:
    """The Environments of what is asked for belong to the picture."""
    found = (each.home for each in catalog.instances if each.address in scope and each.home is not None)
    return tuple(dict.fromkeys(home.address for home in found))
