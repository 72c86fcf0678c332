"""Two answers of one shape, member by member.

What was said in the request must come back as it was said. What AWS made up itself is compared by its form: the type,
the kind of ARN, whether it is empty. Flags and words from AWS's own lists that nobody asked for must be ones that AWS
was recorded to answer. A member that only one of both has is a difference, unless recordings of the same shape show it
both there and not there (they are from ten years: findings.md) and there is nothing in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.fidelity.recorded import Evidence, keyed

IDENTITY = ("Key", "key", "name", "Name", "SubnetId", "ZoneName", "GroupId", "CidrIp", "Field", "TargetGroupArn", "Id",
            "AlarmName", "RuleNumber", "containerName", "DestinationCidrBlock", "AttributeName")  # fmt: skip
YOUNGER: Mapping[tuple[str, str], str] = {
    ("apigateway:RestApi", "securityPolicy"): "2025-11",
    ("apigateway:RestApi", "endpointAccessMode"): "2025-11",
    ("apigateway:RestApi", "apiStatus"): "2025-11",
    ("apigateway:Integration", "responseTransferMode"): "2025-11",
    ("apigateway:DomainName", "routingMode"): "2025-06",
    ("apigatewayv2:Api", "IpAddressType"): "2025-03",
    ("apigatewayv2:GetApiResponse", "IpAddressType"): "2025-03",
    ("apigatewayv2:CreateApiResponse", "IpAddressType"): "2025-03",
    ("apigatewayv2:UpdateApiResponse", "IpAddressType"): "2025-03",
    ("application-autoscaling:ScalableTarget", "ScalableTargetARN"): "2023-03",
    ("application-autoscaling:RegisterScalableTargetResponse", "ScalableTargetARN"): "2023-03",
    ("ecs:DeploymentConfiguration", "strategy"): "2025-07",
    ("ecs:DeploymentConfiguration", "bakeTimeInMinutes"): "2025-07",
    ("ecs:DeploymentCircuitBreaker", "resetOnHealthyTask"): "2026-01",
    ("ecs:DeploymentCircuitBreaker", "thresholdConfiguration"): "2026-01",
    ("ecs:Service", "currentServiceDeployment"): "2024-10",
    ("ecs:Service", "currentServiceRevisions"): "2024-10",
    ("ecs:TaskDefinition", "deregisteredAt"): "2020-12",
    ("ec2:CreateSecurityGroupResult", "SecurityGroupArn"): "2024-12",
    ("ec2:RevokeSecurityGroupEgressResult", "Return"): "2020-01",
    ("ec2:VpcPeeringConnectionVpcInfo", "Region"): "2017-11",
    ("ec2:AvailabilityZone", "ZoneType"): "2019-12",
    ("ecs:Task", "stopCode"): "2018-04",
    ("servicediscovery:Namespace", "ResourceOwner"): "2025-08",
    ("servicediscovery:NamespaceSummary", "ResourceOwner"): "2025-08",
    ("servicediscovery:Instance", "CreatedByAccount"): "2025-08",
    ("elbv2:TargetGroupAttributes", "load_balancing.algorithm.anomaly_mitigation"): "2023-11",
    ("elbv2:TargetGroupAttributes", "target_health_state.unhealthy.draining_interval_seconds"): "2023-11",
    ("elbv2:TargetGroupAttributes", "target_health_state.unhealthy.connection_termination.enabled"): "2023-11",
}
"""Members that AWS answers since about this month; what was recorded before, or nobody knows when, has none of them."""
EMPTY: tuple[Any, ...] = ("", None, [], {})


@dataclass(frozen=True)
class Difference:
    """`what` is `missing` (AWS has it), `extra` (only we have it), `value` or `form`; the rest says of what."""

    what: str
    shape: str
    member: str
    path: str
    theirs: Any = None
    ours: Any = None
    sometimes: bool = False
    """Whether recordings of the same shape show the member both there and not there."""

    def __str__(self) -> str:
        return f"{self.what} {self.path} ({self.shape}): {_short(self.theirs)} / {_short(self.ours)}"


@dataclass(frozen=True)
class Comparison:
    """`whole` says that a member which is not there was not answered: examples and trimmed recordings are not."""

    service: str
    evidence: Evidence
    whole: bool = True
    date: str = ""

    def differences(self, shape: Any, theirs: Any, ours: Any, sent: Any = None, path: str = "") -> Iterator[Difference]:
        match shape.type_name:
            case "structure":
                yield from self._structures(shape, theirs or {}, ours or {}, sent, path)
            case "list":
                yield from self._lists(shape, theirs or [], ours or [], sent, path)
            case "map":
                if sent is not None and theirs != ours and not _same(theirs, ours):
                    yield Difference("value", self._name(shape), "", path, theirs, ours)
            case _:
                yield from self._leaves(shape, theirs, ours, sent, path)

    def _news(self, shape: str, member: str) -> bool:
        """Whether it is news that we answer this: nobody recorded it, and AWS could have answered it at the time."""
        younger = self.date < YOUNGER.get((shape, member), "")
        return self.whole and not younger and not self.evidence.of(shape, member).present

    def _name(self, shape: Any) -> str:
        return f"{self.service}:{shape.name}"

    def _structures(self, shape: Any, theirs: Any, ours: Any, sent: Any, path: str) -> Iterator[Difference]:
        name = self._name(shape)
        for member, inner in shape.members.items():
            at, seen = f"{path}.{member}".lstrip("."), self.evidence.of(name, member)
            said = sent.get(member) if isinstance(sent, dict) else None
            if member in theirs and member in ours:
                if inner.type_name in ("string", "boolean"):
                    yield from self._words(name, member, inner, theirs[member], ours[member], said, at)
                else:
                    yield from self.differences(inner, theirs[member], ours[member], said, at)
            elif member in theirs and not (theirs[member] in EMPTY and seen.absent):
                yield Difference("missing", name, member, at, theirs[member], None, seen.absent > 0)
            elif member in ours and not (ours[member] in EMPTY and seen.absent) and self._news(name, member):
                yield Difference("extra", name, member, at, None, ours[member])

    def _words(  # noqa: PLR0917  # what both are, and where
        self, shape: str, member: str, inner: Any, theirs: Any, ours: Any, said: Any, path: str
    ) -> Iterator[Difference]:
        """Flags and AWS's own words that nobody said; and what somebody said."""
        listed = inner.type_name == "boolean" or getattr(inner, "enum", ())
        if listed and said is None and ours != theirs and ours not in self.evidence.of(shape, member).values:
            yield Difference("value", shape, member, path, theirs, ours)
        elif said is not None or not listed:
            for each in self._leaves(inner, theirs, ours, said, path):
                yield Difference(each.what, shape, member, path, theirs, ours)

    def _leaves(self, shape: Any, theirs: Any, ours: Any, said: Any, path: str) -> Iterator[Difference]:
        if said is not None and not _same(theirs, ours) and not (_masked(theirs) and isinstance(ours, dict)):
            yield Difference("value", self._name(shape), "", path, theirs, ours)
        elif (
            said is None
            and not _masked(theirs)
            and form(theirs) != form(ours)
            and theirs not in EMPTY
            and ours not in EMPTY
        ):
            yield Difference("form", self._name(shape), "", path, theirs, ours)

    def _lists(self, shape: Any, theirs: list[Any], ours: list[Any], sent: Any, path: str) -> Iterator[Difference]:
        name = self._name(shape)
        if keyed(theirs) and keyed(ours) and "Tag" not in shape.name:
            yield from self._attributes(name, theirs, ours, sent, path)
        elif shape.member.type_name == "structure":
            for their, our, said in paired(theirs, ours, sent if isinstance(sent, list) else []):
                if our is None and sent is not None:
                    yield Difference("missing", name, "", path, their)
                elif our is not None:
                    yield from self.differences(shape.member, their, our, said, f"{path}[]")
        elif sent is not None and sorted(map(str, theirs)) != sorted(map(str, ours)):
            yield Difference("value", name, "", path, theirs, ours)
        elif theirs and ours:
            yield from self._leaves(shape.member, theirs[0], ours[0], None, path)

    def _attributes(self, name: str, theirs: list[Any], ours: list[Any], sent: Any, path: str) -> Iterator[Difference]:
        real, made = ({each["Key"]: each["Value"] for each in side} for side in (theirs, ours))
        said = {each.get("Key") for each in sent or ()}
        for key in real.keys() | made.keys():
            if key not in made:
                yield Difference("missing", name, key, f"{path}[{key}]", real[key])
            elif key not in real and self._news(name, key):
                yield Difference("extra", name, key, f"{path}[{key}]", None, made[key])
            elif key in real and key in said and key in made and real[key] != made[key]:
                yield Difference("value", name, key, f"{path}[{key}]", real[key], made[key])


def paired(theirs: list[Any], ours: list[Any], sent: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Items of two lists that are the same thing: by what names them, else by position."""

    def find(items: list[Any], item: Any, number: int) -> Any:
        name = next((each for each in IDENTITY if isinstance(item, dict) and each in item), "")
        alike = [each for each in items if isinstance(each, dict) and name and each.get(name) == item.get(name)]
        return alike[0] if alike else (items[number] if number < len(items) else None)

    for number, item in enumerate(theirs):
        yield item, find(ours, item, number), find(sent, item, number)


def form(value: Any) -> str:  # noqa: PLR0911  # one for each form
    """What can be said of a value that AWS makes up: text, number, moment, or the kind of ARN."""
    match value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case datetime():
            return "moment"
        case dict():
            return "document"
        case str() if value.startswith(("%7B", "{")):
            return "document"
        case str() if value.startswith("arn:"):
            parts = value.split(":")
            if parts[2] in ("iam", "sts") and re.match(r"user|role|root|assumed-role", parts[5]):
                return "arn of somebody"
            typed = len(parts) > 6 or "/" in parts[-1]
            return f"arn {parts[2]}:{re.split('[/:]', parts[5])[0] if typed else ''}"
        case str() if re.match(r"\d{4}-\d\d-\d\dT", value):
            return "moment"
        case str():
            return "text"
    return type(value).__name__


def _masked(value: Any) -> bool:
    """Whether the recorder put something else in its place: then it has no form."""
    return isinstance(value, str) and "masked" in value


def _same(theirs: Any, ours: Any) -> bool:  # noqa: PLR0911  # one for each way to write it
    if theirs == ours or (theirs in EMPTY and ours in EMPTY) or (form(theirs) == form(ours) == "moment"):
        return True
    if isinstance(theirs, str) and isinstance(ours, str) and theirs[:1] in "{[%" and ours[:1] in "{[%":
        return _document(theirs) == _document(ours)
    if isinstance(theirs, dict) and isinstance(ours, str):
        return theirs == _document(ours)
    if isinstance(theirs, str) and isinstance(ours, (dict, list)):
        return _document(theirs) == ours
    if isinstance(ours, bytes):
        return str(theirs).encode() == ours
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(_same(theirs[name], ours[name]) for name in theirs)
    if isinstance(theirs, str) != isinstance(ours, str):
        return str(theirs) == str(ours)
    return bool(theirs in EMPTY and ours in EMPTY)


def _document(text: str) -> Any:
    from urllib.parse import unquote

    try:
        return (
            json.loads(unquote(text).replace('\\"', '"'))
            if '\\"' in text and '{"' not in text
            else json.loads(unquote(text))
        )
    except ValueError:
        return text


def _short(value: Any) -> str:
    return str(value)[:160]
