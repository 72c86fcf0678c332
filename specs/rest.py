"""What only REST APIs have: answers of API Gateway's own."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from specs.block import Block
from specs.names import Int, ScalarText, Text
from specs.values import Form

Header = Annotated[str, Form(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "a header name such as x-channel")]


class Mock(Block):
    """An answer that API Gateway gives by itself, without asking any service."""

    status: Annotated[Int, Field(ge=100, le=599)] = 200
    """The status."""
    body: Text = ""
    """The body: JSON, in which API Gateway reads `$` and `#` as its template language."""
    headers: Mapping[Header, ScalarText] = Field(default_factory=dict)
    """Headers of the answer."""
