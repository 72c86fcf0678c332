"""The ids and ARNs that samples need, of a world that is settled on a maximal spec; empty for what it does not have."""

from typing import Any

from reconcilers.keys import Key
from tests.laws.lab import SECOND_CERTIFICATE, Lab
from tests.laws.topologies import CERTIFICATE


def place(lab: Lab) -> dict[str, Any]:
    fleet = lab.look().fleet

    def id_of(address: str, attribute: str = "id") -> str:
        kind, _, part = address.partition("/")
        found = fleet.by_key.get(Key("shop", kind, part))
        return found[0].attribute(attribute) or "" if found else ""

    link = lab.boto("apigatewayv2").create_vpc_link(Name="by hand", SubnetIds=list(lab.subnets("private")))
    lab.clock.sleep(600)
    authorizer = lab.boto("apigatewayv2").create_authorizer(
        ApiId=id_of("HttpApi"), AuthorizerType="JWT", Name="by-hand", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Audience": ["us"], "Issuer": "https://issuer.example"},
    )  # fmt: skip
    return {
        "public": lab.subnets("public"),
        "private": lab.subnets("private"),
        "group": lab.group,
        "other": lab.other,
        "certificate": CERTIFICATE,
        "another certificate": CERTIFICATE.rpartition("/")[0] + "/" + SECOND_CERTIFICATE,
        "target group": id_of("TargetGroup/catalog"),
        "other target group": id_of("TargetGroup/cart"),
        "listener": id_of("Listener/https"),
        "other listener": id_of("Listener/plain"),
        "role": id_of("Role/catalog:task", "arn"),
        "other role": id_of("Role/cart:task", "arn"),
        "task definition": id_of("TaskDefinition/catalog"),
        "task definition by hand": _registered(lab),
        "authorizer": authorizer["AuthorizerId"],
        "label": f"{id_of('LoadBalancer', 'label')}/{id_of('TargetGroup/catalog', 'label')}",
        "link": id_of("VpcLink"),
        "other link": link["VpcLinkId"],
        "integration": id_of("Integration/catalog"),
        "other integration": id_of("Integration/cart:ANY /cart/{proxy+}"),
        "log group": id_of("LogGroup", "arn"),
        "other log group": id_of("LogGroup/cart", "arn"),
    }


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
