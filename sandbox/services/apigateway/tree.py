"""The tree below an API, read in one pass over the world: which children hang where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sandbox.kinds import Fields, Kind
from sandbox.services.apigateway.facts import (
    INTEGRATION,
    INTEGRATION_RESPONSE,
    METHOD,
    METHOD_RESPONSE,
    RESOURCE,
    REST_API,
)
from sandbox.world import Resource, World

Children = Mapping[str, list[Resource]]


class Tree:
    """What hangs on the resources of one API."""

    def __init__(self, world: World, api: str) -> None:
        self.resources = world.all(RESOURCE, api)
        self.methods = _children(world, METHOD, {each.id for each in self.resources})
        ids = {each.id for kept in self.methods.values() for each in kept}
        self.responses = _children(world, METHOD_RESPONSE, ids)
        self.integrations = _children(world, INTEGRATION, ids)
        inner = {each.id for kept in self.integrations.values() for each in kept}
        self.answers = _children(world, INTEGRATION_RESPONSE, inner)

    def resource(self, resource: Resource, *, methods: bool) -> Fields:
        """As GetResources shows it: without `methods` only which there are (findings, A)."""
        shown = resource.shown()
        own = self.methods.get(resource.id, ())
        if own:
            shown["resourceMethods"] = {each["httpMethod"]: self.method(each) if methods else {} for each in own}
        return shown

    def method(self, method: Resource) -> Fields:
        shown = method.shown()
        if responses := self.responses.get(method.id):
            shown["methodResponses"] = {each["statusCode"]: each.shown() for each in responses}
        for integration in self.integrations.get(method.id, ()):
            shown["methodIntegration"] = self.integration(integration)
        return shown

    def integration(self, integration: Resource) -> Fields:
        shown = integration.shown()
        if answers := self.answers.get(integration.id):
            shown["integrationResponses"] = {each["statusCode"]: each.shown() for each in answers}
        return shown


def _children(world: World, kind: Kind, parents: set[str]) -> Children:
    found: dict[str, list[Resource]] = defaultdict(list)
    for each in world.all(kind):
        if each.parent in parents:
            found[each.parent].append(each)
    return found


def api_of(world: World, request: Fields) -> Resource:
    return world.get(REST_API, request["restApiId"])


def resource_of(world: World, request: Fields) -> Resource:
    """An API that is not there is not told apart from a resource that is not."""
    return world.get(RESOURCE, request["resourceId"], request["restApiId"])


def method_of(world: World, request: Fields) -> Resource:
    return world.get(METHOD, f"{resource_of(world, request).id}/{request['httpMethod']}")


def integration_of(world: World, request: Fields) -> Resource:
    return world.get(INTEGRATION, f"{method_of(world, request).id}/integration")
