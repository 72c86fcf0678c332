"""The picture: the whole way of a request, in words and in shapes, without script."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from controller.output.graph_svg import svg
from controller.output.graph_text import mermaid, tree
from controller.output.topology import topologies
from controller.status import summarise
from tests.world import World

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The two-service example, one that shares an Environment and one without an API, applied."""
    world = World(tmp_path_factory.mktemp("specs"))
    for name in ("shop.yaml", "environment.yaml", "orders.yaml", "public.yaml"):
        world.write((EXAMPLES / name).read_text(), name)
    world.settle()
    seen = world.look()
    return list(topologies(seen, summarise(world.aws, seen)))


def test_each_route_leads_to_its_own_service_and_no_other(drawn):
    shop = next(each for each in drawn if each.name == "shop")
    ends = {str(chain[1].key): str(chain[-1].key) for chain in shop.chains}
    assert ends == {
        "Route/GET /products": "Service/catalog",
        "Route/GET /products/{id}": "Service/catalog",
        "Route/ANY /cart/{proxy+}": "Service/cart",
    }
    assert all(len(chain) == 8 for chain in shop.chains)
    assert {node.health for node in shop.nodes} == {"Healthy"}


def test_what_is_shared_belongs_to_its_environment(drawn):
    orders = next(each for each in drawn if each.name == "orders/prod")
    owners = {str(node.key): node.key.instance for node in orders.nodes}
    assert owners["VpcLink"] == owners["Listener/internal:http"] == "prod"
    assert owners["Service/orders"] == "orders/prod"


def test_without_an_api_the_way_begins_at_the_load_balancer(drawn):
    portal = next(each for each in drawn if each.name == "portal")
    ends = {str(chain[2].key): str(chain[-1].key) for chain in portal.chains}
    assert ends == {
        "ListenerRule/GET /articles/{id}": "Service/articles",
        "ListenerRule/ANY /articles": "Service/articles",
        "ListenerRule/$default": "Service/web",
    }
    assert {tuple(str(node.key) for node in chain[:2]) for chain in portal.chains} == {
        ("LoadBalancer", "Listener/https")
    }


def test_the_tree_draws_a_shared_part_once(drawn):
    text = tree(drawn)
    assert text.count("Service/catalog") == 1
    assert "Integration/catalog  Healthy  (as above)" in text
    assert "└─ ✔ Service/cart  Healthy" in text


def test_mermaid_is_a_flowchart_whose_arrows_join_its_nodes(drawn):
    text = mermaid(drawn)
    assert text.startswith("flowchart LR\n")
    nodes = set(re.findall(r"^ +(n\d+)\[", text, re.MULTILINE))
    joined = set(re.findall(r"n\d+", " ".join(re.findall(r"n\d+ --> n\d+", text))))
    assert joined == nodes


def test_the_svg_is_well_formed_says_health_in_words_and_holds_no_script(drawn):
    picture = svg(drawn)
    root = ET.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    named = {each.attrib["id"] for each in root if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert len(named) == 2
    assert set(root.attrib["aria-labelledby"].split()) == named
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert "Service/orders of orders/prod: Healthy, 2/2 tasks" in titles
    assert "script" not in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "").replace("execute-api", "").split("<desc")[0]


def test_boxes_do_not_overlap_and_stay_inside(drawn):
    root = ET.fromstring(svg(drawn))
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    boxes = [
        tuple(float(each.attrib[name]) for name in ("x", "y", "width", "height")) for each in root.iter(f"{SVG}rect")
    ]
    assert len(boxes) == sum(len(each.nodes) for each in drawn)
    for number, (x, y, wide, tall) in enumerate(boxes):
        assert x >= 0 <= y
        assert x + wide <= width
        assert y + tall <= height
        for x2, y2, wide2, tall2 in boxes[number + 1 :]:
            assert x + wide <= x2 or x2 + wide2 <= x or y + tall <= y2 or y2 + tall2 <= y


def test_names_from_aws_are_not_markup(drawn):
    from dataclasses import replace

    hostile = [replace(each, name='<script>alert("x")</script>\x1b[2J') for each in drawn]
    picture = svg(hostile)
    ET.fromstring(picture)
    assert "<script" not in picture
    assert "<script" not in mermaid(hostile)
