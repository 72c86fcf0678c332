"""What came of it, operation by operation: for a terminal, and docs/ministack.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.ministack.check import Step
from tests.ministack.door import Asked
from tests.ministack.gaps import ANSWERS_OF_AWS, GAPS
from tests.ministack.scenes import SCENES

PAGE = Path(__file__).resolve().parents[2] / "docs/ministack.md"
STEPS = {
    "create": "`apply` of a new spec ends with 0",
    "no-op": "`plan` is empty and nothing is written",
    "drift": "`drift` finds what a hand changed, all of it and nothing else",
    "repair": "`apply` puts it back",
    "edit": "`apply` of an edited spec ends with 0",
    "delete": "`delete` leaves the account as it was before",
}
HEAD = """\
# Another reading of AWS

The sandbox and Penstock come from one reading of AWS's documentation, so what was misread there is misread twice. An
independent emulator is a second opinion: ministack (PyPI, MIT), at the version that
`requirements-ministack.lock` pins. `make ministack` installs it in an environment of its own, starts it on loopback,
and drives Penstock through its command line over what ministack has of our chain: HTTP APIs with stages and
authorizers, REST APIs with stages and deployments, application load balancers, ECS services. It is no part of
`make test`. It ends with code 1 when anything is not as it has to be, a refusal included, and writes this page.

Penstock is not bent to please it. What ministack is known to lack is bridged by a door between the two, as narrowly as
possible: every other answer is its own. A gap that nobody meets any more counts as wrong, so the list stays true.

What it cannot judge: anything behind a VPC link, autoscaling, network load balancers, traffic, and what takes time, for
its tasks run at once; and authorizers of REST APIs, which it answers with a time to live that no SDK can read.

What it has found so far, mended in Penstock and held by tests in `tests/stories`: where the tag index went on telling
of services that had gone with their cluster, services and task definitions were unknown in every look; and a `delete`
that could not list a kind looked again without a pause, and did not say what it could not see.
"""


def told(asked: Iterable[Asked], steps: Iterable[Step], stale: Iterable[str]) -> Iterator[str]:
    """Lines for a terminal; the last one is the figures."""
    listed, taken = list(asked), list(steps)
    wrong = [f"{step.scene} {step.what}: {each}" for step in taken for each in step.wrong]
    wrong += [f"nobody met the gap `{each}`: take it out of tests/ministack/gaps.py" for each in stale]
    calls = Counter(each.call for each in listed)
    bridged = Counter(each.call for each in listed if each.gap)
    yield f"\n{'operation':48} calls  bridged"
    yield from (f"{call:48} {calls[call]:5}  {bridged[call] or '':7}".rstrip() for call in sorted(calls))
    yield ""
    yield from (f"known gap: {gap.name}: {gap.lacks}" for gap in GAPS)
    yield from (f"WRONG: {each}" for each in wrong)
    yield (
        f"{len(taken)} steps, {len(listed)} calls of {len(calls)} operations, {bridged.total()} over known gaps, "
        f"{len(wrong)} wrong"
    )


def page(asked: Iterable[Asked], steps: Iterable[Step]) -> str:
    """The whole of docs/ministack.md."""
    listed = list(asked)
    parts = (HEAD, *gaps_told(), *_steps(steps), *_operations(listed))
    return "\n".join(parts) + "\n"


def gaps_told() -> Iterator[str]:
    yield "## Known gaps\n"
    yield "| Operations | ministack | AWS | Source | Instead |"
    yield "| --- | --- | --- | --- | --- |"
    for gap in GAPS:
        on = ", ".join(f"`{each}`" for each in gap.on)
        yield f"| {on} | {gap.lacks} | {gap.aws} | {gap.source} | {gap.bridge} |"
    yield "\nRefusals that AWS answers as well:\n"
    for (call, code), why in ANSWERS_OF_AWS.items():
        yield f"* `{call}`, `{code}`: {why}"


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    found = {(step.scene, step.what): "yes" for step in steps} | {
        (step.scene, step.what): "**no**" for step in steps if step.wrong
    }
    names = [scene.name for scene in SCENES]
    yield "\n## Steps\n"
    yield f"| Step | What it means | {' | '.join(names)} |"
    yield f"| --- | --- |{' --- |' * len(names)}"
    for what, meaning in STEPS.items():
        yield f"| {what} | {meaning} | {' | '.join(found.get((name, what), 'not tried') for name in names)} |"


def _operations(asked: list[Asked]) -> Iterator[str]:
    bridges = {each.call: each.gap for each in asked if each.gap}
    refused = {each.call for each in asked if each.status >= 400}
    yield "\n## Operations\n"
    yield "| Operation | ministack's answer |"
    yield "| --- | --- |"
    for call in sorted({each.call for each in asked}):
        yield f"| {call} | {_fate(bridges.get(call), refused=call in refused)} |"


def _fate(gap: str | None, *, refused: bool) -> str:
    if gap:
        return f"bridged where it has to be: {gap}"
    return "taken as it is, refusals of AWS's too" if refused else "taken as it is"
