"""Which resource of a deployed API a path means: level by level a literal before a variable before a greedy one."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from sandbox.kinds import Fields


def matched(resources: Iterable[Fields], path: str) -> tuple[Fields, dict[str, str]] | None:
    """The resource and the path's variables. Slashes at the end do not count."""
    asked = [part for part in path.strip("/").split("/") if part]
    found = [(each, variables) for each in resources if (variables := _variables(each["path"], asked)) is not None]
    return max(found, key=lambda pair: _closeness(pair[0]["path"])) if found else None


def _parts(path: str) -> list[str]:
    return [part for part in path.strip("/").split("/") if part]


def _variables(path: str, asked: list[str]) -> dict[str, str] | None:
    wanted, variables = _parts(path), {}
    greedy = bool(wanted) and wanted[-1].endswith("+}")
    if len(asked) < len(wanted) or (len(asked) > len(wanted) and not greedy):
        return None
    for place, part in enumerate(wanted):
        if part.endswith("+}"):
            variables[part[1:-2]] = "/".join(asked[place:])
        elif part.startswith("{"):
            variables[part[1:-1]] = unquote(asked[place])
        elif part != unquote(asked[place]):
            return None
    return variables


def _closeness(path: str) -> list[int]:
    return [1 if part.endswith("+}") else 2 if part.startswith("{") else 3 for part in _parts(path)]
