"""Ports that are taken when an edit asks for them: it is done in steps, each of them an ordinary edit.

A port of a load balancer has one listener. One that is to have the port of another waits until that has left it; of two
that exchange theirs one goes by way of a port that nobody has. What an instance wants meanwhile is what its spec would
say of that step, so integrations, groups and deployments follow as ever. The steps are read off what is live: nothing
remembers how far an exchange has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from controller.seen import Seen
from drift.difference import compare
from reconcilers import Fleet, Graph, Key
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.resource import resolve
from reconcilers.survey import desire
from reconcilers.topology import balancer_of
from specs import ApiServiceSpec, Instance

HIGHEST = 65_535


@dataclass(frozen=True, slots=True)
class Claim:
    """A listener that is to have a port which another listener of the balancer has."""

    balancer: str
    port: int
    there: tuple[int, ...]
    """The ports it has itself."""


@dataclass(frozen=True)
class Ports:
    """The ports of every load balancer: who has them, who wants them, and who has to wait."""

    held: Mapping[tuple[str, int], Key]
    wanted: frozenset[tuple[str, int]]
    claims: Mapping[Key, Claim]

    @classmethod
    def of(cls, seen: Seen) -> Ports:
        held = {
            (str(live.resource.load_balancer_arn), live.resource.port): live.key for live in seen.fleet.of(Listener)
        }
        asked = dict(_asked(seen.graph, seen.fleet))
        claims = {
            key: Claim(arn, port, tuple(sorted(p for (b, p), owner in held.items() if (b, owner) == (arn, key))))
            for key, (arn, port) in asked.items()
            if held.get((arn, port), key) != key and key.instance in seen.scope - seen.problems.keys()
        }
        return cls(held, frozenset(asked.values()), claims)

    def meanwhile(self) -> dict[Key, int]:
        """By listener that has to wait: the port that it has until then."""
        taken = {*self.held, *self.wanted}
        found: dict[Key, int] = {}
        for key, claim in sorted(self.claims.items()):
            if claim.there and key != min(self._circle(key), default=None):
                found[key] = self._stays(key)
                continue
            used = {port for balancer, port in taken if balancer == claim.balancer}
            found[key] = max(used) + 1 if max(used) < HIGHEST else max({*range(1024, HIGHEST)} - used)
            taken.add((claim.balancer, found[key]))
        return found

    def _stays(self, key: Key) -> int:
        """Of the ports that it has, one that nobody else is to have, if there is one."""
        claim = self.claims[key]
        return min(claim.there, key=lambda port: ((claim.balancer, port) in self.wanted, port))

    def _circle(self, key: Key) -> list[Key]:
        """The listeners that wait for each other's ports, if this is one of them."""
        found = [key]
        while (holder := self._waits_for(found[-1])) not in found:
            if holder is None:
                return []
            found.append(holder)
        return found if holder == key else []

    def _waits_for(self, key: Key) -> Key | None:
        """Who has the port that it is to have, and cannot leave it either."""
        claim = self.claims[key]
        holder = self.held[claim.balancer, claim.port]
        stuck = holder in self.claims and self.claims[holder].there and self._stays(holder) == claim.port
        return holder if stuck else None


def stepped(seen: Seen) -> tuple[Graph, tuple[tuple[str, str], ...]]:
    """The graph, or that of the next step towards it; and for the instances that have to wait a sentence about it."""
    ports = Ports.of(seen)
    meanwhile = ports.meanwhile() if ports.claims else {}
    able = {key: port for key, port in meanwhile.items() if _can_move(seen.instances[key.instance], key.part)}
    if not able:
        return seen.graph, ()
    going = {key.instance for key in able}
    between = (
        _with_ports(seen.instances[each], {key.part: port for key, port in able.items() if key.instance == each})
        for each in sorted(going)
    )
    others = {key: want for key, want in seen.graph.items() if key.instance not in going}
    told = tuple(
        (key.instance, f"{key} is on port {port} until {ports.held[claim.balancer, claim.port]} has left {claim.port}")
        for key, port in sorted(able.items())
        for claim in [ports.claims[key]]
    )
    return {**others, **desire(between, seen.facts).graph}, told


def _asked(graph: Graph, fleet: Fleet) -> Iterator[tuple[Key, tuple[str, int]]]:
    """By wanted listener, its balancer and port; of balancers that are there, and stay."""
    stays = (
        live
        for live in fleet.of(LoadBalancer)
        if (want := graph.get(live.key)) is not None
        and not any(each.replaces for each in compare(want, live.resource, adopted=live.adopted))
    )
    known = {(live.key, name): value for live in stays for name, value in {**live.attributes, "id": live.id}.items()}
    for key, want in graph.items():
        if isinstance(want, Listener) and isinstance(arn := resolve(want.load_balancer_arn, known), str):
            yield key, (arn, want.port)


def _can_move(instance: Instance, part: str) -> bool:
    """Whether its spec can say another port: of an Environment's balancer only what services ask for, and no TLS."""
    if not isinstance(instance.spec, ApiServiceSpec):
        return False
    balancer = balancer_of(instance)
    if part not in instance.spec.services:
        return part in balancer.spec.listeners
    return balancer.owner is instance or not balancer.spec.at(instance.spec.services[part].front_port).secure


def _with_ports(instance: Instance, ports: Mapping[str, int]) -> Instance:
    """The instance as its spec would be with other ports for some of its listeners, which speak what they are to."""
    spec = instance.spec
    assert isinstance(spec, ApiServiceSpec)
    services, balancer = dict(spec.services), spec.load_balancer
    listeners = dict(balancer.listeners)
    for part, port in ports.items():
        if part in services:
            described = balancer.at(services[part].front_port)
            services[part] = services[part].model_copy(update={"listener_port": port})
            if balancer.at(port).secure != described.secure:
                listeners[f"{part}:{port}"] = described.model_copy(update={"port": port})
        else:
            listeners[part] = listeners[part].model_copy(update={"port": port})
    own = balancer.model_copy(update={"listeners": listeners})
    return replace(instance, spec=spec.model_copy(update={"services": services, "load_balancer": own}))
