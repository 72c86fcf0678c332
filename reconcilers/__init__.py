"""One file per kind of AWS resource. This list is the topology, dependencies first: read it as a table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws, Place
from reconcilers.balancing.attributes import LoadBalancersAttributes, TargetGroupsAttributes
from reconcilers.balancing.capacity_reservation import CapacityReservations
from reconcilers.balancing.gateway_secret import GatewaySecrets
from reconcilers.balancing.listener import Listeners
from reconcilers.balancing.listener_rule import ListenerRules
from reconcilers.balancing.load_balancer import LoadBalancers
from reconcilers.balancing.target_group import TargetGroups
from reconcilers.balancing.web_acl_association import WebAclAssociations
from reconcilers.compute.cluster import Clusters
from reconcilers.compute.scalable_target import ScalableTargets
from reconcilers.compute.scaling_policy import ScalingPolicies
from reconcilers.compute.service import Services
from reconcilers.compute.task_definition import TaskDefinitions
from reconcilers.discovery.discovery_service import DiscoveryServices
from reconcilers.discovery.namespace import Namespaces
from reconcilers.domains.access_association import DomainNameAccessAssociations
from reconcilers.domains.api_mapping import ApiMappings
from reconcilers.domains.certificate import Certificates
from reconcilers.domains.domain_name import DomainNames
from reconcilers.domains.record_set import RecordSets
from reconcilers.domains.routing_rule import RoutingRules
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import Authorizers
from reconcilers.gateway.http_api import HttpApis
from reconcilers.gateway.integration import Integrations
from reconcilers.gateway.permission import Permissions
from reconcilers.gateway.rest.account import Accounts
from reconcilers.gateway.rest.api_key import ApiKeys
from reconcilers.gateway.rest.gateway_response import GatewayResponses
from reconcilers.gateway.rest.key_secret import KeySecrets
from reconcilers.gateway.rest.method import Methods
from reconcilers.gateway.rest.model import Models
from reconcilers.gateway.rest.request_validator import RequestValidators
from reconcilers.gateway.rest.rest_api import RestApis
from reconcilers.gateway.rest.rest_authorizer import RestAuthorizers
from reconcilers.gateway.rest.rest_deployment import RestDeployments
from reconcilers.gateway.rest.rest_integration import RestIntegrations
from reconcilers.gateway.rest.rest_resource import RestResources
from reconcilers.gateway.rest.rest_stage import RestStages
from reconcilers.gateway.rest.rest_vpc_link import RestVpcLinks
from reconcilers.gateway.rest.usage_plan import UsagePlans
from reconcilers.gateway.rest.usage_plan_key import UsagePlanKeys
from reconcilers.gateway.route import Routes
from reconcilers.gateway.stage import Stages
from reconcilers.gateway.vpc_link import VpcLinks
from reconcilers.gateway.websocket.web_socket_api import WebSocketApis
from reconcilers.gateway.websocket.web_socket_authorizer import WebSocketAuthorizers
from reconcilers.gateway.websocket.web_socket_integration import WebSocketIntegrations
from reconcilers.gateway.websocket.web_socket_route import WebSocketRoutes
from reconcilers.gateway.websocket.web_socket_route_response import WebSocketRouteResponses
from reconcilers.gateway.websocket.web_socket_stage import WebSocketStages
from reconcilers.gathering import gather
from reconcilers.identity.role import Roles
from reconcilers.identity.role_policy import RolePolicies
from reconcilers.keys import Key, Ref, Text
from reconcilers.network.security_group import SecurityGroups
from reconcilers.network.security_group_rule import SecurityGroupRules
from reconcilers.observability.log_group import LogGroups
from reconcilers.reconciler import Fleet, Look, Made, Reconciler
from reconcilers.resource import Graph, Live, Resource

RECONCILERS: tuple[Reconciler[Any], ...] = (
    LogGroups(),
    Roles(),
    SecurityGroups(),
    SecurityGroupRules(),
    Clusters(),
    LoadBalancers(),
    LoadBalancersAttributes(),
    RestVpcLinks(),
    WebSocketApis(),
    RolePolicies(),  # what tasks behind a WebSocket API may do names it
    CapacityReservations(),
    TargetGroups(),
    TargetGroupsAttributes(),
    GatewaySecrets(),
    Listeners(),
    ListenerRules(),
    Namespaces(),
    DiscoveryServices(),
    TaskDefinitions(),
    Services(),
    ScalableTargets(),
    ScalingPolicies(),
    VpcLinks(),
    HttpApis(),
    RestApis(),
    Integrations(),
    WebSocketIntegrations(),
    Authorizers(),
    RestAuthorizers(),
    WebSocketAuthorizers(),
    Permissions(),
    Routes(),
    Stages(),
    Accounts(),
    WebSocketRoutes(),
    WebSocketRouteResponses(),
    WebSocketStages(),
    Models(),
    RequestValidators(),
    RestResources(),
    Methods(),
    RestIntegrations(),
    GatewayResponses(),
    RestDeployments(),
    RestStages(),
    WebAclAssociations(),
    ApiKeys(),
    UsagePlans(),
    UsagePlanKeys(),
    KeySecrets(),
    Certificates(),
    DomainNames(),
    DomainNameAccessAssociations(),
    ApiMappings(),
    RoutingRules(),
    RecordSets(),
)

BY_KIND: Mapping[str, Reconciler[Any]] = {each.kind.__name__: each for each in RECONCILERS}
ORDER: Mapping[str, int] = {each.kind.__name__: place for place, each in enumerate(RECONCILERS)}

__all__ = [
    "BY_KIND",
    "ORDER",
    "RECONCILERS",
    "Aws",
    "Facts",
    "Fleet",
    "Graph",
    "Key",
    "Live",
    "Look",
    "Made",
    "Place",
    "Reconciler",
    "Ref",
    "Resource",
    "Text",
    "gather",
]
