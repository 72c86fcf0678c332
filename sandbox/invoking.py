"""Lambda functions as API Gateway sees them: who may call one, and what it answers.

No code is ever run. What a function answers is a table that `POST /_sandbox/functions` sets (`sandbox.control`).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from sandbox.kinds import Fields, Kind, Rule
from sandbox.refusal import Refusal
from sandbox.world import Resource, World

INVALID = Refusal("InvalidParameterValueException", "{why}")
LATEST = "$LATEST"
MISSING = Refusal("ResourceNotFoundException", "Function not found: {id}", 404)

FUNCTION = Kind(
    "lambda",
    "FunctionConfiguration",
    "FunctionArn",
    "arn:aws:lambda:{region}:{account}:function:{FunctionName}",
    MISSING,
    unique=("FunctionName",),
    twice=Refusal("ResourceConflictException", "Function already exist: {FunctionName}", 409),
    defaults={"Timeout": 3, "MemorySize": 128, "State": "Active", "Version": LATEST, "PackageType": "Zip"},
    rules=(Rule("Runtime && Handler", INVALID.about(why="Runtime and Handler are mandatory"), "PackageType == 'Zip'"),),
)
ALIAS = Kind(
    "lambda",
    "AliasConfiguration",
    "AliasArn",
    "{parent}:{Name}",
    Refusal("ResourceNotFoundException", "Cannot find alias arn: {id}", 404),
    unique=("Name",),
    twice=Refusal("ResourceConflictException", "Alias already exists: {Name}", 409),
)


def callable_by(world: World, arn: str, service: str, source: str) -> bool:
    """Whether the policy of the function (or alias) with this ARN lets a service call it for this source."""
    try:
        found, qualifier = function(world, arn)
    except Refusal:
        return False
    return any(
        each["Principal"] == {"Service": service}
        and each["Action"] in ("lambda:InvokeFunction", "lambda:*", "*")
        and fnmatchcase(source, each.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*"))
        for each in found.hidden["policies"].get(qualifier, ())
    )


def answer(world: World, arn: str, identity: list[str]) -> Fields | None:
    """What the function says to whoever proves to be this; None when nobody has set an answer."""
    found, _ = function(world, arn)
    told = (each for each in found.hidden["answers"] if each.get("identity", identity) == identity)
    return next((each["answer"] for each in told), None)


def set_answers(world: World, arn: str, answers: list[Fields]) -> None:
    found, _ = function(world, arn)
    found.hidden = found.hidden | {"answers": answers}


def function(world: World, name: str) -> tuple[Resource, str]:
    """By name or ARN, with or without the alias at its end."""
    *before, last = name.removeprefix(f"arn:aws:lambda:{world.region}:{world.account}:function:").split(":")
    bare, qualifier = (before[-1], last) if before else (last, LATEST)
    return world.get(FUNCTION, f"arn:aws:lambda:{world.region}:{world.account}:function:{bare}"), qualifier
