"""The load balancer as the front door: a request that enters there, from the internet or from inside the VPC.

The client speaks what the listener speaks. Its address is one of the internet's for an internet-facing balancer and one
of the VPC's for an internal one, unless `x-sandbox-client` says which. Where AWS would not answer at all, because
nothing listens or a security group says nothing, the sandbox answers 504 and says why.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

from sandbox import elsewhere, targets
from sandbox.dataplane.balancer import blocked, rule, target, target_group, task
from sandbox.dataplane.journey import Answer, Journey, Request
from sandbox.firewall import Peer, refusal
from sandbox.services import elbv2
from sandbox.world import Resource, World

SOMEBODY = "203.0.113.7"  # on the internet; RFC 5737
CLIENT = "x-sandbox-client"
CERTIFICATE = "x-sandbox-client-certificate"  # any subject; see `domains`
SECURE, PLAIN = 443, 80


def found(world: World, name: str) -> Resource | None:
    """The balancer of this DNS name; names know no case."""
    every = world.all(elbv2.LOAD_BALANCER)
    return next((each for each in every if each["DNSName"].lower() == name.lower()), None)


def enter(world: World, balancer: Resource, port: int | None, request: Request) -> tuple[Journey, Answer]:
    """One request to one load balancer, on a port or on the usual one."""
    listeners = {each["Port"]: each for each in world.all(elbv2.LISTENER, balancer.id)}
    port = port or (SECURE if SECURE in listeners else PLAIN)
    client = request.headers.get(CLIENT) or _somebody(world, balancer)
    headers = {name: value for name, value in request.headers.items() if name != CLIENT}
    host = {"host": balancer["DNSName"]} if "host" not in headers else {}
    came = request.over(headers=headers | host)
    journey = Journey(world, balancer, came, came, client=client)
    if why := _unreachable(world, balancer, listeners, port, client):
        return journey, nobody(why)
    journey.listener = listeners[port]
    if journey.listener.fields.get("MutualAuthentication", {}).get("Mode") == "verify" and CERTIFICATE not in headers:
        return journey, nobody("mutual TLS: the client shows no certificate")
    if blocked(balancer, world):
        return journey, Answer(403, "the web ACL blocks by default", b"", {"content-type": "text/html"})
    journey.hops.append(("listener", journey.listener.id))
    hops: tuple[Callable[[Journey], Answer | None], ...] = (rule, target_group, target, task)
    answer = next((answer for hop in hops if (answer := hop(journey))), None)
    assert answer, "the last hop answers"
    return journey, answer


def nobody(why: str) -> Answer:
    """There is no answer: the client's connection fails."""
    return Answer(504, f"no connection: {why}", b"", {"content-type": "text/plain"})


def _somebody(world: World, balancer: Resource) -> str:
    if balancer["Scheme"] == "internet-facing":
        return SOMEBODY
    first = targets.blocks(world, [balancer["AvailabilityZones"][0]["SubnetId"]])
    return str(ip_network(first[0])[10])


def _unreachable(world: World, balancer: Resource, listeners: dict[int, Resource], port: int, client: str) -> str:
    if balancer["State"]["Code"] not in ("active", "active_impaired"):
        return f"the load balancer is {balancer['State']['Code']}"
    if port not in listeners:
        return f"no listener has port {port}"
    caller = ip_network(client)
    if caller.version == 6 and balancer["IpAddressType"] == "ipv4":
        return "the load balancer has no IPv6 address"
    blocks = (block for each in _vpc(world, balancer) if (block := ip_network(each)).version == caller.version)
    inside = any(caller.subnet_of(block) for block in blocks)  # type: ignore[arg-type]  # one family
    if not inside and balancer["Scheme"] == "internal":
        return "an internal load balancer has no address on the internet"
    everywhere = "0.0.0.0/0" if caller.version == 4 else "::/0"
    if not inside and not any(
        _leads_out(world, zone["SubnetId"], everywhere) for zone in balancer["AvailabilityZones"]
    ):
        return "none of its subnets has a route to an internet gateway (ledger 5.2)"
    return refusal(world, Peer((), (client,)), targets.peer(world, balancer), port)


def _vpc(world: World, balancer: Resource) -> list[str]:
    vpc = elsewhere.backend(world, "ec2").vpcs[balancer["VpcId"]]
    both = (vpc.get_cidr_block_association_set(ipv6=six) for six in (False, True))
    return [each["cidr_block"] for sets in both for each in sets]


def _leads_out(world: World, subnet: str, everywhere: str) -> bool:
    """Whether the subnet's route table, its own or the VPC's main one, has a route to an internet gateway."""
    ec2 = elsewhere.backend(world, "ec2")
    vpc = ec2.get_subnet(subnet).vpc_id
    tables = [each for each in ec2.route_tables.values() if each.vpc_id == vpc]
    own = [each for each in tables if any(one.get("SubnetId") == subnet for one in each.associations)]
    chosen = own or [each for each in tables if each.main_association_id]
    routes = (route for each in chosen for route in each.routes)
    out = (each for each in routes if everywhere in (each.destination_cidr_block, each.destination_ipv6_cidr_block))
    return any(str(getattr(each.gateway, "id", "")).startswith("igw-") for each in out)
