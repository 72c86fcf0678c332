"""`penstock plan`: what would be done and why, before anything is."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import READS, SETTINGS, Asked, Codes, fails_on, option, spec_codes, takes

if TYPE_CHECKING:
    from controller.output.sights import Sight
    from controller.report import Report
    from controller.seen import Seen
    from controller.session import Session
    from reconcilers import Place
    from specs import Catalog


@click.command("plan", context_settings=SETTINGS)
@click.argument("names", nargs=-1, shell_complete=complete)
@option("--full", is_flag=True, help="Values whole, and every field of what is new.")
@option("--max-bytes", type=click.IntRange(500), default=60_000, show_default=True, help="The longest markdown.")
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the plan, for `apply --plan`; readable by its owner alone.",
)
@fails_on
@takes("text", "json", "markdown", of=READS)
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    full: bool,
    max_bytes: int,
    out: Path | None,
    detailed_exitcode: bool,
    fail_on: tuple[str, ...],
) -> Codes:
    """Show what apply would do. NAME is orders, orders/prod or a glob; default: all in the files."""
    from controller.output.markdown import plan_markdown
    from controller.output.plan_text import plan_text
    from controller.output.sights import report_json

    report, codes = look(asked, names)
    codes |= found_codes(looks(report), detailed=detailed_exitcode, fail_on=fail_on)
    if out is not None:
        from controller.saved import saved

        keep(out, saved(looks(report), asked.install))
    match asked.output:
        case "json":
            told = report_json(looks(report))
            click.echo(json.dumps(told | {"exitCodes": listed(codes)}, indent=2))
        case "markdown":
            asked.out.show(plan_markdown(seen_in(report), name=asked.environment or "", longest=max_bytes))
        case _:
            asked.out.show(plan_text(seen_in(report), width=asked.out.width, full=full))
    return codes


def keep(file: Path, told: Mapping[str, Any]) -> None:
    """A file of its own rights from the first byte on, and never half of one. Raises Stop where it cannot be."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # which nobody else may read
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as unfinished:
                unfinished.write(json.dumps(told, indent=2))
            Path(name).replace(file)
        except OSError:
            Path(name).unlink()
            raise
    except OSError as error:
        raise Stop(f"cannot write {file}: {error.strerror}") from None


def look(
    asked: Asked,
    names: tuple[str, ...],
    catalog: Catalog | None = None,
    session: Session | None = None,
    besides: Iterable[str] = (),
) -> tuple[Report, frozenset[int]]:
    """One look at everything asked for and at `besides`, and the exit codes it leads to. Nothing is written.

    What could not be looked at is told on stderr; the rest goes on.
    """
    from controller.report import Report

    catalog = catalog or asked.catalog()
    scope = tuple(dict.fromkeys((*asked.scope(catalog, names), *besides)))
    codes = spec_codes(catalog)
    if not scope:
        asked.err.show("no valid spec to look at", err=True)
        return Report(), codes
    report = (session or asked.session()).look(catalog, scope, lambda event: tell_looked(asked, event))
    for view in report.views:
        if view.error:
            asked.err.show(f"error: {place_name(view.place)}: {view.error}", err=True)
    return report, codes | read_codes(report)


def tell_looked(asked: Asked, event: object) -> None:
    """`Reading eu-west-1  61 calls, 2.1 s` on stderr, for people only."""
    from controller.events import Looked

    if isinstance(event, Looked) and asked.err.tty and not asked.quiet:
        told = f"Read {place_name(event.place)}  {event.calls} calls, {event.seconds:.1f} s"
        asked.err.show(told, err=True)


def place_name(place: Place) -> str:
    """`eu-west-1`, with the role where one is assumed."""
    return f"{place.region} as {place.role_arn}" if place.role_arn else place.region


def read_codes(report: Report) -> frozenset[int]:
    """What a look says about itself: who could not look, whose names are taken, of what nothing is known."""
    from drift import Action
    from reconcilers.errors import Meaning

    codes = {Exit.CREDENTIALS if view.meaning is Meaning.DENIED else Exit.ERROR for view in report.views if view.error}
    for view in report.views:
        if view.seen is None:
            continue
        unknown = [change for change in view.seen.plan if change.action is Action.UNKNOWN]
        codes |= {Exit.REFUSED} if any(each.reason.startswith("conflict") for each in unknown) else set()
        codes |= {Exit.FAILED} if view.seen.problems or view.seen.fleet.unknown else set()
        codes |= {Exit.CREDENTIALS} if denied(view.seen.fleet.unknown.values()) else set()
    return frozenset(codes)


def denied(reasons: Iterable[str]) -> bool:
    """Whether a list failed for want of permissions; the reason begins with AWS's code."""
    from reconcilers.errors import DENIED

    return any(DENIED.fullmatch(reason.partition(":")[0]) for reason in reasons)


def looks(report: Report) -> list[Seen]:
    return [view.seen for view in report.views if view.seen is not None]


def seen_in(report: Report) -> list[Sight]:
    from controller.output.sights import sights

    return [each for view in report.views if view.seen is not None for each in sights(view.seen, view.aws.now)]


def found_codes(looks: Iterable[Seen], *, detailed: bool, fail_on: tuple[str, ...]) -> frozenset[int]:
    """2 when there is what was asked for."""
    from controller.output.sights import reasons_found

    asked = {"changes", "drift", "replace", "delete"} if detailed else set(fail_on)
    found = reasons_found(looks)
    return frozenset({Exit.CHANGES} if asked & found else ())
