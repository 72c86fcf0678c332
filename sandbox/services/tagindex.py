"""The Resource Groups Tagging API: one index over everything tagged, here and in the other store, and always a little
behind.

It knows what has tags, forgets late what is gone, says the end of its pages with an empty token, and does not list
IAM (ledger 0.3; recorded answers of get_resources).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sandbox import mototags
from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("InvalidParameterException", "{why}")
TOKEN_REUSED = INVALID
PAGE = {"*": 50}
MOST_TAGGED = 20  # ARNs in one TagResources or UntagResources (botocore)

Tags = dict[str, str]


class Entry(NamedTuple):
    """What the index knows of one resource. None: it is not there, or has no tags."""

    before: Tags | None
    tags: Tags | None
    since: float

    def seen(self, world: World) -> Tags | None:
        return self.tags if world.now - self.since >= world.index_lag else self.before


def get_resources(world: World, request: Fields) -> Fields:
    arns, filters = request.get("ResourceARNList"), request.get("TagFilters", ())
    if arns and (filters or request.get("ResourceTypeFilters")):
        raise INVALID.about(why="ResourceARNList cannot be combined with other filters")
    types = request.get("ResourceTypeFilters") or ()
    chosen = [
        (arn, tags)
        for arn, tags in _noticed(world).items()
        if (not arns or arn in arns)
        and (not types or any(_of_type(arn, each) for each in types))
        and _matches(tags, filters)
    ]
    return {"ResourceTagMappingList": Listing(chosen, lambda one: {"ResourceARN": one[0], "Tags": _pairs(one[1])})}


def get_tag_keys(world: World, _request: Fields) -> Fields:
    return {"TagKeys": sorted({key for tags in _noticed(world).values() for key in tags}), "PaginationToken": ""}


def get_tag_values(world: World, request: Fields) -> Fields:
    found = {tags[request["Key"]] for tags in _noticed(world).values() if request["Key"] in tags}
    return {"TagValues": sorted(found), "PaginationToken": ""}


def tag_resources(world: World, request: Fields) -> Fields:
    return _each(request, lambda arn: _tag(world, arn, request["Tags"]))


def untag_resources(world: World, request: Fields) -> Fields:
    return _each(request, lambda arn: _untag(world, arn, request["TagKeys"]))


# ---- what the index knows


def _noticed(world: World) -> dict[str, Tags]:
    """Bring the index up to date, then read it with its lag. What a call changed, changed when that call was made; what
    time changed, changed when it was first seen. Until something changes, the next page sees the same."""
    moment = (world.edits, world.now if world.index_lag else 0.0)
    if world.noticed[0] != moment:
        world.noticed = moment, _looked(world)
    return world.noticed[1]


def _looked(world: World) -> dict[str, Tags]:
    index: dict[str, Entry] = world.index
    since = world.changed_at if world.changed_at >= world.indexed_at else world.now
    world.indexed_at = world.now
    there = dict(_tagged(world))
    for arn in {*there, *index}:
        entry, tags = index.get(arn), there.get(arn)
        if entry is None or entry.tags != tags:
            index[arn] = Entry(entry.seen(world) if entry else None, tags, since)
    seen = {arn: entry.seen(world) for arn, entry in index.items()}
    for arn in [arn for arn, tags in seen.items() if tags is None and arn not in there]:
        del index[arn]
    return {arn: tags for arn, tags in sorted(seen.items()) if tags is not None}


def _tagged(world: World) -> Iterator[tuple[str, Tags]]:
    for kept in world.resources.values():
        for each in kept.values():
            if each.tags and each.arn.startswith("arn:") and each.kind.counts(each.fields):
                yield each.arn, dict(each.tags)
    yield from mototags.tagged(world)


def _of_type(arn: str, wanted: str) -> bool:
    """`service` or `service:type`, e.g. `elasticloadbalancing:targetgroup`."""
    service, _, type = wanted.partition(":")
    parts = arn.split(":", 5)
    resource = parts[5].lstrip("/")
    return parts[2] == service and (not type or resource == type or resource.startswith((f"{type}/", f"{type}:")))


def _matches(tags: Tags, filters: list[Fields]) -> bool:
    """Every filter, any of its values; a filter without values asks for the key alone."""
    return all(
        each["Key"] in tags and (not each.get("Values") or tags[each["Key"]] in each["Values"]) for each in filters
    )


def _pairs(tags: Tags) -> list[Fields]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


# ---- tagging through it


def _each(request: Fields, act: Callable[[str], None]) -> Fields:
    """What fails for one resource does not stop the others: it is told in the answer."""
    if len(request["ResourceARNList"]) > MOST_TAGGED:
        raise INVALID.about(why=f"at most {MOST_TAGGED} ARNs at a time")
    failed: Fields = {}
    for arn in request["ResourceARNList"]:
        try:
            act(arn)
        except Refusal as refusal:
            failed[arn] = {"StatusCode": 400, "ErrorCode": "InvalidParameterException", "ErrorMessage": refusal.message}
    return {"FailedResourcesMap": failed}


def _tag(world: World, arn: str, labels: Tags) -> None:
    if resource := world.by_arn(arn):
        world.tag(resource, labels)
    else:
        mototags.tag(world, arn, labels)


def _untag(world: World, arn: str, keys: list[str]) -> None:
    if resource := world.by_arn(arn):
        world.untag(resource, keys)
    else:
        mototags.untag(world, arn, keys)
