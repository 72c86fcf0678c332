"""Who has which name: what is unique within a parent, and how many live there, known without asking everybody.

A shelf is read once; what is added to it afterwards is told. Anything else that happens to it (a removal, another
world, a name that changed) is noticed by its identity or its size, or is told by `World.renamed`, and it is read again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.kinds import Fields, Kind
    from sandbox.world import Resource


@dataclass
class Names:
    """Of one shelf."""

    shelf: dict[str, Resource]
    known: int = 0
    ids: dict[str, list[str]] = field(default_factory=dict)
    children: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, shelf: dict[str, Resource]) -> Names:
        names = cls(shelf)
        for each in shelf.values():
            names.add(each)
        return names

    def hold(self, shelf: dict[str, Resource]) -> bool:
        """Whether this is still what is known of that shelf."""
        return self.shelf is shelf and self.known == len(shelf)

    def add(self, resource: Resource) -> None:
        self.known += 1
        self.children[resource.parent] += 1
        if resource.kind.unique:
            self.ids.setdefault(_name(resource.kind, resource.fields, resource.parent), []).append(resource.id)

    def having(self, kind: Kind, fields: Fields, parent: str) -> list[Resource]:
        """Those that have the same name there."""
        name = _name(kind, fields, parent)
        found = [self.shelf[id] for id in self.ids.get(name, ()) if id in self.shelf]
        return [each for each in found if _name(kind, each.fields, each.parent) == name]


def _name(kind: Kind, fields: Fields, parent: str) -> str:
    return repr((parent, *(fields.get(member) for member in kind.unique)))
