"""API Gateway HTTP APIs: what its neighbours need of it. The operations are in the modules beside this one."""

from sandbox.services.apigatewayv2.access import API_MAPPING, AUTHORIZER, ROUTING_RULE
from sandbox.services.apigatewayv2.facts import (
    API,
    DEPLOYMENT,
    INTEGRATION,
    INVALID,
    PAGE,
    ROUTE,
    STAGE,
    TOKEN_REUSED,
    VPC_LINK,
)
from sandbox.services.apigatewayv2.names import ACCESS, DOMAIN

__all__ = [
    "ACCESS",
    "API",
    "API_MAPPING",
    "AUTHORIZER",
    "DEPLOYMENT",
    "DOMAIN",
    "INTEGRATION",
    "INVALID",
    "PAGE",
    "ROUTE",
    "ROUTING_RULE",
    "STAGE",
    "TOKEN_REUSED",
    "VPC_LINK",
]
