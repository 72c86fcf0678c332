"""What ministack lacks or gets wrong of what Penstock asks of it: each with what AWS does, and where that is written.

A gap is bridged by the door, as narrowly as possible, so that everything else is still ministack's own answer. Penstock
is never bent. A gap that nobody meets any more is an error of this list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Fields = dict[str, Any]


@dataclass
class Memory:
    """What was sent to ministack that it does not tell of again, by the ARN of what it was about."""

    rules: dict[str, Fields] = field(default_factory=dict)


Mend = Callable[[Memory, Fields, Fields], Fields]
"""From what is remembered, the request, and ministack's answer: what AWS would have answered."""


@dataclass(frozen=True)
class Gap:
    """`on`: the operations it is about, `service:Operation` with wildcards."""

    name: str
    on: tuple[str, ...]
    lacks: str
    aws: str
    source: str
    mend: Mend | None = None
    """What becomes of ministack's answer."""
    instead: Fields | None = None
    """What is answered where ministack refuses. Neither: our own sandbox answers then."""

    @property
    def bridge(self) -> str:
        """What the door does about it, for people."""
        if self.mend is not None:
            return "put right in its answer"
        return "our sandbox answers" if self.instead is None else "an answer that says nothing"

    def meets(self, call: str) -> bool:
        return any(fnmatchcase(call, each) for each in self.on)


def protocol_version(_memory: Memory, _request: Fields, answer: Fields) -> Fields:
    groups = [
        {"ProtocolVersion": "HTTP1"} | each if each.get("Protocol") in ("HTTP", "HTTPS") else each
        for each in answer["TargetGroups"]
    ]
    return answer | {"TargetGroups": groups}


def rules_as_sent(memory: Memory, request: Fields, answer: Fields) -> Fields:
    """Whoever makes or changes a rule says its conditions and actions whole."""
    rules = []
    for rule in answer["Rules"]:
        sent = memory.rules.setdefault(rule["RuleArn"], {})
        sent |= {name: request[name] for name in ("Conditions", "Actions") if name in request}
        rules.append(rule | {name: _whole(rule.get(name, ()), sent[name]) for name in sent})
    return answer | {"Rules": rules}


def _whole(told: Any, sent: list[Mapping[str, Any]]) -> list[Fields]:
    """What was sent, where ministack kept its place and its kind; else what ministack tells."""
    kept = [_kind(each) for each in told] == [_kind(each) for each in sent]
    return [_forwarding(dict(each)) for each in sent] if kept else list(told)


def _kind(each: Mapping[str, Any]) -> Any:
    return each.get("Field", each.get("Type"))


def _forwarding(each: Fields) -> Fields:
    """AWS adds to a forward action that its group sticks to nobody."""
    if "ForwardConfig" not in each:
        return each
    unsaid = {"TargetGroupStickinessConfig": {"Enabled": False}}
    return each | {"ForwardConfig": unsaid | each["ForwardConfig"]}


LAMBDA_ONLY = frozenset(
    {"AuthorizerUri", "AuthorizerPayloadFormatVersion", "AuthorizerResultTtlInSeconds", "EnableSimpleResponses"}
)


def jwt_alone(_memory: Memory, _request: Fields, answer: Fields) -> Fields:
    def told(each: Fields) -> Fields:
        return {
            name: value for name, value in each.items() if each["AuthorizerType"] != "JWT" or name not in LAMBDA_ONLY
        }

    return answer | {"Items": [told(each) for each in answer["Items"]]} if "Items" in answer else told(answer)


GAPS = (
    Gap(
        "no VPC links",
        ("apigatewayv2:*VpcLink*", "apigateway:*VpcLink*"),
        "has no VPC links, V1 or V2; an integration forgets its `ConnectionId` and `TlsConfig`",
        "API Gateway reaches a private load balancer through one",
        "API Gateway guide, *Set up VPC links for HTTP APIs*; ledger 7.1, 6.9",
    ),
    Gap(
        "no autoscaling",
        ("application-autoscaling:*",),
        "the whole service is missing",
        "scales ECS services",
        "botocore's model of application-autoscaling; ledger 10",
    ),
    Gap(
        "protocol version",
        ("elbv2:DescribeTargetGroups",),
        "a target group that was made without `ProtocolVersion` tells of none",
        "`HTTP1` is the default, and told for protocols HTTP and HTTPS",
        "botocore, elbv2 CreateTargetGroup `ProtocolVersion`; recorded answers of describe_target_groups",
        mend=protocol_version,
    ),
    Gap(
        "rules in short",
        ("elbv2:CreateRule", "elbv2:ModifyRule", "elbv2:DescribeRules"),
        "`RegexValues`, `ForwardConfig` and with it weights are forgotten",
        "a rule tells its conditions and actions as they were sent",
        "botocore, elbv2 PathPatternConditionConfig and Action; recorded answers of describe_rules",
        mend=rules_as_sent,
    ),
    Gap(
        "members of Lambda authorizers",
        ("apigatewayv2:*Authorizer", "apigatewayv2:GetAuthorizers"),
        "a JWT authorizer tells of a function, its payload, its cache and its answers",
        "these are members of REQUEST authorizers alone",
        'botocore, apigatewayv2 Authorizer: "Supported only for REQUEST authorizers"; recorded answers of it',
        mend=jwt_alone,
    ),
    Gap(
        "no reserved capacity",
        ("elbv2:DescribeCapacityReservation",),
        "there is no such operation",
        "a load balancer without reserved capacity tells of none",
        "botocore, elbv2 DescribeCapacityReservation; ELB guide, *Capacity Unit reservation*",
        instead={},
    ),
    Gap(
        "no web ACL is an error",
        ("wafv2:GetWebACLForResource",),
        "`WAFNonexistentItemException` for a load balancer without a web ACL",
        "an answer without `WebACL`",
        "terraform-provider-aws, wafv2/web_acl_association.go; ledger 9",
        instead={},
    ),
)

ANSWERS_OF_AWS: Mapping[tuple[str, str], str] = {
    ("ecs:DescribeServices", "ClusterNotFoundException"): (
        "the tag index tells of services for hours after they went with their cluster; ledger 0.3 and 4"
    ),
}
"""Refusals that AWS answers too, by operation and code, and why Penstock asks all the same."""
