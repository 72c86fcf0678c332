"""What the story tells after the topology: authorizers, certificates, access logs, deployments, the tag index."""


def tell(call, wait, built):
    """`built` is what stands; what is added here is taken away again here, but for what `untell` says."""
    api = {"ApiId": built["api"]}
    gateway(call, api, built)
    domain(call, api, built["certificate"])
    functions(call)
    balancing(call, built)
    arn = f"arn:aws:apigateway:us-east-1::/apis/{built['api']}"
    call("resourcegroupstaggingapi", "tag_resources", ResourceARNList=[arn], Tags={"owner": "story"})
    wait(10)
    call("resourcegroupstaggingapi", "get_resources", TagFilters=[{"Key": "owner", "Values": ["story"]}])
    call("resourcegroupstaggingapi", "get_tag_keys")
    call("resourcegroupstaggingapi", "get_tag_values", Key="owner")
    call("resourcegroupstaggingapi", "untag_resources", ResourceARNList=[arn], TagKeys=["owner"])


def gateway(call, api, built):
    jwt = {"Issuer": "https://issuer.example.com", "Audience": ["web"]}
    authorizer = call(
        "apigatewayv2",
        "create_authorizer",
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration=jwt,
        **api,
    )["AuthorizerId"]
    call("apigatewayv2", "update_authorizer", AuthorizerId=authorizer, Name="tokens", **api)
    call("apigatewayv2", "get_authorizer", AuthorizerId=authorizer, **api)
    call("apigatewayv2", "get_authorizers", **api)
    call("apigatewayv2", "delete_authorizer", AuthorizerId=authorizer, **api)
    call("apigatewayv2", "delete_cors_configuration", **api)
    stage = {"StageName": "$default", **api}
    call(
        "apigatewayv2",
        "update_stage",
        RouteSettings={"GET /items/{proxy+}": {"ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5}},
        **stage,
    )
    call("apigatewayv2", "delete_route_settings", RouteKey="GET /items/{proxy+}", **stage)
    call("apigatewayv2", "delete_access_log_settings", **stage)
    deployment = call("apigatewayv2", "create_deployment", **api)["DeploymentId"]
    call("apigatewayv2", "update_deployment", DeploymentId=deployment, Description="by hand", **api)
    call("apigatewayv2", "get_deployment", DeploymentId=deployment, **api)
    call("apigatewayv2", "delete_deployment", DeploymentId=deployment, **api)


def domain(call, api, certificate):
    here = {"DomainName": "second.example.com"}
    configured = [{"CertificateArn": certificate, "EndpointType": "REGIONAL"}]
    call("apigatewayv2", "create_domain_name", DomainNameConfigurations=configured, **here)
    call("apigatewayv2", "get_domain_names")
    call("apigatewayv2", "get_domain_name", **here)
    call("apigatewayv2", "update_domain_name", DomainNameConfigurations=configured, **here)
    made = call("apigatewayv2", "create_api_mapping", Stage="$default", ApiMappingKey="v1", **here, **api)
    mapping = {"ApiMappingId": made["ApiMappingId"], **here}
    call("apigatewayv2", "get_api_mappings", **here)
    call("apigatewayv2", "get_api_mapping", **mapping)
    call("apigatewayv2", "update_api_mapping", ApiMappingKey="v2", **mapping, **api)
    call("apigatewayv2", "delete_api_mapping", **mapping)
    call("apigatewayv2", "delete_domain_name", **here)


def functions(call):
    made = {"Runtime": "python3.13", "Handler": "main.handle", "Role": "arn:aws:iam::123456789012:role/lambda"}
    arn = call("lambda", "create_function", FunctionName="judge", Code={"ZipFile": b"PK"}, **made)["FunctionArn"]
    call("lambda", "create_alias", FunctionName="judge", Name="live", FunctionVersion="$LATEST")
    call("lambda", "get_function", FunctionName=arn)
    here = {"FunctionName": arn, "Qualifier": "live", "StatementId": "api"}
    who = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    call("lambda", "add_permission", SourceArn="arn:aws:execute-api:us-east-1:123456789012:x/*", **who, **here)
    call("lambda", "get_policy", FunctionName=f"{arn}:live")
    call("lambda", "remove_permission", **here)
    call("lambda", "delete_function", FunctionName="judge")


def balancing(call, built):
    listener = {"ListenerArn": built["listener"]}
    extra = {"Certificates": [{"CertificateArn": built["certificate"]}], **listener}
    call("elbv2", "add_listener_certificates", **extra)
    call("elbv2", "describe_listener_certificates", **listener)
    call("elbv2", "remove_listener_certificates", **extra)
    call(
        "elbv2",
        "modify_listener_attributes",
        Attributes=[{"Key": "routing.http.response.server.enabled", "Value": "false"}],
        **listener,
    )
    call("elbv2", "describe_listener_attributes", **listener)
    call("elbv2", "set_ip_address_type", LoadBalancerArn=built["balancer"], IpAddressType="ipv4")
    call("elbv2", "set_rule_priorities", RulePriorities=[{"RuleArn": built["rule"], "Priority": 11}])
    call("elbv2", "set_rule_priorities", RulePriorities=[{"RuleArn": built["rule"], "Priority": 10}])
    call(
        "elbv2",
        "modify_capacity_reservation",
        LoadBalancerArn=built["balancer"],
        MinimumLoadBalancerCapacity={"CapacityUnits": 200},
    )
    call("elbv2", "describe_capacity_reservation", LoadBalancerArn=built["balancer"])
    call("elbv2", "modify_capacity_reservation", LoadBalancerArn=built["balancer"], ResetCapacityReservation=True)
    bundle = {"CaCertificatesBundleS3Bucket": "trust", "CaCertificatesBundleS3Key": "clients.pem"}
    store = call("elbv2", "create_trust_store", Name="clients", **bundle)["TrustStores"][0]["TrustStoreArn"]
    call("elbv2", "describe_trust_stores", TrustStoreArns=[store])
    call("elbv2", "delete_trust_store", TrustStoreArn=store)
