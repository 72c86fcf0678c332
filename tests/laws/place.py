"""The ids and ARNs that samples need, of a world that is settled on a maximal spec; empty for what it does not have."""

from typing import Any

from reconcilers.keys import Key
from tests.laws.lab import SECOND_CERTIFICATE, WILDCARDS, Lab
from tests.laws.topologies import CERTIFICATE


def place(lab: Lab) -> dict[str, Any]:
    fleet = lab.look().fleet

    def id_of(address: str, attribute: str = "id") -> str:
        kind, _, part = address.partition("/")
        found = fleet.by_key.get(Key("shop", kind, part))
        return found[0].attribute(attribute) or "" if found else ""

    link = lab.boto("apigatewayv2").create_vpc_link(Name="by hand", SubnetIds=list(lab.subnets("private")))
    lab.clock.sleep(600)
    rest = id_of("RestApi")
    wild = [CERTIFICATE.rpartition("/")[0] + "/" + id for id in WILDCARDS]
    return {
        "public": lab.subnets("public"),
        "private": lab.subnets("private"),
        "group": lab.group,
        "other": lab.other,
        "certificate": CERTIFICATE,
        "trust store": lab.trust_stores[0],
        "other trust store": lab.trust_stores[1],
        "web acl": lab.acls[0],
        "other web acl": lab.acls[1],
        "another certificate": CERTIFICATE.rpartition("/")[0] + "/" + SECOND_CERTIFICATE,
        "wildcard": wild[0],
        "other wildcard": wild[1],
        "api": id_of("HttpApi"),
        "other api": _api(lab),
        "rest api": rest,
        "other rest api": _rest_api(lab) if rest else "",
        "target group": id_of("TargetGroup/catalog"),
        "other target group": id_of("TargetGroup/cart"),
        "discovery service": id_of("DiscoveryService/catalog", "arn"),
        "other discovery service": id_of("DiscoveryService/cart", "arn"),
        "listener": id_of("Listener/https"),
        "other listener": id_of("Listener/plain"),
        "role": id_of("Role/catalog:task", "arn"),
        "other role": id_of("Role/cart:task", "arn"),
        "task definition": id_of("TaskDefinition/catalog"),
        "task definition by hand": _registered(lab),
        "authorizer": id_of("Authorizer/staff"),
        "load balancer": id_of("LoadBalancer"),
        "other load balancer": _balancer(lab) if rest else "",
        "deployment": id_of("RestDeployment"),
        "other deployment": lab.boto("apigateway").create_deployment(restApiId=rest)["id"] if rest else "",
        "label": f"{id_of('LoadBalancer', 'label')}/{id_of('TargetGroup/catalog', 'label')}",
        "link": id_of("VpcLink"),
        "other link": link["VpcLinkId"],
        "integration": id_of("Integration/catalog"),
        "other integration": id_of("Integration/cart:ANY /cart/{proxy+}"),
        "link v1": id_of("RestVpcLink"),
        "other link v1": _link_v1(lab) if id_of("RestVpcLink") else "",
        "socket integration": id_of("WebSocketIntegration/$default"),
        "other socket integration": id_of("WebSocketIntegration/order"),
        "socket authorizer": id_of("WebSocketAuthorizer/hook"),
        "log group": id_of("LogGroup", "arn"),
        "other log group": id_of("LogGroup/cart", "arn"),
    }


def _api(lab: Lab) -> str:
    """One that a mapping could lead to instead."""
    gateway = lab.boto("apigatewayv2")
    id = str(gateway.create_api(Name="by-hand", ProtocolType="HTTP")["ApiId"])
    for stage in ("$default", "beta"):
        gateway.create_stage(ApiId=id, StageName=stage)
    return id


def _rest_api(lab: Lab) -> str:
    """One that a routing rule could invoke instead."""
    gateway = lab.boto("apigateway")
    made = gateway.create_rest_api(name="by-hand", endpointConfiguration={"types": ["REGIONAL"]})
    method = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    for stage in ("live", "qa"):
        gateway.create_deployment(restApiId=made["id"], stageName=stage)
    return str(made["id"])


def _balancer(lab: Lab) -> str:
    """One that an integration could go to instead."""
    made = lab.boto("elbv2").create_load_balancer(
        Name="by-hand", Scheme="internal", Subnets=list(lab.subnets("private")), SecurityGroups=[lab.group]
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def _link_v1(lab: Lab) -> str:
    """One that an integration could go through instead, to a load balancer of its own."""
    made = lab.boto("elbv2").create_load_balancer(
        Name="by-hand", Type="network", Scheme="internal", Subnets=list(lab.subnets("private"))
    )
    lab.clock.sleep(600)
    link = lab.boto("apigateway").create_vpc_link(
        name="by-hand", targetArns=[made["LoadBalancers"][0]["LoadBalancerArn"]]
    )
    lab.clock.sleep(600)
    return str(link["id"])


def _registered(lab: Lab) -> str:
    """Another family that the service `catalog` could run, with a second port and a sidecar that has one."""
    names = {"catalog": (8080, 81), "otel": (8081, 8080)}
    containers = [
        {"name": name, "image": "by:hand", "portMappings": [{"containerPort": port} for port in ports]}
        for name, ports in names.items()
    ]
    made = lab.boto("ecs").register_task_definition(
        family="by-hand", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=containers,
    )  # fmt: skip
    return str(made["taskDefinition"]["taskDefinitionArn"])
