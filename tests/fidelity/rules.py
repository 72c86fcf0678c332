"""Why a difference may stand: each rule is a class of differences with its reason and its source. None knows a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fidelity.comparing import Difference
from tests.fidelity.recorded import Case


@dataclass(frozen=True)
class Rule:
    name: str
    reason: str
    source: str
    holds: Callable[[Case, Difference], bool]


def _example(case: Case, difference: Difference) -> bool:
    return not case.whole and difference.what in ("value", "form", "refused")


def _not_modelled(difference: Difference) -> bool:
    told = f"{difference.member} {difference.ours}"
    words = ("UnknownOperation", "NotImplemented", "This sandbox has", "not modelled", "answered no XML")
    return difference.what == "unmade" or (difference.what == "refused" and any(each in told for each in words))


RULES: tuple[Rule, ...] = (
    Rule(
        "example",
        "an example of the documentation, or a fixture somebody trimmed or edited: its values contradict what AWS answers today",
        "findings.md, 'How far to trust each kind'",
        _example,
    ),
    Rule(
        "not modelled",
        "no reconciler calls the operation and the sandbox does not answer it",
        "docs/sandbox.md",
        lambda _case, difference: _not_modelled(difference),
    ),
)


def why(case: Case, difference: Difference) -> Rule | None:
    return next((rule for rule in RULES if rule.holds(case, difference)), None)
