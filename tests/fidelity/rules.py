"""Why a difference may stand: each rule is a class of differences with its reason and its source. None knows a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from botocore import xform_name

from controller.iam_actions import OWN
from tests.fidelity.comparing import EMPTY, Difference
from tests.fidelity.recorded import Case, operations


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


CALLED = frozenset(
    (xform_name(service) if service != "elasticloadbalancing" else "elbv2", xform_name(name))
    for calls in OWN.values()
    for service, _, name in (call.partition(":") for call in (*calls.reads, *calls.writes))
)
"""The operations that reconcilers call: those the sandbox has to answer."""
UNANSWERED = ("UnknownOperation", "NotImplemented", "This sandbox has", "not modelled", "answered no XML")


def _not_modelled(case: Case, difference: Difference) -> bool:
    told = f"{difference.member} {difference.ours}"
    unanswered = any(each in told for each in UNANSWERED)
    if difference.what == "unmade":
        known = case.operation in operations(case.service)
        return not known or (unanswered and (case.service, case.operation) not in CALLED)
    refused = difference.what == "refused" or (difference.what == "value" and difference.member == "Code")
    return refused and unanswered


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
            difference.what == "value"
            and (
                difference.shape == "ec2:VpcPeeringConnectionStateReason"
                or str(difference.theirs).endswith("-progress")
            )
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
        "two wordings",
        "AWS was recorded to say the same in two ways, with one code and status; the sandbox says it in the other",
        "recordings/errors",
        lambda _case, difference: difference.member == "Message" and difference.sometimes,
    ),
    Rule(
        "unattributed",
        "its request was not recorded, its operation often guessed from a label, and no request that is known here, "
        "nor the recorded operation asked of something that is not there, is refused in these words",
        "findings.md, D: 'Error operations from snapshots are guessed from labels'",
        lambda _case, difference: difference.what == "unprovoked",
    ),
    Rule(
        "not modelled",
        "no reconciler calls the operation and the sandbox does not answer it",
        "docs/sandbox.md",
        _not_modelled,
    ),
    Rule(
        "not staged",
        "its request was not recorded, and in an account that has something of everything the operation has nothing "
        "like it to answer about, or cannot be asked without knowing more",
        "the recordings themselves: answers come without their requests",
        lambda _case, difference: difference.what == "unmade",
    ),
)


def why(case: Case, difference: Difference) -> Rule | None:
    return next((rule for rule in RULES if rule.holds(case, difference)), None)
