"""Logs, alarms, web ACLs, zones and namespaces."""

from __future__ import annotations

from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
OWN = {
    "logs": {
        "LogGroup": ("arn", "logGroupArn"),
        "LogStream": ("arn",),
        "MetricFilter": (),
        "SubscriptionFilter": ("destinationArn", "roleArn"),
        "Destination": ("arn", "roleArn", "targetArn"),
        "ResourcePolicy": (),
    },
    "cloudwatch": {"MetricAlarm": ("AlarmArn", "StateReason", "StateReasonData", "StateValue")},
    "wafv2": {
        "WebACL": ("ARN", "Id", "LabelNamespace"),
        "WebACLSummary": ("ARN", "Id", "LockToken"),
        "RuleGroup": ("ARN", "Id", "LabelNamespace"),
        "TagInfoForResource": ("ResourceARN",),
    },
    "route53": {"HostedZone": ("Id",), "ResourceRecordSet": (), "ResourceTagSet": ("ResourceId",)},
    "servicediscovery": {
        "Namespace": ("Id", "Arn"),
        "NamespaceSummary": ("Id", "Arn"),
        "Service": ("Id", "Arn", "NamespaceId"),
        "Instance": ("Id",),
        "InstanceSummary": ("Id",),
    },
}
SIGHT = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}


def log_group(place: Place, wish: Wish) -> Known:
    name = str(wish.get("logGroupName") or "/recorded")
    if name.startswith("aws/"):
        name = f"/{name}"
    wish.made("logs", "create_log_group", logGroupName=name)
    if wish.get("retentionInDays"):
        place.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=wish["retentionInDays"])
    return {
        "logGroupNamePrefix": name,
        "logGroupName": name,
        "retentionInDays": 7,
        "resourceArn": f"arn:aws:logs:us-east-1:123456789012:log-group:{name}",
    }


def log_tags(place: Place, wish: Wish) -> Known:
    tags = {name: each for name, each in (wish.get("tags") or {}).items() if not name.startswith("aws:")}
    place.call("logs", "create_log_group", logGroupName="/recorded", **({"tags": tags} if tags else {}))
    return {"resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/recorded", "logGroupName": "/recorded"}


def log_stream(place: Place, wish: Wish) -> Known:
    name = str(wish.get("logStreamName") or "recorded")
    place.call("logs", "create_log_group", logGroupName="/recorded")
    place.call("logs", "create_log_stream", logGroupName="/recorded", logStreamName=name)
    if wish.get("lastEventTimestamp") or wish.get("firstEventTimestamp"):
        event = {"timestamp": int(place.clock.now() * 1000), "message": "recorded"}
        place.call("logs", "put_log_events", logGroupName="/recorded", logStreamName=name, logEvents=[event])
    return {"logGroupName": "/recorded", "logStreamNamePrefix": name}


def metric_filter(place: Place, wish: Wish) -> Known:
    group = str(wish.get("logGroupName") or "/recorded")
    place.call("logs", "create_log_group", logGroupName=group)
    told = wish.get("metricTransformations") or [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    wish.made(
        "logs",
        "put_metric_filter",
        logGroupName=group,
        filterPattern=wish.get("filterPattern", ""),
        metricTransformations=told,
        filterName=wish.get("filterName") or "recorded",
    )
    return {"logGroupName": group}


def subscription(place: Place, wish: Wish) -> Known:
    group = str(wish.get("logGroupName") or "/recorded")
    place.call("logs", "create_log_group", logGroupName=group)
    place.call("kinesis", "create_stream", StreamName="recorded", ShardCount=1)
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/recorded"
    said = {
        "logGroupName": group,
        "filterName": wish.get("filterName") or "recorded",
        "filterPattern": wish.get("filterPattern", ""),
    }
    known = said | {"destinationArn": stream}
    if wish.get("roleArn") or not wish.document:
        known["roleArn"] = place.reference("role", "its own")
    else:
        wish.document["roleArn"] = known["roleArn"] = place.reference("role", "its own")
    wish.document.pop("destinationArn", None)
    place.call("logs", "put_subscription_filter", **known)
    return known


def destination(place: Place, wish: Wish) -> Known:
    if not place.answers.get(("kinesis", "create_stream")):
        place.call("kinesis", "create_stream", StreamName="recorded", ShardCount=1)
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/recorded"
    name = str(wish.get("destinationName") or "recorded")
    place.call(
        "logs", "put_destination", destinationName=name, targetArn=stream, roleArn=place.reference("role", "its own")
    )
    if wish.get("accessPolicy"):
        place.call("logs", "put_destination_policy", destinationName=name, accessPolicy=wish["accessPolicy"])
    return {"DestinationNamePrefix": name, "destinationName": name}


def log_policy(place: Place, wish: Wish) -> Known:
    place.call(
        "logs",
        "put_resource_policy",
        policyName=wish.get("policyName") or "recorded",
        policyDocument=wish.get("policyDocument") or "{}",
    )
    return {}


def delivery_destination(place: Place, wish: Wish) -> Known:
    place.call("s3", "create_bucket", Bucket="recorded")
    told = {"destinationResourceArn": "arn:aws:s3:::recorded"}
    name = str(wish.get("name") or "recorded")
    said = {"name": name, "deliveryDestinationConfiguration": told}
    if wish.get("outputFormat"):
        said["outputFormat"] = wish["outputFormat"]
    place.call("logs", "put_delivery_destination", **said)
    wish.document.pop("deliveryDestinationConfiguration", None)
    return said | {"deliveryDestinationName": name}


def alarm(place: Place, wish: Wish) -> Known:
    name = str(wish.get("AlarmName") or "recorded")
    said: Known = {
        "AlarmName": name,
        "EvaluationPeriods": wish.get("EvaluationPeriods") or 1,
        "ComparisonOperator": wish.get("ComparisonOperator") or "GreaterThanThreshold",
    }
    if not wish.get("Metrics") and not wish.get("MetricName"):
        said |= {"MetricName": "m", "Namespace": "n", "Period": 60, "Statistic": "Average", "Threshold": 1.0}
    told = [each for each in wish.get("Tags") or () if not each["Key"].startswith("aws:")]
    wish.made("cloudwatch", "put_metric_alarm", **said, **({"Tags": told} if told else {}))
    return {
        "AlarmNames": [name],
        "AlarmNamePrefix": name,
        "MetricName": wish.get("MetricName") or "m",
        "Namespace": wish.get("Namespace") or "n",
        "ResourceARN": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
    }


def only_alarms(place: Place, wish: Wish) -> Known:
    known = alarm(place, wish)
    return {name: known[name] for name in ("AlarmNames", "MetricName", "Namespace")}


def alarm_tags(place: Place, wish: Wish) -> Known:
    return alarm(place, Wish(place, "cloudwatch", {"Tags": wish.get("Tags") or []}))


def web_acl(place: Place, wish: Wish) -> Known:
    told = (wish.get("ARN"), wish.get("ResourceARN"))
    scope = "CLOUDFRONT" if any(":global/" in str(each) for each in told) else "REGIONAL"
    said: Known = {
        "Name": wish.get("Name") or "recorded",
        "Scope": scope,
        "DefaultAction": wish.get("DefaultAction") or {"Allow": {}},
        "VisibilityConfig": wish.get("VisibilityConfig") or SIGHT,
    }
    made = wish.made("wafv2", "create_web_acl", **said, Description=wish.get("Description") or None)["Summary"]
    return {
        "Name": made["Name"],
        "Scope": scope,
        "Id": made["Id"],
        "WebACLArn": made["ARN"],
        "ResourceArn": made["ARN"],
        "ResourceARN": made["ARN"],
    }


def rule_group(place: Place, wish: Wish) -> Known:
    said: Known = {
        "Name": wish.get("Name") or "recorded",
        "Scope": "REGIONAL",
        "Capacity": wish.get("Capacity") or 10,
        "VisibilityConfig": wish.get("VisibilityConfig") or SIGHT,
    }
    made = wish.made("wafv2", "create_rule_group", **said, Description=wish.get("Description") or None)["Summary"]
    return {
        "Name": made["Name"],
        "Scope": "REGIONAL",
        "Id": made["Id"],
        "LockToken": made["LockToken"],
        "VisibilityConfig": said["VisibilityConfig"],
    }


def ip_set(place: Place, wish: Wish) -> Known:
    said = {"Name": "recorded", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["10.0.0.0/16"]}
    made = place.call("wafv2", "create_ip_set", **said)["Summary"]
    return {
        "Name": "recorded",
        "Scope": "REGIONAL",
        "Id": made["Id"],
        "LockToken": made["LockToken"],
        "Addresses": ["10.0.0.0/16"],
    }


def association(place: Place, wish: Wish) -> Known:
    known = web_acl(place, wish if wish.get("DefaultAction") else Wish(place, "wafv2", {}))
    balancer = place.reference("balancer", "its own")
    return {"WebACLArn": known["WebACLArn"], "ResourceArn": balancer}


def protected(place: Place, _wish: Wish) -> Known:
    known = association(place, _wish)
    place.call("wafv2", "associate_web_acl", **known)
    return {"WebACLArn": known["WebACLArn"], "ResourceArn": known["ResourceArn"]}


def acl_tags(place: Place, wish: Wish) -> Known:
    known = web_acl(place, Wish(place, "wafv2", {"ARN": wish.get("ResourceARN")}, own=frozenset({"ARN"})))
    if wish.get("TagList"):
        place.call("wafv2", "tag_resource", ResourceARN=known["ResourceARN"], Tags=wish["TagList"])
    return {"ResourceARN": known["ResourceARN"]}


def logging(place: Place, wish: Wish) -> Known:
    known = web_acl(place, Wish(place, "wafv2", {}))
    place.call("logs", "create_log_group", logGroupName="aws-waf-logs-recorded")
    to = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-recorded"
    told: Known = {"ResourceArn": known["WebACLArn"], "LogDestinationConfigs": [to]}
    wish.document["LogDestinationConfigs"] = [to]
    if wish.get("RedactedFields"):
        told["RedactedFields"] = wish["RedactedFields"]
    place.call("wafv2", "put_logging_configuration", LoggingConfiguration=told)
    return {"Scope": "REGIONAL", "ResourceArn": known["WebACLArn"]}


def zone(place: Place, wish: Wish) -> Known:
    config = wish.get("Config") or {}
    said: Known = {
        "Name": wish.get("Name") or "example.com",
        "CallerReference": wish.get("CallerReference") or "recorded",
    }
    if config.get("PrivateZone"):
        said |= {"VPC": {"VPCRegion": "us-east-1", "VPCId": place.vpc}}
    told = {name: each for name, each in config.items() if name in ("Comment", "PrivateZone")}
    made = place.call("route53", "create_hosted_zone", **said, **({"HostedZoneConfig": told} if told else {}))[
        "HostedZone"
    ]
    id = made["Id"].removeprefix("/hostedzone/")
    return {
        "Id": id,
        "HostedZoneId": id,
        "ResourceId": id,
        "ResourceIds": [id],
        "ResourceType": "hostedzone",
        "DNSName": said["Name"],
    }


def record(place: Place, wish: Wish) -> Known:
    name = str(wish.get("Name") or "www.example.com.").replace("\\052", "*")
    top = ".".join(name.rstrip(".").split(".")[-2:]) if "." in name.rstrip(".") else "example.com"
    if "." not in name.rstrip("."):
        wish.document["Name"] = name = f"{name}.example.com."
    known = zone(place, Wish(place, "route53", {"Name": top}))
    if wish.get("Type") not in ("NS", "SOA"):
        told = {key: each for key, each in wish.document.items() if key != "Name"}
        change = {"Action": "CREATE", "ResourceRecordSet": {"Name": name, **told}}
        place.call(
            "route53",
            "change_resource_record_sets",
            HostedZoneId=known["HostedZoneId"],
            ChangeBatch={"Changes": [change]},
        )
    return {"HostedZoneId": known["HostedZoneId"]}


def changed(place: Place, wish: Wish) -> Known:
    told = {"Name": "www.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    known = zone(place, Wish(place, "route53", {"Name": "example.com"}))
    commented = {"Comment": wish["Comment"]} if wish.get("Comment") else {}
    return {
        "HostedZoneId": known["Id"],
        "Id": known["Id"],
        "ChangeBatch": {"Changes": [{"Action": "CREATE", "ResourceRecordSet": told}], **commented},
        "VPC": {"VPCRegion": "us-east-1", "VPCId": place.vpc},
    }


def private_changed(place: Place, _wish: Wish) -> Known:
    known = zone(place, Wish(place, "route53", {"Name": "example.com", "Config": {"PrivateZone": True}}))
    other = place.call("ec2", "create_vpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return {"HostedZoneId": known["Id"], "VPC": {"VPCRegion": "us-east-1", "VPCId": other}}


def zone_tags(place: Place, wish: Wish) -> Known:
    known = zone(place, Wish(place, "route53", {}))
    if wish.get("Tags"):
        place.call(
            "route53",
            "change_tags_for_resource",
            ResourceType="hostedzone",
            ResourceId=known["Id"],
            AddTags=wish["Tags"],
        )
    if wish.get("ResourceType") == "healthcheck":
        wish.document["ResourceType"] = "hostedzone"
    return {name: known[name] for name in ("ResourceId", "ResourceIds", "ResourceType")}


def namespace(place: Place, wish: Wish) -> Known:
    type = wish.get("Type") if str(wish.get("Type")).startswith("DNS") else "HTTP"
    verb = {"HTTP": "http", "DNS_PRIVATE": "private_dns", "DNS_PUBLIC": "public_dns"}[type]
    said: Known = {"Name": wish.get("Name") or "example.local"} | ({"Vpc": place.vpc} if verb == "private_dns" else {})
    if wish.get("Description"):
        said["Description"] = wish["Description"]
    made = place.call("servicediscovery", f"create_{verb}_namespace", **said)["OperationId"]
    place.wait(60)
    found = place.call("servicediscovery", "list_namespaces")["Namespaces"][-1]
    place.answers.pop(("servicediscovery", "list_namespaces"))
    return {"Id": found["Id"], "OperationId": made, "Namespace": {"Description": "changed"}}


def some_namespace(type: str) -> Any:
    return lambda place, _wish: (
        namespace(place, Wish(place, "servicediscovery", {"Type": type})) | {"Name": "other.local", "Vpc": place.vpc}
    )


def discovered(place: Place, wish: Wish) -> Known:
    known = namespace(place, Wish(place, "servicediscovery", {"Type": "DNS_PRIVATE"}))
    said: Known = {"Name": wish.get("Name") or "recorded", "NamespaceId": known["Id"]}
    told = wish.get("DnsConfig") or {"DnsRecords": [{"Type": "A", "TTL": 60}]}
    dns = {
        "DnsRecords": told["DnsRecords"],
        **({"RoutingPolicy": told["RoutingPolicy"]} if told.get("RoutingPolicy") else {}),
    }
    made = wish.made(
        "servicediscovery",
        "create_service",
        **said,
        DnsConfig=dns,
        skip=("HealthCheckConfig", *(("Type",) if wish.get("Type") != "HTTP" else ())),
    )["Service"]
    wish.sent.pop("DnsConfig", None)
    return {"Id": made["Id"], "ServiceId": made["Id"], "Service": {"Description": "changed"}}


def instance(place: Place, wish: Wish) -> Known:
    known = discovered(place, Wish(place, "servicediscovery", {}))
    told = wish.get("Attributes") or {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "80"}
    place.call("servicediscovery", "register_instance", ServiceId=known["Id"], InstanceId="recorded", Attributes=told)
    return {
        "ServiceId": known["Id"],
        "InstanceId": "recorded",
        "NamespaceName": "example.local",
        "ServiceName": "recorded",
    }


RECIPES = {
    "logs": {
        "LogGroup": log_group,
        "TagsForResource": log_tags,
        "TagsLogGroup": log_tags,
        "LogStream": log_stream,
        "MetricFilter": metric_filter,
        "SubscriptionFilter": subscription,
        "Destination": destination,
        "ResourcePolicy": log_policy,
        "PutRetentionPolicy": log_group,
        "PutSubscriptionFilter": subscription,
        "DeliveryDestination": delivery_destination,
        "RetentionPolicy": log_group,
    },
    "cloudwatch": {"MetricAlarm": only_alarms, "TagsForResource": alarm_tags},
    "wafv2": {
        "WebACL": web_acl,
        "WebACLSummary": web_acl,
        "RuleGroup": rule_group,
        "IPSet": ip_set,
        "AssociateWebACL": association,
        "DisassociateWebACL": protected,
        "ResourcesForWebACL": protected,
        "GetWebACLForResource": protected,
        "TagInfoForResource": acl_tags,
        "LoggingConfiguration": logging,
        "LoggingConfigurations": logging,
    },
    "route53": {
        "HostedZone": zone,
        "ResourceRecordSet": record,
        "ChangeInfo": changed,
        "ResourceTagSet": zone_tags,
        "AssociateVPCWithHostedZone": private_changed,
    },
    "servicediscovery": {
        "Namespace": namespace,
        "NamespaceSummary": namespace,
        "Service": discovered,
        "Instance": instance,
        "InstanceSummary": instance,
        "HttpInstanceSummary": instance,
        "HttpNamespace": some_namespace("HTTP"),
        "PublicDnsNamespace": some_namespace("DNS_PUBLIC"),
        "PrivateDnsNamespace": some_namespace("DNS_PRIVATE"),
        "Operation": namespace,
        "InstancesHealthStatus": instance,
        "DeregisterInstance": instance,
    },
}
