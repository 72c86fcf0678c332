"""Deployments: what a stage serves is a snapshot, and nothing that is changed in the tree counts before the next one.

A deployment is known by its content, which its description names (`snapshot`). So three things are compared: what is
wanted, the resource tree, which the kinds of its parts look after, and the snapshot. A change deploys once, when the
whole tree is right; a deployment somebody else makes is not ours, and the stage goes back to ours without a new one as
long as ours is there. The last ten stay, to go back to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.errors import NotYet
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import part
from reconcilers.gateway.rest.adoption import adopted_api
from reconcilers.gateway.rest.described import closes, deployments, stages, tree
from reconcilers.gateway.rest.export import conforms, served, within
from reconcilers.gateway.rest.gateway_response import GatewayResponse, GatewayResponses
from reconcilers.gateway.rest.method import Method, Methods
from reconcilers.gateway.rest.model import Model, Models, told_schema
from reconcilers.gateway.rest.request_validator import RequestValidators
from reconcilers.gateway.rest.rest_api import RestApi, RestApis, rest_key
from reconcilers.gateway.rest.rest_authorizer import RestAuthorizer, RestAuthorizers
from reconcilers.gateway.rest.rest_integration import RestIntegration, RestIntegrations
from reconcilers.gateway.rest.rest_resource import RestResource
from reconcilers.gateway.rest.snapshot import answered, content, holds, is_ours, mark
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.overrides import overridden
from reconcilers.ownership import key_of
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live, Resource, plain, refs
from reconcilers.topology import api, speaks
from specs import Instance


class RestDeployment(CamelResource):
    rest_api_id: Immutable[Link]
    description: Link = ""
    """The name of its content: what it waits for as long as an id in it is not known."""
    parts: Hidden[Mapping[str, Any]] = Field(default_factory=dict)
    """The wanted resources that it is a snapshot of, by address."""
    after: Hidden[tuple[Ref, ...]] = ()
    keep: Hidden[int] = 10
    """How many of ours stay to go back to."""
    adopted: Hidden[bool] = False
    """Whether its API is one made by hand, so that only what is stated has to be in it."""
    closes: Hidden[bool] = False
    """Whether nothing but what is wanted may be in it all the same."""


class RestDeployments(Reconciler[RestDeployment]):
    kind = RestDeployment
    needs = (RestApi,)
    cascades = True
    reissues = True
    seals = (GatewayResponse, RestResource, Method, RestIntegration)

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestDeployment]]:
        if speaks(instance, "rest"):
            parts = deployed_parts(instance, facts)
            after = tuple(Ref(key_of(instance.address, address)) for address in parts)
            yield (
                deployment_key(instance),
                RestDeployment(
                    rest_api_id=Ref(rest_key(instance)),
                    description=Text("(after its parts)", tuple(refs(content(wanted_tree(parts))))),
                    parts=parts,
                    after=after,
                    keep=api(instance).gateway.deployments.keep,
                    adopted=bool(adopted_api(instance)),
                    closes=instance.contract is not None and instance.contract.closes,
                ),
            )

    def ready(self, want: RestDeployment) -> bool:
        return _known(want)

    def finish(self, want: RestDeployment) -> RestDeployment:
        return want.model_copy(update={"description": mark(wanted_tree(want.parts))})

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestDeployment]]:
        shown = {live.id: found for live, found in stages(aws, look)}
        for live, found in deployments(aws, look):
            key = RestDeployment.key(live.key.instance)
            wanted = _content(look, key)
            if live.adopted:
                yield from _adopted(aws, look, live, shown[live.id], wanted)
                continue
            used = _served(shown[live.id])
            keep = want.keep if (want := look.wanted(RestDeployment).get(key)) is not None else len(found)
            ours = [each for each in found if is_ours(each.get("description", ""))]
            ours.sort(key=lambda each: (each["id"] in used, each["createdDate"], each["id"]), reverse=True)
            fitting = [each for each in ours if wanted is not None and holds(each["description"], wanted)]
            for chosen in [*fitting, *ours][:1]:
                description = mark(wanted) if fitting and wanted is not None else chosen["description"]
                yield Live(
                    key,
                    chosen["id"],
                    RestDeployment(rest_api_id=live.id, description=description),
                    {"spare": " ".join(_spare(ours, chosen["id"], used, keep))},
                )

    def create(self, aws: Aws, key: Key, want: RestDeployment, name: str) -> Made:
        """The tree is read once more before it is deployed: what it is now is what the description says, or nothing is
        deployed."""
        api_id = str(want.rest_api_id)
        with aws.alone(api_id):
            found = answered(aws.apigateway.get_rest_api(restApiId=api_id), tree(aws, api_id))
            found |= _beside(aws, want, found)
            right = _stands_in(want, found) if want.adopted else holds(str(want.description), found)
            if not right:
                raise NotYet(f"the resource tree of {api_id} is not as wanted yet")
            made = aws.apigateway.create_deployment(restApiId=api_id, description=want.description)
        return {"id": made["id"]}

    def update(self, aws: Aws, live: Live[RestDeployment], want: RestDeployment, changed: frozenset[str]) -> Made:
        made = self.create(aws, live.key, want, "")
        for each in filter(None, live.attributes.get("spare", "").split()):
            aws.apigateway.delete_deployment(restApiId=want.rest_api_id, deploymentId=each)
        return made

    def delete(self, aws: Aws, live: Live[RestDeployment]) -> None:
        aws.apigateway.delete_deployment(restApiId=live.resource.rest_api_id, deploymentId=live.id)

    def parent_of(self, live: Live[RestDeployment]) -> str:
        return str(live.resource.rest_api_id)


def deployment_key(instance: Instance) -> Key:
    return RestDeployment.key(instance.address)


BESIDE: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "RestAuthorizer": ("get_authorizers", lambda each: part(each["name"])),
    "Model": ("get_models", lambda each: str(each["name"])),
    "RequestValidator": ("get_request_validators", lambda each: str(each["name"])),
    "GatewayResponse": ("get_gateway_responses", lambda each: str(each["responseType"])),
}
"""By kind: the list that tells of it, and which part of the address an item is."""


def _beside(aws: Aws, want: RestDeployment, tree: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What of the wanted hangs on the API now. Of two authorizers, one of which takes the other's place, it is the one
    that methods ask."""
    asked = {method.get("authorizerId") for method in tree.values()}
    found: dict[str, Mapping[str, Any]] = {}
    for kind in sorted({address.partition("/")[0] for address in want.parts} & BESIDE.keys()):
        operation, named = BESIDE[kind]
        for each in aws.apigateway.pages(operation, "items", restApiId=want.rest_api_id, limit=500):
            address = f"{kind}/{named(each)}"
            if address in want.parts and (kind != RestAuthorizer.__name__ or each["id"] in asked):
                found[address] = {**each, "schema": told_schema(each)} if kind == Model.__name__ else each
    return found


def deployed_parts(instance: Instance, facts: Facts) -> dict[str, Resource]:
    """By address: everything wanted that a deployment takes a picture of, but for authorizers that nobody asks."""
    kinds: tuple[Reconciler[Any], ...] = (
        RestApis(), RestAuthorizers(), Models(), RequestValidators(), GatewayResponses(), Methods(), RestIntegrations()
    )  # fmt: skip
    parts = {key: overridden(instance, key, want) for kind in kinds for key, want in kind.desired(instance, facts)}
    methods = [want for want in parts.values() if isinstance(want, Method)]
    asked = {want.authorizer_id.key for want in methods if isinstance(want.authorizer_id, Ref)}
    return {key.address: want for key, want in parts.items() if not isinstance(want, RestAuthorizer) or key in asked}


def _adopted(
    aws: Aws, look: Look, own: Live[RestApi], stages: list[Mapping[str, Any]], wanted: dict[str, dict[str, Any]] | None
) -> Iterator[Live[RestDeployment]]:
    """Other people deploy there too, and no description tells what is in theirs. So the stages that the spec names are
    looked into; as long as all of them serve what it states, any deployment is right."""
    names = {key.part for key in look.graph if key.instance == own.key.instance and key.kind == "RestStage"}
    mine = [each for each in stages if each["stageName"] in names]
    closed = closes(look, own)
    fits = wanted is not None and all(
        conforms(served(aws, own.id, each["stageName"]), wanted, whole=False, closes=closed) for each in mine
    )
    for each in mine[:1]:
        found = RestDeployment(rest_api_id=own.id, description=mark(wanted) if fits and wanted is not None else "")
        yield Live(RestDeployment.key(own.key.instance), each["deploymentId"], found, {"spare": ""}, adopted=True)


def _stands_in(want: RestDeployment, found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether what is stated of an API made by hand is so, and nothing else is there where a document overwrites it."""
    wanted = wanted_tree(want.parts)
    others = {address for address in found.keys() - wanted.keys() if " " in address}
    return within(content(wanted), content(found)) and not (want.closes and others)


def _served(stages: list[Mapping[str, Any]]) -> frozenset[str]:
    """The deployments that stages and their canaries point to: AWS does not let them go (ledger 6.6)."""
    canaries = (each["canarySettings"].get("deploymentId", "") for each in stages if "canarySettings" in each)
    return frozenset({*(each["deploymentId"] for each in stages), *canaries})


def _content(look: Look, key: Key) -> dict[str, dict[str, Any]] | None:
    """The wanted content, once every id in it is known."""
    want = look.wanted(RestDeployment).get(key)
    return wanted_tree(want.parts) if want is not None and _known(want) else None


def _known(want: RestDeployment) -> bool:
    """Whether every id that is part of the content is known; those of resources are not."""
    return not any(refs(content(wanted_tree(want.parts))))


def _spare(ours: list[Mapping[str, Any]], chosen: str, used: frozenset[str], keep: int) -> list[str]:
    """Those of ours that no stage serves and that will be older than the last `keep` when there is one more."""
    newest = sorted(ours, key=lambda each: each["createdDate"], reverse=True)
    return [each["id"] for each in newest[keep - 1 :] if each["id"] not in {*used, chosen}]


def wanted_tree(parts: Mapping[str, Resource]) -> dict[str, dict[str, Any]]:
    """What these resources, by address, are in AWS's answers once they are there."""
    found: dict[str, dict[str, Any]] = {}
    for address, want in parts.items():
        kind, _, name = address.partition("/")
        told = plain(want)
        if isinstance(want, RestIntegration):
            told["httpMethod"] = told.pop("integrationHttpMethod", None)
            told = {"methodIntegration": told}
        found.setdefault(address if kind in BESIDE else name or kind, {}).update(told)
    return found
