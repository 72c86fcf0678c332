"""A list whose items are put into words when a page with them is asked for: ten thousand are no slower than ten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from sandbox.kinds import Fields

T = TypeVar("T")


class Listing(Sequence[Fields], Generic[T]):
    """What an operation that answers in pages returns instead of a list."""

    def __init__(self, found: Sequence[T], show: Callable[[T], Fields]) -> None:
        self._found, self._show = found, show

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Fields: ...
    @overload
    def __getitem__(self, place: slice) -> list[Fields]: ...
    def __getitem__(self, place: int | slice) -> Fields | list[Fields]:
        if isinstance(place, slice):
            return [self._show(each) for each in self._found[place]]
        return self._show(self._found[place])

    def __iter__(self) -> Iterator[Fields]:
        return map(self._show, self._found)
