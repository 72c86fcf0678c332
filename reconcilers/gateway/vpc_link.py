"""VPC links V2: the one private way from API Gateway into the VPC. Few are allowed, so an Environment shares one.

Subnets and security groups cannot be changed: another value is another link, made before the old one goes (ledger 7.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.network.security_group import SecurityGroup
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import SERVING, Look, Made, Reconciler
from reconcilers.resource import Hidden, Live, Mark, Resource
from reconcilers.topology import LINK, link_subnets, owns_link, owns_platform
from specs import Instance

USABLE = ("AVAILABLE", "INACTIVE")
"""A link without traffic for 60 days sleeps, and wakes by itself: cold, not broken (ledger 7.1)."""


class VpcLink(Resource):
    subnet_ids: Annotated[tuple[str, ...], Mark(immutable=True, unordered=True)]
    security_group_ids: Annotated[tuple[Link, ...], Mark(immutable=True, unordered=True)]
    anchor: Hidden[Link | None] = None


class VpcLinks(Reconciler[VpcLink]):
    kind = VpcLink
    longest_name = 128
    once = True
    leaves = True
    settles = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, VpcLink]]:
        if owns_link(instance):
            group = Ref(SecurityGroup.key(instance.address, LINK))
            subnets = facts.network(instance).subnets(link_subnets(instance))
            first = Ref(anchor(instance.address))
            yield (
                VpcLink.key(instance.address),
                VpcLink(subnet_ids=subnets, security_group_ids=(group,), anchor=first),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[VpcLink]]:
        for found in aws.apigatewayv2.pages("get_vpc_links", "Items", MaxResults="500"):
            tags, status = found.get("Tags", {}), found["VpcLinkStatus"]
            if key := look.whose(VpcLink, tags, natural=partial(self.named, look, found["Name"])):
                yield Live(
                    key,
                    found["VpcLinkId"],
                    VpcLink.from_aws(found, tags=ours(tags)),
                    {SERVING: found["VpcLinkId"]} if status in USABLE else {},
                    pending="" if status in (*USABLE, "FAILED") else f"the VPC link is {status}",
                    failed=found.get("VpcLinkStatusMessage", status) if status == "FAILED" else "",
                    created=found["CreatedDate"].isoformat(),
                    leaving=status == "DELETING",
                )

    def create(self, aws: Aws, key: Key, want: VpcLink, name: str) -> Made:
        link = aws.apigatewayv2.create_vpc_link(Name=name, **want.to_aws(), Tags=dict(want.tags or {}))
        return {"id": link["VpcLinkId"], "pending": f"the VPC link is {link['VpcLinkStatus']}"}

    def update(self, aws: Aws, live: Live[VpcLink], want: VpcLink, changed: frozenset[str]) -> None:
        raise AssertionError("a VPC link has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[VpcLink]) -> None:
        aws.apigatewayv2.delete_vpc_link(VpcLinkId=live.id)

    def tag(self, aws: Aws, live: Live[VpcLink], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        gateway_tag(aws, f"vpclinks/{live.id}", put, drop)


def link_key(instance: Instance) -> Key:
    """The link an instance's API uses."""
    return VpcLink.key(instance.address if owns_platform(instance) else instance.environment)


def through(instance: Instance) -> Ref:
    """That this link carries requests: nobody who calls is led into one that does not yet."""
    return Ref(link_key(instance), SERVING)


def ours(tags: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if not name.startswith("aws:")}


def gateway_tag(aws: Aws, path: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    """`path` below `arn:aws:apigateway:{region}::/` (ledger 0.3)."""
    arn = f"arn:{aws.partition}:apigateway:{aws.region}::/{path}"
    if drop:
        aws.apigatewayv2.untag_resource(ResourceArn=arn, TagKeys=list(drop))
    if put:
        aws.apigatewayv2.tag_resource(ResourceArn=arn, Tags=dict(put))
