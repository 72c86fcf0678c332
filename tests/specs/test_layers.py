"""What a spec becomes: short forms, layers, variables and everything it implies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import load_text
from specs.node import Node, built, merge
from specs.problem import Origin

HERE = Origin("f", 1, 1)
PLACE = Node(None, HERE, HERE)
NETWORK = "network: {vpc: vpc-0a1b2c3d4e5f60718, subnets: {private: [subnet-0aaaaaaa1, subnet-0aaaaaaa2]}}"
HEAD = "apiVersion: penstock.dev/v1alpha1\n"


def environment(name="prod", more="", labels="{}"):
    return (
        f"{HEAD}kind: Environment\nmetadata: {{name: {name}, labels: {labels}}}\n"
        f"spec:\n  aws: {{region: eu-west-1}}\n  {NETWORK}\n{more}\n"
    )


def service(spec, name="web", metadata=""):
    return f"{HEAD}kind: ApiService\nmetadata: {{name: {name}{metadata}}}\nspec:\n{spec}\n"


def alone(more="", web=""):
    """A standalone ApiService, with more in its spec and in its one service."""
    return service(
        f'  aws: {{region: eu-west-1}}\n  {NETWORK}\n  services: {{web: {{image: "x:1", port: 80{web}}}}}\n{more}'
    )


def lodger(more="", web="", metadata=""):
    """An ApiService that lives in prod."""
    spec = f'  environment: prod\n  services: {{web: {{image: "x:1", port: 80{web}}}}}\n{more}'
    return service(spec, metadata=metadata)


def only(*texts, address=None, **variables):
    """The instance of a valid text; the one of this address when there are several."""
    catalog = load_text("---\n".join(texts), "f.yaml", variables)
    assert not catalog.errors, catalog.render()
    if address is None:
        return next(one for one in catalog.instances if one.kind == "ApiService")
    return next(one for one in catalog.instances if one.address == address)


def wrong(*texts, **variables):
    return [problem.code for problem in load_text("---\n".join(texts), "f.yaml", variables).errors]


def test_a_standalone_service_owns_everything_it_does_not_mention():
    spec = only(alone()).spec
    assert spec.cluster.name is None
    assert spec.vpc_link.subnets == "private"
    assert {name: (one.port, one.secure) for name, one in spec.load_balancer.listeners.items()} == {"http": (80, False)}
    assert spec.load_balancer.shared is None
    assert (spec.gateway.throttle.rate, spec.gateway.throttle.burst) == (10_000, 5_000)
    assert {key: route.service for key, route in spec.gateway.routes.items()} == {"$default": "web"}
    web = spec.services["web"]
    assert (web.scaling.min, web.scaling.max, web.scaling.cpu) == (2, 10, 60)
    assert (web.cpu, web.memory, web.logs.retention, web.health_check.grace_period) == (256, 512, 30, 60)
    assert (web.target_group.deregistration_delay, web.deployment.circuit_breaker.rollback) == (20, True)


def test_a_service_in_an_environment_takes_what_the_environment_lends():
    instance = only(environment(more="  iam: {path: /ours/}"), lodger())
    assert instance.address == "web/prod"
    assert instance.home.name == "prod"
    assert (instance.spec.aws, instance.spec.network, instance.spec.cluster, instance.spec.vpc_link) == (None,) * 4
    assert instance.spec.iam.path == "/ours/"
    assert instance.spec.load_balancer.shared == "internal"
    assert list(instance.home.spec.load_balancers) == ["internal"]


@pytest.mark.parametrize(
    ("brief", "long"),
    [
        ("healthCheck: /up", "healthCheck: {path: /up}"),
        ("deployment: rolling", "deployment: {strategy: rolling}"),
        ("deployment: {circuitBreaker: false}", "deployment: {circuitBreaker: {enable: false, rollback: false}}"),
        (
            "deployment: {circuitBreaker: {threshold: 3}}",
            "deployment: {circuitBreaker: {threshold: {type: COUNT, value: 3}}}",
        ),
        ("secrets: {A: ssm:/a}", "secrets: {A: {kind: ssm, name: /a}}"),
        ("secrets: {A: 'secretsmanager:a/b#k'}", "secrets: {A: {kind: secretsmanager, name: a/b, jsonKey: k}}"),
        (
            "secrets: {A: 'arn:aws:ssm:eu-west-1:123456789012:parameter/a'}",
            "secrets: {A: {kind: ssm, arn: 'arn:aws:ssm:eu-west-1:123456789012:parameter/a'}}",
        ),
        ("cpu: '0.5 vCPU', memory: '1 GB'", "cpu: 512, memory: 1024"),
        ("cpu: 1024", "cpu: 1024, memory: 2048"),
        ("env: {A: 80, B: true}", "env: {A: '80', B: 'true'}"),
    ],
)
def test_a_short_form_of_a_service_is_its_long_form(brief, long):
    assert only(alone(web=f", {brief}")).spec == only(alone(web=f", {long}")).spec


@pytest.mark.parametrize(
    ("brief", "long"),
    [
        ("gateway: http", "gateway: {type: http}"),
        ("gateway: {routes: {GET /: web}}", "gateway: {routes: {GET /: {service: web}}}"),
        ("gateway: {stages: {$default: {metrics: detailed}}}", "gateway: {stage: {metrics: detailed}}"),
        ("suspend: false", ""),
    ],
)
def test_a_short_form_of_an_api_is_its_long_form(brief, long):
    assert only(alone(f"  {brief}")).spec == only(alone(f"  {long}")).spec


@pytest.mark.parametrize(
    ("brief", "vpc", "tags"),
    [
        ("vpc-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718", {}),
        ("{discover: {vpc: {tag:Name: core, tag:Env: prod}}}", None, {"Name": "core", "Env": "prod"}),
        ("{vpc: {tag:Name: core}, egress: existing}", None, {"Name": "core"}),
    ],
)
def test_a_network_is_named_by_id_or_by_tags(brief, vpc, tags):
    network = only(alone().replace(NETWORK, f"network: {brief}")).spec.network
    assert (network.vpc.id, network.vpc.tags) == (vpc, tags)


def test_each_layer_goes_over_the_one_below():
    defaults = "  defaults: {services: {cpu: 512, memory: 2048, stopTimeout: 20s, user: app, exec: true}}"
    patches = "  environments: {prod: {services: {web: {stopTimeout: 40s, user: null}}}, test: {}}\n"
    body = '  services: {web: {image: "x:1", port: 80, memory: 1024, stopTimeout: 10s, user: web}}'
    texts = (environment(more=defaults), environment("test", defaults), service(patches + body))
    web = only(*texts, address="web/prod").spec.services["web"]
    assert (web.platform, web.cpu, web.memory, web.stop_timeout, web.user) == ("linux/amd64", 512, 1024, 40, None)
    web = only(*texts, address="web/test").spec.services["web"]
    assert (web.stop_timeout, web.user, web.exec) == (10, "web", True)


def test_null_takes_a_default_away():
    defaults = "  defaults: {gateway: {cors: {origins: ['*']}}}"
    assert only(environment(more=defaults), lodger()).spec.gateway.cors is not None
    assert only(environment(more=defaults), lodger("  gateway: {cors: null}")).spec.gateway.cors is None


def test_a_header_set_to_null_is_taken_away_from_requests_not_from_the_spec():
    route = "{service: web, rewrite: {headers: {x-a: null, x-b: c}}}"
    spec = only(alone(f"  gateway: {{routes: {{GET /: {route}}}}}")).spec
    assert spec.gateway.routes["GET /"].rewrite.headers == {"x-a": None, "x-b": "c"}


def test_a_short_form_in_a_patch_changes_only_what_it_says():
    patches = "  environments: {prod: {services: {web: {healthCheck: /b}}}}\n"
    body = '  services: {web: {image: "x:1", port: 80, healthCheck: {path: /a, interval: 20s}}}'
    check = only(environment(), service(patches + body)).spec.services["web"].health_check
    assert (check.path, check.interval) == ("/b", 20)


def test_a_default_reaches_a_service_that_only_a_patch_adds():
    patches = '  environments: {prod: {services: {b: {image: "x:2", port: 81}}, gateway: {routes: {GET /b: b}}}}\n'
    body = '  gateway: {routes: {GET /a: a}}\n  services: {a: {image: "x:1", port: 80}}'
    texts = environment(more="  defaults: {services: {stopTimeout: 9s}}"), service(patches + body)
    assert [one.stop_timeout for one in only(*texts).spec.services.values()] == [9, 9]


def test_routes_take_the_gateways_defaults():
    defaults = "{timeout: 5s, throttle: {rate: 9, burst: 8}}"
    routes = "{GET /a: web, GET /b: {service: web, timeout: 1500ms}}"
    routes = only(alone(f"  gateway: {{defaults: {defaults}, routes: {routes}}}")).spec.gateway.routes
    assert [(route.timeout, route.throttle.rate) for route in routes.values()] == [(5000, 9), (1500, 9)]


def test_the_stage_takes_the_gateways_throttle_and_logs_take_observability():
    spec = only(alone("  gateway: {throttle: {rate: 7, burst: 6}}\n  observability: {logs: {retention: 90d}}")).spec
    assert [(name, each.throttle.rate, each.throttle.burst) for name, each in spec.gateway.stages.items()] == [
        ("$default", 7, 6)
    ]
    assert (spec.gateway.access_logs.retention, spec.services["web"].logs.retention) == (90, 90)


def test_an_environments_ignored_differences_hold_besides_the_services_own():
    def ignore(kind):
        return f"drift: {{interval: 1m, ignoreDifferences: [{{resource: {kind}, paths: [/A], reason: r}}]}}"

    drift = only(environment(more=f"  {ignore('Role/a')}"), lodger(f"  {ignore('Stage/b')}")).spec.drift
    assert [one.resource for one in drift.ignore_differences] == ["Role/a", "Stage/b"]
    assert drift.interval == 60


def test_the_gateway_is_protected_in_production_unless_the_spec_says_otherwise():
    production = environment(labels="{stage: prod}")
    assert only(production, lodger()).spec.protect == ("gateway", "domain")
    assert only(production, lodger("  protect: []")).spec.protect == ()
    assert only(environment(), lodger()).spec.protect == ()


def test_a_listener_may_have_the_certificate_of_another():
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
    listeners = f"{{a: {{port: 443, certificate: '{arn}'}}, b: {{port: 8443, certificate: same-as:a}}}}"
    balancer = only(
        alone(f"  loadBalancer: {{listeners: {listeners}, gatewayTls: {{serverName: a.b}}}}")
    ).spec.load_balancer
    assert balancer.listeners["b"].certificate == arn
    assert balancer.front == "a"


def test_variables_come_from_the_environment_and_the_command_line_goes_before():
    texts = (
        environment(more="  vars: {LEVEL: info, PORT: 81}"),
        lodger(web=", env: {A: '${vars.LEVEL}!', B: '$${vars.X}'}"),
    )
    assert only(*texts).spec.services["web"].env == {"A": "info!", "B": "${vars.X}"}
    assert only(*texts, LEVEL="debug").spec.services["web"].env["A"] == "debug!"


def test_an_escaped_reference_in_the_defaults_stays_one():
    defaults = "  defaults: {services: {env: {A: '$${vars.X}', B: '${vars.Y}'}}}\n  vars: {Y: z}"
    assert only(environment(more=defaults), lodger()).spec.services["web"].env == {"A": "${vars.X}", "B": "z"}


def test_a_variable_may_be_a_number_where_a_number_is_wanted():
    texts = (
        environment(more="  vars: {PORT: 81, CPU: 512, MEMORY: 1024}"),
        lodger(web=", stopTimeout: '${vars.STOP}', cpu: '${vars.CPU}', memory: '${vars.MEMORY}'").replace(
            "port: 80", "port: '${vars.PORT}'"
        ),
    )
    web = only(*texts, STOP="9s").spec.services["web"]
    assert (web.port, web.cpu, web.memory, web.stop_timeout) == (81, 512, 1024, 9)


def test_quoted_digits_are_no_number_without_a_variable():
    assert wrong(alone().replace("port: 80", "port: '80'")) == ["E1104"]


def test_an_unknown_variable_is_a_mistake_at_its_value():
    (problem,) = load_text(alone(web=", env: {A: '${vars.LEVL}'}"), "f.yaml", {"LEVEL": "x"}).problems
    assert problem.message == "spec.services.web.env.A: `${vars.LEVL}` is not defined"
    assert (problem.code, problem.hint) == ("E1201", "did you mean `LEVEL`?")


@pytest.mark.parametrize("text", ["${vars.}", "${vars.A", "${vars.1}", "${vars}"])
def test_half_a_variable_is_a_mistake(text):
    assert wrong(alone(web=f", env: {{A: '{text}'}}"), A="x") == ["E1201"]


def test_a_variable_in_a_key_is_a_mistake_and_the_process_environment_is_never_read(monkeypatch):
    monkeypatch.setenv("LEVEL", "info")
    assert wrong(alone(web=", env: {A: '${vars.LEVEL}'}")) == ["E1201"]
    assert "E1201" in wrong(alone(web=", env: {'${vars.A}': x}"), A="B")


def test_other_references_are_left_to_api_gateway():
    route = "{service: web, rewrite: {path: '/x/${request.path.id}'}}"
    spec = only(alone(f"  gateway: {{routes: {{'GET /a/{{id}}': {route}}}}}")).spec
    assert spec.gateway.routes["GET /a/{id}"].rewrite.path == "/x/${request.path.id}"


def test_labels_go_over_tags_go_over_those_of_the_environment():
    home = environment(more="  tags: {a: 1, b: 1, c: 1}", labels="{b: 2, x: 2}")
    instance = only(home, lodger("  tags: {c: 3, d: 3}", metadata=", labels: {d: 4}"))
    assert instance.labels == {"a": "1", "b": "2", "c": "3", "d": "4", "x": "2"}


def test_the_hash_changes_with_what_is_asked_for_and_with_nothing_else():
    plain = only(environment(), lodger())
    assert only(environment(), "# remark\n" + lodger(metadata=", annotations: {a: b}")).hash == plain.hash
    assert only(environment(), lodger(web=", healthCheck: {path: /}")).hash == plain.hash
    changed = {
        only(environment(), lodger(web=", exec: true")).hash,
        only(environment(), lodger(metadata=", labels: {a: b}")).hash,
        only(environment(more="  iam: {path: /x/}"), lodger()).hash,
        only(environment(more="  loadBalancers: {internal: {idleTimeout: 90s}}"), lodger()).hash,
        only(environment(more="  loadBalancers: {internal: {}, other: {}}\n  prune: {enabled: true}"), lodger()).hash,
    }
    assert len(changed | {plain.hash}) == 5
    assert len(plain.hash) == 12


def test_a_condition_of_one_value_is_a_list_of_one():
    statement = "{actions: ['s3:Get*'], resources: ['*'], conditions: {StringEquals: {a: b, c: [d, 1]}}}"
    (allowed,) = only(alone(web=f", permissions: [{statement}]")).spec.services["web"].permissions
    assert allowed.conditions == {"StringEquals": {"a": ("b",), "c": ("d", "1")}}


def test_an_origin_tells_which_file_won():
    texts = environment(more="  defaults: {services: {stopTimeout: 9s}}"), lodger(web=", exec: true")
    origins = only(*texts).origins
    assert str(origins["/services/web/stopTimeout"]) == "f.yaml:7:38"
    assert origins["/services/web/exec"].line == 14
    assert "/services/web/deployment" not in origins


def test_an_expanded_spec_loads_again_as_itself():
    spec = only(alone(web=", cpu: 512, stopTimeout: 90s, ephemeralStorage: 30GiB")).spec
    again = type(spec).model_validate_json(spec.model_dump_json(by_alias=True), strict=False)
    assert again == spec


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from("abc"),
    lambda inside: st.dictionaries(st.sampled_from("abcd"), inside, max_size=3) | st.lists(inside, max_size=2),
    max_leaves=8,
)
PATCHES = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)


def rfc_7386(under, patch):
    """The pseudocode of RFC 7386, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(under) if isinstance(under, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = rfc_7386(result.get(name), value)
    return result


def plain(node):
    def lists(value):
        if isinstance(value, dict):
            return {name: lists(member) for name, member in value.items()}
        return [lists(item) for item in value] if isinstance(value, tuple) else value

    return lists(node.plain())


@settings(max_examples=150, deadline=None)
@given(PATCHES, PATCHES)
def test_merging_is_the_merge_patch_of_the_rfc(under, patch):
    merged = merge(built(under, PLACE), built(patch, PLACE))
    assert plain(merged) == rfc_7386(under, patch)
    assert plain(merge(merged, built(patch, PLACE))) == plain(merged)


@settings(max_examples=100, deadline=None)
@given(PATCHES, st.lists(st.sampled_from("abcd"), min_size=1, max_size=3), st.integers())
def test_what_is_put_is_found_and_nothing_else_moves(tree, steps, value):
    node = built(tree, PLACE)
    changed = node.put(tuple(steps), PLACE.with_value(value))
    found = changed.at(tuple(steps))
    assert found is not None
    assert found.value == value
    untouched = [name for name in tree if name != steps[0]]
    assert {name: changed.get(name) for name in untouched} == {name: node.get(name) for name in untouched}
