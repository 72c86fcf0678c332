"""What an error of AWS means is decided here, once; kinds do not catch.

Sources: ledger.json `transient_errors` and `permanent_errors`, ledger 0.1, 0.2, and the sections named in the table.
"""

from __future__ import annotations

import re
from enum import StrEnum

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)


class Meaning(StrEnum):
    GONE = "gone"
    """What was asked about is not there. A deletion of it has succeeded."""
    TAKEN = "taken"
    """Somebody holds the name or the place: look again, and it is either ours or a conflict."""
    LATER = "later"
    """The same call will be accepted once something else has settled."""
    THROTTLED = "throttled"
    DENIED = "denied"
    """Credentials or permissions: a person must act."""
    REJECTED = "rejected"
    """The same call will fail the same way: a person must act."""
    UNKNOWN = "unknown"
    """The call may or may not have been applied."""


class Stopped(Exception):
    """No call is started after SIGTERM."""


class NotYet(Exception):
    """What a call would build on is not as it has to be; the next look sees more."""


class TooEarly(Exception):
    """What a call needs is there and not ready, so that it was not sent."""


class Conflict(Exception):
    """A name or place of ours is held by something that is not ours; it is never touched."""


class Unfit(Exception):
    """What a call needs is there and is not what it has to be: somebody has to change it."""


THROTTLED = re.compile(
    r"Throttling.*|.*ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled.*|SlowDown|"
    r"PriorRequestNotComplete|BandwidthLimitExceeded|ProvisionedThroughputExceededException"
)
DENIED = re.compile(
    r"AccessDenied.*|UnauthorizedOperation|UnauthorizedException|ExpiredToken.*|InvalidClientTokenId|AuthFailure|"
    r"UnrecognizedClientException|SignatureDoesNotMatch|OptInRequired|NotAuthorized|InvalidAccessKeyId"
)
GONE = re.compile(
    r"(?!Repository).*NotFound(Exception)?|NoSuchEntity|.*NotFoundException|ServiceNotFoundException|ObjectNotFoundException|"
    r"InvalidPermission\.NotFound|ResourceNotFoundException|ServiceNotActiveException"
)
TAKEN = re.compile(
    r"EntityAlreadyExists|ResourceAlreadyExistsException|ResourceExistsException|ResourceConflictException|InvalidGroup\.Duplicate|InvalidPermission\.Duplicate|"
    r"NamespaceAlreadyExists|ServiceAlreadyExists|"
    r"Duplicate(LoadBalancerName|TargetGroupName|Listener)|PriorityInUse"
)
ALREADY_THERE = re.compile(r"already exists|already has this name", re.IGNORECASE)
TAKEN_WORDS = {
    "ConflictException": ALREADY_THERE,
    "BadRequestException": ALREADY_THERE,
    "ValidationException": re.compile("Tags cannot be set on an existing scalable target"),
}
"""API Gateway has one code for it and for much else (ledger 7); Application Auto Scaling takes tags with a new target
only."""
LATER_CODES = re.compile(
    r"DependencyViolation|ResourceInUse(Exception)?|DeleteConflict|ConcurrentModification|ConcurrentUpdateException|"
    r"EntityTemporarilyUnmodifiable|OperationAbortedException|ClusterContains\w+Exception|UpdateInProgressException|"
    r"DuplicateRequest|ConflictException|InvalidGroup\.InUse|FailedResourceAccessException|ClusterNotFoundException"
)
LATER_WORDS = re.compile(
    r"Unable to assume the service linked role|does not have an associated load balancer|Unable to assume IAM role|"
    r"verify that the ECS service role|Invalid principal in policy|concurrent modification|is referenced in|"
    r"ECS service doesn't exist|Too many concurrent attempts|idempotent|must be moved or deleted|"
    r"Cluster was not ACTIVE|deployments are active|because it is referenced by|Unable to find Route by key|"
    r"not attached to|No scalable target registered|Resource is not in the state|Please wait|currently in use|"
    r"No route|no routes|does not have required permissions|could not successfully write to CloudWatch Logs"
)


def code(error: Exception) -> str:
    """AWS's code, else the name of the Python error."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else type(error).__name__


def message(error: BaseException) -> str:
    return str(error.response["Error"].get("Message", "")) if isinstance(error, ClientError) else str(error)


def sendings(error: Exception) -> int:
    """How often the SDK sent the call before this was the answer."""
    return 1 + int(error.response["ResponseMetadata"].get("RetryAttempts", 0)) if isinstance(error, ClientError) else 1


def meaning(error: Exception) -> Meaning:  # noqa: PLR0911  one return per meaning
    """What can be done about an error of a call."""
    if isinstance(error, ClientError):
        return _told(code(error), message(error), int(error.response["ResponseMetadata"].get("HTTPStatusCode", 400)))
    if isinstance(error, Conflict):
        return Meaning.REJECTED
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)):
        return Meaning.DENIED
    if isinstance(error, (ConnectTimeoutError, EndpointConnectionError, Stopped, TooEarly)):
        return Meaning.LATER  # never sent
    if isinstance(error, NotYet):
        return Meaning.UNKNOWN  # only a new look can tell
    if isinstance(error, (ReadTimeoutError, ConnectionClosedError, HTTPClientError)):
        return Meaning.UNKNOWN
    if isinstance(error, ParamValidationError):
        return Meaning.REJECTED
    return Meaning.LATER if isinstance(error, BotoCoreError) else Meaning.REJECTED


def _told(code: str, message: str, status: int) -> Meaning:
    words = TAKEN_WORDS.get(code)
    if words is not None and words.search(message):
        return Meaning.TAKEN
    if code == "InvalidChangeBatch":  # Route 53 as well (ledger 8.3)
        gone = "not found" in message
        return Meaning.GONE if gone else Meaning.TAKEN if ALREADY_THERE.search(message) else Meaning.REJECTED
    for meant, pattern in (
        (Meaning.THROTTLED, THROTTLED),
        (Meaning.DENIED, DENIED),
        (Meaning.TAKEN, TAKEN),
        (Meaning.LATER, LATER_CODES),
    ):
        if pattern.fullmatch(code):
            return meant
    if LATER_WORDS.search(message):
        return Meaning.LATER
    if GONE.fullmatch(code):
        return Meaning.GONE
    return Meaning.UNKNOWN if status >= 500 else Meaning.REJECTED


def is_gone(error: Exception) -> bool:
    return meaning(error) is Meaning.GONE
