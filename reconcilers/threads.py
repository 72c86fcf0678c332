"""Threads for work that somebody waits for: until all of it is done, unless a person waits no longer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def threads(number: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """So many threads for as long as the block lasts. What they have begun is finished before the block ends; after
    KeyboardInterrupt nobody waits, and what is not begun never is."""
    pool, patient = ThreadPoolExecutor(number, thread_name_prefix=name), True
    try:
        yield pool
    except KeyboardInterrupt:
        patient = False
        raise
    finally:
        pool.shutdown(wait=patient, cancel_futures=not patient)
