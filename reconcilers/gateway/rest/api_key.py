"""API keys: who a caller is, for the usage plans that count him. Their values are secrets that AWS makes up, that never
change, and that Penstock reads in one moment only: when they are put into Secrets Manager (`key_secret`).

Names are not unique and a repeated create makes another one. A key goes only by `penstock delete`: its callers have
the value, and nobody can make it again. Or a newer one takes its place (`penstock rotate`): then a tag says until when
it is let in, and after that it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.patch import WHOLE, Way, patch
from reconcilers.gateway.rest.rest_api import rest_tag
from reconcilers.gateway.vpc_link import ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor, stamp
from reconcilers.ownership import UNTIL
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Live
from reconcilers.topology import api, speaks
from specs import Instance


class ApiKey(CamelResource):
    description: str = ""
    enabled: bool = True
    anchor: Hidden[Link | None] = None


WAYS: Mapping[str, Way] = {"description": WHOLE, "enabled": WHOLE}
"""Source: ledger 6.12."""


class ApiKeys(Reconciler[ApiKey]):
    kind = ApiKey
    longest_name = 128
    once = True
    kept = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "name": "a name is chosen once and never compared",
        "value": "AWS makes it up; only Secrets Manager is told",
        "customerId": "the marketplace's, and left",
        "stageKeys": "usage plans have taken its place (botocore CreateApiKey)",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ApiKey]]:
        for name in callers(instance):
            yield key_key(instance, name), ApiKey(anchor=Ref(anchor(instance.address)))

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ApiKey]]:
        for found in aws.apigateway.pages("get_api_keys", "items", limit=500, includeValues=False):
            tags = found.get("tags", {})
            if key := look.whose(ApiKey, tags, natural=partial(self.named, look, found.get("name", ""))):
                resource = ApiKey.from_aws(found, tags=ours(tags))
                created = found["createdDate"].isoformat() if "createdDate" in found else ""
                until = tags.get(UNTIL, "")
                if until:  # the wanted one is another
                    key = key._replace(part=f"{key.part}:{found['id']}")
                yield Live(key, found["id"], resource, created=created, expired=bool(until) and until <= stamp(aws.now))

    def create(self, aws: Aws, key: Key, want: ApiKey, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        return {"id": aws.apigateway.create_api_key(name=name, **told, tags=dict(want.tags or {}))["id"]}

    def update(self, aws: Aws, live: Live[ApiKey], want: ApiKey, changed: frozenset[str]) -> None:
        aws.apigateway.update_api_key(apiKey=live.id, patchOperations=patch(live.resource, want, changed, WAYS))

    def delete(self, aws: Aws, live: Live[ApiKey]) -> None:
        aws.apigateway.delete_api_key(apiKey=live.id)

    def tag(self, aws: Aws, live: Live[ApiKey], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        rest_tag(aws, f"apikeys/{live.id}", put, drop)


def callers(instance: Instance) -> tuple[str, ...]:
    """The names of those who get a key. Somebody in two plans has one key."""
    if not speaks(instance, "rest"):
        return ()
    return tuple(dict.fromkeys(name for plan in api(instance).gateway.usage_plans.values() for name in plan.keys))


def caller(key: Key) -> str:
    """Whose an API key is, the newest or one of those before."""
    return key.part.partition(":")[0]


def key_key(instance: Instance, name: str) -> Key:
    return ApiKey.key(instance.address, name)
