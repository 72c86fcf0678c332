"""`penstock get`: how everything is, on a page or for a program."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import listed
from controller.cli.options import SETTINGS, Asked, Codes, option, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.report import Report
    from specs import Catalog

INSTANCES = {"services": "ApiService", "service": "ApiService", "apiservices": "ApiService", "apiservice": "ApiService",
             "environments": "Environment", "environment": "Environment"}  # fmt: skip
EVERYTHING = ("resources", "resource", "all")


@click.command("get", context_settings=SETTINGS)
@click.argument("names", nargs=-1, metavar="[KIND] [NAME]...", shell_complete=complete)
@option("--problems", is_flag=True, help="What is not well comes first.")
@takes("table", "wide", "name", "json", "yaml", aws=True)
def command(asked: Asked, names: tuple[str, ...], *, problems: bool) -> Codes:
    """Show status. KIND is apiservices, environments, resources, or one of AWS, such as TargetGroup."""
    from controller.output.status_text import resource_table, status_table

    kind, wanted = split(names)
    catalog = asked.catalog()
    report, codes = look(asked, wanted, catalog)
    orphans = () if names or asked.environment else orphaned(report, catalog)
    report = _only(report, kind)
    resources = [
        (status, each)
        for status in report.statuses
        for each in status.resources
        if kind in (*EVERYTHING, each.kind.lower())
    ]
    told = status_json(report) | {"orphans": list(orphans)}
    match asked.output:
        case "json":
            click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        case "yaml":
            asked.out.show(as_yaml(told).rstrip())
        case "name":
            found = [f"{status.address} {each.address}" for status, each in resources]
            asked.out.show("\n".join(found or [status.address for status in report.statuses]))
        case _ if kind and kind not in INSTANCES:
            asked.out.show(resource_table(resources))
        case _:
            wide = asked.output == "wide"
            asked.out.show(status_table(report.statuses, wide=wide, problems_first=problems))
            for each in orphans:
                asked.out.show(
                    f"! {each}  Orphaned: no file names it any more; it is kept until `penstock delete {each}`"
                )
    return codes


def split(names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The kind in lower case, where the first word is one, and the names after it."""
    from reconcilers import BY_KIND

    first = names[0].lower() if names else ""
    kinds = {kind.lower(): kind.lower() for kind in BY_KIND} | {f"{kind.lower()}s": kind.lower() for kind in BY_KIND}
    if first in INSTANCES or first in EVERYTHING:
        return first, names[1:]
    return (kinds[first], names[1:]) if first in kinds else ("", names)


def orphaned(report: Report, catalog: Catalog) -> tuple[str, ...]:
    """Instances that AWS has where the files say to look, and no file names. None while a file cannot be read."""
    from controller.removal import anchors

    if catalog.unreadable:
        return ()
    named = {each.address for each in catalog.instances}
    found = {address for view in report.views if view.seen is not None for address in anchors(view.aws)}
    return tuple(sorted(each for each in found - named if not catalog.is_frozen(each)))


def _only(report: Report, kind: str) -> Report:
    """The report without the instances of the other sort; an Environment lives in none and has a home nowhere."""
    from dataclasses import replace

    if kind not in INSTANCES:
        return report
    sorts = {
        address: instance.kind
        for view in report.views
        if view.seen is not None
        for address, instance in view.seen.instances.items()
    }
    kept = tuple(each for each in report.statuses if sorts.get(each.address) == INSTANCES[kind])
    return replace(report, statuses=kept)


def status_json(report: Report) -> dict[str, Any]:
    """`penstock.status/1` (cli.md §0)."""
    return {"format": "penstock.status/1", "services": [each.to_json() for each in report.statuses]}


def as_yaml(value: Any) -> str:
    from ruamel.yaml import YAML

    yaml, text = YAML(typ="safe"), io.StringIO()
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel's own hint is wrong
    yaml.dump(value, text)
    return text.getvalue()
