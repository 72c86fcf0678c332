"""A packet that no security group admits looks like a dead server. Here it is evaluated as EC2 does, from the rules
that the other store keeps: the caller's groups must let it out and the called one's groups must let it in (ledger 1.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from sandbox.mototime import prepared
from sandbox.store import STORE

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Peer:
    """One end of a connection: its security groups (none: nothing is filtered) and its addresses or CIDR blocks."""

    groups: tuple[str, ...]
    addresses: tuple[str, ...]


@STORE.looked_at(only=True)
def refusal(world: World, caller: Peer, called: Peer, port: int) -> str:
    """Empty when TCP from `caller` reaches `called` on `port`; otherwise a sentence saying which side refuses."""
    if caller.groups and not _any(world, caller.groups, "egress_rules", called, port):
        return f"no egress rule of {', '.join(caller.groups)} admits port {port}"
    if called.groups and not _any(world, called.groups, "ingress_rules", caller, port):
        return f"no ingress rule of {', '.join(called.groups)} admits port {port}"
    return ""


def _any(world: World, groups: tuple[str, ...], side: str, other: Peer, port: int) -> bool:
    vpcs = prepared("ec2")[world.account][world.region].groups.values()
    kept = [vpc[group] for group in groups for vpc in vpcs if group in vpc]
    return any(_admits(rule, other, port) for group in kept for rule in getattr(group, side))


def _admits(rule: Any, other: Peer, port: int) -> bool:
    protocol = str(rule.ip_protocol)
    if protocol not in ("-1", "tcp", "6"):
        return False
    if protocol != "-1" and not int(rule.from_port) <= port <= int(rule.to_port):
        return False
    if group := rule.source_group.get("GroupId"):
        return group in other.groups
    block = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
    return bool(block) and all(_within(address, block) for address in other.addresses)


@cache
def _within(address: str, block: str) -> bool:
    inner, outer = ip_network(address, strict=False), ip_network(block, strict=False)
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # same version
