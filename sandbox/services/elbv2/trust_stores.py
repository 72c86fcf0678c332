"""Trust stores: the certificate authorities a listener believes when clients show certificates (botocore, TrustStore).

Of a bundle nothing is read but that it is named; revocation lists are not modelled.
"""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.services.elbv2 import look_up
from sandbox.services.elbv2.facts import TRUST_STORE
from sandbox.world import World


def create_trust_store(world: World, request: Fields) -> Fields:
    made = {"Status": "ACTIVE", "NumberOfCaCertificates": 1, "TotalRevokedEntries": 0}
    return {"TrustStores": [world.add(TRUST_STORE, request, made).shown()]}


def describe_trust_stores(world: World, request: Fields) -> Fields:
    return {"TrustStores": look_up.described(world, TRUST_STORE, request, "TrustStoreArns", "Name")}


def delete_trust_store(world: World, request: Fields) -> None:
    world.remove(world.get(TRUST_STORE, request["TrustStoreArn"]))
