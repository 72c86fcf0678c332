"""Mapping templates decide as Velocity does, and what is not modelled is said to be so."""

import pytest

from sandbox.dataplane.rest.velocity import NotEvaluated, Template

INPUT = {"params": lambda name: {"Origin": "https://b.example", "n": "7"}.get(name, "")}
CORS = """#set($origin = $input.params("Origin"))
#if($origin == "") #set($origin = $input.params("origin")) #end
#if($origin.matches("https://a.example") || $origin == "https://b.example")
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end"""


def rendered(text):
    template = Template({"input": INPUT, "context": {"stage": "live"}}, lambda plain: plain)
    return template.render(text), template.overrides


def test_a_template_answers_an_origin_that_it_knows_with_its_own_name():
    assert rendered(CORS)[1] == {"header.Access-Control-Allow-Origin": "https://b.example"}
    assert rendered(CORS.replace("b.example", "c.example"))[1] == {}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('#if($input.params("n") == "7")seven#{else}other#end', "seven"),
        ('#if($input.params("n") == "8")a#elseif(!$nothing && 1 == 1)b#else c#end', "b"),
        ('#set($a = "x#if")#if(true)#if(false)no#end$a#end.', "x#if."),
        ("#set($s = 'a') $s ${s}b $!{t}", " a ab $!{t}"),
        ("#if($context.stage.startsWith('li') && ($context.stage != \"x\"))in#end", "in"),
        ("#set($context.responseOverride.status = 400)", ""),
    ],
)
def test_branches_and_variables(template, text):
    assert rendered(template)[0] == text


@pytest.mark.parametrize(
    "template",
    ["#foreach($a in $b)#end", "#if(true)x", "#if($a >", "#set($context.x = 1)", "#if($a.size())#end", "x#end"],
)
def test_what_is_not_modelled_is_said(template):
    with pytest.raises(NotEvaluated):
        rendered(template)
