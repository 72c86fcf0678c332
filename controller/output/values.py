"""How one value, one difference and one resource read on a line. No secret passes: everything goes through the mask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from controller.output.terminal import cut
from drift import Difference
from drift.report import HIDDEN, masked

LONGEST = 44
MOST_LINES = 12
BARE = re.compile(r"[\w.:/@%+$*{},=-]+")


def written(value: Any) -> str:
    """A masked value in a few characters: bare where nothing can be mistaken, else as JSON."""
    if value is None:
        return "(none)"
    if isinstance(value, dict) and "unknown" in value and len(value) == 2:
        return f"(after {value['unknown']})"
    if isinstance(value, str):
        return value if value == HIDDEN or BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def sides(each: Difference) -> tuple[Any, Any]:
    """The wanted and the live value, masked."""
    return masked(each.path, each.want), masked(each.path, each.live)


def is_document(each: Difference) -> bool:
    """Whether it reads better line by line: two structures, at least one of them long."""
    want, live = sides(each)
    structured = isinstance(want, (dict, list)) and isinstance(live, (dict, list))
    return structured and max(len(json.dumps(want)), len(json.dumps(live))) > LONGEST


def document_diff(each: Difference, *, full: bool = False) -> Iterator[str]:
    """A policy or another document as a unified diff: what goes with `-`, what comes with `+`."""
    want, live = (json.dumps(side, indent=2, ensure_ascii=False, sort_keys=True).splitlines() for side in sides(each))
    lines = [line for line in unified_diff(live, want, lineterm="", n=1) if not line.startswith(("---", "+++"))]
    kept = lines if full else lines[:MOST_LINES]
    yield from kept
    if len(kept) < len(lines):
        yield f"… {len(lines) - len(kept)} more lines; --full shows them"


def short(text: str, *, full: bool = False, longest: int = LONGEST) -> str:
    return text if full else cut(text, longest)


def moved(each: Difference, *, full: bool = False) -> str:
    """`/ -> /healthz`: what is live, and what it will be."""
    want, live = (short(written(side), full=full) for side in sides(each))
    return f"{live} -> {want}"


def undone(each: Difference, *, full: bool = False) -> str:
    """`/x in AWS, should be /healthz`: what somebody changed."""
    want, live = (short(written(side), full=full) for side in sides(each))
    return f"{live} in AWS, should be {want}"
