"""Usage plans: what a caller with a key may do, in which stages, how often and how much.

UpdateUsagePlan is allowed once in 20 seconds, so everything that is to change goes in one patch (ledger 6.11). The list
does not tell tags: the tag index does for what is as wanted, and a plan by itself for the rest (ledger 0.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.patch import WHOLE, Inside, Operation, Way, add, escaped, patch, remove, replace
from reconcilers.gateway.rest.rest_api import rest_key, rest_tag
from reconcilers.gateway.rest.rest_stage import RestStage
from reconcilers.gateway.vpc_link import ours
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import looks_like_ours
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Camel, CamelResource, Hidden, Live
from reconcilers.topology import api, speaks
from specs import Instance
from specs.rest import UsagePlan as UsagePlanSpec
from specs.stages import Throttle as ThrottleSpec


class Throttle(Camel):
    rate_limit: float = 0.0
    burst_limit: int = 0


class Quota(Camel):
    limit: int
    offset: int = 0
    period: str


class PlanStage(Camel):
    """One stage of one API; `throttle` is by `/orders/POST`."""

    api_id: Link
    throttle: Mapping[str, Throttle] = {}


class UsagePlan(CamelResource):
    description: str = ""
    api_stages: Mapping[str, PlanStage] = {}
    """By the stage's name: a plan of ours is for one API."""
    throttle: Throttle | None = None
    quota: Quota | None = None
    stages: Hidden[tuple[Ref, ...]] = ()
    """AWS asks whether a stage is there (ledger 6.11)."""
    anchor: Hidden[Link | None] = None


@dataclass(frozen=True, slots=True)
class Stages(Way):
    """Stages come and go by `apiId:stage`, and each brings the throttles of its methods."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        for name, there in sorted(live.items()):
            if name not in want or want[name]["apiId"] != there["apiId"]:
                yield remove(path, f"{there['apiId']}:{name}")
        for name, stage in sorted(want.items()):
            same = name in live and live[name]["apiId"] == stage["apiId"]
            place = f"{stage['apiId']}:{name}"
            if not same:
                yield add(path, place)
            there = live[name]["throttle"] if same else {}
            yield from _throttles(f"{path}/{place}/throttle", there, stage["throttle"])


def _throttles(path: str, live: Mapping[str, Any], want: Mapping[str, Any]) -> Iterator[Operation]:
    for method in sorted(live.keys() - want.keys()):
        yield remove(f"{path}/{_method(method)}")
    for method, limits in sorted(want.items()):
        for name, limit in sorted(limits.items()):
            if live.get(method, {}).get(name) != limit:
                yield replace(f"{path}/{_method(method)}/{name}", limit)


def _method(name: str) -> str:
    """`/orders/{id}/POST` as a path has it: `~1orders~1{id}/POST`."""
    above, _, verb = name.rpartition("/")
    return f"{escaped(above)}/{verb}"


WAYS: Mapping[str, Way] = {
    "description": WHOLE,
    "apiStages": Stages(),
    "throttle": Inside({"rateLimit": WHOLE, "burstLimit": WHOLE}),
    "quota": Inside({"limit": WHOLE, "offset": WHOLE, "period": WHOLE}),
}
"""Source: ledger 6.11."""


class UsagePlans(Reconciler[UsagePlan]):
    kind = UsagePlan
    longest_name = 128
    once = True
    heirs = frozenset({"Stage"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "name": "a name is chosen once and never compared",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, UsagePlan]]:
        if speaks(instance, "rest"):
            for name, plan in api(instance).gateway.usage_plans.items():
                stages = plan.stages or tuple(api(instance).gateway.stages)
                yield (
                    UsagePlan.key(instance.address, name),
                    UsagePlan(
                        description=plan.description,
                        api_stages=dict.fromkeys(stages, _stage(instance, plan)),
                        throttle=_throttle(plan.throttle) if plan.throttle is not None else None,
                        quota=Quota(limit=plan.quota.limit, period=plan.quota.per) if plan.quota is not None else None,
                        stages=tuple(Ref(RestStage.key(instance.address, stage)) for stage in stages),
                        anchor=Ref(anchor(instance.address)),
                    ),
                )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[UsagePlan]]:
        known = index(aws, look)
        lives: dict[Key, list[Live[UsagePlan]]] = {}
        for found in aws.apigateway.pages("get_usage_plans", "items", limit=500):
            tags = self._tags(aws, look, known, found)
            if key := look.whose(UsagePlan, tags, natural=partial(self.named, look, found.get("name", ""))):
                plan = UsagePlan.from_aws(found, api_stages=_stages(found), tags=ours(tags))
                lives.setdefault(key, []).append(Live(key, found["id"], plan))
        for copies in lives.values():
            yield from copies if len(copies) == 1 else (_counted(aws, live) for live in copies)

    def _tags(
        self, aws: Aws, look: Look, known: Mapping[str, Mapping[str, str]], found: Mapping[str, Any]
    ) -> Mapping[str, str]:
        """What the index says, when it says just what is wanted; else what the plan says, if it may be ours."""
        told = known.get(f"arn:{aws.partition}:apigateway:{aws.region}::/usageplans/{found['id']}", {})
        key = look.whose(UsagePlan, told)
        want = look.graph.get(key) if key is not None else None
        if want is not None and dict(want.tags or {}) == dict(told):
            return told
        if not told and not looks_like_ours(found.get("name", ""), look.instances):
            return {}
        answer: Mapping[str, str] = aws.apigateway.get_usage_plan(usagePlanId=found["id"]).get("tags", {})
        return answer

    def create(self, aws: Aws, key: Key, want: UsagePlan, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value not in ("", {})}
        stages = [
            {"stage": stage, **{member: each for member, each in place.items() if each}}
            for stage, place in told.pop("apiStages", {}).items()
        ]
        made = aws.apigateway.create_usage_plan(name=name, apiStages=stages, **told, tags=dict(want.tags or {}))
        return {"id": made["id"]}

    def update(self, aws: Aws, live: Live[UsagePlan], want: UsagePlan, changed: frozenset[str]) -> None:
        operations = patch(live.resource, want, changed, WAYS)
        aws.apigateway.update_usage_plan(usagePlanId=live.id, patchOperations=operations)

    def delete(self, aws: Aws, live: Live[UsagePlan]) -> None:
        """Its stages leave it first (ledger 6.11)."""
        bare = live.resource.model_copy(update={"api_stages": {}})
        if operations := patch(live.resource, bare, ("api_stages",), WAYS):
            aws.apigateway.update_usage_plan(usagePlanId=live.id, patchOperations=operations)
        aws.apigateway.delete_usage_plan(usagePlanId=live.id)

    def tag(self, aws: Aws, live: Live[UsagePlan], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        rest_tag(aws, f"usageplans/{live.id}", put, drop)


def _counted(aws: Aws, live: Live[UsagePlan]) -> Live[UsagePlan]:
    """Of two copies the one that counts somebody is kept; AWS does not tell which is older."""
    keys = aws.apigateway.get_usage_plan_keys(usagePlanId=live.id, limit=1)["items"]
    return replaced(live, busy=bool(keys))


def plan_key(instance: Instance, name: str) -> Key:
    return UsagePlan.key(instance.address, name)


def _stage(instance: Instance, plan: UsagePlanSpec) -> PlanStage:
    throttles = {_place(key): _throttle(route.throttle) for key, route in plan.routes.items()}
    return PlanStage(api_id=Ref(rest_key(instance)), throttle=throttles)


def _place(route_key: str) -> str:
    """`POST /orders` as a plan names it: `/orders/POST`."""
    verb, _, path = route_key.partition(" ")
    return f"{path}/{verb}"


def _throttle(spec: ThrottleSpec) -> Throttle:
    return Throttle(rate_limit=float(spec.rate), burst_limit=spec.burst)


def _stages(found: Mapping[str, Any]) -> dict[str, PlanStage]:
    """By name. A plan that somebody extended to another API's stage of the same name tells one of the two."""
    return {
        each["stage"]: PlanStage(
            api_id=each["apiId"],
            throttle={
                method: Throttle.model_validate(dict(limits)) for method, limits in (each.get("throttle") or {}).items()
            },
        )
        for each in found.get("apiStages", ())
    }
