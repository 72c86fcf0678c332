"""Routing rules of a custom domain name: by headers and base path, to a stage of a REST API, before any mapping (API
Gateway guide, rest-api-routing-rules and rest-api-routing-mode).

HTTP APIs are no targets, a domain that leads to both types has none, and public and private do not mix. That a rule is
refused while the domain does not look at rules is our reading of "How to use routing rules".
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.services.apigateway import REST_API
from sandbox.services.apigateway import STAGE as REST_STAGE
from sandbox.services.apigatewayv2.access import API_MAPPING, ROUTING_RULE
from sandbox.services.apigatewayv2.domains import refuse_privacy
from sandbox.services.apigatewayv2.facts import API
from sandbox.services.apigatewayv2.names import DOMAIN
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World

MAPPINGS_ONLY = "BASE_PATH_MAPPING_ONLY"


def create_routing_rule(world: World, request: Fields) -> Fields:
    domain = _domain(world, request)
    if domain["routingMode"] == MAPPINGS_ONLY:
        raise bad(f"The routing mode of {domain.id} is API_MAPPING_ONLY: it has no routing rules")
    if any(world.find(API, each["ApiId"]) for each in world.all(API_MAPPING, domain.id)):
        raise bad("Routing rules are not supported for a domain name with API mappings to HTTP APIs")
    rule = world.add(ROUTING_RULE, _whole(world, domain, request), parent=domain.id)
    arn = f"arn:aws:apigateway:{world.region}:{world.account}:/domainnames/{domain.id}/routingrules/{rule.id}"
    return world.change(rule, {"RoutingRuleArn": arn}).shown()


def get_routing_rule(world: World, request: Fields) -> Fields:
    return _rule(world, request).shown()


def list_routing_rules(world: World, request: Fields) -> Fields:
    return {"RoutingRules": [each.shown() for each in world.all(ROUTING_RULE, _domain(world, request).id)]}


def put_routing_rule(world: World, request: Fields) -> Fields:
    """All of it is sent each time."""
    whole = _whole(world, _domain(world, request), request)
    return world.change(_rule(world, request), whole).shown()


def delete_routing_rule(world: World, request: Fields) -> None:
    world.remove(_rule(world, request))


def _domain(world: World, request: Fields) -> Resource:
    """A private one is called by its id too."""
    name, id = request["DomainName"].lower(), request.get("DomainNameId")
    return world.get(DOMAIN, f"{name}+{id}" if id else name)


def _rule(world: World, request: Fields) -> Resource:
    return world.get(ROUTING_RULE, request["RoutingRuleId"], _domain(world, request).id)


def _whole(world: World, domain: Resource, request: Fields) -> Fields:
    """With what an action means that does not say whether the base path goes; its stage is one of a REST API that the
    domain may lead to."""
    actions = [{"InvokeApi": {"StripBasePath": False, **each["InvokeApi"]}} for each in request["Actions"]]
    for each in actions:
        api = world.find(REST_API, each["InvokeApi"]["ApiId"])
        if api is None:
            raise bad("Invalid API identifier specified: routing rules invoke stages of REST APIs")
        if world.find(REST_STAGE, f"{api.id}/{each['InvokeApi']['Stage']}") is None:
            raise bad("Invalid stage identifier specified")
        refuse_privacy(domain, api)
    return request | {"Actions": actions}
