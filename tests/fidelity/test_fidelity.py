"""A slice of `make fidelity`, and that its page is what it says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fidelity import bad_requests
from tests.fidelity.answers import Answers
from tests.fidelity.bad_unnamed import UNNAMED
from tests.fidelity.comparing import Comparison
from tests.fidelity.place import Place
from tests.fidelity.recorded import DEFAULT, Case, Evidence, cases
from tests.fidelity.refusals import Refusals
from tests.fidelity.report import HEAD, PAGE
from tests.fidelity.rules import RULES
from tests.fidelity.run import judged
from tests.fidelity.wording import bare

GAPS = DEFAULT.parent / "moto-gaps.md"
SLICE = ("elbv2.describe_", "apigateway.get_stage", "apigatewayv2.get_", "logs.describe_log_groups")
needs_recordings = pytest.mark.skipif(
    not DEFAULT.is_dir(), reason="the recorded answers are not beside this repository"
)


@pytest.fixture(scope="module")
def place() -> Place:
    return Place()


@needs_recordings
def test_recorded_answers_are_the_sandbox_s_too(place: Place) -> None:
    answers = Answers(place, Evidence().load())
    chosen = [case for case in cases(DEFAULT, "data") if case.name.startswith(SLICE)]
    verdicts = [judged("answers", case, answers.differences) for case in chosen]
    assert len(verdicts) > 30
    assert not [each for each in verdicts if each.word == "unexplained"]
    assert sum(each.word == "explained" for each in verdicts) * 4 < len(verdicts)


@needs_recordings
def test_recorded_refusals_are_heard_again(place: Place) -> None:
    found = [case for case in cases(DEFAULT, "errors") if case.service == "apigateway"][::4]
    refusals = Refusals(place, Evidence().load())
    assert not [
        each for case in found if (each := judged("refusals", case, refusals.differences)).word == "unexplained"
    ]


def test_an_answer_that_says_something_else_is_a_difference(place: Place) -> None:
    """The comparison bites: what nobody was ever recorded to answer is told."""
    group = {"TargetGroupName": "g", "Protocol": "HTTP", "Port": 81, "TargetType": "ip", "HealthCheckEnabled": True}
    case = Case("elbv2", "describe_target_groups", "", {"TargetGroups": [group]}, "recorded", "plausible")
    assert {each.what for each in Answers(place, Evidence()).differences(case)} == {"extra"}
    assert not Answers(place, Evidence().load()).differences(case)


def test_evidence_is_asked_of_members_that_nobody_said() -> None:
    from tests.fidelity.recorded import output

    shape = output("elbv2", "describe_target_groups")
    theirs, ours = ({"TargetGroups": [{"TargetGroupName": "g", "TargetType": each}]} for each in ("ip", "instance"))
    assert not list(Comparison("elbv2", Evidence().load()).differences(shape, theirs, ours))
    assert [each.member for each in Comparison("elbv2", Evidence()).differences(shape, theirs, ours)] == ["TargetType"]
    said = list(Comparison("elbv2", Evidence().load()).differences(shape, theirs, ours, theirs))
    assert [each.member for each in said] == ["TargetType"]


@pytest.mark.parametrize(
    "text", ['{"Vpcs": [', "[]", '{"Vpcs": "x"}', '{"Vpcs": [7]}', '{"Vpcs": null}'], ids=lambda text: text
)
def test_a_file_that_is_no_recording_is_one_line(place: Place, tmp_path: Path, text: str) -> None:
    file = tmp_path / "data/ec2/describe_vpcs/1.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    [case] = cases(tmp_path, "data")
    told = judged("answers", case, Answers(place, Evidence()).differences)
    assert told.word == "unexplained"
    assert len(told.told) == 1
    assert "no record" in told.told[0]


@needs_recordings
def test_another_account_and_region_changes_nothing(place: Place, tmp_path: Path) -> None:
    """Nothing is keyed to the accounts, regions, ids or file names that the recordings happen to have."""
    answers = Answers(place, Evidence().load())
    chosen = [case for case in cases(DEFAULT, "data") if case.name.startswith("elbv2.describe_target_")]
    for number, case in enumerate(chosen):
        text = re.sub(r"\b\d{12}\b", "999999999999", json.dumps(case.answer))
        text = re.sub(r"\b(us|eu|ap)-[a-z]+-\d\b", "eu-north-1", text)
        text = re.sub(r"\b(vpc|subnet|sg|eni)-[0-9a-f]+", rf"\g<1>-{number:017x}", text)
        moved = replace(case, answer=json.loads(text), file=f"data/{number}.json")
        assert judged("answers", moved, answers.differences).word == judged("answers", case, answers.differences).word


def test_a_message_is_compared_without_its_names() -> None:
    assert bare("Invalid API identifier specified 111111111111:abc123def4") == bare(
        "Invalid API identifier specified 123456789012:9qczjrbjxk"
    )
    assert bare("Invalid stage identifier specified") != bare("Invalid model name specified: x")


@pytest.mark.skipif(not GAPS.is_file(), reason="the page with the bad requests is not beside this repository")
def test_every_bad_request_that_the_page_names_is_sent() -> None:
    known = {(each.service, each.operation) for each in bad_requests.BAD}
    service, missing = "", []
    for line in GAPS.read_text().splitlines():
        service = found[1] if (found := re.match(r"### (\S+)", line)) else service
        if (row := re.match(r"\| `(\w+)` \|.*no check: ", line)) and (service, row[1]) not in known:
            missing.append((service, row[1]))
    assert not missing
    assert len(bad_requests.BAD) + len(UNNAMED) == 183


def test_the_page_says_how_it_was_made_and_nothing_unexplained() -> None:
    """Its table is written by the whole of `make fidelity`; here, that nobody wrote it by hand."""
    text = PAGE.read_text()
    assert text.startswith(HEAD)
    cases_, agree, explained, unexplained = map(int, re.findall(r"\d+", text.splitlines()[-1]))
    assert (cases_, unexplained) == (agree + explained, 0)
    assert explained * 10 <= cases_
    known = {rule.name for rule in RULES}
    reasons = text.partition("## Why differences may stand")[2].splitlines()
    assert {row.split("|")[1].strip() for row in reasons if re.match(r"\| [^|]+ \| \d+ \|", row)} <= known


def test_what_was_learnt_is_readable() -> None:
    learnt = json.loads((Path(__file__).parent / "evidence.json").read_text())
    assert all(each and each == each.lower() for each in learnt.pop(""))
    assert all(present or absent for kept in learnt.values() for present, absent, _ in kept.values())
