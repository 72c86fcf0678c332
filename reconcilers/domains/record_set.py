"""Records in Route 53: the alias that leads people to a custom domain, and the proof that a certificate is asked for.

Records have no tags. Beside each of ours stands a TXT record, `_penstock-a.{name}`, that says whose it is; a record
that is there without it, and is not what we want, is somebody else's. Route 53 takes few calls (ledger 0.6), so the
mark is asked for only where a record is not as wanted, and before it is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.domains.certificate import Certificate, certificate_key
from reconcilers.domains.domain_name import DomainName, domain_key
from reconcilers.domains.records import plain, told_record
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import encode
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Shape, Unordered
from reconcilers.topology import api, domain_of, entrances
from specs import Instance

LASTS = 300
"""Seconds for which resolvers may keep a proof or a mark."""
PROOF = "proof"


class Alias(Shape):
    dns_name: Link = Field(alias="DNSName")
    hosted_zone_id: Link
    evaluate_target_health: bool = False


class Value(Shape):
    value: Link


class RecordSet(Resource):
    hosted_zone_id: Immutable[str]
    name: Immutable[Link]
    type: Immutable[str]
    ttl: int | None = Field(default=None, alias="TTL")
    """An alias has its target's."""
    resource_records: Unordered[Value] = ()
    alias_target: Alias | None = None


class RecordSets(Reconciler[RecordSet]):
    kind = RecordSet
    needs = (DomainName, Certificate)
    unmanaged = {}  # noqa: RUF012  ClassVar in Reconciler

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RecordSet]]:
        domain = domain_of(instance)
        if domain is None or domain.hosted_zone is None:
            return
        zone = facts.zone(domain.hosted_zone)
        alias, kinds = _target(instance, facts)
        for kind in kinds:
            record = RecordSet(hosted_zone_id=zone, name=domain.name, type=kind, alias_target=alias)
            yield RecordSet.key(instance.address, kind), record
        if domain.certificate is None:
            proof, value = Ref(certificate_key(instance), "record_name"), Ref(certificate_key(instance), "record_value")
            record = RecordSet(
                hosted_zone_id=zone, name=proof, type="CNAME", ttl=LASTS, resource_records=(Value(value=value),)
            )
            yield RecordSet.key(instance.address, PROOF), record

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RecordSet]]:
        wanted = {key: want for key, want in look.wanted(RecordSet).items() if isinstance(want.name, str)}
        for key, want in wanted.items():
            found = _there(aws, want.hosted_zone_id, str(want.name), want.type)
            if found is None:
                continue
            if found == want or _mark(aws, look.aws.install, key, found):
                yield _live(key, found)
            else:
                look.taken(key, f"the {want.type} record {want.name}")
        for key, name, kind in _left_over(look):
            if key not in look.graph:
                yield from _unwanted(aws, look, key, name, kind)

    def create(self, aws: Aws, key: Key, want: RecordSet, name: str) -> Made:
        _change(aws, want.hosted_zone_id, ("CREATE", _told(want)), ("UPSERT", _marking(aws.install, key, want)))
        return {"id": _id(want)}

    def update(self, aws: Aws, live: Live[RecordSet], want: RecordSet, changed: frozenset[str]) -> None:
        mark = _marking(aws.install, live.key, want)
        _change(aws, want.hosted_zone_id, ("UPSERT", _told(want)), ("UPSERT", mark))

    def delete(self, aws: Aws, live: Live[RecordSet]) -> None:
        """What has not our mark was there before us, and stays."""
        found = live.resource
        if _mark(aws, aws.install, live.key, found):
            mark = _marking(aws.install, live.key, found)
            _change(aws, found.hosted_zone_id, ("DELETE", _told(found)), ("DELETE", mark))

    def forget(self, aws: Aws, live: Live[RecordSet]) -> None:
        found = live.resource
        if _mark(aws, aws.install, live.key, found):
            _change(aws, found.hosted_zone_id, ("DELETE", _marking(aws.install, live.key, found)))


def _target(instance: Instance, facts: Facts) -> tuple[Alias, tuple[str, ...]]:
    """What the name leads to, and the types of the records that do: the domain's endpoint, or of a private one its
    first VPC endpoint (guide, apigateway-private-custom-domains-tutorial)."""
    endpoint = api(instance).gateway.domain_endpoint
    if endpoint == "private":
        entrance = facts.entrance(entrances(instance)[0])
        return Alias(dns_name=entrance.dns_name, hosted_zone_id=entrance.zone), entrance.records
    target, at = domain_key(instance), "edge_" if endpoint == "edge" else ""
    alias = Alias(dns_name=Ref(target, f"{at}endpoint"), hosted_zone_id=Ref(target, f"{at}zone"))
    return alias, ("A", "AAAA") if api(instance).gateway.ip_address_type == "dualstack" else ("A",)


def _left_over(look: Look) -> Iterator[tuple[Key, str, str]]:
    """What a domain or certificate of ours may have had records for, whatever the spec says by now."""
    for domain in look.of(DomainName):
        for kind in ("A", "AAAA"):
            yield RecordSet.key(domain.key.instance, kind), domain.resource.domain_name, kind
    for certificate in look.of(Certificate):
        if name := certificate.attribute("record_name"):
            yield RecordSet.key(certificate.key.instance, PROOF), name, "CNAME"


def _unwanted(aws: Aws, look: Look, key: Key, name: str, kind: str) -> Iterator[Live[RecordSet]]:
    """In the public zone that the name lies in, if this account has one."""
    zones = look.once("zones", lambda: list(aws.route53.pages("list_hosted_zones", "HostedZones")))
    above = [each for each in zones if f".{name}.".endswith(f".{each['Name']}") and not each["Config"]["PrivateZone"]]
    for zone in sorted(above, key=lambda each: len(each["Name"]))[-1:]:
        found = _there(aws, zone["Id"].rpartition("/")[2], name, kind)
        if found is not None and _mark(aws, aws.install, key, found):
            yield _live(key, found)


def _there(aws: Aws, zone: str, name: str, kind: str) -> RecordSet | None:
    found = told_record(aws, zone, name, kind)
    return None if found is None else RecordSet.from_aws(_normal(found), hosted_zone_id=zone, name=name)


def _normal(found: Mapping[str, Any]) -> dict[str, Any]:
    alias = found.get("AliasTarget")
    records = [{"Value": each["Value"].rstrip(".")} for each in found.get("ResourceRecords", ())]
    told = {**found, "ResourceRecords": records}
    return told | ({"AliasTarget": {**alias, "DNSName": plain(alias["DNSName"])}} if alias else {})


def _live(key: Key, found: RecordSet) -> Live[RecordSet]:
    return Live(key, _id(found), found)


def _id(record: RecordSet) -> str:
    return f"{record.hosted_zone_id}/{record.name}/{record.type}"


def _told(record: RecordSet) -> dict[str, Any]:
    told = record.to_aws()
    del told["HostedZoneId"]
    return {name: value for name, value in told.items() if value != []}


def _marking(install: str, key: Key, record: RecordSet) -> dict[str, Any]:
    """The TXT record that says whose a record is. A wildcard has none of its own name below it."""
    name = f"_penstock-{record.type.lower()}.{str(record.name).replace('*', '_any')}"
    text = f'"penstock install={install} service={encode(key.instance)} key={encode(key.address)}"'
    return {"Name": name, "Type": "TXT", "TTL": LASTS, "ResourceRecords": [{"Value": text}]}


def _mark(aws: Aws, install: str, key: Key, record: RecordSet) -> bool:
    """Whether the mark beside a record says that it is ours."""
    mark = _marking(install, key, record)
    found = _there(aws, record.hosted_zone_id, mark["Name"], "TXT")
    return found is not None and [each.value for each in found.resource_records] == [
        mark["ResourceRecords"][0]["Value"]
    ]


def _change(aws: Aws, zone: str, *changes: tuple[str, dict[str, Any]]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    aws.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": batch})
