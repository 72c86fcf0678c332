"""Web ACLs that log are there (recorded), and there is one of a name (ledger 9.1)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("WAFInvalidParameterException", "{why}")
MISSING = Refusal(
    "WAFNonexistentItemException",
    "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist.",
)


def put_logging_configuration(world: World, request: Fields) -> None:
    arn = request["LoggingConfiguration"]["ResourceArn"]
    if not any(each.arn == arn for each in elsewhere.backend(world, "wafv2").wacls.values()):
        raise MISSING


def delete_web_acl(world: World, request: Fields) -> None:
    """Not while it hangs on something."""
    waf = elsewhere.backend(world, "wafv2")
    for acl in waf.wacls.values():
        if acl.id == request["Id"] and acl.associated_resources:
            why = "AWS WAF couldn\u2019t perform the operation because your resource is being used by another resource."
            raise Refusal("WAFAssociatedItemException", why)
