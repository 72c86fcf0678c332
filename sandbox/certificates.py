"""Certificates of ACM: which names they cover, and when the ones that were requested become good.

moto lets a requested certificate become ISSUED by itself after a minute. AWS looks for the record in the public DNS
first; here that is a hosted zone of the same account (ACM guide, dns-validation).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

PENDING, TIMED_OUT = "PENDING_VALIDATION", "VALIDATION_TIMED_OUT"
PATIENCE = timedelta(hours=72)
"""How long ACM waits for the records (ledger 8.4; ACM guide, *Validation times out*)."""


def covers(pattern: str, name: str) -> bool:
    """`*.demo.internal` covers one label in place of the star, and not the bare domain (RFC 6125)."""
    pattern, name = pattern.lower(), name.lower()
    return pattern == name or (pattern.startswith("*.") and name.partition(".")[2] == pattern[2:])


def wait_for_records(acm: Any, route53: Callable[[], Any], now: datetime) -> None:
    """Certificates whose records are not there yet go on waiting: their minute begins when the last of them is. So the
    CreatedAt of a pending certificate moves; `acm` and `route53` are moto's own objects. ACM has not for ever."""
    pending = [each for each in acm._certificates.values() if each.status == PENDING]  # noqa: SLF001  it has no other list
    there = _records(route53()) if pending else frozenset()
    for each in pending:
        options = each.describe()["Certificate"].get("DomainValidationOptions", ())
        wanted = [option["ResourceRecord"] for option in options]
        if not all((_plain(one["Name"]), _plain(one["Value"])) in there for one in wanted):
            asked = vars(each).setdefault("asked_at", each.created_at)
            each.created_at = now
            if now - asked >= PATIENCE:
                each.status = TIMED_OUT


def _records(route53: Any) -> frozenset[tuple[str, str]]:
    sets = (each for zone in route53.zones.values() for each in zone.rrsets if each.type == "CNAME")
    return frozenset((_plain(each.name), _plain(value)) for each in sets for value in each.records)


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
