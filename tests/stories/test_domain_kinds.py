"""Custom domains that are not simply regional: at the edge and on the way there, inside a VPC, and with the TLS
policies of 2025. Each is applied, called, changed by hand, edited and deleted.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from controller.status import summarise
from sandbox import elsewhere
from sandbox.dataplane import Walk, domains
from sandbox.dataplane.journey import INSIDE, Request, gateway_says
from sandbox.faults import Fault, refuse
from sandbox.refusal import Refusal
from sandbox.seed import certify
from tests.sandbox.conftest import entrance
from tests.stories.test_rest_changes import calls
from tests.stories.writing import alone, service
from tests.world import ACCOUNT, REGION, World

NAME, ZONE, CLOUDFRONT = "api.shop.example.com", "shop.example.com", "Z2FDTNDATAQYW2"
ENHANCED, AT_EDGE = "SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_2025_EDGE"


def spec(gateway: dict[str, Any] | None = None, **domain: Any) -> str:
    """A REST API of one task, and its domain."""
    named = {"name": NAME, "hostedZone": ZONE, **domain}
    told = {"type": "rest", "defaults": {"authorizer": "none"}, "stage": {"name": "live"}, **(gateway or {})}
    return alone(services={"web": service(count=1)}, gateway={**told, "domain": named})


def call(world: World, path: str = "/x", **headers: str) -> Walk:
    """As a client does it: by the record, which has to lead to a host that the domain has."""
    with world.sandbox.lock:
        here = world.sandbox.world(ACCOUNT, REGION)
        alias, found = record(world), hosts(world)
        if not headers and alias["DNSName"].rstrip(".") not in found:
            return Walk((), gateway_says(599, "gone", f"the record leads to {alias['DNSName']}, and there are {found}"))
        return domains.arrive(here, NAME, Request("GET", path, headers=headers))


def hosts(world: World) -> list[str]:
    """The hosts of all custom domains that are there."""
    kept = world.sandbox.world(ACCOUNT, REGION).resources.get("apigateway/DomainName", {}).values()
    told = (each.fields.get(name) for each in kept for name in ("regionalDomainName", "distributionDomainName"))
    return [host for host in told if host]


def record(world: World) -> dict[str, Any]:
    """The alias that the name is now."""
    zones = elsewhere.backend(world.sandbox.world(ACCOUNT, REGION), "route53").zones.values()
    found = (each for zone in zones for each in zone.rrsets if (each.name, each.type) == (f"{NAME}.", "A"))
    return dict(next(found).alias_target)


def domain(world: World, **private: str) -> dict[str, Any]:
    found: dict[str, Any] = world.boto("apigateway").get_domain_name(domainName=NAME, **private)
    return found


def certificates(world: World, region: str) -> list[str]:
    """The names of the certificates that a region has."""
    acm = world.boto_session.client("acm", region_name=region)
    return [each["DomainName"] for each in acm.list_certificates()["CertificateSummaryList"]]


def patched(world: World, *operations: tuple[str, str, str], **named: str) -> None:
    told = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    world.boto("apigateway").update_domain_name(domainName=NAME, **named, patchOperations=told)


def test_a_domain_at_the_edge_and_on_its_way_to_the_region_and_back(world: World) -> None:
    rules = {"10": {"headers": {"x-version": "beta*"}, "path": "a/b", "stage": "live"}}
    world.write(spec(endpoint="edge", rules=rules))
    world.settle()
    assert json.loads(call(world, "/a/b/x").answer.body)["path"] == "/a/b/x"
    with world.sandbox.lock:
        asked = Request("GET", "/a/b/x", headers={"x-version": "beta-2"})
        walked = domains.arrive(world.sandbox.world(ACCOUNT, REGION), NAME, asked)
    assert ("rule", json.loads(walked.answer.body)["path"]) == (walked.hops[1][0], "/x")
    made = domain(world)
    assert made["endpointConfiguration"]["types"] == ["EDGE"]
    assert (certificates(world, "us-east-1"), certificates(world, REGION)) == ([NAME], ["*.demo.internal"])
    assert record(world)["HostedZoneId"] == CLOUDFRONT
    assert record(world)["DNSName"].rstrip(".") == made["distributionDomainName"]
    walked = call(world)
    assert (walked.answer.status, json.loads(walked.answer.body)["path"]) == (200, "/x")
    [status] = summarise(world.aws, world.look())
    assert status.url == f"https://{NAME}"

    # changed by hand: the policy, and another endpoint that nobody asked for; a mapping is gone
    theirs = certify(world.sandbox.world(ACCOUNT, REGION), "*.shop.example.com", "33333333-3333-3333-3333-333333333331")
    patched(world, ("replace", "/securityPolicy", "TLS_1_0"))
    world.clock.sleep(300)
    patched(world, ("add", "/endpointConfiguration/types", "REGIONAL"), ("add", "/regionalCertificateArn", theirs))
    world.boto("apigateway").delete_base_path_mapping(domainName=NAME, basePath="(none)")
    world.clock.sleep(120)
    told = {str(each.key): each.how for each in world.look().drift}
    assert told == {"DomainName": "changed", "ApiMapping//": "missing"}
    world.settle()
    assert domain(world)["endpointConfiguration"]["types"] == ["EDGE"]
    assert domain(world)["securityPolicy"] == "TLS_1_2"
    assert call(world).answer.status == 200

    # edited: to the region, and back, with an answer at every moment
    for endpoint, here, there in (("regional", REGION, "us-east-1"), ("edge", "us-east-1", REGION)):
        world.clock.sleep(120)
        with calls(world, partial(call, world)):
            world.write(spec(endpoint=endpoint))
            world.settle()
        assert domain(world)["endpointConfiguration"]["types"] == [endpoint.upper()]
        assert NAME in certificates(world, here)
        assert NAME not in certificates(world, there)
    assert not world.look().plan.changes

    world.restart()
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert world.boto("apigateway").get_domain_names()["items"] == []
    assert (certificates(world, "us-east-1"), NAME in certificates(world, REGION)) == ([], False)


def test_a_domain_without_a_zone_of_ours_keeps_both_endpoints_until_somebody_moves_its_record(world: World) -> None:
    number = "33333333-3333-3333-3333-33333333333"
    there = certify(world.sandbox.world(ACCOUNT, "us-east-1"), "*.shop.example.com", f"{number}1")
    here = certify(world.sandbox.world(ACCOUNT, REGION), "*.shop.example.com", f"{number}2")
    world.write(spec(hostedZone=None, certificate=here))
    world.settle()
    world.write(spec(hostedZone=None, certificate=there, endpoint="edge"))
    world.settle()
    assert domain(world)["endpointConfiguration"]["types"] == ["REGIONAL", "EDGE"]
    [(instance, sentence)] = world.look().fleet.strangers
    assert instance == "hello"
    assert f"the regional endpoint of {NAME}" in sentence


def test_who_may_not_look_into_the_region_of_the_edge_edits_and_deletes_regional_domains(world: World) -> None:
    """An account that is kept to its region (SCP) has nothing at the edge, and nobody asks there without need."""
    denied = Refusal("AccessDeniedException", "explicit deny in a service control policy", 400)
    world.write(spec())
    world.settle()
    world.sandbox.faults.append(Fault(refuse(denied), "acm:*", when=lambda call: call.region == "us-east-1"))
    world.clock.sleep(120)
    world.write(spec(path="v1"))
    world.settle()
    assert call(world, "/v1/x").answer.status == 200
    world.write(spec(path="v1", endpoint="edge"))
    world.once()
    assert "Certificate" in world.look().fleet.unknown, "with need it is told"
    world.write(spec(path="v1"))
    world.settle()
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)


def test_a_policy_of_2025_holds_for_a_domain_and_for_one_that_moves(world: World) -> None:
    world.write(spec(tlsPolicy=ENHANCED, endpointAccess="strict"))
    world.settle()
    assert (domain(world)["securityPolicy"], domain(world)["endpointAccessMode"]) == (ENHANCED, "STRICT")
    assert call(world).answer.status == 200
    patched(world, ("replace", "/endpointAccessMode", "BASIC"))
    [drift] = world.look().drift
    assert [each.path for each in drift.differences] == ["/endpointAccessMode"]
    world.clock.sleep(300)
    world.settle()
    assert domain(world)["endpointAccessMode"] == "STRICT"

    world.clock.sleep(120)
    with calls(world, partial(call, world)):
        world.write(spec(tlsPolicy=AT_EDGE, endpointAccess="strict", endpoint="edge"))
        world.settle()
    found = domain(world)
    assert (found["securityPolicy"], found["endpointAccessMode"]) == (AT_EDGE, "STRICT")
    assert found["endpointConfiguration"]["types"] == ["EDGE"]
    world.clock.sleep(120)
    world.write(spec(endpoint="edge"))
    world.settle()
    assert (domain(world)["securityPolicy"], "endpointAccessMode" in domain(world)) == ("TLS_1_2", False)


def test_a_private_domain_from_its_first_apply_to_its_end(world: World) -> None:
    ec2 = world.boto("ec2")
    [vpc] = [each["VpcId"] for each in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"]]
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"] if each["VpcId"] == vpc][:2]
    door, other = (entrance(ec2, vpc, subnets, REGION) for _ in range(2))
    private = {"endpoint": "private", "vpcEndpoints": [door], "policy": [{"effect": "Allow"}]}
    world.write(spec(private, path="v1"))
    world.settle()
    gateway = world.boto("apigateway")
    [made] = gateway.get_domain_names()["items"]
    named = {"domainNameId": made["domainNameId"]}
    entries = ec2.describe_vpc_endpoints(VpcEndpointIds=[door])["VpcEndpoints"][0]["DnsEntries"]
    assert record(world)["DNSName"].rstrip(".") == entries[0]["DnsName"]

    # only who comes by the VPC endpoint is let in, when AWS is ready for it
    world.clock.sleep(900)
    inside = {INSIDE: door}
    walked = call(world, "/v1/x", **inside)
    assert (walked.answer.status, json.loads(walked.answer.body)["path"]) == (200, "/x"), walked.answer.why
    assert [call(world, "/v1/x", **{INSIDE: each}).answer.status for each in ("", other)] == [403, 403]
    [status] = summarise(world.aws, world.look())
    assert status.url == f"https://{NAME}/v1"

    # changed by hand: nobody is let in any more, and by no way
    patched(world, ("replace", "/policy", json.dumps({"Statement": []})), **named)
    [association] = gateway.get_domain_name_access_associations()["items"]
    arn = association["domainNameAccessAssociationArn"]
    gateway.delete_domain_name_access_association(domainNameAccessAssociationArn=arn)
    told = {str(each.key): each.how for each in world.look().drift}
    assert told == {"DomainName/private": "changed", f"DomainNameAccessAssociation/{door}": "missing"}
    world.settle()
    world.clock.sleep(900)
    assert call(world, "/v1/x", **inside).answer.status == 200

    # edited: another VPC endpoint, and a rule that leads to it by more than one level
    rules = {"10": {"path": "shop/v2", "stage": "live"}}
    world.write(spec({**private, "vpcEndpoints": [other]}, path="v1", rules=rules))
    world.settle()
    world.clock.sleep(900)
    answers = [call(world, path, **{INSIDE: each}).answer.status for each in (door, other) for path in ("/shop/v2/x",)]
    assert answers == [403, 200]
    assert not world.look().plan.changes

    # public instead: another domain altogether
    world.write(spec())
    world.settle()
    assert [each["endpointConfiguration"]["types"] for each in gateway.get_domain_names()["items"]] == [["REGIONAL"]]
    assert call(world).answer.status == 200
    world.write(spec({**private, "vpcEndpoints": [other]}))
    world.settle()
    world.restart()
    assert world.process().delete(["hello"], world.catalog()).gone == ("hello",)
    assert gateway.get_domain_names()["items"] == gateway.get_domain_name_access_associations()["items"] == []
