"""(b) A recorded refusal, provoked again.

Its request was not recorded, and its operation often guessed from a label. So what its message speaks of is done to an
API, a log group, a role … that stand: the first provocation whose pattern the message fits. The sandbox must answer the
recorded code and status, and the message but for names, numbers and the order of lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox import shapes, snapshot
from sandbox.faults import Effect, Fault
from sandbox.refusal import Refusal
from tests.fidelity.comparing import Difference
from tests.fidelity.place import Place, Refused
from tests.fidelity.provocations import PROVOCATIONS, standing
from tests.fidelity.recorded import Case, Evidence, operations
from tests.fidelity.wording import bare, here

Item = dict[str, Any]
Request = tuple[str, str, Item]
CONSTRAINT = re.compile(r"Value (?:'([^']*)' )?at '([^']*)' failed to satisfy constraint: ")
ANYBODY = re.compile(
    r"Throttling(Exception)?|RequestLimitExceeded|TooManyRequests(Exception)?|SlowDown|AccessDenied(Exception)?"
    r"|UnauthorizedOperation|Internal(Failure|Error|ServerError|ServiceError)|ServiceUnavailable(Exception)?"
    r"|ExpiredToken(Exception)?|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch"
)
"""What any request may hear, whatever it asks: the sandbox says it on demand (`sandbox.faults`)."""
ID = re.compile(r"arn:[\w-]+:[\w-]+:\S*[\w/*-]|\b[a-z]+-[0-9a-f]{8,17}\b|'([^' ]+)'|\bZ[A-Z0-9]{8,}\b")
BY = re.compile(r"(?i)(ids?|arns?|names?)$")


class Refusals:
    """One account in which everything stands that messages speak of, copied for each case."""

    def __init__(self, place: Place, evidence: Evidence) -> None:
        self.place = place
        place.reset()
        self.there = standing(place)
        self._standing = snapshot.taken(place.sandbox)
        self._worded = evidence.wordings

    def differences(self, case: Case) -> list[Difference]:
        error = case.answer["Error"]
        code, message = error["Code"], here(error.get("Message") or "").strip()
        at = f"{case.service}:{code}"
        known = self.request(case, code, message)
        asked = known or self._of_nothing(case, message)
        told = self._heard(case, at, asked, code, message) if asked else None
        if told is None or (told and known is None):
            return [Difference("unprovoked", at, case.operation, case.operation, message)]
        return told

    def _heard(self, case: Case, at: str, asked: Request, code: str, message: str) -> list[Difference]:
        service, operation, request = asked
        self.place.reset()
        snapshot.restore(self.place.sandbox, self._standing)
        if isinstance(request, Fault):
            self.place.sandbox.faults.append(request)
            _, _, request = self._of_nothing(case, message) or (service, operation, {})
        try:
            answer = self.place.call(service, operation, **request)
        except Refused as no:
            return list(self._compared(at, case, code, message, no))
        finally:
            self.place.sandbox.faults.clear()
        return [Difference("accepted", at, operation, operation, message, answer)]

    def request(self, case: Case, code: str, message: str) -> Request | None:
        """What is known to earn such a message."""
        for service, pattern, provoke in PROVOCATIONS:
            match = re.search(pattern, message)
            of = re.fullmatch(service, case.service) or re.fullmatch(service, f"{case.service} {code}")
            if match and of and (message or code in pattern):
                return provoke(self.there, match)
        if ANYBODY.fullmatch(code):
            status = case.answer.get("HTTPStatusCode") or 400
            return case.service, _operation(case), Fault(_refusing(code, message, status))  # type: ignore[return-value]
        return self._constrained(case, message)

    def _of_nothing(self, case: Case, message: str) -> Request | None:
        """The recorded operation, about what the message names, or about something that is not there."""
        if case.operation not in operations(case.service):
            return None
        shape = shapes.operation(case.service, operations(case.service)[case.operation]).input_shape
        members = shape.members if shape else {}
        named = [each[1] or each[0] for each in ID.finditer(message)]
        wanted = list(shape.required_members) if shape else []
        wanted = wanted or [each for each in members if BY.search(each) and members[each].type_name == "list"][:1]
        request: Item = {}
        for name in wanted:
            inner = members[name]
            is_text = inner.type_name == "string" and not getattr(inner, "enum", ())
            of_text = inner.type_name == "list" and inner.member.type_name == "string"
            told = named[-1] if named and BY.search(name) else self.there.get(name, "nothing")
            request[name] = told if is_text else [told] if of_text else self.there.get(name) or _any(inner)
        return case.service, case.operation, request

    def _compared(self, at: str, case: Case, code: str, message: str, no: Refused) -> Iterator[Difference]:
        status = case.answer.get("HTTPStatusCode")
        if no.code != code and no.code.removesuffix("Exception") != code.removesuffix("Exception"):
            yield Difference("value", at, "Code", "Code", code, f"{no.code}: {no.message}")
        elif status and no.status != status:
            yield Difference("value", at, "status", "status", status, no.status)
        elif message and bare(message) != bare(no.message):
            yield Difference("value", at, "Message", "Message", message, no.message, bare(no.message) in self._worded)

    def _constrained(self, case: Case, message: str) -> Request | None:
        """Members with the values that broke botocore's own constraints, in a request that is fine otherwise."""
        found = [(each[1], each[2]) for each in CONSTRAINT.finditer(message)]
        if not found:
            return None
        said, _, _ = found[0][1].partition("Input.")
        operation = next(
            (ours for ours, name in operations(case.service).items() if name.lower() == said.lower()),
            case.operation,
        )
        if operation not in operations(case.service) or not _has(case.service, operation, found[0][1]):
            operation = next(
                (each for each in sorted(operations(case.service)) if _has(case.service, each, found[0][1])), ""
            )
        if not operation:
            return None
        shape = shapes.operation(case.service, operations(case.service)[operation]).input_shape
        request: Item = {name: self.there.get(name) or _any(shape.members[name]) for name in shape.required_members}
        for value, path in found:
            _put(request, shape, path.partition("Input.")[2] or path, value)
        return case.service, operation, request


def _refusing(code: str, message: str, status: int) -> Effect:
    def refuse(*_: Any) -> Any:
        raise Refusal(code, message, status)

    return refuse


def _operation(case: Case) -> str:
    """The recorded one, or any that has nothing to ask."""
    known = operations(case.service)
    return case.operation if case.operation in known else next(iter(known))


def _has(service: str, operation: str, path: str) -> bool:
    shape = shapes.operation(service, operations(service)[operation]).input_shape
    name = path.partition("Input.")[2] or path
    return shape is not None and name.split(".")[0].lower() in {each.lower() for each in shape.members}


def _any(shape: Any) -> Any:  # noqa: PLR0911  # one for each type
    """A value of a shape, as small as can be."""
    match shape.type_name:
        case "structure":
            return {name: _any(shape.members[name]) for name in shape.required_members}
        case "list":
            return [_any(shape.member)]
        case "map":
            return {}
        case "string":
            return (getattr(shape, "enum", None) or ["x"])[0]
        case "boolean":
            return False
        case "timestamp":
            return "2026-01-01T00:00:00Z"
    return 1


def _put(request: Item, shape: Any, path: str, value: str | None) -> None:
    """At `a.1.member.b`: the value, and around it whatever that needs."""
    names = path.split(".")
    name = next((each for each in shape.members if each.lower() == names[0].lower()), names[0])
    inner = shape.members.get(name)
    if inner is None:
        return
    if inner.type_name == "list":
        number = int(names[1]) if len(names) > 1 and names[1].isdigit() else 1
        items = request.setdefault(name, [])
        while len(items) < number:
            items.append(_any(inner.member))
        if len(names) > 3:
            _put(items[number - 1], inner.member, ".".join(names[3:]), value)
        else:
            items[number - 1] = (value or "-").strip("[]")
    elif inner.type_name == "structure" and len(names) > 1:
        _put(request.setdefault(name, _any(inner)), inner, ".".join(names[1:]), value)
    elif inner.type_name in ("integer", "long") and (value or "").lstrip("-").isdigit():
        request[name] = int(value or 0)
    else:
        request[name] = value if value is not None else "not-of-the-pattern"
