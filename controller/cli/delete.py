"""`penstock delete`: removes an instance whole, its file or no file; with `--retain` only our tags come off."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import AWS, FILES, PLACES, SETTINGS, TELLS, WRITES, Asked, Codes, option, takes

if TYPE_CHECKING:
    from controller.removal import Removal
    from controller.session import Session
    from reconcilers import Place
    from specs import Catalog

NAME = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)?")
"""What an instance can be called; anything else is a glob, and stands for nothing where no file has a match."""


@click.command("delete", context_settings=SETTINGS)
@click.argument("names", nargs=-1, required=True, shell_complete=complete)
@option("--yes", is_flag=True, help="Do not ask for the name.")
@option("--retain", is_flag=True, help="Leave everything and take our tags off: Penstock forgets it.")
@option("--dry-run", is_flag=True, help="Only list what would go.")
@takes("text", "json", of=(FILES, PLACES, AWS, WRITES, TELLS))
def command(asked: Asked, names: tuple[str, ...], *, yes: bool, retain: bool, dry_run: bool) -> Codes:
    """Delete instances from AWS, log groups and all. NAME is orders or orders/prod, found by its tags."""
    catalog = asked.catalog_if_any()
    session = asked.session()
    addresses = _addresses(catalog, names, asked.environment)
    if dry_run:
        return _rehearse(asked, session, catalog, addresses, retain=retain)
    for address in addresses:
        if any(each.address == address for each in catalog.instances):
            asked.err.show(f"! {address} is still in a file: the next pass makes it again", err=True)
        if not yes:
            _confirm(asked, address, retain=retain)
    codes, removal = carry_out(asked, session, catalog, addresses, retain=retain)
    if asked.output == "json":
        click.echo(json.dumps(removal_json(removal) | {"exitCodes": listed(codes)}, indent=2))
    else:
        asked.out.show(_told(removal, retain=retain))
    return codes


def _addresses(catalog: Catalog, names: tuple[str, ...], environment: str | None) -> tuple[str, ...]:
    """A name with its environment. A bare name or a glob stands for instances of the files, each to be confirmed by its
    own name; a name of no file stands for itself."""
    found: dict[str, None] = {}
    for name in names:
        known = [each.address for each in catalog.instances if each.name == name or fnmatchcase(each.address, name)]
        mine = [each for each in known if environment is None or each.endswith(f"/{environment}")]
        if not mine and not NAME.fullmatch(name):
            raise Stop(f"no {name} in these files")
        bare = name if "/" in name or environment is None else f"{name}/{environment}"
        found |= dict.fromkeys(mine or [bare])
    return tuple(found)


def _confirm(asked: Asked, address: str, *, retain: bool) -> None:
    from controller.cli.apply import confirm

    question = f"Forget {address}, leaving its resources?" if retain else f"Delete {address} and all that is in it?"
    confirm(asked, question, address)


def _rehearse(asked: Asked, session: Session, catalog: Catalog, addresses: tuple[str, ...], *, retain: bool) -> Codes:
    """What there is of these instances, which is what would go, or be forgotten."""
    from controller.removal import fleet_of

    gone: list[dict[str, str]] = []
    for place, mine in _where(session, catalog, addresses).items():
        lives = fleet_of(session.aws(place), mine).lives
        gone += [{"service": live.key.instance, "address": live.key.address, "id": live.id} for live in lives]
    if asked.output == "json":
        would = "wouldForget" if retain else "wouldDelete"
        told = {"format": "penstock.deletion/1", would: gone, "exitCodes": [0]}
        click.echo(json.dumps(told, indent=2))
    else:
        sign, end = ("○", "to forget, and to leave as they are") if retain else ("-", "to delete")
        lines = [f"{sign} {each['service']} {each['address']}   {each['id']}" for each in gone]
        asked.out.show("\n".join([*lines, f"{len(gone)} {end}."]))
    return frozenset()


def _where(session: Session, catalog: Catalog, addresses: tuple[str, ...]) -> dict[Place, set[str]]:
    """Where each is looked for. Raises Stop where nobody says."""
    try:
        return session._removals(addresses, catalog)  # noqa: SLF001  of which `delete` is the whole
    except LookupError as nowhere:
        raise Stop(str(nowhere)) from None


def carry_out(
    asked: Asked, session: Session, catalog: Catalog, addresses: tuple[str, ...], *, retain: bool = False
) -> tuple[frozenset[int], Removal]:
    """Delete, and wait until AWS shows nothing of it. Returns the exit codes that apply."""
    from controller.cli.signals import interruptible
    from controller.output.progress import telling

    kind = "none" if asked.quiet and asked.progress == "auto" else asked.progress
    _where(session, catalog, addresses)
    with interruptible(session.stopping) as interruption, telling(kind, asked.err, session.clock) as tell:
        removal = session.delete(addresses, catalog, tell, retain=retain)
    codes = interruption.codes
    codes |= {Exit.REFUSED} if removal.refusals else frozenset()
    codes |= {Exit.FAILED} if removal.errors else frozenset()
    codes |= {Exit.TIMEOUT} if removal.timed_out else frozenset()
    return codes, removal


def removal_json(removal: Removal) -> dict[str, Any]:
    """`penstock.deletion/1`: what is gone, what was not there, what stands in the way."""
    return {
        "format": "penstock.deletion/1",
        "gone": list(removal.gone),
        "missing": list(removal.missing),
        "refusals": [
            {"service": each.instance, "guard": each.guard, "message": each.text} for each in removal.refusals
        ],
        "errors": list(removal.errors),
        "timedOut": removal.timed_out,
    }


def _told(removal: Removal, *, retain: bool) -> str:
    lines = [f"✔ {each}  {'forgotten; its resources stay' if retain else 'deleted'}" for each in removal.gone]
    lines += [f"○ {each}  AWS shows nothing of it" for each in removal.missing]
    lines += [f"! {each.instance}  {each.guard}: {each.text}" for each in removal.refusals]
    lines += [f"✘ {each}" for each in removal.errors]
    lines += ["timed out; AWS goes on, and another delete waits again"] if removal.timed_out else []
    lines += ["stopped; another delete goes on from here"] if removal.stopped else []
    return "\n".join(lines) or "nothing was done"
