"""Who is in a usage plan: the keys that it counts. They have no tags; each ties a plan of ours to a key of ours, and
other people's keys in a plan of ours are left."""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.api_key import ApiKey, caller, key_key
from reconcilers.gateway.rest.usage_plan import UsagePlan, plan_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import api, speaks
from specs import Instance


class UsagePlanKey(CamelResource):
    usage_plan_id: Immutable[Link]
    key_id: Immutable[Link]


class UsagePlanKeys(Reconciler[UsagePlanKey]):
    kind = UsagePlanKey
    needs = (UsagePlan, ApiKey)
    cascades = True
    unmanaged = {"keyType": "API_KEY is the only one there is"}  # noqa: RUF012  ClassVar in Reconciler

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, UsagePlanKey]]:
        if speaks(instance, "rest"):
            for plan, spec in api(instance).gateway.usage_plans.items():
                for name in spec.keys:
                    member = UsagePlanKey(
                        usage_plan_id=Ref(plan_key(instance, plan)), key_id=Ref(key_key(instance, name))
                    )
                    yield UsagePlanKey.key(instance.address, f"{plan}:{name}"), member

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[UsagePlanKey]]:
        plans = look.of(UsagePlan)
        keys = {live.id: live for live in look.of(ApiKey)}
        members = aws.parallel(
            lambda plan: list(aws.apigateway.pages("get_usage_plan_keys", "items", usagePlanId=plan.id, limit=500)),
            plans,
        )
        for plan, found in zip(plans, members, strict=True):
            for each in found:
                if (member := keys.get(each["id"])) is not None:
                    resource = UsagePlanKey(usage_plan_id=plan.id, key_id=each["id"])
                    key = UsagePlanKey.key(plan.key.instance, f"{plan.key.part}:{caller(member.key)}")
                    earlier = member.key.part != caller(member.key)
                    if not (earlier and key in look.graph):  # let in beside the newest, for as long as its tag says
                        yield Live(key, f"{plan.id}/{each['id']}", resource)

    def create(self, aws: Aws, key: Key, want: UsagePlanKey, name: str) -> Made:
        aws.apigateway.create_usage_plan_key(**want.to_aws(), keyType="API_KEY")
        return {"id": f"{want.usage_plan_id}/{want.key_id}"}

    def update(self, aws: Aws, live: Live[UsagePlanKey], want: UsagePlanKey, changed: frozenset[str]) -> None:
        raise AssertionError("another key is another membership")

    def delete(self, aws: Aws, live: Live[UsagePlanKey]) -> None:
        aws.apigateway.delete_usage_plan_key(usagePlanId=live.resource.usage_plan_id, keyId=live.resource.key_id)

    def parent_of(self, live: Live[UsagePlanKey]) -> str:
        return str(live.resource.usage_plan_id)


def member_keys(instance: Instance, caller: str) -> tuple[Key, ...]:
    """The memberships of one caller."""
    plans = api(instance).gateway.usage_plans
    return tuple(UsagePlanKey.key(instance.address, f"{plan}:{caller}") for plan in plans if caller in plans[plan].keys)
