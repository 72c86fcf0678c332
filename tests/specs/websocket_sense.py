"""Specs of WebSocket APIs that are well formed and make no sense, or ask for what AWS gives other APIs only."""

from tests.specs.test_layers import alone, environment, lodger

JUDGE = "function: arn:aws:lambda:eu-west-1:123456789012:function:judge"
ASKED = f"a: {{type: lambda, {JUDGE}, identity: [header.x]"


def socket(gateway="", routes="$default: web", more=""):
    return alone(f"  gateway: {{type: websocket, routes: {{{routes}}}{gateway}}}{more}")


def rewriting(rewrite, key="$default"):
    return socket(routes=f"{key}: {{service: web, rewrite: {{{rewrite}}}}}")


def guarded(authorizer=f"{ASKED}}}", routes="$connect: {service: web, authorizer: a}"):
    return socket(f", authorizers: {{{authorizer}}}", routes)


SOCKET_SENSELESS = [
    ("E1107", "messages have no method and no path", socket(routes="GET /: web")),
    ("E1107", "$default, or a method and a path", alone("  gateway: {routes: {say: web}}")),
    ("E1107", "$default, or a method and a path", alone("  gateway: {type: none, routes: {$connect: web}}")),
    ("E1350", "only a WebSocket API chooses routes", alone("  gateway: {selection: $request.body.a}")),
    ("E1350", "only messages have none", alone("  gateway: {routes: {$default: {service: web, reply: true}}}")),
    ("E1358", "by what of a message", socket(routes="say: web")),
    ("E1358", "leads to network load balancers only", socket(more="\n  loadBalancer: {type: application}")),
    ("E1358", "for itself",
        environment(more="  loadBalancers: {tcp: {type: network}}")
        + "---\n" + lodger("  gateway: websocket\n  loadBalancer: tcp", ", listenerPort: 90")
    ),
    ("E1358", "would turn the VPC link V1 away", socket(
        more="\n  loadBalancer: {type: network, enforcePrivateLinkRules: true}"
    )),
    ("E1358", "not into subnets", socket(more="\n  vpcLink: {subnets: public}")),
    ("E1350", "has no $default stage", socket(", stage: {name: $default}")),
    ("E1350", "only a REST API has caches", socket(", stage: {name: live, cache: {}}")),
    ("E1350", "only a REST API has resource policies", socket(", policy: [{effect: Allow}]")),
    ("E1350", "only a REST API has edge and private endpoints", socket(", endpoint: edge")),
    ("E1102", "`usagePlans` of a WebSocket API", socket(", usagePlans: {gold: {keys: [a]}}")),
    ("E1102", "`mock` of a WebSocket API", socket(routes="$default: {mock: {}}, $connect: web")),
    ("E1102", "over the internet is not there yet", socket(", integration: internet")),
    ("E1350", "before they open a WebSocket", socket(", cors: {origins: [https://a.example]}")),
    ("E1350", "in front of a WebSocket API", socket(
        ", waf: {webAcl: arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/11111111-2222-4333-8444-555555555555}"
    )),
    ("E1350", "members of an HTTP API's requests", socket(more="\n  overrides: {api: {Version: x}}")),
    ("E1350", "waits 29s at most", socket(routes="$default: {service: web, timeout: 30s}")),
    ("E1350", "only who connects is asked", guarded(
        routes="$default: {service: web, authorizer: a}, $connect: {service: web, authorizer: none}"
    )),
    ("E1327", "an open route is spelled out", guarded(routes="$connect: web")),
    ("E1350", "knows no tokens", guarded("a: {type: jwt, issuer: 'https://a.example', audience: [a]}")),
    ("E1326", "needs `identity`", guarded(f"a: {{type: lambda, {JUDGE}}}")),
    ("E1350", "takes a policy", guarded(f"{ASKED}, ttl: 1m}}")),
    ("E1350", "takes a policy", guarded(f"{ASKED}, simpleResponses: true}}")),
    ("E1350", "only messages are replied to", socket(routes="$connect: {service: web, reply: true}")),
    ("E1350", "goes to the client as it is", rewriting("response: {'404': {status: 200}}")),
    ("E1350", "a path from an expression", rewriting("path: $request.body.path")),
    ("E1350", "nothing to take away", rewriting("headers: {a: null}")),
    ("E1350", "no single value or expression", rewriting("""headers: {a: "it's"}""")),
    ("E1350", "told when a client connects", rewriting("query: {a: $request.header.a}")),
]  # fmt: skip
