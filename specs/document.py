"""One YAML document as it was read: what it is called, its long form, and the mistakes that need no other document."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from pydantic import ValidationError

from specs import wording
from specs.apiservice import ApiServiceSpec
from specs.compose import PLACES
from specs.compute import Service
from specs.expand import Report, Shape, did_you_mean, expand
from specs.kinds import API_VERSION, KINDS, Metadata
from specs.node import Node, dotted


@dataclass(frozen=True, slots=True)
class Document:
    """`addresses` are the instances it is about, as far as can be told; `kind` and `name` are empty where unreadable.

    `node` is the whole document in its long form. `sound` is false when something in it was refused already: its
    instances are then frozen, though the rest of it is still checked, so that every mistake is told at once.
    """

    file: str
    kind: str
    name: str
    node: Node
    report: Report
    addresses: frozenset[str]
    sound: bool

    @property
    def spec(self) -> Node:
        return self.node.get("spec") or self.node.with_value({})

    @property
    def metadata(self) -> Node:
        return self.node.get("metadata") or self.node.with_value({})

    @property
    def name_node(self) -> Node:
        return self.node.at(("metadata", "name")) or self.node

    def environments(self) -> Mapping[str, Node]:
        """The Environments it names, each with its patch (an empty one for `environment: prod`)."""
        several, one = self.spec.get("environments"), self.spec.get("environment")
        if several is not None and isinstance(several.value, Mapping):
            return several.value
        return {one.value: one.with_value({})} if one is not None and isinstance(one.value, str) else {}


def read(node: Node, file: str, *, sound: bool) -> Document:
    """The document of a node; `sound` is false when the file had mistakes in its YAML."""
    report, raw = Report(), node
    kind = _kind(node, report)
    if kind:
        node = _long_form(node, kind, report)
    name = _text(raw.at(("metadata", "name")))
    _metadata(node, report)
    document = Document(file, kind, name, node, report, frozenset(), sound and not report.problems)
    return replace(document, addresses=_addresses(document, raw))


def _text(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""


def _addresses(document: Document, raw: Node) -> frozenset[str]:
    homes = document.environments() if document.kind != "Environment" else {}
    if not document.name:
        return frozenset()
    return frozenset(f"{document.name}/{home}" for home in homes) or frozenset({document.name})


def _kind(node: Node, report: Report) -> str:
    if not isinstance(node.value, Mapping):
        report.add(node.problem("E1012", "a document should be a map with apiVersion, kind, metadata and spec"))
        return ""
    version, kind = node.get("apiVersion"), node.get("kind")
    if version is not None and version.value != API_VERSION:
        report.add(version.problem("E1012", f"apiVersion: Input should be '{API_VERSION}'"))
    if kind is None:
        report.add(node.problem("E1103", "missing field `kind`"))
    elif kind.value not in KINDS:
        hint = did_you_mean(str(kind.value), KINDS)
        report.add(kind.problem("E1012", f"kind: Input should be {wording.listed(tuple(KINDS))}", hint))
    report.problems += [node.problem("E1103", f"missing field `{name}`") for name in _outer_missing(node)]
    return str(kind.value) if kind is not None and kind.value in KINDS else ""


def _outer_missing(node: Node) -> list[str]:
    return [name for name in ("apiVersion", "metadata", "spec") if (found := node.get(name)) is None or not found]


def _long_form(node: Node, kind: str, report: Report) -> Node:
    """Short forms expanded everywhere: in the spec, in each patch, in an Environment's defaults."""
    long = expand(node, Shape(block=KINDS[kind]), (), report)
    assert long
    spec = long.get("spec")
    if kind == "Environment":
        defaults = spec.get("defaults") if spec else None
        return long.put(("spec", "defaults"), _defaults(defaults, report)) if defaults else long
    patches = spec.get("environments") if spec else None
    for name, patch in patches.value.items() if patches and isinstance(patches.value, Mapping) else ():
        long = long.put(("spec", "environments", name), _patch(name, patch, report))
    return long


def _patch(name: str, patch: Node, report: Report) -> Node:
    if patch.value is None:
        return patch.with_value({})
    _settled(patch, report)
    return cast("Node", expand(patch, Shape(block=ApiServiceSpec), ("spec", "environments", name), report))


def _settled(layer: Node, report: Report) -> None:
    """A patch, like defaults, holds in an environment that is chosen already."""
    for field in PLACES:
        if (inner := layer.get(field)) is not None:
            message = f"{dotted(inner.path)}: the environment is chosen already"
            report.add(inner.problem("E1202", message, at_key=True))


def _defaults(defaults: Node, report: Report) -> Node:
    """An Environment's defaults: an ApiService's spec, but `services` is what lies under each service."""
    services = defaults.get("services")
    if not isinstance(defaults.value, Mapping):
        return defaults
    _settled(defaults, report)
    others = defaults.with_value({name: member for name, member in defaults.value.items() if name != "services"})
    long = cast("Node", expand(others, Shape(block=ApiServiceSpec), ("spec", "defaults"), report))
    if services is None:
        return long
    under = expand(services, Shape(block=Service), ("spec", "defaults", "services"), report)
    return long.put(("services",), under) if under else long


def _metadata(node: Node, report: Report) -> None:
    metadata = node.get("metadata")
    if metadata is None:
        return
    try:
        Metadata.model_validate(metadata.plain(), by_name=False)
    except ValidationError as invalid:
        report.problems += wording.problems(invalid, metadata, report)
