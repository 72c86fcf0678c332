"""What AWS tells and moto does not keep: members that every recorded answer has (`aws/recordings`, findings A and B),
with the value they have while nobody asks for another.

An answer is read by botocore's model, completed wherever one of these shapes stands in it, and written again; answers
without such shapes stay the bytes they are.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.parsers import create_parser
from moto.core.serialize import SERIALIZERS, SerializationContext

from sandbox import cbor, parsing, shapes
from sandbox.calls import Call, Reply
from sandbox.kinds import Fields

if TYPE_CHECKING:
    from sandbox.world import World

Told = Callable[["World", Fields], Any]


def _always(value: Any) -> Told:
    return lambda _world, _item: pickle.loads(pickle.dumps(value)) if isinstance(value, (list, dict)) else value  # noqa: S301  # a copy of ours


def _same_as(member: str) -> Told:
    return lambda _world, item: item.get(member)


def _private_name(world: World, item: Fields) -> Any:
    address = item.get("PrivateIpAddress")
    zone = "ec2.internal" if world.region == "us-east-1" else f"{world.region}.compute.internal"
    return address and f"ip-{address.replace('.', '-')}.{zone}"


def _start_of_authority(told: str) -> str:
    """Of this record moto tells how Python writes it."""
    return told[len("{'Value': '") : -len("'}")] if told.startswith("{'Value': '") else told


def _now(world: World, _item: Fields) -> int:
    return int(world.now * 1000)


def _in_a_week(world: World, item: Fields) -> Any:
    waiting = (item.get("Status") or {}).get("Code") in ("initiating-request", "pending-acceptance")
    return world.time + timedelta(days=7) if waiting else None


def _every_port(_world: World, item: Fields) -> Any:
    return -1 if item.get("IpProtocol") == "-1" else None


def _region(world: World, _item: Fields) -> str:
    return world.region


def _account(world: World, _item: Fields) -> str:
    return world.account


def _public_address(world: World, item: Fields) -> Any:
    """The elastic IP address that leads to this private one."""
    from sandbox import elsewhere  # it asks this module to complete what it answers

    held = (each for each in elsewhere.backend(world, "ec2").addresses if each.eni)
    found = next((each for each in held if each.eni.private_ip_address == item.get("PrivateIpAddress")), None)
    if found is None or not found.association_id:
        return None
    name = f"ec2-{found.public_ip.replace('.', '-')}.compute-1.amazonaws.com"
    told = {"PublicIp": found.public_ip, "PublicDnsName": name, "IpOwnerId": world.account}
    return told | {"AllocationId": found.allocation_id, "AssociationId": found.association_id}


def _flow_destination(world: World, item: Fields) -> Any:
    group = item.get("LogGroupName")
    return group and f"arn:aws:logs:{world.region}:{world.account}:log-group:{group}"


ADDED: Mapping[str, Mapping[str, Mapping[str, Told]]] = {
    "ec2": {
        "Subnet": {
            "EnableDns64": _always(value=False),
            "MapCustomerOwnedIpOnLaunch": _always(value=False),
            "BlockPublicAccessStates": _always({"InternetGatewayBlockMode": "off"}),
        },
        "NetworkInterface": {"PrivateDnsName": _private_name},
        "NetworkInterfacePrivateIpAddress": {"PrivateDnsName": _private_name, "Association": _public_address},
        "VpcEndpoint": {
            "RequesterManaged": _always(value=False),
            "IpAddressType": _always("ipv4"),
            "DnsOptions": lambda _world, item: {
                "DnsRecordIpType": "service-defined" if item.get("VpcEndpointType") == "Gateway" else "ipv4"
            },
            "ServiceRegion": _region,
        },
        "RouteTable": {"PropagatingVgws": _always([])},
        "Address": {"PublicIpv4Pool": _always("amazon"), "NetworkBorderGroup": _region},
        "SecurityGroupRule": {"GroupOwnerId": _account, "FromPort": _every_port, "ToPort": _every_port},
        "NatGatewayAddress": {"Status": _always("succeeded"), "IsPrimary": _always(value=True)},
        "AvailabilityZone": {
            "OptInStatus": _always("opt-in-not-required"),
            "NetworkBorderGroup": _region,
            "GroupName": lambda world, _item: f"{world.region}-zg-1",
        },
        "ServiceDetail": {
            "SupportedIpAddressTypes": _always(["ipv4"]),
            "ServiceRegion": _region,
            "AvailabilityZoneIds": lambda world, _item: [f"{world.region}-az1"],
        },
        "DhcpOptions": {"OwnerId": _account},
        "FlowLog": {"LogDestination": _flow_destination},
        "DeleteFlowLogsResult": {"Unsuccessful": _always([])},
        "CreateFlowLogsResult": {"ClientToken": lambda world, _item: world.words()["hex32"] + "="},
        "VpcPeeringConnection": {"ExpirationTime": _in_a_week},
    },
    "cloudwatch": {"MetricAlarm": {"StateTransitionedTimestamp": _same_as("StateUpdatedTimestamp")}},
    "iam": {
        "Policy": {"PermissionsBoundaryUsageCount": _always(0)},
        "ListGroupPoliciesResponse": {"IsTruncated": _always(value=False)},
    },
    "acm": {"CertificateDetail": {"KeyUsages": _always([]), "ExtendedKeyUsages": _always([])}},
    "logs": {
        "LogGroup": {"logGroupClass": _always("STANDARD"), "deletionProtectionEnabled": _always(value=False)},
        "MetricFilter": {"applyOnTransformedLogs": _always(value=False), "creationTime": _now},
        "SubscriptionFilter": {"applyOnTransformedLogs": _always(value=False)},
    },
    "route53": {"ChangeInfo": {}},
    "wafv2": {
        "WebACL": {
            "ManagedByFirewallManager": _always(value=False),
            "RetrofittedByFirewallManager": _always(value=False),
            "OnSourceDDoSProtectionConfig": _always({"ALBLowReputationMode": "ACTIVE_UNDER_DDOS"}),
        },
        "IPSet": {"Description": _always("")},
        "IPSetSummary": {"Description": _always("")},
        "LoggingConfiguration": {
            "LogType": _always("WAF_LOGS"),
            "LogScope": _always("CUSTOMER"),
            "ManagedByFirewallManager": _always(value=False),
        },
    },
}
OTHERWISE: Mapping[tuple[str, str, str], Callable[[Any], Any]] = {
    ("iam", "AttachedPermissionsBoundary", "PermissionsBoundaryType"): lambda _: "Policy",
    ("route53", "ResourceRecord", "Value"): _start_of_authority,
    ("acm", "CertificateDetail", "KeyAlgorithm"): lambda told: str(told).replace("RSA_", "RSA-"),
}
"""What moto says in other words than AWS."""


WORDS: Mapping[str, tuple[tuple[bytes, bytes], ...]] = {
    "ec2": (
        (
            rb"Allocation ID (?:'|&#x27;)\{(?:'|&#x27;)([\w-]+)(?:'|&#x27;)\}(?:'|&#x27;) not found\.",
            rb"The allocation ID '\1' does not exist",
        ),
        (rb"(?:'|&#x27;)\{(?:'|&#x27;)([\w-]+)(?:'|&#x27;)\}(?:'|&#x27;)", rb"'\1'"),
    ),
    "wafv2": ((rb"WafV2DuplicateItem\b", b"WAFDuplicateItemException"),),
    "iam": (
        (rb"(Policy arn:[^<]*?) not found", rb"\1 was not found."),
        (rb"Role ([\w+=,.@-]+) not found", rb"The role with name \1 cannot be found."),
    ),
}
"""How moto says no, and how AWS was recorded to."""


def reworded(call: Call, reply: Reply) -> Reply:
    """A refusal in AWS's words."""
    body = reply.body
    if b"InvalidPermission.Duplicate" in body:
        body = body.replace(b"The specified rule already exists", _peer(call).encode())
    for pattern, words in WORDS.get(call.service, ()):
        body = re.sub(pattern, words, body)
    return replace(reply, body=body)


def _peer(call: Call) -> str:
    """The rule that is there already, as EC2 tells it: the first of those that were asked for."""
    asked = parsing.parsed(call, call.request)
    rule = next(iter(asked.get("IpPermissions") or [asked]))
    sources = [
        each.get(name)
        for member, name in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("UserIdGroupPairs", "GroupId"))
        for each in rule.get(member) or ()
    ]
    peer, protocol = next(iter(sources), rule.get("CidrIp", "")), str(rule.get("IpProtocol", "")).upper()
    ports = f"from port: {rule.get('FromPort')}, to port: {rule.get('ToPort')}"
    told = "ALL" if protocol == "-1" else f"{protocol}, {ports}"
    return f"the specified rule &quot;peer: {peer}, {told}, ALLOW&quot; already exists"


def complete(world: World, call: Call, reply: Reply) -> Reply:
    """The reply, with the members that moto leaves out."""
    if reply.status >= 400:
        return reworded(call, reply)
    if (
        call.service not in ADDED
        or reply.status >= 300
        or call.operation not in shapes.model(call.service).operation_names
    ):
        return reply
    shape = shapes.operation(call.service, call.operation).output_shape
    if shape is None or not _speaks_of(call.service, call.operation):
        return reply
    if call.http and cbor.spoken(call.http.headers):
        answer = dict(cbor.loads(reply.body))
        _complete(world, call.service, shape, answer)
        return Reply(reply.status, reply.headers | cbor.HEADERS, cbor.dumps(answer, shape))
    answer = _read(call, reply, shape)
    _complete(world, call.service, shape, answer)
    _repeat(call, answer)
    written = SERIALIZERS[shapes.protocol(call.service)](
        shapes.operation(call.service, call.operation), SerializationContext("00000000-0000-4000-8000-000000000000")
    ).serialize(answer)
    body = written["body"]
    return Reply(
        reply.status, reply.headers | dict(written["headers"]), body if isinstance(body, bytes) else body.encode()
    )


def _repeat(call: Call, answer: Fields) -> None:
    """What AWS says again of what it was asked: the comment of a change (Route 53, ChangeInfo)."""
    if call.operation == "ChangeResourceRecordSets":
        told = parsing.parsed(call, call.request)["ChangeBatch"].get("Comment")
        answer["ChangeInfo"] |= {"Comment": told} if told else {}


def _read(call: Call, reply: Reply, shape: Any) -> Fields:
    told = {"body": reply.body, "headers": reply.headers, "status_code": reply.status}
    answer: Fields = create_parser(shapes.protocol(call.service)).parse(told, shape)
    answer.pop("ResponseMetadata", None)
    return answer


@cache
def _speaks_of(service: str, operation: str) -> bool:
    """Whether one of the shapes that want completing can be in the answer."""
    others = {shape for store, shape, _ in OTHERWISE if store == service}
    return _holds(shapes.operation(service, operation).output_shape, frozenset(ADDED[service]) | others, frozenset())


def _holds(shape: Any, wanted: frozenset[str], above: frozenset[str]) -> bool:
    if shape.name in above:
        return False
    within: list[Any] = []
    match shape.type_name:
        case "structure":
            within = list(shape.members.values())
        case "list":
            within = [shape.member]
        case "map":
            within = [shape.value]
    return shape.name in wanted or any(_holds(each, wanted, above | {shape.name}) for each in within)


def _complete(world: World, service: str, shape: Any, value: Any) -> None:
    match shape.type_name, value:
        case "structure", dict():
            for member, tell in ADDED[service].get(shape.name, {}).items():
                if value.get(member) is None and (told := tell(world, value)) is not None:
                    value[member] = told
            for member, each in value.items():
                if again := OTHERWISE.get((service, shape.name, member)):
                    value[member] = again(each)
                if member in shape.members:
                    _complete(world, service, shape.members[member], each)
        case "list", list():
            for each in value:
                _complete(world, service, shape.member, each)
