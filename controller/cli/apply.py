"""`penstock apply`: plan, ask, do, and wait until every service is Ready."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import SETTINGS, Asked, Codes, chosen, fails_on, option, spec_codes, takes
from controller.cli.plan import found_codes, place_name, read_codes, seen_in

if TYPE_CHECKING:
    from controller.output.applied import Account
    from controller.report import Report
    from controller.session import Session
    from specs import Catalog


@click.command("apply", context_settings=SETTINGS)
@click.argument("names", nargs=-1, shell_complete=complete)
@option("--yes", is_flag=True, help="Do not ask.")
@option("--no-wait", is_flag=True, help="One pass; do not wait until it is Ready.")
@option("--dry-run", is_flag=True, help="Only show the plan.")
@option("--prune", is_flag=True, help="Also delete what no file names any more and whose spec said so.")
@fails_on
@takes("text", "json", aws=True, writes=True)
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    yes: bool,
    no_wait: bool,
    dry_run: bool,
    prune: bool,
    detailed_exitcode: bool,
    fail_on: tuple[str, ...],
) -> Codes:
    """Make AWS as the files say. NAME is orders, orders/prod or a glob; default: all in the files."""
    from controller.output.applied import applied_json

    if prune and asked.install == "default":
        raise Stop("nothing is pruned while the installation id is `default`: give --install", Exit.REFUSED)
    catalog = asked.catalog()
    scope = chosen(catalog, names, asked.environment)
    codes = spec_codes(catalog)
    if not scope:
        asked.err.show("no valid spec to apply", err=True)
    session = asked.session()
    if dry_run:
        carried, account = _rehearse(asked, session, catalog, scope)
    else:
        carried, account = carry_out(asked, scope, yes=yes, session=session, catalog=catalog, wait=not no_wait)
    codes |= carried | found_codes(account.before.values(), detailed=detailed_exitcode, fail_on=fail_on)
    if prune and not names and not dry_run:
        from controller.cli.prune import prune as prune_folder

        codes |= prune_folder(asked, session, catalog, yes=yes)
    if asked.output == "json":
        click.echo(json.dumps(applied_json(account) | {"exitCodes": listed(codes)}, indent=2))
    return codes


def _rehearse(
    asked: Asked, session: Session, catalog: Catalog, scope: tuple[str, ...]
) -> tuple[frozenset[int], Account]:
    """`--dry-run`: the plan and nothing else."""
    from controller.output.applied import Account

    report = _looked(asked, session, catalog, scope)
    if asked.output == "text":
        _show_plan(asked, report)
    return read_codes(report), Account.of(report)


def carry_out(
    asked: Asked,
    scope: tuple[str, ...],
    *,
    yes: bool,
    session: Session | None = None,
    catalog: Catalog | None = None,
    wait: bool = True,
    **options: Any,
) -> tuple[frozenset[int], Account]:
    """Plan, ask, do and wait. Returns the exit codes that apply and what became of every change."""
    from controller.cli.signals import interruptible
    from controller.output.applied import Account, ending

    session = session or asked.session()
    catalog = catalog or asked.catalog()
    if not scope:
        return frozenset(), Account()
    if not yes:
        planned = _looked(asked, session, catalog, scope)
        _show_plan(asked, planned)
        if not any(view.seen and (view.seen.plan.changes or view.seen.edited) for view in planned.views):
            return read_codes(planned), Account.of(planned)
        confirm(asked, "Apply?")
    account = Account()
    kind = "none" if asked.quiet and asked.progress == "auto" else asked.progress
    with interruptible(session.stopping) as interruption:
        from controller.output.progress import telling

        with telling(kind, asked.err, session.clock) as tell:
            report = session.apply(catalog, scope, account.listening(tell), wait=wait, **options)
    account.ended(report)
    _complain(asked, report)
    if asked.output == "text":
        asked.out.show(ending(account, interrupted=bool(interruption.codes)))
    return report.codes | interruption.codes, account


def _looked(asked: Asked, session: Session, catalog: Catalog, scope: tuple[str, ...]) -> Report:
    from controller.cli.plan import tell_looked
    from controller.report import Report

    if not scope:
        return Report()
    report = session.look(catalog, scope, lambda event: tell_looked(asked, event))
    _complain(asked, report)
    return report


def _show_plan(asked: Asked, report: Report) -> None:
    """On stdout as text; beside `-o json` on stderr, where people are asked."""
    from controller.output.plan_text import plan_text

    to_err = asked.output != "text"
    (asked.err if to_err else asked.out).show(plan_text(seen_in(report), width=asked.out.width), err=to_err)


def _complain(asked: Asked, report: Report) -> None:
    for view in report.views:
        if view.error:
            asked.err.show(f"error: {place_name(view.place)}: {view.error}", err=True)


def confirm(asked: Asked, question: str, answer: str = "yes") -> None:
    """Asks on a terminal and raises Stop for any other answer; elsewhere nobody can be asked: add --yes."""
    if not sys.stdin.isatty():
        raise Stop("nobody can be asked here: add --yes")
    if click.prompt(f"{question} Type {answer}", err=True).strip() != answer:
        raise Stop("nothing was done", Exit.INTERRUPTED)
