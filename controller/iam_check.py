"""Whether somebody may do what a policy document allows: IAM's own simulator is asked, and nothing is tried.

Conditions of the document become the context of the question: what is allowed only with our tag is asked with our tag.
The simulator does not know service control policies of an organisation unless they reach the account it is asked in.
Source: IAM API reference, *SimulatePrincipalPolicy*; IAM user guide, *IAM policy testing with the policy simulator*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from reconcilers import Aws


@dataclass(frozen=True)
class Denied:
    """An action that is needed and not allowed."""

    action: str
    resource: str
    decision: str
    """`implicitDeny`: nothing allows it; `explicitDeny`: something forbids it."""
    sid: str
    """The statement of the document that says it is needed."""


def principal(aws: Aws) -> str:
    """The ARN of the user or role that this process is, as IAM knows it. Raises ValueError for an account's root user,
    whom no policy holds, and for anybody else whom the simulator does not know."""
    told = str(aws.sts.get_caller_identity()["Arn"])
    kind, _, name = told.rpartition(":")[2].partition("/")
    if kind == "assumed-role":  # the session's ARN leaves out the role's path
        return str(aws.iam.get_role(RoleName=name.partition("/")[0])["Role"]["Arn"])
    if kind == "user" and ":iam:" in told:
        return told
    raise ValueError(f"{told} is no user or role that IAM can simulate; name one with --principal")


def denied(aws: Aws, arn: str, document: dict[str, Any]) -> Iterator[Denied]:
    """What of the document this principal may not do, each action on each resource once."""
    told = set[tuple[str, str]]()
    for statement in document["Statement"]:
        asked = {"PolicySourceArn": arn, "ActionNames": statement["Action"], "ResourceArns": statement["Resource"]}
        for context in _contexts(statement):
            entries = [
                {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
                for key, value in context.items()
            ]
            pages = aws.iam.pages("simulate_principal_policy", "EvaluationResults", **asked, ContextEntries=entries)
            for each in pages:
                about = each["EvalActionName"], each.get("EvalResourceName", "*")
                if each["EvalDecision"] != "allowed" and about not in told:
                    told.add(about)
                    yield Denied(*about, each["EvalDecision"], statement.get("Sid", ""))


def _contexts(statement: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Every combination of what the conditions take."""
    terms = {key: wanted for each in statement.get("Condition", {}).values() for key, wanted in each.items()}
    listed = [[wanted] if isinstance(wanted, str) else list(wanted) for wanted in terms.values()]
    for values in product(*listed):
        yield dict(zip(terms, values, strict=True))
