"""Where the values of API keys are: one secret for each, in Secrets Manager, for whoever hands them out.

The value goes from API Gateway to Secrets Manager in one step and is told nowhere else. Which key it is stands in the
description, so a key that was made anew gets its value written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.api_key import callers, key_key
from reconcilers.gateway.rest.usage_plan_key import member_keys
from reconcilers.identity.secrets import PREFIX, secret_tag, secrets
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.ownership import tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Live, Resource
from specs import Instance


class KeySecret(Resource):
    description: Link
    """`API key {id}`."""
    members: Hidden[tuple[Ref, ...]] = ()
    """Nobody is told a value that does not open yet."""


class KeySecrets(Reconciler[KeySecret]):
    kind = KeySecret
    kept = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Name": "it is where people look for it",
        "KmsKeyId": "encryption with keys of yours comes later; one that somebody sets is left",
        "Type": "AWS's own, for secrets of partners",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, KeySecret]]:
        for name in callers(instance):
            key = KeySecret.key(instance.address, name)
            members = tuple(Ref(each) for each in member_keys(instance, name))
            yield key, KeySecret(description=Text("API key {}", (Ref(key_key(instance, name)),)), members=members)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[KeySecret]]:
        names = {secret_name(aws.install, key): key for key in look.graph if key.kind == KeySecret.__name__}
        for found in secrets(aws, look):
            tags, named = untag(found.get("Tags")), partial(names.get, found["Name"])
            if key := look.whose(KeySecret, tags, natural=named):
                arn = found["ARN"]
                resource = KeySecret(description=found.get("Description", ""), tags=tags)
                yield Live(key, arn, resource, {"arn": arn, "name": found["Name"]})
            else:
                look.taken(named(), f"secret {found['Name']}")

    def create(self, aws: Aws, key: Key, want: KeySecret, name: str) -> Made:
        """A name that is taken is that of one whose tags were taken off, or of one that AWS has not forgotten yet."""
        made = aws.secrets.create_secret(
            Name=secret_name(aws.install, key), SecretString=_value(aws, want), **want.to_aws(),
            Tags=tag_list(want.tags or {}),
        )  # fmt: skip
        return {"id": made["ARN"], "arn": made["ARN"], "name": made["Name"]}

    def update(self, aws: Aws, live: Live[KeySecret], want: KeySecret, changed: frozenset[str]) -> None:
        aws.secrets.update_secret(SecretId=live.id, SecretString=_value(aws, want), **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[KeySecret]) -> None:
        aws.secrets.delete_secret(SecretId=live.id, ForceDeleteWithoutRecovery=True)

    def tag(self, aws: Aws, live: Live[KeySecret], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        secret_tag(aws, live.id, put, drop)


def secret_name(install: str, key: Key) -> str:
    """`penstock/default/shop/keys/acme`: no service is called `keys/…`, so nothing else has it."""
    return f"{PREFIX}/{install}/{key.instance}/keys/{key.part}"


def _value(aws: Aws, want: KeySecret) -> str:
    id = str(want.description).rpartition(" ")[2]
    return str(aws.apigateway.get_api_key(apiKey=id, includeValue=True)["value"])
