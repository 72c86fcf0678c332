"""What a spec says of cookies and connections is in the attributes AWS has for it, and gone again without it."""

from typing import Any

import pytest

from reconcilers.balancing.attributes import BALANCER_DEFAULTS, GROUP_DEFAULTS
from specs.checks_balancing import ATTRIBUTES_WITH_FIELDS, RAW_ATTRIBUTES
from tests.laws.conftest import Settled
from tests.laws.lab import Lab
from tests.laws.topologies import MINIMAL


def attributes(lab: Lab, kind: str) -> Any:
    seen = lab.look()
    (found,) = [live for key in seen.graph if key.kind == kind for live in seen.fleet.by_key[key]]
    return found.resource.attributes


def cookies(lab: Lab) -> dict[str, str]:
    told = attributes(lab, "TargetGroupAttributes")
    return {name.removeprefix("stickiness."): value for name, value in told.items() if name.startswith("stickiness.")}


def sticky(text: str) -> str:
    return MINIMAL.replace("port: 80}", f"port: 80, targetGroup: {{stickiness: {text}}}}}")


def test_a_cookie_of_the_application_comes_and_goes(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    off = {name.removeprefix("stickiness."): value for name, value in GROUP_DEFAULTS.items() if "stickiness" in name}
    assert cookies(lab) == off
    lab.write(sticky("{cookie: basket, duration: 1h}"))
    lab.settle()
    named = {"app_cookie.cookie_name": "basket", "app_cookie.duration_seconds": "3600"}
    assert cookies(lab) == {**off, "enabled": "true", "type": "app_cookie", **named}
    lab.write(sticky("{duration: 2h}"))
    lab.settle()
    assert cookies(lab) == {**off, "enabled": "true", "lb_cookie.duration_seconds": "7200"}
    lab.write(MINIMAL)
    lab.settle()
    assert cookies(lab) == off


def test_the_life_of_a_connection_comes_and_goes(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    before = attributes(lab, "LoadBalancerAttributes")
    lab.write(f"{MINIMAL}  loadBalancer: {{clientKeepAlive: 30m}}\n")
    lab.settle()
    assert attributes(lab, "LoadBalancerAttributes")["client_keep_alive.seconds"] == "1800"
    lab.write(MINIMAL)
    lab.settle()
    assert attributes(lab, "LoadBalancerAttributes") == before


def test_a_raw_attribute_comes_and_goes(settled: Settled) -> None:
    lab = settled.of(MINIMAL)
    before = attributes(lab, "LoadBalancerAttributes")
    lab.write(f"{MINIMAL}  loadBalancer: {{attributes: {{health_check_logs.s3.prefix: raw}}}}\n")
    lab.settle()
    assert attributes(lab, "LoadBalancerAttributes") == {**before, "health_check_logs.s3.prefix": "raw"}
    lab.write(MINIMAL)
    lab.settle()
    assert attributes(lab, "LoadBalancerAttributes") == before


@pytest.mark.parametrize("kind", BALANCER_DEFAULTS)
def test_every_attribute_has_a_known_default_and_a_field_or_may_be_written_raw(kind: str) -> None:
    fields, raw = ATTRIBUTES_WITH_FIELDS[kind].keys(), RAW_ATTRIBUTES[kind]
    assert BALANCER_DEFAULTS[kind].keys() == fields | raw
    assert not fields & raw
