"""Specs that are well formed and make no sense: each is told once, with its code, where it stands."""

import pytest

from specs import ApiServiceSpec, load_text
from tests.specs.rest_sense import REST_SENSELESS, rest
from tests.specs.test_layers import alone, environment, lodger, service
from tests.specs.websocket_sense import SOCKET_SENSELESS

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/x"
TWO = '  services: {a: {image: "x:1", port: 80}, b: {image: "x:1", port: 81}}\n'


def https(listener="", balancer=""):
    return f"  loadBalancer: {{listeners: {{s: {{port: 443, certificate: '{CERTIFICATE}'{listener}}}}}{balancer}}}"


def two(more):
    return service(f"  aws: {{region: eu-west-1}}\n  network: vpc-0a1b2c3d4e5f60718\n{TWO}{more}")


NETWORK = environment(more="  loadBalancers: {tcp: {type: network}}") + "---\n"
NAMED = "domain: {name: a.example.com, hostedZone: example.com"
ABROAD = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b"
OPEN = "defaults: {authorizer: none}"
STAFF = f"authorizers: {{staff: {{type: jwt, issuer: 'https://a.b/', audience: [a]}}}}, {OPEN}"
JUDGE = "type: lambda, function: 'arn:aws:lambda:eu-west-1:123456789012:function:judge'"
PUBLIC, FACING = "integration: internet", "scheme: internet-facing"
ENDS = ", ".join(f"{each}: 'https://a.b'" for each in ("authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint"))


def doors(authorizer, more="defaults: {authorizer: none}, "):
    """A load balancer that is the front door, over TLS, with one authorizer."""
    listeners = f"  loadBalancer: {{listeners: {{s: {{port: 443, certificate: '{CERTIFICATE}'}}}}}}"
    return alone(f"  gateway: {{type: none, {more}authorizers: {{a: {authorizer}}}}}\n{listeners}")


SENSELESS = [
    ("E1350", "sends nobody elsewhere", alone("  gateway: {routes: {GET /: {redirect: a.example}, $default: web}}")),
    (
        "E1342",
        "leads back to itself",
        alone("  gateway: {type: none, routes: {GET /: {redirect: {path: '/#{path}', query: a=1}}, $default: web}}"),
    ),
    (
        "E1342",
        "redirected is not rewritten",
        alone("  gateway: {type: none, routes: {GET /: {redirect: {port: 81}, rewrite: {path: /x}}, $default: web}}"),
    ),
    ("E1301", "no service `wob`", alone("  gateway: {routes: {GET /: wob}}")),
    ("E1301", "several services need routes", two("")),
    ("E1301", "no route leads to this service", two("  gateway: {routes: {GET /: a}}")),
    (
        "E1302",
        "takes this and `GET /{a}` for one route",
        alone("  gateway: {routes: {'GET /{a}': web, 'GET /{b}': web}}"),
    ),
    ("E1107", "{name+} stands at the end", alone("  gateway: {routes: {'GET /{a+}/b': web}}")),
    ("E1107", "a parameter is a whole segment", alone("  gateway: {routes: {'GET /x{a}': web}}")),
    ("E1303", "count and scaling exclude each other", alone(web=", count: 2, scaling: {min: 1}")),
    ("E1303", "min 5 is above max 2", alone(web=", scaling: {min: 5, max: 2}")),
    ("E1304", "no task with cpu 512 and memory 512", alone(web=", cpu: 512, memory: 512")),
    ("E1304", "no task with cpu 300 and memory 512", alone(web=", cpu: 300")),
    ("E1306", "at least one weight", alone(web=", capacity: {FARGATE: {weight: 0}}")),
    (
        "E1306",
        "only one capacity provider may have a base",
        alone(web=", capacity: {FARGATE: {base: 1}, FARGATE_SPOT: {base: 1}}"),
    ),
    (
        "E1306",
        "does not offer",
        alone("  cluster: {capacityProviders: [FARGATE_SPOT]}", ", capacity: {FARGATE: {base: 1}}"),
    ),
    ("E1307", "speaks plain HTTP", alone(https())),
    ("E1307", "no listener has a certificate", alone("  loadBalancer: {gatewayTls: {serverName: a.b}}")),
    (
        "E1307",
        "a TLS policy is for listeners",
        alone("  loadBalancer: {listeners: {h: {port: 80, tlsPolicy: ELBSecurityPolicy-X}}}"),
    ),
    ("E1308", "listener `a` has port 80 already", alone("  loadBalancer: {listeners: {a: {port: 80}, b: {port: 80}}}")),
    ("E1104", "same-as:<listener>", alone("  loadBalancer: {listeners: {a: {port: 80, certificate: same-as:b}}}")),
    ("E1309", "without an Environment there is no load balancer to share", alone("  loadBalancer: internal")),
    (
        "E1309",
        "`idleTimeout` cannot be here",
        environment() + "---\n" + lodger("  loadBalancer: {shared: internal, idleTimeout: 9s}"),
    ),
    ("E1309", "has no load balancer `intern`", environment() + "---\n" + lodger("  loadBalancer: intern")),
    ("E1309", "described, not shared", environment(more="  loadBalancers: {internal: {shared: x}}")),
    (
        "E1310",
        "it lies in us-east-1",
        alone(https(balancer=", gatewayTls: {serverName: a.b}").replace("acm:eu-west-1", "acm:us-east-1")),
    ),
    ("E1310", "it lies in us-east-1", alone(web=", secrets: {A: 'arn:aws:ssm:us-east-1:123456789012:parameter/a'}")),
    (
        "E1310",
        "it lies in account 123456789012",
        alone(https(balancer=", gatewayTls: {serverName: a.b}")).replace("aws: {", "aws: {accountId: '210987654321', "),
    ),
    ("E1311", "timeout 10s has to be less", alone(web=", healthCheck: {timeout: 10s}")),
    (
        "E1311",
        "shorter than the container's startPeriod",
        alone(web=", healthCheck: {container: {command: [x], startPeriod: 2m}}"),
    ),
    ("E1312", "the sidecars take cpu 256", alone(web=', sidecars: {a: {image: "x:1", cpu: 256}}')),
    ("E1312", "the sidecars take memory 512", alone(web=', sidecars: {a: {image: "x:1", memory: 512}}')),
    ("E1312", "own container has this name", alone(web=', sidecars: {web: {image: "x:1"}}')),
    ("E1313", "at least two subnets", alone().replace("subnet-0aaaaaaa1, subnet-0aaaaaaa2", "subnet-0aaaaaaa1")),
    (
        "E1313",
        "exactly one of id and tags",
        alone().replace("vpc: vpc-0a1b2c3d4e5f60718", "vpc: {id: vpc-0a1b2c3d, tags: {A: b}}"),
    ),
    (
        "E1314",
        "taskRole is a role of yours",
        alone(web=f", taskRole: '{ROLE}', permissions: [{{actions: ['s3:*'], resources: ['*']}}]"),
    ),
    ("E1315", "name the origins", alone("  gateway: {cors: {origins: ['*'], credentials: true}}")),
    (
        "E1316",
        "API Gateway keeps this header",
        alone("  gateway: {routes: {GET /: {service: web, rewrite: {headers: {X-Forwarded-For: a}}}}}"),
    ),
    (
        "E1316",
        "Penstock keeps this header",
        alone("  gateway: {routes: {GET /: {service: web, rewrite: {headers: {x-penstock-target: a}}}}}"),
    ),
    ("E1317", "round_robin only", alone(web=", targetGroup: {slowStart: 30s, algorithm: weighted_random}")),
    ("E1318", "never begins", alone(web=", deployment: {minHealthy: 100, max: 100}")),
    ("E1319", "no JSON keys", alone(web=", secrets: {A: 'ssm:/a#b'}")),
    ("E1319", "exactly one of name and arn", alone(web=", secrets: {A: {kind: ssm}}")),
    ("E1320", "by its name only", alone("  cluster: {adopt: true}")),
    ("E1321", "there is a field for it", alone("  loadBalancer: {attributes: {idle_timeout.timeout_seconds: 9}}")),
    ("E1321", "no such attribute", alone("  loadBalancer: {attributes: {load_balancing.cross_zone.enabled: true}}")),
    ("E1322", "`A` is in env too", alone(web=", env: {A: b}, secrets: {A: ssm:/a}")),
    (
        "E1323",
        'Unknown parameter in input: "availabilityZoneRebalance"',
        alone(web=", overrides: {service: {availabilityZoneRebalance: ENABLED}}"),
    ),
    (
        "E1323",
        "Invalid type for parameter enableFaultInjection",
        alone(web=", overrides: {taskDefinition: {enableFaultInjection: 1}}"),
    ),
    ("E1323", "`tags` is set by Penstock", alone(web=", overrides: {taskDefinition: {tags: []}}")),
    ("E1324", "has host bits set", alone(web=", network: {egress: [{cidr: 10.0.0.1/8}]}")),
    ("E1350", "cannot stand in front of an HTTP API", alone(f"  gateway: {{waf: {{webAcl: '{ACL}'}}}}")),
    (
        "E1316",
        "API Gateway keeps",
        alone("  gateway: {routes: {GET /: {service: web, rewrite: {response: {'200': {headers: {via: a}}}}}}}"),
    ),
    (
        "E1359",
        "calls the tasks themselves",
        alone("  gateway: {integration: cloudMap}\n  loadBalancer: {idleTimeout: 90s}"),
    ),
    ("E1346", "is not changed", alone("  loadBalancer: {adopt: theirs, crossZone: true, type: network}")),
    ("E1345", "application and network load balancers only", alone("  loadBalancer: {type: classic}")),
    (
        "E1326",
        "only a token by itself",
        alone(f"  gateway: {{authorizers: {{a: {{{JUDGE}, validation: x}}}}, {OPEN}}}"),
    ),
    ("E1350", "is told the request", alone(f"  gateway: {{authorizers: {{a: {{{JUDGE}, payload: token}}}}, {OPEN}}}")),
    (
        "E1326",
        "a token is in header.NAME or querystring.NAME",
        alone(f"  gateway: {{{STAFF.replace('type: jwt', 'type: jwt, identity: context.stage')}}}"),
    ),
    ("E1342", "asks neither functions", doors(f"{{{JUDGE}}}")),
    ("E1326", "needs `jwks`", doors("{type: jwt, issuer: 'https://a.b'}")),
    ("E1326", "needs `clientSecret`", doors(f"{{type: oidc, issuer: 'https://a.b', login: {{{ENDS}, clientId: a}}}}")),
    (
        "E1326",
        "it is judged anyway",
        doors("{type: jwt, issuer: 'https://a.b', jwks: 'https://a.b/k', claims: {exp: a}}"),
    ),
    ("E1327", "spelled out", doors("{type: jwt, issuer: 'https://a.b', jwks: 'https://a.b/k'}", more="")),
    (
        "E1307",
        "HTTPS listeners of application load balancers only",
        alone(
            "  gateway: {type: none, authorizers: {a: {type: jwt, issuer: 'https://a.b', jwks: 'https://a.b/k'}}, "
            "defaults: {authorizer: a}}"
        ),
    ),
    (
        "E1350",
        "only a load balancer that is the front door",
        alone(f"  gateway: {{{STAFF.replace('type: jwt', 'type: jwt, claims: {a: b}')}}}"),
    ),
    ("E1317", "every weight is 0", alone("  gateway: {type: none, routes: {GET /: {weights: {web: 0}}}}")),
    ("E1317", "nobody else to send", alone("  gateway: {type: none, routes: {GET /: {service: web, sticky: 1h}}}")),
    ("E1350", "leads a route to one service", alone("  gateway: {routes: {GET /: {weights: {web: 1}}}}")),
    (
        "E1342",
        "an expression stands alone",
        alone("  gateway: {type: none, routes: {GET /: {service: web, hosts: [^a, b]}}}"),
    ),
    ("E1356", "nobody reaches an internal", alone(f"  gateway: {{{PUBLIC}}}")),
    ("E1356", "sees no headers", alone(f"  gateway: {{{PUBLIC}}}\n  loadBalancer: {{type: network, {FACING}}}")),
    (
        "E1356",
        "no VPC link",
        alone(f"  gateway: {{{PUBLIC}}}\n  loadBalancer: {{{FACING}}}\n  vpcLink: {{subnets: public}}"),
    ),
    (
        "E1356",
        "lets in nobody but the VPC link",
        environment(more=f"  loadBalancers: {{out: {{{FACING}}}}}")
        + "---\n"
        + lodger(f"  gateway: {{{PUBLIC}}}\n  loadBalancer: out"),
    ),
    ("E1329", "a certificate is needed", alone("  gateway: {domain: api.example.com}")),
    ("E1329", "does not lie in", alone("  gateway: {domain: {name: a.example.com, hostedZone: example.org}}")),
    ("E1329", "there are `paths`", alone(f"  gateway: {{{NAMED}, path: a, paths: {{/: $default}}}}}}")),
    ("E1329", "there is no stage `beta`", alone(f"  gateway: {{{NAMED}, paths: {{/: beta}}}}}}")),
    ("E1329", "nobody could call", alone("  gateway: {defaultEndpoint: disabled}")),
    ("E1310", "it lies in us-east-1", alone(f"  gateway: {{{NAMED}, certificate: '{ABROAD}'}}}}")),
    ("E1326", "needs `audience`", alone(f"  gateway: {{{STAFF.replace(', audience: [a]', '')}}}")),
    ("E1326", "`ttl` is not for", alone(f"  gateway: {{{STAFF.replace('audience: [a]', 'audience: [a], ttl: 5s')}}}")),
    (
        "E1326",
        "a token is in one place",
        alone(f"  gateway: {{{STAFF.replace('[a]', '[a], identity: [header.a, header.b]')}}}"),
    ),
    ("E1326", "nothing to remember by", alone(f"  gateway: {{authorizers: {{f: {{{JUDGE}, ttl: 5s}}}}, {OPEN}}}")),
    ("E1326", "`none` means open", alone(f"  gateway: {{authorizers: {{none: {{type: iam}}}}, {OPEN}}}")),
    (
        "E1327",
        "an open route is spelled out",
        alone(f"  gateway: {{{STAFF.replace(OPEN, 'throttle: {rate: 1, burst: 1}')}}}"),
    ),
    ("E1327", "there is no authorizer `staf`", alone(f"  gateway: {{{STAFF.replace('none', 'staf')}}}")),
    ("E1327", "scopes are of tokens", alone("  gateway: {defaults: {authorizer: none, scopes: [a]}}")),
    ("E1325", "there are `stages` as well", alone("  gateway: {stage: {}, stages: {beta: {}}}")),
    ("E1325", "needs a stage", alone("  gateway: {stages: {}}")),
    (
        "E1301",
        "there is no such route",
        alone("  gateway: {stage: {routes: {GET /x: {throttle: {rate: 1, burst: 1}}}}}"),
    ),
    ("E1307", "a TCP port passes TLS on", alone("  loadBalancer: {type: network}", ", protocol: https")),
    ("E1340", "an application load balancer has", alone("  loadBalancer: {type: network, idleTimeout: 9s}")),
    ("E1340", "a network load balancer has", alone("  loadBalancer: {crossZone: true}")),
    ("E1340", "a network load balancer has", alone(web=", targetGroup: {preserveClientIp: true}")),
    ("E1340", "share its listeners", alone(web=", listenerPort: 90")),
    ("E1340", "by HTTP or HTTPS only", alone(web=", healthCheck: {protocol: tcp}")),
    ("E1340", "counts no requests", alone("  loadBalancer: {type: network}", ", scaling: {requests: 5}")),
    ("E1340", "has no such setting", alone("  loadBalancer: {type: network}", ", targetGroup: {slowStart: 30s}")),
    (
        "E1340",
        "knows no cookies",
        alone("  loadBalancer: {type: network}", ", targetGroup: {stickiness: {cookie: basket}}"),
    ),
    (
        "E1340",
        "do not stick",
        alone(https(balancer=", type: network, gatewayTls: {serverName: a.b}"), ", targetGroup: {stickiness: {}}"),
    ),
    (
        "E1340",
        "asks for nothing",
        alone("  loadBalancer: {type: network}", ", healthCheck: {protocol: tcp, path: /well}"),
    ),
    (
        "E1341",
        "no service has port 90",
        alone("  loadBalancer: {type: network, listeners: {a: {port: 90}, b: {port: 80}}}"),
    ),
    (
        "E1342",
        "without a gateway there is no such thing",
        alone("  gateway: {type: none, cors: {origins: ['*']}}"),
    ),
    ("E1342", "does no such thing", alone("  gateway: {type: none, routes: {GET /: {service: web, timeout: 5s}}}")),
    (
        "E1327",
        "there is no authorizer `a`",
        alone("  gateway: {type: none, routes: {GET /: {service: web, authorizer: a}}}"),
    ),
    (
        "E1342",
        "rewrites the path only",
        alone("  gateway: {type: none, routes: {GET /: {service: web, rewrite: {headers: {a: b}}}}}"),
    ),
    (
        "E1342",
        "has no parameter id",
        alone("  gateway: {type: none, routes: {GET /: {service: web, rewrite: {path: '/{id}'}}}}"),
    ),
    (
        "E1342",
        "without headers",
        alone("  gateway: {type: none, routes: {GET /: web, GET /a: {mock: {headers: {a: b}}}}}"),
    ),
    ("E1342", "its own name", alone("  gateway: {routes: {GET /: {service: web, hosts: [a.b]}}}")),
    ("E1342", "no such request", alone("  gateway: none\n  overrides: {api: {Version: '2'}}")),
    ("E1342", "sees no paths", alone("  gateway: {type: none, routes: {GET /: web}}\n  loadBalancer: {type: network}")),
    ("E1342", "nobody heeds it", alone(f"  gateway: none\n{https(balancer=', gatewayTls: {serverName: a.b}')}")),
    ("E1342", "leave no room", alone("  gateway: {type: none, routes: {'GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}': web}}")),
    (
        "E1342",
        "requests are answered on `a`",
        alone("  gateway: none\n  loadBalancer: {listeners: {a: {port: 80}, b: {port: 81}}}"),
    ),
    ("E1342", "on one listener would collide", environment() + "---\n" + lodger("  gateway: none")),
    ("E1342", "comes through its link", alone("  loadBalancer: {ingress: [10.0.0.0/8]}")),
    ("E1301", "several services need routes", two("  gateway: none")),
    (
        "E1308",
        "from a plain listener to a secure one",
        alone("  loadBalancer: {listeners: {a: {port: 80, redirect: b}, b: {port: 81}}}"),
    ),
    (
        "E1340",
        "answers nothing by itself",
        alone("  loadBalancer: {type: network, listeners: {a: {port: 80, redirect: a}}}"),
    ),
    ("E1324", "has host bits set", alone("  gateway: none\n  loadBalancer: {ingress: [10.0.0.1/8]}")),
    (
        "E1343",
        "stands in public subnets",
        alone("  loadBalancer: {scheme: internet-facing, placement: private}"),
    ),
    ("E1343", "of no use in private subnets", alone(web=", network: {assignPublicIp: true}")),
    ("E1344", "exactly one of image", alone(web=", taskDefinition: web")),
    ("E1344", "says it", alone(web=", taskDefinition: web, command: [x]").replace('image: "x:1", ', "")),
    ("E1341", "has to say its `listenerPort`", NETWORK + lodger("  loadBalancer: tcp")),
    ("E1202", "exactly one of", service('  services: {web: {image: "x:1", port: 80}}')),
    (
        "E1202",
        "needs `network` too",
        service(f"  aws: {{region: eu-west-1}}\n{TWO}  gateway: {{routes: {{GET /a: a, GET /b: b}}}}"),
    ),
    ("E1206", "belongs to the Environment", environment() + "---\n" + lodger("  cluster: {name: mine}")),
    ("E1206", "belongs to the Environment", environment(more="  defaults: {cluster: {name: mine}}")),
    ("E1202", "chosen already", environment(more="  defaults: {environment: test}")),
    ("E1203", "there is no Environment `prod`", lodger()),
    ("E1204", "Environment `prod` has mistakes", environment(more="  prun: {}") + "---\n" + lodger()),
    ("E1209", "letters, digits", alone().replace("name: web}", "name: web, labels: {a b: c}}")),
    ("E1209", "are taken", alone("  tags: {'aws:x': y}")),
    ("E1209", "41 labels", alone("  tags: {" + ", ".join(f"a{n}: b" for n in range(41)) + "}")),
    ("E1209", "300 characters", alone("  tags: {" + ", ".join(f"{'a' * 99}{n}: b" for n in range(3)) + "}")),
    ("E1207", "web → web", alone("  dependsOn: [web]")),
    *REST_SENSELESS,
    *SOCKET_SENSELESS,
]


@pytest.mark.parametrize(("code", "words", "text"), SENSELESS, ids=lambda value: value[:24].strip())
def test_senseless_is_refused_once_with_its_code(code, words, text):
    errors = load_text(text, "f.yaml").errors
    found = [error for error in errors if error.code == code and words in error.message + error.hint]
    assert len(found) == 1, [str(error) for error in errors]
    assert [error for error in errors if error not in found and error.code != "E1101"] == []


DOUBTFUL = [
    ("E1354", rest(routes="GET /: {service: web, cache: {}}")),
    ("E1367", rest(routes="ANY /: {service: web, timeout: 1m}")),
    ("E1357", alone(f"  gateway: {{{PUBLIC}}}\n  loadBalancer: {{{FACING}}}")),
]


@pytest.mark.parametrize(("code", "text"), DOUBTFUL)
def test_what_may_be_meant_is_a_warning(code, text):
    catalog = load_text(text, "f.yaml")
    assert not catalog.errors
    assert [each.code for each in catalog.warnings] == [code]


def test_every_semantic_code_is_tried_here():
    from specs.codes import CODES

    elsewhere = {"E1201", "E1205", "E1208", "E1210", "E1305"}
    tried = {code for code, _, _ in SENSELESS} | {code for code, _ in DOUBTFUL}
    elsewhere |= {f"E136{number}" for number in range(7)}  # of files beside specs: test_openapi.py
    assert {code for code in CODES if code >= "E12"} - elsewhere == {code for code in tried if code >= "E12"}


def test_two_services_on_one_port_of_a_network_load_balancer_are_both_told():
    routes = "  gateway: {routes: {GET /a: a, GET /b: b}}\n"
    errors = load_text(two(f"{routes}  loadBalancer: {{type: network}}").replace("81", "80")).errors
    assert [(each.code, each.path) for each in errors] == [
        ("E1341", "spec.services.a.port"),
        ("E1341", "spec.services.b.port"),
    ]


def test_two_specs_on_one_port_of_a_shared_network_load_balancer_are_both_left_alone():
    one = lodger("  loadBalancer: tcp", ", listenerPort: 90")
    catalog = load_text(f"{NETWORK}{one}---\n{one.replace('name: web', 'name: other')}", "f.yaml")
    assert [each.code for each in catalog.errors] == ["E1341", "E1341"]
    assert len({each.line for each in catalog.errors}) == 2
    assert catalog.frozen == {"web/prod", "other/prod"}
    assert [each.address for each in catalog.instances] == ["prod"]


def test_a_nearest_fargate_size_is_offered():
    (problem,) = load_text(alone(web=", cpu: 1024, memory: 1024")).problems
    assert problem.hint == "the nearest is cpu: 1024, memory: 2048"


def test_spot_without_a_base_is_a_warning_and_stops_nothing():
    catalog = load_text(alone(web=", capacity: {FARGATE_SPOT: {}}"))
    assert [one.code for one in catalog.warnings] == ["E1305"]
    assert [one.address for one in catalog.instances] == ["web"]


def test_overrides_that_aws_knows_are_taken():
    web = (
        ", overrides: {service: {availabilityZoneRebalancing: ENABLED}, taskDefinition: {enableFaultInjection: false}}"
    )
    (instance,) = load_text(alone(web=web)).instances
    assert isinstance(instance.spec, ApiServiceSpec)
    assert instance.spec.services["web"].overrides.service == {"availabilityZoneRebalancing": "ENABLED"}


def test_an_https_listener_that_says_its_name_is_fine():
    assert load_text(alone(https(balancer=", gatewayTls: {serverName: web.demo.internal}"))).problems == ()
