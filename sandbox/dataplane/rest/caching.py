"""The stage's cache: answers to GET, by path and cache key parameters, for as long as the method's settings say (guide,
"Cache settings for REST APIs"). Only while the cluster is there.
"""

from __future__ import annotations

from sandbox.dataplane.authorizing import SIGNED
from sandbox.dataplane.journey import Answer
from sandbox.dataplane.rest.admission import settings
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.values import resolved

ASKS_ANEW = ("max-age=0", "no-cache", "no-store")


def recall(journey: RestJourney) -> Answer | None:
    """What was answered to the same question before, unless the caller asks anew and may. A canary has the stage's
    cache only where it says so, and no other (guide, *Canary release deployments*)."""
    assert journey.stage, "the stage comes first"
    if journey.canary and not journey.stage["canarySettings"]["useStageCache"]:
        return None
    said = settings(journey)
    if journey.stage["cacheClusterStatus"] != "AVAILABLE" or not said.get("cachingEnabled"):
        return None
    if journey.came.method != "GET" or not said["cacheTtlInSeconds"]:
        return None
    found = journey.method["methodIntegration"]
    keys = [resolved(journey, each) for each in found["cacheKeyParameters"] if each.startswith("method.")]
    journey.remember = (found["cacheNamespace"], journey.resource["path"], *keys)
    if journey.came.headers.get("cache-control", "") in ASKS_ANEW:
        return _anew(journey, said)
    answer, until = journey.stage.hidden.get("cache", {}).get(journey.remember, (None, 0.0))
    if answer is None or journey.world.now >= until:
        return None
    return Answer(answer.status, "answered from the stage's cache", answer.body, answer.headers)


def memorise(journey: RestJourney, answer: Answer) -> None:
    """For next time, when it is worth it."""
    if journey.remember and journey.stage and answer.status < 400:
        until = journey.world.now + settings(journey)["cacheTtlInSeconds"]
        journey.stage.hidden.setdefault("cache", {})[journey.remember] = (answer, until)


def _anew(journey: RestJourney, said: dict[str, object]) -> Answer | None:
    """Whoever may not invalidate gets 403, or what there is without a word of warning about it."""
    allowed = SIGNED.fullmatch(journey.came.headers.get("authorization", ""))
    if not said["requireAuthorizationForCacheControl"] or allowed:
        return None
    if said["unauthorizedCacheControlHeaderStrategy"] == "FAIL_WITH_403":
        return refusal(journey, "ACCESS_DENIED", "the caller may not invalidate the cache")
    journey.came = journey.came.over(
        headers={name: each for name, each in journey.came.headers.items() if name != "cache-control"}
    )
    return recall(journey)
