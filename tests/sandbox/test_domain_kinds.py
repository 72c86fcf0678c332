"""Custom domain names at the edge, on the way between edge and region, and inside a VPC; and what TLS they speak."""

import json

import pytest
from moto.s3.models import FakeBucket

from sandbox import elsewhere, shapes
from sandbox.calls import Call
from sandbox.dataplane import domains
from sandbox.dataplane.journey import INSIDE, Request
from sandbox.refusal import Refusal
from sandbox.seed import certify

NAME = "api.shop.example.com"
REGIONAL, EDGE, PRIVATE = ({"types": [each]} for each in ("REGIONAL", "EDGE", "PRIVATE"))
ENHANCED, AT_EDGE = "SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_2025_EDGE"


@pytest.fixture
def west(sandbox):
    """Calls to API Gateway in a region without the certificates of the edge, and the certificates."""
    there = sandbox.world("123456789012", "eu-west-1")
    number = "33333333-3333-3333-3333-33333333333"
    own = certify(there, "*.shop.example.com", f"{number}1")
    edge = certify(sandbox.world("123456789012", "us-east-1"), "*.shop.example.com", f"{number}2")

    def call(operation, service="apigateway", **request):
        aws = shapes.operations(service)[operation]
        return sandbox.perform(Call(service, aws, request, region="eu-west-1"))

    return call, own, edge


def operations(*said):
    """`add /path value` as AWS takes it."""
    told = (each.split(" ") for each in said)
    return {"patchOperations": [{"op": op, "path": path, "value": value} for op, path, value in told]}


def test_a_name_at_the_edge_has_a_certificate_of_us_east_1_and_leads_to_cloudfront(sandbox, west):
    call, own, edge = west
    for certificate, words in ((own, "must be in 'us-east-1'"), (f"{edge}x", "does not exist")):
        with pytest.raises(Refusal, match=words):
            call("create_domain_name", domainName=NAME, certificateArn=certificate)
    with pytest.raises(Refusal, match="Cannot import certificates for EDGE while REGIONAL is active"):
        call("create_domain_name", domainName=NAME, certificateArn=own, endpointConfiguration=REGIONAL)
    made = call("create_domain_name", domainName=NAME, certificateArn=edge)
    assert made["endpointConfiguration"]["types"] == ["EDGE"], "which is what nothing said means"
    assert made["distributionHostedZoneId"] == "Z2FDTNDATAQYW2"
    with pytest.raises(Refusal, match="Only REGIONAL domain names can be managed"):
        call("get_domain_name", "apigatewayv2", DomainName=NAME)
    assert call("get_domain_names", "apigatewayv2")["Items"] == []
    acm = elsewhere.backend(sandbox.world("123456789012", "us-east-1"), "acm")
    with pytest.raises(Refusal, match="is in use"):
        sandbox.call("acm", "delete_certificate", CertificateArn=edge)
    call("delete_domain_name", domainName=NAME)
    assert acm._certificates[edge].in_use_by == []


def test_a_name_moves_between_region_and_edge_by_way_of_both(west, clock):
    call, own, edge = west
    call("create_domain_name", domainName=NAME, regionalCertificateArn=own, endpointConfiguration=REGIONAL)
    host = call("get_domain_name", domainName=NAME)["regionalDomainName"]

    def update(*said):
        return call("update_domain_name", domainName=NAME, **operations(*said))

    for said, words in (
        (("replace /endpointConfiguration/types/0 EDGE",), "/endpointConfiguration/types/0 Invalid request input"),
        (("add /endpointConfiguration/types EDGE",), "needs a certificateArn"),
        (("add /endpointConfiguration/types EDGE", f"add /certificateArn {own}"), "must be in 'us-east-1'"),
        (
            (
                "add /endpointConfiguration/types EDGE",
                "remove /endpointConfiguration/types REGIONAL",
                f"add /certificateArn {edge}",
            ),
            "one update operation at a time",
        ),
    ):
        with pytest.raises(Refusal, match=words):
            update(*said)
    both = update("add /endpointConfiguration/types EDGE", f"add /certificateArn {edge}")
    assert (both["regionalDomainName"], both["domainNameStatus"]) == (host, "UPDATING")
    leave = ("remove /endpointConfiguration/types REGIONAL", "remove /regionalCertificateArn -")
    with pytest.raises(Refusal, match="being updated"):
        update(*leave)
    clock.advance(61)
    with pytest.raises(Refusal, match="multiple endpoint types"):
        update("replace /securityPolicy TLS_1_0")
    told = update(*leave)
    assert "regionalDomainName" not in told
    assert told["distributionDomainName"] == both["distributionDomainName"]


def test_a_policy_of_2025_brings_a_mode_along_and_fits_the_endpoint(west, clock):
    call, own, edge = west
    regional = {"domainName": NAME, "regionalCertificateArn": own, "endpointConfiguration": REGIONAL}
    for wrong, words in (
        ({"securityPolicy": ENHANCED}, "endpoint access mode is required"),
        ({"endpointAccessMode": "BASIC"}, "requires a security policy"),
        ({"securityPolicy": AT_EDGE, "endpointAccessMode": "BASIC"}, "of edge-optimized domain names"),
    ):
        with pytest.raises(Refusal, match=words):
            call("create_domain_name", **regional, **wrong)
    call("create_domain_name", **regional, securityPolicy=ENHANCED, endpointAccessMode="STRICT")
    moved = operations(
        "add /endpointConfiguration/types EDGE", f"add /certificateArn {edge}", f"replace /securityPolicy {AT_EDGE}"
    )
    with pytest.raises(Refusal, match="while the endpoint access mode is STRICT"):
        call("update_domain_name", domainName=NAME, **moved)
    with pytest.raises(Refusal, match="requires a security policy"):
        call("update_domain_name", domainName=NAME, **operations("replace /securityPolicy TLS_1_2"))
    back = operations("replace /securityPolicy TLS_1_2", "replace /endpointAccessMode ")
    assert "endpointAccessMode" not in call("update_domain_name", domainName=NAME, **back)


def test_mutual_tls_is_for_regional_names_of_tls_1_2_alone(sandbox, west):
    call, own, edge = west
    store = elsewhere.backend(sandbox.world(), "s3")
    if "trust" not in store.buckets:
        store.buckets["trust"] = FakeBucket("trust", "123456789012", "us-east-1")
    store.put_object("trust", "clients.pem", b"-")
    trust = {"mutualTlsAuthentication": {"truststoreUri": "s3://trust/clients.pem"}, "domainName": NAME}
    regional = {**trust, "regionalCertificateArn": own, "endpointConfiguration": REGIONAL}
    for request in (
        {**trust, "certificateArn": edge},
        {**regional, "securityPolicy": ENHANCED, "endpointAccessMode": "BASIC"},
    ):
        with pytest.raises(Refusal, match="Mutual TLS is supported for regional"):
            call("create_domain_name", **request)
    assert call("create_domain_name", **regional)["mutualTlsAuthentication"]


@pytest.fixture
def hidden(sandbox, clock, network, rest_api):
    """A private name that leads to a private API, and the VPC endpoint that may call it."""
    policy = {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/*",
                "Condition": {"StringNotEquals": {"aws:SourceVpce": network["endpoint"]}},
            },
        ]
    }
    made = sandbox.call(
        "apigateway",
        "create_domain_name",
        domainName="second.example.com",
        certificateArn=network["certificate"],
        endpointConfiguration=PRIVATE,
        policy=json.dumps(policy),
    )
    named = {"domainName": made["domainName"], "domainNameId": made["domainNameId"]}
    sandbox.call("apigateway", "create_base_path_mapping", **named, restApiId=rest_api, stage="dev", basePath="v1")
    return made, named


@pytest.fixture
def rest_api(sandbox):
    """A private API with a stage `dev` that answers by itself."""

    def rest(operation, **request):
        return sandbox.call("apigateway", operation, **request)

    anybody = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    made = rest("create_rest_api", name="a", endpointConfiguration=PRIVATE, policy=json.dumps({"Statement": [anybody]}))
    method = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    rest("put_method", **method, authorizationType="NONE")
    rest("put_integration", **method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    rest("put_method_response", **method, statusCode="200")
    rest("put_integration_response", **method, statusCode="200", selectionPattern="")
    rest("create_deployment", restApiId=made["id"], stageName="dev")
    return made["id"]


def test_a_private_name_answers_its_vpc_endpoint_and_nobody_else(sandbox, clock, network, hidden):
    made, named = hidden
    name, id = named.values()
    assert made["domainNameArn"] == f"arn:aws:apigateway:us-east-1:123456789012:/domainnames/{name}+{id}"
    assert f":/domainnames/{name}+{id}" in made["policy"], "written out"
    with pytest.raises(Refusal, match="Invalid domain name identifier"):
        sandbox.call("apigateway", "get_domain_name", domainName=name)

    def answer(path="/v1", **headers):
        walked = domains.arrive(sandbox.world(), name, Request("GET", path, headers=headers))
        return walked.answer.status, walked.answer.why

    inside = {INSIDE: network["endpoint"]}
    assert "no VPC endpoint with an access association" in answer(**inside)[1]
    asked = {"accessAssociationSourceType": "VPCE", "domainNameArn": made["domainNameArn"]}
    with pytest.raises(Refusal, match="there is no VPC endpoint vpce-0"):
        sandbox.call("apigateway", "create_domain_name_access_association", **asked, accessAssociationSource="vpce-0")
    asked["accessAssociationSource"] = network["endpoint"]
    association = sandbox.call("apigateway", "create_domain_name_access_association", **asked)
    with pytest.raises(Refusal, match="already exists"):
        sandbox.call("apigateway", "create_domain_name_access_association", **asked)
    assert "not ready yet" in answer(**inside)[1]
    clock.advance(901)
    assert answer(**inside)[0] == 200
    assert answer("/v2", **inside)[0] == 403
    assert answer()[0] == 403
    nobody = operations('replace /policy {"Statement":[]}')
    sandbox.call("apigateway", "update_domain_name", **named, **nobody)
    assert "the policy of the custom domain" in answer(**inside)[1]
    with pytest.raises(Refusal, match="remove all its access associations"):
        sandbox.call("apigateway", "delete_domain_name", **named)
    arn = association["domainNameAccessAssociationArn"]
    sandbox.call("apigateway", "delete_domain_name_access_association", domainNameAccessAssociationArn=arn)
    sandbox.call("apigateway", "delete_domain_name", **named)


def test_private_and_public_do_not_mix(sandbox, network, hidden, rest_api):
    _, named = hidden
    wild = certify(sandbox.world(), "*.other.example.com", "44444444-4444-4444-4444-444444444444")
    public = sandbox.call("apigateway", "create_rest_api", name="b", endpointConfiguration=REGIONAL)["id"]
    leads = {"restApiId": public, "stage": "dev", "basePath": "v2"}
    with pytest.raises(Refusal, match="A public API cannot be mapped to a private"):
        sandbox.call("apigateway", "create_base_path_mapping", **named, **leads)
    for wrong, words in (
        ({"domainName": "*.other.example.com", "certificateArn": wild}, "Wildcard private"),
        ({"securityPolicy": "TLS_1_0"}, "is TLS_1_2"),
        ({"endpointConfiguration": {**PRIVATE, "ipAddressType": "ipv4"}}, "Only dualstack"),
    ):
        request = {
            "domainName": "second.example.com", "certificateArn": network["certificate"],
            "endpointConfiguration": PRIVATE, **wrong,
        }  # fmt: skip
        with pytest.raises(Refusal, match=words):
            sandbox.call("apigateway", "create_domain_name", **request)
    with pytest.raises(Refusal, match="for custom domain names of public APIs"):
        sandbox.call("apigateway", "update_domain_name", **named, **operations("replace /endpointAccessMode BASIC"))
    moved = operations("add /endpointConfiguration/types REGIONAL")
    with pytest.raises(Refusal, match="A domain name has one endpoint type"):
        sandbox.call("apigateway", "update_domain_name", **named, **moved)
