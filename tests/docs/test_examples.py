"""Every example in README and docs does what its page says it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from specs import load
from tests.docs.reading import NOT_OURS, PAGES, ROOT, Block, blocks, name
from tests.docs.terminal import commands, fits

OURS = [page for page in PAGES if name(page) not in NOT_OURS]
BLOCKS = [block for page in OURS for block in blocks(page)]
SESSIONS = [page for page in OURS if any((each.language, each.word) == ("console", "") for each in blocks(page))]


def some(language: str, *words: str) -> list[object]:
    found = [each for each in BLOCKS if each.language == language and each.word in words]
    return [pytest.param(each, id=f"{each.page}:{each.line}") for each in found]


@pytest.mark.parametrize("page", OURS, ids=name)
def test_every_block_is_of_a_kind_that_is_run_or_says_why_not(page):
    for block in blocks(page):
        assert block.language == "console" or block.word, f"{block.page}:{block.line} is neither run nor excused"
        assert block.word != "not run" or len(block.told.split()) > 3, f"{block.page}:{block.line} gives no reason"


@pytest.mark.parametrize("page", SESSIONS, ids=name)
def test_what_a_page_types_prints_what_the_page_shows(page, terminal):
    for block in blocks(page):
        if block.word == "file":
            Path(block.told).write_text(block.text)
        elif block.language == "console" and block.word != "not run":
            for command, shown in commands(block.text):
                said = terminal.enter(command)
                shown = terminal.here(shown)  # noqa: PLW2901  the same, with this run's addresses
                assert fits(shown, said), f"{block.page}:{block.line}  $ {command}\n{said}\n--- the page shows\n{shown}"


@pytest.mark.parametrize("block", some("yaml", "part"))
def test_a_part_of_a_spec_on_a_page_is_valid_in_its_place(block: Block, tmp_path):
    yaml = YAML()
    spec = yaml.load((ROOT / "examples/hello.yaml").read_text())
    place = spec
    for step in block.told.split("."):
        place = place[step]
    place.update(yaml.load(block.text))
    yaml.dump(spec, tmp_path / "spec.yaml")
    catalog = load([tmp_path])
    assert catalog.instances
    assert not catalog.errors, catalog.render()


@pytest.mark.parametrize("block", [each for language in ("json", "python", "yaml") for each in some(language, "from")])
def test_code_on_a_page_stands_in_the_source(block: Block):
    assert block.text in (ROOT / block.told).read_text()
