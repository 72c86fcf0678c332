"""A plan as a pull request comment: one marker to find it again, a summary, and the details folded, a fence per spec.

GitHub takes 65,535 characters (docs.github.com, *issue comments*); what is too long loses detail first, then resources,
then whole specs, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.output.plan_text import REMARKS, last_line
from controller.output.sights import Sight
from controller.output.terminal import safe
from controller.output.values import moved, undone
from drift import Action, Change

SIGNS = {Action.CREATE: "+", Action.DELETE: "-", Action.REPLACE: "!"}
BUDGET = 60_000


def plan_markdown(seen: Iterable[Sight], *, name: str = "", longest: int = BUDGET) -> str:
    """The comment, at most `longest` bytes. `name` tells the comments of one pull request apart."""
    listed = list(seen)
    for detail in (2, 1, 0):
        text = safe("\n".join(_comment(listed, name, detail)))
        if len(text.encode()) <= longest:
            return text
    head = safe("\n".join([marker(name), last_line(listed), "", "_Too long for a comment: see the job's log._"]))
    return head.encode()[:longest].decode(errors="ignore")


def marker(name: str) -> str:
    """The hidden line by which a later run finds its comment."""
    return f"<!-- penstock:plan{f':{name}' if name else ''} -->"


def _comment(listed: list[Sight], name: str, detail: int) -> Iterator[str]:
    """`detail` 2 shows fields, 1 resources, 0 only how many."""
    yield marker(name)
    yield f"**{last_line(listed)}**"
    notes = list(dict.fromkeys(f"`{each.address}`: {_inline(note)}" for each in listed for note in each.notes))
    if notes:
        yield from ("", "> [!WARNING]", *(f"> {note}  " for note in notes))
    for each in listed:
        if each.changes:
            yield from _details(each, detail)
    quiet = sum(each.quiet for each in listed)
    if quiet:
        yield from ("", f"{quiet} in sync.")
    if detail < 2:
        yield from ("", "_Shortened to fit a comment._")


def _details(each: Sight, detail: int) -> Iterator[str]:
    many = f"{len(each.changes)} change{'s' if len(each.changes) != 1 else ''}"
    yield from ("", f"<details><summary><code>{_inline(each.address)}</code> {many}</summary>", "")
    if detail:
        yield "```diff"
        for change in each.changes:
            yield from _lines(each, change, detail)
        yield "```"
    yield from ("", "</details>")


def _lines(sight: Sight, change: Change, detail: int) -> Iterator[str]:
    drift = sight.drift.get(change.key)
    sign = "!" if drift is not None else SIGNS.get(change.action, " " if change.action is Action.WAIT else "!")
    remark = f"drift: {REMARKS[drift.how]}" if drift is not None else f"{change.action}: {change.reason}"
    yield f"{sign} {_fenced(f'{change.key}   {remark}')}"
    for each in change.differences if detail > 1 else ():
        yield _fenced(f"    {each.path}   {undone(each) if drift is not None else moved(each)}")


def _fenced(text: str) -> str:
    """Nothing in a fence may end it."""
    return text.replace("```", "'''").replace("\n", " ")


def _inline(text: str) -> str:
    """Text from specs and from AWS is not markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "'").replace("\n", " ")
