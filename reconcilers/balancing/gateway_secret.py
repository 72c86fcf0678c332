"""The secret by which a load balancer on the internet knows API Gateway from anybody else (`gateway.integration`).

Secrets Manager makes the value up once and keeps it. It goes from there into listener rules and integrations in the
moment they are written, and nowhere else; what everybody sees is its fingerprint (`reconcilers.fingerprint`), which is
also the name of the version we write, so that a look needs no value to know it.

Whoever puts another value into the secret rotates it: rules that demand the new one are made beside the old, then the
integrations and what stages serve move over, then the old rules go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.errors import NotYet
from reconcilers.facts import Facts
from reconcilers.fingerprint import DIGITS, PARAMETERS, fingerprint
from reconcilers.identity.secrets import PREFIX, secret_tag, secrets
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Live, Resource
from reconcilers.topology import by_internet
from specs import Instance

CURRENT = "AWSCURRENT"
OURS = re.compile(rf"penstock-([0-9a-f]{{{DIGITS}}})")
"""The name of a version that we wrote, by what is in it."""
CARRIED = re.compile(r"[A-Za-z0-9_-]{32,128}")
"""A value that a rule takes literally: `*` and `?` stand for others there (elbv2 HttpHeaderConditionConfig)."""
PURPOSE = "the header by which the load balancer knows API Gateway"


class GatewaySecret(Resource):
    description: str = ""


class GatewaySecrets(Reconciler[GatewaySecret]):
    kind = GatewaySecret
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Name": "it is where people look for it",
        "KmsKeyId": "encryption with keys of yours comes later; one that somebody sets is left",
        "Type": "AWS's own, for secrets of partners",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, GatewaySecret]]:
        if by_internet(instance):
            yield secret_key(instance), GatewaySecret(description=PURPOSE)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[GatewaySecret]]:
        names = {_name(aws.install, key): key for key in look.graph if key.kind == GatewaySecret.__name__}
        for found in secrets(aws, look):
            tags, named = untag(found.get("Tags")), partial(names.get, found["Name"])
            if key := look.whose(GatewaySecret, tags, natural=named):
                known = _known(aws, found)
                yield Live(
                    key,
                    found["ARN"],
                    GatewaySecret(description=found.get("Description", ""), tags=tags),
                    {"arn": found["ARN"], "name": found["Name"]} | ({"fingerprint": known} if known else {}),
                    pending="" if known else f"{found['Name']} has no value of 32 to 128 letters, digits, _ or -",
                )
            else:
                look.taken(named(), f"secret {found['Name']}")

    def create(self, aws: Aws, key: Key, want: GatewaySecret, name: str) -> Made:
        value = aws.secrets.get_random_password(PasswordLength=64, ExcludePunctuation=True)["RandomPassword"]
        known = fingerprint(value)
        made = aws.secrets.create_secret(
            Name=_name(aws.install, key), SecretString=value, ClientRequestToken=f"penstock-{known[-DIGITS:]}",
            **want.to_aws(), Tags=tag_list(want.tags or {}),
        )  # fmt: skip
        return {"id": made["ARN"], "arn": made["ARN"], "name": made["Name"], "fingerprint": known}

    def update(self, aws: Aws, live: Live[GatewaySecret], want: GatewaySecret, changed: frozenset[str]) -> None:
        aws.secrets.update_secret(SecretId=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[GatewaySecret]) -> None:
        aws.secrets.delete_secret(SecretId=live.id, ForceDeleteWithoutRecovery=True)

    def tag(self, aws: Aws, live: Live[GatewaySecret], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        secret_tag(aws, live.id, put, drop)


def secret_key(instance: Instance) -> Key:
    return GatewaySecret.key(instance.address)


def secret_ref(instance: Instance) -> Ref:
    """The fingerprint, as a value in rules and integrations."""
    return Ref(secret_key(instance), "fingerprint")


def value_of(aws: Aws, instance: str, known: str) -> str:
    """The value with this fingerprint. Raises NotYet where the secret holds another by now."""
    value = str(aws.secrets.get_secret_value(SecretId=_name(aws.install, GatewaySecret.key(instance)))["SecretString"])
    if fingerprint(value) != known:
        raise NotYet(f"the secret of {instance} is another by now")
    return value


def revealed(aws: Aws, instance: str, parameters: Mapping[str, Link], form: str = "{}") -> dict[str, Any]:
    """The parameters of an integration as AWS takes them; `form` is how a literal is written there."""
    told = {
        name: form.format(value_of(aws, instance, str(parameters[name]))) for name in PARAMETERS & parameters.keys()
    }
    return {**parameters, **told}


def _name(install: str, key: Key) -> str:
    """`penstock/default/shop/gateway`: values of keys stand below `keys/`."""
    return f"{PREFIX}/{install}/{key.instance}/gateway"


def _known(aws: Aws, found: Mapping[str, Any]) -> str:
    """The fingerprint of the value in force; empty where a rule could not take it. Only a value that somebody else put
    there has to be read for it."""
    versions = found.get("SecretVersionsToStages", {})
    version = next((id for id, stages in versions.items() if CURRENT in stages), "")
    if ours := OURS.fullmatch(version):
        return f"sha256:{ours[1]}"
    if not version:
        return ""
    value = aws.secrets.get_secret_value(SecretId=found["ARN"], VersionId=version).get("SecretString", "")
    return fingerprint(value) if CARRIED.fullmatch(value) else ""
