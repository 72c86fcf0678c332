"""What API Gateway v1 says no with. Texts are those of recorded refusals where there is one."""

from __future__ import annotations

from sandbox.refusal import Refusal

INVALID = Refusal("ValidationException", "{why}")


def bad(message: str) -> Refusal:
    return Refusal("BadRequestException", message)


def conflict(message: str) -> Refusal:
    return Refusal("ConflictException", message)


def missing(message: str) -> Refusal:
    return Refusal("NotFoundException", message)


NO_PARAMETER = missing("Invalid parameter name specified")
NO_CONTENT_TYPE = missing("Content-Type specified was not found")
