"""`penstock drift`: what was changed behind our back, and with `--correct` putting it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, listed
from controller.cli.options import SETTINGS, Asked, Codes, fails_on, option, takes
from controller.cli.plan import look, seen_in

if TYPE_CHECKING:
    from controller.report import Report


@click.command("drift", context_settings=SETTINGS)
@click.argument("names", nargs=-1, shell_complete=complete)
@option("--correct", is_flag=True, help="Put back what drifted, whatever drift.policy says.")
@option("--yes", is_flag=True, help="With --correct: do not ask.")
@option("--full", is_flag=True, help="Values whole.")
@fails_on
@takes("text", "json", aws=True, writes=True)
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    correct: bool,
    yes: bool,
    full: bool,
    detailed_exitcode: bool,
    fail_on: tuple[str, ...],
) -> Codes:
    """Show what AWS has that the applied specs do not say."""
    from controller.output.drift_text import drift_text

    report, codes = look(asked, names)
    found = [each for view in report.views if view.seen is not None for each in view.seen.drift]
    if found and (detailed_exitcode or "drift" in fail_on):
        codes |= {Exit.CHANGES}
    if asked.output == "text":
        asked.out.show(drift_text(seen_in(report), width=asked.out.width, full=full))
    corrected: dict[str, Any] = {}
    if correct and found:
        codes, corrected = _correct(asked, tuple(sorted({each.key.instance for each in found})), codes, yes=yes)
    if asked.output == "json":
        click.echo(json.dumps(drift_json(report) | corrected | {"exitCodes": listed(codes)}, indent=2))
    return codes


def _correct(
    asked: Asked, drifted: tuple[str, ...], codes: frozenset[int], *, yes: bool
) -> tuple[frozenset[int], dict[str, Any]]:
    """Put it back. What was found and mended is no longer a reason to fail."""
    from controller.cli.apply import carry_out
    from controller.output.applied import applied_json

    carried, account = carry_out(asked, drifted, yes=yes, ignore_drift_policy=True)
    return (codes - {Exit.CHANGES}) | carried, {"corrected": applied_json(account)["services"]}


def drift_json(report: Report) -> dict[str, Any]:
    """`penstock.drift/1` (cli.md §0). Of an edited instance drift is not claimed: it is listed under `edited`."""
    seen = [view.seen for view in report.views if view.seen is not None]
    return {
        "format": "penstock.drift/1",
        "drift": [each.to_json() for one in seen for each in one.drift],
        "edited": sorted(address for one in seen for address in one.edited),
        "problems": [{"service": where, "message": text} for where, text in report.problems],
    }
