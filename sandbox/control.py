"""Questions about the sandbox itself, over HTTP, for black-box tests and the demo.

GET  /_sandbox/health                       {"status": "ok", "now": seconds since 1970}
GET  /_sandbox/calls                        [{"service", "operation", "mutating"}, ...] since the last reset
POST /_sandbox/reset-calls
POST /_sandbox/advance  {"seconds": n}      it is n seconds later
POST /_sandbox/faults   {"effect", "on", "at", "times"}   `at`: the k-th call from now; see `faults`
POST /_sandbox/reset-faults
POST /_sandbox/issuers  {"issuer": URL, "keys": [JWK]}         whose tokens are good besides the sandbox's; see `tokens`
POST /_sandbox/tokens   {"claims": {…}}                        {"token": …}, signed by the sandbox, good for a day
POST /_sandbox/functions {"function": ARN, "answers": [{"identity": [value, …], "answer": {…}}]}
                                                               what a Lambda authorizer answers: the first that fits;
                                                               without `identity` it fits everybody
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox import faults, invoking, throttles
from sandbox.calls import Http, Reply
from sandbox.dispatch import Sandbox
from sandbox.refusal import Refusal

PREFIX = "/_sandbox/"


def health(sandbox: Sandbox, _asked: dict[str, Any]) -> Any:
    return {"status": "ok", "now": sandbox.clock.now()}


def calls(sandbox: Sandbox, _asked: dict[str, Any]) -> Any:
    return list(sandbox.log)


def reset_calls(sandbox: Sandbox, _asked: dict[str, Any]) -> Any:
    sandbox.log.clear()
    return {}


def advance(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.clock.advance(float(asked["seconds"]))
    return {"now": sandbox.clock.now()}


def add_fault(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    """`stale` shows the world as it is at this moment, `documented` holds callers to API Gateway's request rates."""
    name = asked["effect"]
    fresh = {"stale": lambda: faults.stale(sandbox), "documented": throttles.documented}
    effect = fresh[name]() if name in fresh else faults.EFFECTS[name]
    at = sandbox.calls + int(asked["at"]) if asked.get("at") else None
    sandbox.faults.append(faults.Fault(effect, asked.get("on", "*:*"), at, asked.get("times") or float("inf")))
    return {"faults": len(sandbox.faults)}


def reset_faults(sandbox: Sandbox, _asked: dict[str, Any]) -> Any:
    sandbox.faults.clear()
    return {}


def add_issuer(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.issuers.pages[asked["issuer"]] = tuple(asked["keys"])
    return {"issuers": sorted(sandbox.issuers.pages)}


def mint_token(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    return {"token": sandbox.issuers.minted(dict(asked["claims"]), sandbox.clock.now())}


def set_answers(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    _, _, _, region, account, *_ = asked["function"].split(":")
    invoking.set_answers(sandbox.world(account, region), asked["function"], list(asked["answers"]))
    return {"answers": len(asked["answers"])}


ANSWERS: dict[tuple[str, str], Callable[[Sandbox, dict[str, Any]], Any]] = {
    ("GET", "health"): health,
    ("GET", "calls"): calls,
    ("POST", "reset-calls"): reset_calls,
    ("POST", "advance"): advance,
    ("POST", "faults"): add_fault,
    ("POST", "reset-faults"): reset_faults,
    ("POST", "issuers"): add_issuer,
    ("POST", "tokens"): mint_token,
    ("POST", "functions"): set_answers,
}


def answer(sandbox: Sandbox, http: Http) -> Reply:
    """404 for what is not in the list, 400 for a body that does not say what is needed."""
    asked = ANSWERS.get((http.method, http.path.removeprefix(PREFIX)))
    if asked is None:
        return _json(
            404, {"message": f"no {http.method} {http.path} here", "known": sorted(" ".join(each) for each in ANSWERS)}
        )
    try:
        with sandbox.lock:
            return _json(200, asked(sandbox, json.loads(http.body or b"{}")))
    except (KeyError, ValueError, TypeError, Refusal) as wrong:
        return _json(400, {"message": f"{type(wrong).__name__}: {wrong}"})


def _json(status: int, body: Any) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())
