"""Every case of a folder, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.fidelity import bad_requests, reconciled
from tests.fidelity.answers import Answers
from tests.fidelity.comparing import Difference
from tests.fidelity.place import Place
from tests.fidelity.recorded import Case, Evidence, cases
from tests.fidelity.refusals import Refusals
from tests.fidelity.rules import RULES, why
from tests.fidelity.verdicts import Verdict


def verdicts(folder: Path, only: tuple[str, ...] = ()) -> Iterator[Verdict]:
    """Of all cases whose row begins with one of `only`, or of all."""

    def wanted(row: str) -> bool:
        return not only or row.startswith(only)

    place = Place()
    yield from _answers(folder, place, wanted)
    yield from _refusals(folder, place, wanted)
    yield from bad_requests.verdicts(place, wanted)
    yield from (each for each in reconciled.kinds(folder) if wanted(each.row))
    if wanted("inputs/task-definitions"):
        yield from reconciled.task_definitions(folder, place, evidence(folder))


def evidence(folder: Path) -> Evidence:
    """What this folder shows, and what was learnt from the one beside the repository."""
    return Evidence().load().learn(folder)


def _answers(folder: Path, place: Place, wanted: Callable[[str], bool]) -> Iterator[Verdict]:
    answers = Answers(place, evidence(folder))
    for case in cases(folder, "data"):
        if wanted(case.name):
            yield judged("answers", case, answers.differences)


def _refusals(folder: Path, place: Place, wanted: Callable[[str], bool]) -> Iterator[Verdict]:
    found = [case for case in cases(folder, "errors") if wanted(f"error {case.service}")]
    refusals = Refusals(place, evidence(folder)) if found else None
    for case in found:
        assert refusals
        told = judged("refusals", case, refusals.differences)
        yield replace(told, row=f"error {case.service}")


def judged(part: str, case: Case, differences: Callable[[Case], list[Difference]]) -> Verdict:
    """What became of a case. A file that is no recording, and whatever goes wrong over one, is that case's own."""
    if case.problem:
        aged = case.origin in ("documented-example", "third-party-fixture") and bool(case.answer)
        return Verdict(
            part,
            case.name,
            case.file,
            (case.problem,),
            tuple(each for each in RULES if aged and each.name == "example"),
        )
    try:
        found = differences(case)
    except Exception as wrong:  # the others go on
        return Verdict(part, case.name, case.file, (f"broken: {type(wrong).__name__}: {wrong}",))
    reasons = [why(case, each) for each in found]
    rules = tuple(dict.fromkeys(each for each in reasons if each))
    told = tuple(dict.fromkeys(map(str, found)))
    return Verdict(part, case.name, case.file, told, rules if all(reasons) else ())
