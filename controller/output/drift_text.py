"""Drift as a terminal shows it: what differs, what it should be, and of what nothing can be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.output.sights import Sight
from controller.output.terminal import WIDTH, columns
from controller.output.values import document_diff, is_document, undone
from reconcilers import ORDER

REMARKS = {"missing": "deleted in AWS", "extra": "added in AWS", "changed": "changed in AWS"}


def drift_text(seen: Iterable[Sight], *, width: int = WIDTH, full: bool = False) -> str:
    """Every drifted instance with its resources; the last line counts."""
    listed = list(seen)
    blocks = ["\n".join(_block(each, width, full=full)) for each in listed if each.drift or _remark(each)]
    many = sum(len(each.drift) for each in listed)
    places = sum(bool(each.drift) for each in listed)
    last = f"Drift: {many} in {places} of {len(listed)}." if many else f"Drift: none in {len(listed)}."
    return "\n\n".join([*blocks, last])


def _remark(each: Sight) -> str:
    if each.about.problems:
        return each.about.problems[0]
    if each.about.edited and each.about.ever_applied:
        return "edited since it was applied: what differs is a change, see `penstock plan`"
    return "" if each.about.ever_applied else "never applied"


def _block(each: Sight, width: int, *, full: bool) -> Iterator[str]:
    yield f"{each.address}   {each.about.file}"
    if remark := _remark(each):
        yield f"  ({remark})"
    for drift in sorted(each.drift.values(), key=lambda one: (ORDER.get(one.key.kind, 0), one.key)):
        yield columns(f"  ! {drift.key}", REMARKS[drift.how], width)
        wide = min(max((len(one.path) for one in drift.differences), default=0), 48)
        for one in drift.differences:
            if is_document(one):
                yield f"      {one.path}"
                yield from (f"          {line}" for line in document_diff(one, full=full))
            else:
                yield f"      {one.path:<{wide}}   {undone(one, full=full)}"
