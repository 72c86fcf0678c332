"""What a semantic check found: a code, where in the expanded spec, and words for it."""

from dataclasses import dataclass

from specs.node import Node, Steps, dotted
from specs.problem import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """`steps` lead into the expanded spec; the deepest of them that was written is where the problem is shown."""

    code: str
    steps: Steps
    message: str
    hint: str = ""
    at_key: bool = False
    warning: bool = False
    missing: str = ""
    """The field whose absence this is about: where it was only misspelt, that has been said already."""

    def at(self, spec: Node) -> Problem:
        """The problem in the file."""
        node = spec.nearest(self.steps)
        message = f"{dotted(node.path)}: {self.message}"
        return node.problem(self.code, message, self.hint, at_key=self.at_key, warning=self.warning)
