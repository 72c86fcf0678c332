"""Load balancers and what hangs on them."""

from __future__ import annotations

from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
OWN = {
    "elbv2": {
        "LoadBalancer": ("LoadBalancerArn", "VpcId"),
        "TargetGroup": ("TargetGroupArn", "LoadBalancerArns"),
        "Listener": ("ListenerArn", "LoadBalancerArn"),
        "Rule": ("RuleArn", "IsDefault"),
    }
}
FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
NETWORK = ("TCP", "UDP", "TLS", "TCP_UDP", "QUIC", "TCP_QUIC")


def load_balancer(place: Place, wish: Wish) -> Known:
    zones = wish.get("AvailabilityZones") or []
    addresses = {each["SubnetId"]: each.get("LoadBalancerAddresses") or [] for each in zones if "SubnetId" in each}
    type = wish.get("Type") or "application"
    subnets = list(addresses) or place.subnets[:2]
    if type == "application" and len(subnets) < 2:
        subnets = [*subnets, next(each for each in place.subnets if each not in subnets)]
    mapped = [
        {"SubnetId": subnet, "AllocationId": each["AllocationId"]}
        for subnet, given in addresses.items()
        for each in given
        if each.get("AllocationId")
    ]
    where: Known = {"SubnetMappings": mapped} if mapped else {"Subnets": subnets}
    said = {"Name": wish.get("LoadBalancerName", "balancer"), "Type": type, "Scheme": wish.get("Scheme", "internal")}
    made = wish.made("elbv2", "create_load_balancer", **said, **where)["LoadBalancers"][0]
    for name in ("SubnetMappings", "Subnets"):
        wish.sent.pop(name, None)
    if (wish.get("State") or {}).get("Code") != "provisioning":
        place.wait()
    return named(made)


def named(made: Known) -> Known:
    arn = made["LoadBalancerArn"]
    return {"LoadBalancerArns": [arn], "LoadBalancerArn": arn, "ResourceArns": [arn]}


def target_group(place: Place, wish: Wish) -> Known:
    protocol = wish.get("Protocol")
    said: Known = {"Name": wish.get("TargetGroupName") or "group"}
    if wish.get("TargetType") != "lambda":
        said |= {"Protocol": protocol or "HTTP", "Port": wish.get("Port") or 80, "VpcId": place.vpc}
    made = wish.made("elbv2", "create_target_group", **said)["TargetGroups"][0]
    if wish.get("LoadBalancerArns"):
        type = "network" if protocol in NETWORK else "application"
        balancer = place.reference("network_balancer" if type == "network" else "balancer", "its own")
        listen(place, balancer, made["TargetGroupArn"], "TCP" if type == "network" else "HTTP", protocol)
    arn = made["TargetGroupArn"]
    return {"TargetGroupArns": [arn], "TargetGroupArn": arn, "ResourceArns": [arn]}


def listen(place: Place, balancer: str, group: str, protocol: str, spoken: str | None) -> str:
    certificates = {}
    if spoken == "TLS":
        protocol, certificates = (
            "TLS",
            {"Certificates": [{"CertificateArn": place.reference("certificate", "its own")}]},
        )
    elif spoken in NETWORK:
        protocol = str(spoken)
    asked: Known = {"LoadBalancerArn": balancer, "Protocol": protocol, "Port": 8000, **certificates}
    made = place.call(
        "elbv2", "create_listener", **asked, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}]
    )
    return str(made["Listeners"][0]["ListenerArn"])


def actions(place: Place, wish: Wish, member: str, kind: str) -> list[Known]:
    """The recorded actions, forwarding to groups that there are."""

    def again(value: Any) -> Any:
        match value:
            case dict():
                return {
                    name: place.reference(kind, each) if name == "TargetGroupArn" else again(each)
                    for name, each in value.items()
                }
            case list():
                return [again(each) for each in value]
        return value

    wish.document[member] = again(wish.get(member) or [])
    return [dict(one) for one in wish.document[member]] or [FIXED]


def listener(place: Place, wish: Wish) -> Known:
    protocol = wish.get("Protocol") or "HTTP"
    network = protocol in NETWORK or "/net/" in str(wish.get("ListenerArn", wish.get("LoadBalancerArn", "")))
    balancer = place.reference("network_balancer" if network else "balancer", "its own")
    doing = actions(place, wish, "DefaultActions", "tcp_group" if network else "target_group")
    if network and doing == [FIXED]:
        doing = [{"Type": "forward", "TargetGroupArn": place.reference("tcp_group", "default")}]
    said: Known = {"Protocol": "TCP" if network and protocol == "HTTP" else protocol, "Port": wish.get("Port") or 80}
    if protocol in ("HTTPS", "TLS"):
        said["Certificates"] = wish.get("Certificates") or [
            {"CertificateArn": place.reference("certificate", "its own")}
        ]
    made = wish.made("elbv2", "create_listener", LoadBalancerArn=balancer, DefaultActions=doing, **said)["Listeners"][0]
    arn = made["ListenerArn"]
    return {"ListenerArns": [arn], "ListenerArn": arn, "ResourceArns": [arn]}


def rule(place: Place, wish: Wish) -> Known:
    doing = actions(place, wish, "Actions", "target_group")
    balancer = place.reference("balancer", "its own")
    asked: Known = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 8000, "DefaultActions": [FIXED]}
    parent = place.call("elbv2", "create_listener", **asked)["Listeners"][0]["ListenerArn"]
    if wish.get("IsDefault") or wish.get("Priority") == "default":
        return {"ListenerArn": parent}
    conditions = wish.get("Conditions") or [{"Field": "path-pattern", "Values": ["/a"]}]
    priority = int(wish.get("Priority") or 10)
    said = {"Conditions": conditions, "Actions": doing, "Priority": priority}
    made = wish.made("elbv2", "create_rule", ListenerArn=parent, **said)["Rules"][0]
    wish.sent.pop("Priority", None)
    again = [{"RuleArn": made["RuleArn"], "Priority": priority + 1}]
    return {"RuleArns": [made["RuleArn"]], "RuleArn": made["RuleArn"], "RulePriorities": again}


def load_balancer_attributes(place: Place, wish: Wish) -> Known:
    keys = " ".join(each["Key"] for each in wish.get("Attributes") or ())
    network = (
        "dns_record" in keys
        or "secondary_ips" in keys
        or ("http" not in keys and "cross_zone" in keys and "waf" not in keys)
    )
    arn = place.reference("network_balancer" if network else "balancer", "its own")
    if wish.plain is None:
        return {"LoadBalancerArn": arn, "Attributes": []}
    return change(place, wish, "load_balancer", {"LoadBalancerArn": arn})


def change(place: Place, wish: Wish, what: str, known: Known) -> Known:
    """Say what AWS has otherwise than the sandbox's default."""
    before = {each["Key"]: each["Value"] for each in (wish.plain or {}).get("Attributes", ())}
    said = [each for each in wish["Attributes"] if each["Key"] in before and before[each["Key"]] != each["Value"]]
    said.sort(key=lambda each: each["Key"].endswith(".enabled"))
    if said:
        place.call("elbv2", f"modify_{what}_attributes", **known, Attributes=said)
        wish.sent["Attributes"] = said
    return {**known, "Attributes": said}


def target_group_attributes(place: Place, wish: Wish) -> Known:
    keys = {each["Key"]: each["Value"] for each in wish.get("Attributes") or ()}
    kind = "target_group"
    if "proxy_protocol_v2.enabled" in keys or keys.get("stickiness.type", "").startswith("source_ip"):
        kind = "tcp_group"
    elif "lambda.multi_value_headers.enabled" in keys:
        kind = "lambda_group"
    arn = place.reference(kind, "its own")
    if wish.plain is None:
        return {"TargetGroupArn": arn, "Attributes": []}
    return change(place, wish, "target_group", {"TargetGroupArn": arn})


def tags(place: Place, wish: Wish) -> Known:
    arn = str(wish.get("ResourceArn", ""))
    kind = "target_group" if ":targetgroup/" in arn else "network_balancer" if "/net/" in arn else "balancer"
    ours = place.reference(kind, "its own")
    told = [each for each in wish.get("Tags") or () if not each["Key"].startswith("aws:")]
    if not wish.document:
        return {"ResourceArns": [ours], "Tags": [{"Key": "a", "Value": "b"}]}
    if told:
        place.call("elbv2", "add_tags", ResourceArns=[ours], Tags=told)
    return {"ResourceArns": [ours], "Tags": told}


def target_health(place: Place, wish: Wish) -> Known:
    target = wish.get("Target") or {}
    group = place.reference("target_group", "its own")
    balancer = place.reference("balancer", "its own")
    listen(place, balancer, group, "HTTP", None)
    place.call(
        "elbv2",
        "register_targets",
        TargetGroupArn=group,
        Targets=[{"Id": "10.0.0.77", "Port": target.get("Port") or 80}],
    )
    state = (wish.get("TargetHealth") or {}).get("State")
    if state != "initial":
        place.wait()
    if state == "draining":
        place.call(
            "elbv2",
            "deregister_targets",
            TargetGroupArn=group,
            Targets=[{"Id": "10.0.0.77", "Port": target.get("Port") or 80}],
        )
    return {"TargetGroupArn": group}


def certificates(place: Place, wish: Wish) -> Known:
    held = [{"CertificateArn": wish.get("CertificateArn") or place.reference("certificate", "its own")}]
    balancer = place.reference("balancer", "its own")
    first = held if wish.get("IsDefault") else [{"CertificateArn": place.reference("certificate", "the default")}]
    asked: Known = {"LoadBalancerArn": balancer, "Protocol": "HTTPS", "Port": 443, "DefaultActions": [FIXED]}
    arn = place.call("elbv2", "create_listener", **asked, Certificates=first)["Listeners"][0]["ListenerArn"]
    if not wish.get("IsDefault"):
        place.call("elbv2", "add_listener_certificates", ListenerArn=arn, Certificates=held)
    return {"ListenerArn": arn, **held[0]}


def network_of(place: Place, wish: Wish) -> Known:
    arn = place.reference("balancer", "its own")
    zones = [each["SubnetId"] for each in wish.get("AvailabilityZones") or () if "SubnetId" in each]
    known: Known = {"LoadBalancerArn": arn, "Subnets": zones or place.subnets[:2]}
    return known | {
        "SecurityGroups": wish.get("SecurityGroupIds") or [place.firewall],
        "IpAddressType": wish.get("IpAddressType", "ipv4"),
    }


def nothing(_place: Place, _wish: Wish) -> Known:
    return {}


RECIPES = {
    "elbv2": {
        "LoadBalancer": load_balancer,
        "TargetGroup": target_group,
        "Listener": listener,
        "Rule": rule,
        "LoadBalancerAttributes": load_balancer_attributes,
        "TargetGroupAttributes": target_group_attributes,
        "TagDescription": tags,
        "AddTags": tags,
        "RemoveTags": tags,
        "TargetHealthDescription": target_health,
        "Certificate": certificates,
        "IpAddressType": network_of,
        "Subnets": network_of,
        "SecurityGroups": network_of,
        "Limit": nothing,
    }
}
