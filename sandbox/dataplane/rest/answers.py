"""What a REST API says when it does not let a request through, or gets no answer itself: its gateway responses, each
with AWS's status and words unless the deployed API has its own (guide, "Gateway response types").
"""

from __future__ import annotations

import json
import re

from sandbox.dataplane.journey import Answer
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.values import context, resolved
from sandbox.kinds import Fields
from sandbox.services.apigateway.responses import STATUSES, effective

ERRORS = {  # what x-amzn-errortype says; others say their type in camel case
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "INVALID_API_KEY": "ForbiddenException",
    "THROTTLED": "TooManyRequestsException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "UNAUTHORIZED": "UnauthorizedException",
    "ACCESS_DENIED": "AccessDeniedException",
    "BAD_REQUEST_PARAMETERS": "BadRequestException",
    "BAD_REQUEST_BODY": "BadRequestException",
    "INTEGRATION_FAILURE": "InternalServerErrorException",
    "API_CONFIGURATION_ERROR": "InternalServerErrorException",
}
MESSAGES = {
    "ACCESS_DENIED": "User is not authorized to access this resource",
    "API_CONFIGURATION_ERROR": "Internal server error",
    "AUTHORIZER_CONFIGURATION_ERROR": "Internal server error",
    "BAD_REQUEST_BODY": "Invalid request body",
    "INTEGRATION_FAILURE": "Network error communicating with endpoint",
    "INTEGRATION_TIMEOUT": "Endpoint request timed out",
    "INVALID_API_KEY": "Forbidden",
    "MISSING_AUTHENTICATION_TOKEN": "Missing Authentication Token",
    "QUOTA_EXCEEDED": "Limit Exceeded",
    "REQUEST_TOO_LARGE": "Request Too Long",
    "THROTTLED": "Too Many Requests",
    "UNAUTHORIZED": "Unauthorized",
    "UNSUPPORTED_MEDIA_TYPE": "Unsupported Media Type",
}
_VARIABLE = re.compile(r"\$(context|stageVariables)\.([\w.]+)")


def refusal(journey: RestJourney, type: str, why: str, message: str = "") -> Answer:
    """The deployed API's own response of this type, or its default of the class, or AWS's."""
    told = effective(journey.shown.get("responses", {}), type)
    said = {
        "error.message": message or MESSAGES.get(type, ""),
        "error.responseType": type,
    }
    said["error.messageString"] = json.dumps(said["error.message"])
    body = _VARIABLE.sub(
        lambda word: _word(journey, said, word[1], word[2]), told["responseTemplates"]["application/json"]
    )
    headers = {"content-type": "application/json", "x-amzn-errortype": ERRORS.get(type, type.title().replace("_", ""))}
    for name, value in told.get("responseParameters", {}).items():
        headers[name.removeprefix("gatewayresponse.header.").lower()] = resolved(journey, value)
    return Answer(int(told.get("statusCode", STATUSES[type])), why, body.encode(), headers)


def _word(journey: RestJourney, said: Fields, source: str, name: str) -> str:
    if source == "stageVariables":
        return journey.variable(name)
    return str(said.get(name, context(journey).get(name, "")))
