"""Load balancers: internal, between the VPC link and the tasks, for requests (application) or connections (network).

A network load balancer gets its security groups when it is made, or never (ledger 5.2); ours always has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any

from reconcilers.aws import Aws
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.facts import Facts, Network
from reconcilers.keys import Key, Link, Ref
from reconcilers.network.security_group import SecurityGroup
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import looks_like_ours, tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Mark, Resource, Unordered
from reconcilers.topology import BALANCER, Balancer, balancers
from specs import Instance

ENFORCED, AS_MADE = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "on"
ENTERED = "entered"
"""An attribute of one that a VPC link V1 leads to although its spec wants its rules held against such."""
WAITING = {"provisioning": "the load balancer is being provisioned"}


class LoadBalancer(Resource):
    type: Immutable[str] = "application"
    scheme: Immutable[str] = "internet-facing"
    ip_address_type: str = "ipv4"
    subnets: Unordered[str]
    allocation_ids: Annotated[tuple[str, ...], Mark(immutable=True, unordered=True)] = ()
    """Elastic IPs, one for each subnet; AWS has them in its `SubnetMappings`."""
    security_groups: Unordered[Link] = ()
    enforce_security_group_inbound_rules_on_private_link_traffic: str | None = None
    """`on` or `off`; None for an application load balancer."""


class LoadBalancers(Reconciler[LoadBalancer]):
    kind = LoadBalancer
    longest_name = 32
    settles = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "EnablePrefixForIpv6SourceNat": "network load balancers only",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, LoadBalancer]]:
        for balancer in balancers(instance):
            yield (
                LoadBalancer.key(instance.address, balancer.name),
                LoadBalancer(
                    type=balancer.spec.type,
                    scheme=balancer.spec.scheme,
                    ip_address_type=balancer.spec.ip_address_type,
                    subnets=_subnets(balancer, facts.network(instance)),
                    allocation_ids=balancer.spec.elastic_ips,
                    security_groups=(
                        Ref(SecurityGroup.key(instance.address, balancer.part(BALANCER))),
                        *balancer.spec.security_groups,
                    ),
                    enforce_security_group_inbound_rules_on_private_link_traffic=_enforced(balancer),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[LoadBalancer]]:
        seen = balancing(aws, look)
        for found in seen.load_balancers:
            arn, name, code = found["LoadBalancerArn"], found["LoadBalancerName"], found["State"]["Code"]
            tags = seen.tags.get(arn, {})
            if key := look.whose(LoadBalancer, tags, natural=partial(self.named, look, name)):
                zones = found["AvailabilityZones"]
                subnets = tuple(zone["SubnetId"] for zone in zones)
                given = (each.get("AllocationId") for zone in zones for each in zone.get("LoadBalancerAddresses", ()))
                entered = {ENTERED: "by a link V1"} if _is_entered(aws, look, key, found) else {}
                yield Live(
                    key,
                    arn,
                    LoadBalancer.from_aws(found, subnets=subnets, allocation_ids=tuple(filter(None, given)), tags=tags),
                    {**_attributes(found), **entered},
                    settling=WAITING.get(code, ""),
                    failed=str(found["State"].get("Reason", code)) if code == "failed" else "",
                    created=found["CreatedTime"].isoformat(),
                )
            else:
                look.taken(self.named(look, name), f"load balancer {name}")

    def create(self, aws: Aws, key: Key, want: LoadBalancer, name: str) -> Made:
        """AWS enforces a new one's rules on PrivateLink too; whoever wants it otherwise says so by the other call."""
        told = want.to_aws()
        enforced = told.pop(ENFORCED, AS_MADE)
        if addresses := told.pop("AllocationIds"):
            pairs = zip(told.pop("Subnets"), addresses, strict=True)
            told["SubnetMappings"] = [{"SubnetId": subnet, "AllocationId": address} for subnet, address in pairs]
        made = aws.elbv2.create_load_balancer(Name=name, **told, Tags=tag_list(want.tags or {}))["LoadBalancers"][0]
        if enforced != AS_MADE:
            self._secure(aws, made["LoadBalancerArn"], want)
        return _attributes(made)

    def update(self, aws: Aws, live: Live[LoadBalancer], want: LoadBalancer, changed: frozenset[str]) -> None:
        if "subnets" in changed:
            aws.elbv2.set_subnets(LoadBalancerArn=live.id, Subnets=list(want.subnets))
        if changed & {"security_groups", "enforce_security_group_inbound_rules_on_private_link_traffic"}:
            self._secure(aws, live.id, want)
        if "ip_address_type" in changed:
            aws.elbv2.set_ip_address_type(LoadBalancerArn=live.id, IpAddressType=want.ip_address_type)

    def _secure(self, aws: Aws, arn: str, want: LoadBalancer) -> None:
        """The groups go with every change of what they are for (ledger 5.2)."""
        fields = frozenset({"security_groups", "enforce_security_group_inbound_rules_on_private_link_traffic"})
        aws.elbv2.set_security_groups(LoadBalancerArn=arn, **want.to_aws(fields))

    def delete(self, aws: Aws, live: Live[LoadBalancer]) -> None:
        aws.elbv2.delete_load_balancer(LoadBalancerArn=live.id)

    def tag(self, aws: Aws, live: Live[LoadBalancer], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)


def _subnets(balancer: Balancer, network: Network) -> tuple[str, ...]:
    dualstack = balancer.spec.ip_address_type == "dualstack"
    return network.dualstack(balancer.spec.tier) if dualstack else network.subnets(balancer.spec.tier)


def _is_entered(aws: Aws, look: Look, key: Key, found: Mapping[str, Any]) -> bool:
    """Whether a VPC link V1 of ours leads there still, though a spec that is applied no longer wants it: somebody else
    goes through it, or a stage that waits to be promoted. As long as the spec is not applied such links are looked at
    by themselves."""
    want = look.wanted(LoadBalancer).get(key)
    wanted = want.enforce_security_group_inbound_rules_on_private_link_traffic if want is not None else None
    if wanted != "on" or found.get(ENFORCED) != "off":
        return False
    first = next((live for live in look.lives if live.key == anchor(key.instance)), None)
    if first is None or not look.settled(key.instance, first.resource.tags or {}):
        return False
    links = look.once("links V1", lambda: list(aws.apigateway.pages("get_vpc_links", "items", limit=500)))
    return any(
        found["LoadBalancerArn"] in each["targetArns"] and looks_like_ours(each["name"], look.instances)
        for each in links
    )


def _enforced(balancer: Balancer) -> str | None:
    if not balancer.network:
        return None
    return "on" if balancer.spec.enforce_private_link_rules else "off"


def _attributes(found: Mapping[str, str]) -> Made:
    arn = found["LoadBalancerArn"]
    return {
        "id": arn,
        "arn": arn,
        "name": found["LoadBalancerName"],
        "dns_name": found.get("DNSName", ""),
        "label": arn.partition(":loadbalancer/")[2],
    }
