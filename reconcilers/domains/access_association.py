"""Domain name access associations: by which VPC endpoints a private custom domain is reached.

A new one takes about a quarter of an hour until it works, and nothing tells when that is over (API Gateway guide,
apigateway-private-custom-domains).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.domains.domain_name import PRIVATE, DomainName, domain_key
from reconcilers.facts import Facts
from reconcilers.gateway.vpc_link import ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import entrances
from specs import Instance


class DomainNameAccessAssociation(CamelResource):
    domain_name_arn: Immutable[Link]
    access_association_source_type: Immutable[str] = "VPCE"
    access_association_source: Immutable[str]
    """The id of a VPC endpoint for execute-api."""


class DomainNameAccessAssociations(Reconciler[DomainNameAccessAssociation]):
    kind = DomainNameAccessAssociation
    needs = (DomainName,)
    unmanaged = {}  # noqa: RUF012  ClassVar in Reconciler

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, DomainNameAccessAssociation]]:
        for endpoint in entrances(instance):
            yield (
                DomainNameAccessAssociation.key(instance.address, endpoint),
                DomainNameAccessAssociation(
                    domain_name_arn=Ref(domain_key(instance), "arn"), access_association_source=endpoint
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[DomainNameAccessAssociation]]:
        """Of the private domains that are there: others can have none."""
        domains = {live.attributes["arn"]: live.key for live in look.of(DomainName) if live.key.part == PRIVATE}
        listed = partial(aws.apigateway.pages, "get_domain_name_access_associations", "items", limit=500)
        for found in listed(resourceOwner="SELF") if domains else ():
            source = found["accessAssociationSource"].rpartition("/")[2]
            owner = domains.get(found["domainNameArn"])
            mine = None if owner is None else DomainNameAccessAssociation.key(owner.instance, source)
            tags = found.get("tags", {})
            key = look.whose(DomainNameAccessAssociation, tags, natural=partial(_same, mine))
            if key is None and mine in look.graph:
                look.taken(mine, f"the access association of {source}")
            if key is not None:
                told = DomainNameAccessAssociation.from_aws(found, access_association_source=source, tags=ours(tags))
                yield Live(key, found["domainNameAccessAssociationArn"], told)

    def create(self, aws: Aws, key: Key, want: DomainNameAccessAssociation, name: str) -> Made:
        made = aws.apigateway.create_domain_name_access_association(**want.to_aws(), tags=dict(want.tags or {}))
        return {"id": made["domainNameAccessAssociationArn"]}

    def update(
        self,
        aws: Aws,
        live: Live[DomainNameAccessAssociation],
        want: DomainNameAccessAssociation,
        changed: frozenset[str],
    ) -> None:
        raise AssertionError("an access association has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[DomainNameAccessAssociation]) -> None:
        aws.apigateway.delete_domain_name_access_association(domainNameAccessAssociationArn=live.id)

    def tag(
        self,
        aws: Aws,
        live: Live[DomainNameAccessAssociation],
        put: Mapping[str, str],
        drop: tuple[str, ...],
    ) -> None:
        if drop:
            aws.apigateway.untag_resource(resourceArn=live.id, tagKeys=list(drop))
        if put:
            aws.apigateway.tag_resource(resourceArn=live.id, tags=dict(put))


def _same(key: Key | None) -> Key | None:
    return key
