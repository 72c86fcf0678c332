"""The topology for Graphviz: `penstock graph -o dot | dot -Tpdf` (graphviz.org, *DOT Language*)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.output.terminal import safe
from controller.output.topology import Node, Topology

COLOURS = {"Healthy": "#1a7f37", "Progressing": "#0969da", "Degraded": "#cf222e", "Missing": "#6e7781",
           "Unknown": "#9a6700"}  # fmt: skip


def dot(found: Iterable[Topology]) -> str:
    """One graph from left to right, a cluster for each instance; what changes has a dashed edge around it."""
    return "\n".join(_dot(list(found)))


def _dot(found: list[Topology]) -> Iterator[str]:
    nodes = list(dict.fromkeys(node for each in found for node in each.nodes))
    names = {each.name for each in found}
    yield "digraph penstock {"
    yield '  rankdir=LR; node [shape=box, fontname="sans-serif"];'
    for number, topology in enumerate(found):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(topology.name)};"
        yield from (f"    {_box(node)}" for node in nodes if node.key.instance == topology.name)
        yield "  }"
    yield from (f"  {_box(node)}" for node in nodes if node.key.instance not in names)
    for left, right in dict.fromkeys(edge for each in found for edge in each.edges):
        yield f"  {_quoted(left.id)} -> {_quoted(right.id)};"
    yield "}"


def _box(node: Node) -> str:
    label = "\n".join([f"{node.key.kind}: {node.label}", node.health, *node.remarks])
    style = ", style=dashed" if node.change else ""
    return f"{_quoted(node.id)} [label={_quoted(label)}, color={_quoted(COLOURS.get(node.health, '#6e7781'))}{style}];"


def _quoted(text: str) -> str:
    """A quoted text ends at a quote, and a backslash begins an escape such as the `\\n` between our lines."""
    lines = (safe(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
