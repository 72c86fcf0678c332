"""REST APIs: the public front door with keys, plans and caches. Their names are not unique and a repeated create makes
another one, so the anchor remembers that we are creating (architecture.md, *Non-idempotent creates*).

What is changed here, binary types and compression as well as the policy, is served from the next deployment on
(ledger 6.2).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.adoption import adopted_api, stated, states
from reconcilers.gateway.rest.patch import NAMED, VALUED, WHOLE, Document, Operation, Way, patch, replace
from reconcilers.gateway.rest.resource_policy import resource_policy, short_policy, told_policy
from reconcilers.gateway.vpc_link import ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import Owner
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Camel, CamelResource, Hidden, Live, Unordered
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Gateway

LEAST_TLS = {"regional": "TLS_1_0", "edge": "TLS_1_0", "private": "TLS_1_2"}
"""What AWS answers for an API made without a policy (ledger 6.2)."""
AT_WORK = ("PENDING", "UPDATING")


class Endpoint(Camel):
    types: tuple[str, ...] = ("REGIONAL",)
    ip_address_type: str = "ipv4"
    vpc_endpoint_ids: Unordered[str] = ()


class RestApi(CamelResource):
    description: str = ""
    api_key_source: str = "HEADER"
    binary_media_types: Unordered[str] = ()
    minimum_compression_size: int | None = None
    """None compresses nothing."""
    disable_execute_api_endpoint: bool = False
    endpoint_configuration: Endpoint = Endpoint()
    security_policy: str = "TLS_1_0"
    endpoint_access_mode: str | None = None
    """None with the policies from before 2025 (botocore CreateRestApi, endpointAccessMode)."""
    policy: Mapping[str, Any] | None = None
    """With `execute-api:/…` for the API's own ARN, which AWS writes out (ledger 6.2)."""
    anchor: Hidden[Link | None] = None
    adopt: Hidden[str] = ""
    """The id of one that somebody made by hand."""
    closes: Hidden[bool] = False
    """Whether what nobody wants in one that somebody made by hand goes (`openapi.mode: overwrite`)."""


@dataclass(frozen=True, slots=True)
class Moved(Way):
    """VPC endpoints go while the API is private still, and come when it is private already."""

    def operations(self, path: str, live: Any, want: Any) -> Iterator[Operation]:
        changes = list(VALUED.operations(f"{path}/vpcEndpointIds", live["vpcEndpointIds"], want["vpcEndpointIds"]))
        yield from (each for each in changes if each["op"] == "remove")
        if live["types"] != want["types"]:
            yield replace(f"{path}/types/{live['types'][0]}", want["types"][0])
        if live["ipAddressType"] != want["ipAddressType"]:
            yield replace(f"{path}/ipAddressType", want["ipAddressType"])
        yield from (each for each in changes if each["op"] == "add")


WAYS: Mapping[str, Way] = {
    "description": WHOLE,
    "apiKeySource": WHOLE,
    "binaryMediaTypes": NAMED,
    "minimumCompressionSize": WHOLE,
    "disableExecuteApiEndpoint": WHOLE,
    "endpointConfiguration": Moved(),
    "securityPolicy": WHOLE,
    "endpointAccessMode": WHOLE,
    "policy": Document(),
}
"""Source: ledger 6.2."""


class RestApis(Reconciler[RestApi]):
    kind = RestApi
    longest_name = 128
    once = True
    heirs = frozenset({"Stage", "WebSocketStage"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "name": "a name is chosen once and never compared",
        "version": "AWS keeps it and uses it for nothing (apigateway RestApi, version)",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestApi]]:
        if speaks(instance, "rest"):
            want = _wanted(instance)
            yield rest_key(instance), stated(want, _said(instance)) if want.adopt else want

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestApi]]:
        asked = {want.adopt: key for key, want in look.wanted(RestApi).items() if want.adopt}
        for found in aws.apigateway.pages("get_rest_apis", "items", limit=500):
            tags = found.get("tags", {})
            key = look.whose(RestApi, tags, natural=partial(self.named, look, found["name"]))
            if taken := asked.pop(found["id"], None):
                if Owner.of(tags).silent:
                    yield replaced(_live(aws, taken, found), adopted=True)
                else:
                    look.conflicts[taken] = f"REST API {found['id']} has the tags of another instance"
            elif key is not None:
                yield _live(aws, key, found)
        for id, key in asked.items():
            look.conflicts[key] = f"there is no REST API {id} in {aws.region}"

    def create(self, aws: Aws, key: Key, want: RestApi, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value not in ("", [])}
        if want.policy is not None:
            told["policy"] = json.dumps(told["policy"])
        made = aws.apigateway.create_rest_api(name=name, **told, tags=dict(want.tags or {}))
        return {"id": made["id"], **_attributes(aws, made)}

    def update(self, aws: Aws, live: Live[RestApi], want: RestApi, changed: frozenset[str]) -> None:
        operations = patch(live.resource, want, changed, WAYS)
        with aws.alone(live.id):
            for each in _turns(operations, live.resource):
                aws.apigateway.update_rest_api(restApiId=live.id, patchOperations=each)

    def delete(self, aws: Aws, live: Live[RestApi]) -> None:
        aws.apigateway.delete_rest_api(restApiId=live.id)

    def tag(self, aws: Aws, live: Live[RestApi], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        rest_tag(aws, f"restapis/{live.id}", put, drop)


def _turns(operations: list[Operation], live: RestApi) -> Iterator[list[Operation]]:
    """One call, but for an API that is no longer to be private: that goes on answering on both kinds of addresses, and
    may be told otherwise when it has moved (developer guide, api-gateway-ip-address-type)."""
    last = [each for each in operations if each["path"] == "/endpointConfiguration/ipAddressType"]
    if live.endpoint_configuration.types != ("PRIVATE",) or not last or last == operations:
        yield operations
        return
    yield [each for each in operations if each not in last]
    yield last


def _wanted(instance: Instance) -> RestApi:
    """What the spec says, and where it says nothing its OpenAPI document."""
    gateway, told = api(instance).gateway, instance.contract.api if instance.contract is not None else {}
    closed = states(instance, "/gateway/defaultEndpoint")
    tls = gateway.tls_policy or told.get("securityPolicy")
    size = gateway.compression if gateway.compression is not None else told.get("minimumCompressionSize")
    return RestApi(
        description=gateway.description or told.get("description", ""),
        api_key_source=told.get("apiKeySource", "HEADER"),
        binary_media_types=gateway.binary_media_types or told.get("binaryMediaTypes", ()),
        minimum_compression_size=size,
        disable_execute_api_endpoint=(
            gateway.default_endpoint == "disabled" if closed else told.get("disableExecuteApiEndpoint", False)
        ),
        endpoint_configuration=endpoint(gateway, told.get("vpcEndpointIds", ())),
        security_policy=tls or LEAST_TLS[gateway.endpoint],
        endpoint_access_mode=_access(tls or "", told.get("endpointAccessMode")),
        policy=resource_policy(gateway.policy) or _policy(told),
        anchor=Ref(anchor(instance.address)),
        adopt=adopted_api(instance),
        closes=instance.contract is not None and instance.contract.closes,
    )


def _access(tls: str, said: str | None) -> str | None:
    """The policies of 2025 bring an access mode along."""
    return said or ("BASIC" if tls.startswith("SecurityPolicy_") else None)


def _policy(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """A document's policy in the form in which it is compared."""
    return short_policy(json.loads(json.dumps(told["policy"]))) if told.get("policy") else None


def endpoint(gateway: Gateway, vpc_endpoints: tuple[str, ...] = ()) -> Endpoint:
    """A private API answers on both kinds of addresses, and on nothing less (ledger 6.2)."""
    private = gateway.endpoint == "private"
    return Endpoint(
        types=(gateway.endpoint.upper(),),
        ip_address_type="dualstack" if private else gateway.ip_address_type,
        vpc_endpoint_ids=gateway.vpc_endpoints or vpc_endpoints,
    )


def _said(instance: Instance) -> frozenset[str]:
    """The fields of an API made by hand that its spec says something of."""
    places = {
        "description": "/gateway/description",
        "disable_execute_api_endpoint": "/gateway/defaultEndpoint",
        "endpoint_configuration": "/gateway/endpoint",
        "binary_media_types": "/gateway/binaryMediaTypes",
        "minimum_compression_size": "/gateway/compression",
        "security_policy": "/gateway/tlsPolicy",
        "endpoint_access_mode": "/gateway/tlsPolicy",
        "policy": "/gateway/policy",
    }
    described = {
        "description": "description",
        "disable_execute_api_endpoint": "disableExecuteApiEndpoint",
        "endpoint_configuration": "vpcEndpointIds",
        "binary_media_types": "binaryMediaTypes",
        "minimum_compression_size": "minimumCompressionSize",
        "api_key_source": "apiKeySource",
        "security_policy": "securityPolicy",
        "endpoint_access_mode": "securityPolicy",
        "policy": "policy",
    }
    told = instance.contract.api if instance.contract is not None else {}
    said = {name for name, member in described.items() if member in told}
    return frozenset({*said, *(name for name, place in places.items() if states(instance, place))})


def _live(aws: Aws, key: Key, found: Mapping[str, Any]) -> Live[RestApi]:
    status = found.get("apiStatus", "AVAILABLE")
    return Live(
        key,
        found["id"],
        RestApi.from_aws(
            found,
            endpoint_configuration=_endpoint(found),
            policy=told_policy(found),
            tags=ours(found.get("tags", {})),
        ),
        _attributes(aws, found),
        settling=f"the API is {status}" if status in AT_WORK else "",
        failed=found.get("apiStatusMessage", status) if status == "FAILED" else "",
        created=found["createdDate"].isoformat(),
    )


def rest_key(instance: Instance) -> Key:
    return RestApi.key(instance.address)


def rest_tag(aws: Aws, path: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    """`path` below `arn:aws:apigateway:{region}::/` (ledger 0.3)."""
    arn = f"arn:{aws.partition}:apigateway:{aws.region}::/{path}"
    if drop:
        aws.apigateway.untag_resource(resourceArn=arn, tagKeys=list(drop))
    if put:
        aws.apigateway.tag_resource(resourceArn=arn, tags=dict(put))


def _endpoint(found: Mapping[str, Any]) -> Endpoint:
    """AWS makes EDGE of what has no type, and has told the address type since 2025 only (findings.md, A)."""
    told = found.get("endpointConfiguration", {})
    return Endpoint(
        types=tuple(told.get("types", ("EDGE",))),
        ip_address_type=told.get("ipAddressType", "ipv4"),
        vpc_endpoint_ids=tuple(told.get("vpcEndpointIds", ())),
    )


def _attributes(aws: Aws, found: Mapping[str, Any]) -> Made:
    """Its root resource, and the host it answers on (API Gateway developer guide, how-to-call-api)."""
    domain = "amazonaws.com.cn" if aws.partition == "aws-cn" else "amazonaws.com"
    return {
        "root": found.get("rootResourceId") or _root(aws, found["id"]),
        "endpoint": f"https://{found['id']}.execute-api.{aws.region}.{domain}",
    }


def _root(aws: Aws, api_id: str) -> str:
    """The id of `/`, for an answer of CreateRestApi that does not tell it (ledger 6.2)."""
    found = aws.apigateway.get_resources(restApiId=api_id, limit=500)["items"]
    return str(next(each["id"] for each in found if each["path"] == "/"))
