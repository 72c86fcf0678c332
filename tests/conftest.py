"""What holds for every test: what is the same for all of them is made once, and nobody waits in small steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.client
import botocore.hooks
import botocore.regions
import botocore.session
import botocore.useragent
import pytest

from tests.world import LOADER

PATIENCE = 30.0
"""Seconds between two looks of who waits for AWS: a look costs, and the sandbox's clock goes as far as it is told."""


@pytest.fixture(scope="session", autouse=True)
def _clients_are_cheap() -> Iterator[None]:
    """Of a botocore client only the connection belongs to its session. The model of its service, the methods made of
    it, the rules for endpoints and the names of events are the same for all, and would be half of what a short test
    costs."""
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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.hooks.EventAliaser, "_alias_event_name", name_of)
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda _self: "tests")
        patch.setattr(botocore.session, "create_loader", lambda _paths: LOADER)
        patch.setattr(botocore.client.ClientCreator, "_create_methods", methods_of)
        patch.setattr(botocore.regions, "EndpointProvider", rules_of)
        yield


@pytest.fixture(scope="session", autouse=True)
def _waits_are_long() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("controller.bulkhead", "controller.removal"):
            patch.setattr(f"{module}.FIRST_WAIT", PATIENCE)
            patch.setattr(f"{module}.LONGEST_WAIT", PATIENCE)
        yield
