"""`apply -f DIR --prune`: deletes what no file of the folder names any more, if its last spec said so.

A vanished file is an accident until shown otherwise (architecture.md, *Deletion needs evidence*): the folder is healthy
and not empty, the installation id is not the shared default (`apply` sees to that before anything else), the anchor's
`penstock:on-remove` tag is `delete`, and no more than a share of all may go at once. What would go is listed, and
somebody says yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from controller.cli.exits import Exit
from controller.cli.options import Asked

if TYPE_CHECKING:
    from controller.removal import Removal
    from controller.session import Session
    from reconcilers import Live
    from specs import Catalog

    Found = Mapping[str, tuple[Live[Any], ...]]

MAX_PERCENT = 10
"""The cap where no Environment says another (specs.environment, prune.maxPercent)."""


@dataclass(frozen=True)
class Pruned:
    """What pruning a folder came to."""

    going: Found
    """By instance: all that AWS has of what goes."""
    kept: tuple[str, ...] = ()
    """Orphaned too, but the spec that was applied last did not say `deletionPolicy: Delete`."""
    refused: str = ""
    removal: Removal | None = None
    codes: frozenset[int] = frozenset()

    def to_json(self) -> dict[str, Any]:
        from controller.cli.delete import removal_json
        from controller.removal import Removal

        lives = [live for each in self.going.values() for live in each]
        return removal_json(self.removal or Removal()) | {
            "resources": [{"service": live.key.instance, "address": live.key.address, "id": live.id} for live in lives],
            "kept": list(self.kept),
            "refused": self.refused,
        }


def prune(asked: Asked, session: Session, catalog: Catalog, *, yes: bool, dry_run: bool) -> Pruned:
    """Looks, lists, asks and deletes; a rehearsal only lists."""
    from controller.cli.apply import confirm
    from controller.cli.delete import carry_out
    from controller.vanished import healthy

    if not healthy(catalog):
        return _refused(asked, Pruned({}), "nothing is pruned while a file cannot be read, or there is none")
    orphans = session.orphans(catalog)
    found = {address: lives for address in orphans if (lives := _doomed(session, catalog, address))}
    pruned = Pruned(found, tuple(address for address in orphans if address not in found))
    for address in orphans:
        kept = (
            f"   {len(found[address])} resources" if address in found else "   kept: its deletionPolicy is not Delete"
        )
        asked.err.show(f"- {address}   no file names it{kept}", err=True)
    cap = max(1, (len(catalog.instances) + len(orphans)) * _percent(catalog) // 100)
    if len(found) > cap:
        return _refused(asked, pruned, f"{len(found)} instances would go at once; at most {cap} may")
    if not found or dry_run:
        return pruned
    if not yes:
        confirm(asked, f"Delete {', '.join(found)}?")
    codes, removal = carry_out(asked, session, catalog, tuple(found))
    return replace(pruned, codes=codes, removal=removal)


def _refused(asked: Asked, pruned: Pruned, sentence: str) -> Pruned:
    asked.err.show(f"error: {sentence}", err=True)
    return replace(pruned, refused=sentence, codes=frozenset({Exit.REFUSED}))


def _percent(catalog: Catalog) -> int:
    from specs import EnvironmentSpec

    told = [each.spec.prune.max_percent for each in catalog.instances if isinstance(each.spec, EnvironmentSpec)]
    return min(told, default=MAX_PERCENT)


def _doomed(session: Session, catalog: Catalog, address: str) -> tuple[Live[Any], ...]:
    """All there is of an instance whose anchor remembers that its resources go with its spec; else nothing."""
    from controller.removal import fleet_of
    from reconcilers.observability.log_group import anchor
    from reconcilers.ownership import ON_REMOVE

    for place in {session.place(each) for each in catalog.instances}:
        fleet = fleet_of(session.aws(place), (address,))
        for live in fleet.by_key.get(anchor(address), ()):
            if (live.resource.tags or {}).get(ON_REMOVE) == "delete":
                return fleet.lives
    return ()
