"""Records: what is created is not there yet, what is deleted is exactly what is there, and a CNAME stands alone
(ledger 8.3; Route 53 API reference, ChangeResourceRecordSets). moto remembers requests where it should compare records.
"""

from __future__ import annotations

from typing import Any

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("InvalidInput", "{why}", 400)
BATCH = Refusal("InvalidChangeBatch", "[{why}]", 400)


def create_hosted_zone(world: World, request: Fields) -> None:
    if any(
        each.caller_reference == request["CallerReference"]
        for each in elsewhere.backend(world, "route53").zones.values()
    ):
        why = (
            f"A hosted zone has already been created with the specified caller reference: {request['CallerReference']}"
        )
        raise Refusal("HostedZoneAlreadyExists", why, 409)
    vpc = (request.get("VPC") or {}).get("VPCId")
    if vpc and vpc not in elsewhere.backend(world, "ec2").vpcs:
        raise Refusal("InvalidVPCId", "The VPC ID is invalid.", 400)


def change_resource_record_sets(world: World, request: Fields) -> None:
    """All of a batch or nothing of it."""
    zones = elsewhere.backend(world, "route53").zones
    zone = zones.get(request["HostedZoneId"].removeprefix("/hostedzone/"))
    if zone is None:
        raise Refusal("NoSuchHostedZone", f"No hosted zone found with ID: {request['HostedZoneId']}", 404)
    there = {(_plain(each.name), each.type): each for each in zone.rrsets}
    for change in request["ChangeBatch"]["Changes"]:
        _judge(change["Action"], change["ResourceRecordSet"], there, _plain(zone.name))
        if change["Action"] == "CREATE":
            _forget(zone, change["ResourceRecordSet"])


def _forget(zone: Any, told: Fields) -> None:
    """moto takes a record that was created once, and deleted since, for one that is there."""
    name, kind = _plain(told["Name"]), told["Type"]
    for change in list(zone.rr_changes):
        before = change["ResourceRecordSet"]
        if change["Action"] == "CREATE" and (_plain(before["Name"]), before["Type"]) == (name, kind):
            zone.rr_changes.remove(change)


def _judge(action: str, told: Fields, there: dict[tuple[str, str], Any], zone: str) -> None:
    name, kind = _plain(told["Name"]), told["Type"]
    what = f"resource record set [name='{name}.', type='{kind}']"
    if name != zone and not name.endswith(f".{zone}"):
        raise BATCH.about(why=f"RRSet with DNS name {name}. is not permitted in zone {zone}.")
    if ("AliasTarget" in told) == bool(told.get("ResourceRecords") and "TTL" in told):
        raise INVALID.about(why=f"Expected exactly one of AliasTarget, or TTL and ResourceRecords, in {what}")
    found = there.get((name, kind))
    if action == "CREATE" and found:
        raise BATCH.about(why=f"Tried to create {what} but it already exists")
    if action == "DELETE" and found is None:
        raise BATCH.about(why=f"Tried to delete {what} but it was not found")
    if action == "DELETE" and _values(found) != _sent(told):
        raise BATCH.about(why=f"Tried to delete {what} but the values provided do not match the current values")
    others = {other for one, other in there if one == name} - {kind}
    if action != "DELETE" and (kind == "CNAME" or "CNAME" in others) and others:
        raise BATCH.about(why=f"{what} cannot be created as another record set of this name is a CNAME, or it is one")


def _values(found: Any) -> tuple[Any, ...]:
    alias = found.alias_target or {}
    return _compared(found.records, found.ttl, alias)


def _sent(told: Fields) -> tuple[Any, ...]:
    return _compared(
        [each["Value"] for each in told.get("ResourceRecords", ())], told.get("TTL"), told.get("AliasTarget", {})
    )


def _compared(records: list[str], ttl: Any, alias: Fields) -> tuple[Any, ...]:
    return sorted(records), str(ttl or ""), _plain(alias.get("DNSName", "")), alias.get("HostedZoneId", "")


def _plain(name: str) -> str:
    return name.rstrip(".").lower().replace("\\052", "*")
