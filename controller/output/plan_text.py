"""A plan as a terminal shows it: changed fields only, symbols for what happens, and a last line that scripts may read.

`+` new, `~` changed, `±` replaced, `-` deleted, `!` drift, `…` waits for AWS, `?` nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.output.sights import Sight
from controller.output.source import source
from controller.output.terminal import WIDTH, columns
from controller.output.values import document_diff, is_document, moved, undone, written
from drift import Action, Change
from drift.plan import WRITES
from drift.report import masked, steps
from reconcilers import Resource
from reconcilers.resource import fields_of

SYMBOLS = {
    Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "±", Action.DELETE: "-", Action.WAIT: "…",
    Action.UNKNOWN: "?",
}  # fmt: skip
REMARKS = {"missing": "deleted in AWS, will be made again", "extra": "added in AWS, will be removed",
           "changed": "changed in AWS, will be set back"}  # fmt: skip
FEW = 3
INDENT = " " * 6


def plan_text(seen: Iterable[Sight], *, width: int = WIDTH, full: bool = False) -> str:
    """The whole plan, last line `Plan: 1 to add, …`."""
    listed = list(seen)
    loud = [each for each in listed if not each.quiet]
    quiet = [each for each in listed if each.quiet]
    blocks = ["\n".join(_block(each, width, full=full)) for each in loud]
    if quiet and (loud or len(quiet) > FEW):
        blocks.append(f"{len(quiet)} in sync")
    elif quiet:
        blocks.append("\n".join(_in_sync(each) for each in quiet))
    return "\n\n".join([*blocks, last_line(listed)])


def _in_sync(each: Sight) -> str:
    return f"{each.address}  in sync ({each.resources} resources, generation {each.about.generation})"


def _block(each: Sight, width: int, *, full: bool) -> Iterator[str]:
    yield f"{each.address}   {each.about.file}   {_generation(each)}"
    yield ""
    for change in each.changes:
        yield from _change(each, change, width, full=full)
    if not each.changes:
        yield "  (no changes; the edited spec is noted as applied)" if each.about.edited else "  (no changes)"
    if each.notes:
        yield ""
        yield "Attention"
        yield from (f"  ! {note}" for note in dict.fromkeys(each.notes))


def _generation(each: Sight) -> str:
    number = each.about.generation
    if not each.about.ever_applied:
        return "new"
    return f"generation {number - 1} -> {number}" if each.about.edited else f"generation {number}"


def _change(sight: Sight, change: Change, width: int, *, full: bool) -> Iterator[str]:
    drift = sight.drift.get(change.key)
    if drift is not None:
        yield columns(f"  ! drift: {change.key}", REMARKS[drift.how], width)
    else:
        remark = "replace, make before break" if change.action is Action.REPLACE else change.reason
        yield columns(f"  {SYMBOLS[change.action]} {change.key}", remark, width)
    wide = min(max((len(each.path) for each in change.differences), default=0), 48)
    for each in change.differences:
        if is_document(each):
            yield f"{INDENT}{each.path}"
            yield from (f"{INDENT}    {line}" for line in document_diff(each, full=full))
            continue
        told = undone(each, full=full) if drift is not None else moved(each, full=full)
        why = "   (cannot change in place)" if each.replaces and change.action is Action.REPLACE else ""
        place = source(sight.instance, change.key, each)
        yield columns(f"{INDENT}{each.path:<{wide}}   {told}{why}", str(place) if place else "", width)
    if change.action is Action.REPLACE:
        yield INDENT + "order " + "  ".join(f"{number} {step}" for number, step in enumerate(steps(change), 1))
    if full and change.action is Action.CREATE and change.want is not None:
        yield from _whole(change.want)


def _whole(want: Resource) -> Iterator[str]:
    """Every field of something new, for `--full`."""
    for each in fields_of(type(want)):
        value = getattr(want, each.name)
        if not each.hidden and value not in (None, (), {}):
            yield f"{INDENT}/{each.alias}   {written(masked(f'/{each.alias}', value))}"


def last_line(seen: Iterable[Sight]) -> str:
    """Fixed grammar: `Plan: 1 to add, 2 to change, 1 to replace, 0 to delete, 1 drift to correct.   58 unchanged.`

    What is drift is counted as drift alone, so the numbers add up.
    """
    listed = list(seen)
    counts = dict.fromkeys(Action, 0)
    unchanged = drift = 0
    for each in listed:
        touched = {change.key for change in each.changes if change.want is not None}
        unchanged += max(each.resources - len(touched), 0)
        for change in each.changes:
            if each.drifted(change) and change.action in WRITES | {Action.WAIT}:
                drift += 1
            else:
                counts[change.action] += 1
    return (
        f"Plan: {counts[Action.CREATE]} to add, {counts[Action.UPDATE]} to change, "
        f"{counts[Action.REPLACE]} to replace, {counts[Action.DELETE]} to delete, "
        f"{drift} drift to correct.   {unchanged} unchanged."
    )
