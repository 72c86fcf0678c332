"""A suspension that nobody remembers is worse than none: it ends, and within a fortnight (design/spec.md §5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from specs.apiservice import ApiServiceSpec
from specs.finding import Finding

LONGEST = timedelta(days=14)


def too_long(spec: ApiServiceSpec, now: datetime | None) -> Iterator[Finding]:
    """A suspension that ends more than 14 days after `now`; nothing where nobody says what time it is."""
    if spec.suspend is None or now is None or spec.suspend.until - now <= LONGEST:
        return
    latest = f"{now + LONGEST:%Y-%m-%dT%H:%M:%SZ}"
    message = f"a suspension lasts at most {LONGEST.days} days"
    yield Finding("E1210", ("suspend", "until"), message, f"{latest} is the latest as of now")
