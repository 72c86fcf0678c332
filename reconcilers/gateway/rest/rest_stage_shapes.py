"""The settings of a stage's methods, and how AWS names and is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconcilers.gateway.rest.patch import Operation, Way, remove, replace
from reconcilers.resource import Camel

EVERY = "*/*"
"""The key of what holds for every method that has no setting of its own."""


class MethodSettings(Camel):
    """All ten members are written with every setting, because a method's own inherits nothing (ledger 6.8)."""

    metrics_enabled: bool = False
    logging_level: str = "OFF"
    data_trace_enabled: bool = False
    throttling_burst_limit: int = 5000
    throttling_rate_limit: float = 10_000.0
    caching_enabled: bool = False
    cache_ttl_in_seconds: int = 300
    cache_data_encrypted: bool = False
    require_authorization_for_cache_control: bool = True
    unauthorized_cache_control_header_strategy: str = "SUCCEED_WITH_RESPONSE_HEADER"


PLACES: Mapping[str, str] = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "cachingEnabled": "caching/enabled",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cacheDataEncrypted": "caching/dataEncrypted",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}
"""Where a member stands in a patch (ledger 6.8)."""


@dataclass(frozen=True, slots=True)
class Settings(Way):
    """Settings by method: a member by itself, and all of a method's at once when they go."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        yield from (remove(f"/{key}") for key in sorted(live.keys() - want.keys()))
        for key, settings in sorted(want.items()):
            there = live.get(key, {})
            for member, value in settings.items():
                if there.get(member) != value:
                    yield replace(f"/{key}/{PLACES[member]}", value)


def setting_key(route_key: str) -> str:
    """`GET /orders/{id}` as a stage names it: `orders~1{id}/GET`, and `~1/GET` for the root (ledger 6.8)."""
    verb, _, path = route_key.partition(" ")
    return f"{path.strip('/').replace('/', '~1') or '~1'}/{verb}"


def settings(told: Mapping[str, Mapping[str, Any]]) -> dict[str, MethodSettings]:
    """By key, from an answer; AWS tells a path with or without its first slash (findings.md, A)."""
    found = {}
    for key, each in told.items():
        name = key if key.startswith("~1/") else key.removeprefix("~1")
        found[name] = MethodSettings.model_validate(dict(each), extra="ignore")
    return found
