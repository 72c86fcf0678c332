"""Every change reaches EventBridge as CloudTrail tells it, and from there whoever has a rule for it."""

import json

import pytest
from botocore.exceptions import ClientError

PATTERN = {"detail-type": ["AWS API Call via CloudTrail"], "detail": {"readOnly": [False]}}


@pytest.fixture
def queue(aws):
    """The URL of a queue that gets every change."""
    url = aws("sqs").create_queue(QueueName="drift")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("events").put_rule(Name="changes", EventPattern=json.dumps(PATTERN), State="ENABLED")
    aws("events").put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def received(aws, url):
    """What has come since one last looked, whatever order it came in."""
    told = []
    while found := aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            told.append(json.loads(each["Body"]))
            aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [each for each in told if each["source"] not in ("aws.sqs", "aws.events")]


def test_a_change_of_any_service_comes_with_who_what_and_to_which(aws, queue, network):
    received(aws, queue)
    api = aws("apigatewayv2").create_api(Name="x", ProtocolType="HTTP", Tags={"Team": "a"})["ApiId"]
    aws("apigatewayv2").get_apis()
    aws("ec2").create_tags(Resources=[network["vpc"]], Tags=[{"Key": "a", "Value": "b"}])
    [made, tagged] = received(aws, queue)
    assert (made["source"], made["account"], made["region"]) == ("aws.apigateway", "123456789012", "us-east-1")
    told = made["detail"]
    assert (told["eventName"], told["eventSource"]) == ("CreateApi", "apigateway.amazonaws.com")
    assert told["requestParameters"] == {"name": "x", "protocolType": "HTTP", "tags": {"Team": "a"}}
    assert told["responseElements"]["apiId"] == api
    assert told["userIdentity"]["arn"].startswith("arn:aws:iam::123456789012:")
    assert tagged["detail"]["eventName"] == "CreateTags"


def test_a_refused_change_says_so_and_a_disabled_rule_says_nothing(aws, queue):
    with pytest.raises(ClientError):
        aws("ecs").delete_cluster(cluster="nobody")
    [refused] = received(aws, queue)
    assert refused["detail"]["errorCode"] == "ClusterNotFoundException"
    aws("events").disable_rule(Name="changes")
    aws("apigatewayv2").create_api(Name="x", ProtocolType="HTTP")
    assert received(aws, queue) == []
