"""Status for people: the table of `get`, and everything about one instance for `describe`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from controller.output.table import table
from controller.status import ResourceStatus, Status

HEAD = ("NAME", "ENV", "SYNC", "HEALTH", "TASKS", "GEN", "URL")
WIDE = (*HEAD[:-1], "FILE", "READY", "URL")
BAD_FIRST = ("Degraded", "Missing", "Unknown", "Progressing", "Suspended", "Healthy")


def status_table(statuses: Iterable[Status], *, wide: bool = False, problems_first: bool = False) -> str:
    """One row per instance; the last line counts."""
    listed = sorted(statuses, key=lambda one: (BAD_FIRST.index(one.health) if problems_first else 0, one.address))
    rows = [_row(each, wide=wide) for each in listed]
    counts = Counter(_word(each) for each in listed)
    told = ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
    return "\n".join(
        [*([table(WIDE if wide else HEAD, rows)] if rows else []), f"{len(listed)} shown: {told or 'none'}"]
    )


def _row(each: Status, *, wide: bool) -> tuple[str, ...]:
    tasks = f"{each.running}/{each.desired}" if each.desired or each.running else ""
    generation = str(each.observed_generation)
    if each.generation != each.observed_generation:
        generation += f" of {each.generation}"
    row = (each.name, each.environment, each.sync, each.health, tasks, generation)
    ready = each.condition("Ready")
    return (*row, each.file, ready.reason, each.url) if wide else (*row, each.url)


def _word(each: Status) -> str:
    if each.health == "Suspended":
        return "suspended"
    return {"InSync": "in sync", "OutOfSync": "out of sync"}.get(each.sync, "unknown")


def resource_table(found: Iterable[tuple[Status, ResourceStatus]]) -> str:
    """One row per resource, for `get TargetGroup`."""
    rows = [(status.address, each.address, each.sync, each.health, each.id) for status, each in found]
    return "\n".join([*([table(("SERVICE", "RESOURCE", "SYNC", "HEALTH", "ID"), rows)] if rows else []),
                      f"{len(rows)} shown"])  # fmt: skip


def described(status: Status, tags: Iterable[tuple[str, str]], notes: Iterable[str]) -> str:
    """Everything about one instance."""
    return "\n".join(_described(status, tuple(tags), tuple(notes)))


def _described(status: Status, tags: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> Iterator[str]:
    yield f"{status.address}   {status.sync} · {status.health}"
    yield ""
    facts = [("File", status.file), ("Generation", f"{status.observed_generation} of {status.generation}")]
    if status.desired:
        facts.append(("Tasks", f"{status.running} of {status.desired} running"))
    facts += [(f"URL {stage}", url) for stage, url in status.urls.items()]
    yield from (f"{name:<14} {value}" for name, value in facts)
    if tags:
        yield from ("", "Tags of the anchor")
        yield from (f"  {name}  {value}" for name, value in tags)
    yield from ("", "Conditions")
    conditions = [(each.type, each.status, each.reason, each.message) for each in status.conditions]
    yield _indented(table(("TYPE", "STATUS", "REASON", "MESSAGE"), conditions))
    yield from ("", "Resources")
    rows = [(each.address, each.sync, each.health, each.id) for each in status.resources]
    yield _indented(table(("RESOURCE", "SYNC", "HEALTH", "ID"), rows))
    if notes:
        yield from ("", "Attention")
        yield from (f"  ! {note}" for note in dict.fromkeys(notes))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
