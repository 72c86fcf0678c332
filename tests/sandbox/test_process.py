"""The sandbox as others start it: a process that says where it answers."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import boto3
import pytest

from sandbox import document
from sandbox.seed import CERTIFICATE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(tmp_path):
    """`started("--quota", "vpc-links=1")` -> (process, endpoint)."""
    running = []

    def start(*options):
        command = [sys.executable, "-m", "sandbox", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"LANG": "C"})
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip().partition("AWS_ENDPOINT_URL=")[2]

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def client(endpoint, service):
    keys = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "x", "region_name": "eu-west-1"}
    return boto3.client(service, endpoint_url=endpoint, **keys)


def ask(endpoint, question, **body):
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/_sandbox/{question}", data=data)) as answer:
        return json.load(answer)


def test_it_has_a_demo_account_and_ends_when_told(started, tmp_path):
    process, endpoint = started("--state", str(tmp_path / "world"), "--speed", "1")
    tiers = [
        {tag["Key"]: tag["Value"] for tag in subnet["Tags"]}["Tier"]
        for subnet in client(endpoint, "ec2").describe_subnets(Filters=[{"Name": "tag-key", "Values": ["Tier"]}])[
            "Subnets"
        ]
    ]
    assert sorted(tiers) == ["private", "private", "public", "public"]
    issued = client(endpoint, "acm").list_certificates()["CertificateSummaryList"]
    assert [each["CertificateArn"].rpartition("/")[2] for each in issued if each["Status"] == "ISSUED"] == [CERTIFICATE]
    client(endpoint, "apigatewayv2").create_api(Name="kept", ProtocolType="HTTP")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    _, again = started("--state", str(tmp_path / "world"))
    assert [api["Name"] for api in client(again, "apigatewayv2").get_apis()["Items"]] == ["kept"]
    assert len(client(again, "acm").list_certificates()["CertificateSummaryList"]) == 1


def test_it_counts_calls_and_time_and_fails_on_demand(started):
    _, endpoint = started("--empty", "--speed", "1", "--quota", "apis=2")
    before = ask(endpoint, "health")["now"]
    assert ask(endpoint, "advance", seconds=3600)["now"] >= before + 3600
    gateway = client(endpoint, "apigatewayv2")
    assert gateway.get_apis()["ResponseMetadata"]["HTTPHeaders"]["date"]
    gateway.create_api(Name="x", ProtocolType="HTTP")
    assert ask(endpoint, "calls") == [
        {"service": "apigatewayv2", "operation": "GetApis", "mutating": False},
        {"service": "apigatewayv2", "operation": "CreateApi", "mutating": True},
    ]
    ask(endpoint, "faults", effect="throttle", on="apigatewayv2:CreateApi", times=1)
    gateway.create_api(Name="y", ProtocolType="HTTP")
    assert [call["operation"] for call in ask(endpoint, "calls")].count("CreateApi") == 3
    with pytest.raises(gateway.exceptions.TooManyRequestsException):
        gateway.create_api(Name="z", ProtocolType="HTTP")


def test_the_page_about_it_says_what_the_code_says():
    assert (ROOT / "docs/sandbox.md").read_text() == "\n".join(document.page()).rstrip() + "\n"
