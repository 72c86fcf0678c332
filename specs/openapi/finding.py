"""A mistake in a document, with the rule of AWS's that it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from specs.node import Node
from specs.problem import Problem


@dataclass(slots=True)
class Findings:
    """What is wrong with a document so far: what AWS refuses, and what it passes over."""

    problems: list[Problem] = field(default_factory=list)
    strict: bool = False
    """`failOnWarnings`: what AWS passes over is refused too, as ImportRestApi does then."""

    def refuse(
        self, node: Node, message: str, rule: str, source: str, *, code: str = "E1361", key: bool = False
    ) -> None:
        """`rule` in AWS's words where they are known, and where AWS says so."""
        self.problems.append(node.problem(code, message, f"AWS: {rule} ({source})", at_key=key))

    left: int = 200_000
    """How much more may be read, counted in values with those that references repeat."""

    def spent(self, node: Node, values: int = 1) -> bool:
        """Whether references have multiplied a document beyond all measure, after reading so much more."""
        enough, self.left = self.left >= 0, self.left - values
        if enough and self.left < 0:
            self.problems.append(node.problem("E1009", "references multiply what is in this document"))
        return self.left < 0

    def warn(self, node: Node, message: str, hint: str = "", *, key: bool = True) -> None:
        self.problems.append(node.problem("E1364", message, hint, at_key=key, warning=not self.strict))


def text(node: Node | None) -> str:
    """The text of a scalar; empty for anything else."""
    return "" if node is None or node.value is None or isinstance(node.value, (tuple, dict)) else str(node.value)


def members(node: Node | None) -> dict[str, Node]:
    return dict(node.value) if node is not None and isinstance(node.value, dict) else {}


def items(node: Node | None) -> tuple[Node, ...]:
    return node.value if node is not None and isinstance(node.value, tuple) else ()


def step(*names: str) -> str:
    """A place of the spec: `/gateway/routes/GET ~1orders`."""
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)


def everything(node: Node) -> Iterable[Node]:
    """The node and all below it."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(reversed([*members(each).values(), *items(each)]))
