"""moto reads the wall clock in a dozen modules. Here all of them are shown the sandbox's clock instead, so that a
role's CreateDate, a log event and the `Date` header agree with each other and with the transitions we wait for.
"""

from __future__ import annotations

import importlib
import sys
import time
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any

from moto.backends import get_backend
from moto.core import utils

_WALL = utils.utcnow
_shown = {"now": time.time()}
LOADED: set[str] = set()  # services somebody has asked for


class _Time:
    """The module `time` as moto's modules see it: `time.time()` is ours, the rest is Python's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        return _shown["now"]


def show(now: float) -> None:
    """From here on it is `now` (seconds since 1970) for moto. Called under the sandbox's lock."""
    _shown["now"] = now


def utcnow() -> datetime:
    """moto's own form: UTC, and naive."""
    return datetime.fromtimestamp(_shown["now"], UTC).replace(tzinfo=None)


@cache
def prepared(service: str) -> Any:
    """moto's backends of one service, with its modules loaded and looking at our clock."""
    backends = get_backend(service)
    package = backends.backend.__module__.removeprefix("moto.").split(".")[0]
    importlib.import_module(f"moto.{package}.urls")
    for name, module in list(sys.modules.items()):
        if name.startswith("moto."):
            _rebind(module)
    LOADED.add(service)
    return backends


def _rebind(module: ModuleType) -> None:
    if vars(module).get("utcnow") is _WALL:
        vars(module)["utcnow"] = utcnow
    if vars(module).get("time") is time and module.__name__.endswith((".models", ".utils")):
        vars(module)["time"] = _Time()
