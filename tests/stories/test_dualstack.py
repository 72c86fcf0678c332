"""IPv6 beside IPv4: load balancers and APIs that answer on both, where the VPC has addresses to give."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.setups import told
from tests.stories.test_load_balancers import balancers, front
from tests.stories.test_removal import everything
from tests.stories.writing import NETWORK as PLACE
from tests.stories.writing import alone, service
from tests.world import World

BOTH = {"ipAddressType": "dualstack"}
ON_SIX = {"x-sandbox-client": "2001:db8::7"}
PUBLIC = {"scheme": "internet-facing"}


def six_inside(world: World) -> dict[str, str]:
    """Somebody in the VPC who speaks IPv6."""
    [vpc] = world.boto("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"]
    return {"x-sandbox-client": vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("::/56", "::a")}


@pytest.mark.parametrize("kind", ["application", "network"])
def test_a_load_balancer_answers_on_both_as_long_as_its_spec_says_so(world: World, kind: str) -> None:
    before, elbv2 = everything(world), world.boto("elbv2")
    port = "" if kind == "application" else ":8080"

    def called(**client: str) -> Any:
        return world.call(front(world) + port, **client)

    def written(**balancer: Any) -> None:
        world.write(alone(gateway="none", loadBalancer={"type": kind, **balancer}, services={"web": service(count=1)}))
        world.settle()
        assert not world.look().plan.changes

    written(**PUBLIC, **BOTH)
    assert told(called())
    assert told(called(**ON_SIX))
    elbv2.set_ip_address_type(LoadBalancerArn=balancers(world)[0]["LoadBalancerArn"], IpAddressType="ipv4")
    assert "no IPv6 address" in called(**ON_SIX).answer.why
    assert [each.key.address for each in world.look().drift] == ["LoadBalancer"]
    world.settle()
    assert told(called(**ON_SIX))
    written(**PUBLIC)
    assert told(called())
    assert "no IPv6 address" in called(**ON_SIX).answer.why
    rules = world.boto("ec2").describe_security_group_rules()["SecurityGroupRules"]
    assert not [each for each in rules if each.get("CidrIpv6") and each["Tags"]], "nobody is let in who cannot come"
    written(**BOTH)
    assert told(called(**six_inside(world)))
    assert "internal" in called(**ON_SIX).answer.why
    (world.folder / "spec.yaml").unlink()
    assert world.process(region="eu-west-1").delete(["hello"], world.catalog()).gone == ("hello",)
    world.clock.sleep(600)
    assert everything(world) == before


def without_six(world: World, tier: str) -> list[str]:
    """Somebody takes the IPv6 blocks of the subnets of a tier away."""
    ec2 = world.boto("ec2")
    found = ec2.describe_subnets(Filters=[{"Name": "tag:Tier", "Values": [tier]}])["Subnets"]
    for each in found:
        for block in each["Ipv6CidrBlockAssociationSet"]:
            ec2.disassociate_subnet_cidr_block(AssociationId=block["AssociationId"])
    return sorted(each["SubnetId"] for each in found)


@pytest.mark.parametrize("kind", ["application", "network"])
def test_where_subnets_have_no_ipv6_it_is_told_and_nothing_is_made(world: World, kind: str) -> None:
    lacking = without_six(world, "private")
    world.write(alone(loadBalancer={"type": kind, **BOTH}))
    seen = world.look()
    assert not seen.plan
    assert ", ".join(lacking) in seen.problems["hello"]
    world.write(alone(loadBalancer={"type": kind}))
    world.settle()
    with pytest.raises(Exception, match="subnets with an associated IPv6 CIDR block"):
        world.boto("elbv2").set_ip_address_type(
            LoadBalancerArn=balancers(world)[0]["LoadBalancerArn"], IpAddressType="dualstack"
        )


def test_a_group_lets_out_what_its_rules_say_whether_the_vpc_has_ipv6_or_not(world: World) -> None:
    """AWS gives a new group a rule for IPv6, too, where there is any."""
    ec2 = world.boto("ec2")
    old = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for number, zone in enumerate("ab"):
        ec2.create_subnet(VpcId=old, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")
    for network in (PLACE, {"vpc": old}):
        world.write(alone(network=network, services={"web": service(count=1)}))
        world.once()
        rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
        groups = {each["GroupId"] for each in rules if each["Tags"]}
        assert groups
        assert all(each["Tags"] for each in rules if each["GroupId"] in groups)
        assert world.process(region="eu-west-1").delete(["hello"], world.catalog()).gone == ("hello",)


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_an_api_answers_on_both_as_long_as_its_spec_says_so(world: World, kind: str) -> None:
    rest = {"type": "rest", "defaults": {"authorizer": "none"}} if kind == "rest" else {"type": "http"}

    def shown() -> str:
        if kind == "http":
            return str(world.boto("apigatewayv2").get_apis()["Items"][0]["IpAddressType"])
        [api] = world.boto("apigateway").get_rest_apis()["items"]
        return str(api["endpointConfiguration"]["ipAddressType"])

    def written(**gateway: Any) -> None:
        world.write(alone(gateway={**rest, **gateway}, services={"web": service(count=1)}))
        world.settle()
        assert not world.look().plan.changes

    written(**BOTH)
    assert shown() == "dualstack"
    if kind == "http":
        world.boto("apigatewayv2").update_api(ApiId=world.api(), IpAddressType="ipv4")
    else:
        [api] = world.boto("apigateway").get_rest_apis()["items"]
        operation = {"op": "replace", "path": "/endpointConfiguration/ipAddressType", "value": "ipv4"}
        world.boto("apigateway").update_rest_api(restApiId=api["id"], patchOperations=[operation])
    assert [each.key.kind for each in world.look().drift] == ["HttpApi" if kind == "http" else "RestApi"]
    world.settle()
    assert shown() == "dualstack"
    written()
    assert shown() == "ipv4"
    if kind == "rest":
        policy = [{"effect": "Allow", "sourceVpcEndpoint": ["vpce-0a1b2c3d"]}]
        written(endpoint="private", policy=policy)
        assert shown() == "dualstack", "AWS knows no other private APIs"
        written()
        assert shown() == "ipv4"
