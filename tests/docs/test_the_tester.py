"""What holds the pages to the truth would notice a lie."""

from __future__ import annotations

import re

import pytest

from tests.docs.reading import NOT_OURS, PAGES, blocks, name
from tests.docs.terminal import commands, fits


@pytest.mark.parametrize("page", [each for each in PAGES if name(each) not in NOT_OURS], ids=name)
def test_no_fence_is_overlooked(page):
    fences = re.findall(r"^ *```", page.read_text(), re.MULTILINE)
    assert len(fences) == 2 * len(blocks(page))


@pytest.mark.parametrize(
    ("shown", "said", "so"),
    [
        ("one\ntwo\n", "one\ntwo\n", True),
        ("one\n", "one\ntwo\n", False),
        ("one\n...\n", "one\ntwo\nthree\n", True),
        ("...\nthree\n", "one\ntwo\n", False),
        ("sg-...  made\n", "sg-12  made\n", True),
        ("sg-...  made\n", "sg-12\n", False),
        ("a.c\n", "abc\n", False),
        ("", "something\n", False),
    ],
)
def test_output_fits_only_what_is_shown(shown, said, so):
    assert fits(shown, said) is so


def test_a_block_is_taken_apart_at_its_prompts():
    assert commands("$ one \\\n  --two\nout\nput\n$ three\n") == [("one --two", "out\nput\n"), ("three", "")]
