"""A slice of every experiment in every run of the tests: what `make faults` plays for hours, for a minute."""

from __future__ import annotations

import os
from functools import partial
from random import Random

import pytest

from tests.faults.experiments import EXPERIMENTS, some
from tests.faults.explore import Choose, Undisturbed
from tests.faults.figures import Played
from tests.faults.forking import apart
from tests.faults.history import Blow
from tests.faults.plan import Job, Plan
from tests.faults.run import on_paper, play, replayed
from tests.faults.scenes import scenes
from tests.faults.stage import alone_in_the_process

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot copy a process")
SEED = 4
FEW = 2
OTHERS = [each for name, each in EXPERIMENTS.items() if name not in ("E1", "E2") and each.of is scenes]
"""Those that have no scenes of their own (test_beside)."""


def deaths(_: Undisturbed) -> Choose:
    """At every call, before and after; and at every call of the next process as well."""
    return EXPERIMENTS["E2"].whole()


FOUND = (
    ("all-unsent", "elbv2:DescribeRules"),
    ("lagging-30", "ec2:CreateSecurityGroup"),
    ("invalid", "ecs:RegisterTaskDefinition"),
    ("page-again", "apigatewayv2:GetVpcLinks"),
)
"""What once broke an invariant: asking how it went failed for good, lists forgot what had just been made, a list
had no end. And a refused request that holds the canary."""


def all_else(usual: Undisturbed) -> Choose:
    """A few histories of every other experiment, and those that once found something."""
    sampled = {blows for each in OTHERS for blows in each.sampled(usual, Random(SEED), FEW)}
    lines = usual.tape.lines
    last = {operation: len(lines) - lines[::-1].index(operation) for _, operation in FOUND}
    return some(sampled | {(Blow(strike, last[operation]),) for strike, operation in FOUND})


def played(scene: str, plan: Plan) -> Played:
    """In a copy of this process: a scene leaves nothing behind."""
    with alone_in_the_process():
        found: tuple[Played, ...] = apart(partial(play, Job(scene, {"slice": plan})), hangs=False).answer()
    return found[0]


def broken(found: Played) -> list[str]:
    return [f"{each}: {told}" for each in found.histories for told in each.broken]


def test_whoever_dies_in_an_edit_leaves_what_others_finish_though_they_die_too():
    found = played("hello/edit image", deaths)
    assert not broken(found)
    assert not found.flaky
    assert len(found.boundaries) == 2 * found.calls > 80, "every call, before and after"
    assert len({each.tape for each in found.histories}) > 80 * 80, "and every call of whoever comes after"


def test_whatever_happens_to_a_create_it_ends_as_if_nothing_had():
    found = played("hello/create", all_else)
    assert not broken(found)
    assert not found.flaky
    assert len({each.tape for each in found.histories}) == len(found.histories) > FEW * (len(OTHERS) - 2)


@pytest.mark.slow
def test_a_rest_resource_that_is_there_already_is_found_and_not_refused():
    def repeated(usual: Undisturbed) -> Choose:
        number = usual.tape.lines.index("apigateway:CreateResource") + 1
        return some([(Blow("reply-timed-out", number),)])

    assert not broken(played("rest-nlb/create", repeated))


def test_edits_after_edits_end_as_the_last_one_says():
    found = on_paper("hello", seed=SEED, most=200)
    assert not broken(found)
    assert len(found.histories) == 200


def test_a_history_is_the_same_when_it_is_played_again():
    found = played("hello/edit image", lambda usual: some(EXPERIMENTS["E4"].sampled(usual, Random(SEED), 1)))
    [_, struck] = found.histories
    with alone_in_the_process():
        again = apart(partial(replayed, str(struck))).answer()
    assert again.tape == struck.tape
