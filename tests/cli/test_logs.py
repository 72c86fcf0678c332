"""Logs hold no secret, however it got in, and one JSON object per line."""

import io
import json

import pytest
import structlog

from controller.logs import HIDDEN, configure

CANARIES = [
    {"password": "hunter2-canary"},
    {"api_token": "hunter2-canary"},
    {"headers": {"Authorization": "AWS4-HMAC hunter2-canary"}},
    {"answer": {"SecretString": "hunter2-canary"}},
    {"env": {"DB_PASSWORD": "hunter2-canary"}},
    {"environment": [{"SEARCH_KEY": "hunter2-canary"}]},
    {"error": "Authorization: hunter2-canary was refused"},
    {"error": 'answered {"SecretString": "hunter2-canary"}'},
    {"text": "-----BEGIN RSA PRIVATE KEY-----\nhunter2-canary\n-----END RSA PRIVATE KEY-----"},
    {"text": "eyJhbGciOi.hunter2-canary.sig"},
]
ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.fixture
def log():
    stream = io.StringIO()
    configure(2, "json", stream)
    yield stream.getvalue
    structlog.reset_defaults()


@pytest.mark.parametrize("keys", CANARIES, ids=lambda keys: str(next(iter(keys))))
def test_a_secret_is_covered(log, keys):
    structlog.get_logger().info("a call failed", **keys)
    assert "hunter2" not in log()
    assert HIDDEN in log()


def test_an_access_key_is_covered_wherever_it_stands(log):
    structlog.get_logger().info("told", text=f"for {ACCESS_KEY} only", nested=[{"a": ACCESS_KEY}])
    assert ACCESS_KEY not in log()


def test_addresses_are_no_secrets(log):
    structlog.get_logger().info("drifted", resource="TargetGroup/web", key="Route/GET /tokens", changes=3)
    told = json.loads(log())
    assert (told["event"], told["resource"], told["key"], told["changes"]) == (
        "drifted", "TargetGroup/web", "Route/GET /tokens", 3,
    )  # fmt: skip
    assert told["level"] == "info"


def test_a_traceback_names_lines_and_no_values(log):
    def fails(password: str) -> None:
        raise ValueError(len(password))

    try:
        fails("hunter2-canary")
    except ValueError:
        structlog.get_logger().exception("a pass failed")
    told = json.loads(log())
    assert told["exception"] == "ValueError: 14"
    assert any(place.startswith("test_logs.py:") for place in told["at"])
    assert "hunter2" not in log()


def test_each_line_is_one_object_and_holds_no_control_character(log):
    structlog.get_logger().info("told", text="a\x1b[31mb\nc", long="x" * 10_000)
    (line,) = log().splitlines()
    told = json.loads(line)
    assert told["text"] == "a [31mb c"
    assert len(told["long"]) == 2048


def test_quiet_means_only_what_is_wrong():
    stream = io.StringIO()
    configure(0, "json", stream)
    structlog.get_logger().info("fine")
    structlog.get_logger().warning("not so fine")
    structlog.reset_defaults()
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["not so fine"]
