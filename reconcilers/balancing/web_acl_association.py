"""Web ACLs: what WAF lets through to an application load balancer.

The web ACL is somebody else's; ours is that it hangs there. An association has no tags, and a load balancer may be
given one by others too, AWS Firewall Manager for one: where the spec says nothing it is left alone, unless the spec was
edited and does not say it any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import LogGroup
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import balancers
from specs import Instance


class WebAclAssociation(Resource):
    resource_arn: Immutable[Link]
    web_acl_arn: str


class WebAclAssociations(Reconciler[WebAclAssociation]):
    kind = WebAclAssociation
    needs = (LoadBalancer,)
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebAclAssociation]]:
        for balancer in balancers(instance):
            if balancer.spec.waf is not None:
                of = Ref(LoadBalancer.key(instance.address, balancer.name), "arn")
                key = WebAclAssociation.key(instance.address, balancer.name)
                yield key, WebAclAssociation(resource_arn=of, web_acl_arn=balancer.spec.waf.web_acl)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebAclAssociation]]:
        edited = {
            live.key.instance
            for live in look.of(LogGroup)
            if not live.key.part and not look.settled(live.key.instance, live.resource.tags or {})
        }
        asked = [
            live
            for live in look.of(LoadBalancer)
            if live.resource.type == "application"
            and (WebAclAssociation.key(live.key.instance, live.key.part) in look.graph or live.key.instance in edited)
        ]
        answers = aws.parallel(lambda live: aws.waf.get_web_acl_for_resource(ResourceArn=live.id), asked)
        for live, answer in zip(asked, answers, strict=True):
            if found := answer.get("WebACL"):
                key = WebAclAssociation.key(live.key.instance, live.key.part)
                yield Live(key, live.id, WebAclAssociation(resource_arn=live.id, web_acl_arn=found["ARN"]))

    def create(self, aws: Aws, key: Key, want: WebAclAssociation, name: str) -> Made:
        aws.waf.associate_web_acl(WebACLArn=want.web_acl_arn, ResourceArn=want.resource_arn)
        return {"id": str(want.resource_arn)}

    def update(self, aws: Aws, live: Live[WebAclAssociation], want: WebAclAssociation, changed: frozenset[str]) -> None:
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[WebAclAssociation]) -> None:
        aws.waf.disassociate_web_acl(ResourceArn=live.id)

    def parent_of(self, live: Live[WebAclAssociation]) -> str:
        return str(live.resource.resource_arn)
