"""What AWS was recorded to answer about REST APIs and the story's objects have not: {(service, operation): {reason:
members}}."""

AS_SENT = "answered as sent; the story sends none"
CANARY = "of stages with a canary"
GUARDED = "of methods with an authorizer"
PRIVATE = "of private APIs"
NOT_HERE = {
    ("apigateway", "create_authorizer"): {AS_SENT: {"providerARNs"}},
    ("apigateway", "create_rest_api"): {PRIVATE: {"vpcEndpointIds"}},
    ("apigateway", "create_stage"): {
        AS_SENT: {"documentationVersion"},
        CANARY: {"percentTraffic", "stageVariableOverrides", "useStageCache"},
    },
    ("apigateway", "create_usage_plan"): {AS_SENT: {"apiId", "stage"}},
    ("apigateway", "get_authorizer"): {AS_SENT: {"providerARNs"}},
    ("apigateway", "get_authorizers"): {AS_SENT: {"authorizerCredentials", "identityValidationExpression"}},
    ("apigateway", "get_gateway_response"): {AS_SENT: {"statusCode"}},
    ("apigateway", "get_integration"): {
        AS_SENT: {"contentHandling", "credentials", "requestTemplates", "responseTemplates"}
    },
    ("apigateway", "get_integration_response"): {AS_SENT: {"contentHandling", "responseTemplates"}},
    ("apigateway", "get_method"): {
        AS_SENT: {"contentHandling", "credentials", "requestModels", "requestTemplates", "responseTemplates"},
        GUARDED: {"authorizationScopes", "authorizerId"},
    },
    ("apigateway", "get_rest_api"): {PRIVATE: {"vpcEndpointIds"}},
    ("apigateway", "get_rest_apis"): {"lists of more than a page": {"position"}},
    ("apigateway", "get_stage"): {
        AS_SENT: {"documentationVersion"},
        CANARY: {"percentTraffic", "stageVariableOverrides", "useStageCache"},
    },
    ("apigateway", "get_stages"): {
        "client certificates are not modelled": {"clientCertificateId"},
    },
    ("apigateway", "import_rest_api"): {AS_SENT: {"binaryMediaTypes", "description"}},
    ("apigateway", "put_gateway_response"): {AS_SENT: {"statusCode"}},
    ("apigateway", "put_integration"): {AS_SENT: {"contentHandling", "credentials"}},
    ("apigateway", "put_integration_response"): {AS_SENT: {"contentHandling", "responseTemplates", "selectionPattern"}},
    ("apigateway", "put_method"): {AS_SENT: {"requestModels"}, GUARDED: {"authorizerId"}},
    ("apigateway", "put_method_response"): {AS_SENT: {"responseModels"}},
    ("apigateway", "put_rest_api"): {AS_SENT: {"warnings"}},
    ("apigateway", "update_gateway_response"): {AS_SENT: {"statusCode"}},
    ("apigateway", "update_integration"): {AS_SENT: {"credentials", "responseTemplates", "statusCode"}},
    ("apigateway", "update_method"): {
        AS_SENT: {
            "cacheKeyParameters",
            "cacheNamespace",
            "contentHandling",
            "passthroughBehavior",
            "requestModels",
            "responseModels",
            "responseTemplates",
            "selectionPattern",
            "statusCode",
            "timeoutInMillis",
            "type",
            "uri",
        },
        GUARDED: {"authorizerId"},
    },
    ("apigateway", "update_rest_api"): {PRIVATE: {"vpcEndpointIds"}},
    ("apigateway", "update_stage"): {
        AS_SENT: {"documentationVersion"},
        CANARY: {"percentTraffic", "stageVariableOverrides", "useStageCache"},
    },
}
