"""IAM's policy simulator: what a user, group or role may do, read off its policies without asking any service.

Evaluated as the IAM user guide's *Policy evaluation logic* says for one account: a deny counts first, then an allow of
an identity policy, which a permissions boundary has to allow too. Resource policies and service control policies are
not looked at, as AWS does not look at the former unless they are given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sandbox import elsewhere
from sandbox.refusal import Refusal
from sandbox.world import World

Statement = Mapping[str, Any]
Context = Mapping[str, Sequence[str]]
SOURCE = re.compile(r"arn:[a-z-]+:iam::(?P<account>\d{12}):(?P<kind>user|group|role)/(?P<name>[\w+=,.@/-]+)")
UNKNOWN = Refusal("NoSuchEntity", "The {kind} with name {name} cannot be found.", 404)
INVALID = Refusal("InvalidInput", "Invalid Entity Arn: {arn}")


def _equals(wanted: str, given: str) -> bool:
    return wanted == given


def _like(wanted: str, given: str) -> bool:
    """`*` is any text and `?` any character. Source: IAM user guide, *Policy elements: Resource*."""
    pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, given, re.DOTALL) is not None


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
}
"""Source: IAM user guide, *Condition operators*. The others are refused by name."""


def decision(world: World, arn: str, action: str, resource: str, context: Context) -> tuple[str, tuple[str, ...]]:
    """`allowed`, `implicitDeny` or `explicitDeny`, and the context keys that conditions asked for in vain.

    Raises Refusal for a principal that is none, or a condition that the sandbox cannot judge.
    """
    policies, boundary = _principal(world, arn)
    missing: list[str] = []
    verdicts = [_verdict(each, action, resource, context, missing) for each in policies]
    capped = boundary is not None and _verdict(boundary, action, resource, context, missing) != "Allow"
    if "Deny" in verdicts or (boundary is not None and _verdict(boundary, action, resource, context, []) == "Deny"):
        return "explicitDeny", ()
    if "Allow" in verdicts and not capped:
        return "allowed", ()
    return "implicitDeny", tuple(dict.fromkeys(missing))


def _principal(world: World, arn: str) -> tuple[list[Any], Any | None]:
    """The documents of a principal's policies, and that of its boundary."""
    found = SOURCE.fullmatch(arn)
    if found is None:
        raise INVALID.about(arn=arn)
    iam, kind, name = elsewhere.backend(world, "iam"), found["kind"], found["name"].rpartition("/")[2]
    known = {"role": iam.roles.values(), "user": iam.users.values(), "group": iam.groups.values()}[kind]
    principal = next((each for each in known if each.name == name and each.arn == arn), None)
    if principal is None:
        raise UNKNOWN.about(kind=kind, name=name)
    holders = [principal, *(iam.get_groups_for_user(name) if kind == "user" else ())]
    policies = [_document(text) for each in holders for text in each.policies.values()]
    policies += [_managed(one) for each in holders for one in each.managed_policies.values()]
    boundary = getattr(principal, "permissions_boundary_arn", None)
    return policies, _managed(iam.managed_policies[boundary]) if boundary in iam.managed_policies else None


def _document(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text


def _managed(policy: Any) -> Any:
    """The version that counts."""
    return _document(next(each.document for each in policy.versions if each.is_default))


def _verdict(document: Any, action: str, resource: str, context: Context, missing: list[str]) -> str:
    told = document.get("Statement", [])
    effects = {
        each["Effect"]
        for each in (told if isinstance(told, list) else [told])
        if _speaks_of(each, action, resource) and _holds(each, context, missing)
    }
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else ""


def _speaks_of(statement: Statement, action: str, resource: str) -> bool:
    """Action names are of any case, ARNs are not (IAM user guide, *Policy elements*)."""
    actions = [each.lower() for each in _several(statement, "Action")]
    others = [each.lower() for each in _several(statement, "NotAction")]
    named = any(_like(each, action.lower()) for each in actions)
    named |= bool(others) and not any(_like(each, action.lower()) for each in others)
    here = any(_like(each, resource) for each in _several(statement, "Resource"))
    elsewhere_ = _several(statement, "NotResource")
    here |= bool(elsewhere_) and not any(_like(each, resource) for each in elsewhere_)
    return named and here


def _several(statement: Statement, member: str) -> list[str]:
    told = statement.get(member, [])
    return [told] if isinstance(told, str) else list(told)


def _holds(statement: Statement, context: Context, missing: list[str]) -> bool:
    return all(
        _term(name, key, [wanted] if isinstance(wanted, str) else list(wanted), context, missing)
        for name, terms in statement.get("Condition", {}).items()
        for key, wanted in terms.items()
    )


def _term(name: str, key: str, wanted: list[str], context: Context, missing: list[str]) -> bool:
    operator = name.removesuffix("IfExists")
    if operator not in OPERATORS:
        raise Refusal("InvalidInput", f"The sandbox does not judge the condition operator {name}")
    given = {each.lower(): values for each, values in context.items()}.get(key.lower())
    if given is None:
        missing.append(key)
        return name.endswith("IfExists")
    return any(OPERATORS[operator](each, value) for each in wanted for value in given)


def results(world: World, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One for each action on each resource, in the order they were asked."""
    context = {each["ContextKeyName"]: each["ContextKeyValues"] for each in request.get("ContextEntries", ())}
    for action in request["ActionNames"]:
        for resource in request.get("ResourceArns") or ["*"]:
            told, missing = decision(world, request["PolicySourceArn"], action, resource, context)
            yield {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": told,
                "MatchedStatements": [],
                "MissingContextValues": list(missing),
            }
