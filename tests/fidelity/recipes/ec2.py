"""The network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.seed import keep
from tests.fidelity.place import ACCOUNT, REGION, Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
EC2 = "ec2"
OWN = {
    EC2: {
        "Vpc": ("VpcId", "DhcpOptionsId", "Ipv6CidrBlockAssociationSet"),
        "Subnet": (
            "SubnetId",
            "VpcId",
            "SubnetArn",
            "AvailabilityZone",
            "AvailabilityZoneId",
            "Ipv6CidrBlockAssociationSet",
        ),
        "SecurityGroup": ("GroupId", "SecurityGroupArn", "VpcId"),
        "SecurityGroupRule": ("SecurityGroupRuleId", "GroupId", "SecurityGroupRuleArn"),
        "RouteTable": ("RouteTableId", "VpcId"),
        "InternetGateway": ("InternetGatewayId",),
        "NatGateway": ("NatGatewayId", "VpcId"),
        "VpcEndpoint": ("VpcEndpointId", "PolicyDocument", "NetworkInterfaceIds"),
        "NetworkInterface": ("NetworkInterfaceId", "VpcId", "AvailabilityZone"),
        "Address": ("AllocationId",),
        "FlowLog": ("FlowLogId",),
        "NetworkAcl": ("NetworkAclId", "VpcId"),
        "DhcpOptions": ("DhcpOptionsId",),
        "TagDescription": ("ResourceId",),
        "ManagedPrefixList": ("PrefixListId",),
        "VpcPeeringConnection": ("VpcPeeringConnectionId",),
        "EgressOnlyInternetGateway": ("EgressOnlyInternetGatewayId",),
    }
}


def tagging(type: str, wish: Wish) -> Known:
    told = [each for each in wish.get("Tags") or () if not each.get("Key", "").startswith("aws:")]
    return {"TagSpecifications": [{"ResourceType": type, "Tags": told}]} if told else {}


def vpc(place: Place, wish: Wish) -> Known:
    made = wish.made(EC2, "create_vpc", CidrBlock=wish.get("CidrBlock") or "10.1.0.0/16", **tagging("vpc", wish))["Vpc"]
    return {"VpcIds": [made["VpcId"]], "VpcId": made["VpcId"]}


def subnet(place: Place, wish: Wish) -> Known:
    block = wish.get("CidrBlock") or "10.99.1.0/24"
    first = ".".join(block.split(".")[:2])
    home = place.call(EC2, "create_vpc", CidrBlock=f"{first}.0.0/16")["Vpc"]["VpcId"]
    zone = {"AvailabilityZone": "us-east-1a"}
    made = wish.made(
        EC2,
        "create_subnet",
        VpcId=home,
        CidrBlock=block,
        **zone,
        **tagging("subnet", wish),
        skip=("AvailabilityZoneId",),
    )["Subnet"]
    if wish.get("MapPublicIpOnLaunch") and wish.plain is not None:
        place.call(EC2, "modify_subnet_attribute", SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    return {"SubnetIds": [made["SubnetId"]], "SubnetId": made["SubnetId"]}


def group(place: Place, wish: Wish) -> Known:
    name = str(wish.get("GroupName") or "recorded")
    if name == "default":
        return {"Filters": [{"Name": "group-name", "Values": ["default"]}]}
    said = {"GroupName": name, "Description": wish.get("Description") or "recorded", "VpcId": place.vpc}
    made = wish.made(EC2, "create_security_group", **said, **tagging("security-group", wish))["GroupId"]
    if wish.get("IpPermissionsEgress") is not None:
        everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        place.call(EC2, "revoke_security_group_egress", GroupId=made, IpPermissions=[everywhere])
    for member, way in (("IpPermissions", "ingress"), ("IpPermissionsEgress", "egress")):
        rules = [_rule(place, made, wish, each) for each in wish.get(member) or ()]
        if any(rules):
            place.call(
                EC2, f"authorize_security_group_{way}", GroupId=made, IpPermissions=[each for each in rules if each]
            )
            wish.sent[member] = [dict(each) for each in wish[member]]
    return {"GroupIds": [made], "GroupId": made}


def _rule(place: Place, own: str, wish: Wish, each: Known) -> Known:
    """A permission whose sources are there."""
    pairs = []
    for pair in each.get("UserIdGroupPairs") or ():
        recorded = pair.get("GroupId", "")
        ours = own if recorded == wish.origin.get("GroupId") else place.reference("firewall", recorded)
        pair["GroupId"] = ours
        pair.pop("VpcPeeringConnectionId", None)
        pair["UserId"] = "123456789012"
        pairs.append({name: pair[name] for name in ("GroupId", "Description") if name in pair})
    lists = {}
    if each.get("PrefixListIds"):
        for one in each["PrefixListIds"]:
            one["PrefixListId"] = prefix_list(place)
        lists["PrefixListIds"] = each["PrefixListIds"]
    said = {
        name: each[name]
        for name in ("IpProtocol", "FromPort", "ToPort", "IpRanges", "Ipv6Ranges")
        if each.get(name) not in (None, [])
    }
    return said | lists | ({"UserIdGroupPairs": pairs} if pairs else {})


def prefix_list(place: Place) -> str:
    asked = {"PrefixListName": f"list-{place.sandbox.calls}", "MaxEntries": 5, "AddressFamily": "IPv4"}
    return str(place.call(EC2, "create_managed_prefix_list", **asked)["PrefixList"]["PrefixListId"])


def firewall_rule(place: Place, wish: Wish) -> Known:
    made = place.reference("firewall", "another")
    permission: Known = {"IpProtocol": wish.get("IpProtocol") or "tcp"}
    for name in ("FromPort", "ToPort"):
        permission[name] = wish.get(name, 80)
    described = {"Description": wish["Description"]} if wish.get("Description") else {}
    if wish.get("CidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": wish["CidrIpv6"], **described}]
    elif wish.get("PrefixListId"):
        permission["PrefixListIds"] = [
            {"PrefixListId": lists(place, Wish(place, EC2, {}))["PrefixListId"], **described}
        ]
        wish.document.pop("PrefixListId")
    elif wish.get("ReferencedGroupInfo"):
        permission["UserIdGroupPairs"] = [{"GroupId": place.reference("firewall", "third"), **described}]
    else:
        permission["IpRanges"] = [{"CidrIp": wish.get("CidrIpv4") or "10.0.0.0/16", **described}]
    way = "egress" if wish.get("IsEgress") else "ingress"
    default = (
        permission["IpProtocol"] == "-1"
        and permission.get("IpRanges", [{}])[0].get("CidrIp") == "0.0.0.0/0"
        and way == "egress"
    )
    if not default:
        place.call(EC2, f"authorize_security_group_{way}", GroupId=made, IpPermissions=[permission])
    return {"GroupId": made, "Filters": [{"Name": "group-id", "Values": [made]}], "IpPermissions": [permission]}


def revoked(place: Place, _wish: Wish) -> Known:
    made = place.reference("firewall", "another")
    return {"GroupId": made, "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}


def route_table(place: Place, wish: Wish) -> Known:
    made = wish.made(EC2, "create_route_table", VpcId=place.vpc, **tagging("route-table", wish))["RouteTable"][
        "RouteTableId"
    ]
    for each in wish.get("Associations") or ():
        if each.get("SubnetId"):
            place.call(EC2, "associate_route_table", RouteTableId=made, SubnetId=each["SubnetId"])
    main = any(each.get("Main") for each in wish.get("Associations") or ())
    if main:
        first = {"Name": "association.main", "Values": ["true"]}, {"Name": "vpc-id", "Values": [place.vpc]}
        made = place.call(EC2, "describe_route_tables", Filters=list(first))["RouteTables"][0]["RouteTableId"]
        place.answers.pop((EC2, "describe_route_tables"))
    for each in wish.get("Associations") or () if main else ():
        if each.get("SubnetId"):
            table = next(
                iter(
                    place.call(
                        EC2,
                        "describe_route_tables",
                        Filters=[{"Name": "association.subnet-id", "Values": [each["SubnetId"]]}],
                    )["RouteTables"]
                )
            )
            tie = next(
                one["RouteTableAssociationId"]
                for one in table["Associations"]
                if one.get("SubnetId") == each["SubnetId"]
            )
            place.call(EC2, "replace_route_table_association", AssociationId=tie, RouteTableId=made)
            place.answers.pop((EC2, "describe_route_tables"))
    wish.document["Routes"] = [each for each in wish.get("Routes") or () if "DestinationCidrBlock" in each]
    for each in wish["Routes"]:
        if each.get("GatewayId") == "local" and "DestinationCidrBlock" in each:
            each["DestinationCidrBlock"] = "10.0.0.0/16"
        elif each.get("DestinationCidrBlock") == "10.0.0.0/16":  # which is local here
            each["DestinationCidrBlock"] = "10.77.0.0/16"
        _route(place, made, each)
    return {"RouteTableIds": [made]}


def _route(place: Place, table: str, each: Known) -> None:
    to = each.get("DestinationCidrBlock")
    if not to or each.get("GatewayId") == "local":
        return
    if str(each.get("GatewayId", "")).startswith("igw-"):
        gateways = place.call(EC2, "describe_internet_gateways")["InternetGateways"]
        held = next(
            one["InternetGatewayId"] for one in gateways if any(at["VpcId"] == place.vpc for at in one["Attachments"])
        )
        place.call(EC2, "create_route", RouteTableId=table, DestinationCidrBlock=to, GatewayId=held)
    elif each.get("NatGatewayId"):
        made = nat(place, Wish(place, EC2, {}))
        place.call(EC2, "create_route", RouteTableId=table, DestinationCidrBlock=to, NatGatewayId=made["NatGatewayId"])
    elif each.get("VpcPeeringConnectionId"):
        made = peering(place, Wish(place, EC2, {"Status": {"Code": "active"}}))
        over = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
        place.call(EC2, "create_route", RouteTableId=table, DestinationCidrBlock=to, **over)
    elif each.get("NetworkInterfaceId"):
        card = interface(place, Wish(place, EC2, {}))["NetworkInterfaceIds"][0]
        place.call(EC2, "create_route", RouteTableId=table, DestinationCidrBlock=to, NetworkInterfaceId=card)


def internet_gateway(place: Place, wish: Wish) -> Known:
    made = place.call(EC2, "create_internet_gateway", **tagging("internet-gateway", wish))["InternetGateway"][
        "InternetGatewayId"
    ]
    if wish.get("Attachments"):
        home = place.call(EC2, "create_vpc", CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        place.call(EC2, "attach_internet_gateway", InternetGatewayId=made, VpcId=home)
    return {"InternetGatewayIds": [made]}


def nat(place: Place, wish: Wish) -> Known:
    said: Known = {"SubnetId": place.subnets[0]}
    if wish.get("ConnectivityType") != "private":
        said["AllocationId"] = place.reference("address", "its own")
    made = wish.made(EC2, "create_nat_gateway", **said, **tagging("natgateway", wish))["NatGateway"]["NatGatewayId"]
    if wish.get("State") != "pending":
        place.wait()
    return {"NatGatewayIds": [made], "NatGatewayId": made, "AllocationIds": [place.reference("address", "a second")]}


def _service(name: str, type: str) -> str:
    """One of AWS's own services: those of others are not here."""
    last = name.rpartition(".")[2]
    known = last in ("s3", "dynamodb", "sqs", "sns", "execute-api", "logs", "ecs", "ec2", "kms", "sts", "ssm")
    return last if known else "s3" if type == "Gateway" else "execute-api"


def endpoint(place: Place, wish: Wish) -> Known:
    name = str(wish.get("ServiceName") or "com.amazonaws.us-east-1.s3")
    type = wish.get("VpcEndpointType") or "Gateway"
    said: Known = {
        "ServiceName": f"com.amazonaws.us-east-1.{_service(name, type)}",
        "VpcEndpointType": type,
        "VpcId": place.vpc,
    }
    if type == "Interface":
        said |= {"SubnetIds": wish.get("SubnetIds") or place.subnets[:1], "SecurityGroupIds": [place.firewall]}
    elif wish.get("RouteTableIds"):
        table = place.call(EC2, "create_route_table", VpcId=place.vpc)["RouteTable"]["RouteTableId"]
        said["RouteTableIds"] = [table]
    made = wish.made(
        EC2, "create_vpc_endpoint", **said, **tagging("vpc-endpoint", wish), skip=("RouteTableIds", "DnsOptions")
    )["VpcEndpoint"]
    for member in ("ServiceName", "RouteTableIds", "SubnetIds"):
        wish.sent.pop(member, None)
    return {"VpcEndpointIds": [made["VpcEndpointId"]], "VpcEndpointId": made["VpcEndpointId"]}


def interface(place: Place, wish: Wish) -> Known:
    said = {"SubnetId": place.subnets[0], "Groups": [place.firewall]}
    made = wish.made(
        EC2,
        "create_network_interface",
        **said,
        **tagging("network-interface", wish),
        skip=(
            "PrivateIpAddress",
            "PrivateIpAddresses",
            "Ipv6Addresses",
            "InterfaceType",
            "Ipv6Prefixes",
            "Ipv4Prefixes",
            "TagSet",
        ),
    )["NetworkInterface"]
    wish.sent.clear()
    id = made["NetworkInterfaceId"]
    if wish.get("Attachment"):
        asked = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "SubnetId": place.subnets[0]}
        server = place.call(EC2, "run_instances", **asked)["Instances"][0]["InstanceId"]
        place.call(EC2, "attach_network_interface", NetworkInterfaceId=id, InstanceId=server, DeviceIndex=1)
    if wish.get("Association"):
        held = place.call(EC2, "allocate_address", Domain="vpc")["AllocationId"]
        place.call(EC2, "associate_address", AllocationId=held, NetworkInterfaceId=id)
    return {"NetworkInterfaceIds": [id]}


def address(place: Place, wish: Wish) -> Known:
    made = place.call(EC2, "allocate_address", Domain="vpc", **tagging("elastic-ip", wish))["AllocationId"]
    if wish.get("NetworkInterfaceId"):
        card = interface(place, Wish(place, EC2, {}))["NetworkInterfaceIds"][0]
        place.call(EC2, "associate_address", AllocationId=made, NetworkInterfaceId=card)
    return {"AllocationIds": [made]}


def flow_log(place: Place, wish: Wish) -> Known:
    place.call("logs", "create_log_group", logGroupName="/flows")
    said: Known = {"ResourceIds": [place.vpc], "ResourceType": "VPC", "TrafficType": wish.get("TrafficType") or "ALL"}
    if wish.get("LogDestinationType") == "s3":
        keep(place.sandbox.world(ACCOUNT, REGION), "flows")
        said |= {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::flows"}
        wish.document["LogDestination"] = said["LogDestination"]
    else:
        said |= {"LogGroupName": "/flows", "DeliverLogsPermissionArn": place.reference("role", "its own")}
    told = wish.request(
        "create_flow_logs",
        skip=("LogDestination", "LogDestinationType", "LogGroupName", "DeliverLogsPermissionArn", "Tags"),
    )
    made = place.call(EC2, "create_flow_logs", **(told | said), **tagging("vpc-flow-log", wish))["FlowLogIds"]
    return {"FlowLogIds": made}


def flow_logs_made(place: Place, wish: Wish) -> Known:
    return flow_log(place, Wish(place, EC2, {}))


def options(place: Place, wish: Wish) -> Known:
    told = [
        {
            "Key": each["Key"],
            "Values": [one.get("Value", one) if isinstance(one, dict) else one for one in each["Values"]],
        }
        for each in wish.get("DhcpConfigurations") or [{"Key": "domain-name", "Values": ["example.com"]}]
    ]
    made = place.call(EC2, "create_dhcp_options", DhcpConfigurations=told, **tagging("dhcp-options", wish))[
        "DhcpOptions"
    ]
    return {"DhcpOptionsIds": [made["DhcpOptionsId"]]}


def acl(place: Place, wish: Wish) -> Known:
    made = place.call(EC2, "create_network_acl", VpcId=place.vpc, **tagging("network-acl", wish))["NetworkAcl"][
        "NetworkAclId"
    ]
    return (
        {"Filters": [{"Name": "default", "Values": ["true"]}]} if wish.get("IsDefault") else {"NetworkAclIds": [made]}
    )


def tags(place: Place, wish: Wish) -> Known:
    told = {"Key": str(wish.get("Key") or "a").removeprefix("aws:"), "Value": wish.get("Value", "b")}
    id = place.vpc
    if wish.get("ResourceType") in ("volume", "snapshot"):
        id = place.call(EC2, "create_volume", Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
        id = place.call(EC2, "create_snapshot", VolumeId=id)["SnapshotId"] if wish["ResourceType"] == "snapshot" else id
    elif wish.get("ResourceType") == "instance":
        asked = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "SubnetId": place.subnets[0]}
        id = place.call(EC2, "run_instances", **asked)["Instances"][0]["InstanceId"]
    place.call(EC2, "create_tags", Resources=[id], Tags=[told])
    return {"Filters": [{"Name": "resource-id", "Values": [id]}]}


def attribute(place: Place, wish: Wish) -> Known:
    names = {
        "EnableDnsSupport": "enableDnsSupport",
        "EnableDnsHostnames": "enableDnsHostnames",
        "EnableNetworkAddressUsageMetrics": "enableNetworkAddressUsageMetrics",
    }
    name = next((each for each in names if each in wish.document), "EnableDnsSupport")
    said = wish.get(name)
    if said is not None:
        place.call(EC2, "modify_vpc_attribute", VpcId=place.vpc, **{name: said})
    wish.document["VpcId"] = place.vpc
    return {"VpcId": place.vpc, "Attribute": names[name], **({} if said else {"EnableDnsHostnames": {"Value": True}})}


def lists(place: Place, wish: Wish) -> Known:
    asked = {
        "PrefixListName": wish.get("PrefixListName") or "recorded",
        "MaxEntries": wish.get("MaxEntries") or 5,
        "AddressFamily": wish.get("AddressFamily") or "IPv4",
    }
    if wish.get("OwnerId") == "AWS":
        return {}
    made = place.call(EC2, "create_managed_prefix_list", **asked, **tagging("prefix-list", wish))["PrefixList"]
    of = {"PrefixListIds": [made["PrefixListId"]], "PrefixListId": made["PrefixListId"]}
    return of | {"PreviousVersion": made["Version"], "CurrentVersion": made["Version"]}


def entries(place: Place, wish: Wish) -> Known:
    told = [{name: wish[name] for name in ("Cidr", "Description") if wish.get(name)}]
    asked = {"PrefixListName": "recorded", "MaxEntries": 5, "AddressFamily": "IPv4", "Entries": told}
    return {"PrefixListId": place.call(EC2, "create_managed_prefix_list", **asked)["PrefixList"]["PrefixListId"]}


def peering(place: Place, wish: Wish) -> Known:
    other = place.call(EC2, "create_vpc", CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    made = place.call(EC2, "create_vpc_peering_connection", VpcId=place.vpc, PeerVpcId=other)["VpcPeeringConnection"][
        "VpcPeeringConnectionId"
    ]
    if (wish.get("Status") or {}).get("Code") == "active":
        place.call(EC2, "accept_vpc_peering_connection", VpcPeeringConnectionId=made)
    return {"VpcPeeringConnectionIds": [made], "VpcPeeringConnectionId": made}


def peering_options(place: Place, wish: Wish) -> Known:
    known = peering(place, Wish(place, EC2, {"Status": {"Code": "active"}}))
    told = {"AllowDnsResolutionFromRemoteVpc": True}
    return known | {
        name: wish.get(name) or told
        for name in ("AccepterPeeringConnectionOptions", "RequesterPeeringConnectionOptions")
        if wish.get(name)
    }


def egress_only(place: Place, _wish: Wish) -> Known:
    made = place.call(EC2, "create_egress_only_internet_gateway", VpcId=place.vpc)["EgressOnlyInternetGateway"]
    id = made["EgressOnlyInternetGatewayId"]
    return {"EgressOnlyInternetGatewayIds": [id], "EgressOnlyInternetGatewayId": id}


def known(**said: Callable[[Place], Any] | Any) -> Callable[[Place, Wish], Known]:
    return lambda place, _wish: {name: each(place) if callable(each) else each for name, each in said.items()}


RECIPES = {
    EC2: {
        "Vpc": vpc,
        "Subnet": subnet,
        "SecurityGroup": group,
        "SecurityGroupRule": firewall_rule,
        "RouteTable": route_table,
        "InternetGateway": internet_gateway,
        "NatGateway": nat,
        "VpcEndpoint": endpoint,
        "NetworkInterface": interface,
        "Address": address,
        "FlowLog": flow_log,
        "FlowLogs": flow_logs_made,
        "DhcpOptions": options,
        "NetworkAcl": acl,
        "TagDescription": tags,
        "VpcAttribute": attribute,
        "ManagedPrefixList": lists,
        "PrefixListEntry": entries,
        "VpcPeeringConnection": peering,
        "VpcPeeringConnectionOptions": peering_options,
        "EgressOnlyInternetGateway": egress_only,
        "Region": known(),
        "AvailabilityZone": known(),
        "ServiceDetail": known(),
        "RevokeSecurityGroupEgress": revoked,
        "SecurityGroupReference": known(GroupId=lambda place: [place.firewall]),
        "SecurityGroupForVpc": known(VpcId=lambda place: place.vpc),
    }
}
OWN[EC2]["SecurityGroupReference"] = ()
