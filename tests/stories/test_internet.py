"""API Gateway comes over the internet: the load balancer answers nobody else, and its secret is nobody's to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox.dataplane import Walk
from tests.stories.setups import Setup, told
from tests.stories.test_rest_setups import only_api, place
from tests.stories.writing import AWS, CERTIFICATE, NETWORK, document, environment, service, shared
from tests.world import World

NAME = "penstock/default/tickets/gateway"
OTHER = "another-value-that-somebody-put-there-by-hand"
HEADER = "integration.request.header.x-penstock-secret"
TARGET = {"x-penstock-target": "tickets.desk"}


def secret(world: World, name: str = NAME) -> str:
    return str(world.boto("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def rotate(world: World, name: str = NAME, value: str = OTHER) -> None:
    world.boto("secretsmanager").put_secret_value(SecretId=name, SecretString=value)


def straight(world: World, **headers: str) -> Walk:
    """A request to the balancer's own public name, by somebody who knows how rules choose a service."""
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    return world.call(balancer["DNSName"], "/desk/7", **TARGET, **headers)


@contextmanager
def callers(world: World, api: str, path: str) -> Iterator[None]:
    """Somebody calls after every single call to AWS; nobody is turned away."""
    answers: Counter[str] = Counter()

    def call(_: Any = None) -> None:
        answer = world.request(api, path).answer
        answers[f"{answer.status} {answer.why}"] += 1

    world.sandbox.watchers.append(call)
    yield
    world.sandbox.watchers.clear()
    assert set(answers) == {"200 answered by the task"}


def rules(world: World) -> list[dict[str, Any]]:
    """The rules of the one listener, but for its default."""
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    found = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return [each for each in found if not each["IsDefault"]]


def open_to_all(world: World) -> None:
    """Somebody takes the condition on the secret off the rule."""
    [rule] = rules(world)
    header = {"HttpHeaderName": "x-penstock-target", "Values": ["tickets.desk"]}
    condition = {"Field": "http-header", "HttpHeaderConfig": header}
    world.boto("elbv2").modify_rule(RuleArn=rule["RuleArn"], Conditions=[condition])


def without_secret(world: World) -> None:
    """Somebody takes the secret out of the integration."""
    operation = {"op": "replace", "path": f"/requestParameters/{HEADER}", "value": "'guessed'"}
    world.boto("apigateway").update_integration(**place(world, "/tickets/{id}"), patchOperations=[operation])


def test_a_rest_api_over_the_internet_lives_its_life(logging: World) -> None:
    world, setup = logging, Setup(logging, "internet.yaml")
    id = only_api(world)
    walk = world.request(id, "/live/tickets/7")
    assert told(walk)["path"] == "/desk/7"
    assert "vpc_link" not in dict(walk.hops)
    assert not world.boto("apigatewayv2").get_vpc_links()["Items"]
    assert (straight(world).answer.status, straight(world).answer.body) == (503, b"no such service")
    assert straight(world, **{"x-penstock-secret": OTHER}).answer.status == 503
    assert straight(world, **{"x-penstock-secret": secret(world)}).answer.status == 200
    assert setup.mend(lambda: without_secret(world)) == ["RestIntegration/GET /tickets/{id}"]
    assert setup.mend(lambda: open_to_all(world)) == ["ListenerRule/desk"]
    assert straight(world).answer.status == 503
    setup.delete("tickets")


def test_another_secret_and_another_way_come_while_people_call(world: World) -> None:
    setup, elbv2 = Setup(world, "internet.yaml"), world.boto("elbv2")
    first = secret(world)
    with callers(world, only_api(world), "/live/tickets/7"):
        rotate(world)
        world.settle()
        assert straight(world, **{"x-penstock-secret": first}).answer.status == 503
        assert straight(world, **{"x-penstock-secret": OTHER}).answer.status == 200
        assert len(rules(world)) == 1
        setup.edit("    integration: internet", "    integration: link")
        assert world.boto("apigatewayv2").get_vpc_links()["Items"]
        assert not [each for each in world.boto("secretsmanager").list_secrets()["SecretList"] if each["Name"] == NAME]
        setup.edit("    integration: link", "    integration: internet")
    assert straight(world).answer.status == 503
    assert len(elbv2.describe_load_balancers()["LoadBalancers"]) == 1


def test_its_tasks_speak_another_protocol_while_people_call(world: World) -> None:
    setup = Setup(world, "internet.yaml")
    kept, [rule] = secret(world), rules(world)
    with callers(world, only_api(world), "/live/tickets/7"):
        setup.edit("port: 80,", "port: 80, protocol: https,")
        setup.edit("port: 80, protocol: https,", "port: 80,")
    assert [each["RuleArn"] for each in rules(world)] == [rule["RuleArn"]]
    assert secret(world) == kept


def test_nobody_is_shown_the_secret(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    setup = Setup(world, "internet.yaml")
    values = [secret(world), OTHER]
    rotate(world)
    seen = world.look()
    outcomes, after = world.once()
    rotate(world, value=f"{OTHER}-2")
    without_secret(world)
    again = world.look()
    everything = repr((seen, outcomes, after, again, [str(each) for each in again.plan], world.marks))
    assert all(each.key.address == "ListenerRule/desk" for each in again.drift if each.key.kind == "ListenerRule")
    assert "sha256:" in everything
    assert not [value for value in [*values, "guessed"] if value in everything]
    tags = world.boto("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert not [value for value in values if value in repr(tags)]
    assert not [value for value in values if value in capsys.readouterr().out]
    setup.world.settle()


def test_an_http_api_over_the_internet_by_a_name_of_ones_own(world: World) -> None:
    zone = world.boto("route53").create_hosted_zone(Name="demo.internal", CallerReference="by hand")["HostedZone"]["Id"]
    secure = {
        "scheme": "internet-facing",
        "listeners": {"https": {"port": 443, "certificate": CERTIFICATE}},
        "gatewayTls": {"serverName": "desk.demo.internal"},
    }
    spec = {"gateway": {"integration": "internet", "throttle": {"rate": 5000, "burst": 5000}}, "loadBalancer": secure}
    world.write(
        document("ApiService", "desk", {"aws": AWS, "network": NETWORK, "services": {"web": service()}, **spec})
    )
    world.settle()
    assert world.request(world.api("desk"), "/a").answer.status == 503
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    record = {
        "Name": "desk.demo.internal", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": balancer["DNSName"]}],
    }  # fmt: skip
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    world.boto("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    seen = told(world.request(world.api("desk"), "/a"))
    assert (seen["path"], seen["headers"]["host"]) == ("/a", "desk.demo.internal")
    name = "penstock/default/desk/gateway"
    with callers(world, world.api("desk"), "/a"):
        rotate(world, name)
        world.settle()
    assert len(rules(world)) == 1
    found = world.request(world.api("desk"), "/a", **{"x-penstock-secret": "mine", "x-penstock-target": "other.web"})
    assert told(found)["headers"]["x-penstock-secret"] == OTHER


def test_services_of_an_environment_are_called_over_the_internet_each_with_a_secret_of_its_own(world: World) -> None:
    public = {"scheme": "internet-facing", "ingress": ["0.0.0.0/0"]}
    world.write(environment(loadBalancers={"internal": public}), "environment.yaml")
    for name in ("orders", "users"):
        world.write(
            shared(name, gateway={"integration": "internet"}, services={"web": service(count=1)}), f"{name}.yaml"
        )
    world.settle()
    secrets = {name: secret(world, f"penstock/default/{name}/prod/gateway") for name in ("orders", "users")}
    assert secrets["orders"] != secrets["users"]
    answered = {name: told(world.request(world.api(f"{name}/prod"), "/x"))["service"] for name in secrets}
    assert [each.split("-")[0] for each in answered.values()] == ["orders", "users"]
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    for name, other in (("orders", "users"), ("users", "orders")):
        crossed = {"x-penstock-target": f"{name}.web", "x-penstock-secret": secrets[other]}
        assert world.call(balancer["DNSName"], "/x", **crossed).answer.status == 503
    assert not world.look().plan.changes


def test_an_http_api_leaves_its_link_and_comes_back_by_a_new_one_while_people_call(world: World) -> None:
    setup, gateway = Setup(world, "hello.yaml"), world.boto("apigatewayv2")
    [api], [link] = gateway.get_apis()["Items"], gateway.get_vpc_links()["Items"]
    way = "  gateway: {integration: internet}\n  loadBalancer: {scheme: internet-facing}\n  services:"
    with callers(world, api["ApiId"], "/"):
        setup.edit("  services:", way)
        assert not gateway.get_vpc_links()["Items"]
        world.clock.sleep(60)
        setup.edit(way, "  services:")
    [other] = gateway.get_vpc_links()["Items"]
    assert other["VpcLinkId"] != link["VpcLinkId"]
