"""`penstock get`: how everything is, on a page or for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Stop, listed
from controller.cli.options import READS, SETTINGS, Asked, Codes, option, spec_codes, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.report import Report
    from controller.session import Session
    from controller.status import Status
    from specs import Catalog

INSTANCES = {"services": "ApiService", "service": "ApiService", "apiservices": "ApiService", "apiservice": "ApiService",
             "environments": "Environment", "environment": "Environment"}  # fmt: skip
PAUSE = 5.0
"""Seconds between two looks of `--watch`."""
EVERYTHING = ("resources", "resource", "all")


@click.command("get", context_settings=SETTINGS)
@click.argument("names", nargs=-1, metavar="[KIND] [NAME]...", shell_complete=complete)
@option(
    "-A", "--all", "everything", is_flag=True, envvar="PENSTOCK_ALL", help="Also what no file names; needs no files."
)
@option("--problems", is_flag=True, help="What is not well comes first.")
@option("-w", "--watch", is_flag=True, help="Go on, and show what changes until Ctrl-C.")
@option("--expand", is_flag=True, help="With -o yaml or json: the specs, all layers in them. Asks nothing of AWS.")
@option("--show-origin", is_flag=True, help="Every value that is obeyed and where it was written. Asks nothing of AWS.")
@takes("table", "wide", "name", "json", "yaml", of=READS)
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    everything: bool,
    problems: bool,
    watch: bool,
    expand: bool,
    show_origin: bool,
) -> Codes:
    """Show status. KIND is apiservices, environments, resources, or one of AWS, such as TargetGroup."""
    kind, wanted = split(names)
    if expand or show_origin:
        _refuse_with_specs(asked, kind, everything=everything, watch=watch, show_origin=show_origin)
        return _show_specs(asked, wanted, show_origin=show_origin)
    if everything and (wanted or asked.environment or asked.selector):
        raise Stop("-A is about everything: it goes with no NAME, -e or -l")
    catalog = asked.catalog_if_any() if everything else asked.catalog()
    question = Question(asked, asked.session(), catalog, kind, wanted, everything, problems)
    if watch:
        question.watch()
    text, codes = question.answer()
    question.show(text)
    return codes


@dataclass(frozen=True)
class Question:
    """What is asked, to be answered once or again and again."""

    asked: Asked
    session: Session
    catalog: Catalog
    kind: str
    names: tuple[str, ...]
    everything: bool
    problems: bool

    def answer(self) -> tuple[str, frozenset[int]]:
        """What is to be shown, and the exit codes."""
        report, codes = self._look()
        listing = not (self.names or self.asked.environment or self.asked.selector)
        alone = self._orphans() if self.everything else ()
        kept = (
            [each.address for each in alone] if self.everything else orphaned(report, self.catalog) if listing else ()
        )
        statuses = (*_only(report, self.kind), *alone)
        told = status_json(statuses) | {"orphans": list(kept)}
        match self.asked.output:
            case "json":
                return json.dumps(told | {"exitCodes": listed(codes)}, indent=2), codes
            case "yaml":
                from controller.output.spec_text import as_yaml

                return as_yaml(told).rstrip(), codes
        return self._text(statuses, () if self.everything else kept), codes

    def watch(self) -> NoReturn:
        """Shows what is new in each answer: rows of a table, or else the whole. Ctrl-C ends it, with 130."""
        before: list[str] = []
        quietly = replace(self, asked=replace(self.asked, quiet=True))
        while True:
            text, _ = (quietly if before else self).answer()
            lines = text.splitlines()
            if lines != before:
                whole = self.asked.output in ("json", "yaml")
                self.show(text if whole else "\n".join(line for line in lines if line not in before))
            before = lines
            self.session.clock.sleep(PAUSE)

    def show(self, text: str) -> None:
        (click.echo if self.asked.output == "json" else self.asked.out.show)(text)

    def _look(self) -> tuple[Report, frozenset[int]]:
        from controller.report import Report

        if self.everything and not self.catalog.instances:
            return Report(), spec_codes(self.catalog)
        return look(self.asked, self.names, self.catalog, self.session)

    def _orphans(self) -> tuple[Status, ...]:
        from controller.orphans import orphans

        try:
            return tuple(orphans(self.session, self.catalog))
        except LookupError as nowhere:
            raise Stop(str(nowhere)) from None

    def _text(self, statuses: Sequence[Status], kept: Iterable[str]) -> str:
        from controller.output.status_text import resource_table, status_table

        found = [
            (one, each) for one in statuses for each in one.resources if self.kind in (*EVERYTHING, each.kind.lower())
        ]
        if self.asked.output == "name":
            return "\n".join(
                [f"{one.address} {each.address}" for one, each in found] or [each.address for each in statuses]
            )
        if self.kind and self.kind not in INSTANCES:
            return resource_table(found)
        table = status_table(statuses, wide=self.asked.output == "wide", problems_first=self.problems)
        lost = (
            f"! {each}  Orphaned: no file names it any more; it is kept until `penstock delete {each}`" for each in kept
        )
        return "\n".join([table, *lost])


def _refuse_with_specs(asked: Asked, kind: str, *, everything: bool, watch: bool, show_origin: bool) -> None:
    """Raises Stop for what says nothing of specs."""
    if everything or watch or (kind and kind not in INSTANCES):
        raise Stop("--expand and --show-origin show specs: they go with no -A, --watch or KIND of AWS")
    if asked.output not in ("yaml", "json") and not (show_origin and asked.output == "table"):
        raise Stop("--expand shows whole specs: add -o yaml or -o json")


def _show_specs(asked: Asked, names: tuple[str, ...], *, show_origin: bool) -> Codes:
    from controller.output.spec_text import origin_table, specs_json, specs_yaml

    catalog = asked.catalog()
    scope, codes = asked.scope(catalog, names), spec_codes(catalog)
    chosen = {each.address: each for each in catalog.instances if each.address in scope}
    match asked.output:
        case "json":
            told = specs_json(chosen, show_origin=show_origin)
            click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        case "yaml":
            asked.out.show(specs_yaml(chosen, show_origin=show_origin).rstrip())
        case _:
            asked.out.show(origin_table(chosen))
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


def _only(report: Report, kind: str) -> tuple[Status, ...]:
    """The statuses without those of the other sort; an Environment lives in none and has a home nowhere."""
    if kind not in INSTANCES:
        return report.statuses
    sorts = {
        address: instance.kind
        for view in report.views
        if view.seen is not None
        for address, instance in view.seen.instances.items()
    }
    return tuple(each for each in report.statuses if sorts.get(each.address) == INSTANCES[kind])


def status_json(statuses: Iterable[Status]) -> dict[str, Any]:
    """`penstock.status/1` (cli.md §0)."""
    return {"format": "penstock.status/1", "services": [each.to_json() for each in statuses]}
