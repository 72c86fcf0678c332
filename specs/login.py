"""Who may pass a load balancer that is the front door: what a token has to say, and how people log in."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm
from specs.names import ScalarText, Text
from specs.secret import SecretRef
from specs.values import Duration, Form

HttpsUrl = Annotated[str, Form(r"https://[^\s?#]+", "an https URL", 256)]
ClaimValue = Annotated[Text, Field(min_length=1, max_length=256)]
PoolDomain = Annotated[str, Form("[A-Za-z0-9.-]{1,253}", "a user pool's domain: its prefix, or its whole name")]


class Claim(Block):
    """What a claim of a token has to say; a bare list, or a text, are the values."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: isinstance(value, (str, tuple, list)),
        lambda value: {"values": [value] if isinstance(value, str) else value},
        {"type": ["string", "array"], "items": {"type": "string"}},
    )

    values: Annotated[tuple[ClaimValue, ...], Field(min_length=1, max_length=10)]
    """Of which one has to be there."""
    format: Literal["single-string", "string-array", "space-separated-values"] = "single-string"
    """What the claim is: one text, a list, or words with spaces between them (elbv2
    JwtValidationActionAdditionalClaim)."""


class Login(Block):
    """How people log in at an identity provider before a load balancer lets them through."""

    client_id: Annotated[Text, Field(min_length=1)]
    """The client that the provider knows the load balancer as."""
    client_secret: SecretRef | None = None
    """oidc: where its secret lies, `secretsmanager:name#key`. The balancer is told it when its rule is made, and made
    anew when the secret has another version."""
    domain: PoolDomain | None = None
    """cognito: where the pool's pages are."""
    authorization_endpoint: HttpsUrl | None = None
    """oidc: where people log in."""
    token_endpoint: HttpsUrl | None = None
    """oidc: where the balancer gets tokens."""
    user_info_endpoint: HttpsUrl | None = None
    """oidc: where it asks who they are."""
    scope: Annotated[Text, Field(min_length=1)] = "openid"
    """What it asks to know of them, as `openid email`."""
    cookie: Annotated[str, Form(r"[^\s;,=]+", "a cookie name")] = "AWSELBAuthSessionCookie"
    """The cookie that says who has logged in."""
    session: Annotated[int, Duration("s", 1, 604_800)] = 604_800
    """How long that lasts."""
    parameters: Annotated[Mapping[Text, ScalarText], Field(max_length=10)] = Field(default_factory=dict)
    """What is added to the provider's URL, as `{prompt: login}`."""
    unauthenticated: Literal["authenticate", "allow", "deny"] = "authenticate"
    """What becomes of who has not logged in: sent to the provider, let through, or answered with 401."""
