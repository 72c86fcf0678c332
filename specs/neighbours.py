"""What only several documents together can get wrong: one name twice, and dependencies in a circle."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from specs.apiservice import ApiServiceSpec
from specs.catalog import Instance
from specs.document import Document
from specs.environment import EnvironmentSpec
from specs.problem import Problem


def refuse_duplicates(documents: Sequence[Document]) -> tuple[frozenset[str], list[Problem]]:
    """Addresses that more than one document claims, and a problem at the name in each of these documents."""
    claims: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        for address in document.addresses if document.kind else ():
            claims[address].append(document)
    environments = {document.name for document in documents if document.kind == "Environment"}
    for document in documents:
        if document.kind == "ApiService" and document.name in environments and document.name not in document.addresses:
            claims[document.name].append(document)
    refused = {address: claimants for address, claimants in claims.items() if len(claimants) > 1}
    problems = [_claim(one, address, claimants) for address, claimants in refused.items() for one in claimants]
    both = {address for claimants in refused.values() for one in claimants for address in one.addresses}
    clash = {address for address in both if address in refused or address.split("/")[0] in refused}
    return frozenset(clash | set(refused)), problems


def _claim(document: Document, address: str, claimants: Iterable[Document]) -> Problem:
    other = next(one for one in claimants if one is not document)
    kind = "" if other.kind == document.kind else f", an {other.kind}"
    name, place = document.name_node, other.name_node.origin
    return name.problem("E1205", f"metadata.name: `{address}` is also in {place}{kind}; both are left alone")


def refuse_cycles(instances: Mapping[str, Instance]) -> tuple[frozenset[str], list[Problem]]:
    """Addresses whose dependencies lead back to themselves, and a problem at each dependency on the way."""
    left = dict(instances)
    refused: set[str] = set()
    problems: list[Problem] = []
    while True:
        graph = {address: set(needs(one)) & left.keys() for address, one in left.items()}
        try:
            tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            shown = " → ".join(circle)
            problems += [_step(left[one], other, shown) for one, other in pairwise(circle)]
            refused.update(circle)
            left = {address: one for address, one in left.items() if address not in refused}
        else:
            return frozenset(refused), problems


def refuse_ports(instances: Mapping[str, Instance]) -> tuple[frozenset[str], list[Problem]]:
    """Addresses of services that want one port of a shared network load balancer, and a problem at each of them."""
    claims: dict[tuple[str, str, int], list[tuple[Instance, str]]] = defaultdict(list)
    for one in instances.values():
        for claim, service in _claimed(one):
            claims[claim].append((one, service))
    twice = {claim: claimants for claim, claimants in claims.items() if len({one.address for one, _ in claimants}) > 1}
    problems = [
        _port(one, service, claim, next(other for other, _ in claimants if other is not one))
        for claim, claimants in twice.items()
        for one, service in claimants
    ]
    return frozenset(one.address for claimants in twice.values() for one, _ in claimants), problems


def _claimed(instance: Instance) -> Iterator[tuple[tuple[str, str, int], str]]:
    """The ports of a shared network load balancer that an ApiService takes, each with its service."""
    home, spec = instance.home, instance.spec
    if home is None or not isinstance(spec, ApiServiceSpec) or not isinstance(home.spec, EnvironmentSpec):
        return
    shared = spec.load_balancer.shared
    if shared is not None and home.spec.load_balancers[shared].type == "network":
        for name, service in spec.services.items():
            yield (home.address, shared, service.front_port), name


def _port(one: Instance, service: str, claim: tuple[str, str, int], other: Instance) -> Problem:
    _, balancer, port = claim
    pointer = f"/services/{service}/listenerPort"
    place, theirs = one.origins[pointer], f"{other.file}:{other.line}"
    path = f"spec.services.{service}.listenerPort"
    message = f"{path}: {other.address} in {theirs} has port {port} of `{balancer}` too; both are left alone"
    return Problem(place.file, place.line, place.column, path, message, code="E1341")


def needs(instance: Instance) -> tuple[str, ...]:
    """The addresses it depends on: services of the same environment."""
    place = f"/{instance.environment}" if instance.environment else ""
    return tuple(f"{name}{place}" for name in getattr(instance.spec, "depends_on", ()))


def missing_dependencies(instances: Mapping[str, Instance], known: frozenset[str]) -> list[Problem]:
    """Warnings for dependencies that are not in these files; they may well be elsewhere."""
    return [
        _at(one, number, "E1208", f"{other} is not in these files; it is waited for only if it is", "warning")
        for one in instances.values()
        for number, other in enumerate(needs(one))
        if other not in known and other.split("/")[0] not in known
    ]


def _step(instance: Instance, other: str, circle: str) -> Problem:
    return _at(instance, needs(instance).index(other), "E1207", f"the dependencies lead in a circle: {circle}")


def _at(instance: Instance, number: int, code: str, message: str, severity: str = "error") -> Problem:
    place = instance.origins[f"/dependsOn/{number}"]
    path = f"spec.dependsOn[{number}]"
    warning = severity == "warning"
    return Problem(
        place.file,
        place.line,
        place.column,
        path,
        f"{path}: {message}",
        code=code,
        severity="warning" if warning else "error",
    )
