"""Sense in a task definition that is written as ECS takes it: what botocore says of it, and what Fargate and the load
balancer want of it besides. Each mistake is told where it stands, in the file of the definition."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specs.compute import Service
from specs.finding import Finding
from specs.node import Steps
from specs.overrides import mistakes

NEEDED = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
PLACE = re.compile(r"parameter in ([\w.\[\]]+)|for parameter ([\w.\[\]]+)|^([\w.\[\]]+): ")
NAMED = re.compile(r'parameter in \S+: "(\w+)"')


def check_definition(service: Service, steps: Steps) -> Iterator[Finding]:
    """Everything that ECS would refuse, or that the service could not live with."""
    document, here = service.definition, (*steps, "definition")
    if not document:
        return
    if "tags" in document:
        message = "`tags` are set by Penstock"
        yield Finding("E1344", (*here, "tags"), message, "write them as `metadata.labels`", at_key=True)
    if "family" in document:
        message = "the revisions go into a family of Penstock's own"
        yield Finding("E1344", (*here, "family"), message, at_key=True, warning=True)
    for wrong in mistakes("taskDefinition", {name: each for name, each in document.items() if name != "tags"}):
        yield Finding("E1344", (*here, *_place(wrong)), wrong, at_key=True)
    for name, example in NEEDED.items():
        if (name == "networkMode" and document.get(name) != "awsvpc") or not document.get(name):
            yield Finding(
                "E1344", (*here, name), f"on Fargate `{name}` has to be given, such as {example}", at_key=True
            )
    if document.get("requiresCompatibilities") and "FARGATE" not in document["requiresCompatibilities"]:
        yield Finding("E1344", (*here, "requiresCompatibilities"), "it has to be for FARGATE")
    yield from _answers(document, service.port, here)


def container_of(document: Mapping[str, Any], port: int) -> str | None:
    """The container that listens on this port."""
    for each in document.get("containerDefinitions", ()):
        if isinstance(each, Mapping) and any(
            isinstance(one, Mapping) and one.get("containerPort") == port for one in each.get("portMappings", ())
        ):
            return str(each.get("name"))
    return None


def _answers(document: Mapping[str, Any], port: int, here: Steps) -> Iterator[Finding]:
    containers = document.get("containerDefinitions")
    if not isinstance(containers, list | tuple) or not containers:
        yield Finding("E1344", here, "a task definition has `containerDefinitions`", at_key=True)
        return
    for number, each in enumerate(containers):
        for name in ("name", "image"):
            if isinstance(each, Mapping) and not each.get(name):
                where = (*here, "containerDefinitions", number)
                yield Finding("E1344", where, f"a container has a `{name}`")
    if container_of(document, port) is None:
        hint = f"map it: `portMappings: [{{containerPort: {port}}}]`"
        yield Finding("E1344", (*here, "containerDefinitions"), f"no container maps port {port}", hint, at_key=True)


def _place(told: str) -> Steps:
    """Where botocore means: `containerDefinitions[0].portMappings` and the member that it names there."""
    found, named = PLACE.search(told), NAMED.search(told)
    way = next(filter(None, found.groups()), "") if found is not None else ""
    steps = [int(part) if part.isdigit() else part for part in re.split(r"[.\[\]]+", way.removeprefix("input")) if part]
    return (*steps, *([named[1]] if named is not None else []))
