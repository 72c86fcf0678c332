"""API keys, and the plans that say how much each may ask of which stages (ledger 6.11, 6.12)."""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Reference, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigateway.parts import LIMIT
from sandbox.services.apigateway.words import bad, conflict, missing

API_KEY = Kind(
    "apigateway",
    "ApiKey",
    "id",
    "{short}",
    missing("Invalid API Key identifier specified"),
    arn="arn:aws:apigateway:{region}::/apikeys/{id}",
    unique=("value",),
    twice=conflict("API Key already exists"),
    defaults={"enabled": False, "stageKeys": []},
    rules=(
        Rule("length(value) >= `20`", bad("API Key value should be at least 20 characters"), source="6.12"),
        Rule("length(value) <= `128`", bad("API Key value exceeds maximum size of 128 characters"), source="6.12"),
        Rule("length(name) <= `1024`", bad("API Key name exceeds maximum size of 1024 characters"), "name", "6.12"),
        Rule("description != ''", bad("Description cannot be an empty string"), source="6.12"),
    ),
    quota=Quota("api-keys", 10_000, Refusal(LIMIT, "Maximum number of API keys has been reached")),
)

_PERIOD = "quota.period == '{}'"
USAGE_PLAN = Kind(
    "apigateway",
    "UsagePlan",
    "id",
    "{short}",
    missing("Invalid Usage Plan ID specified"),
    arn="arn:aws:apigateway:{region}::/usageplans/{id}",
    defaults={"apiStages": []},
    rules=(
        Rule("length(name) >= `1`", bad("Usage Plan name cannot be empty"), source="6.11"),
        Rule("quota.limit > `0`", bad("Usage Plan quota limit must be greater than 0"), "quota", "6.11"),
        Rule(
            "contains(['DAY', 'WEEK', 'MONTH'], quota.period)",
            bad("Usage Plan quota period must be one of: [DAY, WEEK, MONTH]"),
            "quota",
            "6.11",
        ),
        Rule(
            "quota.offset == `0`", bad("Usage Plan quota offset must be zero in the DAY period"), _PERIOD.format("DAY")
        ),
        Rule(
            "quota.offset <= `6`",
            bad("Usage Plan quota offset must be between zero and 6 inclusive in the WEEK period"),
            _PERIOD.format("WEEK"),
        ),
        Rule(
            "quota.offset <= `27`",
            bad("Usage Plan quota offset must be between zero and 27 inclusive in the MONTH period"),
            _PERIOD.format("MONTH"),
        ),
        Rule(
            "throttle.rateLimit >= `0` && throttle.burstLimit >= `0`",
            bad("Usage Plan throttle limits must not be negative"),
            "throttle",
            "6.11",
        ),
    ),
    quota=Quota("usage-plans", 300, Refusal(LIMIT, "Maximum number of Usage Plans has been reached")),
)
PLANS_PER_KEY = Quota(
    "usage-plans-per-key", 10, Refusal(LIMIT, "Maximum number of Usage Plans for this key has been reached")
)
USAGE_PLAN_KEY = Kind(
    "apigateway",
    "UsagePlanKey",
    "",
    "{parent}/{id}",
    missing("Invalid Usage Plan Key specified"),
    unique=("id",),
    twice=conflict("Usage Plan Key already exists for this Usage Plan"),
)
REFERENCES = (Reference(USAGE_PLAN_KEY, "id", API_KEY, missing("Invalid API Key identifier specified"), source="6.11"),)
