"""Authorizers: who may call a route. HTTP and REST APIs have the same ones; each kind of API says which it takes."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from specs.block import Block
from specs.login import Claim, HttpsUrl, Login
from specs.names import Bool, Text, one_or_more
from specs.values import Duration, Form

NONE = "none"
"""The word that says in so many words that a route is open."""
GUARDS: Mapping[str, str] = {"jwt": "JWT", "cognito": "COGNITO_USER_POOLS", "lambda": "CUSTOM", "iam": "AWS_IAM"}
"""By the type of an authorizer: what a method of a REST API that it guards says (ledger 6.9)."""
# What a request can be recognised by; the API Gateway guide calls them identity sources (http-api-lambda-authorizer)
Identity = Annotated[
    str,
    Form(
        r"(header|querystring|stageVariables|context)\.[A-Za-z0-9!#$%&'*+.^_`|~-]+",
        "header.NAME, querystring.NAME, stageVariables.NAME or context.NAME",
    ),
]
FunctionArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?",
        "a function's ARN such as arn:aws:lambda:eu-west-1:123456789012:function:auth, or that of its alias",
    ),
]
UserPoolArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]{1,55}",
        "a user pool's ARN such as arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI",
    ),
]
Scopes = tuple[Annotated[Text, Field(min_length=1, max_length=64)], ...]


class Authorizer(Block):
    """One way of saying who may call."""

    type: Literal["jwt", "cognito", "oidc", "lambda", "iam"]
    """`jwt`: a token of an issuer; `cognito`: a token of a user pool; `lambda`: a function says; `iam`: who signs. A
    load balancer that is the front door (`gateway: none`) knows `jwt`, and lets people log in, by `cognito` or at
    another provider, `oidc`."""
    issuer: Annotated[str, Form(r"https://[^\s?#]+", "an https URL")] | None = None
    """jwt: who signs the tokens, as their claim `iss` says it; it serves its keys by OpenID discovery. oidc: the
    provider."""
    user_pools: tuple[UserPoolArn, ...] = ()
    """cognito: the pools whose tokens are good."""
    audience: tuple[Annotated[Text, Field(min_length=1)], ...] = ()
    """jwt and cognito: of whom the claim `aud`, or else `client_id`, has to name one."""
    identity: Annotated[
        tuple[Identity, ...], BeforeValidator(one_or_more, json_schema_input_type=str | tuple[str, ...])
    ] = ()
    """Where the token is, or what the function is asked by; without it `header.Authorization` for tokens."""
    function: FunctionArn | None = None
    """lambda: the function, or an alias of it."""
    payload: Literal["request", "token"] = "request"
    """lambda: what the function is told, the request as it is or the token alone (REST)."""
    validation: Annotated[Text, Field(min_length=1, max_length=512)] | None = None
    """lambda: a regular expression that a token has to fit before the function is asked, as `Bearer .+`; what does not
    fit is answered with 401. With `payload: token`."""
    jwks: HttpsUrl | None = None
    """jwt, at a load balancer: where the issuer's keys are."""
    claims: Annotated[Mapping[Text, Claim], Field(max_length=10)] = Field(default_factory=dict)
    """jwt, at a load balancer: what a token has to say besides, as `{aud: shop}`."""
    login: Login | None = None
    """cognito and oidc, at a load balancer: how people log in."""
    simple_responses: Bool = False
    """lambda: the function answers `{isAuthorized: true}` instead of an IAM policy."""
    ttl: Annotated[int, Duration("s", 0, 3600)] = 0
    """lambda: how long an answer is remembered for one identity."""
