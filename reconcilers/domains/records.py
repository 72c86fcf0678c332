"""How Route 53 tells what is there: names in lower case, a dot at the end, and `*` as an octal number (ledger 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws


def plain(name: str) -> str:
    """A name as people write it."""
    return name.rstrip(".").lower().replace("\\052", "*")


def told_record(aws: Aws, zone: str, name: str, kind: str) -> Mapping[str, Any] | None:
    """The record of this name and type, if there is one: the list begins at a name and goes on with the next ones
    (ledger 0.4)."""
    answer = aws.route53.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName=name, StartRecordType=kind, MaxItems="1"
    )
    fitting = (
        each for each in answer["ResourceRecordSets"] if (plain(each["Name"]), each["Type"]) == (plain(name), kind)
    )
    return next(fitting, None)
