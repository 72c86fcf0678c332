"""No page leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.docs.reading import PAGES, ROOT, name

LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(#[^)\s]*)?\)")


CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def links(page: Path) -> list[tuple[str, str]]:
    """Paths and anchors inside the project; what stands in code is no link."""
    return LINK.findall(CODE.sub("", page.read_text()))


def anchors(text: str) -> set[str]:
    """Headings as GitHub and most others address them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_inside_the_project_leads_somewhere(page):
    wrong = []
    for path, anchor in links(page):
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            wrong.append(f"{path}{anchor}")
    assert wrong == []


def test_every_page_can_be_reached_from_the_readme():
    seen, open_ = set(), [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        if page.resolve() in seen or page.suffix != ".md":
            continue
        seen.add(page.resolve())
        for path, _ in links(page):
            target = page.parent / path if path else page
            open_ += sorted(target.glob("*.md")) if target.is_dir() else [target]
    assert [name(page) for page in PAGES if page.resolve() not in seen] == []


def test_every_make_command_that_a_page_speaks_of_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    command = re.compile(r"(?:^\$ |`)make ([a-z]+)\b", re.MULTILINE)
    spoken = {(name(page), word) for page in PAGES for word in command.findall(page.read_text())}
    assert len(spoken) > 5
    assert [each for each in sorted(spoken) if each[1] not in targets] == []


def coloured(css: str) -> set[str]:
    """Selectors of the rules that say a colour."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    return {each.strip() for selectors, body in rules if "#" in body for each in selectors.split(",")}


@pytest.mark.parametrize("picture", sorted((ROOT / "docs/img").glob("*.svg")), ids=lambda each: each.name)
def test_a_picture_reads_in_light_and_dark_and_says_what_it_shows(picture):
    svg = "{http://www.w3.org/2000/svg}"
    root = ET.fromstring(picture.read_text())
    assert root.findtext(f"{svg}title")
    assert len(root.findtext(f"{svg}desc", "")) > 40
    light, _, dark = root.findtext(f"{svg}style", "").partition("@media (prefers-color-scheme: dark)")
    assert coloured(light) == coloured(dark)
    assert not re.search(r"https?://(?!www\.w3\.org)", picture.read_text())
