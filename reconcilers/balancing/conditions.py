"""What a rule looks at of a request, and what becomes of the request before it is forwarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconcilers.aws import Aws
from reconcilers.balancing.gateway_secret import value_of
from reconcilers.fingerprint import SECRET_HEADER
from reconcilers.keys import Key, Link
from reconcilers.resource import Mark, Shape, Unordered


class HeaderValues(Shape):
    http_header_name: str
    values: Unordered[Link]
    """Of the secret header its fingerprint."""


class Patterns(Shape):
    """Plain patterns, or regular expressions: None for the other."""

    values: Annotated[tuple[str, ...] | None, Mark(unordered=True)] = None
    regex_values: Annotated[tuple[str, ...] | None, Mark(unordered=True)] = None


class Methods(Shape):
    values: Unordered[str]


class Condition(Shape):
    """One condition; the configurations of other fields are None in it."""

    field: str = "http-header"
    http_header_config: HeaderValues | None = None
    http_request_method_config: Methods | None = None
    path_pattern_config: Patterns | None = None
    host_header_config: Patterns | None = None


class Rewrite(Shape):
    regex: str
    replace: str


class Rewrites(Shape):
    rewrites: tuple[Rewrite, ...] = ()


class Transform(Shape):
    """What becomes of a request before it is forwarded; None for a transform of another type."""

    type: str = "url-rewrite"
    url_rewrite_config: Rewrites | None = None


def in_order(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """AWS promises no order of conditions; ours are by field, and those on headers by name."""
    return sorted(found["Conditions"], key=lambda each: (str(each["Field"]), _header(each)))


def _header(condition: Mapping[str, Any]) -> str:
    return str(condition.get("HttpHeaderConfig", {}).get("HttpHeaderName", "")).lower()


def demanded(found: Mapping[str, Any]) -> str:
    """The fingerprint of the secret that a live rule demands."""
    mine = (each["HttpHeaderConfig"] for each in found["Conditions"] if _header(each) == SECRET_HEADER)
    return next((str(value) for each in mine for value in each.get("Values", ())), "")


def revealed(aws: Aws, key: Key, told: dict[str, Any]) -> dict[str, Any]:
    """A request with the secret in the place of its fingerprint."""
    for each in told.get("Conditions", ()):
        if _header(each) == SECRET_HEADER:
            values = each["HttpHeaderConfig"]["Values"]
            each["HttpHeaderConfig"]["Values"] = [value_of(aws, key.instance, value) for value in values]
    return told
