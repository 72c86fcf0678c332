"""Network load balancers: a port for each service, and changes of what cannot change without anybody noticing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.setups import Setup, told
from tests.stories.test_changes_under_traffic import Traffic, target_groups, traffic
from tests.stories.writing import CERTIFICATE, HTTPS, alone, environment, service, shared
from tests.world import World

NETWORK = {"type": "network"}


def balancers(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    return found


def listeners(world: World) -> dict[int, dict[str, Any]]:
    """By port."""
    arn = balancers(world)[0]["LoadBalancerArn"]
    return {each["Port"]: each for each in world.boto("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]}


def test_two_services_behind_one_network_load_balancer_live_their_life(world: World) -> None:
    setup = Setup(world, "nlb.yaml")
    api, elbv2 = world.api("books"), world.boto("elbv2")
    walk = world.request(api, "/ledger/7")
    assert [hop for hop, _ in walk.hops] == [
        "stage", "route", "integration", "vpc_link", "listener", "target_group", "target",
    ]  # fmt: skip
    assert told(walk)["path"] == "/ledger/7"
    assert told(walk)["service"] != told(world.request(api, "/orders/7"))["service"]
    assert {port: each["Protocol"] for port, each in listeners(world).items()} == {443: "TLS", 3000: "TCP"}
    other = next(each for each in target_groups(world) if "orders" in each["TargetGroupName"])["TargetGroupArn"]
    to = [{"Type": "forward", "TargetGroupArn": other}]
    drift = setup.mend(
        lambda: elbv2.modify_listener(ListenerArn=listeners(world)[443]["ListenerArn"], DefaultActions=to)
    )
    assert drift == ["Listener/ledger"]
    drift = setup.mend(lambda: elbv2.delete_listener(ListenerArn=listeners(world)[3000]["ListenerArn"]))
    assert drift == ["Listener/orders"]
    setup.edit("ort: 443", "ort: 8443")
    assert told(world.request(api, "/ledger/7"))
    setup.delete("books")


def test_services_of_an_environment_share_a_network_load_balancer_by_their_ports(world: World) -> None:
    world.write(environment(loadBalancers={"tcp": NETWORK}), "prod.yaml")
    for name, port in {"orders": 9001, "users": 9002}.items():
        world.write(shared(name, services={"web": service(listenerPort=port)}, loadBalancer="tcp"), f"{name}.yaml")
    world.settle()
    assert listeners(world).keys() == {9001, 9002}
    seen = [told(world.request(world.api(f"{name}/prod")))["service"] for name in ("orders", "users")]
    assert seen[0] != seen[1]
    (world.folder / "orders.yaml").unlink()
    assert world.process().delete(["orders/prod"], world.catalog()).gone == ("orders/prod",)
    assert listeners(world).keys() == {9002}
    assert told(world.request(world.api("users/prod")))


def test_tls_to_the_tasks_begins_without_a_failed_request(world: World) -> None:
    tls = {**NETWORK, **HTTPS}
    world.write(alone(loadBalancer=tls))
    world.settle()
    with traffic(world):
        world.write(alone(loadBalancer=tls, services={"web": service(protocol="https")}))
        world.settle()
    assert [each["Protocol"] for each in target_groups(world)] == ["TLS"]


PUBLIC = {"scheme": "internet-facing"}


@pytest.mark.parametrize(("before", "after"), [({}, NETWORK), ({**NETWORK, **HTTPS}, PUBLIC)])
def test_another_type_or_scheme_of_load_balancer_takes_over_without_a_failed_request(
    world: World, before: dict[str, Any], after: dict[str, Any]
) -> None:
    world.write(alone(loadBalancer=before))
    world.settle()
    people = Traffic(world)
    world.clock.meanwhile = people.call
    world.write(alone(loadBalancer=after))
    world.settle()
    assert people.answers.total() > 100
    assert not people.failed
    [balancer] = balancers(world)
    assert balancer["Type"] == after.get("type", "application")
    assert balancer["Scheme"] == after.get("scheme", "internal")
    assert len(target_groups(world)) == 1
    assert not world.look().plan.changes


def test_a_switch_of_balancers_goes_on_where_another_process_left_it(world: World) -> None:
    """Each pass is another process: nothing but AWS remembers how far the move has come."""
    world.write(alone())
    world.settle()
    people = Traffic(world)
    world.write(alone(loadBalancer=NETWORK))
    for _ in range(40):
        world.restart()
        outcomes, seen = world.once()
        assert [each.error for each in outcomes if each.result == "rejected"] == []
        people.call()
        if not outcomes and not seen.plan and not seen.plan.settling:
            break
        world.clock.sleep(60)
    assert not people.failed
    assert [each["Type"] for each in balancers(world)] == ["network"]


def front(world: World) -> str:
    """The DNS name of the one load balancer."""
    return str(balancers(world)[0]["DNSName"])


def test_a_public_load_balancer_without_an_api_lives_its_life(world: World) -> None:
    setup = Setup(world, "public.yaml")
    [balancer], elbv2 = balancers(world), world.boto("elbv2")
    assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "application")
    services = {
        (method, path): told(world.call(front(world), path, method))["service"].split("-")[1]
        for method, path in [("GET", "/articles/7"), ("POST", "/articles"), ("POST", "/articles/7"), ("GET", "/")]
    }
    assert list(services.values()) == ["articles", "articles", "web", "web"]
    assert told(world.call(front(world), "/articles/7"))["path"] == "/articles/7"
    moved = world.call(f"{front(world)}:80", "/articles/7").answer
    assert (moved.status, moved.headers["location"]) == (301, f"https://{front(world)}:443/articles/7")
    assert world.boto("apigatewayv2").get_apis()["Items"] == []
    assert world.boto("apigatewayv2").get_vpc_links()["Items"] == []
    rules = elbv2.describe_rules(ListenerArn=listeners(world)[443]["ListenerArn"])["Rules"]
    rule = next(
        each["RuleArn"] for each in rules if "PathPatternConfig" in str(each["Conditions"]) and "POST" not in each
    )
    last = [{"RuleArn": rule, "Priority": 49_998}]
    assert setup.mend(lambda: elbv2.set_rule_priorities(RulePriorities=last)) == ["ListenerRule/GET /articles/{id}"]
    assert setup.mend(lambda: elbv2.delete_listener(ListenerArn=listeners(world)[80]["ListenerArn"])) == [
        "Listener/http"
    ]
    setup.edit('"GET /articles/{id}": articles', '"GET /articles/{id}": web')
    assert "web" in told(world.call(front(world), "/articles/7"))["service"]
    setup.delete("portal")


def test_rules_answer_rewrite_and_look_at_hosts(world: World) -> None:
    routes: dict[str, Any] = {
        "GET /health": {"mock": {"status": 200, "body": '{"ok": true}'}},
        "ANY /v1/{area}/{proxy+}": {"service": "web", "rewrite": {"path": "/{proxy}/of/{area}"}},
        "GET /only": {"service": "web", "hosts": ["shop.example.com"]},
        "ANY /old/{proxy+}": {"redirect": {"host": "www.#{host}", "path": "/new/#{path}", "query": "", "status": 301}},
        "GET /help": {"redirect": "help.example.com"},
    }
    world.write(alone(gateway={"type": "none", "routes": routes}))
    world.settle()
    answer = world.call(front(world), "/health").answer
    assert (answer.body, answer.headers["content-type"]) == (b'{"ok": true}', "application/json")
    assert told(world.call(front(world), "/v1/books/7/pages", "PUT"))["path"] == "/7/pages/of/books"
    assert world.call(front(world), "/only").answer.status == 404
    assert told(world.call(front(world), "/only", host="shop.example.com"))
    sent = world.call(front(world), "/old/a", host="shop.example.com").answer
    assert (sent.status, sent.headers["location"]) == (301, "http://www.shop.example.com:80/new/old/a")
    sent = world.call(front(world), "/help", host="shop.example.com").answer
    assert (sent.status, sent.headers["location"]) == (302, "http://help.example.com:80/help")
    del routes["ANY /v1/{area}/{proxy+}"]["rewrite"]
    world.write(alone(gateway={"type": "none", "routes": routes}))
    world.settle()
    assert told(world.call(front(world), "/v1/books/7/pages"))["path"] == "/v1/books/7/pages"


def test_the_status_of_a_service_without_an_api_says_where_its_balancer_answers(world: World) -> None:
    tls = {"listeners": {"https": {"port": 443, "certificate": CERTIFICATE}}}
    world.write(alone(gateway="none", loadBalancer=tls))
    [status] = world.process(region="eu-west-1").apply(world.catalog()).statuses
    assert status.url == f"https://{front(world)}/"
    world.write(alone(gateway="none", loadBalancer=NETWORK))
    [status] = world.process(region="eu-west-1").apply(world.catalog()).statuses
    assert status.url == f"http://{front(world)}:8080/"
    assert told(world.call(f"{front(world)}:8080"))


def test_who_may_connect_is_who_the_spec_says(world: World) -> None:
    inside, outside = {"x-sandbox-client": "10.0.0.9"}, {"x-sandbox-client": "198.51.100.4"}
    world.write(alone(gateway="none"))
    world.settle()
    assert told(world.call(front(world), **inside))
    assert "internal" in world.call(front(world), **outside).answer.why
    public = {"scheme": "internet-facing", "ingress": ["198.51.100.0/24"]}
    world.write(alone(gateway="none", loadBalancer=public))
    world.settle()
    assert told(world.call(front(world), **outside))
    assert "ingress rule" in world.call(front(world)).answer.why


def registered(world: World, image: str, port: int = 8080) -> str:
    """A revision of a family that is not ours: the application, and something beside it."""
    containers = [
        {"name": "proxy", "image": "envoy:1", "portMappings": [{"containerPort": 9901}]},
        {"name": "app", "image": image, "portMappings": [{"containerPort": port}]},
    ]
    made = world.boto("ecs").register_task_definition(
        family="billing-app", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=containers,
    )  # fmt: skip
    return str(made["taskDefinition"]["taskDefinitionArn"])


def test_a_task_definition_of_somebody_else_runs_in_public_subnets(world: World) -> None:
    first = registered(world, "app:1")
    setup = Setup(world, "existing-task.yaml")
    api, ecs = world.api("billing"), world.boto("ecs")
    assert told(world.request(api, "/bills"))["revision"] == 1
    [cluster] = ecs.list_clusters()["clusterArns"]
    [arn] = ecs.list_services(cluster=cluster)["serviceArns"]

    def service() -> dict[str, Any]:
        found: dict[str, Any] = ecs.describe_services(cluster=cluster, services=[arn])["services"][0]
        return found

    addresses = service()["networkConfiguration"]["awsvpcConfiguration"]
    public = {
        each["SubnetId"]
        for each in world.boto("ec2").describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["public"]}])["Subnets"]
    }
    assert (set(addresses["subnets"]), addresses["assignPublicIp"]) == (public, "ENABLED")
    assert {zone["SubnetId"] for zone in balancers(world)[0]["AvailabilityZones"]} == public
    assert service()["loadBalancers"][0]["containerName"] == "app"
    assert ecs.list_task_definitions()["taskDefinitionArns"] == [first], "we register none"
    second = registered(world, "app:2")
    assert setup.mend(lambda: None) == ["Service/billing"], "a new revision is rolled out"
    assert (service()["taskDefinition"], told(world.request(api))["revision"]) == (second, 2)
    setup.edit("taskDefinition: billing-app ", "taskDefinition: billing-app:1 ")
    assert told(world.request(api))["revision"] == 1
    (world.folder / "spec.yaml").unlink()
    assert world.process(region="eu-west-1").delete(["billing"], world.catalog()).gone == ("billing",)
    assert len(ecs.list_task_definitions()["taskDefinitionArns"]) == 2, "they are not ours to take away"


@pytest.mark.parametrize(
    ("name", "port", "why"),
    [
        ("billing", 8080, "no task definition billing"),
        ("billing-app", 8081, "mapped: 8080, 9901"),
        ("on-ec2", 80, "Fargate"),
    ],
)
def test_a_task_definition_that_will_not_do_stops_its_service_with_the_reason(
    world: World, name: str, port: int, why: str
) -> None:
    registered(world, "app:1")
    world.boto("ecs").register_task_definition(
        family="on-ec2", containerDefinitions=[{"name": "a", "image": "a:1", "memory": 9}]
    )
    world.write(alone(services={"web": {"taskDefinition": name, "port": port, "count": 1}}))
    seen = world.look()
    assert not seen.plan
    assert why in seen.problems["hello"]


def test_static_addresses_are_those_of_the_spec_and_free_for_others_afterwards(world: World) -> None:
    ec2 = world.boto("ec2")
    ours = [ec2.allocate_address(Domain="vpc") for _ in range(2)]
    balancer = {**NETWORK, "scheme": "internet-facing", "elasticIps": [each["AllocationId"] for each in ours]}
    world.write(alone(gateway="none", loadBalancer=balancer))
    world.settle()
    shown = [zone["LoadBalancerAddresses"][0]["IpAddress"] for zone in balancers(world)[0]["AvailabilityZones"]]
    assert shown == [each["PublicIp"] for each in ours]
    assert not world.look().plan.changes
    assert told(world.call(f"{front(world)}:8080"))
    world.write(alone(gateway="none", loadBalancer={**NETWORK, "scheme": "internet-facing"}))
    world.settle()
    assert [zone["LoadBalancerAddresses"] for zone in balancers(world)[0]["AvailabilityZones"]] == [[], []]


def test_a_web_acl_comes_with_the_spec_and_goes_with_it_and_nobody_elses_is_touched(world: World) -> None:
    shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "deny"}
    waf = world.boto("wafv2")
    acl = waf.create_web_acl(Name="deny", Scope="REGIONAL", DefaultAction={"Block": {}}, VisibilityConfig=shown)[
        "Summary"
    ]["ARN"]
    world.write(alone(gateway="none", loadBalancer={"waf": {"webAcl": acl}}))
    world.settle()
    assert world.call(front(world)).answer.status == 403
    waf.disassociate_web_acl(ResourceArn=balancers(world)[0]["LoadBalancerArn"])
    assert [each.key.address for each in world.look().drift] == ["WebAclAssociation"]
    world.settle()
    assert world.call(front(world)).answer.status == 403
    world.write(alone(gateway="none"))
    world.settle()
    assert told(world.call(front(world)))
    waf.associate_web_acl(WebACLArn=acl, ResourceArn=balancers(world)[0]["LoadBalancerArn"])
    assert not world.look().drift, "somebody else's, for all that we know"
    assert not world.look().plan.changes


def test_capacity_is_reserved_while_the_spec_says_so(world: World) -> None:
    def reserved() -> Any:
        arn = balancers(world)[0]["LoadBalancerArn"]
        return world.boto("elbv2").describe_capacity_reservation(LoadBalancerArn=arn).get("MinimumLoadBalancerCapacity")

    world.write(alone(gateway="none", loadBalancer={"reservedCapacity": 200}))
    world.settle()
    assert reserved() == {"CapacityUnits": 200}
    world.write(alone(gateway="none"))
    world.settle()
    assert not reserved()
    assert not world.look().plan.changes


def test_clients_without_a_certificate_are_sent_away(world: World) -> None:
    bundle = {"CaCertificatesBundleS3Bucket": "trust", "CaCertificatesBundleS3Key": "clients.pem"}
    store = world.boto("elbv2").create_trust_store(Name="clients", **bundle)["TrustStores"][0]["TrustStoreArn"]
    https = {"port": 443, "certificate": CERTIFICATE, "mutualTls": {"trustStore": store}}
    world.write(alone(gateway="none", loadBalancer={"listeners": {"https": https}}))
    world.settle()
    assert "no certificate" in world.call(front(world)).answer.why
    assert told(world.call(front(world), **{"x-sandbox-client-certificate": "CN=us"}))
