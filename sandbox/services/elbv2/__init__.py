"""Elastic Load Balancing v2: what its neighbours need of it. The operations are in the modules beside this one."""

from sandbox.services.elbv2.facts import (
    INVALID,
    LISTENER,
    LOAD_BALANCER,
    PAGE,
    REFERENCES,
    RULE,
    TARGET_GROUP,
    TOKEN_REUSED,
)
from sandbox.services.elbv2.rules import rules_in_order
from sandbox.services.elbv2.target_groups import deregister_targets, describe_target_groups, register_targets

__all__ = [
    "INVALID",
    "LISTENER",
    "LOAD_BALANCER",
    "PAGE",
    "REFERENCES",
    "RULE",
    "TARGET_GROUP",
    "TOKEN_REUSED",
    "deregister_targets",
    "describe_target_groups",
    "register_targets",
    "rules_in_order",
]
