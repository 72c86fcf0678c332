"""Who gets in: the stage, the method of the deployed picture, and everything that may stand before the integration."""

from __future__ import annotations

from urllib.parse import unquote

from sandbox.dataplane.journey import Answer, gateway_says
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.matching import matched
from sandbox.dataplane.throttling import admitted
from sandbox.kinds import Fields
from sandbox.services import apigateway as rest
from sandbox.services import waf
from sandbox.world import Resource

RATE, BURST = 10_000.0, 5_000.0  # requests a second of an account, and at once; API Gateway quotas
LARGEST = 10 * 1024 * 1024  # bytes of a request; API Gateway quotas


def stage(journey: RestJourney) -> Answer | None:
    """The first segment of the path. A canary gets its share of the requests, evenly among them (ledger 6.7)."""
    first = journey.came.path.split("/")[1]
    journey.stage = journey.world.find(rest.STAGE, f"{journey.api.id}/{unquote(first)}")
    if journey.stage is None:
        return gateway_says(403, "Forbidden", f"no stage '{unquote(first)}'")
    canary = journey.stage.fields.get("canarySettings", {})
    share = canary.get("percentTraffic", 0.0)
    journey.canary = bool(canary) and _turn(journey.stage) * share % 100 < share
    shown = canary.get("deploymentId") if journey.canary else journey.stage["deploymentId"]
    deployment = journey.world.find(rest.DEPLOYMENT, shown or "")
    if deployment is None:
        return gateway_says(500, "Internal server error", "the stage shows a deployment that is gone")
    journey.shown = deployment.hidden
    journey.request = journey.request.over(path="/" + journey.came.path.removeprefix(f"/{first}").lstrip("/"))
    journey.hops.append(("stage", journey.stage["stageName"]))
    return None


def method(journey: RestJourney) -> Answer | None:
    """The resource first, then its method or its ANY. What is not there looks like a missing token."""
    verb, path = journey.request.method, journey.request.path
    found = matched(journey.shown["resources"], path)
    methods = found[0].get("resourceMethods", {}) if found else {}
    if found is None or not (chosen := methods.get(verb) or methods.get("ANY")):
        return refusal(journey, "MISSING_AUTHENTICATION_TOKEN", f"no method {verb} {path} in what the stage shows")
    (journey.resource, journey.variables), journey.method = found, chosen
    journey.route = {"routeKey": f"{journey.verb} {journey.resource['path']}"}
    journey.hops.append(("method", f"{journey.verb} {journey.resource['path']}"))
    return None


def settings(journey: RestJourney) -> Fields:
    """What the stage sets for this method, which may be ANY, or else for all of them (ledger 6.8)."""
    assert journey.stage, "the stage comes first"
    kept = {_plain(key): element for key, element in journey.stage["methodSettings"].items()}
    path = journey.resource["path"].strip("/")
    named = (f"{path}/{journey.came.method}", f"{path}/{journey.verb}", "*/*")
    return dict(next((kept[key] for key in named if key in kept), {}))


def _plain(key: str) -> str:
    """`~1items~1{id}/GET` and `items~1{id}/GET` are both `items/{id}/GET`; the root's is `/GET`."""
    path, _, verb = key.rpartition("/")
    return f"{path.replace('~1', '/').strip('/')}/{verb}"


def throttle(journey: RestJourney) -> Answer | None:
    """A token bucket per method: the stage's settings, or the account's."""
    assert journey.stage, "the stage comes first"
    said = settings(journey)
    rate, burst = said.get("throttlingRateLimit", RATE), said.get("throttlingBurstLimit", BURST)
    key = f"{journey.came.method} {journey.resource['path']}"
    if rate < 0 or admitted(journey.stage, key, rate, burst, journey.world.now):
        return None
    return refusal(journey, "THROTTLED", f"throttled: {rate:g} a second, {burst:g} at once")


def firewall(journey: RestJourney) -> Answer | None:
    """What the stage's web ACL does with everybody; its rules are not judged (ledger 9.1)."""
    assert journey.stage, "the stage comes first"
    acl = waf.protecting(journey.world, journey.stage.arn)
    if acl and "Block" in acl.default_action:
        return refusal(journey, "WAF_FILTERED", f"the web ACL {acl.name} blocks by default", "Forbidden")
    return None


def size(journey: RestJourney) -> Answer | None:
    if len(journey.came.body) <= LARGEST:
        return None
    return refusal(journey, "REQUEST_TOO_LARGE", f"a request has at most {LARGEST} bytes")


def _turn(keeper: Resource) -> int:
    """How many requests came here before."""
    keeper.hidden["turn"] = keeper.hidden.get("turn", -1) + 1
    return int(keeper.hidden["turn"])
