"""What a rule or a listener does with what it takes: send it to target groups, or answer itself.

A forward is always told in the long form, because AWS answers in both (ledger 5.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from pydantic import field_validator

from reconcilers.keys import Key, Link, Ref
from reconcilers.resource import Shape, Unordered


class Weighted(Shape):
    target_group_arn: Link
    weight: int = 1


class Forwarding(Shape):
    target_groups: Unordered[Weighted] = ()


class Staying(Shape):
    """For how many seconds a caller stays with the group it was given."""

    enabled: bool = True
    duration_seconds: int


class Sharing(Forwarding):
    """What a rule's forward says besides; AWS tells of groups that nobody sticks to, too (ledger 5.3)."""

    target_group_stickiness_config: Staying | None = None

    @field_validator("target_group_stickiness_config", mode="before")
    @classmethod
    def _off(cls, told: Any) -> Any:
        return None if isinstance(told, Mapping) and not told.get("Enabled") else told


class FixedResponse(Shape):
    status_code: str
    content_type: str | None = None
    message_body: str | None = None


class Redirect(Shape):
    """Where a request is sent; AWS fills in what is the request's own (ledger 5.3)."""

    protocol: str = "#{protocol}"
    port: str = "#{port}"
    host: str = "#{host}"
    path: str = "/#{path}"
    query: str = "#{query}"
    status_code: str


class Session(Shape):
    """A login at a provider, and what AWS fills in of it (botocore AuthenticateOidcActionConfig)."""

    session_cookie_name: str = "AWSELBAuthSessionCookie"
    scope: str = "openid"
    session_timeout: int = 604_800
    authentication_request_extra_params: Mapping[str, str] = {}
    on_unauthenticated_request: str = "authenticate"


class Oidc(Session):
    """Its client secret AWS never tells."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    user_info_endpoint: str
    client_id: str


class Cognito(Session):
    user_pool_arn: str
    user_pool_client_id: str
    user_pool_domain: str


class Claim(Shape):
    name: str
    format: str
    values: Unordered[str]


class Jwt(Shape):
    jwks_endpoint: str
    issuer: str
    additional_claims: Unordered[Claim] = ()


Configuration = type[Forwarding]
"""Which shape an action's forward has."""


class Forward(Shape):
    """Traffic to target groups. Its configuration is None in an action of another type: somebody's, and not what is
    wanted."""

    shares: ClassVar[Configuration] = Forwarding
    type: str = "forward"
    forward_config: Forwarding | None = None

    @classmethod
    def to(cls, *groups: tuple[Link, int]) -> Self:
        """Traffic to these target groups, by weight."""
        weighted = tuple(Weighted(target_group_arn=arn, weight=weight) for arn, weight in groups)
        return cls(forward_config=cls.shares(target_groups=weighted))

    @classmethod
    def all_to(cls, group: Key) -> Self:
        """All traffic to one target group of ours."""
        return cls.to((Ref(group, "arn"), 1))


class Reply(Forward):
    """What a rule does: it forwards, or the balancer answers by itself; before that it may ask who it is."""

    shares: ClassVar[Configuration] = Sharing
    forward_config: Sharing | None = None
    fixed_response_config: FixedResponse | None = None
    redirect_config: Redirect | None = None
    authenticate_oidc_config: Oidc | None = None
    authenticate_cognito_config: Cognito | None = None
    jwt_validation_config: Jwt | None = None

    @classmethod
    def shared(cls, weights: Mapping[Key, int], seconds: int | None) -> Self:
        """Traffic to several target groups of ours; for so many seconds a caller stays with his."""
        weighted = tuple(Weighted(target_group_arn=Ref(key, "arn"), weight=each) for key, each in weights.items())
        staying = Staying(duration_seconds=seconds) if seconds is not None else None
        return cls(forward_config=Sharing(target_groups=weighted, target_group_stickiness_config=staying))

    @classmethod
    def elsewhere(cls, to: Redirect) -> Self:
        return cls(type="redirect", redirect_config=to)

    @classmethod
    def with_text(cls, status: int, text: str, content_type: str = "text/plain") -> Self:
        return cls(type="fixed-response", fixed_response_config=said(status, text, content_type))


def said(status: int, text: str, content_type: str = "text/plain") -> FixedResponse:
    """What a balancer says by itself."""
    return FixedResponse(status_code=str(status), content_type=content_type, message_body=text)


class Action(Forward):
    """What a listener does by default: on an application load balancer it answers, on a network one it forwards."""

    fixed_response_config: FixedResponse | None = None
    redirect_config: Redirect | None = None

    @classmethod
    def with_text(cls, status: int, text: str) -> Self:
        return cls(type="fixed-response", fixed_response_config=said(status, text))


def redirect(port: int) -> Action:
    """The same over TLS, on another port, for good."""
    return Action(type="redirect", redirect_config=Redirect(protocol="HTTPS", port=str(port), status_code="HTTP_301"))


def groups_of(actions: Iterable[Forward]) -> tuple[Weighted, ...]:
    """The target groups that live actions forward to."""
    return tuple(each for action in actions if action.forward_config for each in action.forward_config.target_groups)
