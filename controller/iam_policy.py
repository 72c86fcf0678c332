"""The least that Penstock needs in an account, computed from the specs it is to look after.

Creates are held to our installation's tag in the request, changes to that tag on the resource, roles and log groups to
the names we give them. What IAM cannot hold so is named in the statement's Sid. moto cannot prove conditions, so before
production the document belongs into IAM's policy simulator (security.md, head and §7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Literal

from controller.iam_actions import EVERY_LOOK, OWN, iam_action
from controller.iam_besides import BESIDES, BY_NAME, FENCED_BY_REQUEST_TAG, TAGGED_IN_CREATE, UNFENCED
from controller.iam_boundary import boundary
from controller.iam_gateway import gateway_path
from controller.iam_ground import ANYWHERE, Ground, survey
from reconcilers.gateway.permission import GATEWAY
from reconcilers.observability.log_group import PREFIX as LOGS
from reconcilers.ownership import INSTALL
from specs import Instance

Reader = Literal["controller", "ci-apply", "ci-plan", "boundary"]
Statement = dict[str, Any]
UNTOLD = ("application-autoscaling:", "acm:")
"""Services that cannot tell the tags of a create from others."""
ROOTS = frozenset(
    {"/apikeys", "/apis", "/domainnames", "/domainnameaccessassociations", "/restapis", "/usageplans", "/vpclinks"}
)
"""Of API Gateway's paths those below which things with tags are made."""


def policy(instances: Iterable[Instance], install: str, reader: Reader = "controller") -> dict[str, Any]:
    """An IAM policy document. `reader`: the controller; a CI job that applies and so does all that the controller
    does; a CI job that only plans and needs no write at all; or the roles that are made for tasks.

    Raises ValueError when IAM would not take a document of its size.
    """
    chosen = tuple(instances)
    ground = survey(chosen, install)
    if reader == "boundary":
        return boundary(chosen, install, ground.partition)
    statements = list(_reads(ground))
    if reader != "ci-plan":
        statements += _writes(ground)
    return {"Version": "2012-10-17", "Statement": statements}


# ---- reading


def _reads(ground: Ground) -> Iterator[Statement]:
    calls = {call for kind in ground.kinds for call in OWN[kind].reads} | set(EVERY_LOOK)
    yield _allow("Look", {iam_action(call) for call in calls if not gateway_path(call)}, [ANYWHERE])
    if paths := _paths(calls):
        yield _allow("LookAtApis", {"apigateway:GET"}, ground.gateway(path for _, path in paths))


def _paths(calls: Iterable[str]) -> list[tuple[str, str]]:
    """Verb and path of the API Gateway calls among these."""
    return sorted({told for call in calls if (told := gateway_path(call)) is not None})


# ---- writing


def _writes(ground: Ground) -> Iterator[Statement]:
    calls = {call for kind in ground.kinds for call in OWN[kind].writes}
    actions = {iam_action(call) for call in calls if not gateway_path(call)}
    actions |= {TAGGED_IN_CREATE[action] for action in actions & TAGGED_IN_CREATE.keys()}
    named = {action for action in actions if action.partition(":")[0] in BY_NAME}
    yield from _created(ground, (actions & FENCED_BY_REQUEST_TAG) - named)
    lets = {action for action in actions if action.startswith("lambda:")}
    yield from _changed(ground, actions - named - lets - UNFENCED)
    yield from _named(ground, named)
    yield from _permissions(ground, lets)
    if names := ground.client_secrets:
        arns = [
            arn for name in names for arn in ([name] if ":" in name else ground.arns("secretsmanager", _secret(name)))
        ]
        yield _allow("ReadClientSecrets", {"secretsmanager:GetSecretValue"}, arns)
    if unfenced := actions & UNFENCED:
        yield _allow("NoConditionPossible", unfenced, [ANYWHERE])
    yield from _gateway(ground, calls)
    yield from _besides(ground)


def _created(ground: Ground, actions: set[str]) -> Iterator[Statement]:
    """New things carry our tag from the first moment. A security group is also a question to its VPC, which has none,
    and Application Auto Scaling cannot tell the tags of a create from others."""
    ours = {"StringEquals": {f"aws:RequestTag/{INSTALL}": ground.install}}
    same = {TAGGED_IN_CREATE[action] for action in actions if action.startswith(UNTOLD)}
    for service, mine in _by_service(actions | same):
        yield _allow(f"Create{_word(service)}", mine, ground.arns(service), ours)
    if "ec2:CreateSecurityGroup" in actions:
        yield _allow("CreateInVpc", {"ec2:CreateSecurityGroup"}, ground.arns("ec2", "vpc/*"))
    tags = {TAGGED_IN_CREATE[action] for action in actions}
    for service, mine in _by_service(tags - same):
        creating = sorted(action.partition(":")[2] for action in actions if action.startswith(f"{service}:"))
        condition = {"StringEquals": {f"{service}:CreateAction": creating}}
        yield _allow(f"TagNew{_word(service)}", mine, ground.arns(service), condition)


def _changed(ground: Ground, actions: set[str]) -> Iterator[Statement]:
    """What carries our tag may be changed and deleted. Listeners and rules are created in what is ours."""
    ours = {"StringEquals": {f"aws:ResourceTag/{INSTALL}": ground.install}}
    new = {action for action in actions if action.partition(":")[2] in _MADE_IN_NOTHING}
    for service, mine in _by_service(actions - new):
        yield _allow(f"Change{_word(service)}", mine, ground.arns(service), ours)


_MADE_IN_NOTHING = frozenset(
    {"CreateSecurityGroup", "CreateCluster", "RegisterTaskDefinition", "CreateLoadBalancer", "CreateTargetGroup"}
    | {"RequestCertificate"}
)
"""Creates with no parent of ours: there is no resource yet whose tag could be asked."""


def _named(ground: Ground, actions: set[str]) -> Iterator[Statement]:
    roles = {action for action in actions if action.startswith("iam:")}
    if roles and ground.boundaries:
        bounded = {"StringEquals": {"iam:PermissionsBoundary": list(ground.boundaries)}}
        yield _allow("MakeBoundedRoles", {"iam:CreateRole"}, ground.roles(), bounded)
        roles -= {"iam:CreateRole", "iam:DeleteRolePermissionsBoundary"}
    if roles:
        yield _allow("OwnRoles", roles, ground.roles())
        services = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        yield _allow("PassToTasks", {"iam:PassRole"}, [*ground.roles(), *ground.foreign_roles], services)
    elif ground.foreign_roles:
        services = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        yield _allow("PassToTasks", {"iam:PassRole"}, list(ground.foreign_roles), services)
    if "Account" in ground.kinds:
        services = {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
        yield _allow("PassToGateway", {"iam:PassRole"}, ground.roles(), services)
    if logs := actions - {action for action in actions if action.startswith("iam:")}:
        yield _allow("OwnLogGroups", logs, ground.arns("logs", f"log-group:{LOGS}/{ground.install}/*"))


def _secret(name: str) -> str:
    """A secret's ARN ends with six characters that AWS appends."""
    return f"secret:{name}-??????"


def _permissions(ground: Ground, actions: set[str]) -> Iterator[Statement]:
    """Functions are somebody else's: API Gateway may be let in, and nobody else (Lambda guide, condition keys)."""
    if actions:
        principal = {"StringEquals": {"lambda:Principal": GATEWAY}}
        yield _allow("LetGatewayCall", actions, list(ground.functions), principal)


def _gateway(ground: Ground, calls: set[str]) -> Iterator[Statement]:
    """APIs and links carry our tag; their children have none, so those are held by path alone, and `/tags` by none
    (security.md §2: who may write there can tag any API)."""
    found = _paths(calls)
    roots = {path for _, path in found if path in ROOTS}
    if roots:
        tagged = {"StringEquals": {f"aws:RequestTag/{INSTALL}": ground.install}}
        yield _allow("CreateApis", {"apigateway:POST"}, ground.gateway(roots), tagged)
        tops = {f"{root}/*" for root in roots}
        owned = {"StringEquals": {f"aws:ResourceTag/{INSTALL}": ground.install}}
        yield _allow("ChangeApis", {"apigateway:PATCH", "apigateway:DELETE"}, ground.gateway(tops), owned)
    rest = [(verb, path) for verb, path in found if path not in roots and path not in {f"{root}/*" for root in roots}]
    for verb, mine in groupby(rest, key=lambda one: one[0]):
        paths = [path for _, path in mine]
        yield _allow(f"ApiParts{verb.capitalize()}", {f"apigateway:{verb}"}, ground.gateway(paths))


def _besides(ground: Ground) -> Iterator[Statement]:
    needed = [BESIDES[kind] for kind in sorted(ground.kinds & BESIDES.keys())]
    if actions := {action for each in needed for action in each.actions}:
        yield _allow("AskedBesides", actions, [ANYWHERE])
    if linked := sorted({service for each in needed for service in each.linked_roles}):
        roles = [f"arn:{ground.partition}:iam::*:role/aws-service-role/{service}/*" for service in linked]
        condition = {"StringEquals": {"iam:AWSServiceName": linked}}
        yield _allow("FirstUseInAccount", {"iam:CreateServiceLinkedRole"}, roles, condition)


# ---- statements


def _allow(sid: str, actions: Iterable[str], resources: list[str], condition: Statement | None = None) -> Statement:
    told: Statement = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resources}
    return told | ({"Condition": condition} if condition else {})


def _by_service(actions: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    for service, mine in groupby(sorted(actions), key=lambda action: action.partition(":")[0]):
        yield service, set(mine)


def _word(service: str) -> str:
    """A Sid takes letters and digits only."""
    return "".join(part.capitalize() for part in service.split("-"))
