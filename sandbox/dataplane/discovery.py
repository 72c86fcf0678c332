"""Straight to a task: a private integration with a Cloud Map service asks it for an instance, and goes there through
the VPC link (API Gateway guide, http-api-develop-integrations-private)."""

from __future__ import annotations

from sandbox import targets
from sandbox.dataplane.balancer import answered
from sandbox.dataplane.journey import Answer, Journey, gateway_says
from sandbox.firewall import Peer, refusal
from sandbox.services import servicediscovery
from sandbox.world import Resource

DOWN = "Service Unavailable"


def discovered(journey: Journey) -> Answer | None:
    """The instances in turn; what does not answer there is 503, as behind any private integration. Any other
    integration leads to a listener."""
    arn = journey.integration["IntegrationUri"]
    if ":servicediscovery:" not in arn:
        return None
    service = servicediscovery.named(journey.world, arn)
    if service is None:
        return gateway_says(503, DOWN, f"there is no Cloud Map service {arn}")
    journey.hops.append(("discovery_service", service.id))
    instances = list(service.hidden["instances"].values())
    if not instances:
        return gateway_says(503, DOWN, "nothing is registered in the Cloud Map service")
    turn = service.hidden["turn"] = service.hidden.get("turn", -1) + 1
    chosen = instances[turn % len(instances)]
    address, port = chosen["AWS_INSTANCE_IPV4"], int(chosen["AWS_INSTANCE_PORT"])
    journey.target = (address, port)
    journey.hops.append(("instance", f"{address}:{port}"))
    found = targets.at_address(journey.world, address)
    why = _unreached(journey, found, port)
    answer = answered(journey, found, port) if found and not why else None
    return answer or gateway_says(503, DOWN, why or f"nothing listens on port {port} of {address}")


def _unreached(journey: Journey, task: Resource | None, port: int) -> str:
    """Why a request does not come to a task, empty when it does."""
    world = journey.world
    if task is None:
        return "nobody has the address of the instance"
    if journey.integration.get("TlsConfig"):
        return "TLS to a task is not walked in this sandbox"
    inside = Peer(tuple(journey.link["SecurityGroupIds"]), targets.blocks(world, journey.link["SubnetIds"]))
    why = refusal(world, inside, targets.peer(world, task), port)
    return f"the VPC link does not reach the task: {why}" if why else ""
