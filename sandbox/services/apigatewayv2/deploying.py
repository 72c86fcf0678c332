"""Edits reach callers by deployments. A stage that deploys itself makes one after every edit, and says only in a
message of its own when it could not (ledger 7.6).
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.services.apigatewayv2.access import AUTHORIZER
from sandbox.services.apigatewayv2.facts import DEPLOYMENT, INTEGRATION, ROUTE, STAGE
from sandbox.services.apigatewayv2.sockets import ROUTE_RESPONSE
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World, become

NOTHING = "Unable to deploy API because no valid routes exist in this API"  # recorded: get_stage/1
AUTOMATIC = {"Description": "Automatic deployment triggered by changes to the Api configuration"}


def edited(world: World, child: Resource) -> Fields:
    """What the edited child shows, after each stage of its API that deploys itself has done so."""
    deployed(world, child.parent)
    return child.shown()


def deployed(world: World, api: str) -> None:
    """Each stage of the API that deploys itself does so."""
    for stage in world.all(STAGE, api):
        if not stage.fields.get("AutoDeploy"):
            continue
        if not any("Target" in route.fields for route in world.all(ROUTE, api)):
            become(world, stage, {"LastDeploymentStatusMessage": f"Deployment attempt failed: {NOTHING}"})
            continue
        deployment = deploy(world, api, AUTOMATIC, auto=True)
        message = f"Successfully deployed stage with deployment ID '{deployment.id}'"
        become(world, stage, {"DeploymentId": deployment.id, "LastDeploymentStatusMessage": message})
        _forget_superseded(world, api)


def deploy(world: World, api: str, request: Fields, *, auto: bool = False) -> Resource:
    """A snapshot of routes, integrations and authorizers, as a stage will serve them. Fields are never edited in place,
    so it may share."""
    routes = world.all(ROUTE, api)
    if not any("Target" in route.fields for route in routes):
        raise bad(NOTHING)
    deployment = world.add(DEPLOYMENT, request, {"CreatedDate": world.time, "AutoDeployed": auto}, parent=api)
    deployment.hidden = {
        "routes": [route.fields for route in routes],
        "integrations": {each.id: each.fields for each in world.all(INTEGRATION, api)},
        "authorizers": {each.id: each.fields for each in world.all(AUTHORIZER, api)},
        "answering": {route.id for route in routes if world.all(ROUTE_RESPONSE, route.id)},
    }
    return deployment


def refuse_served(world: World, link: str) -> None:
    """Raises `Refusal` while a stage serves a deployment that goes through this link, of either kind (ledger 7.1)."""
    for stage in world.all(STAGE):
        deployment = world.find(DEPLOYMENT, stage.fields.get("DeploymentId", ""))
        deployed = deployment.hidden["integrations"].values() if deployment else ()
        if any(each.get("ConnectionId") == link for each in deployed):
            raise bad(f"Cannot delete vpc link. Vpc link '{link}', is referenced in stage [{stage.id}]")


def _forget_superseded(world: World, api: str) -> None:
    """Automatic deployments that no stage points to any more. How long AWS lists them is not documented."""
    pointed = {stage.fields.get("DeploymentId") for stage in world.all(STAGE, api)}
    for each in world.all(DEPLOYMENT, api):
        if each["AutoDeployed"] and each.id not in pointed:
            world.remove(each)


def dates(world: World) -> Fields:
    return {"CreatedDate": world.time, "LastUpdatedDate": world.time}


def without_blanks(resource: Resource, *members: str) -> Resource:
    """An empty string sent for one of these members takes it away."""
    blank = {name for name in members if resource.fields.get(name) in ("", {}, [])}
    if blank:
        resource.fields = {name: value for name, value in resource.fields.items() if name not in blank}
    return resource
