"""moto's store, of which a process has one: whoever keeps something of it has to know whether it is still the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Store:
    """What has become of it so far."""

    beginnings: int = 0
    """How often it was emptied or replaced."""
    edits: int = 0
    """How often something may have been changed in it, by a call or beside one."""


STORE = Store()
