"""ECS services as DescribeServices tells of them, ten to a call and one cluster at a time (ledger 0.4).

Their names come from the tag index, and from what we would have called them: the index lags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import Aws, batched
from reconcilers.compute.cluster import Cluster
from reconcilers.errors import code
from reconcilers.index import index
from reconcilers.keys import Key
from reconcilers.ownership import KEY, name_for, untag
from reconcilers.reconciler import Look
from reconcilers.resource import refs

SERVICE = "Service"
LONGEST_NAME = 255


def service_name(install: str, key: Key) -> str:
    """The name of an ECS service: unique in its cluster, and nothing in it changes with its fields."""
    return name_for(install, key, {}, (), LONGEST_NAME)


def described_services(aws: Aws, look: Look) -> list[tuple[Mapping[str, Any], Key]]:
    """Every service of this look that AWS still shows, DRAINING ones too, with its key."""
    return look.once("services", lambda: _ask(aws, look))


def _ask(aws: Aws, look: Look) -> list[tuple[Mapping[str, Any], Key]]:
    names: dict[str, set[str]] = {}
    clusters = {live.key: live.attributes["name"] for live in look.of(Cluster)}
    expected: dict[str, Key] = {}
    for key, want in look.graph.items():
        if key.kind == SERVICE:
            expected[service_name(aws.install, key)] = key
            cluster = next(ref.key for ref in refs(want) if ref.key.kind == Cluster.__name__)
            if cluster in clusters:
                names.setdefault(clusters[cluster], set()).add(service_name(aws.install, key))
    for arn, tags in index(aws, look).items():
        if ":service/" in arn and arn.split(":")[2] == "ecs" and tags.get(KEY, "").startswith(SERVICE):
            place, _, name = arn.rpartition(":service/")[2].partition("/")
            names.setdefault(place, set()).add(name)
    batches = [(cluster, batch) for cluster, found in sorted(names.items()) for batch in batched(sorted(found), 10)]
    there = frozenset(clusters.values())
    answers = aws.parallel(lambda asked: _described(aws, *asked, there), batches)
    told = [(service, _whose(look, service, expected)) for answer in answers for service in answer]
    return [(service, key) for service, key in told if key and service["status"] != "INACTIVE"]


def _described(aws: Aws, cluster: str, names: list[str], there: frozenset[str]) -> list[Mapping[str, Any]]:
    """The index tells of services for hours after they went with their cluster (boto3 issue 3341), and of that cluster
    ECS says only that it was not found (ledger 4): then they are gone. Of one that is there it proves nothing."""
    try:
        answer = aws.ecs.describe_services(cluster=cluster, services=names, include=["TAGS"])
    except ClientError as error:
        if code(error) != "ClusterNotFoundException" or cluster in there:
            raise
        return []
    return list(answer["services"])


def _whose(look: Look, service: Mapping[str, Any], expected: Mapping[str, Key]) -> Key | None:
    tags = untag(service.get("tags"))
    key = look.whose(SERVICE, tags, natural=lambda: expected.get(service["serviceName"]))
    if key is None and (named := expected.get(service["serviceName"])) and service["status"] == "ACTIVE":
        look.conflicts[named] = f"ECS service {service['serviceName']} is there without our tags"
    return key
