"""IAM roles: one to start a service's tasks with (execution), one that its code runs as (task). Both start empty.

Roles live under `{iam.path}{install}/`, so one list finds them, and under the permissions boundary the spec names.
IAM is global and eventually consistent: a new role may be readable before ECS can assume it (ledger 0.5, 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.errors import DENIED, code
from reconcilers.facts import Facts, platform
from reconcilers.keys import Key
from reconcilers.observability.log_group import LogGroup
from reconcilers.ownership import tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource
from reconcilers.topology import defined
from specs import Instance

ASSUMABLE_AFTER = timedelta(seconds=15)
"""By AWS's clock, since the role's CreateDate (architecture.md, *Waiting is not blocking*)."""
TASKS_MAY_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Role(Resource):
    path: Immutable[str]
    description: str = ""
    max_session_duration: int = 3600
    assume_role_policy_document: Mapping[str, Any]
    permissions_boundary: str | None = None


class Roles(Reconciler[Role]):
    kind = Role
    longest_name = 64
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RoleName": "a name is chosen once and never compared",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Role]]:
        iam = platform(instance).spec.iam
        role = Role(
            path=f"{iam.path}{facts.install}/",
            assume_role_policy_document=TASKS_MAY_ASSUME,
            permissions_boundary=iam.permissions_boundary,
        )
        for name, service in defined(instance).items():
            if service.execution_role is None:
                yield execution_role(instance.address, name), role
            if service.task_role is None:
                yield task_role(instance.address, name), role

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Role]]:
        for found in identities(aws, look):
            tags = untag(found.get("Tags"))
            if key := look.whose(Role, tags, natural=partial(self.named, look, found["RoleName"])):
                boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
                role = Role.from_aws(
                    found,
                    description=found.get("Description", ""),
                    max_session_duration=found.get("MaxSessionDuration", 3600),
                    permissions_boundary=boundary,
                    tags=tags,
                )
                ready = found["CreateDate"] + ASSUMABLE_AFTER
                pending = "" if aws.now >= ready else "a new role cannot be assumed yet"
                yield Live(key, found["RoleName"], role, {"arn": found["Arn"], "name": found["RoleName"]}, pending)
            else:
                look.taken(self.named(look, found["RoleName"]), f"role {found['RoleName']}")

    def create(self, aws: Aws, key: Key, want: Role, name: str) -> Made:
        told = want.to_aws() | {"AssumeRolePolicyDocument": document(want.assume_role_policy_document)}
        if not want.description:
            del told["Description"]
        role = aws.iam.create_role(RoleName=name, **told, Tags=tag_list(want.tags or {}))["Role"]
        return {"id": name, "name": name, "arn": role["Arn"], "pending": "a new role cannot be assumed yet"}

    def update(self, aws: Aws, live: Live[Role], want: Role, changed: frozenset[str]) -> None:
        if "assume_role_policy_document" in changed:
            policy = document(want.assume_role_policy_document)
            aws.iam.update_assume_role_policy(RoleName=live.id, PolicyDocument=policy)
        if changed & {"description", "max_session_duration"}:
            aws.iam.update_role(
                RoleName=live.id, Description=want.description, MaxSessionDuration=want.max_session_duration
            )
        if "permissions_boundary" in changed and want.permissions_boundary is None:
            aws.iam.delete_role_permissions_boundary(RoleName=live.id)
        elif "permissions_boundary" in changed:
            aws.iam.put_role_permissions_boundary(RoleName=live.id, PermissionsBoundary=want.permissions_boundary)

    def delete(self, aws: Aws, live: Live[Role]) -> None:
        aws.iam.delete_role(RoleName=live.id)

    def tag(self, aws: Aws, live: Live[Role], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        if drop:
            aws.iam.untag_role(RoleName=live.id, TagKeys=list(drop))
        if put:
            aws.iam.tag_role(RoleName=live.id, Tags=tag_list(put))


def execution_role(address: str, service: str) -> Key:
    return Role.key(address, f"{service}:execution")


def task_role(address: str, service: str) -> Key:
    return Role.key(address, f"{service}:task")


def document(policy: Mapping[str, Any]) -> str:
    import json

    return json.dumps(policy, separators=(",", ":"))


def identities(aws: Aws, look: Look) -> list[Mapping[str, Any]]:
    """Every role under our paths with its tags and inline policies. Two lists tell of a role, and neither tells all:
    ListRoles leaves out tags, boundary and policies, the account's authorization details description and session
    duration (iam RoleDetail; ledger 2.1). Where the details are denied a few calls per role tell the same."""

    def ask() -> list[Mapping[str, Any]]:
        pages = [aws.iam.pages("list_roles", "Roles", PathPrefix=path) for path in _paths(look)]
        listed = {role["RoleName"]: role for page in pages for role in page if _may_be_ours(role, aws.install)}
        details = _details(aws, listed) if listed else {}
        return [role | details[name] for name, role in listed.items() if name in details]

    return look.once("identities", ask)


def _paths(look: Look) -> list[str]:
    """Where to look. An edited spec may have had another path before, and without a spec nobody knows it: then all."""
    anchors = {live.key.instance: live.resource.tags or {} for live in look.of(LogGroup) if not live.key.part}
    if look.graph and all(look.settled(instance, tags) for instance, tags in anchors.items()):
        return sorted({want.path for want in look.wanted(Role).values()})
    return ["/"]


def _may_be_ours(role: Mapping[str, Any], install: str) -> bool:
    return str(role["Path"]).endswith(f"/{install}/")


def _details(aws: Aws, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    try:
        told = aws.iam.pages("get_account_authorization_details", "RoleDetailList", Filter=["Role"], MaxItems=1000)
        return {each["RoleName"]: each for each in told}
    except ClientError as error:
        if not DENIED.fullmatch(code(error)):
            raise
    return dict(zip(names, aws.parallel(lambda name: _detailed(aws, name), names), strict=True))


def _detailed(aws: Aws, name: str) -> Mapping[str, Any]:
    """One role as GetAccountAuthorizationDetails would show it."""
    role = aws.iam.get_role(RoleName=name)["Role"]
    policies = list(aws.iam.pages("list_role_policies", "PolicyNames", RoleName=name))
    return role | {"RolePolicyList": [aws.iam.get_role_policy(RoleName=name, PolicyName=each) for each in policies]}
