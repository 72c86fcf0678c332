"""Custom domain names of every kind, and the mappings that lead to a REST API as base paths of one level (ledger 8.1,
8.2). V2 shows the regional ones of the same objects.
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway import domainnames
from sandbox.services.apigateway.domainnames import types
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.patching import Grammar, Operation, Path, listed, needed, scalar
from sandbox.services.apigateway.words import bad, conflict, missing
from sandbox.services.apigatewayv2 import domains
from sandbox.services.apigatewayv2.access import API_MAPPING
from sandbox.services.apigatewayv2.names import DOMAIN
from sandbox.world import Resource, World

NONE = "(none)"  # how v1 writes the empty base path
RAW = ("certificateBody", "certificatePrivateKey", "certificateChain")


def _any_way(name: str) -> Path:
    usual = scalar(name)

    def write(fields: Fields, operation: Operation) -> None:
        usual.write(fields, operation._replace(value=None) if operation.op == "remove" else operation)

    return Path(usual.pattern, ("add", "remove", "replace"), write)


def _of(name: str, *, private: bool) -> Path:
    """A member that only public, or only private, domain names have."""
    usual = scalar(name)

    def write(fields: Fields, operation: Operation) -> None:
        if (types(fields) == ["PRIVATE"]) != private:
            which = "private" if private else "public"
            raise bad(f"Invalid patch path {operation.path}: it is for custom domain names of {which} APIs")
        usual.write(fields, operation)

    return Path(usual.pattern, usual.ops, write)


def _never(_fields: Fields, operation: Operation) -> None:
    """terraform-provider-aws#28059"""
    raise bad(f"{operation.path} Invalid request input")


GRAMMAR = Grammar(
    (
        *map(_any_way, ("certificateName", "certificateArn", "regionalCertificateName", "regionalCertificateArn")),
        listed("endpointConfiguration/types"),
        Path("/endpointConfiguration/types/{}", ("replace",), _never),
        needed("endpointConfiguration/ipAddressType", "IP address type"),
        needed("securityPolicy", "Security policy"),
        _of("endpointAccessMode", private=False),
        _any_way("mutualTlsAuthentication/truststoreUri"),
        _any_way("mutualTlsAuthentication/truststoreVersion"),
        _any_way("ownershipVerificationCertificateArn"),
        needed("routingMode", "Routing mode"),
        _of("policy", private=True),
        _of("managementPolicy", private=True),
    )
)
"""Source: API reference, "Patch Operations", UpdateDomainName."""
MAPPINGS = Grammar((scalar("basePath"), needed("restapiId", "REST API id"), needed("stage", "Stage")))
MOVING = ("/certificate", "/regionalCertificate", "/endpointConfiguration/types")


def create_domain_name(world: World, request: Fields) -> Fields:
    if any(name in request for name in RAW):
        raise Refusal("UnknownOperationException", "Certificates that are no ACM's are not modelled here", 501)
    return domainnames.made(world, request).shown()


def get_domain_name(world: World, request: Fields) -> Fields:
    return _domain(world, request).shown()


def get_domain_names(world: World, _request: Fields) -> Fields:
    """Without the tags of those that have none; recorded get_domain_names."""
    return {"items": [each.shown(tags=bool(each.tags)) for each in world.all(DOMAIN)]}


def update_domain_name(world: World, request: Fields) -> Fields:
    domain, operations = _domain(world, request), request.get("patchOperations", ())
    moving = {each.get("op") for each in operations if (each.get("path") or "").startswith(MOVING)}
    if {"add", "remove"} <= moving:
        raise domainnames.ONE_AT_A_TIME
    after = GRAMMAR.patched(domain.fields, operations)
    if not after.get("mutualTlsAuthentication", {}).get("truststoreUri"):
        after.pop("mutualTlsAuthentication", None)
    after |= domainnames.trusted(world, after)
    if after.get("policy") != domain.fields.get("policy"):
        after["policy"] = domainnames.told_policy(world, domain.id, after.get("policy", ""))
    return domainnames.changed(world, domain, after).shown()


def delete_domain_name(world: World, request: Fields) -> None:
    domainnames.removed(world, _domain(world, request))


def _domain(world: World, request: Fields) -> Resource:
    """A private one is called by its id too; without one the public one of the name is meant."""
    name, id = request["domainName"].lower(), request.get("domainNameId")
    found = world.find(DOMAIN, f"{name}+{id}" if id else name)
    if found is None:
        raise missing("Invalid domain name identifier specified")
    return found


# ---- base paths


def create_base_path_mapping(world: World, request: Fields) -> Fields:
    domain, key = _domain(world, request), _key(request.get("basePath", ""))
    if "stage" not in request:
        raise Refusal("UnknownOperationException", "A mapping to all stages is not modelled here", 501)
    if any(each["ApiMappingKey"] == key for each in world.all(API_MAPPING, domain.id)):
        raise conflict("Base path already exists for this domain name")
    return _told(domains.mapped(world, domain, _leads(world, request["restApiId"], request["stage"], key)))


def get_base_path_mapping(world: World, request: Fields) -> Fields:
    return _told(_mapping(world, request))


def get_base_path_mappings(world: World, request: Fields) -> Fields:
    return {"items": [_told(each) for each in _mappings(world, _domain(world, request))]}


def update_base_path_mapping(world: World, request: Fields) -> Fields:
    mapping = _mapping(world, request)
    before = {"basePath": mapping["ApiMappingKey"], "restapiId": mapping["ApiId"], "stage": mapping["Stage"]}
    after = MAPPINGS.patched(before, request.get("patchOperations", ()))
    key = _key(after.get("basePath", ""))
    told = _leads(world, after["restapiId"], after["stage"], key)
    return _told(domains.remapped(world, _domain(world, request), mapping, told))


def delete_base_path_mapping(world: World, request: Fields) -> None:
    world.remove(_mapping(world, request))


def _leads(world: World, api: str, stage: str, key: str) -> Fields:
    if world.find(REST_API, api) is None:
        raise bad("Invalid REST API identifier specified")
    return {"ApiId": api, "Stage": stage, "ApiMappingKey": key}


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
