"""What the one comparison promises, for every shape of value that a kind may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import Field as PydanticField

from drift.difference import compare, ignoring
from reconcilers.keys import Key, Ref, Within
from reconcilers.resource import Delegated, Hidden, Immutable, Partial, Resource, Shape, Unordered


class Inside(Shape):
    path: str = "/"
    count: int = 0
    names: Unordered[str] = ()


class Thing(Resource):
    """One field of every sort."""

    fixed: Immutable[str] = "a"
    plain: int = 0
    inside: Inside | None = None
    exact: Mapping[str, str] = {}
    ours: Partial[str] = PydanticField(default_factory=dict)
    bag: Unordered[str] = ()
    row: tuple[str, ...] = ()
    moved: Delegated[int | Within] = 0
    order: Hidden[Ref | None] = None


words = some.sampled_from(["a", "b", "c", "d/e", "f~g", ""])
maps = some.dictionaries(words, words, max_size=3)
insides = some.builds(Inside, path=words, count=some.integers(0, 3), names=some.lists(words, max_size=3).map(tuple))
things = some.builds(
    Thing,
    fixed=words,
    plain=some.integers(0, 3),
    inside=some.none() | insides,
    exact=maps,
    ours=maps,
    bag=some.lists(words, max_size=3).map(tuple),
    row=some.lists(words, max_size=3).map(tuple),
    moved=some.integers(0, 5),
    tags=maps,
)


def paths(want: Thing, live: Thing) -> list[str]:
    return [each.path for each in compare(want, live)]


@given(things)
def test_a_thing_does_not_differ_from_itself(thing: Thing):
    assert compare(thing, thing.model_copy(deep=True)) == ()


@given(things, things)
def test_whoever_differs_in_nothing_is_as_wanted_and_whoever_differs_says_where(want: Thing, live: Thing):
    told = compare(want, live)
    assert len({each.path for each in told}) == len(told), "each path once"
    for each in told:
        assert each.want != each.live
        assert each.path.startswith("/")
        assert each.replaces == (each.field == "fixed")


@given(things, things)
def test_what_was_changed_as_told_differs_no_more(want: Thing, live: Thing):
    """Every field that differs is among those told: sending these and no others is enough."""
    changed = {each.field for each in compare(want, live)}
    mended = live.model_copy(update={name: getattr(want, name) for name in changed - {"tags"}})
    assert [each for each in compare(want, mended) if each.field != "tags"] == []


@given(things, some.randoms())
def test_the_order_of_a_bag_means_nothing_and_that_of_a_row_does(thing: Thing, chance: Any):
    shuffled = list(thing.bag)
    chance.shuffle(shuffled)
    assert compare(thing, thing.model_copy(update={"bag": (*shuffled, *shuffled)})) == ()
    backwards = thing.model_copy(update={"row": thing.row[::-1]})
    assert bool(compare(thing, backwards)) == (thing.row != thing.row[::-1])


@given(maps, maps)
def test_of_a_partial_map_only_our_keys_count(want: dict[str, str], live: dict[str, str]):
    told = paths(Thing(ours=want), Thing(ours=live))
    assert len(told) == sum(live.get(name) != value for name, value in want.items())


@given(maps, maps)
def test_of_an_exact_map_every_key_counts(want: dict[str, str], live: dict[str, str]):
    told = paths(Thing(exact=want), Thing(exact=live))
    assert len(told) == sum(want.get(name) != live.get(name) for name in want | live)


@given(some.integers(0, 9), some.integers(0, 9), some.integers(0, 9))
def test_what_another_moves_between_two_bounds_is_as_wanted(low: int, high: int, live: int):
    told = paths(Thing(moved=Within(low, high)), Thing(moved=live))
    assert told == ([] if low <= live <= high else ["/Moved"])


@given(things, things)
def test_an_unknown_value_differs_and_says_so(want: Thing, live: Thing):
    asked = want.model_copy(update={"fixed": Ref(Key("x", "Thing"), "arn")})
    assert any(each.unknown and each.path == "/Fixed" for each in compare(asked, live))


@given(things)
def test_what_only_orders_is_never_compared(thing: Thing):
    assert compare(thing.model_copy(update={"order": Ref(Key("x", "Thing"))}), thing) == ()


@given(things, things)
def test_of_what_was_adopted_only_what_is_stated_counts(want: Thing, live: Thing):
    stated = want.model_copy(update={"exact": None, "plain": None})
    told = {each.field for each in compare(stated, live, adopted=True)}
    assert not told & {"exact", "plain", "tags"}


PLACES = ["/Plain", "/Inside", "/Inside/Path", "/Inside/*", "/Exact", "/Exact/a", "/Ours/*", "/Row", "/Tags/a", "/*"]


@pytest.mark.parametrize("place", PLACES)
@given(things, things)
def test_an_ignored_path_neither_differs_nor_hides_another(place: str, want: Thing, live: Thing):
    before, after = paths(want, live), paths(ignoring(want, live, [place]), live)
    assert not [each for each in after if covers(place, each)]
    assert [each for each in before if not near(place, each)] == [each for each in after if not near(place, each)]


def covers(place: str, path: str) -> bool:
    steps, asked = path.split("/"), place.split("/")
    return len(asked) <= len(steps) and all(one in ("*", other) for one, other in zip(asked, steps, strict=False))


def near(place: str, path: str) -> bool:
    """On the way to it or below it."""
    return covers(place, path) or place.startswith(f"{path}/") or place == "/*"


@given(things)
def test_other_peoples_tags_stay_and_labels_we_took_out_go(thing: Thing):
    live = thing.model_copy(update={"tags": {"theirs": "1", "team": "x", "penstock:labels": "team"}})
    told = compare(thing.model_copy(update={"tags": {}}), live)
    assert sorted(each.path for each in told) == ["/Tags/penstock:labels", "/Tags/team"]
