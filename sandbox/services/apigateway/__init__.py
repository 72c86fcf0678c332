"""API Gateway REST APIs: what its neighbours need of it. The operations are in the modules beside this one."""

from sandbox.services.apigateway.facts import (
    DEPLOYMENT,
    PAGE,
    REST_API,
    STAGE,
    TOKEN_REUSED,
    VPC_LINK,
)
from sandbox.services.apigateway.words import INVALID

__all__ = ["DEPLOYMENT", "INVALID", "PAGE", "REST_API", "STAGE", "TOKEN_REUSED", "VPC_LINK"]
