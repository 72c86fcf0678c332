"""A WebSocket API through the VPC link V1 of the REST API's story, told and taken away again."""

HEADER = "route.request.header.Authorization"


def tell(call, rest):
    def gw(operation, **request):
        return call("apigatewayv2", operation, **request)

    selection = "$request.body.action"
    api = gw("create_api", Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression=selection)["ApiId"]
    integration = gw(
        "create_integration", ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="POST",
        IntegrationUri="http://chat.example.com:80/say", ConnectionType="VPC_LINK", ConnectionId=rest["old"],
        RequestParameters={"integration.request.header.connectionId": "context.connectionId"},
    )["IntegrationId"]  # fmt: skip
    route = gw(
        "create_route", ApiId=api, RouteKey="say", Target=f"integrations/{integration}",
        RouteResponseSelectionExpression="$default",
    )["RouteId"]  # fmt: skip
    gw("create_route", ApiId=api, RouteKey="$connect", RequestParameters={HEADER: {"Required": True}})
    connect = gw("get_routes", ApiId=api)["Items"][-1]["RouteId"]
    gw("delete_route_request_parameter", ApiId=api, RouteId=connect, RequestParameterKey=HEADER)
    place = {"ApiId": api, "RouteId": route}
    response = gw("create_route_response", **place, RouteResponseKey="$default")["RouteResponseId"]
    gw("get_route_response", **place, RouteResponseId=response)
    gw("get_route_responses", **place)
    gw("update_route_response", **place, RouteResponseId=response, ModelSelectionExpression="$default")
    gw("create_stage", ApiId=api, StageName="live", AutoDeploy=True)
    gw("delete_route_response", **place, RouteResponseId=response)
    gw("delete_route", **place)
    gw("delete_api", ApiId=api)
