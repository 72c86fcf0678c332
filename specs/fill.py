"""What a spec implies without saying so: defaults that hang on something else in the spec or on its Environment.

Everything here is put *under* the spec, so what a person wrote always wins. Each rule returns a small patch.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from pydantic_core import PydanticCustomError

from specs.compute import FARGATE_SIZES
from specs.node import Node, built, merge
from specs.openapi.contract import Contract
from specs.stages import CONNECT, DEFAULT, DISCONNECT, LIVE
from specs.values import CpuUnits

SAME_AS = "same-as:"
EVERYTHING = {"rest": ("ANY /", "ANY /{proxy+}"), "websocket": (CONNECT, DISCONNECT, DEFAULT)}
"""The routes that bring everything to the only service, by type of API, where `$default` alone does not."""


def fill(spec: Node, *, home: Node | None, production: bool, contract: Contract | None = None) -> Node:
    """The ApiService's spec with everything it implies; `home` is its Environment's expanded spec, `contract` what its
    OpenAPI document asks for."""
    protect = {"protect": ["gateway", "domain"]} if production else {}
    first = merge(built({**_place(spec, home), **protect}, spec), spec)
    first = _stages(first) if not _is_none(first) else first
    for rule in (_gateway, partial(_routes, contract=contract), _services, _listener_port, _link_v1):
        first = merge(built(rule(first), first), first)
    for borrowed in (_placement(first, home), _domain(first, home)):
        first = merge(built(borrowed, first), first)
    return _resolve_certificates(_ignores(first, home))


def _members(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, Mapping) else {}


def _given(node: Node | None, *names: str) -> dict[str, object]:
    return {name: member for name in names if node is not None and (member := node.get(name)) is not None}


def _place(spec: Node, home: Node | None) -> dict[str, object]:
    """With an Environment its roles, logs, drift and the balancer `internal`; else a cluster and link of its own. A
    VPC link V1 has a network load balancer for itself."""
    socket = {"loadBalancer": {"type": "network"}} if _by_link_v1(spec) and not spec.get("loadBalancer") else {}
    if home is None:
        return {"cluster": {}, "vpcLink": {}, **socket}
    drift = {name: member for name, member in _members(home.get("drift")).items() if name != "ignoreDifferences"}
    bare = spec.get("loadBalancer") or socket or _finds_tasks(spec)
    balancer = socket if bare else {"loadBalancer": {"shared": "internal"}}
    return {**_given(home, "iam", "observability"), "drift": drift, **balancer}


def _stages(spec: Node) -> Node:
    """The one stage as one of several; where somebody wrote both, or no stage at all, checks say so."""
    gateway = spec.get("gateway") or built({}, spec)
    only = gateway.get("stage") or built({}, gateway)
    name = only.get("name") or built(DEFAULT if _kind(spec) not in EVERYTHING else LIVE, only)
    if not (_is_map(gateway) and _is_map(only) and isinstance(name.value, str)) or gateway.get("stages") is not None:
        return spec
    others = {key: member for key, member in _members(gateway).items() if key != "stage"}
    stage = built({key: member for key, member in _members(only).items() if key != "name"}, only)
    stages = built({name.value: stage}, name if only.get("name") else only)
    return spec.put(("gateway",), gateway.with_value({**others, "stages": stages}))


def _domain(spec: Node, home: Node | None) -> dict[str, object]:
    """A domain below the zone that `dns` names lies in it; one label below, its certificate is the domain's, if it lies
    where the endpoint wants it: at the edge that is us-east-1 (ledger 8.1)."""
    dns, domain = (home or spec).get("dns"), spec.at(("gateway", "domain"))
    zone, name = (dns.get("zone") if dns else None), (domain.get("name") if domain else None)
    if zone is None or name is None or not f".{name.value}".endswith(f".{zone.value}"):
        return {}
    kind, certificate = (domain.get("endpoint") if domain else None), (dns.get("certificate") if dns else None)
    at_edge = kind is not None and kind.value == "edge"
    fits = certificate is None or not at_edge or ":us-east-1:" in str(certificate.value)
    covered = fits and str(name.value).partition(".")[2] == zone.value
    return {"gateway": {"domain": {"hostedZone": zone, **(_given(dns, "certificate") if covered else {})}}}


def _gateway(spec: Node) -> dict[str, object]:
    if _is_none(spec):
        return {}
    retention = _given(spec.at(("observability", "logs")), "retention")
    throttle = _given(spec.get("gateway"), "throttle")
    stages = {name: throttle for name, stage in _members(spec.at(("gateway", "stages"))).items() if _is_map(stage)}
    defaults = {"timeout": "29s"} if _kind(spec) in EVERYTHING else {}
    return {"gateway": {"accessLogs": retention, "stages": stages, "defaults": defaults}}


def _routes(spec: Node, *, contract: Contract | None) -> dict[str, object]:
    """The defaults under every route. Scopes are those of an authorizer, and go with it. With an OpenAPI document the
    only service gets the operations that do not say what is behind them, and who may call is what the document says."""
    services, routes = _members(spec.get("services")), _members(spec.at(("gateway", "routes")))
    inherited = _given(spec.at(("gateway", "defaults")), "timeout", "throttle", "authorizer", "scopes", "apiKey")
    bare = {name: each for name, each in inherited.items() if name != "scopes"}
    if contract is None and not routes and len(services) == 1:
        everything = EVERYTHING.get(_kind(spec), (DEFAULT,))
        own = {key: {"service": next(iter(services)), **inherited} for key in everything}
    else:
        own = {key: bare if route.get("authorizer") else inherited for key, route in routes.items() if _is_map(route)}
    if _kind(spec) == "websocket":
        own = {key: each if key == CONNECT else _unasked(each) for key, each in own.items()}
    if contract is not None:
        quiet = {name: each for name, each in inherited.items() if name in ("timeout", "throttle")}
        own |= {key: quiet for key, route in routes.items() if key in contract.settled and not route.get("authorizer")}
        only = next(iter(services)) if len(services) == 1 else ""
        added = {
            key: built({"service": only, **(quiet if key in contract.settled else inherited)}, _at(contract, key))
            for key in contract.open_ended
            if only and key not in routes
        }
        return {"gateway": {"routes": {**own, **added}}}
    return {"gateway": {"routes": own}}


def _at(contract: Contract, key: str) -> Node:
    """Where an operation is written: what is wrong with its route is wrong there."""
    origin = contract.at(key)
    return Node(None, origin, origin)


def _unasked(route: Mapping[str, object]) -> dict[str, object]:
    """Of a message nobody asks whose it is: who connects is asked once."""
    return {name: each for name, each in route.items() if name not in ("authorizer", "scopes")}


def _link_v1(spec: Node) -> dict[str, object]:
    """What comes through a VPC link V1 is let in: the groups of its load balancer do not know it (ledger 5.2)."""
    balancer = spec.at(("loadBalancer", "type"))
    network = balancer is not None and balancer.value == "network"
    own = network and spec.at(("loadBalancer", "adopt")) is None
    return {"loadBalancer": {"enforcePrivateLinkRules": False}} if _by_link_v1(spec) and own else {}


def _by_link_v1(spec: Node) -> bool:
    way = spec.at(("gateway", "integration"))
    return _kind(spec) == "websocket" or (way is not None and way.value == "linkV1")


def _services(spec: Node) -> dict[str, object]:
    logs = _given(spec.at(("observability", "logs")), "retention")
    services = {name: service for name, service in _members(spec.get("services")).items() if _is_map(service)}
    return {
        "services": {
            name: {**({} if _brings(service) else {"logs": logs}), **dict(_service(service))}
            for name, service in services.items()
        }
    }


def _service(service: Node) -> Iterator[tuple[str, object]]:
    cpu, scaling = service.get("cpu"), service.get("scaling")
    if cpu is not None and service.get("memory") is None and not _brings(service):
        yield from _least_memory(cpu)
    unspoken = scaling is None and service.get("count") is None
    if unspoken or (scaling is not None and _is_map(scaling) and not _given(scaling, "cpu", "memory", "requests")):
        yield "scaling", {"cpu": 60}


def _brings(service: Node) -> bool:
    """Whether its task definition is said elsewhere, or as ECS takes it."""
    return service.get("taskDefinition") is not None or service.get("definition") is not None


def _least_memory(cpu: Node) -> Iterator[tuple[str, object]]:
    try:
        sizes = FARGATE_SIZES.get(CpuUnits().parse(cpu.value))
    except PydanticCustomError:  # validation says what is wrong with it
        return
    if sizes:
        yield "memory", sizes[0]


def _listener_port(spec: Node) -> dict[str, object]:
    """The one service behind a network load balancer of its own has the one port that is described there."""
    services, balancer = _members(spec.get("services")), spec.get("loadBalancer")
    listeners = _members(balancer.get("listeners") if balancer else None)
    kind = balancer.get("type") if balancer else None
    if (
        kind is None
        or kind.value != "network"
        or len(services) != 1
        or len(listeners) != 1
        or not all(map(_is_map, services.values()))
    ):
        return {}
    listener = _given(next(iter(listeners.values())), "port")
    return {"services": {name: {"listenerPort": port} for name in services for port in listener.values()}}


def _placement(spec: Node, home: Node | None) -> dict[str, object]:
    """The tasks run where the network says, unless their service says otherwise."""
    network = (home or spec).get("network")
    placed = _given(network, "placement") if network is not None and _is_map(network) else {}
    services = {name: service for name, service in _members(spec.get("services")).items() if _is_map(service)}
    return {"services": {name: {"network": placed} for name in services if placed}}


def _finds_tasks(spec: Node) -> bool:
    """Whether no load balancer stands in front of the tasks."""
    way = spec.at(("gateway", "integration"))
    return way is not None and way.value == "cloudMap"


def _is_none(spec: Node) -> bool:
    kind = spec.at(("gateway", "type"))
    return kind is not None and kind.value == "none"


def _kind(spec: Node) -> str:
    kind = spec.at(("gateway", "type"))
    return str(kind.value) if kind is not None else ""


def _is_map(node: Node) -> bool:
    return isinstance(node.value, Mapping)


def _ignores(spec: Node, home: Node | None) -> Node:
    """An Environment's ignored differences hold in addition to the service's own."""
    above = home.at(("drift", "ignoreDifferences")) if home else None
    if above is None or not isinstance(above.value, tuple):
        return spec
    own = spec.at(("drift", "ignoreDifferences"))
    items = (*above.value, *(own.value if own is not None and isinstance(own.value, tuple) else ()))
    return spec.put(("drift", "ignoreDifferences"), built(items, own or spec))


def _resolve_certificates(spec: Node) -> Node:
    balancer = spec.get("loadBalancer")
    return spec.put(("loadBalancer",), same_as(balancer)) if balancer else spec


def same_as(balancer: Node) -> Node:
    """The balancer with the certificate itself where a listener says `same-as:<listener>`."""
    listeners = _members(balancer.get("listeners"))
    for name, listener in listeners.items():
        said = listener.get("certificate")
        if said is not None and isinstance(said.value, str) and said.value.startswith(SAME_AS):
            other = listeners.get(said.value.removeprefix(SAME_AS))
            certificate = other.get("certificate") if other else None
            if certificate is not None:
                balancer = balancer.put(("listeners", name, "certificate"), said.with_value(certificate.value))
    return balancer
