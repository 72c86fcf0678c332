"""The topology as text: a tree for terminals, and mermaid, which GitHub draws inside markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from controller.output.topology import PLANNED, Node, Topology

SYMBOLS = {"Healthy": "✔", "Progressing": "…", "Degraded": "✘", "Missing": "○", "Unknown": "?"}


def tree(found: Iterable[Topology]) -> str:
    """One tree per instance; a part that several routes share is drawn once and then only named."""
    return "\n\n".join("\n".join(_tree(each)) for each in found)


def _tree(topology: Topology) -> Iterator[str]:
    yield f"{topology.name}   {topology.sync}, {topology.health}   {topology.url}".rstrip()
    api = topology.chains[0][0]
    yield f"{SYMBOLS.get(api.health, '?')} {_said(api)}"
    drawn: set[tuple[Node, ...]] = set()
    for number, chain in enumerate(topology.chains, 1):
        last = number == len(topology.chains)
        yield from _branch(chain[1:], "└─ " if last else "├─ ", "   " if last else "│  ", drawn)
    if topology.besides:
        yield "besides"
        yield from (f"   {address}  {PLANNED[action]}" for address, action in topology.besides)


def _branch(chain: tuple[Node, ...], lead: str, margin: str, drawn: set[tuple[Node, ...]]) -> Iterator[str]:
    for depth, node in enumerate(chain):
        again = chain[depth:] in drawn
        before = lead if depth == 0 else f"{margin}{'   ' * (depth - 1)}└─ "
        yield f"{before}{SYMBOLS.get(node.health, '?')} {_said(node)}{'  (as above)' if again else ''}"
        if again:
            return
        drawn.add(chain[depth:])


def _said(node: Node) -> str:
    return "  ".join([str(node.key), node.health, *node.remarks])


def mermaid(found: Iterable[Topology]) -> str:
    """A flowchart from left to right (mermaid.js.org, *Flowcharts*)."""
    return "\n".join(_mermaid(list(found)))


def _mermaid(found: list[Topology]) -> Iterator[str]:
    yield "flowchart LR"
    nodes = list(dict.fromkeys(node for each in found for node in each.nodes))
    names = {node: f"n{number}" for number, node in enumerate(nodes)}
    for topology in found:
        yield f'  subgraph {_name(topology.name)}["{_quoted(topology.name)}"]'
        for node in topology.nodes:
            if node.key.instance == topology.name:
                yield f"    {names[node]}{_box(node)}"
        yield "  end"
    for node in nodes:
        if node.key.instance not in {each.name for each in found}:
            yield f"  {names[node]}{_box(node)}"
    for left, right in dict.fromkeys(edge for each in found for edge in each.edges):
        yield f"  {names[left]} --> {names[right]}"
    yield from _classes(nodes, names)


def _box(node: Node) -> str:
    words = "<br/>".join([f"{node.key.kind}: {_quoted(node.label)}", node.health, *map(_quoted, node.remarks)])
    return f'["{words}"]:::{node.health}'


def _classes(nodes: list[Node], names: dict[Node, str]) -> Iterator[str]:
    strokes = {"Healthy": "#1a7f37", "Progressing": "#0969da", "Degraded": "#cf222e", "Missing": "#6e7781",
               "Unknown": "#9a6700"}  # fmt: skip
    for health in dict.fromkeys(node.health for node in nodes):
        yield f"  classDef {health} stroke:{strokes.get(health, '#6e7781')},stroke-width:2px"


def _name(text: str) -> str:
    return re.sub(r"\W", "_", text)


def _quoted(text: str) -> str:
    """Mermaid ends a text at a quote and takes `#` for an entity."""
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
