"""What holds for every test: botocore parses the model of a service once for all of them, not once for every session,
which would be most of what a command costs."""

from __future__ import annotations

from collections.abc import Iterator

import botocore.session
import pytest

from tests.world import LOADER


@pytest.fixture(scope="session", autouse=True)
def _models_parsed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda _paths: LOADER)
        yield
