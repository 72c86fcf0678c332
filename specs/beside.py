"""Files beside a spec: OpenAPI documents, schemas of models, and task definitions.

They are read when the spec is expanded, in the bounds of all YAML of strangers, each once however many instances are
made of it; what is in them becomes part of the spec, so an edited document is an edited spec.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from specs.authorizers import GUARDS
from specs.node import Node
from specs.openapi import DOCUMENT, Contract, contract_of, read_document
from specs.openapi.finding import Findings
from specs.problem import Problem
from specs.rest import FILE
from specs.yaml_io import Text, Unreadable, parse, read_file


@dataclass(slots=True)
class Beside:
    """What has been read so far, by path; `texts` are for showing lines."""

    read: dict[Path, Text] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def taken_in(self, spec: Node) -> tuple[Node, Contract | None, list[Problem]]:
        """The spec with the schemas of its models and its task definitions in it, its document's contract, and what is
        wrong with the files."""
        problems: list[Problem] = []
        models = spec.at(("gateway", "models"))
        for name, model in models.value.items() if models is not None and isinstance(models.value, Mapping) else ():
            if isinstance(model.value, Mapping) and (said := model.get("file")) is not None:
                spec = spec.put(("gateway", "models", name), self._model(model, said, problems))
        services = spec.get("services")
        for name, service in (
            services.value.items() if services is not None and isinstance(services.value, Mapping) else ()
        ):
            said = service.get("taskDefinition") if isinstance(service.value, Mapping) else None
            if said is not None and _is_file(said):
                spec = spec.put(("services", name), self._definition(service, said, problems))
        return spec, self._contract(spec, problems), problems

    def _definition(self, service: Node, said: Node, problems: list[Problem]) -> Node:
        """A service with what its file registers; the file's name has done its duty."""
        read = self._text(said, problems)
        if read is None:
            return service
        problems += read.problems
        root = read.documents[0] if len(read.documents) == 1 else None
        if root is None or not isinstance(root.value, Mapping) or service.get("definition") is not None:
            if not read.problems:
                message = f"{said.value} has no task definition in it: one document, a map"
                if service.get("definition") is not None:
                    message = "the service has a `definition` as well"
                problems.append(said.problem("E1344", message))
            return service
        assert isinstance(service.value, Mapping)
        others = {name: member for name, member in service.value.items() if name != "taskDefinition"}
        return service.with_value({**others, "definition": root})

    def _model(self, model: Node, said: Node, problems: list[Problem]) -> Node:
        """A model with the schema of its file; the file's name has done its duty."""
        if model.get("schema") is not None:
            message = "the model has a `schema` and a `file`"
            problems.append(said.problem("E1366", message, "leave one of them out", at_key=True))
            return model
        read = self._text(said, problems)
        if read is None:
            return model
        problems += read.problems
        root = read.documents[0] if len(read.documents) == 1 else None
        if root is None or not isinstance(root.value, Mapping):
            if not read.problems:
                problems.append(said.problem("E1104", f"{said.value} has no JSON Schema in it: one document, a map"))
            return model
        assert isinstance(model.value, Mapping)
        others = {name: member for name, member in model.value.items() if name != "file"}
        return model.with_value({**others, "schema": root})

    def _contract(self, spec: Node, problems: list[Problem]) -> Contract | None:
        said = spec.at(("gateway", "openapi", "file"))
        kind = spec.at(("gateway", "type"))
        if said is None or kind is None or kind.value != "rest":
            return None
        read = self._text(said, problems)
        if read is None:
            return None
        strict = spec.at(("gateway", "openapi", "failOnWarnings"))
        mode = spec.at(("gateway", "openapi", "mode"))
        findings = Findings(strict=strict is not None and strict.value is True)
        file = str(_path(said))
        document = read_document(read, file, findings)
        closes = mode is not None and mode.value == "overwrite"
        contract = contract_of(document, file, _known(spec), findings, closes=closes) if document is not None else None
        problems += findings.problems
        return contract

    def is_whole(self, path: Path) -> bool:
        """Whether a file can be read to its end."""
        try:
            return self._parsed(path).complete
        except Unreadable:
            return False

    def is_spec(self, path: Path) -> bool:
        """Whether a file that some spec names says that it is a spec itself: nobody can make another's spec vanish by
        naming it."""
        try:
            roots = [node.value for node in self._parsed(path).documents if node is not None]
        except Unreadable:
            return False
        return any(isinstance(root, Mapping) and {"apiVersion", "kind"} & root.keys() for root in roots)

    def _parsed(self, path: Path) -> Text:
        if path not in self.read:
            text = read_file(path, DOCUMENT)
            self.texts[str(path)] = text
            self.read[path] = parse(text, str(path), DOCUMENT)
        return self.read[path]

    def _text(self, said: Node, problems: list[Problem]) -> Text | None:
        """The documents of a file; None, and a mistake, where it cannot be read."""
        if not isinstance(said.value, str) or not re.fullmatch(FILE, said.value):  # validation says so
            return None
        path, folder = _path(said), Path(said.origin.file).parent
        if not path.resolve().is_relative_to(folder.resolve()):
            problems.append(said.problem("E1002", f"{path} is a link to somewhere else"))
            return None
        try:
            return self._parsed(path)
        except Unreadable as unreadable:
            wrong = unreadable.problem
            problems.append(said.problem("E1002", wrong.message) if wrong.code == "E1002" else wrong)
            return None


def _is_file(said: Node) -> bool:
    return isinstance(said.value, str) and said.value.endswith(".json")


def _path(said: Node) -> Path:
    return Path(said.origin.file).parent / str(said.value)


def files_named(node: Node) -> Iterator[Path]:
    """Every file that a document of a spec names, wherever in its layers: such a file is no spec."""
    *_, block, name, field = ("", "", "", *node.path)
    is_document = field == "openapi" or (name, field) == ("openapi", "file")
    is_definition = field == "taskDefinition" and _is_file(node)
    if isinstance(node.value, str) and (is_document or is_definition or (block, field) == ("models", "file")):
        yield _path(node)
    inner = node.value.values() if isinstance(node.value, Mapping) else ()
    for each in inner:
        yield from files_named(each)


def _known(spec: Node) -> dict[str, str]:
    authorizers = spec.at(("gateway", "authorizers"))
    named = authorizers.value if authorizers is not None and isinstance(authorizers.value, Mapping) else {}
    kinds = {name: each.get("type") if isinstance(each.value, Mapping) else None for name, each in named.items()}
    return {name: GUARDS.get(str(kind.value), "CUSTOM") for name, kind in kinds.items() if kind is not None}
