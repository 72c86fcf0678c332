"""From a document to a contract: paths, operations, and what hangs on the API beside them.

Everything that AWS would refuse is told here, at its place in the document; what AWS passes over is a warning.

Sources: API Gateway developer guide, "Amazon API Gateway important notes" and "OpenAPI extensions"; ledger 6.3 to 6.10;
botocore's model of apigateway.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specs.node import Node
from specs.openapi import words
from specs.openapi.beside import api_members, responses, validators
from specs.openapi.contract import Contract, Members, Operation
from specs.openapi.finding import Findings, everything, items, members, step, text
from specs.openapi.guarding import Schemes
from specs.openapi.integrating import STATUS, integration_of
from specs.openapi.modelling import Models
from specs.openapi.reading import Document
from specs.problem import Origin

JSON = "application/json"
# The guide forgets the dollar sign, which AWS takes: aws/aws-cdk#27083
PART = re.compile(r"[A-Za-z0-9._:,$-]+|\{[A-Za-z0-9._:$-]+\+?\}")
NAME = re.compile(r"[a-zA-Z0-9:._$-]+")  # undocumented; AWS's answer is quoted in floci-io/floci#3549
PART_RULE = (
    "path segments can only contain alphanumeric characters, underscores, hyphens, periods, commas, colons, and curly "
    "braces; path parameters must be separate segments"
)
NOT_METHODS = {"parameters", "summary", "description", "servers", "$ref"}


@dataclass(slots=True)
class _Reader:
    """One document being read."""

    document: Document
    findings: Findings
    schemes: Schemes
    models: Models
    validators: Mapping[str, Members]
    origins: dict[str, Origin]

    def operations(self) -> Iterator[tuple[str, Operation]]:
        for path, node in self.document.paths():
            item = self.document.followed(node, self.findings) or node
            if self.findings.spent(node, len(members(item))):
                return
            for name, operation in members(item).items():
                verb = "ANY" if name == words.ANY else name.upper()
                if name in words.VERBS or verb == "ANY":
                    key = f"{verb} {path.rstrip('/') or '/'}"
                    self.origins[step("gateway", "routes", key)] = operation.key
                    yield key, self.operation(item, operation)
                elif name not in NOT_METHODS and not name.startswith("x-"):
                    hint = f"methods are {', '.join((*words.VERBS, words.ANY))}"
                    self.findings.warn(operation, f"API Gateway has no method `{name}`", hint)

    def operation(self, item: Node, operation: Node) -> Operation:
        parameters = self.parameters(item, operation)
        told: dict[str, Any] = {"requestParameters": {}, "responses": {}}
        if name := text(operation.get("operationId")):
            told["operationName"] = name
        told["requestParameters"] = self.places(parameters)
        told["requestModels"] = self.body(operation, parameters)
        if validator := self.validator(operation):
            told["requestValidator"] = validator
        told["responses"] = self.responses(operation)
        said = self.document.followed(operation.get(words.INTEGRATION), self.findings)
        if said is not None and self.findings.spent(operation, sum(1 for _ in everything(said))):
            said = None
        integration = integration_of(said, told, self.findings) if said is not None and said.value else None
        return Operation(self.schemes.guard(operation), told, integration)

    def parameters(self, item: Node, operation: Node) -> list[Node]:
        """Those of the operation, and those of its path that it does not say again."""
        if self.findings.spent(operation, sum(len(items(node.get("parameters"))) for node in (item, operation))):
            return []
        shared, own = (
            [found for each in items(node.get("parameters")) if (found := self.document.followed(each, self.findings))]
            for node in (item, operation)
        )
        known = {(text(each.get("in")), text(each.get("name"))) for each in own}
        return [*(each for each in shared if (text(each.get("in")), text(each.get("name"))) not in known), *own]

    def places(self, parameters: list[Node]) -> dict[str, bool]:
        """Parameters as methods declare them, with whether they have to be there."""
        found: dict[str, bool] = {}
        names: dict[str, str] = {}
        for each in parameters:
            place, name = text(each.get("in")), text(each.get("name"))
            if place == "body":
                continue
            if place not in words.PLACES:
                self.findings.warn(each, f"API Gateway knows no parameters in `{place}`", key=False)
                continue
            if not NAME.fullmatch(name):
                rule = f"Parameter name should match the following regular expression: ^{NAME.pattern}$"
                self.findings.refuse(each, f"`{name}` cannot be the name of a parameter", rule, words.PUT_METHOD)
            if names.setdefault(name, place) != place:
                rule = "Parameter names must be unique across querystring, header and path"
                message = f"`{name}` is a parameter in the {names[name]} already"
                self.findings.refuse(each, message, rule, words.PUT_METHOD)
            required = each.get("required")
            found[f"method.request.{words.PLACES[place]}.{name}"] = required is not None and required.value is True
        return found

    def body(self, operation: Node, parameters: list[Node]) -> dict[str, str]:
        """The model of each content type that a body may have."""
        if self.document.newer:
            found = self.document.followed(operation.get("requestBody"), self.findings)
            return self._models(members(found).get("content"))
        schema = next((each.get("schema") for each in parameters if text(each.get("in")) == "body"), None)
        return self._for_all("consumes", operation, schema)

    def responses(self, operation: Node) -> dict[str, dict[str, Any]]:
        """By status; `default` is no status, and is passed over."""
        told: dict[str, dict[str, Any]] = {}
        for status, written in members(operation.get("responses")).items():
            if status == "default" or status.startswith("x-"):
                continue
            if not STATUS.fullmatch(status):
                rule = "a status code matches [1-5]\\d\\d (botocore, StatusCode)"
                self.findings.refuse(written, f"`{status}` is no status", rule, words.PUT_METHOD, key=True)
                continue
            response = self.document.followed(written, self.findings) or written
            headers = members(response.get("headers"))
            if self.findings.spent(written, len(headers) + len(members(response.get("content")))):
                break
            told[status] = {"responseParameters": {f"method.response.header.{name}": False for name in headers}}
            told[status]["responseModels"] = (
                self._models(response.get("content"))
                if self.document.newer
                else self._for_all("produces", operation, response.get("schema"))
            )
        return told

    def validator(self, operation: Node) -> str:
        said = operation.get(words.VALIDATOR) or self.document.root.get(words.VALIDATOR)
        if said is not None and text(said) not in self.validators:
            rule = "Invalid Request Validator identifier specified"
            message = f"`{words.VALIDATORS}` has no `{text(said)}`"
            self.findings.refuse(said, message, rule, words.PUT_METHOD)
        return text(said)

    def _models(self, content: Node | None) -> dict[str, str]:
        schemas = {kind: each.get("schema") for kind, each in members(content).items()}
        return {kind: name for kind, each in schemas.items() if each is not None and (name := self._named(each))}

    def _for_all(self, field: str, operation: Node, schema: Node | None) -> dict[str, str]:
        """Swagger says one schema for all content types."""
        name = self._named(schema) if schema is not None else ""
        kinds = [text(each) for each in items(operation.get(field) or self.document.root.get(field))] or [JSON]
        return dict.fromkeys(kinds, name) if name else {}

    def _named(self, schema: Node) -> str:
        return self.models.named(schema) if members(schema) else ""


def contract_of(
    document: Document, file: str, known: Mapping[str, str], findings: Findings, *, closes: bool
) -> Contract:
    """What a document asks for. `known` are the authorizers of the spec, with what a method that they guard says."""
    schemes, models = Schemes(document, known, findings), Models(document, findings)
    origins: dict[str, Origin] = {}
    schemes.all()
    models.all()
    reader = _Reader(document, findings, schemes, models, validators(document, findings), origins)
    paths = tuple(_paths(document, findings, origins))
    operations = dict(reader.operations())
    _passed_over(document, findings)
    origins |= {step("gateway", "models", name): schema.key for name, schema in document.schemas.items()}
    origins |= {step("gateway", "authorizers", name): document.schemes[name].key for name in schemes.authorizers}
    return Contract(
        file=file,
        closes=closes,
        api=api_members(document, findings, origins),
        paths=paths,
        operations=operations,
        models=models.found,
        validators=reader.validators,
        responses=responses(document, findings),
        authorizers=schemes.authorizers,
        origins=origins,
    )


def _passed_over(document: Document, findings: Findings) -> None:
    """Extensions of API Gateway's that nothing is made of, each told once."""
    found: dict[str, Node] = {}
    for node in everything(document.root):
        for name, member in members(node).items():
            if name.startswith("x-amazon-apigateway-") and name not in words.KNOWN:
                found.setdefault(name, member)
    for name, member in found.items():
        hint = words.HTTP_ONLY.get(name, "Penstock does not know this extension")
        findings.warn(member, f"nothing is made of `{name}`", hint)


def _paths(document: Document, findings: Findings, origins: dict[str, Origin]) -> Iterator[str]:
    """Every path, in the form that resources have; those that CreateResource would refuse are told (ledger 6.3)."""
    variables: dict[str, str] = {}
    for path, item in document.paths():
        if not path.startswith("/"):
            rule = "a path begins with a slash (OpenAPI, Paths Object)"
            findings.refuse(item, f"`{path}` is no path", rule, words.IMPORT, key=True)
            continue
        path = path.rstrip("/") or "/"  # noqa: PLW2901  the same path as API Gateway has it
        origins[step("gateway", "openapi", "paths", path)] = item.key
        above = ""
        for part in path.strip("/").split("/") if path != "/" else ():
            message = rule = source = ""
            if not PART.fullmatch(part):
                message, rule, source = f"`{part}` is no segment of a path", PART_RULE, words.NOTES
            elif above.endswith("+}"):
                message, rule = f"nothing stands below `{above.rpartition('/')[2]}`", "a greedy parameter is the last"
                source = words.CREATE_RESOURCE
            elif part.startswith("{") and (first := variables.setdefault(above, part)) != part:
                message = f"this place has the parameter {first} already: {part} cannot stand beside it"
                rule = f"A sibling ({first}) of this resource already has a variable path part"
                source = words.CREATE_RESOURCE
            if message:
                findings.refuse(item, message, rule, source, key=True)
                break
            above = f"{above}/{part}"
        yield path
