"""`penstock drift`: what was changed behind our back, and with `--correct` putting it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, listed
from controller.cli.options import CREATES, READS, SETTINGS, TELLS, WRITES, Asked, Codes, fails_on, option, takes
from controller.cli.plan import found_codes, look, looks, seen_in

if TYPE_CHECKING:
    from controller.report import Report


@click.command("drift", context_settings=SETTINGS)
@click.argument("names", nargs=-1, shell_complete=complete)
@option("--correct", is_flag=True, help="Put back what drifted, whatever drift.policy says.")
@option("--yes", is_flag=True, help="With --correct: do not ask.")
@option("--dry-run", is_flag=True, help="With --correct: only show what would be put back.")
@option("--full", is_flag=True, help="Values whole.")
@fails_on
@takes("text", "json", of=(*READS, WRITES, CREATES, TELLS))
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    correct: bool,
    yes: bool,
    dry_run: bool,
    full: bool,
    detailed_exitcode: bool,
    fail_on: tuple[str, ...],
) -> Codes:
    """Show what AWS has that the applied specs do not say."""
    from controller.output.drift_text import drift_text

    catalog, session = asked.catalog(), asked.session()
    report, codes = look(asked, names, catalog, session)
    drifted = tuple(sorted({each.key.instance for seen in looks(report) for each in seen.drift}))
    codes |= found_codes(looks(report), detailed=False, fail_on=("drift",) if detailed_exitcode else fail_on)
    if asked.output == "text":
        asked.out.show(drift_text(seen_in(report), width=asked.out.width, full=full))
    corrected: dict[str, Any] = {}
    if correct and drifted and dry_run:
        asked.err.show("nothing was put back: --dry-run", err=True)
    elif correct and drifted:
        from controller.cli.apply import carry_out
        from controller.output.applied import applied_json

        carried, account = carry_out(asked, drifted, session, catalog, yes=yes, ignore_drift_policy=True)
        corrected = {"corrected": applied_json(account)["services"]}
        codes = (codes - {Exit.CHANGES}) | carried  # what was found and mended is no longer a reason to fail
    if asked.output == "json":
        click.echo(json.dumps(drift_json(report) | corrected | {"exitCodes": listed(codes)}, indent=2))
    return codes


def drift_json(report: Report) -> dict[str, Any]:
    """`penstock.drift/1` (cli.md §0). Of an edited instance drift is not claimed: it is listed under `edited`."""
    seen = [view.seen for view in report.views if view.seen is not None]
    return {
        "format": "penstock.drift/1",
        "drift": [each.to_json() for one in seen for each in one.drift],
        "edited": sorted(address for one in seen for address in one.edited),
        "problems": [{"service": where, "message": text} for where, text in report.problems],
    }
