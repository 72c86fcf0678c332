"""(c) What the reconcilers make of recorded answers, and of task definitions that people wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from botocore.session import get_session
from botocore.validate import ParamValidator

from drift import Scope, compare, make_plan
from drift.plan import WRITES
from reconcilers import BY_KIND, Fleet
from reconcilers.compute.task_definition import TaskDefinition
from sandbox import shapes
from tests.fidelity.answers import UNNOUN, VERB, documents
from tests.fidelity.comparing import Comparison
from tests.fidelity.place import Place, Refused
from tests.fidelity.recorded import Case, Evidence, cases, output
from tests.fidelity.rules import RULES
from tests.fidelity.verdicts import Verdict
from tests.laws.test_recordings import SOURCES, WHO, answered, as_boto3, parsed, shown
from tests.world import LOADER

Item = dict[str, Any]
READS = ("get_", "describe_", "list_")


def noun(service: str, operation: str, items: str) -> tuple[str, str]:
    """Of which shape an operation's items are."""
    shape = output(service, operation)
    if not items:
        return service, shape.name if not UNNOUN.search(shape.name) else VERB.sub("", UNNOUN.sub("", shape.name))
    inner = shape.members[items]
    return service, (inner.member if inner.type_name == "list" else inner).name


KINDS = {kind: noun(source.service, source.operation, source.items) for kind, source in SOURCES.items()}


def kinds(folder: Path) -> Iterator[Verdict]:
    """One case for each recorded answer that describes things of a kind."""
    with every_name_ours():
        for case in cases(folder, "data"):
            shape = output(case.service, case.operation)
            if shape is None or case.problem or not case.operation.startswith(READS):
                continue
            try:
                found = list(documents(case, shape))
            except (TypeError, AttributeError):  # not of its shape: the comparison of answers says so
                continue
            for kind, at in KINDS.items():
                items = [each.item for each in found if (case.service, each.noun) == at]
                if items:
                    yield _verdict(kind, case, items)


def _verdict(kind: str, case: Case, items: list[Item]) -> Verdict:
    told = tuple(wrong for item in items if not _unwritten(item) for wrong in planned(kind, item))
    if not told and any(map(_unwritten, items)):
        told = ("a document that is none: the recorder or the writer of the example left it out",)
        return Verdict("reconcilers", kind, case.file, told, tuple(each for each in RULES if each.name == "masked"))
    return Verdict("reconcilers", kind, case.file, told)


def _unwritten(item: Item) -> bool:
    """Whether a policy in it was masked: boto3 gives IAM's documents as objects, and this one is none."""
    documents = [each for name, each in item.items() if name.endswith("PolicyDocument") and isinstance(each, str)]
    try:
        return not all(isinstance(json.loads(unquote(each)), dict) for each in documents)
    except ValueError:
        return True


@contextmanager
def every_name_ours() -> Iterator[None]:
    """A log group is ours by its name; here every name is."""
    with patch.object(type(BY_KIND["LogGroup"]), "_key", lambda *_: WHO._replace(kind="LogGroup")):
        yield


def planned(kind: str, item: Item) -> Iterator[str]:
    """What is changed for a resource that says what AWS answered. An object of which AWS tells what it was sent in
    another shape than it is asked stands as it was answered."""
    try:
        yield from _planned(kind, as_boto3(item))
    except Exception as wrong:  # whatever it is, it is the finding
        yield f"unreadable: {type(wrong).__name__}: {wrong}"


def _planned(kind: str, item: Item) -> Iterator[str]:
    if not shown(kind, item):
        return
    lives = list(parsed(kind, item))
    if not lives:
        yield "nothing was read from it"
    for live in lives:
        again = list(parsed(kind, {**item, **answered(kind, live.resource.to_aws())}))
        ours = tuple(replace(each, resource=_marked(each.resource)) for each in again)
        plan = make_plan({live.key: live.resource}, Fleet(ours), Scope(frozenset({live.key.instance})))
        writes = [change for change in plan.changes if change.action in WRITES]
        yield from (f"{change.action.name.lower()} {change.key.address}: {change.differences}" for change in writes)


def _marked(resource: Any) -> Any:
    """With the tags that would be on it had we made it: a task definition bears the hash of its content."""
    ours = BY_KIND[type(resource).__name__].finish(resource)
    return resource.model_copy(update={"tags": ours.tags}) if ours.tags != resource.tags else resource


# ---- task definitions


def task_definitions(folder: Path, place: Place, evidence: Evidence) -> Iterator[Verdict]:
    """What AWS would accept is accepted, reads back as written, and registers nothing when it is wanted again."""
    for file in sorted(filter(Path.is_file, (folder / "inputs/task-definitions").glob("*"))):
        told = tuple(_registered(file.read_text(errors="replace"), place, evidence))
        yield Verdict("reconcilers", "inputs/task-definitions", str(file.relative_to(folder)), told)


def _registered(text: str, place: Place, evidence: Evidence) -> Iterator[str]:
    place.reset()
    document, why = readable(text)
    if why:  # botocore refuses it before AWS hears of it
        return
    try:
        made = place.call("ecs", "register_task_definition", **document)["taskDefinition"]
    except Refused as no:
        if not refusable(document):
            yield f"AWS would accept it: {no}"
        return
    if reason := refusable(document):
        yield f"AWS would refuse it: {reason}"
        return
    answer = place.call("ecs", "describe_task_definition", taskDefinition=made["taskDefinitionArn"], include=["TAGS"])
    case = Case("ecs", "describe_task_definition", "", {}, "recorded", "plausible")
    shape = output(case.service, case.operation).members["taskDefinition"]
    compare_again = Comparison("ecs", evidence, whole=False)
    yield from map(str, compare_again.differences(shape, document, answer["taskDefinition"], document))
    yield from _converged(place, answer["taskDefinition"])


def _converged(place: Place, described: Item) -> Iterator[str]:
    live = TaskDefinition.from_aws(described)
    sent = {"family": described["family"], **live.to_aws()}
    again = place.call(
        "ecs", "register_task_definition", **{name: each for name, each in sent.items() if each is not None}
    )
    differences = compare(live, TaskDefinition.from_aws(again["taskDefinition"]))
    yield from (f"registered again: {each}" for each in differences)


def readable(text: str) -> tuple[Item, str]:
    """The request a client would make of it, or why none can be made: botocore refuses before AWS is asked."""
    try:
        document = json.loads(text)
    except ValueError as wrong:
        return {}, f"not JSON: {wrong}"
    model = get_session()
    model.register_component("data_loader", LOADER)
    asked = model.get_service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
    problems = ParamValidator().validate(document, asked)
    unknown = sorted(document.keys() - asked.members.keys()) if isinstance(document, dict) else []
    if problems.has_errors() or unknown:
        return document, problems.generate_report() or f"Unknown parameter in input: {', '.join(unknown)}"
    return document, ""


FARGATE = {  # vCPU units -> MiB; ledger 5.2
    256: {512, 1024, 2048},
    512: set(range(1024, 4097, 1024)),
    1024: set(range(2048, 8193, 1024)),
    2048: set(range(4096, 16385, 1024)),
    4096: set(range(8192, 30721, 1024)),
    8192: set(range(16384, 61441, 4096)),
    16384: set(range(32768, 122881, 8192)),
}


def refusable(document: Item) -> str:
    """What AWS documents to refuse (RegisterTaskDefinition, task definition parameters), or nothing. Written beside the
    sandbox's own rules and without them."""
    shape = shapes.operation("ecs", "RegisterTaskDefinition").input_shape
    for problem in shapes.problems(shape, document, asked=True):
        return problem
    containers = document["containerDefinitions"]
    names = [each.get("name") for each in containers]
    if len(set(names)) != len(names) or not all(names) or not all(each.get("image") for each in containers):
        return "container names are there and differ, images are there"
    if not all(
        each and all(letter.isalnum() or letter in "-_" for letter in each) for each in (document["family"], *names)
    ):
        return "names have letters, digits, hyphens and underscores"
    if not any(each.get("essential", True) for each in containers):
        return "one container is essential"
    return _fargate(document) if "FARGATE" in document.get("requiresCompatibilities", ()) else _elsewhere(document)


def _fargate(document: Item) -> str:
    if document.get("networkMode") != "awsvpc":
        return "Fargate wants awsvpc"
    cpu, memory = _units(document.get("cpu", ""), "vcpu"), _units(document.get("memory", ""), "gb")
    if memory not in FARGATE.get(cpu, ()):
        return f"no such size of Fargate: {cpu} and {memory}"
    secret = any(each.get("secrets") for each in document["containerDefinitions"])
    return "secrets want an execution role" if secret and not document.get("executionRoleArn") else ""


def _elsewhere(document: Item) -> str:
    sized = document.get("memory") or all(
        each.get("memory") or each.get("memoryReservation") for each in document["containerDefinitions"]
    )
    return "" if sized else "a container has memory or a reservation, or the task has"


def _units(text: Any, word: str) -> int:
    told = str(text).lower().replace(" ", "")
    try:
        return round(float(told.removesuffix(word)) * 1024) if told.endswith(word) else int(told)
    except ValueError:
        return 0
