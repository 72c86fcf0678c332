"""The most that any role Penstock makes for these specs may do, as a permissions boundary to name in `iam`.

A boundary grants nothing; it caps what a role's own policies grant. So a controller that may make roles can make none
that reaches further than the specs of today, whoever gets hold of it (IAM user guide, *Permissions boundaries for IAM
entities*). It changes when `permissions`, images, secrets or log groups of the specs do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconcilers import Facts
from reconcilers.facts import platform
from reconcilers.gateway.rest.account import WRITES_LOGS, logs
from reconcilers.identity.role_policy import RolePolicies
from reconcilers.observability.log_group import PREFIX
from reconcilers.resource import plain, refs, resolve
from specs import Instance

Statement = dict[str, Any]
LARGEST = 6144
"""Characters of a managed policy, white space not counted. Source: IAM user guide, *IAM and AWS STS quotas*."""


def boundary(instances: Iterable[Instance], install: str, partition: str) -> dict[str, Any]:
    """A policy document. Raises ValueError when IAM would not take one of its size."""
    found = [each for instance in instances for each in _statements(instance, install, partition)]
    document = {"Version": "2012-10-17", "Statement": list(_merged(found))}
    if (size := sum(not each.isspace() for each in json.dumps(document))) > LARGEST:
        raise ValueError(f"the boundary of all these specs has {size} characters and IAM takes {LARGEST}: name fewer")
    return document


def _statements(instance: Instance, install: str, partition: str) -> Iterator[Statement]:
    """What the policies of its roles will say, with every log group of the installation for its own."""
    told = platform(instance).spec.aws
    region, account = (told.region, told.account_id or "*") if told else ("*", "*")
    facts = Facts(install, region, account, partition)
    groups = facts.arn("logs", f"log-group:{PREFIX}/{install}/*")
    for _, policy in RolePolicies().desired(instance, facts):
        known = {(ref.key, ref.attribute): groups for ref in refs(policy)}
        yield from plain(resolve(policy.policy_document, known))["Statement"]
    if logs(instance):
        writing: Any = WRITES_LOGS["Statement"]
        yield from writing


def _merged(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements that differ in their resources alone, as one."""
    merged: dict[str, Statement] = {}
    for each in statements:
        told = {name: value for name, value in each.items() if name not in ("Sid", "Resource")}
        resources = [each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"]
        one = merged.setdefault(repr(told), {**told, "Resource": []})
        one["Resource"] = sorted({*one["Resource"], *resources})
    yield from merged.values()
