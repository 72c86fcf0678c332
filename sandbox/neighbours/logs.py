"""Log groups: retention is one of a list, tags have rules (ledger 3.1). Names are held against botocore's own
pattern.
"""

from __future__ import annotations

from sandbox import elsewhere, shapes, tags
from sandbox.invoking import FUNCTION
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

LONGEST = 512
INVALID = Refusal("InvalidParameterException", "{why}")
CROSS_ACCOUNT = (
    "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account "
    "lambda triggers."
)
DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)  # ledger 3.1


def create_log_group(_world: World, request: Fields) -> None:
    tags.check("logs", request.get("tags", {}))


def put_retention_policy(_world: World, request: Fields) -> None:
    if request["retentionInDays"] not in DAYS:
        allowed = ", ".join(map(str, DAYS))
        raise INVALID.about(why=f"Value '{request['retentionInDays']}' at 'retentionInDays' must be one of [{allowed}]")


def tag_resource(world: World, request: Fields) -> None:
    logs, arn = elsewhere.backend(world, "logs"), request["resourceArn"]
    if arn.endswith(":*"):
        raise INVALID.about(why=f"Invalid resource ARN {arn}: it must not end with :*")
    if ":log-group:" in arn and arn.partition(":log-group:")[2] not in logs.groups:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    tags.check("logs", logs.tagger.get_tag_dict_for_resource(arn) | request["tags"])


def delete_metric_filter(_world: World, request: Fields) -> None:
    if max(len(request.get("logGroupName", "")), len(request.get("filterName", ""))) > LONGEST:
        raise INVALID.about(
            why=f"Invalid LogGroup or LogStream, both must have length less than or equal to {LONGEST}."
        )


def describe_log_groups(_world: World, request: Fields) -> None:
    if request.get("logGroupNamePrefix") and request.get("logGroupNamePattern"):
        why = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        raise INVALID.about(why=why)


def create_log_stream(world: World, request: Fields) -> None:
    group = elsewhere.backend(world, "logs").groups.get(request["logGroupName"])
    if group and request["logStreamName"] in group.streams:
        raise Refusal("ResourceAlreadyExistsException", "The specified log stream already exists")


def put_log_events(world: World, request: Fields) -> None:
    group = elsewhere.backend(world, "logs").groups.get(request.get("logGroupName"))
    if group and request["logStreamName"] not in group.streams:
        raise Refusal("ResourceNotFoundException", "The specified log stream does not exist.")


get_log_events = put_log_events


def put_subscription_filter(world: World, request: Fields) -> None:
    """A function that is not there counts as somebody else's; recorded."""
    destination = request["destinationArn"]
    if ":kinesis:" in destination and not request.get("roleArn"):
        raise INVALID.about(why="destinationArn for vendor kinesis cannot be used without roleArn")
    if ":lambda:" in destination and not any(each.arn == destination for each in world.all(FUNCTION)):
        raise Refusal("AccessDeniedException", CROSS_ACCOUNT)


def describe_log_streams(_world: World, request: Fields) -> None:
    if request.get("logGroupName") and request.get("logGroupIdentifier"):
        raise Refusal("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.")


def put_delivery_destination(_world: World, request: Fields) -> None:
    formats = ("w3c", "raw", "json", "plain", "parquet")
    if (told := request.get("outputFormat", "json")) not in formats:
        wanted = f"Member must satisfy enum value set: [{', '.join(formats)}]"
        wrong = f"Value '{told}' at 'outputFormat' {shapes.FAILED}: {wanted}"
        raise Refusal("ValidationException", shapes.complaint([wrong]))
