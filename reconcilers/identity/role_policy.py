"""Inline policies of roles. The execution role may pull this image, write to this log group and read these secrets;
the task role may do what the spec's `permissions` say. No AWS managed policy is attached.

A role is a closed parent: a policy in it that nobody asked for is drift. Documents are compared as what they mean:
one element or a list of it is the same, and the order of actions and resources means nothing (ledger 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.identity.permissions import execution_statements, task_statements
from reconcilers.identity.role import Role, document, execution_role, identities, task_role
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.observability.log_group import LogGroup
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import defined, speaks
from specs import Instance

VERSION = "2012-10-17"


class RolePolicy(Resource):
    role_name: Immutable[Link]
    policy_name: Immutable[str]
    policy_document: Mapping[str, Any]


class RolePolicies(Reconciler[RolePolicy]):
    kind = RolePolicy
    needs = (Role,)
    closed = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RolePolicy]]:
        for name, service in defined(instance).items():
            logs = Text("{}:*", (Ref(LogGroup.key(instance.address, name), "arn"),))
            if service.execution_role is None:
                yield self._policy(execution_role(instance.address, name), execution_statements(service, logs, facts))
            if service.task_role is None and (statements := (*task_statements(service), *_answers(instance, facts))):
                yield self._policy(task_role(instance.address, name), statements)

    def _policy(self, role: Key, statements: tuple[dict[str, Any], ...]) -> tuple[Key, RolePolicy]:
        told = {"Version": VERSION, "Statement": statements}
        name = role.part.partition(":")[2]
        policy = RolePolicy(role_name=Ref(role, "name"), policy_name=name, policy_document=told)
        return RolePolicy.key(role.instance, role.part), policy

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RolePolicy]]:
        roles = {live.id: live.key for live in look.of(Role)}
        for found in identities(aws, look):
            if role := roles.get(found["RoleName"]):
                for policy in found.get("RolePolicyList", ()):
                    yield _live(role, found["RoleName"], policy)

    def create(self, aws: Aws, key: Key, want: RolePolicy, name: str) -> Made:
        aws.iam.put_role_policy(
            RoleName=want.role_name, PolicyName=want.policy_name, PolicyDocument=document(_sent(want))
        )
        return {"id": f"{want.role_name}/{want.policy_name}"}

    def update(self, aws: Aws, live: Live[RolePolicy], want: RolePolicy, changed: frozenset[str]) -> None:
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[RolePolicy]) -> None:
        policy = live.resource
        aws.iam.delete_role_policy(RoleName=policy.role_name, PolicyName=policy.policy_name)

    def parent_of(self, live: Live[RolePolicy]) -> str:
        return str(live.resource.role_name)


def _answers(instance: Instance, facts: Facts) -> Iterator[dict[str, Any]]:
    """Behind a WebSocket API the code may answer its connections: `{api}/{stage}/{method}/@connections/{id}` (developer
    guide, apigateway-websocket-control-access-iam)."""
    if speaks(instance, "websocket"):
        api = Ref(Key(instance.address, "WebSocketApi"))
        connections = Text(facts.arn("execute-api", "{}/*/*/@connections/*"), (api,))
        yield {"Effect": "Allow", "Action": ("execute-api:ManageConnections",), "Resource": (connections,)}


def _live(role: Key, name: str, policy: Mapping[str, Any]) -> Live[RolePolicy]:
    """A policy named like its role's purpose is the one we keep; any other is somebody's."""
    purpose = role.part.partition(":")[2]
    part = role.part if policy["PolicyName"] == purpose else f"{role.part}/{policy['PolicyName']}"
    found = RolePolicy(
        role_name=name, policy_name=policy["PolicyName"], policy_document=normal(policy["PolicyDocument"])
    )
    return Live(RolePolicy.key(role.instance, part), f"{name}/{policy['PolicyName']}", found)


def _sent(want: RolePolicy) -> dict[str, Any]:
    from reconcilers.resource import plain

    told: dict[str, Any] = plain(want.policy_document)
    return told


def normal(policy: Any) -> dict[str, Any]:
    """A document as it means: statements and their parts as sorted lists."""
    import json

    told = json.loads(policy) if isinstance(policy, str) else policy
    listed = told.get("Statement", [])
    statements = [_statement(each) for each in (listed if isinstance(listed, list) else [listed])]
    return {"Version": told.get("Version", "2008-10-17"), "Statement": tuple(statements)}


def _statement(told: Mapping[str, Any]) -> dict[str, Any]:
    plural = {name: told[name] for name in ("Action", "NotAction", "Resource", "NotResource") if name in told}
    lists = {name: tuple(sorted({value} if isinstance(value, str) else set(value))) for name, value in plural.items()}
    return {**told, **lists}
