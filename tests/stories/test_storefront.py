"""Setup 1, as examples/storefront.yaml has it: applied, called, changed by hand, edited and deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from controller.status import summarise
from sandbox.dataplane import Walk, domains
from sandbox.dataplane.journey import Request
from sandbox.seed import CERTIFICATE, certify
from tests.stories.writing import alone
from tests.world import ACCOUNT, REGION, World

EXAMPLE = (Path(__file__).resolve().parents[2] / "examples/storefront.yaml").read_text()
NAME, ISSUER = "api.shop.example.com", "https://login.example.com/"


def call(world: World, path: str, method: str = "GET", **headers: str) -> Walk:
    with world.sandbox.lock:
        return domains.arrive(world.sandbox.world(ACCOUNT, REGION), NAME, Request(method, path, headers=headers))


def token(world: World, scope: str) -> str:
    claims = {"iss": ISSUER, "aud": "storefront", "scope": scope}
    return f"Bearer {world.sandbox.issuers.minted(claims, world.clock.monotonic())}"


def records(world: World, zone: str) -> dict[tuple[str, str], Any]:
    found = world.boto("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {(each["Name"].rstrip("."), each["Type"]): each for each in found if each["Type"] not in ("NS", "SOA")}


def test_the_storefront_from_its_first_apply_to_its_end(world: World):
    theirs = {"Name": "www.shop.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    route53, gateway = world.boto("route53"), world.boto("apigatewayv2")
    zone = route53.list_hosted_zones_by_name(DNSName="shop.example.com")["HostedZones"][0]["Id"]
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": theirs}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    world.write(EXAMPLE)
    world.settle()

    # the certificate was asked for, proved and given to the domain; people are led there
    target = gateway.get_domain_name(DomainName=NAME)["DomainNameConfigurations"][0]
    alias = records(world, zone)[NAME, "A"]["AliasTarget"]
    assert alias["DNSName"].rstrip(".") == target["ApiGatewayDomainName"]
    [status] = summarise(world.aws, world.look())
    assert (status.url, status.urls["beta"]) == (f"https://{NAME}/v1", f"https://{NAME}/beta")

    # the container sees the route's path, whatever stage and mapping led there
    for path, stage in (("/v1/products/7", "$default"), ("/beta/products/7", "beta")):
        walked = call(world, path)
        assert (walked.answer.status, dict(walked.hops)["stage"]) == (200, stage), walked.answer.why
        assert json.loads(walked.answer.body)["path"] == "/products/7"
    assert [call(world, "/beta/products").answer.status for _ in range(3)] == [200, 200, 429]
    assert call(world, "/v1/orders", "POST").answer.status == 401
    answers = [
        call(world, "/v1/orders", "POST", authorization=token(world, scope)).answer.status
        for scope in ("orders.write", "orders.read")
    ]
    assert answers == [200, 403]
    assert world.request(world.api("storefront"), "/products/7").answer.status == 404, "the domain is the only way in"
    assert call(world, "/v2/products").answer.status == 403

    # changed by hand: the alias leads elsewhere, a mapping is gone, another leads to the wrong stage
    wrong = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.9"}]}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": wrong}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    mappings = {
        each["ApiMappingKey"]: each["ApiMappingId"] for each in gateway.get_api_mappings(DomainName=NAME)["Items"]
    }
    gateway.delete_api_mapping(DomainName=NAME, ApiMappingId=mappings["v1"])
    gateway.update_api_mapping(
        DomainName=NAME, ApiMappingId=mappings["beta"], ApiId=world.api("storefront"), Stage="$default"
    )
    told = {str(each.key): each.how for each in world.look().drift}
    assert told == {"RecordSet/A": "changed", "ApiMapping/v1": "missing", "ApiMapping/beta": "changed"}
    world.settle()
    assert records(world, zone)[NAME, "A"]["AliasTarget"] == alias
    assert dict(call(world, "/beta/products/7").hops)["stage"] == "beta"
    assert call(world, "/v1/products/7").answer.status == 200

    # edited: the beta stage is over, the path another
    edited = EXAMPLE.replace("paths: {v1: $default, beta: beta}", "path: v2")
    begin, end = edited.index("      beta:\n"), edited.index("    authorizers:")
    world.write(edited[:begin] + edited[end:])
    world.settle()
    assert [each["StageName"] for each in gateway.get_stages(ApiId=world.api("storefront"))["Items"]] == ["$default"]
    assert [call(world, path).answer.status for path in ("/v1/products", "/v2/products")] == [403, 200]

    # deleted: nothing is left but what was there before us
    world.restart()
    assert world.process().delete(["storefront"], world.catalog()).gone == ("storefront",)
    assert list(records(world, zone)) == [("www.shop.example.com", "A")]
    assert gateway.get_domain_names()["Items"] == []
    own = [each["DomainName"] for each in world.boto("acm").list_certificates()["CertificateSummaryList"]]
    assert own == ["*.demo.internal"]


def test_a_name_that_somebody_else_has_is_told_and_left_alone(world: World):
    """First the domain is another's, then only its record: neither is touched, and the API works meanwhile."""
    certificate = certify(world.sandbox.world(ACCOUNT, REGION), "*.shop.example.com", "3" * 8 + CERTIFICATE[-28:])
    route53, gateway = world.boto("route53"), world.boto("apigatewayv2")
    zone = route53.list_hosted_zones_by_name(DNSName="shop.example.com")["HostedZones"][0]["Id"]
    theirs = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": theirs}]}
    )
    configured = [{"CertificateArn": certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]
    gateway.create_domain_name(DomainName=NAME, DomainNameConfigurations=configured)
    world.write(alone(gateway={"domain": {"name": NAME, "certificate": certificate, "hostedZone": "shop.example.com"}}))

    def passes() -> dict[str, str]:
        for _ in range(6):
            _, seen = world.once()
            world.clock.sleep(60)
        return {str(change.key): change.reason for change in seen.plan}

    assert "without our tags" in passes()["DomainName"]
    assert gateway.get_domain_name(DomainName=NAME)["Tags"] == {}
    assert world.request(world.api()).answer.status == 200

    gateway.delete_domain_name(DomainName=NAME)
    told = passes()
    assert list(told) == ["RecordSet/A"], told
    assert "without our tags" in told["RecordSet/A"]
    assert records(world, zone)[NAME, "A"]["ResourceRecords"] == theirs["ResourceRecords"]
    assert call(world, "/").answer.status == 200


def test_a_certificate_that_nobody_proved_in_time_is_requested_again(world: World):
    world.write(alone(gateway={"domain": {"name": NAME, "hostedZone": "shop.example.com"}}))
    acm = world.boto("acm")

    def requested() -> list[str]:
        found = acm.list_certificates()["CertificateSummaryList"]
        return [each["CertificateArn"] for each in found if each["DomainName"] == NAME]

    world.once()
    [first] = requested()
    world.clock.sleep(73 * 3600)  # nobody was there to write its record
    assert acm.describe_certificate(CertificateArn=first)["Certificate"]["Status"] == "VALIDATION_TIMED_OUT"
    world.settle()
    [second] = requested()
    assert second != first
    assert call(world, "/").answer.status == 200


def test_what_is_only_forgotten_keeps_its_records_and_loses_their_marks(world: World):
    world.write(alone(gateway={"domain": {"name": NAME, "hostedZone": "shop.example.com"}}))
    world.settle()
    zone = world.boto("route53").list_hosted_zones_by_name(DNSName="shop.example.com")["HostedZones"][0]["Id"]
    assert sorted(kind for _, kind in records(world, zone)) == ["A", "CNAME", "TXT", "TXT"]
    world.process(region="eu-west-1").delete(["hello"], world.catalog(), retain=True)
    assert sorted(kind for _, kind in records(world, zone)) == ["A", "CNAME"]
    assert call(world, "/").answer.status == 200


def test_a_rest_api_has_a_name_of_its_own_too(world: World):
    """Its stages are mapped like any other's, and the domain goes on when the execute-api hostname is gone."""
    paths = {"v1": "live", "qa": "qa"}
    named = {"domain": {"name": NAME, "hostedZone": "shop.example.com", "paths": paths}, "defaultEndpoint": "disabled"}
    stages = {"stages": {"live": {}, "qa": {}}, "defaults": {"authorizer": "none"}}
    shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "shop"}
    acl = world.boto("wafv2").create_web_acl(
        Name="shop", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown
    )["Summary"]["ARN"]
    world.write(alone(gateway={"type": "rest", "waf": {"webAcl": acl}, **stages, **named}))
    world.settle()
    for path, stage in (("/v1/x/7", "live"), ("/qa/x/7", "qa")):
        walked = call(world, path)
        assert (walked.answer.status, dict(walked.hops)["stage"]) == (200, stage), walked.answer.why
        assert json.loads(walked.answer.body)["path"] == "/x/7"
    [api] = world.boto("apigateway").get_rest_apis()["items"]
    for stage in ("live", "qa"):
        arn = f"arn:aws:apigateway:{REGION}::/restapis/{api['id']}/stages/{stage}"
        assert world.boto("wafv2").get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["ARN"] == acl
    [status] = summarise(world.aws, world.look())
    assert status.urls == {"live": f"https://{NAME}/v1", "qa": f"https://{NAME}/qa"}


def test_rules_lead_to_another_stage_than_the_paths_of_a_domain_say(world: World):
    """Testers get the new stage by a header; everybody else what the path says, before, meanwhile and after."""
    gateway = world.boto("apigatewayv2")

    def spec(**rules: Any) -> str:
        domain = {"name": NAME, "hostedZone": "shop.example.com", "rules": rules}
        stages = {"stages": {"live": {}, "qa": {}}, "defaults": {"authorizer": "none"}}
        return alone(gateway={"type": "rest", "domain": domain, **stages})

    def stage(path: str, **headers: str) -> tuple[str, str]:
        walked = call(world, path, **headers)
        assert walked.answer.status == 200, walked.answer.why
        return dict(walked.hops)["stage"], json.loads(walked.answer.body)["path"]

    tester = {"x-version": "beta-2"}
    world.write(spec(**{"10": {"headers": {"x-version": "beta*"}, "path": "v2", "stage": "qa"}}))
    world.settle()
    assert stage("/v2/x/7", **tester) == ("qa", "/x/7")
    assert stage("/v2/x/7") == ("live", "/v2/x/7"), "all that is said has to hold"

    [rule] = gateway.list_routing_rules(DomainName=NAME)["RoutingRules"]
    gateway.delete_routing_rule(DomainName=NAME, RoutingRuleId=rule["RoutingRuleId"])
    theirs = {"ApiId": another(world), "Stage": "live"}
    foreign = {"Conditions": [{"MatchBasePaths": {"AnyOf": ["theirs"]}}], "Actions": [{"InvokeApi": theirs}]}
    gateway.create_routing_rule(DomainName=NAME, Priority=99, **foreign)
    assert [each.key.address for each in world.look().plan.changes] == ["RoutingRule/10"]
    world.settle()
    assert stage("/v2/x/7", **tester) == ("qa", "/x/7")

    world.write(spec(**{"20": {"headers": {"x-version": "beta*"}, "stage": "qa"}}))
    world.settle()
    assert stage("/v2/x/7", **tester) == ("qa", "/v2/x/7")
    assert [each["Priority"] for each in gateway.list_routing_rules(DomainName=NAME)["RoutingRules"]] == [99, 20]
    world.write(spec())
    world.settle()
    assert stage("/v2/x/7", **tester) == ("live", "/v2/x/7")
    assert [each["Priority"] for each in gateway.list_routing_rules(DomainName=NAME)["RoutingRules"]] == [99]


def another(world: World) -> str:
    """Somebody else's REST API with a stage `live`."""
    gateway = world.boto("apigateway")
    made = gateway.create_rest_api(name="theirs")
    method = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.create_deployment(restApiId=made["id"], stageName="live")
    return str(made["id"])
