"""Why a difference may stand: each rule is a class of differences with its reason and its source. None knows a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fidelity.comparing import EMPTY, Difference
from tests.fidelity.recorded import Case


@dataclass(frozen=True)
class Rule:
    name: str
    reason: str
    source: str
    holds: Callable[[Case, Difference], bool]


def _example(case: Case, difference: Difference) -> bool:
    cut = difference.sometimes or difference.theirs in EMPTY
    told = difference.what in ("value", "form", "refused") or (difference.what == "missing" and cut)
    return not case.whole and told


STATES = {
    "ec2:NetworkInterface": ("Attachment", "Association", "DenyAllIgwTraffic", "Ipv6Address", "RequesterId"),
    "ec2:NetworkInterfacePrivateIpAddress": ("Association",),
    "ec2:NetworkAclEntry": ("Ipv6CidrBlock",),
    "iam:RoleLastUsed": ("LastUsedDate", "Region"),
    "apigateway:Stage": ("clientCertificateId", "webAclArn"),
    "apigateway:DomainName": ("domainNameStatusMessage",),
    "apigateway:RestApi": ("warnings",),
    "ecs:Task": ("pullStartedAt", "pullStoppedAt", "capacityProviderName", "ephemeralStorage"),
    "ecs:Container": ("imageDigest", "runtimeId", "managedAgents", "memory", "memoryReservation"),
    "ecs:ContainerImage": ("imageDigest",),
    "acm:CertificateDetail": ("ImportedAt",),
    "wafv2:WebACL": ("ApplicationConfig",),
    "ec2:FlowLog": ("DeliverLogsPermissionArn",),
    "ecs:ServiceRevision": ("guardDutyEnabled", "serviceConnectConfiguration"),
    "iam:EvaluationResult": ("OrganizationsDecisionDetail", "PermissionsBoundaryDecisionDetail"),
    "servicediscovery:DnsProperties": ("HostedZoneId",),
    "acm:DomainValidation": ("ValidationEmails",),
}
"""Members of objects in a state that nothing brings about here."""


def _state(_case: Case, difference: Difference) -> bool:
    return difference.what == "missing" and difference.member in STATES.get(difference.shape, ())


def _masked(_case: Case, difference: Difference) -> bool:
    return difference.what == "refused" and "masked" in str(difference.ours)


def _not_modelled(difference: Difference) -> bool:
    told = f"{difference.member} {difference.ours}"
    words = ("UnknownOperation", "NotImplemented", "This sandbox has", "not modelled", "answered no XML")
    refused = difference.what == "refused" or (difference.what == "value" and difference.member == "Code")
    return difference.what == "unmade" or (refused and any(each in told for each in words))


RULES: tuple[Rule, ...] = (
    Rule(
        "example",
        "an example of the documentation, or a fixture somebody trimmed or edited: its values contradict what AWS "
        "answers today",
        "findings.md, 'How far to trust each kind'",
        _example,
    ),
    Rule(
        "state",
        "the recorded object is in a state that nothing brings about here: an instance uses it, IPv6 reaches it, its "
        "image was pulled, it has a client certificate or a Classic web ACL, its document had mistakes",
        "the recordings themselves; docs/sandbox.md",
        _state,
    ),
    Rule(
        "masked",
        "the recorder put a mask where AWS wants a name of a certain form, so the object cannot be made again",
        "findings.md, 'How far to trust each kind': ids, ARNs and names are masked",
        _masked,
    ),
    Rule(
        "moment",
        "a moment in the life of the object that is over at once here",
        "docs/sandbox.md",
        lambda _case, difference: (
            difference.what == "value" and difference.shape == "ec2:VpcPeeringConnectionStateReason"
        ),
    ),
    Rule(
        "imported",
        "of an API that was imported AWS tells the type of an integration as the document spelt it",
        "findings.md, apigateway: '`type` may echo lower case (`aws_proxy`) after an import'",
        lambda _case, difference: (
            difference.what == "value"
            and difference.member == "type"
            and str(difference.theirs).upper() == difference.ours
        ),
    ),
    Rule(
        "documented otherwise",
        "the page that lists the request says AWS refuses it; AWS's own documentation says it accepts it, as the "
        "sandbox does",
        "botocore, ec2 IpRange CidrIp ('AWS canonicalizes'), apigatewayv2; ledger 7.3",
        lambda _case, difference: difference.what == "claimed",
    ),
    Rule(
        "TLS 1.0",
        "a custom domain name here is one that HTTP APIs may share, and those have TLS 1.2",
        "ledger 8.1; docs/unverified.md",
        lambda _case, difference: (
            difference.what == "refused" and "security policy of a regional" in str(difference.ours)
        ),
    ),
    Rule(
        "two wordings",
        "AWS was recorded to say the same in two ways, with one code and status; the sandbox says it in the other",
        "recordings/errors",
        lambda _case, difference: difference.member == "Message" and difference.sometimes,
    ),
    Rule(
        "unattributed",
        "the recorder guessed the operation from a label, and nothing that is called here can be the one that said so",
        "findings.md, D: 'Error operations from snapshots are guessed from labels'",
        lambda _case, difference: difference.what == "unprovoked",
    ),
    Rule(
        "not modelled",
        "no reconciler calls the operation and the sandbox does not answer it",
        "docs/sandbox.md",
        lambda _case, difference: _not_modelled(difference),
    ),
)


def why(case: Case, difference: Difference) -> Rule | None:
    return next((rule for rule in RULES if rule.holds(case, difference)), None)
