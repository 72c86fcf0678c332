"""Custom domain names of API Gateway: in the API's region, at the edge by CloudFront, or inside VPCs. AWS has a public
name once, so one that somebody else has is a conflict; a private one has an id besides, and may be there twice.

Everything is written by the first generation of the API, which knows every kind of endpoint and the TLS policies of
2025; APIs of the other generation are mapped to what it made all the same (ledger 8.1). A changed certificate or trust
store takes minutes, in which the domain goes on as it was. How a name moves between region and edge is in `moving`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.domains.certificate import certificate_key
from reconcilers.domains.moving import WAYS, Endpoint, MutualTls, seen, step
from reconcilers.domains.records import plain, told_record
from reconcilers.facts import Facts
from reconcilers.gateway.rest.patch import patch
from reconcilers.gateway.rest.resource_policy import resource_policy, told_policy
from reconcilers.gateway.vpc_link import ours
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live
from reconcilers.topology import api, domain_of, entrances
from specs import Instance
from specs.domain import Domain
from specs.gateway import Gateway
from specs.rest import PolicyStatement

BUSY = ("UPDATING", "PENDING")
PRIVATE = "private"
"""The part in the addresses of private ones: public ones cannot become private, and have none."""
Named = tuple[str, bool]
"""A name, and whether it is private."""


class DomainName(CamelResource):
    domain_name: Immutable[str]
    endpoint_configuration: Endpoint = Endpoint()
    certificate_arn: Link | None = None
    """Of an endpoint at the edge, where it lies in us-east-1, or inside VPCs."""
    regional_certificate_arn: Link | None = None
    security_policy: str = "TLS_1_2"
    endpoint_access_mode: str | None = None
    """None with the policies from before 2025 (botocore CreateDomainName, endpointAccessMode)."""
    mutual_tls_authentication: MutualTls | None = None
    ownership_verification_certificate_arn: str | None = None
    """A public one, beside one that was imported or comes from a private authority."""
    policy: Mapping[str, Any] | None = None
    """Of a private one, with `execute-api:/*` for its own ARN, which AWS writes out; without it nobody is let in."""
    routing_mode: str = "BASE_PATH_MAPPING_ONLY"
    anchor: Hidden[Link | None] = None
    former: Hidden[tuple[str, ...]] = ()
    """Of one that has moved: its old certificate and host, as long as they are there."""


class DomainNames(Reconciler[DomainName]):
    kind = DomainName
    settles = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "certificateName": "certificates are ACM's and have ARNs",
        "regionalCertificateName": "certificates are ACM's and have ARNs",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, DomainName]]:
        domain = domain_of(instance)
        if domain is not None:
            yield domain_key(instance), _wanted(instance, domain, api(instance).gateway)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[DomainName]]:
        wanted: dict[Named, list[Key]] = {}
        for key, want in look.wanted(DomainName).items():
            wanted.setdefault((want.domain_name, bool(key.part)), []).append(key)
        for told in aws.apigateway.pages("get_domain_names", "items", limit=500):
            mine = wanted.get(_named(told), [])
            found = _tagged(aws, look, told) if "tags" not in told and _may_be_ours(aws, look, told, mine) else told
            tags = found.get("tags", {})
            owner = look.whose(DomainName, tags, natural=partial(next, iter(mine), None))
            for each in mine:
                if each != owner and not each.part:
                    look.taken(each, f"the custom domain {found['domainName']}")
            if owner is not None:
                yield _live(aws, look, owner, found)

    def create(self, aws: Aws, key: Key, want: DomainName, name: str) -> Made:
        told = want.to_aws() | ({} if want.policy is None else {"policy": json.dumps(want.policy)})
        made = aws.apigateway.create_domain_name(**told, tags=dict(want.tags or {}))
        return {"id": _id(made), **_attributes(aws, made)}

    def update(self, aws: Aws, live: Live[DomainName], want: DomainName, changed: frozenset[str]) -> Made:
        want, changed = step(live.resource, want, changed)
        told = {"patchOperations": patch(live.resource, want, changed, WAYS)}
        return _attributes(aws, aws.apigateway.update_domain_name(**called(live.id), **told))

    def delete(self, aws: Aws, live: Live[DomainName]) -> None:
        aws.apigateway.delete_domain_name(**called(live.id))

    def tag(self, aws: Aws, live: Live[DomainName], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        arn = live.attributes["arn"]
        if drop:
            aws.apigateway.untag_resource(resourceArn=arn, tagKeys=list(drop))
        if put:
            aws.apigateway.tag_resource(resourceArn=arn, tags=dict(put))


def domain_key(instance: Instance) -> Key:
    private = api(instance).gateway.domain_endpoint == PRIVATE
    return DomainName.key(instance.address, PRIVATE if private else "")


def called(id: str) -> dict[str, str]:
    """How the calls name a domain: a private one by its id too, which its own has behind a `+`."""
    name, _, own = id.partition("+")
    return {"domainName": name, **({"domainNameId": own} if own else {})}


def _wanted(instance: Instance, domain: Domain, gateway: Gateway) -> DomainName:
    kind, trust = gateway.domain_endpoint, domain.mutual_tls
    certificate: Link = domain.certificate or Ref(certificate_key(instance), "issued")
    tls = domain.tls_policy or "TLS_1_2"
    return DomainName(
        domain_name=domain.name,
        endpoint_configuration=Endpoint(
            types=(kind.upper(),),
            ip_address_type="dualstack" if kind == PRIVATE else gateway.ip_address_type,
        ),
        certificate_arn=None if kind == "regional" else certificate,
        regional_certificate_arn=certificate if kind == "regional" else None,
        security_policy=tls,
        endpoint_access_mode=domain.endpoint_access.upper() if tls.startswith("SecurityPolicy_") else None,
        mutual_tls_authentication=trust
        and MutualTls(truststore_uri=trust.truststore, truststore_version=trust.version),
        ownership_verification_certificate_arn=trust and trust.ownership_certificate,
        policy=_policy(domain, entrances(instance)) if kind == PRIVATE else None,
        routing_mode="ROUTING_RULE_THEN_BASE_PATH_MAPPING" if domain.rules else "BASE_PATH_MAPPING_ONLY",
        anchor=Ref(anchor(instance.address)),
    )


def _policy(domain: Domain, endpoints: tuple[str, ...]) -> dict[str, Any] | None:
    """Whoever comes by its VPC endpoints, if nothing else is said (apigateway-private-custom-domains-tutorial)."""
    others = PolicyStatement(effect="Deny", unless_source_vpc_endpoint=endpoints)
    return resource_policy(domain.policy or (others,))


# ---- what is there


def _named(found: Mapping[str, Any]) -> Named:
    return found["domainName"], "domainNameId" in found


def _id(found: Mapping[str, Any]) -> str:
    return "+".join((found["domainName"], *([found["domainNameId"]] if "domainNameId" in found else [])))


def _arn(aws: Aws, found: Mapping[str, Any]) -> str:
    """AWS has told it since there are private ones (recorded get_domain_names)."""
    return str(
        found.get("domainNameArn") or f"arn:{aws.partition}:apigateway:{aws.region}::/domainnames/{found['domainName']}"
    )


def _may_be_ours(aws: Aws, look: Look, found: Mapping[str, Any], mine: Iterable[Key]) -> bool:
    return bool(mine) or _arn(aws, found) in index(aws, look)


def _tagged(aws: Aws, look: Look, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The list was recorded without tags, of domains that had none: what may be ours is asked for them itself."""
    answer: Mapping[str, Any] = look.once(
        ("domain", _id(found)), lambda: aws.apigateway.get_domain_name(**called(_id(found)))
    )
    return answer


def _live(aws: Aws, look: Look, key: Key, found: Mapping[str, Any]) -> Live[DomainName]:
    want = look.wanted(DomainName).get(key)
    told, former, why = seen(found, want, led=lambda host: _leads(aws, look, key, host))
    if why and not _record(look, key):
        look.strangers.append((key.instance, why))
        why = ""
    status, words = found.get("domainNameStatus", "AVAILABLE"), found.get("domainNameStatusMessage", "")
    return Live(
        key,
        _id(found),
        DomainName.from_aws(told, policy=told_policy(found), former=former, tags=ours(found.get("tags", {}))),
        _attributes(aws, found),
        settling=f"the custom domain is {status}" if status in BUSY else why,
        failed=f"the custom domain is {status}: {words}" if status not in ("AVAILABLE", *BUSY) else "",
    )


def _record(look: Look, key: Key) -> Any:
    """The record that is to lead people to the domain, if it is ours."""
    return look.graph.get(Key(key.instance, "RecordSet", "A"))


def _leads(aws: Aws, look: Look, key: Key, host: str) -> bool:
    """Whether the record leads there already."""
    want = _record(look, key)
    found = told_record(aws, want.hosted_zone_id, want.name, "A") if want is not None else None
    return found is not None and plain(found.get("AliasTarget", {}).get("DNSName", "")) == plain(host)


HOSTS = {
    "endpoint": "regionalDomainName",
    "zone": "regionalHostedZoneId",
    "edge_endpoint": "distributionDomainName",
    "edge_zone": "distributionHostedZoneId",
}
"""What records ask of a domain, by the member that says it."""


def _attributes(aws: Aws, found: Mapping[str, Any]) -> dict[str, str]:
    return {"arn": _arn(aws, found), **{name: found[member] for name, member in HOSTS.items() if member in found}}
