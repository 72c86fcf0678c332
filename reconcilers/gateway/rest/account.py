"""The account's role for API Gateway's logs: one for every API of an account and region, whoever made them.

REST stages cannot log without it, so it is there as soon as any role is set. A role that somebody else has set serves
and is never changed; where none is set ours is, in the moment in which none is seen (compare and set). It is never
taken away, because other people's stages may log through it: not with the instance that made it, nor with
`penstock delete` (ledger 6.14).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.errors import Meaning, meaning
from reconcilers.facts import Facts, platform
from reconcilers.gateway.rest.adoption import adopted_api, states
from reconcilers.keys import Key
from reconcilers.ownership import INSTALL, tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Live
from reconcilers.topology import speaks
from specs import Instance

MAY_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
WRITES_LOGS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                f"logs:{action}"
                for action in (
                    "CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents",
                    "GetLogEvents", "FilterLogEvents",
                )
            ],
            "Resource": "*",
        }
    ],
}  # fmt: skip
"""What AWS's own policy AmazonAPIGatewayPushToCloudWatchLogs allows; API Gateway refuses a role that may do less.
Source: API Gateway developer guide, set-up-logging; ledger 6.14."""


class Account(CamelResource):
    role_path: Hidden[str] = "/"
    permissions_boundary: Hidden[str | None] = None


class Accounts(Reconciler[Account]):
    kind = Account
    kept = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Account]]:
        if logs(instance):
            iam = platform(instance).spec.iam
            path = f"{iam.path}{facts.install}/"
            yield account_key(instance), Account(role_path=path, permissions_boundary=iam.permissions_boundary)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Account]]:
        """Told of those that want it only: nobody's deletion looks for its end."""
        wanted = [key for key in look.graph if key.kind == Account.__name__]
        role = _role(aws) if wanted else ""
        for key in wanted if role else ():
            yield Live(key, "account", Account(), {"role": role})

    def create(self, aws: Aws, key: Key, want: Account, name: str) -> Made:
        with aws.alone("account"):
            role = _role(aws)
            if not role:
                role = _made(aws, want)
                operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
                aws.apigateway.update_account(patchOperations=[operation])
        return {"id": "account", "role": role}

    def update(self, aws: Aws, live: Live[Account], want: Account, changed: frozenset[str]) -> None:
        raise AssertionError("a role that is set is never changed")

    def delete(self, aws: Aws, live: Live[Account]) -> None:
        """It stays: others log through it."""


def logs(instance: Instance) -> bool:
    """Whether its stages log by the account's role; those of an API made by hand only when the spec says so."""
    if speaks(instance, "websocket"):
        return True
    said = ("/gateway/accessLogs/retention", "/gateway/accessLogs/format")
    return speaks(instance, "rest") and (not adopted_api(instance) or states(instance, *said))


def account_key(instance: Instance) -> Key:
    return Account.key(instance.address)


def _role(aws: Aws) -> str:
    return str(aws.apigateway.get_account().get("cloudwatchRoleArn") or "")


def _made(aws: Aws, want: Account) -> str:
    """The installation's role for it, which belongs to no instance; another region's first API may have made it."""
    name = f"penstock-{aws.install}-apigateway"
    bounds = {} if want.permissions_boundary is None else {"PermissionsBoundary": want.permissions_boundary}
    try:
        aws.iam.create_role(
            RoleName=name, Path=want.role_path, AssumeRolePolicyDocument=json.dumps(MAY_ASSUME), **bounds,
            Tags=tag_list({INSTALL: aws.install}),
        )  # fmt: skip
    except ClientError as error:
        if meaning(error) is not Meaning.TAKEN:
            raise
    aws.iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=json.dumps(WRITES_LOGS))
    return f"arn:{aws.partition}:iam::{aws.account_id}:role{want.role_path}{name}"
