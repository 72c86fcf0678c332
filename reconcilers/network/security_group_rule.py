"""Security group rules: who may talk to whom, each letting in only the port it must.

A group is a closed parent and the natural key is a rule's identity: direction, protocol, ports and peer make its
address, so a rule revoked and made again by hand is ours again, and any other rule in the group is drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws, batched
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.network.security_group import SecurityGroup, ec2_tag
from reconcilers.ownership import tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import (
    BALANCER,
    EVERY_PORT,
    LINK,
    Balancer,
    balancer_of,
    balancers,
    by_internet,
    by_link_v1,
    finds_tasks,
    has_api,
    listener_ports,
    owns_link,
    owns_platform,
    services,
)
from specs import Instance

EVERYBODY = ("0.0.0.0/0", "::/0")
ALL = -1
"""How AWS writes "every port" of every protocol."""


class SecurityGroupRule(Resource):
    group_id: Immutable[Link]
    is_egress: Immutable[bool]
    ip_protocol: Immutable[str] = "tcp"
    from_port: Immutable[int]
    to_port: Immutable[int]
    referenced_group: Immutable[Link | None] = None
    cidr_ipv4: Immutable[str | None] = None
    cidr_ipv6: Immutable[str | None] = None
    prefix_list_id: Immutable[str | None] = None
    description: str = ""


class SecurityGroupRules(Reconciler[SecurityGroupRule]):
    kind = SecurityGroupRule
    needs = (SecurityGroup,)
    closed = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, SecurityGroupRule]]:
        chain = Chain(instance, facts)
        if owns_link(instance):
            yield from chain.link()
        for name in services(instance):
            yield from chain.tasks(name)
        for balancer in balancers(instance):
            yield from chain.balancer(balancer)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[SecurityGroupRule]]:
        groups = {live.id: live.key for live in look.of(SecurityGroup)}
        for ids in batched(sorted(groups), 200):  # EC2 takes 200 values in a filter
            where = [{"Name": "group-id", "Values": ids}]
            for found in aws.ec2.pages(
                "describe_security_group_rules", "SecurityGroupRules", Filters=where, MaxResults=1000
            ):
                yield _live(found, groups)

    def create(self, aws: Aws, key: Key, want: SecurityGroupRule, name: str) -> Made:
        allow = aws.ec2.authorize_security_group_egress if want.is_egress else aws.ec2.authorize_security_group_ingress
        tags = [{"ResourceType": "security-group-rule", "Tags": tag_list(want.tags or {})}]
        made = allow(GroupId=want.group_id, IpPermissions=[permission(want)], TagSpecifications=tags)
        return {"id": made["SecurityGroupRules"][0]["SecurityGroupRuleId"]}

    def update(self, aws: Aws, live: Live[SecurityGroupRule], want: SecurityGroupRule, changed: frozenset[str]) -> None:
        rule = {
            "IpProtocol": want.ip_protocol,
            "FromPort": want.from_port,
            "ToPort": want.to_port,
            "Description": want.description,
        } | {name: value for name, value in _peer(want).items() if value}
        aws.ec2.modify_security_group_rules(
            GroupId=want.group_id,
            SecurityGroupRules=[{"SecurityGroupRuleId": live.id, "SecurityGroupRule": rule}],
        )

    def delete(self, aws: Aws, live: Live[SecurityGroupRule]) -> None:
        rule = live.resource
        revoke = aws.ec2.revoke_security_group_egress if rule.is_egress else aws.ec2.revoke_security_group_ingress
        revoke(GroupId=rule.group_id, SecurityGroupRuleIds=[live.id])

    def tag(self, aws: Aws, live: Live[SecurityGroupRule], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        ec2_tag(aws, live.id, put, drop)

    def parent_of(self, live: Live[SecurityGroupRule]) -> str:
        return str(live.resource.group_id)


class Chain:
    """The rules that join link, load balancer and tasks."""

    def __init__(self, instance: Instance, facts: Facts) -> None:
        self.instance, self.facts = instance, facts

    def link(self) -> Iterator[tuple[Key, SecurityGroupRule]]:
        """The link reaches the listeners of its owner's balancer; an Environment's reaches any balancer in its VPC."""
        if self.instance.kind == "Environment":
            for cidr in self.facts.network(self.instance).cidrs:
                yield self.rule(LINK, "egress", EVERY_PORT, cidr)
            return
        for balancer in balancers(self.instance):
            for ports in listener_ports(balancer):
                yield self.rule(LINK, "egress", ports, (self.instance.address, balancer.part(BALANCER)))
        for name in services(self.instance) if finds_tasks(self.instance) else ():
            yield self.towards(LINK, name)
        lent = balancer_of(self.instance)
        for ports in listener_ports(lent) if lent.spec.adopt is not None and not finds_tasks(self.instance) else ():
            for peer in self._lent(lent):
                yield self.rule(LINK, "egress", ports, peer)

    def balancer(self, balancer: Balancer) -> Iterator[tuple[Key, SecurityGroupRule]]:
        """A balancer is reached by the link only, unless it is the front door itself or API Gateway comes over the
        internet. A service never writes into its Environment's groups, so what leaves a shared balancer may go anywhere
        in the VPC."""
        group = balancer.part(BALANCER)
        for ports in listener_ports(balancer):
            for peer in self._callers(balancer):
                yield self.rule(group, "ingress", ports, peer)
        if self.instance.kind == "Environment":
            for cidr in self.facts.network(self.instance).cidrs:
                yield self.rule(group, "egress", EVERY_PORT, cidr)
        for name in services(self.instance):
            yield self.towards(group, name)

    def _callers(self, balancer: Balancer) -> Iterator[str | tuple[str, str]]:
        """The link's group, and the CIDRs of whoever else may connect."""
        if by_link_v1(self.instance):
            return
        if has_api(self.instance) and not by_internet(self.instance):
            yield self.linked
            yield from balancer.spec.ingress
        elif balancer.spec.ingress:
            yield from balancer.spec.ingress
        elif balancer.spec.scheme == "internal":
            network = self.facts.network(self.instance)
            yield from network.cidrs
            yield from network.cidrs_v6 if balancer.spec.ip_address_type == "dualstack" else ()
        else:
            yield from EVERYBODY if balancer.spec.ip_address_type == "dualstack" else EVERYBODY[:1]

    @property
    def linked(self) -> tuple[str, str]:
        """The link's group."""
        return (self.instance.address if owns_platform(self.instance) else self.instance.environment), LINK

    def towards(self, group: str, name: str) -> tuple[Key, SecurityGroupRule]:
        """The instance's own balancer or link, which wears `group`, reaches a service's tasks on their port."""
        port = services(self.instance)[name].port
        return self.rule(group, "egress", (port, port), (self.instance.address, name))

    def tasks(self, name: str) -> Iterator[tuple[Key, SecurityGroupRule]]:
        """Tasks are reached by their balancer on their port, or by the link itself, and reach out unless the spec says
        where to."""
        service = services(self.instance)[name]
        for peer in self._reached_by():
            yield self.rule(name, "ingress", (service.port, service.port), peer)
        if service.network.egress is None:
            yield self.rule(name, "egress", (ALL, ALL), "0.0.0.0/0")
        for each in service.network.egress or ():
            ports = (each.port, each.port) if each.port is not None else (ALL, ALL)
            yield self.rule(name, "egress", ports, each.cidr)

    def _reached_by(self) -> Iterator[str | tuple[str, str]]:
        """Who calls the tasks: the link itself, or their balancer."""
        if finds_tasks(self.instance):
            yield self.linked
            return
        balancer = balancer_of(self.instance)
        if balancer.spec.adopt is None:
            yield balancer.owner.address, balancer.part(BALANCER)
        else:
            yield from self._lent(balancer)

    def _lent(self, balancer: Balancer) -> Iterator[str]:
        """The groups of a balancer that somebody else looks after; anywhere in the VPC for one without."""
        groups = self.facts.balancer(balancer.spec).groups
        yield from groups or self.facts.network(self.instance).cidrs

    def rule(
        self, group: str, direction: str, ports: tuple[int, int], peer: str | tuple[str, str]
    ) -> tuple[Key, SecurityGroupRule]:
        """`peer` is a CIDR, the id of somebody's security group, or the instance and part of one of ours."""
        protocol = "-1" if ports == (ALL, ALL) else "tcp"
        named = peer if isinstance(peer, str) else peer[1]
        key = SecurityGroupRule.key(self.instance.address, part(group, direction, protocol, ports, named))
        rule = SecurityGroupRule(
            group_id=Ref(SecurityGroup.key(self.instance.address, group)),
            is_egress=direction == "egress",
            ip_protocol=protocol,
            from_port=ports[0],
            to_port=ports[1],
            referenced_group=_group(peer),
            cidr_ipv4=peer if isinstance(peer, str) and "." in peer else None,
            cidr_ipv6=peer if isinstance(peer, str) and ":" in peer else None,
        )
        return key, rule


def _group(peer: str | tuple[str, str]) -> Link | None:
    if isinstance(peer, str):
        return peer if peer.startswith("sg-") else None
    return Ref(SecurityGroup.key(*peer))


def part(group: str, direction: str, protocol: str, ports: tuple[int, int], peer: str) -> str:
    """`web/ingress/tcp/8080/balancer`: a rule's natural key, readable."""
    told = "all" if ports == (ALL, ALL) else str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
    return f"{group}/{direction}/{protocol}/{told}/{peer}"


def permission(want: SecurityGroupRule) -> dict[str, Any]:
    """A rule as Authorize takes it."""
    note = {"Description": want.description} if want.description else {}
    told: dict[str, Any] = {"IpProtocol": want.ip_protocol}
    if want.from_port != ALL:
        told |= {"FromPort": want.from_port, "ToPort": want.to_port}
    if want.referenced_group is not None:
        return told | {"UserIdGroupPairs": [{"GroupId": want.referenced_group, **note}]}
    if want.cidr_ipv6 is not None:
        return told | {"Ipv6Ranges": [{"CidrIpv6": want.cidr_ipv6, **note}]}
    return told | {"IpRanges": [{"CidrIp": want.cidr_ipv4, **note}]}


def _peer(rule: SecurityGroupRule) -> dict[str, Any]:
    return {
        "ReferencedGroupId": rule.referenced_group,
        "CidrIpv4": rule.cidr_ipv4,
        "CidrIpv6": rule.cidr_ipv6,
        "PrefixListId": rule.prefix_list_id,
    }


def _live(found: Mapping[str, Any], groups: Mapping[str, Key]) -> Live[SecurityGroupRule]:
    """A rule as found. Whose it is comes from its group; its address from what it says."""
    group = groups[found["GroupId"]]
    referenced = found.get("ReferencedGroupInfo", {}).get("GroupId")
    rule = SecurityGroupRule.from_aws(
        found,
        from_port=found.get("FromPort", ALL),
        to_port=found.get("ToPort", ALL),
        referenced_group=referenced,
        description=found.get("Description", ""),
        tags=untag(found.get("Tags")),
    )
    direction = "egress" if rule.is_egress else "ingress"
    peer = next(value for value in (referenced, *_peer(rule).values()) if value)
    named = groups[peer].part if peer in groups else peer
    ports = (rule.from_port, rule.to_port)
    key = SecurityGroupRule.key(group.instance, part(group.part, direction, rule.ip_protocol, ports, named))
    return Live(key, found["SecurityGroupRuleId"], rule)
