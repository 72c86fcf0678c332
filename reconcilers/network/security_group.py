"""Security groups: one each for the VPC link, the load balancer and the tasks of a service, chained by their rules.

AWS gives a new group a rule that lets everything out, and another one where the VPC has IPv6; they are taken off at
once, and what may leave is a rule of ours (ledger 1.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.keys import Key
from reconcilers.ownership import IDENTITY, tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource
from reconcilers.topology import BALANCER, LINK, balancers, owns_link, services
from specs import Instance

EVERYTHING_OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


EVERYTHING_OUT_V6 = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}


class SecurityGroup(Resource):
    vpc_id: Immutable[str]
    with_v6: Hidden[bool] = False
    """Whether the VPC has IPv6."""


class SecurityGroups(Reconciler[SecurityGroup]):
    kind = SecurityGroup
    longest_name = 255
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "GroupName": "a name is chosen once and never compared",
        "Description": "AWS cannot change it, and it says nothing that tags do not",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, SecurityGroup]]:
        network = facts.network(instance)
        group = SecurityGroup(vpc_id=network.vpc, with_v6=bool(network.cidrs_v6))
        if owns_link(instance):
            yield SecurityGroup.key(instance.address, LINK), group
        for balancer in balancers(instance):
            yield SecurityGroup.key(instance.address, balancer.part(BALANCER)), group
        for name in services(instance):
            yield SecurityGroup.key(instance.address, name), group

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[SecurityGroup]]:
        where = [{"Name": "tag-key", "Values": list(IDENTITY)}]
        for found in aws.ec2.pages("describe_security_groups", "SecurityGroups", Filters=where, MaxResults=1000):
            tags = untag(found.get("Tags"))
            if key := look.whose(SecurityGroup, tags, natural=partial(self.named, look, found["GroupName"])):
                yield Live(key, found["GroupId"], SecurityGroup.from_aws(found, tags=tags))

    def create(self, aws: Aws, key: Key, want: SecurityGroup, name: str) -> Made:
        made = aws.ec2.create_security_group(
            GroupName=name,
            Description=f"{key.instance} {key.part}, kept by Penstock",
            VpcId=want.vpc_id,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tag_list(want.tags or {})}],
        )
        born_with = [EVERYTHING_OUT, EVERYTHING_OUT_V6] if want.with_v6 else [EVERYTHING_OUT]
        aws.ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=born_with)
        return {"id": made["GroupId"]}

    def update(self, aws: Aws, live: Live[SecurityGroup], want: SecurityGroup, changed: frozenset[str]) -> None:
        raise AssertionError("a security group has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[SecurityGroup]) -> None:
        aws.ec2.delete_security_group(GroupId=live.id)

    def tag(self, aws: Aws, live: Live[SecurityGroup], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        ec2_tag(aws, live.id, put, drop)


def ec2_tag(aws: Aws, id: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    if drop:
        aws.ec2.delete_tags(Resources=[id], Tags=[{"Key": key} for key in drop])
    if put:
        aws.ec2.create_tags(Resources=[id], Tags=tag_list(put))
