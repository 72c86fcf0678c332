"""Log groups. The anchor, one for every instance, is its first resource: unique by name, and its tags remember what
outlives the spec's file. Access logs go there; each service's tasks write to a group of their own beside it.

What a log group holds cannot be made again, so it goes only by `penstock delete` (architecture.md, *Deletion*).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.index import index
from reconcilers.keys import Key
from reconcilers.ownership import ANCHOR_ONLY, CREATING, INSTALL
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import api, defined
from specs import Instance

PREFIX = "/penstock"


class LogGroup(CamelResource):
    log_group_class: Immutable[str] = "STANDARD"
    retention_in_days: int | None = None
    """None keeps events for ever."""


class LogGroups(Reconciler[LogGroup]):
    kind = LogGroup
    kept = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "logGroupName": "it is the id",
        "kmsKeyId": "encrypted log groups come later; a key somebody adds is left",
        "deletionProtectionEnabled": "a guard somebody sets is left; it only makes `penstock delete` wait",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, LogGroup]]:
        yield anchor(instance.address), LogGroup(retention_in_days=access_log_retention(instance))
        for name, service in defined(instance).items():
            retention = service.logs.retention
            yield LogGroup.key(instance.address, name), LogGroup(retention_in_days=retention)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[LogGroup]]:
        found = [each for prefix in _prefixes(aws, look) for each in _listed(aws, prefix)]
        if look.whole:
            look.anchors |= {instance_of(aws.install, each["logGroupName"]) for each in found}
        names = {group_name(aws.install, key): key for key in look.graph if key.kind == LogGroup.__name__}
        told = [(each, self._key(each["logGroupName"], look, names)) for each in found]
        ours = [(each, key) for each, key in told if key is not None]
        known = index(aws, look)  # before the threads: a look asks for it once
        tags = aws.parallel(lambda pair: _tags(aws, look, known, *pair), ours)
        for (each, key), tagged in zip(ours, tags, strict=True):
            named = partial(self._key, each["logGroupName"], look, names)
            if INSTALL not in tagged and not look.whose(LogGroup, tagged, natural=named):
                look.conflicts[key] = f"log group {each['logGroupName']} is there without our tags"
                continue
            arn = _arn(each)
            attributes = {"arn": arn, "name": each["logGroupName"]}
            group = LogGroup.from_aws(each, tags=tagged)
            yield Live(key, each["logGroupName"], group, attributes, created=str(each.get("creationTime", "")))

    def create(self, aws: Aws, key: Key, want: LogGroup, name: str) -> Made:
        """The anchor is born with the mark that roots are being created (architecture.md, *Non-idempotent creates*)."""
        named = group_name(aws.install, key)
        mark = {} if key.part else {CREATING: stamp(aws.now)}
        tags = dict(want.tags or {}) | mark
        aws.logs.create_log_group(logGroupName=named, logGroupClass=want.log_group_class, tags=tags)
        if want.retention_in_days is not None:
            aws.logs.put_retention_policy(logGroupName=named, retentionInDays=want.retention_in_days)
        return {
            "id": named,
            "name": named,
            "arn": f"arn:{aws.partition}:logs:{aws.region}:{aws.account_id}:log-group:{named}",
        }

    def update(self, aws: Aws, live: Live[LogGroup], want: LogGroup, changed: frozenset[str]) -> None:
        if want.retention_in_days is None:
            aws.logs.delete_retention_policy(logGroupName=live.id)
        else:
            aws.logs.put_retention_policy(logGroupName=live.id, retentionInDays=want.retention_in_days)

    def delete(self, aws: Aws, live: Live[LogGroup]) -> None:
        aws.logs.delete_log_group(logGroupName=live.id)

    def tag(self, aws: Aws, live: Live[LogGroup], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        if drop:
            aws.logs.untag_resource(resourceArn=live.attributes["arn"], tagKeys=list(drop))
        if put:
            aws.logs.tag_resource(resourceArn=live.attributes["arn"], tags=dict(put))

    def _key(self, name: str, look: Look, names: Mapping[str, Key]) -> Key | None:
        """A log group's name is natural: nobody needs its tags to know whose it would be."""
        if name in names:
            return names[name]
        address = instance_of(look.aws.install, name)
        part = name.removeprefix(f"{PREFIX}/{look.aws.install}/").partition(".")[2]
        return LogGroup.key(address, part) if address in look.instances else None


def anchor(address: str) -> Key:
    """The key of an instance's first resource."""
    return LogGroup.key(address)


def stamp(moment: datetime) -> str:
    """A moment as a tag value."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def group_name(install: str, key: Key) -> str:
    """`/penstock/default/orders/prod` for the anchor, `….web` for a service: a dot is in no name of a spec."""
    return f"{PREFIX}/{install}/{key.instance}" + (f".{key.part}" if key.part else "")


def instance_of(install: str, name: str) -> str:
    """The instance whose log group this is, by its name."""
    return name.removeprefix(f"{PREFIX}/{install}/").partition(".")[0]


def access_log_retention(instance: Instance) -> int | None:
    if instance.kind == "ApiService" and api(instance).gateway.access_logs is not None:
        return api(instance).gateway.access_logs.retention
    return instance.spec.observability.logs.retention


def _prefixes(aws: Aws, look: Look) -> list[str]:
    """One list for all instances of an installation, or one each while they are few."""
    if look.whole or len(look.instances) > 2:
        return [f"{PREFIX}/{aws.install}/"]
    return sorted(f"{PREFIX}/{aws.install}/{each}" for each in look.instances)


def _listed(aws: Aws, prefix: str) -> Iterator[Mapping[str, Any]]:
    yield from aws.logs.pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix)


def _arn(found: Mapping[str, Any]) -> str:
    """Without the `:*` that DescribeLogGroups adds to `arn` (ledger 3.1)."""
    return str(found.get("logGroupArn") or found["arn"]).removesuffix(":*")


def _tags(
    aws: Aws, look: Look, known: Mapping[str, Mapping[str, str]], found: Mapping[str, Any], key: Key
) -> Mapping[str, str]:
    """What the index says, when it says just what is wanted; else what the log service says."""
    told = known.get(_arn(found), {})
    want = look.graph.get(key)
    kept = {name: value for name, value in told.items() if name not in ANCHOR_ONLY}
    if want is not None and kept == dict(want.tags or {}) and (key.part or look.settled(key.instance, told)):
        return told
    answer = aws.logs.list_tags_for_resource(resourceArn=_arn(found))
    return {name: value for name, value in answer["tags"].items() if not name.startswith("aws:")}
