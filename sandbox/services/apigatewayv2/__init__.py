"""API Gateway HTTP APIs: what its neighbours need of it. The operations are in the modules beside this one."""

from sandbox.services.apigatewayv2.facts import (
    API,
    AUTHORIZER,
    DEPLOYMENT,
    INTEGRATION,
    INVALID,
    PAGE,
    REFERENCES,
    ROUTE,
    STAGE,
    TOKEN_REUSED,
    VPC_LINK,
)

__all__ = [
    "API",
    "AUTHORIZER",
    "DEPLOYMENT",
    "INTEGRATION",
    "INVALID",
    "PAGE",
    "REFERENCES",
    "ROUTE",
    "STAGE",
    "TOKEN_REUSED",
    "VPC_LINK",
]
