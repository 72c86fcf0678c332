"""Custom domain names and what they are mapped to (ledger 8.1, 8.2).

A domain needs an ISSUED certificate that covers it. It is usable at once; a change of certificate or trust store takes
minutes, in which it takes no other. Mappings go before what they lead to.
"""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.certificates import covers
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway import REST_API
from sandbox.services.apigateway import STAGE as REST_STAGE
from sandbox.services.apigatewayv2.access import API_MAPPING, DOMAIN, ROUTING_RULE
from sandbox.services.apigatewayv2.facts import API, STAGE
from sandbox.services.apigatewayv2.words import bad
from sandbox.services.foreign import CERTIFICATE
from sandbox.world import Resource, World, become, merged

UPDATES = 120  # seconds; ledger 8.1 "minutes"
ZONE = "Z1UJRXOUMOOFQ8"  # of API Gateway's regional hostnames; the same for every domain of a region
BUSY = Refusal("ConflictException", "The domain name {id} is being updated. Please try again later.")


def create_domain_name(world: World, request: Fields) -> Fields:
    configurations = request.get("DomainNameConfigurations")
    if not configurations:
        raise bad("A domain name configuration is required")
    name = request["DomainName"].lower()
    _refuse_certificates(world, name, configurations)
    domain = world.add(DOMAIN, request | {"DomainName": name} | _trust(world, request))
    target = f"d-{world.words()['short']}.execute-api.{world.region}.amazonaws.com"
    told = {"ApiGatewayDomainName": target, "HostedZoneId": ZONE, "DomainNameStatus": "AVAILABLE"}
    domain.fields = domain.fields | {"DomainNameConfigurations": [_defaults(configurations[0]) | told]}
    return _without_blank_trust(domain).shown()


def get_domain_name(world: World, request: Fields) -> Fields:
    return _domain(world, request).shown()


def get_domain_names(world: World, _request: Fields) -> Fields:
    return {"Items": [each.shown() for each in world.all(DOMAIN)]}


def update_domain_name(world: World, request: Fields) -> Fields:
    """Members of the configuration that are left out stay; an empty trust store takes mutual TLS off."""
    domain = _domain(world, request)
    [before] = domain["DomainNameConfigurations"]
    if before["DomainNameStatus"] == "UPDATING":
        raise BUSY.about(id=domain.id)
    after = merged(before, *request.get("DomainNameConfigurations", ()))
    if after["EndpointType"] != before["EndpointType"]:
        raise bad("The endpoint type of a domain name of an HTTP API is REGIONAL")
    _refuse_certificates(world, domain.id, [after])
    trust = _trust(world, request)
    slow = after["CertificateArn"] != before["CertificateArn"] or trust != {
        name: domain.fields[name] for name in trust if name in domain.fields
    }
    shown = after | ({"DomainNameStatus": "UPDATING"} if slow else {})
    world.change(domain, {**request, "DomainNameConfigurations": [shown], **trust})
    if slow:
        world.later(UPDATES, become, domain, {"DomainNameConfigurations": [after]})
    return _without_blank_trust(domain).shown()


def delete_domain_name(world: World, request: Fields) -> None:
    domain = _domain(world, request)
    if world.all(API_MAPPING, domain.id):
        raise bad(f"Deleting domain name {domain.id} failed. Please remove all its API mappings first.")
    if world.all(ROUTING_RULE, domain.id):
        raise bad(f"Deleting domain name {domain.id} failed. Please remove all its routing rules first.")
    world.remove(domain)


def _domain(world: World, request: Fields) -> Resource:
    return world.get(DOMAIN, request["DomainName"].lower())


def _defaults(configuration: Fields) -> Fields:
    return {"EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2", "IpAddressType": "ipv4", **configuration}


def _refuse_certificates(world: World, name: str, configurations: list[Fields]) -> None:
    for each in configurations:
        found = world.find(CERTIFICATE, each.get("CertificateArn", ""))
        if found is None or found["Status"] != "ISSUED":
            raise bad(f"The certificate {each.get('CertificateArn')} does not exist or is not issued")
        if not any(covers(pattern, name) for pattern in found["SubjectAlternativeNames"]):
            raise bad(f"The certificate {found.id} does not cover the domain name {name}")


def _trust(world: World, request: Fields) -> Fields:
    """Mutual TLS as it is told back; the trust store is an object that is there (http-api-mutual-tls)."""
    sent = request.get("MutualTlsAuthentication")
    if not sent:
        return {}
    uri = sent.get("TruststoreUri", "")
    if not uri:
        return {"MutualTlsAuthentication": {}}
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    buckets = elsewhere.backend(world, "s3").buckets
    if not uri.startswith("s3://") or bucket not in buckets or key not in buckets[bucket].keys:
        raise bad(f"The trust store {uri} could not be read")
    return {"MutualTlsAuthentication": dict(sent)}


def _without_blank_trust(domain: Resource) -> Resource:
    if domain.fields.get("MutualTlsAuthentication") == {}:
        domain.fields = {name: value for name, value in domain.fields.items() if name != "MutualTlsAuthentication"}
    return domain


# ---- mappings


def create_api_mapping(world: World, request: Fields) -> Fields:
    domain = _domain(world, request)
    _refuse_stage(world, request)
    return world.add(API_MAPPING, {"ApiMappingKey": "", **request}, parent=domain.id).shown()


def get_api_mapping(world: World, request: Fields) -> Fields:
    return _mapping(world, request).shown()


def get_api_mappings(world: World, request: Fields) -> Fields:
    return {"Items": [each.shown() for each in world.all(API_MAPPING, _domain(world, request).id)]}


def update_api_mapping(world: World, request: Fields) -> Fields:
    mapping = _mapping(world, request)
    _refuse_stage(world, mapping.fields | request)
    return world.change(mapping, request).shown()


def delete_api_mapping(world: World, request: Fields) -> None:
    world.remove(_mapping(world, request))


def _mapping(world: World, request: Fields) -> Resource:
    return world.get(API_MAPPING, request["ApiMappingId"], _domain(world, request).id)


def _refuse_mixture(world: World, request: Fields) -> None:
    """WebSocket APIs share no domain with others (ledger 8.2)."""
    others = (each for each in world.all(API_MAPPING, request["DomainName"]) if each["ApiId"] != request["ApiId"])
    if any(_is_socket(world, each["ApiId"]) != _is_socket(world, request["ApiId"]) for each in others):
        raise bad("A domain name of a WebSocket API cannot be mapped to a REST or HTTP API")


def _is_socket(world: World, id: str) -> bool:
    found = world.find(API, id)
    return found is not None and found["ProtocolType"] == "WEBSOCKET"


def _refuse_stage(world: World, request: Fields) -> None:
    """An API of either kind that is not private, with a stage of that name."""
    id, stage = request["ApiId"], f"{request['ApiId']}/{request['Stage']}"
    old = world.find(REST_API, id)
    if old and "PRIVATE" in old["endpointConfiguration"]["types"]:
        raise bad("A private API cannot be mapped to a public custom domain name")
    if not (old or world.find(API, id)):
        raise bad("Invalid API identifier specified")
    _refuse_mixture(world, request)
    if not (world.find(STAGE, stage) or world.find(REST_STAGE, stage)):
        raise bad("Invalid stage identifier specified")
