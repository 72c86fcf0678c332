"""Custom domain names as v1 shows them: the same objects as v2's, regional ones only, and the mappings that lead to a
REST API as base paths of one level (ledger 8.1, 8.2)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.patching import Grammar, needed, scalar
from sandbox.services.apigateway.words import bad, conflict, missing
from sandbox.services.apigatewayv2 import domains
from sandbox.services.apigatewayv2.access import API_MAPPING, DOMAIN
from sandbox.world import Resource, World

NONE = "(none)"  # how v1 writes the empty base path
GRAMMAR = Grammar(
    (
        needed("regionalCertificateArn", "Regional certificate ARN"),
        needed("securityPolicy", "Security policy"),
        needed("endpointConfiguration/ipAddressType", "IP address type"),
        scalar("mutualTlsAuthentication/truststoreUri"),
        scalar("mutualTlsAuthentication/truststoreVersion"),
        needed("ownershipVerificationCertificateArn", "Ownership verification certificate ARN"),
    )
)
MAPPINGS = Grammar((scalar("basePath"), needed("restapiId", "REST API id"), needed("stage", "Stage")))
ROUTING = {
    "API_MAPPING_ONLY": "BASE_PATH_MAPPING_ONLY",
    "ROUTING_RULE_THEN_API_MAPPING": "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
}


def create_domain_name(world: World, request: Fields) -> Fields:
    """An edge-optimised one, which is what nothing said means, is not modelled."""
    endpoint = request.get("endpointConfiguration", {})
    if endpoint.get("types") != ["REGIONAL"]:
        raise Refusal("UnknownOperationException", "Only regional custom domain names are modelled here", 501)
    if "regionalCertificateArn" not in request:
        raise bad("A regional domain name needs a regionalCertificateArn")
    told = {"DomainName": request["domainName"], "Tags": request.get("tags", {}), **_sent(request, endpoint)}
    domain = world.get(DOMAIN, domains.create_domain_name(world, told)["DomainName"])
    domain.hidden = domain.hidden | {"uploaded": world.time}
    return _shown(domain)


def get_domain_name(world: World, request: Fields) -> Fields:
    return _shown(_domain(world, request))


def get_domain_names(world: World, _request: Fields) -> Fields:
    return {"items": [_shown(each) for each in world.all(DOMAIN)]}


def update_domain_name(world: World, request: Fields) -> Fields:
    domain = _domain(world, request)
    before = {name: each for name, each in _shown(domain).items() if each}
    after = GRAMMAR.patched(before, request.get("patchOperations", ()))
    trust = after.get("mutualTlsAuthentication")
    told = _sent(after, after["endpointConfiguration"])
    if before.get("mutualTlsAuthentication") and not trust:
        told["MutualTlsAuthentication"] = {"TruststoreUri": ""}
    domains.update_domain_name(world, {"DomainName": domain.id, **told})
    return _shown(domain)


def delete_domain_name(world: World, request: Fields) -> None:
    domains.delete_domain_name(world, {"DomainName": _domain(world, request).id})


def _domain(world: World, request: Fields) -> Resource:
    found = world.find(DOMAIN, request["domainName"].lower())
    if found is None:
        raise missing("Invalid domain name identifier specified")
    return found


def _sent(fields: Fields, endpoint: Fields) -> Fields:
    """In v2's words."""
    said = {
        "CertificateArn": fields.get("regionalCertificateArn"),
        "EndpointType": "REGIONAL",
        "SecurityPolicy": fields.get("securityPolicy"),
        "IpAddressType": endpoint.get("ipAddressType"),
        "OwnershipVerificationCertificateArn": fields.get("ownershipVerificationCertificateArn"),
    }
    told: Fields = {"DomainNameConfigurations": [{name: each for name, each in said.items() if each}]}
    if trust := fields.get("mutualTlsAuthentication"):
        told["MutualTlsAuthentication"] = {name[:1].upper() + name[1:]: each for name, each in trust.items()}
    return told


def _shown(domain: Resource) -> Fields:
    """In v1's words."""
    [said] = domain["DomainNameConfigurations"]
    told: Fields = {
        "domainName": domain.id,
        "domainNameArn": domain.arn,
        "domainNameStatus": said["DomainNameStatus"],
        "endpointConfiguration": {"types": [said["EndpointType"]], "ipAddressType": said["IpAddressType"]},
        "regionalCertificateArn": said["CertificateArn"],
        "regionalDomainName": said["ApiGatewayDomainName"],
        "regionalHostedZoneId": said["HostedZoneId"],
        "routingMode": ROUTING.get(domain["RoutingMode"], domain["RoutingMode"]),
        "securityPolicy": said["SecurityPolicy"],
        "tags": dict(domain.tags),
    }
    if uploaded := domain.hidden.get("uploaded"):
        told["certificateUploadDate"] = uploaded
    if trust := domain.fields.get("MutualTlsAuthentication"):
        told["mutualTlsAuthentication"] = {name[:1].lower() + name[1:]: each for name, each in trust.items()}
    return told


# ---- base paths


def create_base_path_mapping(world: World, request: Fields) -> Fields:
    domain, key = _domain(world, request), _key(request.get("basePath", ""))
    if "stage" not in request:
        raise Refusal("UnknownOperationException", "A mapping to all stages is not modelled here", 501)
    if any(each["ApiMappingKey"] == key for each in world.all(API_MAPPING, domain.id)):
        raise conflict("Base path already exists for this domain name")
    told = _leads(world, domain, request["restApiId"], request["stage"], key)
    made = domains.create_api_mapping(world, told)
    return _told(world.get(API_MAPPING, made["ApiMappingId"]))


def get_base_path_mapping(world: World, request: Fields) -> Fields:
    return _told(_mapping(world, request))


def get_base_path_mappings(world: World, request: Fields) -> Fields:
    return {"items": [_told(each) for each in _mappings(world, _domain(world, request))]}


def update_base_path_mapping(world: World, request: Fields) -> Fields:
    mapping = _mapping(world, request)
    before = {"basePath": mapping["ApiMappingKey"], "restapiId": mapping["ApiId"], "stage": mapping["Stage"]}
    after = MAPPINGS.patched(before, request.get("patchOperations", ()))
    key = _key(after.get("basePath", ""))
    told = _leads(world, _domain(world, request), after["restapiId"], after["stage"], key)
    domains.update_api_mapping(world, {**told, "ApiMappingId": mapping.id})
    return _told(mapping)


def delete_base_path_mapping(world: World, request: Fields) -> None:
    world.remove(_mapping(world, request))


def _leads(world: World, domain: Resource, api: str, stage: str, key: str) -> Fields:
    if world.find(REST_API, api) is None:
        raise bad("Invalid REST API identifier specified")
    return {"DomainName": domain.id, "ApiId": api, "Stage": stage, "ApiMappingKey": key}


def _key(path: str) -> str:
    if "/" in path.strip("/"):
        raise bad("Base paths of several levels can be made with API Gateway V2 only")
    return "" if path == NONE else path.strip("/")


def _mappings(world: World, domain: Resource) -> list[Resource]:
    kept = world.all(API_MAPPING, domain.id)
    return [each for each in kept if world.find(REST_API, each["ApiId"]) and "/" not in each["ApiMappingKey"]]


def _mapping(world: World, request: Fields) -> Resource:
    key, kept = _key(request["basePath"]), _mappings(world, _domain(world, request))
    found = next((each for each in kept if each["ApiMappingKey"] == key), None)
    if found is None:
        raise missing("Invalid base path mapping identifier specified")
    return found


def _told(mapping: Resource) -> Fields:
    return {"basePath": mapping["ApiMappingKey"] or NONE, "restApiId": mapping["ApiId"], "stage": mapping["Stage"]}
