"""Labels become AWS tags, so they keep to what every service takes (architecture.md, Tags)."""

import re
from collections.abc import Iterator, Mapping

from specs.node import Node, dotted
from specs.problem import Problem

KEY = re.compile(r"[A-Za-z0-9_.:/=+@-]{1,128}")
VALUE = re.compile(r"[A-Za-z0-9 _.:/=+@-]{0,256}")
MOST_LABELS = 40
LONGEST_KEYS = 256


def wrong_labels(place: Node | None) -> Iterator[Problem]:
    """Labels (or tags) that an AWS service would refuse, one by one."""
    for key, label in place.value.items() if place is not None and isinstance(place.value, Mapping) else ():
        reserved = key.lower().startswith(("aws:", "penstock:"))
        if reserved or not KEY.fullmatch(key):
            words = "keys that begin with aws: or penstock: are taken" if reserved else _allowed("a key", 128, "")
            yield label.problem("E1209", f"{dotted(label.path)}: {words}", at_key=True)
        if isinstance(label.value, str) and not VALUE.fullmatch(label.value):
            yield label.problem("E1209", f"{dotted(label.path)}: {_allowed('a value', 256, 'space ')}")


def _allowed(what: str, longest: int, space: str) -> str:
    return f"{what} has at most {longest} letters, digits, {space}and _ . : / = + - @"


def too_many(labels: Mapping[str, str], place: Node) -> Iterator[Problem]:
    """All labels of an instance, its Environment's included, against AWS's 50 tags and the room for our own."""
    length = sum(len(key) for key in labels)
    if len(labels) > MOST_LABELS:
        words = f"{len(labels)} labels with the Environment's, and {MOST_LABELS} are the most"
        yield place.problem("E1209", f"{dotted(place.path)}: {words}", at_key=True)
    if length > LONGEST_KEYS:
        words = f"label keys of {length} characters with the Environment's, and {LONGEST_KEYS} are the most"
        yield place.problem("E1209", f"{dotted(place.path)}: {words}", at_key=True)
