"""What the pages say, in pieces: fenced blocks with the HTML comments above them that tell how they are tested.

<!-- file: specs/hello.yaml -->      the block is written to that file of the page's folder before what follows
<!-- part: spec.services.hello -->   the block belongs there in examples/hello.yaml; what results must be valid
<!-- from: reconcilers/…/route.py --> the block stands in that file, word for word
<!-- not run: reason -->             nothing can be tried here, and why
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
NOT_OURS = frozenset({"docs/container.md", "docs/sandbox.md"})
"""Pages that their own tests hold to the truth (tests/test_packaging.py, tests/sandbox)."""
FENCE = re.compile(
    r"^(?P<indent> *)(?:<!-- (?P<word>file|part|from|not run): (?P<told>.+?) -->\n+(?P=indent))?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    line: int
    language: str
    text: str
    word: str = ""
    """`file`, `part`, `from`, `not run`, or nothing."""
    told: str = ""


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(
            name(page),
            text.count("\n", 0, found.start()) + 1,
            found["language"],
            re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
            found["word"] or "",
            found["told"] or "",
        )
        for found in FENCE.finditer(text)
    ]
