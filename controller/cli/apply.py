"""`penstock apply`: plan, ask, do, and wait until every service is Ready."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import (
    CREATES,
    READS,
    SETTINGS,
    TELLS,
    WRITES,
    Asked,
    Codes,
    fails_on,
    option,
    spec_codes,
    takes,
)
from controller.cli.plan import found_codes, looks, place_name, read_codes, seen_in

if TYPE_CHECKING:
    from controller.cli.agreed import Agreed
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
@option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    envvar="PENSTOCK_PLAN",
    help="Do what `plan --out` kept, without asking; code 5 when a spec or AWS has moved since.",
)
@fails_on
@takes("text", "json", of=(*READS, WRITES, CREATES, TELLS))
def command(
    asked: Asked,
    names: tuple[str, ...],
    *,
    yes: bool,
    no_wait: bool,
    dry_run: bool,
    prune: bool,
    plan_file: Path | None,
    detailed_exitcode: bool,
    fail_on: tuple[str, ...],
) -> Codes:
    """Make AWS as the files say. NAME is orders, orders/prod or a glob; default: all in the files."""
    from controller.output.applied import applied_json

    _refuse_together(asked, names, plan_file, prune=prune)
    agreed = _agreed(asked, plan_file)
    catalog = asked.catalog()
    scope = agreed.scope(catalog) if agreed is not None else asked.scope(catalog, names)
    codes = spec_codes(catalog)
    if not scope:
        asked.err.show("no valid spec to apply", err=True)
    session = asked.session()
    if dry_run:
        carried, account = _rehearse(asked, session, catalog, scope, agreed)
    else:
        carried, account = carry_out(asked, scope, session, catalog, yes=yes, agreed=agreed, wait=not no_wait)
    codes |= carried | found_codes(account.before.values(), detailed=detailed_exitcode, fail_on=fail_on)
    told: dict[str, Any] = {}
    if prune:
        from controller.cli.prune import prune as prune_folder

        pruned = prune_folder(asked, session, catalog, yes=yes, dry_run=dry_run)
        codes, told = codes | pruned.codes, {"pruned": pruned.to_json()}
    if asked.output == "json":
        click.echo(json.dumps(applied_json(account) | told | {"exitCodes": listed(codes)}, indent=2))
    return codes


def _refuse_together(asked: Asked, names: tuple[str, ...], plan_file: Path | None, *, prune: bool) -> None:
    """Raises Stop for options of which one would be ignored."""
    some = bool(names or asked.environment or asked.selector)
    if prune and (some or plan_file):
        raise Stop("--prune is about a whole folder: it goes with no NAME, -e, -l or --plan")
    if plan_file and some:
        raise Stop("the plan says what it is about: --plan goes with no NAME, -e or -l")
    if prune and asked.install == "default":
        raise Stop("nothing is pruned while the installation id is `default`: give --install", Exit.REFUSED)


def _agreed(asked: Asked, plan_file: Path | None) -> Agreed | None:
    from controller.cli.agreed import Agreed

    return Agreed.read(asked, plan_file) if plan_file is not None else None


def _rehearse(
    asked: Asked, session: Session, catalog: Catalog, scope: tuple[str, ...], agreed: Agreed | None
) -> tuple[frozenset[int], Account]:
    """`--dry-run`: the plan and nothing else."""
    from controller.output.applied import Account

    report = _looked(asked, session, catalog, scope)
    if agreed is not None:
        agreed.check(looks(report))
    if asked.output == "text":
        _show_plan(asked, report)
    return read_codes(report), Account.of(report)


def carry_out(
    asked: Asked,
    scope: tuple[str, ...],
    session: Session,
    catalog: Catalog,
    *,
    yes: bool,
    agreed: Agreed | None = None,
    wait: bool = True,
    **options: Any,
) -> tuple[frozenset[int], Account]:
    """Plan, ask, do and wait; what is `agreed` is not asked. Returns the exit codes that apply and what became of every
    change."""
    from controller.cli.signals import interruptible
    from controller.output.applied import Account, ending

    if agreed is not None:
        agreed.check(looks(_looked(asked, session, catalog, scope)))
    if not scope:
        return frozenset(), Account()
    if not yes and agreed is None:
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
            heard = account.listening(tell)
            report = session.apply(catalog, scope, agreed.watching(heard) if agreed else heard, wait=wait, **options)
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
