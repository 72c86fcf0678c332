"""The three ways in which API Gateway V2 says no."""

from __future__ import annotations

from sandbox.refusal import Refusal


def unknown(what: str) -> Refusal:
    return Refusal("NotFoundException", f"Invalid {what} identifier specified {{id}}")


def bad(message: str) -> Refusal:
    return Refusal("BadRequestException", message)


def conflict(message: str) -> Refusal:
    return Refusal("ConflictException", message)
