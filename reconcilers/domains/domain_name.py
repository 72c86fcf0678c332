"""Custom domain names of API Gateway. AWS has each name once, so one that somebody else has is a conflict.

A changed certificate or trust store takes minutes, in which the domain goes on as it was (ledger 8.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

from reconcilers.aws import Aws
from reconcilers.domains.certificate import certificate_key
from reconcilers.facts import Facts
from reconcilers.gateway.vpc_link import gateway_tag, ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Clear, Hidden, Immutable, Live, Resource, Shape
from reconcilers.topology import api, domain_of
from specs import Instance

BUSY = ("UPDATING",)


class Configuration(Shape):
    certificate_arn: Link
    endpoint_type: str = "REGIONAL"
    security_policy: str = "TLS_1_2"
    ip_address_type: str = "ipv4"


class MutualTls(Shape):
    truststore_uri: str
    truststore_version: str | None = None


class DomainName(Resource):
    domain_name: Immutable[str]
    domain_name_configurations: tuple[Configuration, ...]
    mutual_tls_authentication: Annotated[MutualTls | None, Clear({"TruststoreUri": ""})] = None
    routing_mode: str = "API_MAPPING_ONLY"
    anchor: Hidden[Link | None] = None


class DomainNames(Reconciler[DomainName]):
    kind = DomainName
    settles = True
    unmanaged = {}  # noqa: RUF012  ClassVar in Reconciler

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, DomainName]]:
        domain = domain_of(instance)
        if domain is None:
            return
        addresses = api(instance).gateway.ip_address_type
        arn = domain.certificate or Ref(certificate_key(instance), "issued")
        trust = domain.mutual_tls
        yield (
            domain_key(instance),
            DomainName(
                domain_name=domain.name,
                domain_name_configurations=(Configuration(certificate_arn=arn, ip_address_type=addresses),),
                mutual_tls_authentication=trust
                and MutualTls(truststore_uri=trust.truststore, truststore_version=trust.version),
                routing_mode="ROUTING_RULE_THEN_API_MAPPING" if domain.rules else "API_MAPPING_ONLY",
                anchor=Ref(anchor(instance.address)),
            ),
        )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[DomainName]]:
        wanted: dict[str, list[Key]] = {}
        for key, want in look.wanted(DomainName).items():
            wanted.setdefault(want.domain_name, []).append(key)
        for found in aws.apigatewayv2.pages("get_domain_names", "Items", MaxResults="500"):
            tags, name = found.get("Tags", {}), found["DomainName"]
            mine = wanted.get(name, [])
            owner = look.whose(DomainName, tags, natural=partial(next, iter(mine), None))
            for each in mine:
                if each != owner:
                    look.taken(each, f"the custom domain {name}")
            if owner is None:
                continue
            [first, *_] = found["DomainNameConfigurations"]
            status, told = first.get("DomainNameStatus", "AVAILABLE"), first.get("DomainNameStatusMessage", "")
            yield Live(
                owner,
                name,
                DomainName.from_aws(found, tags=ours(tags)),
                {"endpoint": first.get("ApiGatewayDomainName", ""), "zone": first.get("HostedZoneId", "")},
                settling=f"the custom domain is {status}" if status in BUSY else "",
                failed=f"the custom domain is {status}: {told}" if status not in ("AVAILABLE", *BUSY) else "",
            )

    def create(self, aws: Aws, key: Key, want: DomainName, name: str) -> Made:
        made = aws.apigatewayv2.create_domain_name(**want.to_aws(), Tags=dict(want.tags or {}))
        [first, *_] = made["DomainNameConfigurations"]
        return {"id": made["DomainName"], "endpoint": first["ApiGatewayDomainName"], "zone": first["HostedZoneId"]}

    def update(self, aws: Aws, live: Live[DomainName], want: DomainName, changed: frozenset[str]) -> None:
        aws.apigatewayv2.update_domain_name(**want.to_aws(changed | {"domain_name"}))

    def delete(self, aws: Aws, live: Live[DomainName]) -> None:
        aws.apigatewayv2.delete_domain_name(DomainName=live.id)

    def tag(self, aws: Aws, live: Live[DomainName], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        gateway_tag(aws, f"domainnames/{live.id}", put, drop)


def domain_key(instance: Instance) -> Key:
    return DomainName.key(instance.address)
