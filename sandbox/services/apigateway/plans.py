"""Usage plans: which stages, how often, how much in a period, and for which keys (ledger 6.11)."""

from __future__ import annotations

from datetime import date, timedelta

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.facts import STAGE
from sandbox.services.apigateway.metering import API_KEY, PLANS_PER_KEY, USAGE_PLAN, USAGE_PLAN_KEY
from sandbox.services.apigateway.patching import (
    Convert,
    Grammar,
    Operation,
    Path,
    number,
    scalar,
    text,
    unescaped,
    whole,
    whole_member,
)
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad, conflict, missing
from sandbox.world import Resource, World

LONGEST_USAGE = 90  # days; GetUsage
LIMITS: dict[str, Convert] = {"rateLimit": number, "burstLimit": whole}


def create_usage_plan(world: World, request: Fields) -> Fields:
    _refuse_stages(world, request.get("apiStages", ()), "")
    made = {"quota": {"offset": 0} | request["quota"]} if "quota" in request else {}
    plan = world.add(USAGE_PLAN, request, made)
    return plan.shown(tags=bool(plan.tags))


def get_usage_plan(world: World, request: Fields) -> Fields:
    return world.get(USAGE_PLAN, request["usagePlanId"]).shown()


def get_usage_plans(world: World, request: Fields) -> Fields:
    """Without their tags (ledger 0.3)."""
    key = request.get("keyId")
    plans = [each for each in world.all(USAGE_PLAN) if key is None or world.find(USAGE_PLAN_KEY, f"{each.id}/{key}")]
    return {"items": Listing(plans, lambda each: each.shown(tags=False))}


def update_usage_plan(world: World, request: Fields) -> Fields:
    plan = world.get(USAGE_PLAN, request["usagePlanId"])
    after = GRAMMAR.patched(plan.fields, request.get("patchOperations", ()))
    known = [(each["apiId"], each["stage"]) for each in plan["apiStages"]]
    _refuse_stages(world, [each for each in after["apiStages"] if (each["apiId"], each["stage"]) not in known], plan.id)
    return replaced(world, plan, after).shown()


def delete_usage_plan(world: World, request: Fields) -> None:
    """Its keys stay, without it."""
    plan = world.get(USAGE_PLAN, request["usagePlanId"])
    if plan["apiStages"]:
        raise bad(
            f"Cannot delete Usage Plan {plan.id} because there are API Stages associated with it. "
            "Please remove all API Stages from the Usage Plan and try again."
        )
    world.remove(plan)


def _refuse_stages(world: World, stages: list[Fields] | tuple[()], plan: str) -> None:
    for each in stages:
        api, stage = each.get("apiId", ""), each.get("stage", "")
        if world.find(STAGE, f"{api}/{stage}") is None:
            raise missing(f"Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {plan}")


def get_usage(world: World, request: Fields) -> Fields:
    """Of each key, day by day: what it has used, and what was left of the quota at the end of the day."""
    plan, wanted = world.get(USAGE_PLAN, request["usagePlanId"]), request.get("keyId")
    first, last = (_day(request[name]) for name in ("startDate", "endDate"))
    if not first <= last <= first + timedelta(days=LONGEST_USAGE):
        raise bad(f"Invalid date range: the end is at most {LONGEST_USAGE} days after the start")
    days = [f"{first + timedelta(days=each):%Y-%m-%d}" for each in range((last - first).days + 1)]
    used = plan.hidden.get("used", {})
    keys = [each["id"] for each in world.all(USAGE_PLAN_KEY, plan.id) if wanted in (None, each["id"])]
    items = {key: [list(used.get((key, day), (0, _limit_of(plan)))) for day in days] for key in keys}
    dates = {"startDate": request["startDate"], "endDate": request["endDate"]}
    return {"usagePlanId": plan.id, **dates, "items": items}


def _limit_of(plan: Resource) -> int:
    return int(plan.fields.get("quota", {}).get("limit", 0))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad(f"Invalid date specified: {text}. It must be yyyy-MM-dd") from None


# ---- what a PATCH may do


def _stages(fields: Fields, operation: Operation) -> None:
    """`/apiStages`, the stage in the value: `apiId:stage`."""
    api, colon, stage = (operation.value or "").partition(":")
    if not (api and colon and stage):
        raise bad("Invalid API Stage specified")
    kept = fields["apiStages"]
    there = next((each for each in kept if (each["apiId"], each["stage"]) == (api, stage)), None)
    if operation.op == "add":
        if there:
            raise conflict(f"API Stage {operation.value} is already associated with the Usage Plan")
        kept.append({"apiId": api, "stage": stage})
    elif there is None:
        raise missing(f"Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {fields['id']}")
    else:
        kept.remove(there)


def _throttled(last: str) -> Path:
    """`/apiStages/{apiId:stage}/throttle/{path}/{METHOD}/rateLimit`."""

    def write(fields: Fields, operation: Operation) -> None:
        limits = _stage(fields, operation).setdefault("throttle", {}).setdefault(_method(operation), {})
        limits[last] = LIMITS[last](operation.value or "")

    return Path(f"/apiStages/{{}}/throttle/{{}}/{{}}/{last}", ("add", "replace"), write)


def _forget_throttle(fields: Fields, operation: Operation) -> None:
    stage = _stage(fields, operation)
    if stage.get("throttle", {}).pop(_method(operation), None) is None:
        raise missing(f"Invalid patch path {operation.path}: there is no such throttle")
    if not stage["throttle"]:
        del stage["throttle"]


def _stage(fields: Fields, operation: Operation) -> Fields:
    api, _, stage = operation.keys[0].partition(":")
    for each in fields["apiStages"]:
        if (each["apiId"], each["stage"]) == (api, stage):
            found: Fields = each
            return found
    raise missing(f"Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {fields['id']}")


def _method(operation: Operation) -> str:
    return f"{unescaped(operation.keys[1])}/{operation.keys[2]}"


def _limit(name: str) -> Path:
    """`/throttle/rateLimit`, `/quota/limit`: the first word about either begins it."""
    outer, last = name.split("/")
    convert: Convert = text if last == "period" else LIMITS.get(last, whole)

    def write(fields: Fields, operation: Operation) -> None:
        begun: Fields = {"offset": 0} if outer == "quota" else {"burstLimit": 0, "rateLimit": 0.0}
        fields.setdefault(outer, begun)[last] = convert(operation.value or "")

    return Path(f"/{name}", ("add", "replace"), write)


GRAMMAR = Grammar(
    (
        scalar("name", blank=False),
        scalar("description"),
        scalar("productCode"),
        whole_member("productCode"),
        Path("/apiStages", ("add", "remove"), _stages),
        *map(_throttled, LIMITS),
        Path("/apiStages/{}/throttle/{}/{}", ("remove",), _forget_throttle),
        *map(_limit, ("throttle/rateLimit", "throttle/burstLimit", "quota/limit", "quota/offset", "quota/period")),
        whole_member("throttle"),
        whole_member("quota"),
    ),
    listed=False,
)


# ---- keys in plans


def create_usage_plan_key(world: World, request: Fields) -> Fields:
    """A key is in one plan for each stage at most."""
    plan, key = world.get(USAGE_PLAN, request["usagePlanId"]), world.get(API_KEY, request["keyId"])
    if request["keyType"] != "API_KEY":
        raise bad("Invalid key type specified: only API_KEY is supported")
    others = [each for each in world.all(USAGE_PLAN_KEY) if each["id"] == key.id]
    world.refuse_beyond(PLANS_PER_KEY, len(others))
    asked = _named(plan)
    for each in others:
        if each.parent != plan.id and asked & _named(world.get(USAGE_PLAN, each.parent)):
            raise conflict(f"API Key {key.id} is already subscribed to an API stage of usage plan {plan.id}")
    member = {"id": key.id, "type": "API_KEY", "value": key["value"]}
    if "name" in key.fields:
        member["name"] = key["name"]
    return world.add(USAGE_PLAN_KEY, {}, member, parent=plan.id).shown()


def get_usage_plan_key(world: World, request: Fields) -> Fields:
    return _plan_key(world, request).shown()


def get_usage_plan_keys(world: World, request: Fields) -> Fields:
    """With their values: AWS does list them here (recorded get_usage_plan_keys)."""
    plan, begins = world.get(USAGE_PLAN, request["usagePlanId"]), request.get("nameQuery", "")
    kept = [each for each in world.all(USAGE_PLAN_KEY, plan.id) if each.fields.get("name", "").startswith(begins)]
    return {"items": Listing(kept, Resource.shown)}


def delete_usage_plan_key(world: World, request: Fields) -> None:
    world.remove(_plan_key(world, request))


def _plan_key(world: World, request: Fields) -> Resource:
    return world.get(USAGE_PLAN_KEY, f"{world.get(USAGE_PLAN, request['usagePlanId']).id}/{request['keyId']}")


def _named(plan: Resource) -> set[tuple[str, str]]:
    return {(each["apiId"], each["stage"]) for each in plan["apiStages"]}
