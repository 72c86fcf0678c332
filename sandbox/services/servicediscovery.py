"""AWS Cloud Map: namespaces, the services in them, and the tasks that ECS registers there (botocore, servicediscovery).

A namespace comes and goes by an operation that takes its time, and only then is listed. What is used stays: a namespace
with services, a service with instances. Of its DNS nothing is played.
"""

from __future__ import annotations

from sandbox import elsewhere, shapes
from sandbox.kinds import Fields, Kind, Reference, Rule
from sandbox.refusal import Refusal
from sandbox.world import Resource, World, become, vanish

INVALID = Refusal("InvalidInput", "{why}")
TOKEN_REUSED = Refusal("DuplicateRequest", "The operation with this request id is another one.")
PAGE = {"*": 100}  # botocore: ListNamespaces, MaxResults "By default, 100"
MAKES, GOES = 40, 30  # seconds of an operation; recorded GetOperation, CREATE_NAMESPACE
IN_USE = Refusal("ResourceInUse", "{id} still holds {holder}")


def _invalid(why: str) -> Refusal:
    return Refusal("InvalidInput", why)


_ARN = "arn:aws:servicediscovery:{region}:{account}:"
OPERATION = Kind(
    "servicediscovery", "Operation", "Id", "{hex32}-{short}", Refusal("OperationNotFound", "Operation {id} not found")
)
NAMESPACE = Kind(
    "servicediscovery",
    "Namespace",
    "Id",
    "ns-{hex}",
    Refusal("NamespaceNotFound", "Namespace {id} not found"),
    arn=_ARN + "namespace/{id}",
)
SERVICE = Kind(
    "servicediscovery",
    "Service",
    "Id",
    "srv-{hex}",
    Refusal("ServiceNotFound", "Service {id} not found"),
    arn=_ARN + "service/{id}",
    unique=("Name", "NamespaceId"),
    twice=Refusal("ServiceAlreadyExists", "Service {Name} already exists."),
    rules=(
        Rule(
            "DnsConfig.RoutingPolicy != 'WEIGHTED' || length(DnsConfig.DnsRecords[?Type == 'SRV']) == `0`",
            _invalid("A weighted routing policy takes no SRV records"),
            "DnsConfig",
            "botocore CreateService",
        ),
        Rule(
            "!HealthCheckConfig || !HealthCheckCustomConfig",
            _invalid("HealthCheckConfig and HealthCheckCustomConfig exclude each other"),
            source="botocore CreateService",
        ),
    ),
)
REFERENCES = (Reference(SERVICE, "NamespaceId", NAMESPACE, NAMESPACE.unknown, IN_USE, "botocore DeleteNamespace"),)


# ---- namespaces


def create_private_dns_namespace(world: World, request: Fields) -> Fields:
    """A name that is there in the VPC, or on its way, is not made again."""
    name, vpc = request["Name"], request["Vpc"]
    if vpc not in elsewhere.backend(world, "ec2").vpcs:
        raise _invalid(f"The VPC {vpc} does not exist")
    if any(each["Name"] == name and each.sent["Vpc"] == vpc for each in world.all(NAMESPACE)):
        raise Refusal("NamespaceAlreadyExists", f"The namespace {name} already exists.")
    if any(each.hidden == {"Name": name, "Vpc": vpc} and _pending(each) for each in world.all(OPERATION)):
        raise Refusal("DuplicateRequest", f"The namespace {name} is being made.")
    operation = _began(world, "CREATE_NAMESPACE")
    operation.hidden = {"Name": name, "Vpc": vpc}
    world.later(MAKES, _made, operation, request, "DNS_PRIVATE")
    return {"OperationId": operation.id}


def create_public_dns_namespace(world: World, request: Fields) -> Fields:
    return _making(world, request, "DNS_PUBLIC")


def create_http_namespace(world: World, request: Fields) -> Fields:
    return _making(world, request, "HTTP")


def _making(world: World, request: Fields, type: str) -> Fields:
    """Of one type there is one namespace of a name."""
    name = request["Name"]
    if any((each["Name"], each["Type"]) == (name, type) for each in world.all(NAMESPACE)):
        raise Refusal("NamespaceAlreadyExists", f"The namespace {name} already exists.")
    operation = _began(world, "CREATE_NAMESPACE")
    world.later(MAKES, _made, operation, request, type)
    return {"OperationId": operation.id}


def _made(world: World, operation: Resource, request: Fields, type: str) -> None:
    zone = {"HostedZoneId": f"Z{world.words()['hex'].upper()}", "SOA": {"TTL": 15}}
    dns = {"SOA": {}} if type == "HTTP" else zone
    properties = {"DnsProperties": dns, "HttpProperties": {"HttpName": request["Name"]}}
    owned = {"ResourceOwner": world.account}
    told = {"Type": type, "CreateDate": world.time, "Properties": properties} | owned
    namespace = world.add(NAMESPACE, request, told)
    become(world, namespace, {"Arn": namespace.arn})
    _ended(world, operation, namespace)


def get_namespace(world: World, request: Fields) -> Fields:
    return {"Namespace": world.get(NAMESPACE, request["Id"]).shown()}


def list_namespaces(world: World, request: Fields) -> Fields:
    known = {"NAME": "Name", "TYPE": "Type"}
    found = [each for each in world.all(NAMESPACE) if _chosen(each, request, known)]
    return {"Namespaces": [_brief(each, "NamespaceSummary") for each in found]}


def update_private_dns_namespace(world: World, request: Fields) -> Fields:
    namespace = world.get(NAMESPACE, request["Id"])
    world.change(namespace, request["Namespace"])
    operation = _began(world, "UPDATE_NAMESPACE")
    _ended(world, operation, namespace)
    return {"OperationId": operation.id}


update_public_dns_namespace = update_http_namespace = update_private_dns_namespace


def delete_namespace(world: World, request: Fields) -> Fields:
    namespace = world.get(NAMESPACE, request["Id"])
    world.refuse_if_held(NAMESPACE, namespace.id)
    if any(_pending(each) and each["Targets"].get("NAMESPACE") == namespace.id for each in world.all(OPERATION)):
        raise Refusal("DuplicateRequest", f"The namespace {namespace.id} is being deleted.")
    operation = _began(world, "DELETE_NAMESPACE")
    become(world, operation, {"Targets": {"NAMESPACE": namespace.id}})
    world.later(GOES, _ended, operation, namespace)
    world.later(GOES, vanish, namespace)
    return {"OperationId": operation.id}


def get_operation(world: World, request: Fields) -> Fields:
    return {"Operation": world.get(OPERATION, request["OperationId"]).shown()}


def _began(world: World, kind: str) -> Resource:
    told = {"Type": kind, "Status": "PENDING", "CreateDate": world.time, "UpdateDate": world.time, "Targets": {}}
    told["OwnerAccount"] = world.account
    return world.add(OPERATION, {}, told)


def _ended(world: World, operation: Resource, about: Resource) -> None:
    targets = {about.kind.name.upper(): about.id}
    become(world, operation, {"Status": "SUCCESS", "UpdateDate": world.time, "Targets": targets})


def _pending(operation: Resource) -> bool:
    return bool(operation["Status"] == "PENDING")


# ---- services


def create_service(world: World, request: Fields) -> Fields:
    told = {"Type": "DNS_HTTP" if request.get("DnsConfig") else "HTTP", "CreateDate": world.time}
    config = request.get("DnsConfig")
    policy = {"DnsConfig": {"RoutingPolicy": "MULTIVALUE", **config}} if config else {}
    service = world.add(SERVICE, request, told | policy)
    service.hidden["instances"] = {}
    become(world, service, {"Arn": service.arn})
    return {"Service": _counted(service)}


def get_service(world: World, request: Fields) -> Fields:
    return {"Service": _counted(world.get(SERVICE, request["Id"]))}


def list_services(world: World, request: Fields) -> Fields:
    found = [each for each in world.all(SERVICE) if _chosen(each, request, {"NAMESPACE_ID": "NamespaceId"})]
    members = shapes.members("servicediscovery", "ServiceSummary")
    told = [_counted(each) for each in found]
    return {"Services": [{name: value for name, value in each.items() if name in members} for each in told]}


def update_service(world: World, request: Fields) -> Fields:
    """Of its records only how long they last: their types stay (botocore UpdateService)."""
    service, change = world.get(SERVICE, request["Id"]), request["Service"]
    config = change.get("DnsConfig")
    if config and _types(config) != _types(service.fields.get("DnsConfig", {"DnsRecords": []})):
        raise _invalid("The types of a service's DNS records cannot be changed")
    records = {"DnsConfig": {**service["DnsConfig"], "DnsRecords": config["DnsRecords"]}} if config else {}
    world.change(service, change | records)
    operation = _began(world, "UPDATE_SERVICE")
    _ended(world, operation, service)
    return {"OperationId": operation.id}


def delete_service(world: World, request: Fields) -> Fields:
    service = world.get(SERVICE, request["Id"])
    if instances := service.hidden["instances"]:
        raise IN_USE.about(id=service.id, holder=f"{len(instances)} instances")
    world.remove(service)
    return {}


def _types(config: Fields) -> list[str]:
    return sorted(each["Type"] for each in config["DnsRecords"])


def _counted(service: Resource) -> Fields:
    return service.shown() | {"InstanceCount": len(service.hidden["instances"])}


# ---- instances


def list_instances(world: World, request: Fields) -> Fields:
    instances = world.get(SERVICE, request["ServiceId"]).hidden["instances"]
    return {"Instances": [{"Id": id, "Attributes": dict(each)} for id, each in instances.items()]}


def register_instance(world: World, request: Fields) -> Fields:
    service = world.get(SERVICE, request["ServiceId"])
    registered(service, request["InstanceId"], dict(request["Attributes"]))
    return _at_once(world, "REGISTER_INSTANCE", service)


def deregister_instance(world: World, request: Fields) -> Fields:
    service = world.get(SERVICE, request["ServiceId"])
    _instance(service, request["InstanceId"])
    deregistered(service, request["InstanceId"])
    return _at_once(world, "DEREGISTER_INSTANCE", service)


def get_instance(world: World, request: Fields) -> Fields:
    service = world.get(SERVICE, request["ServiceId"])
    told = {"Id": request["InstanceId"], "Attributes": _instance(service, request["InstanceId"])}
    return {"Instance": told | {"CreatedByAccount": world.account}}


def _instance(service: Resource, id: str) -> dict[str, str]:
    if id not in service.hidden["instances"]:
        raise Refusal("InstanceNotFound", f"Instance {id} not found in service {service.id}")
    return dict(service.hidden["instances"][id])


def _at_once(world: World, kind: str, service: Resource) -> Fields:
    operation = _began(world, kind)
    _ended(world, operation, service)
    return {"OperationId": operation.id}


def discover_instances(world: World, request: Fields) -> Fields:
    """All that is registered is well: ECS takes out what is not."""
    namespaces = {each.id for each in world.all(NAMESPACE) if each["Name"] == request["NamespaceName"]}
    if not namespaces:
        raise NAMESPACE.unknown.about(id=request["NamespaceName"])
    name = request["ServiceName"]
    found = next(
        (each for each in world.all(SERVICE) if each["NamespaceId"] in namespaces and each["Name"] == name), None
    )
    if found is None:
        raise SERVICE.unknown.about(id=name)
    common = {"NamespaceName": request["NamespaceName"], "ServiceName": name, "HealthStatus": "HEALTHY"}
    told = [{"InstanceId": id, "Attributes": dict(each), **common} for id, each in found.hidden["instances"].items()]
    return {"Instances": told, "InstancesRevision": 1}


def named(world: World, arn: str) -> Resource | None:
    """The service with this ARN."""
    return world.find(SERVICE, arn.rpartition("/")[2]) if ":servicediscovery:" in arn else None


def registered(service: Resource, id: str, attributes: dict[str, str]) -> None:
    """ECS has a task there."""
    service.hidden["instances"][id] = attributes


def deregistered(service: Resource, id: str) -> None:
    service.hidden["instances"].pop(id, None)


# ---- in its words


def tag_resource(world: World, request: Fields) -> Fields:
    world.tag(_tagged(world, request), {each["Key"]: each["Value"] for each in request["Tags"]})
    return {}


def untag_resource(world: World, request: Fields) -> Fields:
    world.untag(_tagged(world, request), request["TagKeys"])
    return {}


def list_tags_for_resource(world: World, request: Fields) -> Fields:
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tagged(world, request).tags.items()]}


def _tagged(world: World, request: Fields) -> Resource:
    id = request["ResourceARN"].rpartition("/")[2]
    found = world.find(NAMESPACE, id) or world.find(SERVICE, id)
    if found is None:
        raise Refusal("ResourceNotFoundException", f"The resource {request['ResourceARN']} does not exist")
    return found


def _chosen(resource: Resource, request: Fields, known: dict[str, str]) -> bool:
    for each in request.get("Filters", ()):
        if each["Name"] not in known or each.get("Condition", "EQ") != "EQ":
            raise _invalid(f"The filter {each['Name']} is not modelled here")
        if resource[known[each["Name"]]] not in each["Values"]:
            return False
    return True


def _brief(resource: Resource, shape: str) -> Fields:
    members = shapes.members("servicediscovery", shape)
    return {name: value for name, value in resource.shown().items() if name in members}
