"""Of WAF only what moto gets wrong: what a web ACL may be hung on, and that a thing has one at a time (ledger 9.1). The
web ACLs themselves are moto's, and of their rules nothing is judged: the data plane knows their default action.
"""

from __future__ import annotations

from typing import Any

from sandbox import elsewhere, mototime
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway import STAGE
from sandbox.services.elbv2 import LOAD_BALANCER
from sandbox.world import World

INVALID = Refusal("WAFInvalidParameterException", "{why}")
TOKEN_REUSED = INVALID
PAGE: dict[str, int] = {}
MISSING = Refusal(
    "WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist."
)


def associate_web_acl(world: World, request: Fields) -> None:
    """Whatever the resource had before, it has this one now."""
    chosen = elsewhere.backend(world, "wafv2").wacls.get(request["WebACLArn"])
    _refuse_resource(world, request["ResourceArn"])
    if chosen is None:
        raise MISSING.about()
    taken_off(world, request["ResourceArn"])
    chosen.associated_resources.append(request["ResourceArn"])


def disassociate_web_acl(world: World, request: Fields) -> None:
    _refuse_resource(world, request["ResourceArn"])
    taken_off(world, request["ResourceArn"])


def protecting(world: World, arn: str) -> Any:
    """moto's web ACL that hangs on the resource with this ARN, or None."""
    if "wafv2" not in mototime.LOADED:
        return None
    kept = elsewhere.backend(world, "wafv2").wacls.values()
    return next((each for each in kept if arn in each.associated_resources), None)


def taken_off(world: World, arn: str) -> None:
    """The resource has no web ACL any more."""
    if before := protecting(world, arn):
        before.associated_resources.remove(arn)


def _refuse_resource(world: World, arn: str) -> None:
    """Stages of REST APIs and application load balancers; of other services nothing is known here."""
    if "::/apis/" in arn or ":loadbalancer/net/" in arn:
        raise INVALID.about(why=f"The resource {arn} cannot be protected by a web ACL")
    kind = STAGE if "::/restapis/" in arn else LOAD_BALANCER if ":elasticloadbalancing:" in arn else None
    if kind and world.by_arn(arn) is None:
        raise MISSING.about()
