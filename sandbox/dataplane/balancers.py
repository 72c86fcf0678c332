"""A request to a load balancer's own DNS name.

/_aws/elb/{dns-name}/...            the port is 443 where a listener has it, else 80
/_aws/elb/{dns-name}:{port}/...
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from sandbox.calls import Http, Reply
from sandbox.dataplane import DROPPED, Walk, told
from sandbox.dataplane.front import enter, found, nobody
from sandbox.dataplane.journey import Request
from sandbox.dispatch import Sandbox
from sandbox.world import World

PREFIX = "/_aws/elb/"


def serve(sandbox: Sandbox, http: Http) -> Reply:
    """The door: finds the world that has the load balancer."""
    host, _, path = http.path.removeprefix(PREFIX).partition("/")
    query = tuple(parse_qsl(http.query, keep_blank_values=True))
    kept = {name: value for name, value in http.headers.items() if name not in (*DROPPED, "host")}
    request = Request(http.method, f"/{path}", query, kept, http.body)
    with sandbox.lock:
        worlds = [sandbox.world(*place) for place in list(sandbox.worlds)]
        world = next((each for each in worlds if found(each, host.partition(":")[0])), None)
        return told(call(world, host, request) if world else Walk((), nobody("no such load balancer")))


def call(world: World, host: str, request: Request) -> Walk:
    """One request to a load balancer of this world, by its DNS name and perhaps a port."""
    name, _, port = host.partition(":")
    balancer = found(world, name)
    if balancer is None:
        return Walk((), nobody("no such load balancer"))
    journey, answer = enter(world, balancer, int(port) if port.isdecimal() else None, request)
    return Walk(tuple(journey.hops), answer)
