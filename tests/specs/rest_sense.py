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


POST, PLAN = "POST /: {service: web", "usagePlans: {gold: {keys: [a]"
REST_SENSELESS = [
    ("E1352", "open to everybody", rest().replace("defaults: {authorizer: none}, ", "")),
    ("E1350", "has no $default stage", rest(", stage: {name: $default}")),
    ("E1350", "has no $default route", rest(routes="$default: web")),
    ("E1350", "takes an origin as it is", rest(", cors: {origins: ['https://*', https://b.example]}")),
    ("E1323", "Version", rest(more="\n  overrides: {api: {Version: x}}")),
    ("E1350", "waits 29s at most", rest(routes="ANY /: {service: web, timeout: 30s}")),
    ("E1350", "from an expression", rest(routes="ANY /: {service: web, rewrite: {path: $request.path}}")),
    ("E1350", "one value or one expression", rest(routes='ANY /: {service: web, rewrite: {headers: {a: "it\'s"}}}')),
    ("E1350", "only answers to GET", rest(", stage: {cache: {}}", f"{POST}, cache: {{}}}}")),
    ("E1350", "needs no cache", rest(", stage: {cache: {}}", "ANY /: web, GET /a: {mock: {}, cache: {}}")),
    ("E1350", "only a REST API has models", alone("  gateway: {models: {a: {schema: {}}}}")),
    ("E1350", "has routing rules", named(stage="$default").replace("type: rest", "type: http")),
    ("E1329", "there is no stage `qa`", named(stage="qa")),
    ("E1316", "asks no rule about this header", named(headers={"Authorization": "x"})),
    ("E1355", "has no public name", named().replace("rest,", "rest, endpoint: private, policy: [{effect: Allow}],")),
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
