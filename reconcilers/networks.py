"""Which network a spec means: existing VPCs and subnets are found by id or tag.

Without `subnets`, private ones are those whose route table has no route to an internet gateway, public ones the others;
one per zone, in zones a VPC link can use (spec.md §3, ledger 1.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Missing, Network, Tier
from specs import Instance
from specs.foundation import SubnetRef

Subnet = Mapping[str, Any]
WITHOUT_VPC_LINKS = frozenset({"use1-az3", "usw1-az1", "usw1-az3"})
"""Availability Zone ids a VPC link V2 cannot use. Source: ledger 1.2, AWS page http-api-vpc-links."""


def networks(
    aws: Aws, platforms: Mapping[str, Instance], needed: Mapping[str, Iterable[Tier]]
) -> dict[str, Network | Missing]:
    """The network of each platform, of which these tiers are needed, in at most three calls and their pages."""
    vpcs = _vpcs(aws, platforms)
    subnets: dict[str, list[dict[str, Any]]] = {}
    found = sorted({vpc["VpcId"] for vpc in vpcs.values() if not isinstance(vpc, Missing)})
    if found:
        where = [{"Name": "vpc-id", "Values": found}]
        for subnet in aws.ec2.pages("describe_subnets", "Subnets", Filters=where, MaxResults=1000):
            subnets.setdefault(subnet["VpcId"], []).append(subnet)
    guesses = any(_guesses(each, needed[address]) for address, each in platforms.items())
    public = _public(aws, found, subnets) if guesses else frozenset()
    return {
        address: vpc if isinstance(vpc, Missing) else _network(platforms[address], vpc, subnets, public)
        for address, vpc in vpcs.items()
    }


def _guesses(instance: Instance, needed: Iterable[Tier]) -> bool:
    """Whether only the route tables say which subnets of a tier there are."""
    network = instance.spec.network
    return network is not None and any(getattr(network.subnets, tier) is None for tier in needed)


def _vpcs(aws: Aws, platforms: Mapping[str, Instance]) -> dict[str, dict[str, Any] | Missing]:
    """The VPC of each platform; VPCs named by id are asked for together, by filter, so that none fails the others."""
    asked = {address: each.spec.network.vpc for address, each in platforms.items() if each.spec.network is not None}
    ids = sorted({vpc.id for vpc in asked.values() if vpc.id})
    by_id: dict[str, dict[str, Any]] = {}
    if ids:
        where = [{"Name": "vpc-id", "Values": ids}]
        by_id = {each["VpcId"]: each for each in aws.ec2.pages("describe_vpcs", "Vpcs", Filters=where)}
    by_tags: dict[tuple[tuple[str, str], ...], dict[str, Any] | Missing] = {}
    found: dict[str, dict[str, Any] | Missing] = {}
    for address, vpc in asked.items():
        if vpc.id:
            found[address] = by_id.get(vpc.id) or Missing(f"there is no VPC {vpc.id} in {aws.region}")
            continue
        tags = tuple(sorted(vpc.tags.items()))
        if tags not in by_tags:
            by_tags[tags] = _one_vpc(aws, tags)
        found[address] = by_tags[tags]
    return found


def _one_vpc(aws: Aws, tags: tuple[tuple[str, str], ...]) -> dict[str, Any] | Missing:
    where = [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags]
    vpcs = list(aws.ec2.pages("describe_vpcs", "Vpcs", Filters=where))
    if len(vpcs) == 1:
        return dict(vpcs[0])
    told = ", ".join(f"{name}={value}" for name, value in tags)
    listed = ", ".join(sorted(vpc["VpcId"] for vpc in vpcs)) or "none"
    return Missing(f"exactly one VPC must be tagged {told} in {aws.region}; found: {listed}")


def _public(aws: Aws, vpcs: list[str], subnets: Mapping[str, list[dict[str, Any]]]) -> frozenset[str]:
    """The subnets whose route table leads to an internet gateway; one without a table of its own has the VPC's main."""
    if not vpcs:
        return frozenset()
    where = [{"Name": "vpc-id", "Values": vpcs}]
    explicit: dict[str, bool] = {}
    main: dict[str, bool] = {}
    for table in aws.ec2.pages("describe_route_tables", "RouteTables", Filters=where, MaxResults=100):
        open_ = any(str(route.get("GatewayId", "")).startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]:
            if association.get("Main"):
                main[table["VpcId"]] = open_
            elif "SubnetId" in association:
                explicit[association["SubnetId"]] = open_
    return frozenset(
        subnet["SubnetId"]
        for vpc, each in subnets.items()
        for subnet in each
        if explicit.get(subnet["SubnetId"], main.get(vpc, False))
    )


def _network(
    instance: Instance, vpc: Mapping[str, Any], subnets: Mapping[str, list[dict[str, Any]]], public: frozenset[str]
) -> Network | Missing:
    """The network of one platform, or why there is none."""
    assert instance.spec.network is not None
    asked = instance.spec.network.subnets
    there = sorted(subnets.get(vpc["VpcId"], ()), key=lambda each: (each["AvailabilityZone"], each["SubnetId"]))
    known = {each["SubnetId"] for each in there}
    named = {id for tier in (asked.private, asked.public) if tier is not None for id in tier.ids}
    if strange := sorted(named - known):
        return Missing(f"{', '.join(strange)} is not a subnet of {vpc['VpcId']}")
    outside = [each for each in there if each["SubnetId"] in public]
    inside = [each for each in there if each["SubnetId"] not in public]
    chosen = {
        "private": _chosen(asked.private, there, inside),
        "public": _chosen(asked.public, there, outside if asked.public is None else there),
    }
    lacks = {tier: why for tier, each in chosen.items() if (why := _too_few(tier, each, vpc["VpcId"]))}
    blocks = (each["CidrBlock"] for each in vpc.get("CidrBlockAssociationSet", ()))
    ids = {tier: tuple(each["SubnetId"] for each in found) for tier, found in chosen.items()}
    return Network(
        vpc["VpcId"], tuple(sorted({vpc["CidrBlock"], *blocks})), ids["private"], ids["public"], lacks, _ipv6(vpc),
        frozenset(each["SubnetId"] for each in there if _ipv6(each)),
    )  # fmt: skip


def _ipv6(place: Mapping[str, Any]) -> tuple[str, ...]:
    """The IPv6 blocks of a VPC or a subnet."""
    found = place.get("Ipv6CidrBlockAssociationSet", ())
    return tuple(sorted(each["Ipv6CidrBlock"] for each in found if each["Ipv6CidrBlockState"]["State"] == "associated"))


def _chosen(asked: SubnetRef | None, there: Sequence[Subnet], usable: Sequence[Subnet]) -> Sequence[Subnet]:
    """The subnets of a tier: those named, else of the usable ones with these tags one per zone."""
    if asked is not None and asked.ids:
        return [each for each in there if each["SubnetId"] in asked.ids]
    wanted = asked.tags if asked is not None else {}
    found = [
        each
        for each in usable
        if each.get("AvailabilityZoneId") not in WITHOUT_VPC_LINKS
        and wanted.items() <= {tag["Key"]: tag["Value"] for tag in each.get("Tags", ())}.items()
    ]
    return list({each["AvailabilityZone"]: each for each in reversed(found)}.values())[::-1]


def _too_few(tier: str, chosen: Sequence[Subnet], vpc: str) -> str:
    zones = {each["AvailabilityZone"] for each in chosen}
    if len(zones) >= 2:
        return ""
    return (
        f"{tier} subnets in at least two Availability Zones are needed in {vpc}; found "
        f"{len(chosen)} in {', '.join(sorted(zones)) or 'none'}"
    )
