"""What a custom domain name is made of, for both generations of the API: certificates that cover it, a target in DNS
for each of its endpoints, and changes that take their time (ledger 8.1).

The certificate of an edge-optimised name lies in us-east-1, wherever the name is; the other ones beside it (API Gateway
guide, apigateway-regional-api-custom-domain-migrate). A private name is told with its id: `private.example.com+a1b2`.
"""

from __future__ import annotations

import json
from dataclasses import replace

from sandbox import elsewhere
from sandbox.certificates import covers
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.words import bad
from sandbox.services.apigatewayv2.access import API_MAPPING, ROUTING_RULE
from sandbox.services.apigatewayv2.names import ACCESS, DOMAIN
from sandbox.services.foreign import CERTIFICATE
from sandbox.world import Resource, World, become

MOVES, UPDATES = 60, 120  # seconds; "up to 60 seconds" of a migration, and ledger 8.1 "minutes"
ZONE = "Z1UJRXOUMOOFQ8"  # of API Gateway's regional hostnames; the same for every domain of a region
EDGE_ZONE, EDGE_HOME = "Z2FDTNDATAQYW2", "us-east-1"  # of CloudFront's hostnames, and where its certificates lie
BUSY = Refusal("ConflictException", "The domain name {id} is being updated. Please try again later.")
ONE_AT_A_TIME = bad("Can only perform one update operation at a time. Request would change endpoints in two ways")
SLOW = ("certificateArn", "regionalCertificateArn", "mutualTlsAuthentication", "securityPolicy", "endpointAccessMode")


def types(fields: Fields) -> list[str]:
    found: list[str] = fields["endpointConfiguration"]["types"]
    return found


def is_regional(domain: Resource) -> bool:
    """Whether it is nothing else: those are all that API Gateway V2 knows."""
    return types(domain.fields) == ["REGIONAL"]


def made(world: World, request: Fields) -> Resource:
    """A new domain name, edge-optimised where nothing is said (CreateDomainName, endpointConfiguration)."""
    endpoint = {"types": ["EDGE"], **request.get("endpointConfiguration", {})}
    private = endpoint["types"] == ["PRIVATE"]
    name = request["domainName"].lower()
    own = {"domainNameId": world.words()["short"]} if private else {}
    called = "+".join((name, *own.values()))
    fields = {
        **request,
        **own,
        "domainName": name,
        "endpointConfiguration": {"ipAddressType": "dualstack" if private else "ipv4", **endpoint},
        **trusted(world, request),
        **({"policy": told_policy(world, called, request["policy"])} if "policy" in request else {}),
    }
    refuse_certificates(world, fields)
    created = {"domainNameStatus": "AVAILABLE", "certificateUploadDate": world.time}
    domain = world.add(DOMAIN, fields, created | targets(world, fields), id=called)
    if private:
        domain.arn = f"arn:aws:apigateway:{world.region}:{world.account}:/domainnames/{called}"
    become(world, domain, {"domainNameArn": domain.arn})
    _serve(world, {}, domain)
    return domain


def changed(world: World, domain: Resource, after: Fields) -> Resource:
    """From now on, or after a while, it is like this."""
    before = dict(domain.fields)
    if before["domainNameStatus"] == "UPDATING":
        raise BUSY.about(id=domain.id)
    mappings = world.all(API_MAPPING, domain.id)
    _refuse_move(before, after, leads_elsewhere=any(not world.find(REST_API, each["ApiId"]) for each in mappings))
    refuse_certificates(world, after)
    gone = {name for name in before if name.startswith(_gone(after))}
    told = {name: value for name, value in after.items() if name not in gone} | targets(world, after)
    moved = set(types(after)) != set(types(before))
    slow = moved or any(after.get(name) != before.get(name) for name in SLOW)
    replaced(world, domain, told | {"domainNameStatus": "UPDATING" if slow else "AVAILABLE"})
    if slow:
        world.later(MOVES if moved else UPDATES, become, domain, {"domainNameStatus": "AVAILABLE"})
    _serve(world, before, domain)
    return domain


def removed(world: World, domain: Resource) -> None:
    """A private one takes its mappings along (apigateway-private-custom-domains-tutorial, "Clean up")."""
    private = types(domain.fields) == ["PRIVATE"]
    if world.all(API_MAPPING, domain.id) and not private:
        raise bad(f"Deleting domain name {domain.id} failed. Please remove all its API mappings first.")
    if world.all(ROUTING_RULE, domain.id):
        raise bad(f"Deleting domain name {domain.id} failed. Please remove all its routing rules first.")
    if any(each["domainNameArn"] == domain.arn for each in world.all(ACCESS)):
        raise bad(f"Deleting domain name {domain.id} failed. Please remove all its access associations first.")
    _serve(world, dict(domain.fields), None)
    world.remove(domain)


def _refuse_move(before: Fields, after: Fields, *, leads_elsewhere: bool) -> None:
    """Sources: pages of `names`; aws-cdk#12845 for the words. `leads_elsewhere`: to APIs of the second generation."""
    old, new = set(types(before)), set(types(after))
    if old - new and new - old:
        raise ONE_AT_A_TIME
    if new != {"REGIONAL"} and leads_elsewhere:
        raise bad("A domain name that is mapped to HTTP or WebSocket APIs is regional")
    if old != new and before.get("endpointAccessMode") == "STRICT":
        raise bad("The endpoint type cannot be changed while the endpoint access mode is STRICT")
    if after["securityPolicy"] != "TLS_1_2" and leads_elsewhere:
        raise bad("A domain name that is mapped to HTTP or WebSocket APIs has the security policy TLS_1_2")
    if len(old) > 1 and old == new and after.get("securityPolicy") != before.get("securityPolicy"):
        raise bad("The security policy of a domain name with multiple endpoint types cannot be updated")


def _gone(after: Fields) -> tuple[str, ...]:
    """How the members begin that an endpoint takes along."""
    shown = {"REGIONAL": ("regionalDomainName", "regionalHostedZoneId"), "EDGE": ("distribution",)}
    return tuple(each for kind, members in shown.items() if kind not in types(after) for each in members)


def targets(world: World, fields: Fields) -> Fields:
    """What records lead to, an endpoint each."""
    told: Fields = {}
    if "REGIONAL" in types(fields) and "regionalDomainName" not in fields:
        host = f"d-{world.words()['short']}.execute-api.{world.region}.amazonaws.com"
        told |= {"regionalDomainName": host, "regionalHostedZoneId": ZONE}
    if "EDGE" in types(fields) and "distributionDomainName" not in fields:
        host = f"d{world.words()['short']}.cloudfront.net"
        told |= {"distributionDomainName": host, "distributionHostedZoneId": EDGE_ZONE}
    return told


def refuse_certificates(world: World, fields: Fields) -> None:
    """Each endpoint's is where it has to be, issued, and good for the name."""
    edge = EDGE_HOME if "EDGE" in types(fields) else world.region
    own = ("regionalCertificateArn", "ownershipVerificationCertificateArn")
    for member, region in (("certificateArn", edge), *((each, world.region) for each in own)):
        arn = fields.get(member)
        if arn is None:
            continue
        if arn.startswith("arn:") and arn.split(":")[3] != region:
            raise bad(f"Invalid certificate ARN: {arn}. Certificate must be in '{region}'.")
        found = elsewhere.find(replace(world, region=region), CERTIFICATE, arn)
        if found is None or found["Status"] != "ISSUED":
            raise bad(f"The certificate {arn} does not exist or is not issued")
        if not any(covers(pattern, fields["domainName"]) for pattern in found["SubjectAlternativeNames"]):
            raise bad(f"The certificate {arn} does not cover the domain name {fields['domainName']}")


def _serve(world: World, before: Fields, domain: Resource | None) -> None:
    """CloudFront holds the certificate of an endpoint at the edge, in a region where nobody else knows of it."""
    name = before.get("domainName") or (domain and domain["domainName"])
    user = f"arn:aws:cloudfront::{world.account}:distribution/{name}"
    now = domain.fields if domain else {}
    held = [each.get("certificateArn") if each and "EDGE" in types(each) else None for each in (before, now)]
    if held[0] == held[1]:
        return
    kept = elsewhere.backend(replace(world, region=EDGE_HOME), "acm")._certificates  # noqa: SLF001  it has no verb for it
    for arn, users in ((held[0], []), (held[1], [user])):
        if arn in kept:
            kept[arn].in_use_by = [each for each in kept[arn].in_use_by if each != user] + users


def trusted(world: World, request: Fields) -> Fields:
    """Mutual TLS as it is told back; the trust store is an object that is there (http-api-mutual-tls)."""
    sent = request.get("mutualTlsAuthentication")
    if not sent:
        return {}
    uri = sent.get("truststoreUri", "")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    buckets = elsewhere.backend(world, "s3").buckets
    if not uri.startswith("s3://") or bucket not in buckets or key not in buckets[bucket].keys:
        raise bad(f"The trust store {uri} could not be read")
    return {"mutualTlsAuthentication": dict(sent)}


def told_policy(world: World, called: str, sent: str) -> str:
    """With the domain's own ARN where it said `execute-api:/*`, and escaped as a REST API's is (ledger 6.2)."""
    try:
        document = json.loads(sent)
        statements = document["Statement"]
    except (ValueError, KeyError, TypeError):
        raise bad(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
        ) from None
    own = f"arn:aws:execute-api:{world.region}:{world.account}:/domainnames/{called}"
    for each in statements if isinstance(statements, list) else [statements]:
        listed = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        each["Resource"] = [own if one == "execute-api:/*" else one for one in listed]
    return json.dumps(json.dumps(document, separators=(",", ":")))[1:-1]
