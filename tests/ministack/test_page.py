"""`make ministack` is optional, so that its page is true of its list of gaps is held here."""

from __future__ import annotations

from tests.ministack.gaps import GAPS
from tests.ministack.report import PAGE, STEPS, gaps_told
from tests.ministack.scenes import SCENES


def test_the_page_lists_every_known_gap_with_its_source():
    assert "\n".join(gaps_told()) in PAGE.read_text()
    assert all(gap.source and gap.aws for gap in GAPS)


def test_the_page_is_of_a_run_in_which_every_step_was_as_it_has_to_be():
    rows = [line for line in PAGE.read_text().splitlines() if line.endswith(" | yes" * len(SCENES) + " |")]
    assert [row.split("|")[1].strip() for row in rows] == list(STEPS)


def test_an_edit_is_another_spec():
    assert all(scene.after != scene.before for scene in SCENES)
