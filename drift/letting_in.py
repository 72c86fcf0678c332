"""From a VPC link V1 to one of the second generation: until the first is gone, its load balancer lets it in.

No security group knows a link V1, so its balancer does not hold its groups' rules against PrivateLink (ledger 5.2). A
spec that no longer wants the link wants them held again, and that waits until nobody comes that way any more.
"""

from __future__ import annotations

from reconcilers import Fleet, Graph, Key, Resource
from reconcilers.balancing.load_balancer import ENTERED, LoadBalancer
from reconcilers.gateway.rest.rest_vpc_link import RestVpcLink

ENFORCED = "enforce_security_group_inbound_rules_on_private_link_traffic"


def letting_in(graph: Graph, fleet: Fleet) -> dict[Key, Resource]:
    """Other wants for the balancers that a link V1 leads to still."""
    reached = {arn for link in fleet.of(RestVpcLink) for arn in link.resource.target_arns}
    return {
        live.key: want.model_copy(update={ENFORCED: "off"})
        for live in fleet.of(LoadBalancer)
        if (live.id in reached or ENTERED in live.attributes)
        and getattr(live.resource, ENFORCED) == "off"
        and isinstance(want := graph.get(live.key), LoadBalancer)
        and getattr(want, ENFORCED) == "on"
    }
