"""What UpdateStage may say. Besides the stage's own members there is a grammar of method settings, whose keys are kept
as they were written: `items~1{id}/GET` and `~1items~1{id}/GET` are two of them (ledger 6.8; recorded stages)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.kinds import Fields
from sandbox.services.apigateway.patching import (
    Grammar,
    Operation,
    Path,
    entries,
    flag,
    needed,
    number,
    scalar,
    text,
    whole,
    whole_member,
)
from sandbox.services.apigateway.words import bad

DEFAULTS: Fields = {  # one setting brings all the others; recorded get_stage/1
    "cacheDataEncrypted": False,
    "cacheTtlInSeconds": 300,
    "cachingEnabled": False,
    "dataTraceEnabled": False,
    "metricsEnabled": False,
    "requireAuthorizationForCacheControl": True,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
LONGEST_TTL = 3600  # seconds; guide, "Enabling API caching"
SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "metrics/enabled": ("metricsEnabled", flag),
    "logging/dataTrace": ("dataTraceEnabled", flag),
    "logging/loglevel": ("loggingLevel", text),
    "throttling/burstLimit": ("throttlingBurstLimit", whole),
    "throttling/rateLimit": ("throttlingRateLimit", number),
    "caching/ttlInSeconds": ("cacheTtlInSeconds", whole),
    "caching/enabled": ("cachingEnabled", flag),
    "caching/dataEncrypted": ("cacheDataEncrypted", flag),
    "caching/requireAuthorizationForCacheControl": ("requireAuthorizationForCacheControl", flag),
    "caching/unauthorizedCacheControlHeaderStrategy": ("unauthorizedCacheControlHeaderStrategy", text),
}


def _listed(place: str, gap: str) -> str:
    """The settings of one method, or of all: after three of them AWS forgets the comma."""
    told = [f"{place}/{each}" for each in SETTINGS]
    unparted = ("throttling/burstLimit", "throttling/rateLimit")
    return "".join(each + (gap if each.endswith(unparted) else ", ") for each in told)


_PLACES = ("/{resourcePath}/{httpMethod}", "/*/*")
KNOWN = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, "
    + _listed(_PLACES[0], "")
    + _listed(_PLACES[1], " ")
    + "/variables/{variable_name}, /tracingEnabled"
)
"""What a patch of a stage may say, as AWS was recorded to list it (create_stage/2), lost commas and all."""
LEVELS = ("OFF", "ERROR", "INFO")


def _setting(last: str) -> Path:
    name, convert = SETTINGS[last]

    def write(fields: Fields, operation: Operation) -> None:
        if not operation.value:
            raise bad(f"Invalid method setting value for {operation.path}")
        value = convert(operation.value)
        if name == "loggingLevel" and value not in LEVELS:
            raise bad(f"Invalid logging level specified: {value}. Must be one of: [{', '.join(LEVELS)}]")
        if name == "cacheTtlInSeconds" and not 0 <= value <= LONGEST_TTL:
            raise bad(f"The cache TTL must be between 0 and {LONGEST_TTL} seconds")
        kept = fields["methodSettings"].setdefault("/".join(operation.keys), dict(DEFAULTS))
        kept[name] = value

    return Path(f"/{{}}/{{}}/{last}", ("replace",), write)


def _forget(fields: Fields, operation: Operation) -> None:
    """Whatever has two segments and is to be removed is taken for a method setting (recorded errors)."""
    key = "/".join(operation.keys)
    if fields["methodSettings"].pop(key, None) is None:
        raise bad(f"Cannot remove method setting {key} because there is no method setting for this method ")


def _copied(name: str, source: str) -> Path:
    """How a canary is promoted: `copy /deploymentId from /canarySettings/deploymentId` (PatchOperation)."""

    def write(fields: Fields, operation: Operation) -> None:
        if operation.source != source:
            raise bad(f"Invalid patch operation: {operation.path} cannot be copied from {operation.source}")
        last = source.rpartition("/")[2]
        if last not in fields.get("canarySettings", {}):
            raise bad(f"Invalid patch operation: there is no {source} to copy from")
        copied = fields["canarySettings"][last]
        fields[name] = fields.get(name, {}) | copied if isinstance(copied, dict) else copied

    return Path(f"/{name}", ("copy",), write)


def _canary(path: Path) -> Path:
    """The first word about a canary begins it: the deployment that is there gets no traffic as yet."""

    def write(fields: Fields, operation: Operation) -> None:
        canary = fields.setdefault("canarySettings", {"percentTraffic": 0.0, "useStageCache": False})
        canary.setdefault("deploymentId", fields["deploymentId"])
        path.write(fields, operation)

    return Path(path.pattern, path.ops, write)


def _log(last: str) -> Path:
    def write(fields: Fields, operation: Operation) -> None:
        if not operation.value:
            raise bad("Access Log value must not be empty")
        fields["accessLogSettings"] = fields.get("accessLogSettings", {}) | {last: operation.value}

    return Path(f"/accessLogSettings/{last}", ("replace",), write)


class _Stages(Grammar):
    """Refusals of a stage say `method setting`, whatever was meant (recorded create_stage/2)."""

    def _found(self, path: str | None, op: str) -> Path:
        alike = [each for each in self.paths if path and each.match(path) and op in each.ops]
        if not alike:
            raise bad(f"Invalid method setting path: {path}. Must be one of: [{KNOWN}]")
        return alike[0]


_UPSERT = ("replace", "remove")
GRAMMAR = _Stages(
    (
        needed("deploymentId", "Deployment id"),
        scalar("description"),
        needed("cacheClusterEnabled", "cacheClusterEnabled", flag),
        needed("cacheClusterSize", "cacheClusterSize"),
        scalar("clientCertificateId"),
        whole_member("accessLogSettings"),
        _log("destinationArn"),
        _log("format"),
        *map(_setting, SETTINGS),
        entries("variables", ops=_UPSERT),
        scalar("documentationVersion"),
        needed("tracingEnabled", "tracingEnabled", flag),
        _canary(scalar("canarySettings/deploymentId", blank=False)),
        _canary(scalar("canarySettings/percentTraffic", number)),
        _canary(scalar("canarySettings/useStageCache", flag)),
        _canary(entries("canarySettings/stageVariableOverrides", ops=_UPSERT)),
        whole_member("canarySettings"),
        _copied("deploymentId", "/canarySettings/deploymentId"),
        _copied("variables", "/canarySettings/stageVariableOverrides"),
        Path("/{}/{}", ("remove",), _forget),
    )
)
