"""Gateway responses: one for every way in which API Gateway itself refuses, all there from the start (ledger 6.10)."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.kinds import Fields

STATUSES = {  # guide, "Gateway response types"
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
CLASSES = {"4": "DEFAULT_4XX", "5": "DEFAULT_5XX"}
TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}


def effective(own: Mapping[str, Fields], type: str) -> Fields:
    """What an API says for this type: its own response, what its default of the class adds to AWS's, or AWS's.

    `own`: those that were put, by type.
    """
    if type in own:
        return own[type]
    answer: Fields = {
        "responseType": type,
        "defaultResponse": True,
        "responseParameters": {},
        "responseTemplates": dict(TEMPLATES),
    }
    if type in STATUSES:
        answer["statusCode"] = str(STATUSES[type])
        default = own.get(CLASSES[str(STATUSES[type])[0]], {})
        answer |= {name: value for name, value in default.items() if name in OVERRIDDEN and value}
    return answer


OVERRIDDEN = ("statusCode", "responseParameters", "responseTemplates")
