"""Models: the named schemas of a document, and those without a name that bodies and answers have.

An import gives a schema without a name one that it makes up, `MODEL` and six characters; ours has the hash of what it
says, so that the same document means the same models.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from specs import draft4
from specs.node import Node
from specs.openapi import words
from specs.openapi.finding import Findings, everything, items, members, text
from specs.openapi.reading import Document

BORN = frozenset({"Empty", "Error"})
"""The models of every API (ledger 6.10)."""
NAME = re.compile("[A-Za-z0-9]+")
SCHEMA = re.compile(r"#/(?:components/schemas|definitions)/([^/]+)")
REFERENCE = "#/models/"
DEEPEST = 40


@dataclass(slots=True)
class Models:
    """The models of one document, growing while its operations are read."""

    document: Document
    findings: Findings
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def all(self) -> None:
        """Those with names."""
        for name, schema in self.document.schemas.items():
            if not NAME.fullmatch(name):
                rule = f"Model name must be alphanumeric: {name}"
                self.findings.refuse(schema, f"`{name}` cannot be the name of a model", rule, words.NOTES, key=True)
            elif name not in BORN:
                told = {"schema": self.sound(schema)}
                described = text(members(schema).get("description"))
                self.found[name] = told | ({"description": described} if described else {})

    def named(self, schema: Node) -> str:
        """The model that a schema is: the one it refers to, or one made for it. Empty for one that is wrong."""
        reference = members(schema).get("$ref")
        if reference is not None and (found := SCHEMA.fullmatch(text(reference))):
            return found[1] if found[1] in BORN or self._is_there(reference, found[1]) else ""
        told = self.sound(schema)
        digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        self.found[f"MODEL{digest[:6]}"] = {"schema": told}
        return f"MODEL{digest[:6]}"

    def sound(self, node: Node) -> Any:
        """A schema as a model keeps it; what CreateModel would refuse in it is told at its place."""
        told = self.schema(node)
        if not isinstance(told, Mapping):
            self.findings.refuse(node, "a schema is a map", draft4.REFUSED, words.CREATE_MODEL)
            return {}
        for steps, message in draft4.faults(told) if self.findings.left >= 0 else ():
            self.findings.refuse(node.nearest(steps), message, draft4.REFUSED, words.CREATE_MODEL)
        return told

    def schema(self, node: Node, depth: int = 0) -> Any:
        """A schema without what models do not know, such as `example` and `nullable`: an import leaves that out."""
        if self.findings.spent(node) or self._circular(node, depth):
            return {}
        reference = members(node).get("$ref")
        if reference is not None and isinstance(reference.value, str):
            if found := SCHEMA.fullmatch(reference.value):
                self._is_there(reference, found[1])
                return {"$ref": f"{REFERENCE}{found[1]}"}
            there = self.document.at(reference, self.findings)
            return self.schema(there, depth + 1) if there is not None else {}
        if isinstance(node.value, Mapping):
            said = members(node).items()
            return {word: self._under(word, each, depth + 1) for word, each in said if draft4.says(word, each.value)}
        if isinstance(node.value, tuple):
            return tuple(self.schema(each, depth + 1) for each in items(node))
        return node.value

    def _under(self, word: str, node: Node, depth: int) -> Any:
        """What a keyword says: schemas, or a value that only looks like one."""
        if word in draft4.NAMED:
            return {name: self.schema(each, depth) for name, each in members(node).items()}
        if word in draft4.NESTED:
            return self.schema(node, depth)
        return None if self.findings.spent(node, sum(1 for _ in everything(node))) else node.plain()

    def _circular(self, node: Node, depth: int) -> bool:
        """Whether a schema leads back to itself by references that are no names of models; told once."""
        if depth > DEEPEST:
            rule = "a model refers to another by its name in the document"
            self.findings.refuse(node, "this schema refers to itself without a name", rule, words.CREATE_MODEL)
            self.findings.left = -1
        return depth > DEEPEST

    def _is_there(self, reference: Node, name: str) -> bool:
        if name in self.document.schemas or name in BORN:
            return True
        rule = f"Invalid model identifier specified: {name}"
        self.findings.refuse(reference, f"the document has no schema `{name}`", rule, words.PUT_METHOD)
        return False
