"""The generated page is what the models say today."""

from __future__ import annotations

from tests.docs.generate import PAGE, page


def test_the_spec_reference_is_as_new_as_the_models():
    assert PAGE.read_text() == page(), "run: python -m tests.docs.generate"
