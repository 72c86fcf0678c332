"""The load balancer's part of the way: rule, target group, target, and the task that answers (ledger 5).

A network load balancer has no rules, sees connections rather than requests, and so never answers one by itself: where
an application load balancer says 502, 503 or 504, it drops the connection and API Gateway says 503.
"""

from __future__ import annotations

import json
import re
from ipaddress import ip_address, ip_network

from sandbox import echo, targets
from sandbox.dataplane.guarding import guarded
from sandbox.dataplane.journey import Answer, Journey, Request, balancer_says, gateway_says
from sandbox.firewall import refusal
from sandbox.kinds import Fields
from sandbox.services import elbv2, waf
from sandbox.world import Resource, World

UNAVAILABLE = (503, "Service Temporarily Unavailable")
ANSWERED = "answered by the task"


def rule(journey: Journey) -> Answer | None:
    """The first rule, by priority, all of whose conditions hold. It forwards, redirects, or answers itself."""
    assert journey.listener, "the listener comes first"
    if _connects(journey):
        journey.forward = journey.listener["DefaultActions"][-1]["ForwardConfig"]
        return None
    headers = {
        "x-forwarded-proto": journey.listener["Protocol"].lower(),
        "x-forwarded-port": str(journey.listener["Port"]),
    } | ({"x-forwarded-for": journey.client} if journey.client else {})
    journey.request = journey.request.over(headers=journey.request.headers | headers)
    for each in elbv2.rules_in_order(journey.world, journey.listener.id):
        if all(_holds(journey, condition) for condition in each["Conditions"]):
            journey.rule = each
            break
    assert journey.rule, "a listener always has its default rule"
    journey.hops.append(("rule", journey.rule.id))
    *guards, action = journey.rule["Actions"]
    if stopped := next((answer for guard in guards if (answer := guarded(journey, guard))), None):
        return stopped
    match action["Type"]:
        case "forward":
            journey.forward = action["ForwardConfig"]
            journey.request = _transformed(journey.request, journey.rule["Transforms"])
            return None
        case "fixed-response":
            return _fixed(journey.rule, action["FixedResponseConfig"])
        case "redirect":
            return _redirect(journey.request, action["RedirectConfig"])
    return balancer_says(501, "Not Implemented", f"{action['Type']} is not walked in this sandbox")


def target_group(journey: Journey) -> Answer | None:
    """By weight, in turn: of ten requests to weights 7 and 3, the first gets seven. Weight 0 gets none."""
    weighted = [each for each in journey.forward["TargetGroups"] if each.get("Weight", 1) > 0]
    chosen = journey.rule or journey.listener
    if not weighted or chosen is None:
        return _no_answer(journey, *UNAVAILABLE, "every target group of the rule has weight 0")
    picked = _stuck(journey, weighted) or _pick(chosen, weighted)
    journey.group = journey.world.get(elbv2.TARGET_GROUP, picked["TargetGroupArn"])
    journey.hops.append(("target_group", journey.group.id))
    return None


def target(journey: Journey) -> Answer | None:
    """The healthy ones in turn; if all are unhealthy, any of them (ALB guide, "Target group health": fail open)."""
    group = journey.group
    assert group, "the target group comes first"
    kept = {key: each.state for key, each in group.hidden["targets"].items()}
    healthy = [key for key, state in kept.items() if state == "healthy"]
    usable = healthy or [key for key, state in kept.items() if state == "unhealthy"]
    if not usable:
        return _no_answer(
            journey,
            *UNAVAILABLE,
            f"the target group has no healthy target: {', '.join(sorted(set(kept.values()))) or 'none registered'}",
        )
    journey.target = usable[_turn(group) % len(usable)]
    journey.hops.append(("target", ":".join(map(str, journey.target))))
    return None


def task(journey: Journey) -> Answer | None:
    """The program at the target's address, if the security groups let the load balancer through."""
    world, (address, port), group = journey.world, journey.target, journey.group
    assert group, "the target group comes first"
    found = targets.at_address(world, address)
    balancer = targets.balancers(world, group)[0]
    why = (
        refusal(world, targets.peer(world, balancer), targets.peer(world, found), port)
        if found
        else "nobody has that address"
    )
    if found is None or why:
        return _no_answer(journey, 504, "Gateway Time-out", f"the load balancer does not reach {address}:{port}: {why}")
    nothing = f"nothing listens on port {port} of {address}"
    return answered(journey, found, port) or _no_answer(journey, 502, "Bad Gateway", nothing)


def answered(journey: Journey, found: Resource, port: int) -> Answer | None:
    """What the program of a task says; None where none listens on that port."""
    program = found.hidden["listens"].get(port)
    if program is None:
        return None
    told = {"content-type": "application/json"} | _cookie(journey)
    return Answer(echo.status(program), ANSWERED, _seen(found, journey.request), told)


def _connects(journey: Journey) -> bool:
    """Whether the balancer is one of connections."""
    return journey.listener is not None and journey.listener["Protocol"] not in ("HTTP", "HTTPS")


def _no_answer(journey: Journey, status: int, title: str, why: str) -> Answer:
    if _connects(journey) and journey.client:
        return Answer(504, f"no connection: the network load balancer drops it: {why}")
    if _connects(journey):
        return gateway_says(503, "Service Unavailable", f"the network load balancer drops the connection: {why}")
    return balancer_says(status, title, why)


def blocked(balancer: Resource, world: World) -> bool:
    """Whether a web ACL hangs on it that lets nobody through by default; of its rules nothing is judged."""
    acl = waf.protecting(world, balancer.arn)
    return acl is not None and "Block" in acl.default_action


# ---- target groups that callers stick to (ELB user guide, "Target group stickiness")

STICKS = "AWSALBTG"


def _stuck(journey: Journey, weighted: list[Fields]) -> Fields | None:
    """The group that the caller's cookie names, where the rule looks at cookies."""
    if not journey.forward.get("TargetGroupStickinessConfig", {}).get("Enabled"):
        return None
    cookies = (each.strip() for each in journey.request.headers.get("cookie", "").split(";"))
    named = next((each.partition("=")[2] for each in cookies if each.startswith(f"{STICKS}=")), "")
    return next((each for each in weighted if each["TargetGroupArn"].rpartition("/")[2] == named), None)


def _cookie(journey: Journey) -> dict[str, str]:
    config = journey.forward.get("TargetGroupStickinessConfig", {})
    if not config.get("Enabled") or journey.group is None:
        return {}
    name = journey.group.id.rpartition("/")[2]
    return {"set-cookie": f"{STICKS}={name}; Max-Age={config['DurationSeconds']}; Path=/"}


# ---- rules


def _holds(journey: Journey, condition: Fields) -> bool:  # noqa: PLR0911  # one line for each kind there is
    request = journey.request
    match condition["Field"]:
        case "path-pattern":
            return _any(condition, "PathPatternConfig", request.path)
        case "host-header":
            return _any(condition, "HostHeaderConfig", request.headers.get("host", "").partition(":")[0], fold=True)
        case "http-header":
            name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
            return name in request.headers and _any(condition, "HttpHeaderConfig", request.headers[name], fold=True)
        case "http-request-method":
            return request.method in condition["HttpRequestMethodConfig"]["Values"]
        case "query-string":
            wanted = condition["QueryStringConfig"]["Values"]
            return any(_asks(pair, each) for pair in request.query for each in wanted)
        case "source-ip":
            return _from(journey, condition["SourceIpConfig"]["Values"])
    return False


def _any(condition: Fields, config: str, text: str, *, fold: bool = False) -> bool:
    """ALB patterns know `*` and `?`; `RegexValues` are regular expressions."""
    told = condition.get(config, {})
    patterns = [_pattern(each) for each in told.get("Values") or condition.get("Values", ())] + list(
        told.get("RegexValues", ())
    )
    return any(re.fullmatch(each, text, re.IGNORECASE if fold else re.NOFLAG) for each in patterns)


def _pattern(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _asks(pair: tuple[str, str], wanted: Fields) -> bool:
    key, value = wanted.get("Key"), wanted["Value"]
    named = key is None or re.fullmatch(_pattern(key), pair[0], re.IGNORECASE)
    return bool(named and re.fullmatch(_pattern(value), pair[1], re.IGNORECASE))


def _from(journey: Journey, wanted: list[str]) -> bool:
    """The load balancer sees its client's address; that of the VPC link is one of its subnets'."""
    if journey.client:
        sources = [journey.client]
    else:
        sources = [str(ip_network(block)[4]) for block in targets.blocks(journey.world, journey.link["SubnetIds"])]
    return any(ip_address(source) in ip_network(block) for source in sources for block in wanted)


def _transformed(request: Request, transforms: list[Fields]) -> Request:
    """As the rule's rewrites make it; `$1` is what the first parentheses found (botocore, RewriteConfig)."""
    for each in transforms:
        if each["Type"] == "url-rewrite":
            request = request.over(path=_rewritten(each["UrlRewriteConfig"], request.path))
        else:
            host = _rewritten(each["HostHeaderRewriteConfig"], request.headers.get("host", ""))
            request = request.over(headers=request.headers | {"host": host})
    return request


def _rewritten(config: Fields, text: str) -> str:
    for each in config["Rewrites"]:
        text = re.sub(each["Regex"], re.sub(r"\$(\d)", r"\\\1", each["Replace"]), text, count=1)
    return text


def _fixed(chosen: Resource, config: Fields) -> Answer:
    headers = {"content-type": config.get("ContentType", "text/plain")}
    return Answer(
        int(config["StatusCode"]),
        f"rule {chosen['Priority']} answers itself",
        config.get("MessageBody", "").encode(),
        headers,
    )


def _redirect(request: Request, config: Fields) -> Answer:
    query = "&".join(f"{key}={value}" for key, value in request.query)
    words = {
        "#{protocol}": request.headers["x-forwarded-proto"].upper(),
        "#{host}": request.headers.get("host", ""),
        "#{port}": request.headers["x-forwarded-port"],
        "#{path}": request.path.lstrip("/"),
        "#{query}": query,
    }
    form = "{Protocol}://{Host}:{Port}{Path}?{Query}".format_map(
        {"Protocol": "#{protocol}", "Host": "#{host}", "Port": "#{port}", "Path": "/#{path}", "Query": "#{query}"}
        | config
    )
    for word, value in words.items():
        form = form.replace(word, value)
    status = int(config["StatusCode"].removeprefix("HTTP_"))
    return Answer(
        status,
        "the rule redirects",
        b"",
        {"location": form.rstrip("?").replace("HTTP", "http", 1).replace("httpS", "https", 1)},
    )


# ---- turns


def _turn(resource: Resource) -> int:
    """How many requests came here before."""
    resource.hidden["turn"] = resource.hidden.get("turn", -1) + 1
    return int(resource.hidden["turn"])


def _pick(chosen: Resource, weighted: list[Fields]) -> Fields:
    place = _turn(chosen) % sum(each.get("Weight", 1) for each in weighted)
    for each in weighted:
        place -= each.get("Weight", 1)
        if place < 0:
            return each
    return weighted[-1]


def _seen(found: Resource, request: Request) -> bytes:
    """The echo program's answer: who it is and what reached it."""
    family, _, revision = found["taskDefinitionArn"].rpartition("/")[2].partition(":")
    told = {
        "service": found["group"].removeprefix("service:"),
        "task": found.id.rpartition("/")[2],
        "family": family,
        "revision": int(revision),
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "headers": request.headers,
        "body": request.body.decode(errors="replace"),
    }
    return json.dumps(told).encode()
