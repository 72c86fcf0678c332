"""The program in every container: it answers 200 to every path on its container ports and tells what it saw.

The tag of its image says what else it does: `crash` stops at once with exit code 1, `unhealthy` runs and answers 500.
It speaks HTTP and HTTPS alike, and to a gRPC health check it answers UNIMPLEMENTED (12), as any server without that
method does.
"""

from __future__ import annotations

from typing import Any

CRASH, UNHEALTHY = "crash", "unhealthy"


def tag(image: str) -> str:
    """`web:crash` -> `crash`; a registry's port is not a tag, and a digest hides it."""
    name = image.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[2]


def listens(containers: list[dict[str, Any]]) -> dict[int, str]:
    """The ports of a task definition's containers, each with the tag of the image that listens there."""
    return {
        port["containerPort"]: tag(each.get("image", ""))
        for each in containers
        for port in each.get("portMappings", ())
        if "containerPort" in port
    }


def crashes(containers: list[dict[str, Any]]) -> str:
    """The name of the first essential container that stops at once; empty when all go on."""
    falling = (each for each in containers if each.get("essential", True) and tag(each.get("image", "")) == CRASH)
    return next((str(each["name"]) for each in falling), "")


def status(program: str) -> int:
    """The HTTP status with which it answers any path."""
    return 500 if program == UNHEALTHY else 200
