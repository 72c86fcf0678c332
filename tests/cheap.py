"""What is the same for all botocore clients is made once, and nobody waits in small steps.

Tests ask for it as fixtures, the fault harness as a context.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import botocore.auth
import botocore.client
import botocore.hooks
import botocore.regions
import botocore.session
import botocore.useragent

from tests.world import LOADER

PATIENCE = 30.0
"""Seconds between two looks of who waits for AWS: a look costs, and the sandbox's clock goes as far as it is told."""


@contextmanager
def cheap_clients() -> Iterator[None]:
    """Of a botocore client only the connection belongs to its session. The model of its service, the methods made of
    it, the rules for endpoints and the names of events are the same for all, and would be half of what a short test
    costs. The sandbox reads of a signature only whose it is."""
    make_methods = botocore.client.ClientCreator._create_methods
    make_rules = botocore.regions.EndpointProvider
    methods: dict[str, dict[str, Any]] = {}
    rules: dict[int, Any] = {}

    def methods_of(self: Any, service_model: Any) -> dict[str, Any]:
        name = service_model.service_name
        if name not in methods:
            methods[name] = make_methods(self, service_model)
        return dict(methods[name])

    def rules_of(ruleset_data: Any, **more: Any) -> Any:
        if id(ruleset_data) not in rules:  # the loader keeps it for ever
            rules[id(ruleset_data)] = make_rules(ruleset_data=ruleset_data, **more)
        return rules[id(ruleset_data)]

    alias = botocore.hooks.EventAliaser._alias_event_name
    names: dict[str, str] = {}

    def name_of(self: Any, event: str) -> str:
        if event not in names:
            names[event] = alias(self, event)
        return names[event]

    with (
        patch.object(botocore.auth.SigV4Auth, "canonical_request", lambda *_: ""),
        patch.object(botocore.auth.SigV4Auth, "signature", lambda *_: "0" * 64),
        patch.object(botocore.hooks.EventAliaser, "_alias_event_name", name_of),
        patch.object(botocore.useragent.UserAgentString, "to_string", lambda _self: "tests"),
        patch.object(botocore.session, "create_loader", lambda _paths: LOADER),
        patch.object(botocore.client.ClientCreator, "_create_methods", methods_of),
        patch.object(botocore.regions, "EndpointProvider", rules_of),
    ):
        yield


@contextmanager
def long_waits(seconds: float = PATIENCE) -> Iterator[None]:
    """Who waits for AWS looks that often only."""
    with (
        patch("controller.bulkhead.FIRST_WAIT", seconds),
        patch("controller.bulkhead.LONGEST_WAIT", seconds),
        patch("controller.removal.FIRST_WAIT", seconds),
        patch("controller.removal.LONGEST_WAIT", seconds),
    ):
        yield
