"""How a custom domain name moves between region and edge: it gets the other endpoint beside its own, the record is led
there, and then the old endpoint goes (API Gateway guide, apigateway-regional-api-custom-domain-migrate).

AWS takes one of these steps at a time ("This operation cannot be included with the `remove` operation in the same
request": API reference, *Patch operations*, UpdateDomainName), and no step while the domain is strict about how it is
called, nor another TLS policy while it has two endpoints (guide, apigateway-security-policies and
apigateway-custom-domain-tls-version).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcilers.gateway.rest.patch import WHOLE, Document, Operation, Way, add, remove, replace
from reconcilers.resource import Camel, Unordered

if TYPE_CHECKING:
    from reconcilers.domains.domain_name import DomainName

OWN = {
    "REGIONAL": ("regionalCertificateArn", "regionalDomainName"),
    "EDGE": ("certificateArn", "distributionDomainName"),
}
"""By endpoint type: the members with its certificate and with its host."""
PLACES = frozenset({"endpoint_configuration", "certificate_arn", "regional_certificate_arn"})


class Endpoint(Camel):
    types: Unordered[str] = ("REGIONAL",)
    ip_address_type: str = "ipv4"


class MutualTls(Camel):
    truststore_uri: str
    truststore_version: str | None = None


Seen = tuple[Mapping[str, Any], tuple[str, ...], str]
"""The members to compare, what is left of the old endpoint, and why that is still there."""


def seen(found: Mapping[str, Any], want: DomainName | None, led: Callable[[str], bool]) -> Seen:
    """A domain as it is compared. While people are still led to its old endpoint, that one does not count, nor what AWS
    does not change until it has gone: it goes when they are led to the new one (`led`, asked of a host, and only then).
    """
    endpoint = found.get("endpointConfiguration", {"types": ["EDGE"]})
    types, asked = tuple(endpoint["types"]), want.endpoint_configuration.types if want is not None else ()
    told = {**found, "endpointConfiguration": {**endpoint, "types": types}}
    old = next((each for each in types if each not in asked), "")
    if want is None or not old or asked[0] not in types:
        return told, (), ""
    host = found.get(OWN[asked[0]][1], "")
    former = tuple(found[member] for member in OWN[old] if member in found)
    if led(host):
        return told, former, ""
    told |= {
        "endpointConfiguration": {**endpoint, "types": asked},
        "securityPolicy": want.security_policy,
        "endpointAccessMode": want.endpoint_access_mode,
    }
    why = f"the {old.lower()} endpoint of {found['domainName']} goes when its record leads to {host}"
    return {name: value for name, value in told.items() if name not in OWN[old]}, former, why


def step(live: DomainName, want: DomainName, changed: frozenset[str]) -> tuple[DomainName, frozenset[str]]:
    """What of a change comes next; the rest is seen to differ again."""
    have, asked = set(live.endpoint_configuration.types), set(want.endpoint_configuration.types)
    if have == asked:
        return want, changed
    if asked < have:
        return want, changed & PLACES
    if live.endpoint_access_mode == "STRICT":
        return want.model_copy(update={"endpoint_access_mode": "BASIC"}), frozenset({"endpoint_access_mode"})
    mode = "BASIC" if want.endpoint_access_mode else None
    new = {name for name in changed if getattr(want, name) is not None} | {"endpoint_access_mode"}
    return want.model_copy(update={"endpoint_access_mode": mode}), frozenset(new)


@dataclass(frozen=True, slots=True)
class Types(Way):
    """Endpoint types come or go, never both in one request."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        there, wanted = set(live["types"]), set(want["types"])
        yield from (add(f"{path}/types", each) for each in sorted(wanted - there))
        if wanted < there:
            yield from (remove(f"{path}/types", each) for each in sorted(there - wanted))
        if live["ipAddressType"] != want["ipAddressType"]:
            yield replace(f"{path}/ipAddressType", want["ipAddressType"])


@dataclass(frozen=True, slots=True)
class Certified(Way):
    """A certificate comes and goes, with its endpoint or by itself."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        if want is None:
            yield remove(path)
        else:
            yield add(path, want) if live is None else replace(path, want)


@dataclass(frozen=True, slots=True)
class Trusted(Way):
    """Without its trust store mutual TLS is off."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        for member in ("truststoreUri", "truststoreVersion") if want else ("truststoreUri",):
            there, wanted = (live or {}).get(member), (want or {}).get(member)
            if there != wanted:
                yield replace(f"{path}/{member}", wanted or "")


WAYS: Mapping[str, Way] = {
    "endpointConfiguration": Types(),
    "certificateArn": Certified(),
    "regionalCertificateArn": Certified(),
    "securityPolicy": WHOLE,
    "endpointAccessMode": WHOLE,
    "mutualTlsAuthentication": Trusted(),
    "ownershipVerificationCertificateArn": Certified(),
    "policy": Document(),
    "routingMode": WHOLE,
}
"""Source: API reference, *Patch operations*, UpdateDomainName."""
