"""VPC links V1: the one private way of a WebSocket API, to one network load balancer that serves no other link.

AWS advises against them wherever a V2 link will do; for WebSocket APIs none does (terraform-aws-apigateway-v2#151;
whitepaper "Best Practices for Designing Amazon API Gateway Private APIs and Private Integration", websocket-api). A
REST API has one if it asks for it. To a load balancer of somebody else's there may lead one already: that is used, and
left as it is. Nothing of one can be changed but its name, and it fails for good when its load balancer is not active
yet (ledger 6.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any

from reconcilers.aws import Aws
from reconcilers.errors import TooEarly
from reconcilers.facts import Facts
from reconcilers.gateway.rest.leading import holder
from reconcilers.gateway.rest.rest_api import rest_tag
from reconcilers.gateway.vpc_link import ours
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import looks_like_ours
from reconcilers.reconciler import HELD, SERVING, Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Live, Mark
from reconcilers.topology import balancer_link, balancer_of, by_link_v1
from specs import Instance

READY = ("active", "active_impaired")


class RestVpcLink(CamelResource):
    target_arns: Annotated[tuple[Link, ...], Mark(immutable=True, unordered=True)]
    """Of one network load balancer."""
    description: str = ""
    anchor: Hidden[Link | None] = None


class RestVpcLinks(Reconciler[RestVpcLink]):
    kind = RestVpcLink
    longest_name = 128
    once = True
    leaves = True
    settles = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "name": "a name is chosen once and never compared",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestVpcLink]]:
        if by_link_v1(instance) and link_v1(instance, facts) == Ref(link_v1_key(instance)):
            arn = balancer_link(balancer_of(instance), facts)
            yield link_v1_key(instance), RestVpcLink(target_arns=(arn,), anchor=Ref(anchor(instance.address)))

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestVpcLink]]:
        for found in aws.apigateway.pages("get_vpc_links", "items", limit=500):
            tags, status = self._tags(aws, look, found), found["status"]
            if key := look.whose(RestVpcLink, tags, natural=partial(self.named, look, found["name"])):
                unwanted = key not in look.graph and status == "AVAILABLE"
                yield Live(
                    key,
                    found["id"],
                    RestVpcLink.from_aws(found, tags=ours(tags)),
                    ({HELD: held} if unwanted and (held := holder(aws, look, key.instance, found["id"])) else {})
                    | ({SERVING: found["id"]} if status == "AVAILABLE" else {}),
                    pending=f"the VPC link is {status}" if status not in ("AVAILABLE", "FAILED") else "",
                    failed=found.get("statusMessage", status) if status == "FAILED" else "",
                    leaving=status == "DELETING",
                )

    def _tags(self, aws: Aws, look: Look, found: Mapping[str, Any]) -> Mapping[str, str]:
        """The list has none (ledger 0.3): what the index says, else what the link itself says, if it may be ours."""
        place = f"arn:{aws.partition}:apigateway:{aws.region}::/vpclinks/{found['id']}"
        if told := index(aws, look).get(place):
            return told
        if not looks_like_ours(found["name"], look.instances):
            return {}
        answer: Mapping[str, str] = aws.apigateway.get_vpc_link(vpcLinkId=found["id"]).get("tags", {})
        return answer

    def create(self, aws: Aws, key: Key, want: RestVpcLink, name: str) -> Made:
        [balancer] = aws.elbv2.describe_load_balancers(LoadBalancerArns=list(want.target_arns))["LoadBalancers"]
        if balancer["State"]["Code"] not in READY:
            raise TooEarly(f"the load balancer is {balancer['State']['Code']}, and a VPC link V1 would fail")
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        made = aws.apigateway.create_vpc_link(name=name, **told, tags=dict(want.tags or {}))
        return {"id": made["id"], "pending": f"the VPC link is {made['status']}"}

    def update(self, aws: Aws, live: Live[RestVpcLink], want: RestVpcLink, changed: frozenset[str]) -> None:
        operation = {"op": "replace", "path": "/description", "value": want.description}
        aws.apigateway.update_vpc_link(vpcLinkId=live.id, patchOperations=[operation])

    def delete(self, aws: Aws, live: Live[RestVpcLink]) -> None:
        """AWS is at work on a new one for minutes, and is taken to refuse until then."""
        if live.pending:
            raise TooEarly(live.pending)
        aws.apigateway.delete_vpc_link(vpcLinkId=live.id)

    def tag(self, aws: Aws, live: Live[RestVpcLink], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        rest_tag(aws, f"vpclinks/{live.id}", put, drop)


def link_v1_key(instance: Instance) -> Key:
    return RestVpcLink.key(instance.address)


def link_v1(instance: Instance, facts: Facts) -> Link:
    """The id of the VPC link V1 that an instance's API uses: its own, or one that is there already."""
    balancer = balancer_of(instance)
    lent = facts.balancer(balancer.spec).arn if balancer.spec.adopt is not None else ""
    return facts.link_v1(instance, lent) or Ref(link_v1_key(instance))
