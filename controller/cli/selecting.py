"""Which instances a command is about: NAME, NAME/ENV, globs, `-e` and `-l`; all of the files when nothing is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from controller.cli.exits import Stop

if TYPE_CHECKING:
    from specs import Catalog

TERM = re.compile(r"(?P<absent>!)?(?P<label>[^!=,\s][^!=,]*?)(?:(?P<sign>==?|!=)(?P<value>[^!=,]*))?")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on the labels: `team`, `!team`, `team=commerce` or `team!=commerce`."""

    label: str
    value: str | None = None
    """None: any."""
    wanted: bool = True

    def fits(self, labels: Mapping[str, str]) -> bool:
        there = self.label in labels and self.value in (None, labels[self.label])
        return there is self.wanted


class Selector(click.ParamType[tuple[Term, ...]]):
    """Conditions that all have to hold, spelled as Kubernetes spells them (kubernetes.io, *Labels and Selectors*)."""

    name = "selector"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Term, ...]:
        return (
            tuple(self._term(word.strip(), param, ctx) for word in value.split(","))
            if isinstance(value, str)
            else value
        )

    def _term(self, word: str, param: click.Parameter | None, ctx: click.Context | None) -> Term:
        found = TERM.fullmatch(word)
        if found is None or (found["absent"] and found["sign"]):
            self.fail(f"{word!r} is none of LABEL, !LABEL, LABEL=VALUE and LABEL!=VALUE", param, ctx)
        return Term(found["label"].strip(), _stripped(found["value"]), not found["absent"] and found["sign"] != "!=")


def _stripped(value: str | None) -> str | None:
    return value if value is None else value.strip()


def chosen(
    catalog: Catalog, names: Iterable[str], environment: str | None, selector: Iterable[Term] = ()
) -> tuple[str, ...]:
    """The addresses that are asked for. An Environment lives in itself; labels are an instance's own and its home's.

    Raises Stop for a name that is in no file. An instance whose file is broken is named by the problem already told.
    """
    from fnmatch import fnmatchcase

    terms = tuple(selector)
    known = {each.address: each for each in catalog.instances}
    mine = {
        address: each
        for address, each in known.items()
        if environment is None or environment in (each.environment, address if each.kind == "Environment" else None)
        if all(term.fits(each.labels) for term in terms)
    }
    asked = tuple(names)
    if not asked:
        return tuple(mine)
    found: dict[str, None] = {}
    for name in asked:
        matches = [address for address, each in mine.items() if name == each.name or fnmatchcase(address, name)]
        if not matches and not catalog.is_frozen(name):
            raise Stop(f"no {name} in these files{_meant(name, known)}")
        found |= dict.fromkeys(matches)
    return tuple(found)


def _meant(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
