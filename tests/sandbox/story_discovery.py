"""A service that Cloud Map knows, without a load balancer; and all of it away again."""

NAME = "story.internal"


def tell(call, network, wait):
    """Beside the main story, whose cluster and task definition it takes."""

    def cloud(operation, **request):
        return call("servicediscovery", operation, **request)

    made = cloud("create_private_dns_namespace", Name=NAME, Vpc=network["vpc"], Tags=[{"Key": "a", "Value": "b"}])
    wait(60)
    namespace = cloud("get_operation", OperationId=made["OperationId"])["Operation"]["Targets"]["NAMESPACE"]
    arn = cloud("get_namespace", Id=namespace)["Namespace"]["Arn"]
    cloud("list_namespaces", Filters=[{"Name": "TYPE", "Values": ["DNS_PRIVATE"], "Condition": "EQ"}])
    cloud("tag_resource", ResourceARN=arn, Tags=[{"Key": "c", "Value": "d"}])
    cloud("untag_resource", ResourceARN=arn, TagKeys=["c"])
    cloud("update_private_dns_namespace", Id=namespace, Namespace={"Description": "another"})
    cloud("list_tags_for_resource", ResourceARN=arn)
    records = {"DnsRecords": [{"Type": "SRV", "TTL": 10}]}
    service = cloud("create_service", Name="web", NamespaceId=namespace, DnsConfig=records, HealthCheckCustomConfig={})[
        "Service"
    ]
    longer = {"DnsConfig": {"DnsRecords": [{"Type": "SRV", "TTL": 20}]}}
    cloud("update_service", Id=service["Id"], Service=longer)
    cloud("get_service", Id=service["Id"])
    cloud("list_services", Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace]}])
    call(
        "ecs", "create_service", cluster="main", serviceName="known", taskDefinition="web", desiredCount=2,
        launchType="FARGATE", networkConfiguration=vpc_only(network), serviceRegistries=[registry(service["Arn"])],
    )  # fmt: skip
    wait(60)
    cloud("list_instances", ServiceId=service["Id"])
    cloud("discover_instances", NamespaceName=NAME, ServiceName="web")
    cloud(
        "register_instance", ServiceId=service["Id"], InstanceId="by-hand", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"}
    )
    cloud("get_instance", ServiceId=service["Id"], InstanceId="by-hand")
    cloud("deregister_instance", ServiceId=service["Id"], InstanceId="by-hand")
    call("ecs", "delete_service", cluster="main", service="known", force=True)
    wait(120)
    cloud("delete_service", Id=service["Id"])
    cloud("delete_namespace", Id=namespace)
    others(cloud, wait)
    wait(60)


def others(cloud, wait):
    """Namespaces of the other two types come and go."""
    cloud("create_http_namespace", Name="http.internal")
    cloud("create_public_dns_namespace", Name="public.example.com")
    wait(60)
    changes = {"HTTP": "update_http_namespace", "DNS_PUBLIC": "update_public_dns_namespace"}
    for each in cloud("list_namespaces")["Namespaces"]:
        if each["Type"] in changes:
            cloud(changes[each["Type"]], Id=each["Id"], Namespace={"Description": "another"})
            cloud("delete_namespace", Id=each["Id"])


def registry(arn):
    return {"registryArn": arn, "containerName": "web", "containerPort": 8080}


def vpc_only(network):
    groups = [network["firewall"]]
    return {"awsvpcConfiguration": {"subnets": network["subnets"], "securityGroups": groups}}
