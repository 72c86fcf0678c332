"""What the laws are tried on: a spec that says everything it can, one that says the least, a shared Environment."""

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
DOMAIN = "api.shop.example.com"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:judge"

ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
ENDPOINT = "vpce-00000000000000001"
WAF = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl"


def filled(
    text: str,
    group: str = "sg-00000000000000001",
    trust_store: str = f"{ELB}:truststore/one/0011223344556677",
    web_acl: str = f"{WAF}/one/11111111-2222-4333-8444-555555555555",
    endpoint: str = ENDPOINT,
) -> str:
    """A topology with the ids that only an account knows; without any, such as AWS might give."""
    told = text.replace("EXTRA_GROUP", group).replace("TRUST_STORE", trust_store).replace("WEB_ACL", web_acl)
    return told.replace("VPC_ENDPOINT", endpoint)


MINIMAL = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: hello}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  services:
    hello: {image: "public.ecr.aws/docker/library/httpd:2.4", port: 80}
"""

MAXIMAL = f"""
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata:
  name: shop
  labels: {{team: commerce, cost-center: "4711"}}
spec:
  aws: {{accountId: "123456789012", region: eu-west-1}}
  network:
    discover: {{vpc: {{tag:Name: demo}}, subnets: {{private: {{tag:Tier: private}}}}}}
    securityGroups: {{tasks: [EXTRA_GROUP]}}
  iam: {{path: /platform/, permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary"}}
  cluster: {{name: shop-cluster, containerInsights: enhanced, capacityProviders: [FARGATE, FARGATE_SPOT]}}
  tags: {{owner: platform}}
  deletionPolicy: Delete
  protect: [gateway, domain]
  gateway:
    description: The shop
    ipAddressType: dualstack
    stages:
      $default:
        description: live
        variables: {{backend: v1}}
        throttle: {{rate: 900, burst: 450}}
        metrics: detailed
      beta: {{variables: {{backend: v2}}, routes: {{"GET /products": {{throttle: {{rate: 5, burst: 5}}}}}}}}
    throttle: {{rate: 2000, burst: 1000}}
    accessLogs: {{retention: 90d}}
    cors:
      origins: ["https://shop.example.com"]
      methods: [GET, POST]
      headers: [Authorization, content-type]
      exposeHeaders: [x-request-id]
      credentials: true
      maxAge: 10m
    domain:
      name: {DOMAIN}
      hostedZone: shop.example.com
      paths: {{/: $default, beta/v1: beta}}
      mutualTls: {{truststore: "s3://trust/clients.pem"}}
    authorizers:
      staff: {{type: jwt, issuer: "https://login.example.com/", audience: [shop]}}
      pool: {{type: cognito, userPools: ["{POOL}"], audience: [web], identity: header.x-token}}
      machines: {{type: iam}}
      hook: {{type: lambda, function: "{FUNCTION}", simpleResponses: true, ttl: 5m, identity: [header.x-key]}}
    defaults: {{authorizer: none, timeout: 29s, throttle: {{rate: 300, burst: 200}}}}
    routes:
      "GET /products": catalog
      "ANY /cart/{{proxy+}}":
        service: cart
        throttle: {{rate: 100, burst: 50}}
        timeout: 10s
        rewrite:
          path: /basket
          headers: {{x-channel: web, x-debug: null}}
          query: {{page: $request.header.x-page, debug: null}}
          response: {{"404": {{status: 410, headers: {{x-gone: "yes", x-inside: null}}}}}}
      "GET /mine": {{service: cart, authorizer: staff, scopes: [cart.read]}}
      "PUT /stock": {{service: catalog, authorizer: machines}}
      "POST /hooks": {{service: catalog, authorizer: hook}}
      $default: catalog
  loadBalancer:
    ipAddressType: ipv4
    listeners:
      https:
        port: 443
        certificate: "{CERTIFICATE}"
        tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06
        mutualTls: {{trustStore: TRUST_STORE}}
      plain: {{port: 8080}}
    gatewayTls: {{serverName: shop.demo.internal}}
    waf: {{webAcl: WEB_ACL}}
    reservedCapacity: 200
    connectionLogs: {{bucket: logs-bucket, prefix: connections}}
    idleTimeout: 120s
    clientKeepAlive: 30m
    dropInvalidHeaders: true
    attributes: {{routing.http.preserve_host_header.enabled: "true"}}
  services:
    catalog:
      image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/catalog:1
      platform: linux/arm64
      cpu: 512
      memory: 2 GB
      ephemeralStorage: 30 GiB
      port: 8080
      command: [serve]
      entrypoint: [/entry]
      user: "10001"
      readonlyRootFilesystem: true
      stopTimeout: 60s
      env: {{LOG_LEVEL: info}}
      envFiles: ["s3://config/catalog.env"]
      secrets: {{DATABASE_URL: "ssm:/demo/token", SEARCH_KEY: "secretsmanager:demo/db#apiKey"}}
      healthCheck:
        path: /healthz
        codes: 200-299
        interval: 15s
        timeout: 6s
        healthy: 3
        unhealthy: 4
        gracePeriod: 90s
        container: {{command: [CMD-SHELL, "true"], interval: 20s, timeout: 4s, retries: 2, startPeriod: 10s}}
      targetGroup: {{deregistrationDelay: 30s, slowStart: 60s, stickiness: {{duration: 1h}}}}
      sidecars:
        otel:
          image: public.ecr.aws/otel:1
          essential: false
          cpu: 64
          memory: 128
          command: [collect]
          env: {{MODE: gateway}}
          secrets: {{TOKEN: "ssm:/demo/token"}}
          startBefore: true
        proxy: {{image: public.ecr.aws/proxy:1}}
      scaling: {{min: 2, max: 6, cpu: 60, memory: 70, requests: 800, cooldown: {{in: 4m, out: 1m}}}}
      deployment: {{minHealthy: 50, max: 150, circuitBreaker: {{threshold: 3}}}}
      exec: true
      permissions:
        - {{sid: ReadImages, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::images/*"],
            conditions: {{StringEquals: {{"aws:SourceAccount": "123456789012"}}}}}}
      logs: {{retention: 90d}}
      network:
        egress: [{{cidr: 10.0.0.0/8, port: 5432}}, {{cidr: "::/0"}}]
    cart:
      image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/cart:1
      port: 3000
      healthCheck: /healthz
      count: 2
      capacity: {{FARGATE: {{base: 1, weight: 3}}}}
      targetGroup: {{algorithm: least_outstanding_requests, stickiness: {{cookie: basket}}}}
"""

HEAD = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: shop}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
"""
"""How a spec begins that finds its network by tags."""

NLB = f"""{HEAD}  gateway: {{routes: {{"GET /products": catalog, "ANY /cart": cart}}}}
  loadBalancer:
    type: network
    securityGroups: [EXTRA_GROUP]
    listeners: {{tls: {{port: 443, certificate: "{CERTIFICATE}"}}}}
    gatewayTls: {{serverName: shop.demo.internal}}
    crossZone: true
    enforcePrivateLinkRules: false
    accessLogs: {{bucket: logs-bucket}}
    attributes: {{dns_record.client_routing_policy: partial_availability_zone_affinity}}
  services:
    catalog:
      image: public.ecr.aws/docker/library/catalog:1
      port: 8080
      listenerPort: 443
      protocol: https
      count: 1
      healthCheck: {{path: /well, codes: 200-299}}
      targetGroup: {{proxyProtocol: true, preserveClientIp: true, connectionTermination: true}}
    cart:
      image: public.ecr.aws/docker/library/cart:1
      port: 3000
      count: 1
      healthCheck: {{protocol: tcp, interval: 20s}}
      targetGroup: {{stickiness: {{}}}}
"""

RESTFUL = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata:
  name: shop
  labels: {team: commerce, cost-center: "4711"}
spec:
  aws: {accountId: "123456789012", region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  tags: {owner: platform}
  gateway:
    type: rest
    description: The shop
    ipAddressType: dualstack
    tlsPolicy: SecurityPolicy_TLS13_1_2_2021_06
    compression: 1KiB
    binaryMediaTypes: [image/png, application/pdf]
    policy: [{effect: Deny, unlessSourceIp: [203.0.113.0/24]}]
    stages:
      prod:
        throttle: {rate: 900, burst: 450}
        cache: {ttl: 1m, encrypted: true}
        routes: {"GET /products": {throttle: {rate: 9, burst: 9}}}
      dev: {description: for us, variables: {backend: v1}, metrics: detailed, tracing: true, executionLogs: error}
      qa: {canary: {percent: 5, variables: {backend: v2}}}
    throttle: {rate: 2000, burst: 1000}
    cors: {origins: ["https://shop.example.com"], methods: [GET, POST], headers: [x-key], maxAge: 10m}
    authorizers:
      hook: {type: lambda, function: "FUNCTION", ttl: 5m, identity: [header.x-key]}
      customers: {type: cognito, userPools: ["POOL"]}
      staff: {type: jwt, issuer: "https://login.example.com/", audience: [shop]}
      machines: {type: iam}
    defaults: {authorizer: none, timeout: 20s}
    routes:
      "GET /products": {service: catalog, cache: {ttl: 5m, key: [querystring.page]}}
      "ANY /cart/{proxy+}":
        service: cart
        apiKey: required
        throttle: {rate: 100, burst: 50}
        timeout: 10s
        rewrite:
          path: "/basket/{proxy}"
          headers: {x-channel: web, x-client: $request.header.user-agent, x-debug: null}
      "POST /hooks": {service: cart, authorizer: hook}
      "POST /orders": {service: cart, validate: {body: order, required: [querystring.dry]}}
      "GET /mine": {service: cart, authorizer: customers, scopes: [shop/read]}
      "GET /staff": {service: cart, authorizer: staff}
      "GET /stock": {service: cart, authorizer: machines}
      "GET /health": {mock: {body: '{"ok": true}', headers: {x-answer: mock}}}
    models:
      order: {description: an order, schema: {type: object, required: [sku], properties: {sku: {type: string}}}}
    usagePlans:
      partner:
        description: for partners
        throttle: {rate: 50, burst: 25}
        quota: {limit: 100000, per: week}
        routes: {"ANY /cart/{proxy+}": {throttle: {rate: 5, burst: 2}}}
        stages: [prod]
        keys: [acme, globex]
  services:
    catalog: {image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}
    cart: {image: "public.ecr.aws/docker/library/cart:1", port: 3000, count: 1}
""".replace("FUNCTION", FUNCTION).replace("POOL", POOL)

RULED = f"""{HEAD}  gateway:
    type: rest
    stages: {{live: {{}}, qa: {{}}}}
    domain:
      name: {DOMAIN}
      hostedZone: shop.example.com
      rules:
        "10": {{path: beta, headers: {{x-version: beta*}}, stage: qa}}
        "20": {{path: shop, stage: qa}}
    defaults: {{authorizer: none}}
  services:
    catalog: {{image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}}
"""

PRIVATE = f"""{HEAD}  gateway:
    type: rest
    endpoint: private
    vpcEndpoints: [VPC_ENDPOINT]
    policy: [{{effect: Allow, sourceVpcEndpoint: [VPC_ENDPOINT]}}]
    stage: {{name: live}}
    domain: {{name: {DOMAIN}, hostedZone: shop.example.com, path: v1, rules: {{"10": {{path: a/b, stage: live}}}}}}
    defaults: {{authorizer: none}}
  services:
    catalog: {{image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}}
"""

FRONT = f"""
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {{name: shop}}
spec:
  aws: {{region: eu-west-1}}
  network:
    placement: public
    discover: {{vpc: {{tag:Name: demo}}, subnets: {{public: {{tag:Tier: public}}}}}}
  gateway:
    type: none
    authorizers:
      staff:
        type: oidc
        issuer: https://login.example.com
        login:
          clientId: shop
          clientSecret: secretsmanager:demo/db
          authorizationEndpoint: https://login.example.com/authorize
          tokenEndpoint: https://login.example.com/token
          userInfoEndpoint: https://login.example.com/me
          parameters: {{prompt: login}}
      members: {{type: cognito, userPools: ["{POOL}"], login: {{clientId: web, domain: shop}}}}
      machines:
        type: jwt
        issuer: https://login.example.com
        jwks: https://login.example.com/keys
        claims: {{aud: shop}}
    defaults: {{authorizer: none}}
    routes:
      "ANY /cart/{{proxy+}}": cart
      "GET /cart": cart
      "GET /health": {{mock: {{body: '{{"ok": true}}'}}}}
      "GET /old/{{id}}": {{service: cart, hosts: [shop.example.com, "*.example.org"], rewrite: {{path: "/new/{{id}}"}}}}
      "GET /old": {{redirect: {{path: "/new/#{{path}}", query: from=old, status: 301}}}}
      "GET /new": {{weights: {{cart: 9, catalog: 1}}, sticky: 1h, hosts: ["^(a|b)[.]example[.]com$"]}}
      "GET /staff": {{service: cart, authorizer: staff}}
      "GET /mine": {{service: cart, authorizer: members}}
      "PUT /stock": {{service: catalog, authorizer: machines}}
      $default: catalog
  loadBalancer:
    scheme: internet-facing
    listeners:
      plain: {{port: 80, redirect: https}}
      https: {{port: 443, certificate: "{CERTIFICATE}"}}
  services:
    catalog: {{image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}}
    cart: {{image: "public.ecr.aws/docker/library/cart:1", port: 3000, count: 1}}
"""

SHARED = """
apiVersion: penstock.dev/v1alpha1
kind: Environment
metadata: {name: staging, labels: {stage: staging}}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
---
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: orders}
spec:
  environment: staging
  services:
    orders: {image: "public.ecr.aws/docker/library/orders:1", port: 8080, scaling: {min: 1, max: 3}}
---
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: billing}
spec:
  environment: staging
  services:
    billing: {image: "public.ecr.aws/docker/library/billing:1", port: 8080, count: 1}
"""

CLOUD = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: shop}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  gateway: {integration: cloudMap, routes: {"ANY /cart/{proxy+}": cart, $default: catalog}}
  services:
    catalog: {image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}
    cart: {image: "public.ecr.aws/docker/library/cart:1", port: 3000, count: 1}
"""

INTERNET = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: shop, labels: {team: commerce, cost-center: "4711"}}
spec:
  aws: {accountId: "123456789012", region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  tags: {owner: platform}
  gateway: {integration: internet}
  loadBalancer: {scheme: internet-facing}
  services:
    catalog: {image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}
"""

SOCKETS = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: shop, labels: {team: commerce, cost-center: "4711"}}
spec:
  aws: {accountId: "123456789012", region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  tags: {owner: platform}
  gateway:
    type: websocket
    selection: $request.body.action
    description: The shop
    ipAddressType: dualstack
    stages:
      prod:
        variables: {backend: v1}
        throttle: {rate: 900, burst: 450}
        metrics: detailed
        executionLogs: error
        routes: {order: {throttle: {rate: 9, burst: 9}}}
      dev: {description: for us}
    authorizers: {hook: {type: lambda, function: "FUNCTION", identity: [header.x-key, querystring.token]}}
    defaults: {authorizer: hook, timeout: 20s}
    routes:
      $connect: {service: catalog, rewrite: {headers: {x-token: $request.querystring.token}}}
      $disconnect: catalog
      $default: catalog
      order:
        service: cart
        reply: true
        timeout: 10s
        rewrite: {path: /orders, headers: {x-sku: $request.body.sku}, query: {channel: web}}
  services:
    catalog: {image: "public.ecr.aws/docker/library/catalog:1", port: 8080, count: 1}
    cart: {image: "public.ecr.aws/docker/library/cart:1", port: 3000, count: 1}
""".replace("FUNCTION", FUNCTION)

SOCKET_KINDS = frozenset(
    {
        "RestVpcLink",
        "WebSocketApi",
        "WebSocketIntegration",
        "WebSocketAuthorizer",
        "WebSocketRoute",
        "WebSocketRouteResponse",
        "WebSocketStage",
    }
)
CLOUD_KINDS = frozenset({"Namespace", "DiscoveryService"})
REST_KINDS = frozenset(
    {
        "Account",
        "RestApi",
        "GatewayResponse",
        "RestAuthorizer",
        "RestResource",
        "Method",
        "RestIntegration",
        "RestDeployment",
        "RestStage",
    }
    | {"ApiKey", "KeySecret", "UsagePlan", "UsagePlanKey", "Model", "RequestValidator"}
)


def topology(kind: str) -> str:
    """The richest spec that has something of this kind."""
    if kind == "RoutingRule":
        return RULED
    if kind == "DomainNameAccessAssociation":
        return PRIVATE
    if kind == "GatewaySecret":
        return INTERNET
    if kind in CLOUD_KINDS:
        return CLOUD
    if kind in SOCKET_KINDS:
        return SOCKETS
    return RESTFUL if kind in REST_KINDS else MAXIMAL
