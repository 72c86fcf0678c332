"""What only one type of load balancer has."""

from collections.abc import Iterator, Mapping

from specs.block import Block
from specs.finding import Finding
from specs.node import Steps

# Fields that only one type of balancer has (elbv2 LoadBalancerAttribute, TargetGroupAttribute and SetSecurityGroups)
ONLY: Mapping[str, frozenset[str]] = {
    "application": frozenset(
        {
            "idle_timeout",
            "client_keep_alive",
            "drop_invalid_headers",
            "connection_logs",
            "waf",
            "algorithm",
            "slow_start",
        }
    ),
    "network": frozenset(
        {
            "elastic_ips",
            "cross_zone",
            "enforce_private_link_rules",
            "proxy_protocol",
            "preserve_client_ip",
            "connection_termination",
        }
    ),
}
OTHER = {"application": "network", "network": "application"}
ARTICLE = {"application": "an application load balancer", "network": "a network load balancer"}


def foreign(block: Block, kind: str, steps: Steps) -> Iterator[Finding]:
    """Fields of a block that only the other kind of balancer has."""
    for field in sorted(block.model_fields_set & ONLY[OTHER[kind]]):
        message = f"{ARTICLE[kind]} has no such setting; {ARTICLE[OTHER[kind]]} has"
        yield Finding("E1340", (*steps, spelled(type(block), field)), message, at_key=True)


def spelled(block: type[Block], field: str) -> str:
    """How YAML spells a field."""
    return block.model_fields[field].alias or field
