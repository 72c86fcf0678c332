"""The topology as a picture: one column per layer, left to right, health in words and in the colour of an edge.

Plain SVG 1.1 with its own style sheet: no script, no font to load, readable in the dark, and told to screen readers by
titles (w3.org, *SVG Accessibility API Mappings*: `role`, `title`, `desc`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from controller.output.terminal import cut, safe
from controller.output.topology import COLUMNS, TITLES, Node, Topology

BOX, TALL, GAP, ROW, MARGIN, HEAD = 168, 50, 44, 66, 20, 64
LETTERS = 23
"""So many letters of the label fit into a box."""
STYLE = """
  svg { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; background: #ffffff }
  .name { font-size: 17px; font-weight: 600 } .url, .column, .word { font-size: 11px }
  text { fill: #1f2328 } .url, .column, .word { fill: #59636e }
  rect { fill: #f6f8fa; stroke: #818b98; stroke-width: 1.5; rx: 6 } path { fill: none; stroke: #818b98 }
  .arrow { fill: #818b98; stroke: none }
  .Healthy rect { stroke: #1a7f37 } .Progressing rect { stroke: #0969da; stroke-dasharray: 6 3 }
  .Degraded rect { stroke: #cf222e; stroke-width: 2.5 } .Missing rect { stroke-dasharray: 3 3 }
  .Unknown rect { stroke: #9a6700; stroke-dasharray: 3 3 } .OutOfSync .word { fill: #9a6700; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117 } text { fill: #f0f6fc } .url, .column, .word { fill: #9198a1 }
    rect { fill: #151b23 } .OutOfSync .word { fill: #d29922 }
  }
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a node is drawn: the upper left corner of its box."""

    node: Node
    x: int
    y: int


def svg(found: Iterable[Topology]) -> str:
    """One document with every instance below the other."""
    listed = list(found)
    tops, y = [], MARGIN
    for each in listed:
        tops.append(y)
        y += HEAD + _rows(each) * ROW + MARGIN
    width = 2 * MARGIN + len(COLUMNS) * BOX + (len(COLUMNS) - 1) * GAP
    pictures = (line for each, top in zip(listed, tops, strict=True) for line in _picture(each, top))
    return "\n".join([*_head(listed, width, y), *pictures, "</svg>"])


def _head(listed: list[Topology], width: int, height: int) -> Iterator[str]:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">'
    yield f'<title id="title">Topology of {_text(", ".join(each.name for each in listed))}</title>'
    told = "; ".join(f"{each.name}: {each.sync}, {each.health}" for each in listed)
    yield f'<desc id="desc">{_text(told)}</desc>'
    yield f"<style>{STYLE}</style>"
    arrow = 'id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    yield f'<defs><marker {arrow}><path class="arrow" d="M0 0 L8 4 L0 8 z"/></marker></defs>'


def _rows(topology: Topology) -> int:
    return max(sum(node.column == column for node in topology.nodes) for column in range(len(COLUMNS)))


def _picture(topology: Topology, top: int) -> Iterator[str]:
    spots = {spot.node: spot for spot in _spots(topology, top + HEAD)}
    yield f'<g role="group" aria-label={quoteattr(safe(topology.name))}>'
    yield f'<text class="name" x="{MARGIN}" y="{top + 18}">{_text(topology.name)}</text>'
    words = f"{topology.sync}, {topology.health}   {topology.url}".strip()
    yield f'<text class="url" x="{MARGIN}" y="{top + 36}">{_text(words)}</text>'
    for column, title in enumerate(TITLES):
        if any(spot.node.column == column for spot in spots.values()):
            yield f'<text class="column" x="{_x(column)}" y="{top + 56}">{title}</text>'
    yield from (_edge(spots[left], spots[right]) for left, right in topology.edges)
    for each in spots.values():
        yield from _box(each)
    yield "</g>"


def _x(column: int) -> int:
    return MARGIN + column * (BOX + GAP)


def _spots(topology: Topology, top: int) -> Iterator[Spot]:
    """Each column's boxes, centred against the tallest column."""
    rows = _rows(topology)
    for column in range(len(COLUMNS)):
        nodes = [node for node in topology.nodes if node.column == column]
        first = top + (rows - len(nodes)) * ROW // 2
        yield from (Spot(node, _x(column), first + row * ROW) for row, node in enumerate(nodes))


def _edge(left: Spot, right: Spot) -> str:
    x1, y1, x2, y2 = left.x + BOX, left.y + TALL // 2, right.x, right.y + TALL // 2
    middle = (x1 + x2) // 2
    return f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2 - 1} {y2}" marker-end="url(#arrow)"/>'


def _box(spot: Spot) -> Iterator[str]:
    node = spot.node
    words = [node.health, *node.remarks]
    shown = "  ".join(word for word in words if word != node.planned)
    label = cut(f"{node.planned[:1]} {node.label}".strip(), LETTERS)
    told = f"{node.key} of {node.key.instance}: {', '.join(words)}"
    yield f'<g class="{node.health} {node.sync}" role="img" aria-label={quoteattr(safe(told))}>'
    yield f"<title>{_text(told)}</title>"
    yield f'<rect x="{spot.x}" y="{spot.y}" width="{BOX}" height="{TALL}" rx="6"/>'
    yield f'<text x="{spot.x + 10}" y="{spot.y + 21}">{_text(label)}</text>'
    yield f'<text class="word" x="{spot.x + 10}" y="{spot.y + 39}">{_text(shown)}</text>'
    yield "</g>"


def _text(text: str) -> str:
    return escape(safe(text))
