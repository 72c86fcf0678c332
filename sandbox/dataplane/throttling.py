"""Token buckets, by which both generations of API Gateway and its usage plans throttle (ledger 6.8, 6.11, 7.6)."""

from __future__ import annotations

from sandbox.world import Resource


def admitted(keeper: Resource, key: str, rate: float, burst: float, now: float) -> bool:
    """Take one token from the bucket of this name, which its keeper fills at `rate` a second up to `burst`."""
    buckets = keeper.hidden.setdefault("buckets", {})
    tokens, at, limits = buckets.get(key, (burst, now, (rate, burst)))
    tokens = burst if limits != (rate, burst) else min(burst, tokens + (now - at) * rate)
    passed = tokens >= 1 and rate > 0
    buckets[key] = (tokens - passed, now, (rate, burst))
    return bool(passed)
