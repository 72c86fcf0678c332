"""API keys and usage plans at work: no key, no entry; too often or too much, and later again (guide, "Usage plans and
API keys for REST APIs"). Buckets and counts are the sandbox clock's.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.dataplane.journey import Answer
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.throttling import admitted
from sandbox.kinds import Fields
from sandbox.services.apigateway.metering import API_KEY, USAGE_PLAN, USAGE_PLAN_KEY
from sandbox.world import Resource

DAY = 86_400  # seconds
MONDAYS = 4  # days from Thursday, the epoch, to the first Monday of 1970


def key(journey: RestJourney) -> Answer | None:
    """Where the method asks for one: an enabled key, in a plan that has this stage."""
    if not journey.method["apiKeyRequired"]:
        return None
    given = _given(journey)
    found = next((each for each in journey.world.all(API_KEY) if each["value"] == given and each["enabled"]), None)
    if found is None:
        return refusal(journey, "INVALID_API_KEY", "no enabled API key has this value" if given else "no API key")
    plan = _plan(journey, found)
    if plan is None:
        return refusal(journey, "INVALID_API_KEY", "the key is in no usage plan that has this stage")
    journey.caller = journey.caller | {"apiKey": given}
    return _throttled(journey, plan, found) or _spent(journey, plan, found)


def _given(journey: RestJourney) -> str:
    if journey.shown["api"]["apiKeySource"] == "AUTHORIZER":
        return str(journey.caller.get("usageIdentifierKey", ""))
    return journey.came.headers.get("x-api-key", "")


def _stage(journey: RestJourney, plan: Resource) -> Fields | None:
    assert journey.stage, "the stage comes first"
    wanted = (journey.api.id, journey.stage["stageName"])
    return next((each for each in plan["apiStages"] if (each["apiId"], each["stage"]) == wanted), None)


def _plan(journey: RestJourney, found: Resource) -> Resource | None:
    plans = [each.parent for each in journey.world.all(USAGE_PLAN_KEY) if each["id"] == found.id]
    kept = (journey.world.get(USAGE_PLAN, each) for each in plans)
    return next((plan for plan in kept if _stage(journey, plan)), None)


def _throttled(journey: RestJourney, plan: Resource, found: Resource) -> Answer | None:
    """The plan's limits for this method, or for all of it, each key for itself."""
    kept = (_stage(journey, plan) or {}).get("throttle", {})
    named = (f"{journey.resource['path']}/{verb}" for verb in (journey.came.method, journey.verb))
    method = next((each for each in named if each in kept), "")
    own = kept.get(method)
    limits = own or plan.fields.get("throttle")
    if not limits:
        return None
    rate, burst = limits.get("rateLimit", 0.0), limits.get("burstLimit", 0)
    bucket = f"{found.id} {method}"
    if admitted(plan, bucket, rate, burst, journey.world.now):
        return None
    return refusal(journey, "THROTTLED", f"the usage plan admits {rate:g} a second, {burst:g} at once")


def _spent(journey: RestJourney, plan: Resource, found: Resource) -> Answer | None:
    """Counts the request, unless the quota of its day, week or month has been used up."""
    quota, now = plan.fields.get("quota"), journey.world.now
    day = (found.id, f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}")
    used = plan.hidden.setdefault("used", {})
    before, left = used.get(day, (0, 0))[0], 0
    if quota:
        counts = plan.hidden.setdefault("counts", {})
        place = (found.id, period(quota, now))
        if counts.get(place, 0) >= quota["limit"]:
            return refusal(journey, "QUOTA_EXCEEDED", f"the quota of {quota['limit']} a {quota['period']} is spent")
        counts[place] = counts.get(place, 0) + 1
        left = quota["limit"] - counts[place]
    used[day] = (before + 1, left)
    return None


def period(quota: Fields, now: float) -> str:
    """Which day, week or month it is, by UTC. The offset, up to 6 in a week and 27 in a month (TF usage_plan.go),
    is read as the days by which those begin later; on which day a week begins is not documented."""
    days, moment = int(now // DAY), datetime.fromtimestamp(now, UTC)
    match quota["period"]:
        case "WEEK":
            return f"week {(days + 7 - MONDAYS - quota['offset']) // 7}"
        case "MONTH":
            shifted = datetime.fromtimestamp(now - quota["offset"] * DAY, UTC)
            return f"{shifted:%Y-%m}"
    return f"{moment:%Y-%m-%d}"
