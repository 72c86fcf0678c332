"""A certificate becomes good when its record is there, and cannot be deleted while somebody serves it (ledger 5.3,
8.4)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import LISTENER
from sandbox.services.foreign import CERTIFICATE
from sandbox.world import World

INVALID = Refusal("ValidationException", "{why}")


def delete_certificate(world: World, request: Fields) -> None:
    arn = request["CertificateArn"]
    world.refuse_if_held(CERTIFICATE, arn)
    kept = elsewhere.backend(world, "acm")._certificates.get(arn)  # noqa: SLF001  it has no verb for it
    shown = any(arn in listener.hidden["certificates"] for listener in world.all(LISTENER))
    if shown or (kept and kept.in_use_by):
        raise Refusal("ResourceInUseException", f"Certificate {arn} in account {world.account} is in use.")


def describe_certificate(world: World, _request: Fields) -> None:
    elsewhere.judge_certificates(world)


list_certificates = describe_certificate


def request_certificate(world: World, request: Fields) -> None:
    """moto remembers tokens of certificates that are gone."""
    acm, token = elsewhere.backend(world, "acm"), request.get("IdempotencyToken")
    kept = acm._idempotency_tokens.get(token)  # noqa: SLF001  it has no verb for it
    if kept and kept["arn"] not in acm._certificates:  # noqa: SLF001  likewise
        del acm._idempotency_tokens[token]  # noqa: SLF001  likewise
