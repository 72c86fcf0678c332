"""`apply --plan FILE`: what somebody agreed to is done, or nothing at all.

Everything is looked at before anything is written, and each account and region once more in the look that is acted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from controller.cli.exits import Exit, Stop
from controller.events import Event, Planned, Tell
from controller.saved import Saved
from controller.seen import Seen

if TYPE_CHECKING:
    from controller.cli.options import Asked
    from specs import Catalog


@dataclass(frozen=True)
class Agreed:
    """A plan that was read from a file."""

    file: Path
    saved: Saved

    @classmethod
    def read(cls, asked: Asked, file: Path) -> Agreed:
        """Raises Stop for what is no plan, or one of another installation."""
        try:
            saved = Saved.read(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise Stop(f"cannot read {file}: {error.strerror}") from None
        except ValueError as wrong:
            raise Stop(f"cannot use {file}: {wrong}") from None
        if saved.install != asked.install:
            told = f"{file} was made for the installation `{saved.install}`, and this is `{asked.install}`"
            raise Stop(told, Exit.REFUSED)
        return cls(file, saved)

    def scope(self, catalog: Catalog) -> tuple[str, ...]:
        """The instances of the plan that the files still have."""
        return tuple(each.address for each in catalog.instances if each.address in self.saved.prints)

    def check(self, looks: Iterable[Seen]) -> None:
        """Raises Stop, saying what moved, unless everything is as it was."""
        moved = self.saved.moved(looks)
        if moved:
            told = "\n".join(f"  {each}" for each in moved)
            raise Stop(f"{self.file} is not what would be done now; make a new plan\n{told}", Exit.REFUSED)

    def watching(self, tell: Tell) -> Tell:
        """The same teller; what a place's first plan is made of is checked once more before anything of it is done."""
        checked = set()

        def heard(event: Event) -> None:
            if isinstance(event, Planned) and event.seen is not None and event.place not in checked:
                checked.add(event.place)
                mine = {each: self.saved.prints[each] for each in event.seen.scope}
                replace(self, saved=replace(self.saved, prints=mine)).check([event.seen])
            tell(event)

        return heard
