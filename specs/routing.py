"""What a route means to a listener: a pattern that its path matches, and a place among the rules.

API Gateway takes the most specific route by itself; a listener takes the first rule that holds. So a rule's priority
says how specific its route is, by the same order: segment by segment a word goes before a parameter and a parameter
before the rest of the path, then a named method before any (HTTP API guide, "Routing API requests"). Priorities are cut
up as an arithmetic code cuts up numbers, so that a route's place hangs on nothing but the route, and one more moves no
other. Routes that leave each other alone may share a place's range, because there any free priority serves.
"""

import re
from dataclasses import dataclass

FIRST, LAST = 1, 49_000
ANYTHING_ELSE = (49_001, 49_999)
"""The range of `$default`: after every path. Priorities go to 50,000 (elbv2 CreateRule)."""
SHARES = {"word": (0.0, 0.8), "parameter": (0.8, 0.95), "rest": (0.95, 1.0)}
"""Which part of a range goes to what the next segment is: words are by far the most."""
PARAMETER = re.compile(r"\{([^}+]+)\+?\}")
PLAIN = re.compile(r"[A-Za-z0-9_.$/~\"'@:+&-]*")
"""What stands for itself in a path pattern (elbv2 PathPatternConditionConfig)."""


@dataclass(frozen=True, slots=True)
class Order:
    """A route as a listener's rule."""

    method: str
    """Empty for any."""
    pattern: str
    """What the path has to match."""
    is_regex: bool
    first: int
    """The lowest priority it may have."""
    last: int
    """The highest; below the first one where there is no room."""

    @classmethod
    def of(cls, key: str) -> "Order":
        """From a route's key, such as `GET /orders/{id}`."""
        if key == "$default":
            return cls("", "/*", False, *ANYTHING_ELSE)
        method, _, path = key.partition(" ")
        named = method != "ANY"
        regex = _regex(path)
        return cls(method if named else "", regex or path, regex is not None, *_range(path, named=named))


def rewriting(key: str, path: str) -> tuple[str, str]:
    """A regular expression that takes a route's path apart, and what becomes of it: `/orders/{id}` there is
    `/orders/$1` (elbv2 RewriteConfig)."""
    written = key.partition(" ")[2] if key != "$default" else "{everything+}"
    names = PARAMETER.findall(written)
    parts = (f"({_segment(part)})" if part.startswith("{") else re.escape(part) for part in written.split("/"))
    return f"^{'/'.join(parts)}$", PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", path)


def _regex(path: str) -> str | None:
    """A path with parameters, or with a character that a plain pattern cannot hold, as a regular expression."""
    if PLAIN.fullmatch(path):
        return None
    return "^" + "/".join(map(_segment, path.split("/"))) + "$"


def _segment(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"


def _kind(part: str) -> str:
    if not part.startswith("{"):
        return "word"
    return "rest" if part.endswith("+}") else "parameter"


def _range(path: str, *, named: bool) -> tuple[int, int]:
    low, high = 0.0, 1.0
    for part in path.split("/")[1:]:
        begin, end = SHARES[_kind(part)]
        low, high = low + (high - low) * begin, low + (high - low) * end
    middle = (low + high) / 2
    low, high = (low, middle) if named else (middle, high)
    places = LAST - FIRST + 1
    return FIRST + -int(-low * places // 1), FIRST + int(high * places) - 1
