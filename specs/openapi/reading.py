"""A document as it stands in its file: JSON or YAML, OpenAPI 3.0 or Swagger 2.0, references followed within it.

What API Gateway would not even begin to read is told here: a CloudFormation template, an intrinsic function or a
variable that some other tool was to put in first, a version it does not know, a reference to another file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from specs.node import Node
from specs.openapi import words
from specs.openapi.finding import Findings, everything, items, members, text
from specs.problem import Problem
from specs.yaml_io import Bounds, Text

DOCUMENT = Bounds(bytes=1024 * 1024, values=50_000, deep=60, aliases=True)
"""Documents are longer and deeper than specs, and repeat themselves; ImportRestApi takes 6 MB, which nobody writes by
hand."""
FORMATS = "OpenAPI 2.0 and 3.0, in JSON or YAML, are what an import reads; anything else is `Invalid OpenAPI input`"
TEMPLATE = ("AWSTemplateFormatVersion", "Transform", "Resources", "Parameters", "Globals")
TAG = re.compile(r"tags are not allowed: `(![A-Z]\w*)`")
VARIABLE = re.compile(r"\$\{(?!stageVariables\.)([^}]*)\}")
FILLED_IN = (  # members in which AWS takes a value as it stands; templates have `${x}` of their own
    ("uri", "credentials", "connectionId", "integrationTarget"),
    ("authorizerUri", "authorizerCredentials", "providerARNs"),
)
INTRINSIC = re.compile(r"Fn::\w+")
DEEPEST_REFERENCE = 50


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is one. `schemas` and `schemes` by name, wherever its version keeps them."""

    root: Node
    newer: bool
    schemas: Mapping[str, Node]
    schemes: Mapping[str, Node]

    def followed(self, node: Node | None, findings: Findings) -> Node | None:
        """What a reference means; anything else is itself."""
        for _ in range(DEEPEST_REFERENCE):
            reference = members(node).get("$ref") if node is not None else None
            if node is None or reference is None or not isinstance(reference.value, str):
                return node
            node = self.at(reference, findings)
        return None

    def at(self, reference: Node, findings: Findings) -> Node | None:
        """What lies at `#/components/…`; None, and a mistake, for what is elsewhere or nowhere."""
        said = text(reference)
        if not said.startswith("#/"):
            message = f"`{said}` is in another document"
            findings.refuse(reference, message, "$ref can't be used to reference other files", words.NOTES)
            return None
        found: Node | None = self.root
        for part in said[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = members(found).get(name)
        if found is None:
            rule = "`Invalid OpenAPI input`, or an invalid model identifier"
            findings.refuse(reference, f"there is nothing at `{said}`", rule, words.IMPORT)
        return found

    def paths(self) -> Iterator[tuple[str, Node]]:
        yield from ((path, item) for path, item in members(self.root.get("paths")).items() if not path.startswith("x-"))

    @property
    def server(self) -> Node:
        """The first of its servers; Swagger has one, which is the document itself."""
        servers = self.root.get("servers")
        return next(iter(items(servers)), self.root) if self.newer else self.root


def read_document(read: Text, file: str, findings: Findings) -> Document | None:
    """The document of a parsed text, or None when it is none or cannot be filled in; then `findings` say why."""
    root = read.documents[0] if len(read.documents) == 1 else None
    template = root is not None and next((name for name in TEMPLATE if name in members(root)), None)
    if root is not None and template and "openapi" not in members(root) and "swagger" not in members(root):
        place = members(root)[template]
        message = f"this is a CloudFormation template (`{template}`), not an OpenAPI document"
        findings.refuse(place, message, FORMATS, words.IMPORT, code="E1360", key=True)
        return None
    findings.problems += [_told(problem) for problem in read.problems]
    if root is None or not read.complete:
        findings.problems += [] if read.problems else [_nothing(read, file)]
        return None
    if not _version(root, findings):
        return None
    _intrinsics(root, findings)
    if any(problem.severity == "error" for problem in findings.problems):
        return None
    newer = "openapi" in members(root)
    parts = members(root.get("components")) if newer else members(root)
    schemas, schemes = ("schemas", "securitySchemes") if newer else ("definitions", "securityDefinitions")
    return Document(root, newer, members(parts.get(schemas)), members(parts.get(schemes)))


def _told(problem: Problem) -> Problem:
    """A mistake in its YAML: what CloudFormation's tags are, and numbers that are text all the same."""
    if found := TAG.search(problem.message):
        message = f"`{found[1]}` is an intrinsic function of CloudFormation"
        return replace(problem, message=message, code="E1362", hint=f"AWS: {RESOLVED} ({words.INTRINSICS})")
    if problem.code == "E1010":
        return replace(problem, message=f"{problem.message}: it is taken as text", code="E1364", severity="warning")
    if problem.code in ("E1001", "E1007"):
        return replace(problem, hint=f"AWS: {FORMATS} ({words.IMPORT})")
    return replace(problem, hint=problem.hint or "documents are read in the bounds of specs: docs/openapi.md")


def _nothing(read: Text, file: str) -> Problem:
    message = "there is no document in it" if len(read.documents) < 2 else "there are several documents in it"
    return Problem(file, 1, 1, "", message, f"AWS: {FORMATS} ({words.IMPORT})", "E1360")


def _version(root: Node, findings: Findings) -> bool:
    if not isinstance(root.value, Mapping):
        findings.refuse(root, "an OpenAPI document is a map", FORMATS, words.IMPORT, code="E1360")
        return False
    said = root.get("openapi") or root.get("swagger")
    if said is None:
        message = "neither `openapi` nor `swagger` says which version it is: it is no OpenAPI document"
        findings.refuse(root, message, FORMATS, words.IMPORT, code="E1360")
        return False
    wanted = r"3\.0(\.\d+)?(-\w+)?|3(\.0)?" if "openapi" in root.value else r"2(\.0)?"
    if not re.fullmatch(wanted, text(said)):
        findings.refuse(said, f"API Gateway does not read version {text(said)}", FORMATS, words.IMPORT, code="E1360")
        return False
    if not isinstance((root.get("info") or root).value, Mapping) or root.get("info") is None:
        findings.refuse(root, "`info` is missing", FORMATS, words.IMPORT, code="E1360")
        return False
    return True


RESOLVED = "intrinsic functions work in CloudFormation templates only; an import takes the document as it is"


def _intrinsics(root: Node, findings: Findings) -> None:
    """What another tool was to fill in: functions of CloudFormation anywhere, variables where AWS wants a value."""
    for node in everything(root):
        for name, member in members(node).items():
            refers = name == "Ref" and len(members(node)) == 1 and isinstance(member.value, str)
            if INTRINSIC.fullmatch(name) or refers:
                message = f"`{name}` is an intrinsic function of CloudFormation"
                findings.refuse(member, message, RESOLVED, words.INTRINSICS, code="E1362", key=True)
            for each in (member, *items(member)) if any(name in names for names in FILLED_IN) else ():
                if found := VARIABLE.search(text(each)):
                    message = f"`${{{found[1]}}}` is a variable that some other tool fills in"
                    rule = "only ${stageVariables.NAME} is resolved; any other text is taken as it is, and is invalid"
                    findings.refuse(each, message, rule, words.INTEGRATIONS, code="E1362")
