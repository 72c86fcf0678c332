"""Makes instances of documents: Environments first, then every ApiService in each Environment it names.

The layers are composed, variables put in and what the spec implies is filled in; only then is it validated, so that a
mistake is judged by what would be obeyed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeVar

from pydantic import ValidationError

from specs import wording
from specs.apiservice import ApiServiceSpec
from specs.beside import Beside
from specs.block import Block
from specs.catalog import Instance, fingerprint
from specs.checks import check_environment, check_service
from specs.checks_openapi import check_contract, guarded
from specs.compose import compose
from specs.document import Document
from specs.environment import EnvironmentSpec
from specs.fill import fill, same_as
from specs.finding import Finding
from specs.labels import too_many, wrong_labels
from specs.names import scalar_text
from specs.neighbours import missing_dependencies, refuse_cycles, refuse_duplicates, refuse_ports
from specs.node import Node, built, merge
from specs.openapi import Contract
from specs.placement import homeless, lent, misplaced
from specs.problem import Problem
from specs.suspension import too_long
from specs.variables import substitute, unresolved

Spec = TypeVar("Spec", bound=Block)


@dataclass(frozen=True, slots=True)
class Home:
    """An Environment ready to be lived in.

    `spec` is its expanded spec with places; `defaults` still have their variables in them, because they are put in
    once, with those of the service.
    """

    instance: Instance
    spec: Node
    defaults: Node | None
    variables: Mapping[str, str]


@dataclass(slots=True)
class Expanded:
    """What came of the documents: instances by address, mistakes, and the addresses to be left alone."""

    variables: Mapping[str, str]
    environments: frozenset[str] = frozenset()
    now: datetime | None = None
    beside: Beside = field(default_factory=Beside)
    instances: dict[str, Instance] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    frozen: set[str] = field(default_factory=set)
    homes: dict[str, Home] = field(default_factory=dict)


def expand_all(
    documents: Sequence[Document],
    variables: Mapping[str, str],
    now: datetime | None = None,
    beside: Beside | None = None,
) -> Expanded:
    """Every instance that the documents ask for and that nothing speaks against, as of `now` where it is known;
    `beside` has read some of the files that they name."""
    environments = frozenset(one.name for one in documents if one.kind == "Environment")
    expanded = Expanded(variables, environments, now, beside or Beside())
    twice, expanded.problems = refuse_duplicates(documents)
    expanded.frozen |= twice
    for document in sorted(documents, key=lambda one: one.kind != "Environment"):
        expanded.problems += document.report.problems
        if document.node.get("spec") is None:  # told of already; all that follows from it would be noise
            expanded.frozen |= document.addresses
        elif document.kind == "Environment":
            _environment(document, expanded)
        elif document.kind == "ApiService":
            _api_service(document, expanded)
        else:
            expanded.frozen |= document.addresses
    circles, problems = refuse_cycles(expanded.instances)
    crowded, more = refuse_ports(expanded.instances)
    known = frozenset(expanded.instances) | expanded.frozen
    expanded.problems += [*problems, *more, *missing_dependencies(expanded.instances, known)]
    expanded.frozen |= circles | crowded
    expanded.instances = {name: one for name, one in expanded.instances.items() if name not in circles | crowded}
    return expanded


def _environment(document: Document, expanded: Expanded) -> None:
    given = {**_texts(document.spec.get("vars")), **expanded.variables}
    node = substitute(document.node, given)
    spec = _with_certificates(merge(None, node.get("spec") or document.spec))
    lost = list(unresolved(document.spec, given))
    model, problems = _validate(EnvironmentSpec, spec, document, lost)
    if model:
        problems += [finding.at(spec) for finding in check_environment(model)]
        problems += _try_defaults(spec, document, lost)
    labels = {**_texts(spec.get("tags")), **_texts(node.at(("metadata", "labels")))}
    problems += _wrong_labels(node, spec, labels)
    made = _keep(document, document.name, problems, expanded)
    if made and model:
        instance = _instance(document, node, spec, Made(model, labels, None, ""))
        expanded.instances[document.name] = instance
        expanded.homes[document.name] = Home(instance, spec, document.spec.get("defaults"), given)


def _with_certificates(spec: Node) -> Node:
    balancers = spec.get("loadBalancers")
    for name, balancer in balancers.value.items() if balancers and isinstance(balancers.value, Mapping) else ():
        spec = spec.put(("loadBalancers", name), same_as(balancer))
    return spec


def _try_defaults(spec: Node, document: Document, lost: list[Problem]) -> list[Problem]:
    """Mistakes in an Environment's defaults, found by giving them to the smallest service there is."""
    defaults = spec.get("defaults")
    if defaults is None:
        return []
    smallest = built({"services": {"any": {"image": "any", "port": 80}}}, spec)
    whole = fill(compose(smallest, spec.with_value({}), defaults), home=spec, production=False)
    _, problems = _validate(ApiServiceSpec, whole, document, lost)
    return [*lent(defaults), *(problem for problem in problems if problem.path.startswith("spec.defaults"))]


def _api_service(document: Document, expanded: Expanded) -> None:
    wrong = misplaced(document)
    expanded.problems += wrong
    homes = document.environments()
    if wrong:
        expanded.frozen |= document.addresses
    for name, patch in homes.items():
        _one(document, name, patch, expanded)
    if not homes:
        _one(document, "", document.spec.with_value({}), expanded)


def _one(document: Document, environment: str, patch: Node, expanded: Expanded) -> None:
    """One instance of an ApiService, in one Environment or by itself."""
    home = expanded.homes.get(environment)
    given = home.variables if home else expanded.variables
    astray = [homeless(environment, patch, expanded.environments)] if environment and not home else []
    layers = compose(document.spec, patch, home.defaults if home else None)
    node = substitute(document.node.put(("spec",), layers), given)
    production = home is not None and home.instance.labels.get("stage") == "prod"
    whole, contract, wrong = expanded.beside.taken_in(node.get("spec") or layers)
    spec = fill(whole, home=home.spec if home else None, production=production, contract=contract)
    model, problems = _validate(ApiServiceSpec, spec, document, list(unresolved(layers, given)))
    house = home.instance.spec if home and isinstance(home.instance.spec, EnvironmentSpec) else None
    unread = bool(wrong) and contract is None  # what the document would have said is not known
    if model and not astray and not unread:
        found = chain(check_service(model, house, contract), too_long(model, expanded.now))
        problems += [each.at(spec) for each in found if not _explained(each, spec, document)]
        problems += check_contract(model, contract) if contract is not None and not wrong else ()
    problems += wrong
    own = {**_texts(spec.get("tags")), **_texts(node.at(("metadata", "labels")))}
    labels = {**(home.instance.labels if home else {}), **own}
    problems += _wrong_labels(node, spec, labels)
    if astray:  # its Environment may define what seems to be missing
        problems = [*astray, *(problem for problem in problems if problem.code not in ("E1103", "E1201"))]
    address = f"{document.name}/{environment}" if environment else document.name
    if _keep(document, address, problems, expanded) and model:
        made = Made(model, labels, home.instance if home else None, environment, contract and guarded(contract, model))
        expanded.instances[address] = _instance(document, node, spec, made)


def _explained(finding: Finding, spec: Node, document: Document) -> bool:
    return bool(finding.missing) and document.report.excuses(spec.nearest(finding.steps).path, finding.missing)


def _keep(document: Document, address: str, problems: list[Problem], expanded: Expanded) -> bool:
    """Notes the problems; whether nothing speaks against the instance, which is frozen otherwise."""
    expanded.problems += problems
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or not document.sound or address in expanded.frozen:
        expanded.frozen.add(address)
        return False
    return True


def _validate(
    model: type[Spec], spec: Node, document: Document, unresolved: list[Problem]
) -> tuple[Spec | None, list[Problem]]:
    """The model, or its mistakes; a value whose variable is `unresolved` is not blamed a second time."""
    try:
        return model.model_validate(spec.plain(), by_name=False), list(unresolved)
    except ValidationError as invalid:
        places = {(problem.file, problem.line, problem.column) for problem in unresolved}
        wrong = wording.problems(invalid, spec, document.report)
        return None, [*unresolved, *(one for one in wrong if (one.file, one.line, one.column) not in places)]


def _wrong_labels(node: Node, spec: Node, labels: Mapping[str, str]) -> Iterator[Problem]:
    place = node.at(("metadata", "labels")) or spec.get("tags") or node.get("metadata") or node
    yield from wrong_labels(node.at(("metadata", "labels")))
    yield from wrong_labels(spec.get("tags"))
    yield from too_many(labels, place)


def _texts(node: Node | None) -> dict[str, str]:
    """A map of scalars as text; what is no text is somebody else's problem."""
    members = node.value.items() if node is not None and isinstance(node.value, Mapping) else ()
    texts = {name: scalar_text(member.value) for name, member in members}
    return {name: str(text) for name, text in texts.items() if isinstance(text, str)}


@dataclass(frozen=True, slots=True)
class Made:
    """The parts of an instance that were worked out."""

    spec: ApiServiceSpec | EnvironmentSpec
    labels: Mapping[str, str]
    home: Instance | None
    environment: str
    contract: Contract | None = None


def _instance(document: Document, node: Node, spec: Node, made: Made) -> Instance:
    return Instance(
        kind="Environment" if document.kind == "Environment" else "ApiService",
        name=document.name,
        environment=made.environment,
        spec=made.spec,
        home=made.home,
        labels=made.labels,
        annotations=_texts(node.at(("metadata", "annotations"))),
        file=document.file,
        line=document.name_node.origin.line,
        hash=fingerprint(made.spec, made.labels, made.home, made.contract),
        origins={**(made.contract.origins if made.contract is not None else {}), **dict(spec.pointers())},
        contract=made.contract,
    )
