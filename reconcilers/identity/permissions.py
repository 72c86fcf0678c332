"""What a service's two roles may do, as IAM statements: read off the spec, and nothing more.

Sources: ECS developer guide, "Amazon ECS task execution IAM role" (image pulls, logs, secrets, environment files) and
"Using ECS Exec" (the channels of `exec`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reconcilers.facts import Facts
from reconcilers.keys import Link
from specs.compute import Service
from specs.secret import SecretRef

ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^:@]+)")


def execution_statements(service: Service, log_streams: Link, facts: Facts) -> tuple[dict[str, Any], ...]:
    """For ECS, to start the tasks: pull these images, write to this log group, read these secrets."""
    return (
        _allow(("logs:CreateLogStream", "logs:PutLogEvents"), (log_streams,)),
        *_pulls(service, facts),
        *_secrets(service, facts),
        *_env_files(service, facts),
    )


def task_statements(service: Service) -> tuple[dict[str, Any], ...]:
    """For the code: what `permissions` say, and the channels of ECS Exec when it is on."""
    told = [_permission(each) for each in service.permissions]
    if service.exec:
        channels = ("Control", "Data")
        actions = tuple(f"ssmmessages:{verb}{each}Channel" for verb in ("Create", "Open") for each in channels)
        told.append(_allow(tuple(sorted(actions)), ("*",)))
    return tuple(told)


def _pulls(service: Service, facts: Facts) -> Iterator[dict[str, Any]]:
    images = (service.image or "", *(sidecar.image for sidecar in service.sidecars.values()))
    repositories = sorted(
        f"arn:{facts.partition}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
        for found in map(ECR.match, images)
        if found
    )
    if repositories:
        yield _allow(("ecr:GetAuthorizationToken",), ("*",))
        pull = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
        yield _allow(pull, tuple(dict.fromkeys(repositories)))


def _secrets(service: Service, facts: Facts) -> Iterator[dict[str, Any]]:
    used = [*service.secrets.values(), *(ref for each in service.sidecars.values() for ref in each.secrets.values())]
    for kind, action in (("secretsmanager", "secretsmanager:GetSecretValue"), ("ssm", "ssm:GetParameters")):
        arns = sorted({readable_as(ref, facts) for ref in used if ref.kind == kind})
        if arns:
            yield _allow((action,), tuple(arns))


def secret_arn(ref: SecretRef, facts: Facts) -> str:
    """The ARN a task definition names. Without the suffix AWS adds to a secret's ARN it is looked up by name."""
    if ref.arn is not None:
        return ref.arn
    if ref.kind == "ssm":
        return facts.arn("ssm", f"parameter/{str(ref.name).removeprefix('/')}")
    return facts.arn("secretsmanager", f"secret:{ref.name}")


def readable_as(ref: SecretRef, facts: Facts) -> str:
    """The ARN a policy names: six unknown characters follow a secret's name."""
    named = ref.kind == "secretsmanager" and ref.arn is None
    return secret_arn(ref, facts) + ("-??????" if named else "")


def _env_files(service: Service, facts: Facts) -> Iterator[dict[str, Any]]:
    if service.env_files:
        files = sorted(env_file_arn(each, facts) for each in service.env_files)
        yield _allow(("s3:GetObject",), tuple(files))
        yield _allow(("s3:GetBucketLocation",), tuple(sorted({each.partition("/")[0] for each in files})))


def env_file_arn(file: str, facts: Facts) -> str:
    return file if file.startswith("arn:") else f"arn:{facts.partition}:s3:::{file.removeprefix('s3://')}"


def _permission(statement: Any) -> dict[str, Any]:
    told = _allow(tuple(sorted(set(statement.actions))), tuple(sorted(set(statement.resources))))
    if statement.sid:
        told["Sid"] = statement.sid
    if statement.conditions:
        told["Condition"] = {name: dict(terms) for name, terms in statement.conditions.items()}
    return told


def _allow(actions: tuple[str, ...], resources: tuple[Link, ...]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}
