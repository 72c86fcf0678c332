"""Tags are strings with house rules: how many, how long, which characters, and not the owner's own prefix.

The character set is what all services we model accept (ledger 0.3; botocore's TagKey pattern of elbv2): letters,
digits, spaces and `_ . : / = + - @`. So `$default` is no tag value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.refusal import Refusal

LIMIT, KEY_LENGTH, VALUE_LENGTH = 50, 128, 256  # a resource's tags; characters of a key and of a value
ALLOWED = re.compile(r"[\w\s.:/=+\-@]*")


@dataclass(frozen=True)
class TagRefusals:
    """In whose words a service refuses tags."""

    wrong: Refusal
    too_many: Refusal


_API_GATEWAY = TagRefusals(
    Refusal("BadRequestException", "Invalid tag '{key}': {why}"),
    Refusal("BadRequestException", "The maximum number of tags is 50"),
)
REFUSALS = {
    "apigateway": _API_GATEWAY,
    "apigatewayv2": _API_GATEWAY,
    "elbv2": TagRefusals(
        Refusal("ValidationError", "Tag '{key}': {why}"),
        Refusal("TooManyTags", "The maximum number of tags has been reached"),
    ),
    "ecs": TagRefusals(
        Refusal("InvalidParameterException", "Invalid tag '{key}': {why}"),
        Refusal("InvalidParameterException", "Too many tags: at most 50 are allowed"),
    ),
    "application-autoscaling": TagRefusals(
        Refusal("ValidationException", "Invalid tag '{key}': {why}"),
        Refusal("TooManyTagsException", "Too many tags: at most 50 are allowed"),
    ),
    "ec2": TagRefusals(
        Refusal("InvalidParameterValue", "Tag '{key}': {why}"),
        Refusal("TagLimitExceeded", "The maximum number of tags for a resource has been reached"),
    ),
    "iam": TagRefusals(
        Refusal("InvalidInput", "Tag '{key}': {why}"),
        Refusal("LimitExceeded", "The number of tags has reached the maximum limit"),
    ),
    "logs": TagRefusals(
        Refusal("InvalidParameterException", "Tag '{key}': {why}"),
        Refusal("TooManyTagsException", "At most 50 tags are allowed"),
    ),
    "servicediscovery": TagRefusals(
        Refusal("InvalidInput", "Tag '{key}': {why}"),
        Refusal("TooManyTagsException", "At most 50 tags are allowed"),
    ),
    "lambda": TagRefusals(
        Refusal("InvalidParameterValueException", "Tag '{key}': {why}"),
        Refusal("InvalidParameterValueException", "At most 50 tags are allowed"),
    ),
}


def check(service: str, tags: Mapping[str, str]) -> None:
    """Raises `Refusal` in the words of the service when AWS would not keep these tags on one resource."""
    refusals = REFUSALS[service]
    if len([key for key in tags if not key.startswith("aws:")]) > LIMIT:
        raise refusals.too_many.about()
    for key, value in tags.items():
        if why := _wrong(key, value):
            raise refusals.wrong.about(key=key, why=why)


def _wrong(key: str, value: str) -> str:
    if not 1 <= len(key) <= KEY_LENGTH:
        return f"a key has 1 to {KEY_LENGTH} characters"
    if len(value) > VALUE_LENGTH:
        return f"a value has at most {VALUE_LENGTH} characters"
    if key.lower().startswith("aws:"):
        return "the prefix aws: is reserved"
    if not ALLOWED.fullmatch(key) or not ALLOWED.fullmatch(value):
        return f"'{key}={value}' has characters other than letters, digits, spaces and _ . : / = + - @"
    return ""
