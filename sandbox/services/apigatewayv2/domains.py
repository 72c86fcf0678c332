"""Custom domain names as v2 shows them, which are the regional ones, and what they are mapped to (ledger 8.1, 8.2).

A domain needs an ISSUED certificate that covers it. It is usable at once; a change of certificate or trust store takes
minutes, in which it takes no other. Mappings go before what they lead to.
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway import REST_API, domainnames
from sandbox.services.apigateway import STAGE as REST_STAGE
from sandbox.services.apigateway.domainnames import is_regional, types
from sandbox.services.apigatewayv2.access import API_MAPPING
from sandbox.services.apigatewayv2.facts import API, STAGE
from sandbox.services.apigatewayv2.names import DOMAIN, ENHANCED
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World

NOT_REGIONAL = bad(  # serverless-domain-manager#359
    "Only REGIONAL domain names can be managed through the API Gateway V2 API. For EDGE domain names, please use the "
    "API Gateway V1 API. Also note that only REST APIs can be attached to EDGE domain names."
)
OLD_TLS = bad("The security policy of a regional domain name of API Gateway V2 is TLS_1_2")
MODES = {  # by v2's word for it v1's
    "API_MAPPING_ONLY": "BASE_PATH_MAPPING_ONLY",
    "ROUTING_RULE_ONLY": "ROUTING_RULE_ONLY",
    "ROUTING_RULE_THEN_API_MAPPING": "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
}
OTHERWISE = {old: new for new, old in MODES.items()}


def create_domain_name(world: World, request: Fields) -> Fields:
    [said, *more] = request.get("DomainNameConfigurations") or [{}]
    if not said or more:
        raise bad("Exactly one domain name configuration is required")
    if said.get("EndpointType", "REGIONAL") != "REGIONAL":
        raise bad("EDGE endpoint type is not supported for APIGatewayV2 domainName: HTTP APIs have regional ones")
    if said.get("SecurityPolicy", "TLS_1_2") != "TLS_1_2":
        raise OLD_TLS
    endpoint = {"types": ["REGIONAL"], "ipAddressType": said.get("IpAddressType", "ipv4")}
    told = {"domainName": request["DomainName"], "endpointConfiguration": endpoint, **_sent(request, said)}
    return _shown(domainnames.made(world, told | {"tags": request.get("Tags", {})}))


def get_domain_name(world: World, request: Fields) -> Fields:
    return _shown(_domain(world, request))


def get_domain_names(world: World, _request: Fields) -> Fields:
    return {"Items": [_shown(each) for each in world.all(DOMAIN) if is_regional(each)]}


def update_domain_name(world: World, request: Fields) -> Fields:
    """Members of the configuration that are left out stay; an empty trust store takes mutual TLS off."""
    domain = _domain(world, request)
    [said, *_] = request.get("DomainNameConfigurations") or [{}]
    if said.get("EndpointType", "REGIONAL") != "REGIONAL":
        raise bad("The endpoint type of a domain name of an HTTP API is REGIONAL")
    if said.get("SecurityPolicy", domain["securityPolicy"]) not in ("TLS_1_2", domain["securityPolicy"]):
        raise OLD_TLS
    after = domain.fields | _sent(request, said)
    if address := said.get("IpAddressType"):
        after["endpointConfiguration"] = {**domain["endpointConfiguration"], "ipAddressType": address}
    if not after.get("mutualTlsAuthentication", {}).get("truststoreUri"):
        after.pop("mutualTlsAuthentication", None)
    return _shown(domainnames.changed(world, domain, after | domainnames.trusted(world, after)))


def delete_domain_name(world: World, request: Fields) -> None:
    domainnames.removed(world, _domain(world, request))


def _domain(world: World, request: Fields) -> Resource:
    found = world.get(DOMAIN, request["DomainName"].lower())
    if not is_regional(found):
        raise NOT_REGIONAL
    return found


def _sent(request: Fields, configuration: Fields) -> Fields:
    """In v1's words."""
    said = {
        "regionalCertificateArn": configuration.get("CertificateArn"),
        "regionalCertificateName": configuration.get("CertificateName"),
        "securityPolicy": configuration.get("SecurityPolicy"),
        "ownershipVerificationCertificateArn": configuration.get("OwnershipVerificationCertificateArn"),
        "routingMode": MODES.get(request.get("RoutingMode", "")),
    }
    told: Fields = {name: each for name, each in said.items() if each}
    if "MutualTlsAuthentication" in request:
        trust = request["MutualTlsAuthentication"]
        told["mutualTlsAuthentication"] = {name[:1].lower() + name[1:]: each for name, each in trust.items()}
    return told


def _shown(domain: Resource) -> Fields:
    """In v2's words."""
    said = {
        "ApiGatewayDomainName": "regionalDomainName",
        "CertificateArn": "regionalCertificateArn",
        "CertificateName": "regionalCertificateName",
        "DomainNameStatus": "domainNameStatus",
        "HostedZoneId": "regionalHostedZoneId",
        "OwnershipVerificationCertificateArn": "ownershipVerificationCertificateArn",
        "SecurityPolicy": "securityPolicy",
    }
    configuration = {ours: domain[name] for ours, name in said.items() if name in domain.fields}
    configuration |= {"EndpointType": "REGIONAL", "IpAddressType": domain["endpointConfiguration"]["ipAddressType"]}
    told: Fields = {
        "ApiMappingSelectionExpression": "$request.basepath",
        "DomainName": domain["domainName"],
        "DomainNameConfigurations": [configuration],
        "RoutingMode": OTHERWISE[domain["routingMode"]],
        "Tags": dict(domain.tags),
    }
    if trust := domain.fields.get("mutualTlsAuthentication"):
        told["MutualTlsAuthentication"] = {name[:1].upper() + name[1:]: each for name, each in trust.items()}
    return told


# ---- mappings


def create_api_mapping(world: World, request: Fields) -> Fields:
    return mapped(world, _domain(world, request), request).shown()


def get_api_mapping(world: World, request: Fields) -> Fields:
    return _mapping(world, request).shown()


def get_api_mappings(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(API_MAPPING, _domain(world, request).id), Resource.shown)}


def update_api_mapping(world: World, request: Fields) -> Fields:
    return remapped(world, _domain(world, request), _mapping(world, request), request).shown()


def delete_api_mapping(world: World, request: Fields) -> None:
    world.remove(_mapping(world, request))


def mapped(world: World, domain: Resource, leads: Fields) -> Resource:
    """A new mapping of a domain, by either generation of the API."""
    _refuse_stage(world, domain, leads)
    return world.add(API_MAPPING, {"ApiMappingKey": "", **leads}, parent=domain.id)


def remapped(world: World, domain: Resource, mapping: Resource, leads: Fields) -> Resource:
    _refuse_stage(world, domain, mapping.fields | leads)
    return world.change(mapping, leads)


def _mapping(world: World, request: Fields) -> Resource:
    return world.get(API_MAPPING, request["ApiMappingId"], _domain(world, request).id)


def _refuse_mixture(world: World, domain: Resource, id: str) -> None:
    """WebSocket APIs share no domain with others (ledger 8.2)."""
    others = (each for each in world.all(API_MAPPING, domain.id) if each["ApiId"] != id)
    if any(_is_socket(world, each["ApiId"]) != _is_socket(world, id) for each in others):
        raise bad("A domain name of a WebSocket API cannot be mapped to a REST or HTTP API")


def _is_socket(world: World, id: str) -> bool:
    found = world.find(API, id)
    return found is not None and found["ProtocolType"] == "WEBSOCKET"


def _refuse_stage(world: World, domain: Resource, leads: Fields) -> None:
    """A stage that is there, of an API that this domain may lead to."""
    id, stage = leads["ApiId"], f"{leads['ApiId']}/{leads['Stage']}"
    old = world.find(REST_API, id)
    if not (old or world.find(API, id)):
        raise bad("Invalid API identifier specified")
    refuse_privacy(domain, old)
    if old is None and (not is_regional(domain) or domain["securityPolicy"].startswith(ENHANCED)):
        raise bad("An HTTP or WebSocket API is mapped to regional domain names with the policy TLS_1_2 only")
    _refuse_mixture(world, domain, id)
    if not (world.find(STAGE, stage) or world.find(REST_STAGE, stage)):
        raise bad("Invalid stage identifier specified")


def refuse_privacy(domain: Resource, api: Resource | None) -> None:
    """Private names lead to private APIs, and to nothing else (apigateway-private-custom-domains)."""
    private = types(domain.fields) == ["PRIVATE"]
    if api is not None and private != (api["endpointConfiguration"]["types"] == ["PRIVATE"]):
        public = "A public" if private else "A private"
        raise bad(f"{public} API cannot be mapped to a {'private' if private else 'public'} custom domain name")
