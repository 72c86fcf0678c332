"""What API Gateway finds on the internet: a load balancer, by its own DNS name or by a record that leads there.

An integration that goes to `INTERNET` resolves the host of its URI as anybody would, so an internal load balancer is
not found by its name: its addresses are the VPC's.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox import elsewhere
from sandbox.firewall import Peer
from sandbox.services import elbv2
from sandbox.world import Resource, World

CALLER = Peer((), ("203.0.113.1",))  # an address of API Gateway's, as a public load balancer sees it
PORTS = {"http": 80, "https": 443}
_HOPS = 8  # of names that lead to names


def balancer_at(world: World, host: str) -> Resource | None:
    """The internet-facing load balancer that this name resolves to, through public records of Route 53."""
    name = _plain(host)
    for _ in range(_HOPS):
        for each in world.all(elbv2.LOAD_BALANCER):
            if _plain(each["DNSName"]) == name:
                return each if each["Scheme"] == "internet-facing" else None
        if not (name := _next(world, name)):
            break
    return None


def host_of(uri: str) -> str:
    """The Host header of a request to it: the port is only told where it is not the usual one (RFC 9110 7.2)."""
    place = urlsplit(uri)
    return place.netloc if place.port not in (None, PORTS[place.scheme]) else place.hostname or ""


def _next(world: World, name: str) -> str:
    """Where a record of this name leads: an alias, or a CNAME."""
    for zone in elsewhere.backend(world, "route53").zones.values():
        for record in zone.rrsets if not zone.private_zone else ():
            if _plain(record.name) != name:
                continue
            if record.alias_target:
                return _plain(record.alias_target["DNSName"])
            if record.type == "CNAME":
                return _plain(record.records[0])
    return ""


def _plain(name: str) -> str:
    return name.rstrip(".").lower().removeprefix("dualstack.")
