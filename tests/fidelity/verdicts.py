"""What became of a case, and of all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.fidelity.rules import RULES, Rule

PARTS = {
    "answers": "Answers: keys, types, words and defaults",
    "refusals": "Refusals: code, status and form of the message",
    "reconcilers": "Reconcilers: what says the same plans nothing",
}


@dataclass(frozen=True)
class Verdict:
    """`row` is what the table counts it under; `told` its differences in words; `rules` why they may stand, when all
    of them may."""

    part: str
    row: str
    case: str
    told: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def word(self) -> str:
        return "agree" if not self.told else "explained" if self.rules else "unexplained"


@dataclass
class Tally:
    verdicts: list[Verdict] = field(default_factory=list)

    def count(self, word: str) -> int:
        return sum(each.word == word for each in self.verdicts)

    @property
    def last_line(self) -> str:
        words = ", ".join(
            f"{self.count(word)} {short}"
            for word, short in (("agree", "agree"), ("explained", "explained"), ("unexplained", "unexplained"))
        )
        return f"{len(self.verdicts)} cases, {words}"

    def rows(self, part: str) -> Iterator[tuple[str, list[Verdict]]]:
        found: dict[str, list[Verdict]] = defaultdict(list)
        for each in self.verdicts:
            if each.part == part:
                found[each.row].append(each)
        yield from sorted(found.items())


def table(tally: Tally) -> Iterator[str]:
    """The lines of the report, in Markdown."""
    for part, title in PARTS.items():
        rows = list(tally.rows(part))
        if not rows:
            continue
        yield from (
            "",
            f"## {title}",
            "",
            "| operation | cases | agree | explained | unexplained |",
            "| --- | --- | --- | --- | --- |",
        )
        for row, found in rows:
            words = Counter(each.word for each in found)
            reasons = Counter(
                rule.name for each in found if each.word == "explained" for rule in dict.fromkeys(each.rules)
            )
            named = ", ".join(f"{name} {number}" for name, number in sorted(reasons.items()))
            yield f"| {row} | {len(found)} | {words['agree']} | {named} | {words['unexplained'] or ''} |"
    yield from explanations(tally.verdicts)
    yield from ("", tally.last_line)


def explanations(verdicts: Iterable[Verdict]) -> Iterator[str]:
    used = Counter(rule.name for each in verdicts if each.word == "explained" for rule in dict.fromkeys(each.rules))
    yield from (
        "",
        "## Why differences may stand",
        "",
        "| rule | cases | reason | source |",
        "| --- | --- | --- | --- |",
    )
    for rule in RULES:
        if used[rule.name]:
            yield f"| {rule.name} | {used[rule.name]} | {rule.reason} | {rule.source} |"
