"""What holds for every test: what is the same for all of them is made once, and nobody waits in small steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cheap import cheap_clients, few_collections, long_waits


@pytest.fixture(scope="session", autouse=True)
def _clients_are_cheap() -> Iterator[None]:
    with cheap_clients():
        yield


@pytest.fixture(scope="session", autouse=True)
def _waits_are_long() -> Iterator[None]:
    with long_waits():
        yield


@pytest.fixture(scope="session", autouse=True)
def _collections_are_few() -> Iterator[None]:
    with few_collections():
        yield
