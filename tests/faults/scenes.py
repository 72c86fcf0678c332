"""What faults are tried on: every topology of `examples/`, and of `topologies/` here, which has what no example shows;
made, edited in each way it allows, and deleted.

A scene is one such step in an account that stands just before it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

from ruamel.yaml import YAML

from tests.faults.folders import moments
from tests.stories.test_adopted_api import ByHand
from tests.world import ACCOUNT, World

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
HERE = Path(__file__).parent / "topologies"
HOME = ("orders", "environment")
TOPOLOGIES: Mapping[str, tuple[str, ...]] = {
    name: (name,)
    for name in (
        *("hello", "shop", "nlb", "microservices", "public", "rest-alb", "rest-nlb", "storefront"),
        *("existing-task", "adopted", "internet", "openapi", "websocket", "cloud-map"),
    )
} | {"orders": HOME}
"""By name, the files that belong together."""
CANARY = "canary-4f1d7a90c2"
"""The value of an environment variable in every service: nobody but the tasks is told (E20)."""
ADOPTED = "a1b2c3d4e5"
Documents = list[dict[str, Any]]


@dataclass(frozen=True)
class Scene:
    """From one folder of specs to the next, or to none."""

    topology: str
    step: str
    before: Documents | None
    """What stands when it begins; None: nothing does."""
    after: Documents | None
    """What is wanted from now on; None: `penstock delete` is said of all that stands."""
    hand: str = ""
    """What others do in AWS when `before` stands (tests.faults.hands)."""
    quiet: bool = False
    """Whether nobody gave cause to write anything."""
    stuck: Mapping[str, str] = field(default_factory=dict)
    """By instance: why it can never be Ready, whatever is done, as its condition says."""
    moment: str = ""
    """What becomes of the folder for a while, as `run --prune` sees it (tests.faults.folders)."""

    @property
    def name(self) -> str:
        return f"{self.topology}/{self.step}"

    @property
    def accounted(self) -> bool:
        """Whether its specs say which account they are for."""
        return any("accountId" in each["spec"].get("aws", {}) for each in (*(self.before or ()), *(self.after or ())))


# ---- what may be edited: each turns a spec into its successor, or says that it has nothing of the kind

Edit = Callable[[dict[str, Any]], bool]


def _first(spec: dict[str, Any]) -> dict[str, Any]:
    """The first service."""
    found: dict[str, Any] = next(iter(spec["services"].values()))
    return found


def _image(spec: dict[str, Any]) -> bool:
    service = _first(spec)
    if "image" in service:
        service["image"] += "-next"
    return "image" in service


def _setting(spec: dict[str, Any]) -> bool:
    service = _first(spec)
    if "image" in service:
        service["env"] = {**service.get("env", {}), "EDITED": "yes"}
    return "image" in service


def _port(spec: dict[str, Any]) -> bool:
    if "image" in _first(spec):
        _first(spec)["port"] += 1000
    return "image" in _first(spec)


def _count(spec: dict[str, Any]) -> bool:
    service = _first(spec)
    if "count" in service:
        service["count"] += 1
    return "count" in service


def _scaled(spec: dict[str, Any]) -> bool:
    service = _first(spec)
    if service.pop("count", None) is None:
        return False
    service["scaling"] = {"min": 2, "max": 4, "cpu": 60}
    return True


def _balanced(spec: dict[str, Any]) -> str:
    """The type of the load balancer in front of the tasks, empty where there is none."""
    gateway = spec.get("gateway", {})
    if gateway.get("integration") == "cloudMap":
        return ""
    implied = "network" if gateway.get("type") == "websocket" else "application"
    return str(spec.get("loadBalancer", {}).get("type", implied))


def _drained(spec: dict[str, Any]) -> bool:
    if not _balanced(spec):
        return False
    _first(spec).setdefault("targetGroup", {})["deregistrationDelay"] = "17s"
    return True


def _protocol(spec: dict[str, Any]) -> bool:
    """Another target group in its place."""
    if _balanced(spec) != "application" or "image" not in _first(spec):
        return False
    _first(spec)["protocol"] = "https"
    return True


def _route(spec: dict[str, Any]) -> bool:
    gateway = spec.setdefault("gateway", {})
    if "routes" in gateway:
        gateway["routes"][_named(gateway, "added")] = _open(gateway, next(iter(spec["services"])))
    return "routes" in gateway


def _named(gateway: dict[str, Any], name: str) -> str:
    """A route: messages have a name, requests a method and a path."""
    return name if gateway.get("type") == "websocket" else f"GET /{name}"


def _open(gateway: dict[str, Any], service: str) -> str | dict[str, str]:
    """A route for everybody: where there are authorizers and no default, it has to say so."""
    guarded = "authorizers" in gateway and "authorizer" not in gateway.get("defaults", {})
    return {"service": service, "authorizer": "none"} if guarded else service


def _described(spec: dict[str, Any]) -> bool:
    if "adopt" in spec.get("gateway", {}) or spec.get("gateway", {}).get("type") == "none":
        return False
    spec.setdefault("gateway", {})["description"] = "edited"
    return True


def _given_a_balancer(spec: dict[str, Any]) -> bool:
    """A load balancer in front of tasks that were found by Cloud Map."""
    gateway = spec.get("gateway", {})
    if gateway.get("integration") != "cloudMap":
        return False
    gateway["integration"] = "link"
    return True


def _over_the_internet(spec: dict[str, Any]) -> bool:
    """Without a VPC link, to a balancer that everybody can see and that answers nobody else."""
    gateway, balancer = spec.get("gateway", {}), spec.get("loadBalancer", {})
    if _balanced(spec) != "application" or gateway.get("type") in ("none", "websocket") or "aws" not in spec:
        return False
    if "integration" in gateway or "adopt" in gateway or not isinstance(balancer, dict) or "gatewayTls" in balancer:
        return False
    gateway["integration"] = "internet"
    spec["gateway"], spec["loadBalancer"] = gateway, {**balancer, "scheme": "internet-facing"}
    return True


def _renamed(spec: dict[str, Any]) -> bool:
    """Another service in the place of the first: what was led to that is led to this."""
    services, gateway = spec["services"], spec.get("gateway", {})
    routes = gateway.get("routes", {}) if isinstance(gateway, dict) else {}
    old = next(iter(services))
    spec["services"] = {"renamed": services[old], **{name: each for name, each in services.items() if name != old}}
    for key, route in routes.items():
        if route == old:
            routes[key] = "renamed"
        elif isinstance(route, dict) and route.get("service") == old:
            route["service"] = "renamed"
    return bool(routes)


def _exchanged(spec: dict[str, Any]) -> bool:
    """Two services have each other's port of a network load balancer."""
    first, *others = spec["services"].values()
    balancer = spec.get("loadBalancer", {})
    if balancer.get("type") != "network" or "listeners" in balancer or not others:
        return False
    ports = [each.get("listenerPort", each["port"]) for each in (first, others[0])]
    first["listenerPort"], others[0]["listenerPort"] = reversed(ports)
    return True


def _linked(spec: dict[str, Any]) -> bool:
    """A VPC link of the other generation."""
    gateway, network = spec.get("gateway", {}), spec.get("loadBalancer", {}).get("type") == "network"
    if not network or gateway.get("type") != "rest" or "adopt" in gateway:
        return False
    gateway["integration"] = "linkV1"
    return True


def _labelled(spec: dict[str, Any]) -> bool:
    spec["tags"] = {**spec.get("tags", {}), "edited": "yes"}
    return True


def _added(spec: dict[str, Any]) -> bool:
    """A service more, with a route of its own. (What a document only names is the one service's.)"""
    gateway = spec.get("gateway", {})
    if "routes" not in gateway or "openapi" in gateway:
        return False
    spec["services"]["extra"] = {"image": "public.ecr.aws/docker/library/extra:1", "port": 7000, "count": 1}
    gateway["routes"][_named(gateway, "extra")] = _open(gateway, "extra")
    return True


def _bad(spec: dict[str, Any]) -> bool:
    """An image that never becomes healthy (sandbox: the tag says so)."""
    service = _first(spec)
    service["image"] = f"{service['image'].rpartition(':')[0]}:unhealthy"
    return True


EDITS: Mapping[str, Edit] = {
    "image": _image,
    "setting": _setting,
    "port": _port,
    "count": _count,
    "scaling": _scaled,
    "draining": _drained,
    "protocol": _protocol,
    "route": _route,
    "description": _described,
    "link": _linked,
    "way": _given_a_balancer,
    "internet": _over_the_internet,
    "rename": _renamed,
    "exchange": _exchanged,
    "labels": _labelled,
    "service": _added,
}


def edited(documents: Documents, edit: Edit) -> Documents | None:
    """The documents with their ApiService edited; None when it has nothing of the kind."""
    changed = copy.deepcopy(documents)
    service = next(each for each in changed if each["kind"] == "ApiService")
    return changed if edit(service["spec"]) else None


@cache
def documents(topology: str) -> Documents:
    reader = YAML(typ="safe")
    names = [f"{each}.yaml" for each in TOPOLOGIES[topology]]
    files = [EXAMPLES / each if (EXAMPLES / each).exists() else HERE / each for each in names]
    told = [json.loads(json.dumps(each, default=str)) for file in files for each in reader.load_all(file)]
    for document in told:
        for service in document["spec"].get("services", {}).values() if document["kind"] == "ApiService" else ():
            if "image" in service:
                service["env"] = {**service.get("env", {}), "CANARY": CANARY}
    return told


def scenes(*topologies: str) -> Iterator[Scene]:
    """Of each topology: made, edited in each way and back again, deleted."""
    for topology in topologies or TOPOLOGIES:
        told = documents(topology)
        yield Scene(topology, "create", None, told)
        for name, edit in EDITS.items():
            if (changed := edited(told, edit)) is not None:
                yield Scene(topology, f"edit {name}", told, changed)
                yield Scene(topology, f"unedit {name}", changed, told)
        if topology != "adopted":
            yield Scene(topology, "delete", told, None)


def scene(name: str) -> Scene:
    topology = name.partition("/")[0]
    return next(
        each for each in (*scenes(topology), *others(topology), *accounted(), *unsettled()) if each.name == name
    )


# ---- what happens beside us, and what can never end well

DRIFTS = 12
"""How many sequences of drift there are of each topology."""
NOWHERE = {"discover": {"vpc": {"tag:Name": "nowhere"}, "subnets": {"private": {"tag:Tier": "private"}}}}


def others(*topologies: str) -> Iterator[Scene]:
    """Of each topology: drift; and of some, what nobody may answer with a write, or what only a person can mend."""
    for topology in topologies or TOPOLOGIES:
        told = documents(topology)
        if topology != "adopted":
            for seed in range(DRIFTS):
                yield Scene(topology, f"drift {seed}", told, told, hand=f"drift {seed}")
        if topology == "hello":
            yield from _beside(told)


def _beside(told: Documents) -> Iterator[Scene]:
    """On the least topology there is."""
    bad, lost = copy.deepcopy(told), copy.deepcopy(told)
    _bad(bad[0]["spec"])
    lost[0]["metadata"]["name"], lost[0]["spec"]["network"] = "lost", NOWHERE
    yield Scene("hello", "copied", told, told, hand="copied")
    yield Scene("hello", "regrouped", told, told, hand="regrouped")
    yield Scene("hello", "varied", told, told, hand="varied")
    yield Scene("hello", "reordered", told, told, hand="reordered", quiet=True)
    yield Scene("hello", "counted", told, told, hand="counted", quiet=True)
    yield Scene("hello", "retained", told, told, hand="retained", quiet=True, stuck={"hello": "Conflict"})
    yield Scene("hello", "edit bad", told, bad, stuck={"hello": "DeploymentRolledBack"})
    yield Scene("hello", "create beside", None, [*lost, *told], stuck={"lost": "ReferenceNotFound"})


def accounted() -> Iterator[Scene]:
    """Where a spec says which account it is for."""
    told = copy.deepcopy(documents("hello"))
    told[0]["spec"]["aws"]["accountId"] = ACCOUNT
    yield Scene("hello", "create accounted", None, told)
    yield Scene("hello", "edit accounted", told, edited(told, _image))


def unsettled() -> Iterator[Scene]:
    """The folder is not what it was for a while, and may be believed least of all in what it does not say."""
    told = documents("hello") + copy.deepcopy(documents("hello"))
    told = [each | {"spec": each["spec"] | {"deletionPolicy": "Delete"}} for each in told]
    told[1]["metadata"] = {"name": "second"}
    one, two = (text([each], {}) for each in told)
    for moment in moments(one, two, "hello"):
        yield Scene("hello", f"folder {moment}", told, told, moment=moment, quiet=True)


# ---- what a topology finds there


def prepared(world: World, topology: str) -> Mapping[str, str]:
    """What the example speaks of as there already; the words of the example that this account has others for."""
    if topology == "existing-task":
        world.boto("ecs").register_task_definition(
            family="billing-app", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
            containerDefinitions=[{"name": "app", "image": "app:1", "portMappings": [{"containerPort": 8080}]}],
        )  # fmt: skip
    if (EXAMPLES / topology).is_dir():  # what the spec names
        copytree(EXAMPLES / topology, world.folder / topology)
    if topology == "adopted":
        return {ADOPTED: ByHand(world).id}
    return {}


def text(documents: Documents, words: Mapping[str, str]) -> str:
    """As a file: YAML takes JSON, document by document."""
    told = "\n---\n".join(json.dumps(each) for each in documents)
    for old, new in words.items():
        told = told.replace(old, new)
    return told
