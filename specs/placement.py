"""Where an ApiService lives: in an Environment, in several, or by itself with `aws` and `network`."""

from collections.abc import Iterable, Iterator

from specs.compose import LENT, PLACES
from specs.document import Document
from specs.expand import did_you_mean
from specs.node import Node, dotted
from specs.problem import Problem

WAYS = "exactly one of `environment`, `environments`, or `aws` with `network` has to be given"


def misplaced(document: Document) -> list[Problem]:
    """What is wrong with how the spec says where it lives."""
    spec, homes = document.spec, document.environments()
    chosen = [member for name in PLACES if (member := spec.get(name)) is not None]
    if len(chosen) > 1:
        return [_at_key(chosen[1], WAYS)]
    if chosen:
        nowhere = [] if homes else [_at_key(chosen[0], "at least one Environment has to be named")]
        return [*nowhere, *lent(spec), *(problem for patch in homes.values() for problem in lent(patch))]
    missing = [name for name in ("aws", "network") if spec.get(name) is None]
    if len(missing) == 2:
        return [_at_key(spec, WAYS)]
    return [_at_key(spec, f"a service without an Environment needs `{name}` too") for name in missing]


def homeless(name: str, patch: Node, environments: Iterable[str]) -> Problem:
    """Why the Environment of that name cannot be lived in; `patch` stands where it is named."""
    known = set(environments)
    by_key = patch.path[-1] == name
    if name in known:
        message = f"{dotted(patch.path)}: Environment `{name}` has mistakes of its own"
        return patch.problem("E1204", message, at_key=by_key)
    message = f"{dotted(patch.path)}: there is no Environment `{name}` in these files"
    return patch.problem("E1203", message, did_you_mean(name, sorted(known)), at_key=by_key)


def lent(spec: Node) -> Iterator[Problem]:
    """Blocks that an Environment lends, written where one service speaks, or where defaults speak for all."""
    for name in LENT:
        if (block := spec.get(name)) is not None:
            message = f"{dotted(block.path)}: this block belongs to the Environment"
            yield block.problem("E1206", message, at_key=True)


def _at_key(node: Node, message: str) -> Problem:
    return node.problem("E1202", f"{dotted(node.path)}: {message}", at_key=True)
