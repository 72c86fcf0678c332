"""moto's store, of which a process has one: whoever keeps something of it has to know whether it is still the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict


@dataclass
class Store:
    """What has become of it so far."""

    beginnings: int = 0
    """How often it was emptied or replaced."""
    edits: Counter[str] = field(default_factory=Counter)
    """By service: how often something may have been changed in what is kept of it, by a call or beside one."""
    reading: bool = False
    """Whether what goes on only looks."""

    @contextmanager
    def looked_at(self, *, only: bool) -> Iterator[None]:
        """Within, a store that is reached for may have been changed; with `only` it has not."""
        before, self.reading = self.reading, only
        try:
            yield
        finally:
            self.reading = before


STORE = Store()
_reach = BackendDict.__getitem__


def _counted(backends: BackendDict[Any], account: str) -> Any:
    """The one way to what is kept of a service, for moto's own modules as for ours."""
    STORE.edits[backends.service_name] += not STORE.reading
    return _reach(backends, account)


BackendDict.__getitem__ = _counted
