"""Specs of REST APIs that are well formed and make no sense."""

import json

from tests.specs.test_layers import alone


def rest(gateway="", routes="ANY /: web", more=""):
    said = f"type: rest, defaults: {{authorizer: none}}, routes: {{{routes}}}{gateway}"
    return alone(f"  gateway: {{{said}}}{more}")


def named(**rule):
    """A REST API whose domain has one routing rule."""
    domain = {"name": "a.example.com", "hostedZone": "example.com", "rules": {"10": {"stage": "live", **rule}}}
    return rest(f", domain: {json.dumps(domain)}")


def domain(gateway="", **fields):
    """A REST API whose domain has these fields."""
    return rest(f", {gateway}domain: {json.dumps({'name': 'a.example.com', 'hostedZone': 'example.com', **fields})}")


PRIVATE = "endpoint: private, policy: [{effect: Allow}], "
INSIDE = f"{PRIVATE}vpcEndpoints: [vpce-0a1b2c3d], "
WEST = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
ENHANCED = "SecurityPolicy_TLS13_1_3_2025_09"

POST, PLAN = "POST /: {service: web", "usagePlans: {gold: {keys: [a]"
REST_SENSELESS = [
    ("E1352", "open to everybody", rest().replace("defaults: {authorizer: none}, ", "")),
    ("E1350", "has no $default stage", rest(", stage: {name: $default}")),
    ("E1350", "has no $default route", rest(routes="$default: web")),
    (
        "E1355",
        "answers on IPv4 and IPv6",
        rest(", endpoint: private, ipAddressType: ipv4, policy: [{effect: Allow, sourceVpcEndpoint: [vpce-0a1b2c3d]}]"),
    ),
    ("E1350", "goes through VPC links V2 only", alone("  gateway: {integration: linkV1}")),
    (
        "E1358",
        "leads to network load balancers only",
        rest(", integration: linkV1", more="\n  loadBalancer: {adopt: theirs}"),
    ),
    (
        "E1358",
        "would turn the VPC link V1 away",
        rest(", integration: linkV1", more="\n  loadBalancer: {type: network, enforcePrivateLinkRules: true}"),
    ),
    ("E1358", "not into subnets", rest(", integration: linkV1", more="\n  vpcLink: {subnets: public}")),
    ("E1350", "takes an origin as it is", rest(", cors: {origins: ['https://*', https://b.example]}")),
    ("E1323", "Version", rest(more="\n  overrides: {api: {Version: x}}")),
    ("E1350", "waits 29s at most", rest(", endpoint: edge", routes="ANY /: {service: web, timeout: 30s}")),
    ("E1350", "from an expression", rest(routes="ANY /: {service: web, rewrite: {path: $request.path}}")),
    ("E1350", "one value or one expression", rest(routes='ANY /: {service: web, rewrite: {headers: {a: "it\'s"}}}')),
    ("E1350", "only answers to GET", rest(", stage: {cache: {}}", f"{POST}, cache: {{}}}}")),
    ("E1350", "needs no cache", rest(", stage: {cache: {}}", "ANY /: web, GET /a: {mock: {}, cache: {}}")),
    ("E1350", "only a REST API has models", alone("  gateway: {models: {a: {schema: {}}}}")),
    ("E1350", "has routing rules", named(stage="$default").replace("type: rest", "type: http")),
    ("E1329", "there is no stage `qa`", named(stage="qa")),
    ("E1316", "asks no rule about this header", named(headers={"Authorization": "x"})),
    ("E1355", "answers nobody without a VPC endpoint", domain(PRIVATE)),
    ("E1355", "a regional domain does not lead to a private API", domain(INSIDE, endpoint="regional")),
    (
        "E1355",
        "a private domain does not lead to a regional API",
        domain(endpoint="private", vpcEndpoints=["vpce-0a1b2c3d"]),
    ),
    ("E1355", "a private domain has no `*`", domain(INSIDE, name="*.example.com")),
    ("E1355", "every private domain speaks TLS_1_2", domain(INSIDE, tlsPolicy="TLS_1_0")),
    ("E1355", "a private domain has `vpcEndpoints`", domain(vpcEndpoints=["vpce-0a1b2c3d"])),
    ("E1355", "a private domain has `policy`", domain(policy=[{"effect": "Allow"}])),
    ("E1355", "of type private has one level", domain(INSIDE, path="shop/v1")),
    ("E1355", "of type edge has one level", domain(endpoint="edge", paths={"a/b": "live"})),
    ("E1355", "is not for edge domains", domain(endpoint="edge", tlsPolicy=ENHANCED)),
    ("E1355", "is not for regional domains", domain(tlsPolicy="SecurityPolicy_TLS13_2025_EDGE")),
    ("E1355", "know strict access", domain(endpointAccess="strict")),
    (
        "E1355",
        "for regional domains that speak TLS_1_2",
        domain(tlsPolicy=ENHANCED, mutualTls={"truststore": "s3://abc/d"}),
    ),
    (
        "E1355",
        "for regional domains that speak TLS_1_2",
        domain(endpoint="edge", mutualTls={"truststore": "s3://abc/d"}),
    ),
    ("E1310", "the service is in us-east-1", domain(endpoint="edge", certificate=WEST)),
    ("E1350", "only a REST API has usage plans", alone("  gateway: {usagePlans: {gold: {}}}")),
    ("E1368", "others deploy too", rest(", adopt: a1b2c3d4e5, stage: {name: dev, deploy: manual}")),
    ("E1368", "its canary follows", rest(", stage: {name: dev, deploy: manual, canary: {percent: 1}}")),
    ("E1350", "wait to be promoted", alone("  gateway: {stage: {name: dev, canary: {percent: 1}}}")),
    ("E1350", "keeps deployments", alone("  gateway: {deployments: {keep: 3}}")),
    ("E1351", "has no parameter `b`", rest(routes="'ANY /{a}': {service: web, rewrite: {path: '/{b}'}}")),
    ("E1351", "is one parameter", rest(routes="ANY /a*b: web")),
    ("E1351", "leave out the last slash", rest(routes="ANY /a/: web")),
    ("E1351", "call it {a} here too", rest(routes="'GET /{a}/x': web, 'GET /{b}/y': web")),
    ("E1353", "so nobody is counted", rest(f", {PLAN}}}}}")),
    ("E1353", "no usage plan whose key", rest(routes="ANY /: {service: web, apiKey: required}")),
    ("E1355", "lets nobody in", rest(", endpoint: private")),
    ("E1355", "only a private API has VPC endpoints", rest(", vpcEndpoints: [vpce-0a1b2c3d]")),
    ("E1355", "is not for regional APIs", rest(", tlsPolicy: SecurityPolicy_TLS13_2025_EDGE")),
    ("E1301", "of this name from the start", rest(", models: {Error: {schema: {}}}")),
    ("E1350", "only a REST API has gateway responses", alone("  gateway: {responses: {THROTTLED: {}}}")),
    ("E1301", "no gateway response `THROTLED`", rest(", responses: {THROTLED: {}}")),
    ("E1350", "one value or one expression", rest(", responses: {THROTTLED: {headers: {x-a: $input.body}}}")),
    ("E1369", "no keyword `example`", rest(", models: {a: {schema: {properties: {b: {example: 1}}}}}")),
    ("E1369", "`required` is a list of names", rest(", models: {a: {schema: {allOf: [{required: []}]}}}")),
    ("E1369", "`type` is one or several of", rest(", models: {a: {schema: {items: {type: text}}}}")),
    ("E1301", "there is no model `order`", rest(routes=f"{POST}, validate: {{body: order}}}}")),
    (
        "E1301",
        "there is no stage `prod`",
        rest(f", {PLAN}, stages: [prod]}}}}", "ANY /: {service: web, apiKey: required}"),
    ),
    (
        "E1301",
        "there is no such route",
        rest(
            f", {PLAN}, routes: {{GET /x: {{throttle: {{rate: 1, burst: 1}}}}}}}}}}",
            "ANY /: {service: web, apiKey: required}",
        ),
    ),
]
