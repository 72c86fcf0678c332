"""Web ACLs: what WAF lets through to an application load balancer, or to a stage of a REST API.

The web ACL is somebody else's; ours is that it hangs there. An association has no tags, and what it hangs on may be
given one by others too, AWS Firewall Manager for one: where the spec says nothing it is left alone, unless the spec was
edited and does not say it any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.facts import Facts
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.observability.log_group import LogGroup
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import api, balancers, speaks
from specs import Instance

REST = "::/restapis/"


class WebAclAssociation(Resource):
    resource_arn: Immutable[Link]
    web_acl_arn: str


class WebAclAssociations(Reconciler[WebAclAssociation]):
    kind = WebAclAssociation
    needs = (LoadBalancer, RestStage)
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebAclAssociation]]:
        for balancer in balancers(instance):
            if balancer.spec.waf is not None:
                of = Ref(LoadBalancer.key(instance.address, balancer.name), "arn")
                key = WebAclAssociation.key(instance.address, balancer.name)
                yield key, WebAclAssociation(resource_arn=of, web_acl_arn=balancer.spec.waf.web_acl)
        if speaks(instance, "rest") and (waf := api(instance).gateway.waf) is not None:
            for name in api(instance).gateway.stages:
                of_stage = Text(
                    f"arn:{facts.partition}:apigateway:{facts.region}{REST}{{}}",
                    (Ref(RestStage.key(instance.address, name)),),
                )
                key = WebAclAssociation.key(instance.address, name)
                yield key, WebAclAssociation(resource_arn=of_stage, web_acl_arn=waf.web_acl)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebAclAssociation]]:
        edited = {
            live.key.instance
            for live in look.of(LogGroup)
            if not live.key.part and not look.settled(live.key.instance, live.resource.tags or {})
        }
        hanging = {
            WebAclAssociation.key(live.key.instance, live.key.part): live.id
            for live in look.of(LoadBalancer)
            if live.resource.type == "application"
        } | {
            WebAclAssociation.key(live.key.instance, live.key.part): f"{_gateway(aws)}{live.id}"
            for live in look.of(RestStage)
        }
        asked = [(key, arn) for key, arn in hanging.items() if key in look.graph or key.instance in edited]
        answers = aws.parallel(lambda one: aws.waf.get_web_acl_for_resource(ResourceArn=one[1]), asked)
        for (key, arn), answer in zip(asked, answers, strict=True):
            if found := answer.get("WebACL"):
                yield Live(key, _id(arn), WebAclAssociation(resource_arn=arn, web_acl_arn=found["ARN"]))

    def create(self, aws: Aws, key: Key, want: WebAclAssociation, name: str) -> Made:
        aws.waf.associate_web_acl(WebACLArn=want.web_acl_arn, ResourceArn=want.resource_arn)
        return {"id": _id(str(want.resource_arn))}

    def update(self, aws: Aws, live: Live[WebAclAssociation], want: WebAclAssociation, changed: frozenset[str]) -> None:
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[WebAclAssociation]) -> None:
        aws.waf.disassociate_web_acl(ResourceArn=live.resource.resource_arn)

    def parent_of(self, live: Live[WebAclAssociation]) -> str:
        """The load balancer's ARN, or the stage's id."""
        return str(live.resource.resource_arn).rpartition(REST)[2]


def _id(arn: str) -> str:
    """AWS gives it none; the ARN alone is the id of what it hangs on, and what goes with that is not deleted first."""
    return f"{arn}#webacl"


def _gateway(aws: Aws) -> str:
    """What the ARNs of stages begin with; no account is in them (ledger 9.1)."""
    return f"arn:{aws.partition}:apigateway:{aws.region}{REST}"
