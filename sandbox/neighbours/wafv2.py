"""Web ACLs that log are there (recorded), and there is one of a name (ledger 9.1)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("WAFInvalidParameterException", "{why}")
MISSING = Refusal(
    "WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource doesn’t exist."
)


def put_logging_configuration(world: World, request: Fields) -> None:
    arn = request["LoggingConfiguration"]["ResourceArn"]
    if not any(each.arn == arn for each in elsewhere.backend(world, "wafv2").wacls.values()):
        raise MISSING
