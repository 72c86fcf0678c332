"""`${vars.NAME}` in values: the one substitution of the language. The process environment is never read."""

import re
from collections.abc import Iterator, Mapping

from specs.expand import did_you_mean
from specs.node import Node, dotted
from specs.problem import Problem
from specs.values import FromVariable

REFERENCE = re.compile(r"\$\$\{|\$\{vars\.([A-Za-z_][A-Za-z0-9_]*)\}|\$\{vars\b")


def substitute(node: Node, variables: Mapping[str, str]) -> Node:
    """Every known reference replaced, `$${` made `${`. What is not known stays; `unresolved` points at it."""
    if isinstance(node.value, Mapping):
        return node.with_value({name: substitute(member, variables) for name, member in node.value.items()})
    if isinstance(node.value, tuple):
        return node.with_value(tuple(substitute(item, variables) for item in node.value))
    if not isinstance(node.value, str) or "${" not in node.value:
        return node

    def put(found: re.Match[str]) -> str:
        return "${" if found[0] == "$${" else variables.get(found[1], found[0])

    text = REFERENCE.sub(put, node.value)
    return node.with_value(FromVariable(text) if text != node.value else text)


def unresolved(node: Node, variables: Mapping[str, str]) -> Iterator[Problem]:
    """A problem for every reference in a value that nothing defines, and for every one in a key."""
    if isinstance(node.value, Mapping):
        for name, member in node.value.items():
            if "${vars" in name:
                message = f"{dotted(node.path)}: `{name}` is a key, and variables stand in values only"
                yield member.problem("E1201", message, at_key=True)
            yield from unresolved(member, variables)
    elif isinstance(node.value, tuple):
        for item in node.value:
            yield from unresolved(item, variables)
    elif isinstance(node.value, str):
        for found in REFERENCE.finditer(node.value):
            if found[0] != "$${" and found[1] not in variables:
                name = found[1] or found[0]
                message = f"{dotted(node.path)}: `{found[0]}` is not defined"
                yield node.problem("E1201", message, did_you_mean(name, tuple(variables)) or _advice(found[1]))


def _advice(name: str | None) -> str:
    return f"add it to the Environment's vars, or give --var {name}=…" if name else "write ${vars.NAME}"
