"""`penstock iam-policy`: the least the controller needs for these specs, as a document to attach, or to check."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from controller.cli.exits import Exit, Stop
from controller.cli.options import AWS, CHOICE, FILES, PATHS, SETTINGS, Asked, Codes, option, spec_codes, takes

if TYPE_CHECKING:
    from controller.iam_check import Denied
    from controller.iam_policy import Reader
    from reconcilers import Aws
    from specs import Catalog

READERS = ["controller", "ci-apply", "ci-plan", "boundary"]
WHY = {"implicitDeny": "nothing allows it", "explicitDeny": "a policy forbids it"}


@click.command("iam-policy", context_settings=SETTINGS)
@click.argument("paths", nargs=-1, type=PATHS, metavar="[PATH]...")
@option("--for", "reader", type=click.Choice(READERS), default="controller", show_default=True,
        help="Who gets it; `boundary`: the roles made for tasks.")  # fmt: skip
@option("--check", is_flag=True, help="Ask IAM's simulator what of it is not allowed; code 7 if anything is not.")
@option("--principal", metavar="ARN", help="With --check: for this user or role; default: who runs the command.")
@takes("json", of=(FILES, CHOICE, AWS))
def command(asked: Asked, paths: tuple[Path, ...], reader: str, *, check: bool, principal: str | None) -> Codes:
    """Print the IAM policy that the given specs need, and no more. Asks nothing of AWS but with --check."""
    if principal and not check:
        raise Stop("--principal goes with --check")
    asked = replace(asked, file=paths or asked.file)
    catalog = asked.catalog()
    scope = frozenset(asked.scope(catalog))
    if not scope:
        raise Stop("there is no valid spec to compute a policy for")
    try:
        if check:
            return _check(asked, catalog, scope, cast("Reader", reader), principal) | spec_codes(catalog)
        document = _document(asked, catalog, scope, cast("Reader", reader))
    except ValueError as error:
        raise Stop(str(error)) from error
    click.echo(json.dumps(document, indent=2))
    return spec_codes(catalog)


def _document(asked: Asked, catalog: Catalog, scope: Iterable[str], reader: Reader) -> dict[str, Any]:
    from controller.iam_policy import policy

    return policy([each for each in catalog.instances if each.address in scope], asked.install, reader)


def _check(
    asked: Asked, catalog: Catalog, scope: frozenset[str], reader: Reader, principal: str | None
) -> frozenset[int]:
    """Each account and region is asked about what lives there."""
    places = []
    for there, mine in asked.session().scopes(catalog, sorted(scope)):
        document = _document(asked, catalog, mine, reader)
        arn, lacking = _simulated(there.aws, document, principal)
        places.append({"region": there.place.region, "principal": arn, "denied": [asdict(each) for each in lacking]})
        asked.err.show(f"{'✗' if lacking else '✔'} {arn}   {there.place.region}   {len(lacking)} not allowed", err=True)
        for each in lacking:
            asked.err.show(f"    {each.action} on {each.resource}: {WHY[each.decision]} ({each.sid})", err=True)
    click.echo(json.dumps({"format": "penstock.iam-check/1", "places": places}, indent=2))
    return frozenset({Exit.CREDENTIALS} if any(each["denied"] for each in places) else ())


def _simulated(aws: Aws, document: dict[str, Any], principal: str | None) -> tuple[str, tuple[Denied, ...]]:
    from controller import iam_check

    arn = principal or iam_check.principal(aws)
    return arn, tuple(iam_check.denied(aws, arn, document))
