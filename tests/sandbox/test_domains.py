"""Custom domains, from the certificate that waits for its record to the request that finds its stage."""

import json

import pytest
from botocore.exceptions import ClientError
from moto.s3.models import FakeBucket

from sandbox import elsewhere
from sandbox.calls import Http
from sandbox.dataplane import domains
from sandbox.refusal import Refusal
from sandbox.seed import certify
from tests.sandbox import story

GW = "apigatewayv2"
NAME = "api.shop.example.com"


@pytest.fixture
def wild(sandbox):
    return certify(sandbox.world(), "*.shop.example.com", "33333333-3333-3333-3333-333333333333")


def configured(certificate, **more):
    return [{"CertificateArn": certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2", **more}]


def keep_trust_store(sandbox):
    """moto remembers the names of buckets beyond its own end."""
    store = elsewhere.backend(sandbox.world(), "s3")
    if "trust" not in store.buckets:
        store.buckets["trust"] = FakeBucket("trust", "123456789012", "us-east-1")
    store.put_object("trust", "clients.pem", b"-")


def code(refused):
    return refused.value.response["Error"]["Code"]


def test_a_domain_needs_a_certificate_that_is_issued_and_covers_it(sandbox, wild):
    other = certify(sandbox.world(), "other.example.com", "44444444-4444-4444-4444-444444444444")
    for name, certificate, words in (
        (NAME, f"{wild}x", "does not exist or is not issued"),
        (NAME, other, "does not cover"),
        ("a.b.shop.example.com", wild, "does not cover"),
    ):
        with pytest.raises(Refusal, match=words):
            sandbox.call(GW, "create_domain_name", DomainName=name, DomainNameConfigurations=configured(certificate))
    made = sandbox.call(GW, "create_domain_name", DomainName=NAME, DomainNameConfigurations=configured(wild))
    assert made["DomainNameConfigurations"][0]["DomainNameStatus"] == "AVAILABLE"
    with pytest.raises(Refusal, match="already exists"):
        sandbox.call(GW, "create_domain_name", DomainName=NAME, DomainNameConfigurations=configured(wild))
    for wrong, words in (({"EndpointType": "EDGE"}, "regional"), ({"SecurityPolicy": "TLS_1_0"}, "TLS_1_2")):
        more = configured(wild, **wrong)
        with pytest.raises(Refusal, match=words):
            sandbox.call(GW, "create_domain_name", DomainName="b.shop.example.com", DomainNameConfigurations=more)


def test_a_certificate_is_not_deleted_while_a_domain_has_it(sandbox, aws, wild):
    sandbox.call(GW, "create_domain_name", DomainName=NAME, DomainNameConfigurations=configured(wild))
    with pytest.raises(ClientError) as refused:
        aws("acm").delete_certificate(CertificateArn=wild)
    assert code(refused) == "ResourceInUseException"
    sandbox.call(GW, "delete_domain_name", DomainName=NAME)
    aws("acm").delete_certificate(CertificateArn=wild)


def test_another_certificate_takes_minutes_and_no_other_change_meanwhile(sandbox, clock, wild):
    second = certify(sandbox.world(), NAME, "55555555-5555-5555-5555-555555555555")
    sandbox.call(GW, "create_domain_name", DomainName=NAME, DomainNameConfigurations=configured(wild))
    change = {"DomainName": NAME, "DomainNameConfigurations": [{"CertificateArn": second}]}
    told = sandbox.call(GW, "update_domain_name", **change)["DomainNameConfigurations"][0]
    assert (told["DomainNameStatus"], told["CertificateArn"]) == ("UPDATING", second)
    with pytest.raises(Refusal, match="being updated"):
        sandbox.call(GW, "update_domain_name", **change)
    clock.advance(121)
    told = sandbox.call(GW, "get_domain_name", DomainName=NAME)["DomainNameConfigurations"][0]
    assert (told["DomainNameStatus"], told["SecurityPolicy"]) == ("AVAILABLE", "TLS_1_2")


def test_a_trust_store_is_an_object_that_is_there(sandbox, wild):
    trust = {"TruststoreUri": "s3://trust/clients.pem"}
    domain = {"DomainName": NAME, "DomainNameConfigurations": configured(wild)}
    with pytest.raises(Refusal, match="could not be read"):
        sandbox.call(GW, "create_domain_name", MutualTlsAuthentication=trust, **domain)
    keep_trust_store(sandbox)
    assert sandbox.call(GW, "create_domain_name", MutualTlsAuthentication=trust, **domain)["MutualTlsAuthentication"]
    off = {"DomainName": NAME, "MutualTlsAuthentication": {"TruststoreUri": ""}}
    assert "MutualTlsAuthentication" not in sandbox.call(GW, "update_domain_name", **off)


# ---- mappings, and requests that follow them


@pytest.fixture
def mapped(sandbox, clock, network, wild):
    """The story's API with a second stage, under a domain: $default at v1, beta at v1/beta."""
    told = story.tell(sandbox.call, network, clock.advance)
    api = {"ApiId": told["api"]}
    limits = {"ThrottlingBurstLimit": 5000, "ThrottlingRateLimit": 10_000.0}
    sandbox.call(GW, "update_stage", StageName="$default", DefaultRouteSettings=limits, **api)
    sandbox.call(GW, "create_stage", StageName="beta", AutoDeploy=True, **api)
    plain = {"IntegrationId": told["integration"], "IntegrationType": "HTTP_PROXY", **api}
    sandbox.call(GW, "update_integration", RequestParameters={"overwrite:path": "$request.path"}, **plain)
    sandbox.call(GW, "create_domain_name", DomainName=NAME, DomainNameConfigurations=configured(wild))
    for key, stage in (("v1", "$default"), ("v1/beta", "beta")):
        sandbox.call(GW, "create_api_mapping", DomainName=NAME, ApiMappingKey=key, Stage=stage, **api)
    return told


def ask(sandbox, path, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    http = Http("GET", path, "", named, b"")
    assert domains.is_served(sandbox, http)
    reply = domains.serve(sandbox, http)
    return (
        reply.status,
        dict(each.split("=", 1) for each in reply.headers["x-sandbox-hops"].split(" > ") if each),
        reply,
    )


def test_the_longest_mapping_says_which_stage_answers(sandbox, mapped):
    for path, stage in (("/v1/items/7", "$default"), ("/v1/beta/items/7", "beta")):
        status, hops, reply = ask(sandbox, path, host=NAME)
        assert (status, hops["stage"]) == (200, stage), reply.headers["x-sandbox-why"]
        assert ask(sandbox, f"/_aws/domain/{NAME}{path}")[0] == 200
        assert json.loads(reply.body)["path"] == "/items/7"
    sandbox.clock.advance(60)
    assert ask(sandbox, "/v1/items/7", host=NAME)[0] == 200
    assert sandbox.worlds["123456789012", "us-east-1"].now == sandbox.clock.now(), "a request lives in its own time"
    assert ask(sandbox, "/v2/items/7", host=NAME)[0] == 403
    assert ask(sandbox, "/v1x/items/7", host=NAME)[0] == 403
    assert ask(sandbox, "/_aws/domain/nobody.example.com/v1")[0] == 403


def test_the_custom_domain_goes_on_when_the_execute_api_endpoint_is_off(sandbox, mapped):
    sandbox.call(GW, "update_api", ApiId=mapped["api"], DisableExecuteApiEndpoint=True)
    assert ask(sandbox, "/v1/items/7", host=NAME)[0] == 200
    keep_trust_store(sandbox)
    trust = {"TruststoreUri": "s3://trust/clients.pem"}
    sandbox.call(GW, "update_domain_name", DomainName=NAME, MutualTlsAuthentication=trust)
    assert ask(sandbox, "/v1/items/7", host=NAME)[0] == 403
    assert ask(sandbox, "/v1/items/7", host=NAME, x_sandbox_client_certificate="CN=jo")[0] == 200


def test_mappings_go_before_what_they_lead_to(sandbox, mapped):
    api, stage = {"ApiId": mapped["api"]}, {"StageName": "beta"}
    for operation, request, words in (
        ("delete_api", api, "remove all API mappings"),
        ("delete_stage", {**api, **stage}, "remove its API mapping"),
        ("delete_domain_name", {"DomainName": NAME}, "remove all its API mappings"),
        ("create_api_mapping", {"DomainName": NAME, "Stage": "beta", "ApiMappingKey": "v1", **api}, "already exists"),
        ("create_api_mapping", {"DomainName": NAME, "Stage": "gone", "ApiMappingKey": "x", **api}, "Invalid stage"),
        ("create_api_mapping", {"DomainName": NAME, "Stage": "beta", "ApiMappingKey": "/x", **api}, "should only"),
        ("create_api_mapping", {"DomainName": NAME, "Stage": "beta", "ApiId": "x"}, "Invalid API"),
    ):
        with pytest.raises(Refusal, match=words):
            sandbox.call(GW, operation, **request)
    for each in sandbox.call(GW, "get_api_mappings", DomainName=NAME)["Items"]:
        sandbox.call(GW, "delete_api_mapping", DomainName=NAME, ApiMappingId=each["ApiMappingId"])
    sandbox.call(GW, "delete_domain_name", DomainName=NAME)


# ---- routing rules


@pytest.fixture
def ruled(sandbox, wild, place, rest):
    """A domain that asks rules before mappings, and leads to `dev` without one, whose `GET /a` answers."""
    rest("put_integration", **place["get"], type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    rest("put_integration_response", **place["get"], statusCode="200")
    rest("create_deployment", **place["stage"])
    domain, leads = {"DomainName": NAME}, {"ApiId": place["api"]["restApiId"], "Stage": "dev"}
    modes = {"RoutingMode": "ROUTING_RULE_THEN_API_MAPPING"}
    sandbox.call(GW, "create_domain_name", **domain, **modes, DomainNameConfigurations=configured(wild))
    sandbox.call(GW, "create_api_mapping", **domain, **leads, ApiMappingKey="shop")
    return leads


def header(name, glob):
    return {"MatchHeaders": {"AnyOf": [{"Header": name, "ValueGlob": glob}]}}


def base(path):
    return {"MatchBasePaths": {"AnyOf": [path]}}


def rule(sandbox, leads, priority, *conditions, **action):
    actions = [{"InvokeApi": {**leads, **action}}]
    return sandbox.call(
        GW, "create_routing_rule", DomainName=NAME, Priority=priority, Conditions=list(conditions), Actions=actions
    )


def test_the_rule_with_the_lowest_priority_all_of_whose_conditions_hold_is_before_every_mapping(sandbox, ruled):
    ids = {
        each: rule(sandbox, ruled, each, *conditions, **action)["RoutingRuleId"]
        for each, conditions, action in (
            (50, (header("x-version", "b*"), header("X-Who", "*staff*")), {}),
            (20, (base("v1"), header("x-version", "beta")), {"StripBasePath": True}),
            (90, (base("v1/old"),), {}),
        )
    }
    for path, headers, hop, status in (
        ("/v1/a", {"x_version": "beta"}, {"rule": ids[20]}, 200),
        ("/a", {"x_version": "bee", "x_who": "our staff"}, {"rule": ids[50]}, 200),
        ("/v1/old/a", {}, {"rule": ids[90]}, 403),  # the base path stays: there is no such method
        ("/shop/a", {"x_version": "Beta"}, {"mapping": None}, 200),
        ("/v1x/a", {"x_version": "beta"}, {}, 403),
    ):
        answered, hops, reply = ask(sandbox, path, host=NAME, **headers)
        assert answered == status, reply.headers["x-sandbox-why"]
        assert {name: found for name, found in hops.items() if name == "rule"} == {
            name: found for name, found in hop.items() if found
        }
    sandbox.call(GW, "update_domain_name", DomainName=NAME, RoutingMode="API_MAPPING_ONLY")
    assert ask(sandbox, "/v1/a", host=NAME, x_version="beta")[0] == 403, "nobody asks the rules any more"


def test_rules_keep_to_what_aws_allows(sandbox, ruled, place):
    rule(sandbox, ruled, 1, base("v1"))
    three = [header(f"x-{number}", "a") for number in range(3)]
    long = {"MatchHeaders": {"AnyOf": [*header("a", "b")["MatchHeaders"]["AnyOf"]] * 2}}
    for priority, conditions, leads, words in (
        (1, (base("v2"),), ruled, "already exists"),
        (2, three, ruled, "up to two header"),
        (2, (base("a"), base("b")), ruled, "one base path"),
        (2, (long,), ruled, "only contain one"),
        (2, (header("Authorization", "x"),), ruled, "not supported as a condition"),
        (2, (header("x-amz-date", "x"),), ruled, "not supported as a condition"),
        (2, (header("x*", "x"),), ruled, "no wildcard"),
        (2, (header("x", "a*b"),), ruled, "wildcard at its ends"),
        (2, (base("a b"),), ruled, "letters, numbers"),
        (2, (), {**ruled, "ApiId": "nobody"}, "Invalid API"),
        (2, (), {**ruled, "Stage": "nobody"}, "Invalid stage"),
    ):
        with pytest.raises(Refusal, match=words):
            rule(sandbox, leads, priority, *conditions)
    for operation, request in (("delete_rest_api", place["api"]), ("delete_stage", place["stage"])):
        for each in sandbox.call(GW, "get_api_mappings", DomainName=NAME)["Items"]:
            sandbox.call(GW, "delete_api_mapping", DomainName=NAME, ApiMappingId=each["ApiMappingId"])
        with pytest.raises(Refusal, match="remove all routing rules"):
            sandbox.call("apigateway", operation, **request)
    with pytest.raises(Refusal, match="routing rules first"):
        sandbox.call(GW, "delete_domain_name", DomainName=NAME)
    sandbox.call(GW, "update_domain_name", DomainName=NAME, RoutingMode="API_MAPPING_ONLY")
    with pytest.raises(Refusal, match="it has no routing rules"):
        rule(sandbox, ruled, 3)


# ---- the neighbours: certificates and records


def batch(*changes):
    return {"Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]}


def test_a_certificate_waits_for_its_record(aws, clock):
    zone = aws("route53").create_hosted_zone(Name="shop.example.com", CallerReference="1")["HostedZone"]["Id"]
    acm = aws("acm")
    arn = acm.request_certificate(DomainName=NAME, ValidationMethod="DNS")["CertificateArn"]
    clock.advance(3600)
    told = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert told["Status"] == "PENDING_VALIDATION"
    record = told["DomainValidationOptions"][0]["ResourceRecord"]
    wanted = {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch(("CREATE", wanted)))
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "PENDING_VALIDATION"
    clock.advance(61)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


def test_records_are_created_once_and_deleted_as_they_are(aws):
    route53 = aws("route53")
    zone = route53.create_hosted_zone(Name="shop.example.com", CallerReference="1")["HostedZone"]["Id"]
    record = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    other = {**record, "ResourceRecords": [{"Value": "10.0.0.2"}]}
    alias = {
        "Name": NAME,
        "Type": "A",
        "AliasTarget": {"HostedZoneId": "Z1", "DNSName": "d-1.example.com", "EvaluateTargetHealth": False},
    }
    change = lambda *told: route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch(*told))  # noqa: E731
    change(("CREATE", record))
    for told, words in (
        (("CREATE", other), "already exists"),
        (("DELETE", other), "do not match"),
        (("DELETE", {**record, "Type": "AAAA"}), "was not found"),
        (("CREATE", {**record, "Name": "x.example.com"}), "not permitted in zone"),
        (("CREATE", {**record, "Type": "CNAME"}), "CNAME"),
    ):
        with pytest.raises(ClientError, match=words) as refused:
            change(told)
        assert code(refused) == "InvalidChangeBatch"
    change(("UPSERT", alias))
    change(
        ("DELETE", alias),
    )
    change(("CREATE", record))
