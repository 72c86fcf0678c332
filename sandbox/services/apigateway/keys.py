"""API keys: the value is a secret, unique, fixed, and shown to who asks for it by name (ledger 6.12)."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.services.apigateway.metering import API_KEY, USAGE_PLAN_KEY
from sandbox.services.apigateway.patching import Grammar, flag, scalar
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad
from sandbox.world import World

LENGTH = 40  # characters of a value AWS makes up
GRAMMAR = Grammar((scalar("name"), scalar("description"), scalar("enabled", flag, blank=False), scalar("customerId")))


def create_api_key(world: World, request: Fields) -> Fields:
    if request.get("stageKeys"):
        raise bad("Stage keys are deprecated: associate the key with a usage plan")
    value = request.get("value") or (world.words()["hex32"] + world.words()["short"])[:LENGTH]
    made = {"value": value, "createdDate": world.time, "lastUpdatedDate": world.time}
    key = world.add(API_KEY, {name: each for name, each in request.items() if name != "stageKeys"}, made)
    return key.shown(tags=bool(key.tags))


def get_api_key(world: World, request: Fields) -> Fields:
    return _without_value(world.get(API_KEY, request["apiKey"]).shown(), shown=request.get("includeValue", False))


def get_api_keys(world: World, request: Fields) -> Fields:
    """Those whose name begins so."""
    begins, customer = request.get("nameQuery", ""), request.get("customerId")
    found = [
        each
        for each in world.all(API_KEY)
        if each.fields.get("name", "").startswith(begins) and customer in (None, each.fields.get("customerId"))
    ]
    shown = request.get("includeValues", False)
    return {"items": Listing(found, lambda each: _without_value(each.shown(tags=bool(each.tags)), shown=shown))}


def update_api_key(world: World, request: Fields) -> Fields:
    key = world.get(API_KEY, request["apiKey"])
    after = GRAMMAR.patched(key.fields, request.get("patchOperations", ()))
    return _without_value(replaced(world, key, after | {"lastUpdatedDate": world.time}).shown(), shown=False)


def delete_api_key(world: World, request: Fields) -> None:
    """It leaves its plans."""
    key = world.get(API_KEY, request["apiKey"])
    for each in world.all(USAGE_PLAN_KEY):
        if each["id"] == key.id:
            world.remove(each)
    world.remove(key)


def _without_value(fields: Fields, *, shown: bool) -> Fields:
    return {name: each for name, each in fields.items() if shown or name != "value"}
