"""Resources: the paths of an API as a tree, with one variable part per level and nothing below a greedy one
(ledger 6.3)."""

from __future__ import annotations

from functools import partial

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.facts import RESOURCE
from sandbox.services.apigateway.patching import Grammar, needed
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.tree import Tree, api_of, resource_of
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World, become

GRAMMAR = Grammar((needed("parentId", "Parent id"), needed("pathPart", "Path part")))
METHODS_TOO = "methods"  # the one thing that can be embedded


def create_resource(world: World, request: Fields) -> Fields:
    api = api_of(world, request)
    parent = world.get(RESOURCE, request["parentId"], api.id)
    _refuse_under(world, parent, request["pathPart"])
    path = {"path": _path(parent, request["pathPart"])}
    return world.add(RESOURCE, request, path, parent=api.id).shown()


def get_resource(world: World, request: Fields) -> Fields:
    found = resource_of(world, request)
    return Tree(world, found.parent).resource(found, methods=METHODS_TOO in request.get("embed", ()))


def get_resources(world: World, request: Fields) -> Fields:
    """In the order of their ids, which is none: AWS documents none."""
    tree = Tree(world, api_of(world, request).id)
    embed = METHODS_TOO in request.get("embed", ())
    found = sorted(tree.resources, key=lambda each: each.id)
    return {"items": Listing(found, partial(tree.resource, methods=embed))}


def update_resource(world: World, request: Fields) -> Fields:
    resource = resource_of(world, request)
    operations = request.get("patchOperations", ())
    after = GRAMMAR.patched(resource.fields, operations)
    if operations and "parentId" not in resource.fields:
        raise bad(f"Root resource cannot update its {operations[0]['path'].strip('/')}.")
    if operations:
        parent = world.get(RESOURCE, after["parentId"], resource.parent)
        if parent.id in {each.id for each in below(world, resource)}:
            raise bad("Resources cannot be cyclical.")
        _refuse_under(world, parent, after["pathPart"], resource)
        replaced(world, resource, after | {"path": _path(parent, after["pathPart"])})
        _renamed(world, resource)
    return Tree(world, resource.parent).resource(resource, methods=False)


def delete_resource(world: World, request: Fields) -> None:
    """With everything below it."""
    resource = resource_of(world, request)
    if "parentId" not in resource.fields:
        raise bad("Root resource cannot be deleted")
    for each in reversed(below(world, resource)):
        world.remove(each)


def below(world: World, resource: Resource) -> list[Resource]:
    """The resource and all under it, parents first."""
    siblings = world.all(RESOURCE, resource.parent)
    children = [each for each in siblings if each.fields.get("parentId") == resource.id]
    return [resource, *(one for child in children for one in below(world, child))]


def _renamed(world: World, resource: Resource) -> None:
    for each in below(world, resource)[1:]:
        become(world, each, {"path": _path(world.get(RESOURCE, each["parentId"]), each["pathPart"])})


def _path(parent: Resource, part: str) -> str:
    return f"{parent['path'].rstrip('/')}/{part}"


def _refuse_under(world: World, parent: Resource, part: str, moved: Resource | None = None) -> None:
    if parent.fields.get("pathPart", "").endswith("+}"):
        raise bad(f"Cannot create a child of a resource with a greedy path variable: {parent['pathPart']}")
    siblings = [
        each
        for each in world.all(RESOURCE, parent.parent)
        if each.fields.get("parentId") == parent.id and each is not moved
    ]
    variable = next((each["pathPart"] for each in siblings if each["pathPart"].startswith("{")), None)
    if part.startswith("{") and variable and variable != part:
        raise bad(f"A sibling ({variable}) of this resource already has a variable path part -- only one is allowed")
