"""`penstock rotate`: a caller of a REST API gets another API key, and the one he has is let in for a while yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from controller.cli.completion import names as complete
from controller.cli.durations import DURATION
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import AWS, CREATES, FILES, PLACES, SETTINGS, TELLS, WRITES, Asked, Codes, option, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.report import Report
    from controller.rotation import Rotation
    from reconcilers import Aws

WEEK = 7 * 86_400.0


@click.command("rotate", context_settings=SETTINGS)
@click.argument("name", shell_complete=complete)
@option("--key", "caller", required=True, metavar="CALLER", help="Whose key: a name under `usagePlans.*.keys`.")
@option("--grace", type=DURATION, default=WEEK, show_default="7d", help="How long the old one is let in beside it.")
@option("--yes", is_flag=True, help="Do not ask.")
@takes("text", "json", of=(FILES, PLACES, AWS, WRITES, CREATES, TELLS))
def command(asked: Asked, name: str, *, caller: str, grace: float, yes: bool) -> Codes:
    """Give a caller of NAME another API key. Its value is in the same secret as before, and in no output.

    The first `apply`, or pass of `run`, after the time of grace removes the old one.
    """
    from controller.rotation import Refused

    catalog, session = asked.catalog(), asked.session()
    report, _ = look(asked, (name,), catalog, session)
    try:
        aws, rotation = _rotation(report, name, caller)
        if not yes:
            from controller.cli.apply import confirm

            confirm(asked, f"Give {caller} of {rotation.address} another API key?")
        until = rotation.begin(aws, grace)
    except Refused as why:
        raise Stop(str(why), Exit.REFUSED) from None
    from controller.cli.apply import carry_out

    codes, _ = carry_out(asked, (rotation.address,), session, catalog, yes=True, ignore_drift_policy=True)
    _ended(asked, rotation, until, codes)
    return codes


def _rotation(report: Report, name: str, caller: str) -> tuple[Aws, Rotation]:
    """The one instance that the name means. Raises Stop where it means none, or several."""
    from controller.rotation import Rotation

    found = [(view, address) for view in report.views if view.seen is not None for address in sorted(view.seen.scope)]
    if len(found) != 1:
        told = ", ".join(address for _, address in found) or "none"
        raise Stop(f"keys of one instance are rotated at a time; {name} means {told}")
    [(view, address)] = found
    assert view.seen is not None
    return view.aws, Rotation.of(view.seen, address, caller)


def _ended(asked: Asked, rotation: Rotation, until: str, codes: frozenset[int]) -> None:
    if asked.output == "json":
        told = {"format": "penstock.rotation/1", "service": rotation.address, "key": rotation.caller}
        click.echo(json.dumps(told | {"until": until or None, "exitCodes": listed(codes)}, indent=2))
    elif not codes:
        last = f"; the old one is let in until {until}" if until else ""
        asked.out.show(f"✔ {rotation.address}  {rotation.caller} has another key{last}")
