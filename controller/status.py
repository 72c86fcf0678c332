"""What we tell people about an instance: its conditions, and each of its resources.

`sync` says whether AWS is as the spec says, `health` whether it works; the health of a whole is its worst part's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.conditions import Condition, conditions
from controller.executor import Outcome
from controller.picture import Picture
from controller.seen import Seen, suspensions
from drift import Action, Change
from drift.plan import WRITES
from drift.policy import Refusal
from reconcilers import Aws, Key, Live
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.domains.api_mapping import ApiMapping
from reconcilers.domains.domain_name import called
from reconcilers.facts import Lent
from reconcilers.gateway.http_api import HttpApi
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.gateway.stage import Stage
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi
from reconcilers.topology import balancer_of, front_of, has_api, services
from specs import ApiServiceSpec, Instance
from specs.stages import DEFAULT


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    address: str
    kind: str
    id: str
    sync: str
    health: str

    def to_json(self) -> dict[str, str]:
        return {"address": self.address, "kind": self.kind, "id": self.id, "sync": self.sync, "health": self.health}


@dataclass(frozen=True, slots=True)
class Status:
    """One instance after one pass."""

    name: str
    environment: str
    sync: str
    health: str
    url: str
    generation: int
    observed_generation: int
    conditions: tuple[Condition, ...]
    resources: tuple[ResourceStatus, ...] = ()
    running: int = 0
    desired: int = 0
    file: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.name}/{self.environment}" if self.environment else self.name

    @property
    def ready(self) -> bool:
        return self.condition("Ready").status == "True"

    @property
    def stalled(self) -> bool:
        """Whether waiting does not help: somebody has to act first."""
        return self.condition("Stalled").status == "True"

    def condition(self, type: str) -> Condition:
        return next(each for each in self.conditions if each.type == type)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "environment": self.environment,
            "sync": self.sync,
            "health": self.health,
            "url": self.url,
            "urls": dict(self.urls),
            "generation": self.generation,
            "observedGeneration": self.observed_generation,
            "tasks": {"running": self.running, "desired": self.desired},
            "conditions": [each.to_json() for each in self.conditions],
            "resources": [each.to_json() for each in self.resources],
        }


def summarise(
    aws: Aws, seen: Seen, outcomes: Iterable[Outcome] = (), refusals: Iterable[Refusal] = ()
) -> tuple[Status, ...]:
    """One status per instance of the pass."""
    outcomes, refusals = tuple(outcomes), tuple(refusals)
    standing = suspensions(seen, aws.now)
    pictures = (
        Picture(
            seen,
            address,
            seen.plan.of(address),
            tuple(each for each in outcomes if each.change.key.instance == address),
            tuple(each for each in refusals if each.instance == address),
            standing.get(address, ""),
        )
        for address in sorted(seen.scope)
    )
    return tuple(_status(aws, picture) for picture in pictures)


def _status(aws: Aws, picture: Picture) -> Status:
    seen, address = picture.seen, picture.address
    instance = seen.instances[address]
    urls = urls_of(aws, picture.lives) if has_api(instance) else front_urls(aws, instance, seen)
    running, desired = running_tasks(picture.lives)
    return Status(
        instance.name,
        instance.environment,
        picture.sync,
        picture.health,
        _url(instance, urls),
        seen.generation(address) + (not seen.applied_is_current(address)),
        seen.generation(address),
        tuple(conditions(picture)),
        tuple(_resources(seen, address)),
        running,
        desired,
        instance.file,
        urls,
    )


def _resources(seen: Seen, address: str) -> Iterator[ResourceStatus]:
    changes = {change.key: change for change in seen.plan.of(address)}
    for key in seen.graph:
        if key.instance == address:
            yield _resource(seen, key, changes.get(key))


def _resource(seen: Seen, key: Key, change: Change | None) -> ResourceStatus:
    live = next((each for each in seen.fleet.by_key.get(key, ()) if not each.leaving), None)
    action = change.action if change is not None else None
    differs = action in WRITES or (change is not None and change.stalled)
    sync = "Unknown" if action is Action.UNKNOWN else "OutOfSync" if differs else "InSync"
    if live is None:
        health = "Unknown" if action is Action.UNKNOWN else "Missing"
    elif live.failed:
        health = "Degraded"
    else:
        health = "Progressing" if live.pending or live.settling else "Healthy"
    return ResourceStatus(key.address, key.kind, live.id if live is not None else "", sync, health)


def _url(instance: Instance, urls: Mapping[str, str]) -> str:
    """The stage named like the environment, else `$default`, else the first written (cli.md §0)."""
    written = instance.spec.gateway.stages if isinstance(instance.spec, ApiServiceSpec) else ()
    return next((urls[name] for name in (instance.environment, DEFAULT, *written, *urls) if name in urls), "")


def urls_of(aws: Aws, lives: Iterable[Live[Any]]) -> dict[str, str]:
    """By stage, the address that opens from here: the custom domain's, else API Gateway's own, or the override's, where
    no name of ours leads (cli.md §0)."""
    lives = tuple(lives)
    below = _below_domains(aws, lives)
    stages = [live.resource for live in lives if isinstance(live.resource, (Stage, RestStage))]
    found: dict[str, str] = {}
    for api in (live for live in lives if isinstance(live.resource, (HttpApi, RestApi, WebSocketApi))):
        kind = RestStage if isinstance(api.resource, RestApi) else Stage
        for name in (stage.stage_name for stage in stages if isinstance(stage, kind)):
            if name in below and (not aws.endpoint or api.resource.disable_execute_api_endpoint):
                found[name] = below[name]
            elif aws.endpoint:
                found[name] = (
                    f"{_spoken(aws.endpoint, isinstance(api.resource, WebSocketApi))}/_aws/execute-api/{api.id}/{name}"
                )
            else:
                found[name] = f"{api.attributes['endpoint']}{'' if name == DEFAULT else f'/{name}'}"
    return found


def _spoken(address: str, socket: bool) -> str:  # noqa: FBT001  it is the fact
    """An address as its clients speak to it: `ws:` where the API speaks WebSocket."""
    return address.replace("http", "ws", 1) if socket else address


def _below_domains(aws: Aws, lives: tuple[Live[Any], ...]) -> dict[str, str]:
    """By stage, its address below a custom domain."""
    socket = any(isinstance(live.resource, WebSocketApi) for live in lives)
    root = f"{_spoken(aws.endpoint, socket)}/_aws/domain/" if aws.endpoint else _spoken("https://", socket)
    mappings = [live.resource for live in lives if isinstance(live.resource, ApiMapping)]
    return {
        each.stage: f"{root}{called(str(each.domain_name))['domainName']}/{each.api_mapping_key}".rstrip("/")
        for each in reversed(mappings)
    }


def front_urls(aws: Aws, instance: Instance, seen: Seen) -> dict[str, str]:
    """Without an API: the load balancer's own address, which behind a network one each service has with its port. Of
    the listeners of somebody else's those on port 443 are taken to speak TLS."""
    balancer, name = balancer_of(instance), _front_name(instance, seen)
    found: dict[str, str] = {}
    for service in services(instance) if name else ():
        front = front_of(instance, service)
        secure = front.listener.secure or (balancer.spec.adopt is not None and front.port == 443)
        scheme, usual = ("https", 443) if secure else ("http", 80)
        host = name if front.port == usual else f"{name}:{front.port}"
        url = f"{aws.endpoint}/_aws/elb/{host}/" if aws.endpoint else f"{scheme}://{host}/"
        found[service if balancer.network else DEFAULT] = url
    return found


def _front_name(instance: Instance, seen: Seen) -> str:
    """The DNS name of the load balancer that is the front door; empty while nobody knows it."""
    balancer = balancer_of(instance)
    if balancer.spec.adopt is not None:
        lent = seen.facts.balancers.get(balancer.spec.adopt)
        return lent.dns_name if isinstance(lent, Lent) else ""
    lives = seen.fleet.by_key.get(LoadBalancer.key(balancer.owner.address, balancer.name), ())
    return lives[0].attributes["dns_name"] if lives else ""


def running_tasks(lives: Iterable[Live[Any]]) -> tuple[int, int]:
    """How many tasks of the services among these run, and how many should."""
    told = [live.attributes for live in lives if "running" in live.attributes]
    return sum(int(each["running"]) for each in told), sum(int(each["desired"]) for each in told)
