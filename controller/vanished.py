"""Specs that are gone from the folder, and what is needed before that counts as intent (architecture.md, *Deletion*).

A vanished file is an accident until shown otherwise. `run` prunes only what it loaded there itself, saw gone in two
passes 60 s apart while the folder was healthy and not empty, under a cap; everything else is Orphaned: told, and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconcilers import Place
from specs import Catalog

GRACE = 60.0


@dataclass(frozen=True, slots=True)
class Held:
    """What this process loaded from the folder itself."""

    place: Place
    prune: bool
    """Whether its Environment allows pruning."""
    max_percent: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The instances whose specs are gone for good, or why none is."""

    gone: Mapping[str, Held] = field(default_factory=dict)
    refused: str = ""


@dataclass
class Vanished:
    """The memory of one `run`. Belongs to the loop's thread."""

    held: dict[str, Held] = field(default_factory=dict)
    missing_since: dict[str, float] = field(default_factory=dict)

    def notice(self, catalog: Catalog, places: Mapping[str, Held], now: float) -> None:
        """Take in what a load of the folder found. An unhealthy folder says nothing of what is missing."""
        self.held |= places
        for address in places:
            self.missing_since.pop(address, None)
        if not healthy(catalog):
            self.missing_since.clear()
            return
        for address in self.held.keys() - places.keys():
            self.missing_since.setdefault(address, now)

    def verdict(self, now: float, *, prune: bool, install: str) -> Verdict:
        """What may go now. The default installation id is shared by accident, so nothing is pruned under it."""
        gone = {
            address: self.held[address]
            for address, since in self.missing_since.items()
            if now - since >= GRACE and (prune or self.held[address].prune)
        }
        if not gone:
            return Verdict()
        if install == "default":
            return Verdict(refused="nothing is pruned while the installation id is `default`: give --install")
        percent = min(each.max_percent for each in gone.values())
        cap = max(1, len(self.held) * percent // 100)
        if len(gone) > cap:
            return Verdict(refused=f"{len(gone)} of {len(self.held)} instances vanished at once; at most {cap} may go")
        return Verdict(gone)

    def forget(self, address: str) -> None:
        self.held.pop(address, None)
        self.missing_since.pop(address, None)


def healthy(catalog: Catalog) -> bool:
    """Whether what the folder does not say can be trusted: it is there, not empty, and every file was read."""
    return bool(catalog.instances) and not catalog.errors and not catalog.unreadable and not catalog.frozen
