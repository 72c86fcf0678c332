"""What is the same for all botocore clients is made once, and nobody waits in small steps.

Tests ask for it as fixtures, the fault harness as a context.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore import auth, hooks, httpsession, parsers, regions, session, useragent
from botocore.client import ClientCreator

from tests.world import LOADER

PATIENCE = 30.0
"""Seconds between two looks of who waits for AWS: a look costs, and the sandbox's clock goes as far as it is told."""


@contextmanager
def cheap_clients() -> Iterator[None]:
    """Of a botocore client only the connection belongs to its session. The model of its service, the methods made of
    it, the rules for endpoints, the names of events and what TLS needs are the same for all, and would be half of what
    a short test costs. The sandbox reads of a signature only whose it is."""
    make_methods = made_once(ClientCreator._create_methods, lambda _self, model: model.service_name)
    load_model = made_once(ClientCreator._load_service_model, lambda _self, *name: name)
    make_rules = made_once(regions.EndpointProvider, lambda ruleset_data, **_: id(ruleset_data))  # the loader keeps it
    alias = made_once(hooks.EventAliaser._alias_event_name, lambda _self, event: event)
    with (
        patch.object(ClientCreator, "_load_service_model", load_model),
        patch.object(ClientCreator, "_create_methods", lambda *args: dict(make_methods(*args))),
        patch.object(regions, "EndpointProvider", make_rules),
        patch.object(hooks.EventAliaser, "_alias_event_name", alias),
        patch.object(httpsession, "create_urllib3_context", cache(httpsession.create_urllib3_context)),
        patch.object(parsers, "DEFAULT_TIMESTAMP_PARSER", cache(parsers.DEFAULT_TIMESTAMP_PARSER)),
        patch.object(auth.SigV4Auth, "canonical_request", lambda *_: ""),
        patch.object(auth.SigV4Auth, "signature", lambda *_: "0" * 64),
        patch.object(useragent.UserAgentString, "to_string", lambda _self: "tests"),
        patch.object(session, "create_loader", lambda _paths: LOADER),
    ):
        yield


def made_once(make: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """What it makes, kept by this key of its arguments."""
    kept: dict[Any, Any] = {}

    def made(*args: Any, **named: Any) -> Any:
        place = key(*args, **named)
        if place not in kept:
            kept[place] = make(*args, **named)
        return kept[place]

    return made


@contextmanager
def few_collections() -> Iterator[None]:
    """Models and modules live as long as the tests, and the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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
