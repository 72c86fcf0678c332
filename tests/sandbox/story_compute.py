"""The compute part of the story: every further operation of ECS and Application Auto Scaling, called on what stands."""

METRIC = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}


def tell(call, network, wait, built):
    """Returns what stands in addition to `built`."""

    def ecs(operation, **request):
        return call("ecs", operation, **request)

    ecs("list_clusters")
    ecs("update_cluster", cluster="main", settings=[{"name": "containerInsights", "value": "enabled"}])
    ecs("update_cluster_settings", cluster="main", settings=[{"name": "containerInsights", "value": "disabled"}])
    ecs(
        "put_cluster_capacity_providers",
        cluster="main",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )
    ecs("list_account_settings", effectiveSettings=True)
    ecs("put_account_setting", name="containerInsights", value="enabled")
    ecs("put_account_setting_default", name="containerInsights", value="enabled")
    ecs("delete_account_setting", name="containerInsights")
    spare = ecs(
        "register_task_definition", family="spare", containerDefinitions=[{"name": "x", "image": "x:1", "memory": 64}]
    )
    ecs("list_task_definitions", familyPrefix="web", sort="DESC")
    ecs("list_task_definition_families", familyPrefix="w")
    ecs("deregister_task_definition", taskDefinition="spare:1")
    ecs("delete_task_definitions", taskDefinitions=[spare["taskDefinition"]["taskDefinitionArn"]])
    ecs("untag_resource", resourceArn=built["service"], tagKeys=["team"])
    task = ecs("list_tasks", cluster="main", serviceName="web")["taskArns"][0]
    ecs("describe_tasks", cluster="main", tasks=[task, "nope"], include=["TAGS"])
    ecs("stop_task", cluster="main", task=task, reason="because")
    wait(200)
    deployments = ecs("list_service_deployments", cluster="main", service="web")["serviceDeployments"]
    ecs("describe_service_deployments", serviceDeploymentArns=[deployments[0]["serviceDeploymentArn"], "nope"])
    ecs("describe_service_revisions", serviceRevisionArns=[deployments[0]["targetServiceRevisionArn"], "nope"])
    ecs("update_service", cluster="main", service="web", forceNewDeployment=True)
    current = ecs("describe_services", cluster="main", services=["web"])["services"][0]["currentServiceDeployment"]
    ecs("stop_service_deployment", serviceDeploymentArn=current, stopType="ROLLBACK")
    wait(200)
    scaling(call)
    shifting(call, network, wait, built)
    call("iam", "simulate_principal_policy", PolicySourceArn=network["mover"], ActionNames=["s3:GetObject"])
    return {"task": task, "deployment": deployments[0]["serviceDeploymentArn"]}


def shifting(call, network, wait, built):
    """A service that goes from one group to another, and waits for somebody in between."""
    asked = {"Protocol": "HTTP", "Port": 80, "VpcId": network["vpc"], "TargetType": "ip"}
    groups = [
        call("elbv2", "create_target_group", Name=name, **asked)["TargetGroups"][0]["TargetGroupArn"]
        for name in ("blue", "green")
    ]
    forward = {"TargetGroups": [{"TargetGroupArn": each} for each in groups]}
    rule = call(
        "elbv2",
        "create_rule",
        ListenerArn=built["listener"],
        Priority=77,
        Conditions=[{"Field": "path-pattern", "Values": ["/shift*"]}],
        Actions=[{"Type": "forward", "ForwardConfig": forward}],
    )["Rules"][0]["RuleArn"]
    more = {
        "alternateTargetGroupArn": groups[1],
        "productionListenerRule": rule,
        "roleArn": network["mover"],
    }
    wire = {"targetGroupArn": groups[0], "containerName": "web", "containerPort": 8080, "advancedConfiguration": more}
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
    deploying = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "lifecycleHooks": [hook]}
    net = {"awsvpcConfiguration": {"subnets": network["subnets"], "securityGroups": [network["firewall"]]}}
    made = call(
        "ecs",
        "create_service",
        cluster="main",
        serviceName="shift",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        loadBalancers=[wire],
        networkConfiguration=net,
        deploymentConfiguration=deploying,
    )["service"]
    wait(200)
    arn = made["currentServiceDeployment"]
    [told] = call("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"]
    [paused] = told["lifecycleHookDetails"]
    call("ecs", "continue_service_deployment", serviceDeploymentArn=arn, hookId=paused["hookId"])
    wait(60)
    call("ecs", "delete_service", cluster="main", service="shift", force=True)
    wait(600)
    call("elbv2", "delete_rule", RuleArn=rule)
    for each in groups:
        call("elbv2", "delete_target_group", TargetGroupArn=each)


def scaling(call):
    """A scalable target with a policy, looked at from all sides."""
    where = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/main/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    target = call(
        "application-autoscaling", "register_scalable_target", MinCapacity=2, MaxCapacity=5, Tags={"a": "b"}, **where
    )
    call(
        "application-autoscaling", "describe_scalable_targets", ServiceNamespace="ecs", ResourceIds=["service/main/web"]
    )
    policy = {"TargetValue": 60.0, "PredefinedMetricSpecification": METRIC}
    named = {"PolicyName": "cpu", **where}
    call(
        "application-autoscaling",
        "put_scaling_policy",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=policy,
        **named,
    )
    call("application-autoscaling", "describe_scaling_policies", ServiceNamespace="ecs", PolicyNames=["cpu"])
    call("application-autoscaling", "tag_resource", ResourceARN=target["ScalableTargetARN"], Tags={"team": "web"})
    call("application-autoscaling", "untag_resource", ResourceARN=target["ScalableTargetARN"], TagKeys=["team"])
    call("application-autoscaling", "list_tags_for_resource", ResourceARN=target["ScalableTargetARN"])


def untell(call):
    where = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/main/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    call("application-autoscaling", "delete_scaling_policy", PolicyName="cpu", **where)
    call("application-autoscaling", "deregister_scalable_target", **where)
