"""Permissions: a function lets API Gateway call it, for one authorizer and nobody else.

They are statements in the policy of a function that is somebody else's, and have no tags. So a statement's id says
whose it is: what it is for, a hash of the installation and address, and one of what AWS cannot change in it, so that a
successor can stand beside it. Statements of others are not looked at twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.errors import is_gone
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import Authorizer
from reconcilers.gateway.rest.rest_authorizer import RestAuthorizer
from reconcilers.gateway.websocket.web_socket_authorizer import WebSocketAuthorizer
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource
from reconcilers.topology import api, has_api
from specs import Instance
from specs.environment import EnvironmentSpec

INVOKE, GATEWAY = "lambda:InvokeFunction", "apigateway.amazonaws.com"
APIS = {"http": "HttpApi", "rest": "RestApi", "websocket": "WebSocketApi"}
AUTHORIZERS = {"http": "Authorizer", "rest": "RestAuthorizer", "websocket": "WebSocketAuthorizer"}
FUNCTION = re.compile(r"functions/(arn:[^/]+)/invocations$")


class Permission(Resource):
    function_name: Immutable[str]
    """The ARN of the function or its alias."""
    action: Immutable[str] = INVOKE
    principal: Immutable[str] = GATEWAY
    source_arn: Immutable[Link]
    authorizer: Hidden[Link | None] = None
    """Nobody is asked before the function may answer, and it may until nobody asks."""


class Permissions(Reconciler[Permission]):
    kind = Permission
    needs = (Authorizer, RestAuthorizer, WebSocketAuthorizer)
    longest_name = 100
    heirs = frozenset({"RestStage", "Stage", "WebSocketStage"})

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Permission]]:
        if not has_api(instance) or isinstance(instance.spec, EnvironmentSpec):
            return
        kind = instance.spec.gateway.type
        for name, spec in api(instance).gateway.authorizers.items():
            if spec.function is not None:
                authorizer = Ref(Key(instance.address, AUTHORIZERS[kind], name))
                place = facts.arn("execute-api", "{}/authorizers/{}")
                yield (
                    Permission.key(instance.address, name),
                    Permission(
                        function_name=spec.function,
                        source_arn=Text(place, (Ref(Key(instance.address, APIS[kind])), authorizer)),
                        authorizer=authorizer,
                    ),
                )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Permission]]:
        """In the policies of the functions that are wanted, and of those that live authorizers call."""
        kinds: tuple[type[Any], ...] = (Authorizer, RestAuthorizer, WebSocketAuthorizer)
        keys = {live.key: live for kind in kinds for live in look.of(kind)}
        ours = {Permission.key(key.instance, key.part) for key in keys} | {
            key for key in look.graph if key.kind == Permission.__name__ and key.instance in look.instances
        }
        marks = {_mark(look.aws.install, key): key for key in ours}
        functions = {want.function_name for want in look.wanted(Permission).values()}
        functions |= {
            found[1] for live in keys.values() if (found := FUNCTION.search(live.resource.authorizer_uri or ""))
        }
        for function, statements in zip(
            sorted(functions), aws.parallel(lambda arn: _policy(aws, arn), sorted(functions)), strict=True
        ):
            for each in statements:
                if key := marks.get(str(each.get("Sid", ""))[-15:-7]):
                    yield _live(function, each, key)

    def create(self, aws: Aws, key: Key, want: Permission, name: str) -> Made:
        aws.functions.add_permission(StatementId=name, **want.to_aws())
        return {"id": f"{want.function_name}#{name}"}

    def update(self, aws: Aws, live: Live[Permission], want: Permission, changed: frozenset[str]) -> None:
        raise AssertionError("a statement has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[Permission]) -> None:
        function, _, statement = live.id.partition("#")
        aws.functions.remove_permission(FunctionName=function, StatementId=statement)

    def name(self, install: str, key: Key, want: Permission, copies: Iterable[str]) -> str:
        told = super().name(install, key, want, copies)
        return f"{told[:-7][:80]}-{_mark(install, key)}{told[-7:]}"


def _mark(install: str, key: Key) -> str:
    """What tells our statements apart from those of other instances and installations: 8 hex digits."""
    return sha256(repr((install, key.instance, key.address)).encode()).hexdigest()[:8]


def _policy(aws: Aws, function: str) -> list[Mapping[str, Any]]:
    """The statements of a function's policy; one without a policy, or that is gone, has none."""
    try:
        policy = json.loads(aws.functions.get_policy(FunctionName=function)["Policy"])
    except ClientError as error:
        if is_gone(error):
            return []
        raise
    found: list[Mapping[str, Any]] = policy["Statement"]
    return found


def _live(function: str, statement: Mapping[str, Any], key: Key) -> Live[Permission]:
    """Conditions are answered as IAM has them, whatever the case of their keys."""
    conditions = {name.lower(): value for name, value in statement.get("Condition", {}).get("ArnLike", {}).items()}
    principal, place = statement["Principal"], conditions.get("aws:sourcearn", "")
    found = Permission(
        function_name=function,
        action=statement["Action"],
        principal=principal.get("Service", "") if isinstance(principal, Mapping) else str(principal),
        source_arn=place,
        authorizer=place.rpartition("/authorizers/")[2],
    )
    return Live(key, f"{function}#{statement['Sid']}", found)


def permission_key(instance: Instance, authorizer: str | None) -> Key:
    return Permission.key(instance.address, authorizer or "")
