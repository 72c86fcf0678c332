"""One API, two stages: each is served under its own name, at its own pace, and the container knows of neither."""

from __future__ import annotations

import json

from controller.status import summarise
from tests.stories.writing import alone
from tests.world import World

ROUTES = {"GET /entries/{id}": "web", "$default": "web"}
BETA = {"variables": {"flags": "beta"}, "routes": {"GET /entries/{id}": {"throttle": {"rate": 1, "burst": 2}}}}


def gateway(**stages: object) -> dict[str, object]:
    return {"routes": ROUTES, "stages": stages}


def test_two_stages_of_one_api_live_side_by_side(world: World):
    world.write(alone(gateway=gateway(**{"$default": {}, "beta": BETA})))
    world.settle()
    seen = world.look()
    api = world.api()
    [status] = summarise(world.aws, seen)
    assert status.url == status.urls["$default"]
    assert status.urls["beta"].endswith("/beta")

    for path, stage in (("/entries/7", "$default"), ("/beta/entries/7", "beta")):
        walked = world.request(api, path)
        assert walked.answer.status == 200, walked.answer.why
        assert dict(walked.hops)["stage"] == stage
        assert json.loads(walked.answer.body)["path"] == "/entries/7"

    paces = {
        path: [world.request(api, path).answer.status for _ in range(3)] for path in ("/entries/7", "/beta/entries/7")
    }
    assert paces == {"/entries/7": [200, 200, 200], "/beta/entries/7": [200, 429, 429]}

    world.boto("apigatewayv2").update_stage(ApiId=api, StageName="beta", StageVariables={"flags": "", "other": "1"})
    assert [str(each.key) for each in world.look().drift] == ["Stage/beta"]
    world.settle()
    stages = {each["StageName"]: each for each in world.boto("apigatewayv2").get_stages(ApiId=api)["Items"]}
    assert stages["beta"]["StageVariables"] == {"flags": "beta"}

    world.write(alone(gateway=gateway(**{"$default": {}})))
    world.settle()
    assert [each["StageName"] for each in world.boto("apigatewayv2").get_stages(ApiId=api)["Items"]] == ["$default"]
    assert json.loads(world.request(api, "/beta/entries/7").answer.body)["path"] == "/beta/entries/7"
