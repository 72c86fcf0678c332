"""Resources: the steps of an API's paths. `/orders/{id}` is a resource's address and its identity; AWS keeps a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.adoption import adopted_api
from reconcilers.gateway.rest.described import mine, trees
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.gateway.rest.routing import routes
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live
from reconcilers.topology import speaks
from specs import Instance


class RestResource(CamelResource):
    rest_api_id: Immutable[Link]
    parent_id: Immutable[Link]
    path_part: Immutable[str]
    sole: Hidden[bool] = False
    """Whether another parameter in its place goes: AWS has one there (ledger 6.3), and in an API of ours it is this."""


class RestResources(Reconciler[RestResource]):
    kind = RestResource
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestResource]]:
        if speaks(instance, "rest"):
            described = instance.contract.paths if instance.contract is not None else ()
            for path in paths((*(route_key.partition(" ")[2] for route_key in routes(instance)), *described)):
                above, _, part = path.rpartition("/")
                found = RestResource(
                    rest_api_id=Ref(rest_key(instance)),
                    parent_id=resource(instance, above),
                    path_part=part,
                    sole=part.startswith("{") and not adopted_api(instance),
                )
                yield RestResource.key(instance.address, path), found

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestResource]]:
        for live, found in trees(aws, look):
            for each in found:
                if "parentId" in each:
                    key = RestResource.key(live.key.instance, each["path"])
                    yield from mine(look, live, Live(key, each["id"], RestResource.from_aws(each, rest_api_id=live.id)))

    def create(self, aws: Aws, key: Key, want: RestResource, name: str) -> Made:
        with aws.alone(str(want.rest_api_id)):
            if want.sole:
                _make_way(aws, want)
            return {"id": aws.apigateway.create_resource(**want.to_aws())["id"]}

    def update(self, aws: Aws, live: Live[RestResource], want: RestResource, changed: frozenset[str]) -> None:
        raise AssertionError("a resource is its path: another path is another resource")

    def delete(self, aws: Aws, live: Live[RestResource]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_resource(restApiId=live.resource.rest_api_id, resourceId=live.id)

    def parent_of(self, live: Live[RestResource]) -> str:
        """AWS removes the whole subtree; what hangs on the root goes with the API (ledger 6.3)."""
        return str(live.resource.parent_id if live.key.part.count("/") > 1 else live.resource.rest_api_id)


def _make_way(aws: Aws, want: RestResource) -> None:
    """What stages serve is a snapshot, so nobody misses the other parameter before the next deployment. (One of this
    very name is what another process has just made.)"""
    api_id = want.rest_api_id
    for each in aws.apigateway.pages("get_resources", "items", restApiId=api_id, limit=500):
        part = each.get("pathPart", "")
        if each.get("parentId") == want.parent_id and part.startswith("{") and part != want.path_part:
            aws.apigateway.delete_resource(restApiId=api_id, resourceId=each["id"])


def paths(wanted: Iterable[str]) -> list[str]:
    """Every path that these need, their parents first; the root is AWS's."""
    found: dict[str, None] = {}
    for path in wanted:
        steps = path.strip("/").split("/") if path.strip("/") else []
        found |= dict.fromkeys("/" + "/".join(steps[: count + 1]) for count in range(len(steps)))
    return list(found)


def resource(instance: Instance, path: str) -> Ref:
    """The id of the resource of a path; the root's comes with the API."""
    if path in ("", "/"):
        return Ref(rest_key(instance), "root")
    return Ref(RestResource.key(instance.address, path))
