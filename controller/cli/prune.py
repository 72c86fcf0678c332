"""`apply -f DIR --prune`: deletes what no file of the folder names any more, if its last spec said so.

A vanished file is an accident until shown otherwise (architecture.md, *Deletion needs evidence*): the folder is healthy
and not empty, the installation id is not the shared default (`apply` sees to that before anything else), the anchor's
`penstock:on-remove` tag is `delete`, and no more than a share of all may go at once. What would go is listed, and
somebody says yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from controller.cli.exits import Exit
from controller.cli.options import Asked

if TYPE_CHECKING:
    from controller.session import Session
    from specs import Catalog

MAX_PERCENT = 10
"""The cap where no Environment says another (specs.environment, prune.maxPercent)."""


def prune(asked: Asked, session: Session, catalog: Catalog, *, yes: bool) -> frozenset[int]:
    """Returns the exit codes that apply."""
    from controller.cli.apply import confirm
    from controller.cli.delete import carry_out
    from controller.vanished import healthy

    if not healthy(catalog):
        return _refused(asked, "nothing is pruned while a file cannot be read, or there is none")
    orphans = session.orphans(catalog)
    going = tuple(address for address in orphans if _said_so(session, catalog, address))
    for address in orphans:
        kept = "" if address in going else "   kept: its deletionPolicy is not Delete"
        asked.err.show(f"- {address}   no file names it{kept}", err=True)
    cap = max(1, (len(catalog.instances) + len(orphans)) * _percent(catalog) // 100)
    if len(going) > cap:
        return _refused(asked, f"{len(going)} instances would go at once; at most {cap} may")
    if not going:
        return frozenset()
    if not yes:
        confirm(asked, f"Delete {', '.join(going)}?")
    codes, _ = carry_out(asked, session, catalog, going)
    return codes


def _refused(asked: Asked, sentence: str) -> frozenset[int]:
    asked.err.show(f"error: {sentence}", err=True)
    return frozenset({Exit.REFUSED})


def _percent(catalog: Catalog) -> int:
    from specs import EnvironmentSpec

    told = [each.spec.prune.max_percent for each in catalog.instances if isinstance(each.spec, EnvironmentSpec)]
    return min(told, default=MAX_PERCENT)


def _said_so(session: Session, catalog: Catalog, address: str) -> bool:
    """Whether the anchor remembers that the spec wanted its resources deleted with it."""
    from controller.removal import fleet_of
    from reconcilers.observability.log_group import anchor
    from reconcilers.ownership import ON_REMOVE

    for place in {session.place(each) for each in catalog.instances}:
        for live in fleet_of(session.aws(place), (address,)).by_key.get(anchor(address), ()):
            if (live.resource.tags or {}).get(ON_REMOVE) == "delete":
                return True
    return False
