"""Certificates that are requested because the spec names none: AWS issues one when a record proves the name is ours.

Until then the certificate can be asked for its record, which the kind RecordSet writes, and for nothing else: only an
issued one has the attribute `issued` (ledger 8.4). One that was not proved within 72 hours never will be: another is
requested in its place, with the same record.

One for the edge is requested in us-east-1, wherever the API is. That region is looked at only for those who want one
there, and when a domain was edited or an instance is removed: whether it had one is known to nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import EDGE_HOME, Aws, Client
from reconcilers.errors import Meaning, meaning
from reconcilers.facts import Facts
from reconcilers.index import edge_index, index
from reconcilers.keys import Key
from reconcilers.observability.log_group import LogGroup
from reconcilers.ownership import APPLIED, content_hash, tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource
from reconcilers.topology import api, domain_of
from specs import Instance

WAITING, TIMED_OUT = "PENDING_VALIDATION", "VALIDATION_TIMED_OUT"


class Certificate(Resource):
    home: Hidden[Immutable[str]] = ""
    """The region it lies in."""
    domain_name: Immutable[str]
    validation_method: Immutable[str] = "DNS"
    key_algorithm: Immutable[str] = "RSA_2048"


class Certificates(Reconciler[Certificate]):
    kind = Certificate
    settles = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "SubjectAlternativeNames": "the name itself is the one that AWS adds",
        "Options": "transparency logging has AWS's default, and no other is safe (ACM guide, best practices)",
        "CertificateAuthorityArn": "private certificates are made elsewhere and named by `certificate`",
        "DomainValidationOptions": "AWS says there which record proves the name",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Certificate]]:
        domain = domain_of(instance)
        if domain is not None and domain.certificate is None:
            home = EDGE_HOME if api(instance).gateway.domain_endpoint == "edge" else facts.region
            yield certificate_key(instance), Certificate(domain_name=domain.name, home=home)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Certificate]]:
        """Of the certificates of wanted names, and of those the tag index knows."""
        names = {want.domain_name: key for key, want in look.wanted(Certificate).items()}
        arns = [*_arns(aws.acm, names, index(aws, look)), *_at_the_edge(aws, look, names)]
        for arn, (found, tags) in zip(arns, aws.parallel(lambda arn: _described(aws, arn), arns), strict=True):
            if key := look.whose(Certificate, tags, natural=partial(names.get, found["DomainName"])):
                yield _live(key, arn, found, tags)

    def create(self, aws: Aws, key: Key, want: Certificate, name: str) -> Made:
        """The token makes a repeated request the same one for an hour."""
        tags = tag_list(want.tags or {})
        made = _acm(aws, want.home).request_certificate(IdempotencyToken=name, Tags=tags, **want.to_aws())
        return {"id": made["CertificateArn"], "pending": f"the certificate is {WAITING}"}

    def update(self, aws: Aws, live: Live[Certificate], want: Certificate, changed: frozenset[str]) -> None:
        raise AssertionError("a certificate has no field that AWS changes in place")

    def delete(self, aws: Aws, live: Live[Certificate]) -> None:
        _acm(aws, live.resource.home).delete_certificate(CertificateArn=live.id)

    def tag(self, aws: Aws, live: Live[Certificate], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        acm = _acm(aws, live.resource.home)
        if drop:
            acm.remove_tags_from_certificate(CertificateArn=live.id, Tags=[{"Key": name} for name in drop])
        if put:
            acm.add_tags_to_certificate(CertificateArn=live.id, Tags=tag_list(put))

    def name(self, install: str, key: Key, want: Certificate, copies: Iterable[str]) -> str:
        """It has no name; its token is chosen as names are."""
        return content_hash((install, key.instance, key.address, want.domain_name, want.home, sorted(copies)))


def certificate_key(instance: Instance) -> Key:
    return Certificate.key(instance.address)


def _acm(aws: Aws, home: str) -> Client:
    return aws.edge_acm if home == EDGE_HOME else aws.acm


def _arns(acm: Client, names: Collection[str], known: Collection[str]) -> Iterator[str]:
    for each in acm.pages("list_certificates", "CertificateSummaryList", MaxItems=1000):
        if each.get("DomainName") in names or each["CertificateArn"] in known:
            yield each["CertificateArn"]


def _at_the_edge(aws: Aws, look: Look, names: Collection[str]) -> Iterator[str]:
    """Those of another region than the API's. Where nobody wants one and nobody may look, nobody has left one."""
    wanted = any(want.home == EDGE_HOME for want in look.wanted(Certificate).values())
    if aws.region == EDGE_HOME or not (wanted or _may_be_left(look)):
        return
    try:
        yield from list(_arns(aws.edge_acm, names, edge_index(aws, look)))
    except ClientError as error:
        if wanted or meaning(error) is not Meaning.DENIED:
            raise


def _may_be_left(look: Look) -> bool:
    """Whether a domain of this look was edited, or something is removed of which no spec says what it had."""
    there, named = (
        {key.instance for key in look.graph},
        {key.instance for key in look.graph if key.kind == "DomainName"},
    )
    edited = {
        live.key.instance
        for live in look.of(LogGroup)
        if APPLIED in (live.resource.tags or {}) and not look.settled(live.key.instance, live.resource.tags or {})
    }
    return bool(look.instances - there or named & edited)


def _described(aws: Aws, arn: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    acm = _acm(aws, _home(arn))
    found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    return found, untag(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"])


def _home(arn: str) -> str:
    return arn.split(":")[3]


def _live(key: Key, arn: str, found: Mapping[str, Any], tags: Mapping[str, str]) -> Live[Certificate]:
    status, options = found["Status"], found.get("DomainValidationOptions", [])
    record = next((each["ResourceRecord"] for each in options if "ResourceRecord" in each), None)
    method = next((each["ValidationMethod"] for each in options if "ValidationMethod" in each), "DNS")
    algorithm = found.get("KeyAlgorithm", "RSA_2048").replace("-", "_")
    proof = {"record_name": record["Name"].rstrip("."), "record_value": record["Value"].rstrip(".")} if record else {}
    late = status == TIMED_OUT
    good = status in ("ISSUED", WAITING) or late
    return Live(
        key._replace(part=arn.rpartition("/")[2]) if late else key,
        arn,
        Certificate.from_aws(found, home=_home(arn), validation_method=method, key_algorithm=algorithm, tags=tags),
        {**proof, **({"issued": arn} if status == "ISSUED" else {})},
        settling=f"the certificate is {status}" if status == WAITING else "",
        failed="" if good else f"the certificate is {status}: {found.get('FailureReason', 'request another one')}",
        created=found["CreatedAt"].isoformat() if "CreatedAt" in found else "",
        expired=late,
        busy=bool(found.get("InUseBy")),
    )
