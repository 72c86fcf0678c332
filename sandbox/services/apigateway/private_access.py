"""Domain name access associations: through which VPC endpoints a private custom domain name is reached (API Gateway
guide, apigateway-private-custom-domains-tutorial; botocore apigateway, CreateDomainNameAccessAssociation).

That of two private names that are the same only one is reached through an endpoint is on that guide's page about
private names.
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.words import bad
from sandbox.services.apigatewayv2.names import ACCESS, DOMAIN
from sandbox.services.foreign import VPC_ENDPOINT
from sandbox.world import Resource, World

READY = 900  # seconds; "it takes about 15 minutes to be ready"


def create_domain_name_access_association(world: World, request: Fields) -> Fields:
    domain = next((each for each in world.all(DOMAIN) if each.arn == request["domainNameArn"]), None)
    if domain is None or "domainNameId" not in domain.fields:
        raise bad("Invalid domain name ARN specified: access associations are for private custom domain names")
    source = request["accessAssociationSource"]
    if world.find(VPC_ENDPOINT, source) is None:
        raise bad(f"Invalid access association source: there is no VPC endpoint {source}")
    if any(_name(each) == domain["domainName"] for each in through(world, source) if _arn(each) != domain.arn):
        raise bad(f"The VPC endpoint {source} already leads to another private domain name {domain['domainName']}")
    place = f"{world.region}:{world.account}:/domainnameaccessassociations"
    arn = f"arn:aws:apigateway:{place}/domainname/{domain.id}/vpcesource/{source}"
    made = world.add(ACCESS, request, id=arn)
    made.hidden = {"ready": world.now + READY}
    return made.shown()


def get_domain_name_access_associations(world: World, _request: Fields) -> Fields:
    return {"items": Listing(world.all(ACCESS), Resource.shown)}


def delete_domain_name_access_association(world: World, request: Fields) -> None:
    world.remove(world.get(ACCESS, request["domainNameAccessAssociationArn"]))


def through(world: World, endpoint: str) -> list[Resource]:
    """The associations of a VPC endpoint."""
    return [each for each in world.all(ACCESS) if each["accessAssociationSource"] == endpoint]


def _arn(association: Resource) -> str:
    return str(association["domainNameArn"])


def _name(association: Resource) -> str:
    return _arn(association).rpartition("/")[2].partition("+")[0]
