"""Where a secret lies. Its value has no field anywhere: ECS fetches it when a task starts."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm
from specs.names import Text
from specs.values import Form

REFERENCE = re.compile(
    r"(?P<kind>ssm|secretsmanager):(?P<name>[^#\s]+)(#(?P<key>[^#\s:]+))?"
    r"|(?P<arn>arn:aws[a-z-]*:(?P<service>ssm|secretsmanager):[a-z0-9-]+:[0-9]{12}:(parameter/|secret:)[^#\s]+)"
    r"(#(?P<arn_key>[^#\s:]+))?"
)


def _long(value: str) -> dict[str, object]:
    found = REFERENCE.fullmatch(value)
    assert found
    key = found["key"] or found["arn_key"]
    place = (
        {"kind": found["service"], "arn": found["arn"]}
        if found["arn"]
        else {"kind": found["kind"], "name": found["name"]}
    )
    return {**place, "jsonKey": key} if key else place


class SecretRef(Block):
    """One secret: `ssm:/path`, `secretsmanager:name#key`, or an ARN (with `#key`)."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, str) and REFERENCE.fullmatch(value) is not None,
        _long,
        {"type": "string", "pattern": "^(ssm:|secretsmanager:|arn:aws)"},
    )

    kind: Literal["ssm", "secretsmanager"]
    """Systems Manager Parameter Store, or Secrets Manager."""
    name: Annotated[Text, Field(min_length=1)] | None = None
    """Its name in the account and region of the service. Exactly one of `name` and `arn`."""
    arn: (
        Annotated[str, Form(r"arn:aws[a-z-]*:(ssm|secretsmanager):\S+", "the ARN of a parameter or a secret")] | None
    ) = None
    """Its ARN."""
    json_key: Text | None = None
    """The member of a JSON secret; Secrets Manager only."""
