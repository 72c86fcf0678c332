"""Task definitions: what a service runs. Immutable in AWS, so a change registers a new revision of the family.

A revision is not described to be compared: the hash of what was registered is its tag `penstock:content`, and the tag
index tells it for a hundred at a time, as ListTaskDefinitions tells which are ACTIVE still. One describe when the hash
is not the expected one (architecture.md, *What a pass may cost*). The last ten revisions stay ACTIVE, because ECS rolls
back to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ConfigDict

from reconcilers.aws import Aws
from reconcilers.compute import containers
from reconcilers.compute.cluster import ecs_tag
from reconcilers.compute.containers import Container
from reconcilers.compute.described import described_services
from reconcilers.facts import Facts
from reconcilers.identity.role import execution_role, task_role
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import CONTENT, LABELS, camel_tags, content_hash, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Live, Open, Unordered, refs
from reconcilers.topology import defined, services
from specs import Instance

KEPT_REVISIONS = 10
FEW = 3
"""Up to so many families are listed one by one."""


class RuntimePlatform(Open):
    cpu_architecture: str = "X86_64"
    operating_system_family: str = "LINUX"


class EphemeralStorage(Open):
    size_in_gi_b: int


DESCRIBED = frozenset(
    {"taskDefinitionArn", "family", "revision", "status", "requiresAttributes", "compatibilities"}
    | {"registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt"}
)
"""What DescribeTaskDefinition tells of a revision besides what was registered (botocore's ecs TaskDefinition)."""
UNSAID = {"networkMode": "bridge", "requiresCompatibilities": ()}
"""What a revision without these members means (ecs RegisterTaskDefinition, networkMode)."""


class TaskDefinition(CamelResource):
    """Every member of RegisterTaskDefinition is ours, with or without a field: each change is a new revision anyway."""

    model_config = ConfigDict(extra="allow")

    network_mode: str = "awsvpc"
    requires_compatibilities: Unordered[str] = ("FARGATE",)
    cpu: str | None = None
    memory: str | None = None
    """Fargate wants both; None in a revision for EC2: somebody's, and not what is wanted."""
    execution_role_arn: Link | None = None
    task_role_arn: Link | None = None
    runtime_platform: RuntimePlatform = RuntimePlatform()
    ephemeral_storage: EphemeralStorage | None = None
    container_definitions: Mapping[str, Container]

    @classmethod
    def from_aws(cls, answer: Mapping[str, Any], **more: Any) -> TaskDefinition:
        told = {member: value for member, value in answer.items() if member not in DESCRIBED}
        inside = {each["name"]: containers.from_aws(each) for each in told.pop("containerDefinitions", ())}
        return cls.model_validate({**UNSAID, "container_definitions": inside, **told, **more})

    def to_aws(self, only: frozenset[str] | None = None) -> dict[str, Any]:
        return super().to_aws(only) | {"containerDefinitions": containers.to_aws(self.container_definitions)}


class TaskDefinitions(Reconciler[TaskDefinition]):
    kind = TaskDefinition
    longest_name = 255
    reissues = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "family": "a name is chosen once and never compared",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, TaskDefinition]]:
        for name, service in defined(instance).items():
            own = Ref(execution_role(instance.address, name), "arn"), Ref(task_role(instance.address, name), "arn")
            storage = service.ephemeral_storage
            yield (
                TaskDefinition.key(instance.address, name),
                TaskDefinition(
                    cpu=str(service.cpu),
                    memory=str(service.memory),
                    execution_role_arn=service.execution_role or own[0],
                    task_role_arn=service.task_role or own[1],
                    runtime_platform=RuntimePlatform(cpu_architecture=service.cpu_architecture),
                    ephemeral_storage=EphemeralStorage(size_in_gi_b=storage) if storage else None,
                    container_definitions=dict(containers.containers(instance, name, service, facts)),
                ),
            )

        for name, service in services(instance).items():
            if service.definition:
                told = {member: each for member, each in service.definition.items() if member != "family"}
                yield TaskDefinition.key(instance.address, name), TaskDefinition.from_aws(told)

    def finish(self, want: TaskDefinition) -> TaskDefinition:
        content = {CONTENT: content_hash(want.to_aws())}
        return want.model_copy(update={"tags": dict(want.tags or {}) | content})

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[TaskDefinition]]:
        tags = {arn: told for arn, told in index(aws, look).items() if ":task-definition/" in arn}
        revisions: dict[Key, dict[str, Mapping[str, str] | None]] = {}
        families = self._families(look, tags)
        for arn in _active(aws, families):
            revisions.setdefault(families[family(arn)], {})[arn] = tags.get(arn)
        wanted = look.wanted(TaskDefinition)
        used = frozenset(service["taskDefinition"] for service, _ in described_services(aws, look))
        told = aws.parallel(lambda pair: self._live(aws, *pair, wanted.get(pair[0]), used), sorted(revisions.items()))
        yield from (live for live in told if live)

    def _families(self, look: Look, tags: Mapping[str, Mapping[str, str]]) -> dict[str, Key]:
        """Whose each family is: by its tags, and where none are told of, by the name we would have given it."""
        families = {family(arn): key for arn, told in tags.items() if (key := look.whose(TaskDefinition, told))}
        named = look.names(TaskDefinition, self.longest_name)
        known = frozenset(families.values())
        return families | {name: key for name, key in named.items() if key not in known and look.began(key.instance)}

    def _live(
        self,
        aws: Aws,
        key: Key,
        revisions: Mapping[str, Mapping[str, str] | None],
        want: TaskDefinition | None,
        used: frozenset[str],
    ) -> Live[TaskDefinition] | None:
        """The revision with the wanted content, of several the one a service runs, then the newest; else the newest."""
        newest = sorted(revisions, key=revision, reverse=True)
        if want is not None and not any(refs(want.sent())):
            content = self.finish(want).tags or {}
            for arn in sorted(newest, key=lambda each: each not in used):
                tags = revisions[arn]
                # where the index tells nothing it lags, or somebody took the tag off by which a revision is found
                if arn in used if tags is None else _out_of_date(tags, content):
                    answer = aws.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
                    tags = untag(answer.get("tags"))
                if tags is not None and tags.get(CONTENT) == content[CONTENT]:
                    return _as_found(key, arn, want.model_copy(update={"tags": tags}), newest)
        for arn in newest:
            answer = aws.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            found = answer["taskDefinition"]
            if found["status"] == "ACTIVE":
                definition = TaskDefinition.from_aws(found, tags=untag(answer.get("tags")))
                return _as_found(key, arn, definition, newest)
        return None

    def create(self, aws: Aws, key: Key, want: TaskDefinition, name: str) -> Made:
        told = aws.ecs.register_task_definition(family=name, **want.to_aws(), tags=camel_tags(want.tags or {}))
        arn = told["taskDefinition"]["taskDefinitionArn"]
        return {"id": arn, "arn": arn}

    def update(self, aws: Aws, live: Live[TaskDefinition], want: TaskDefinition, changed: frozenset[str]) -> Made:
        made = self.create(aws, live.key, want, family(live.id))
        for arn in filter(None, live.attributes.get("spare", "").split()):
            aws.ecs.deregister_task_definition(taskDefinition=arn)
        return made

    def delete(self, aws: Aws, live: Live[TaskDefinition]) -> None:
        """Every ACTIVE revision of the family: inactive records are what ECS keeps."""
        of = family(live.id)
        for arn in list(aws.ecs.pages("list_task_definitions", "taskDefinitionArns", familyPrefix=of, status="ACTIVE")):
            if family(arn) == of:
                aws.ecs.deregister_task_definition(taskDefinition=arn)

    def tag(self, aws: Aws, live: Live[TaskDefinition], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        ecs_tag(aws, live.id, put, drop)


def _out_of_date(told: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether the index tells other tags of the right content than are wanted: it lags, so only the revision itself
    can say."""
    same = wanted.items() <= told.items() and (LABELS in told) == (LABELS in wanted)
    return told.get(CONTENT) == wanted[CONTENT] and not same


def _active(aws: Aws, families: Collection[str]) -> list[str]:
    """Every ACTIVE revision of these families. The tag index goes on telling of revisions that somebody deregistered,
    so it is no proof; the list is asked for by family while they are few, and else whole, a hundred to a page."""
    asked: list[dict[str, str]] = [{"familyPrefix": each} for each in sorted(families)]
    answers = aws.parallel(
        lambda more: list(aws.ecs.pages("list_task_definitions", "taskDefinitionArns", status="ACTIVE", **more)),
        asked if len(asked) <= FEW else [{}],
    )
    return [arn for answer in answers for arn in answer if family(arn) in families]


def _as_found(key: Key, arn: str, definition: TaskDefinition, newest: list[str]) -> Live[TaskDefinition]:
    spare = newest[KEPT_REVISIONS - 1 :]
    return Live(key, arn, definition, {"arn": arn, "spare": " ".join(each for each in spare if each != arn)})


def revision(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def family(arn: str) -> str:
    return arn.rpartition("/")[2].partition(":")[0]
