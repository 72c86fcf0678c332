"""What a spec says of cookies and connections is in the attributes AWS has for it, and gone again without it."""

from typing import Any

from reconcilers.balancing.attributes import ALB_DEFAULTS, GROUP_DEFAULTS
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
    lab.write(f"{MINIMAL}  loadBalancer: {{clientKeepAlive: 30m}}\n")
    lab.settle()
    assert attributes(lab, "LoadBalancerAttributes")["client_keep_alive.seconds"] == "1800"
    lab.write(MINIMAL)
    lab.settle()
    told = attributes(lab, "LoadBalancerAttributes")
    assert {name: told[name] for name in ALB_DEFAULTS if name in told} == {
        **{name: value for name, value in ALB_DEFAULTS.items() if name in told},
        "client_keep_alive.seconds": "3600",
        "deletion_protection.enabled": "false",
    }
