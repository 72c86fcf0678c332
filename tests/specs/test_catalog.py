"""One bad thing stops only itself, and what is frozen is never taken for vanished."""

from specs import load, load_text
from tests.specs.test_layers import alone, environment, lodger, service


def catalog_of(*texts):
    return load_text("---\n".join(texts), "f.yaml")


def addresses(catalog):
    return [instance.address for instance in catalog.instances]


def test_two_specs_with_one_name_are_both_refused_and_frozen(tmp_path):
    (tmp_path / "a.yaml").write_text(alone())
    (tmp_path / "b.yaml").write_text(alone(web=", exec: true"))
    (tmp_path / "c.yaml").write_text(alone().replace("name: web", "name: c"))
    catalog = load([tmp_path])
    assert addresses(catalog) == ["c"]
    assert [(problem.code, problem.line) for problem in catalog.problems] == [("E1205", 3), ("E1205", 3)]
    assert f"{tmp_path / 'b.yaml'}:3:18" in catalog.problems[0].message
    assert catalog.frozen == {"web"}


def test_one_name_in_two_environments_is_two_instances():
    catalog = catalog_of(environment(), environment("test"), lodger(), lodger().replace("prod", "test"))
    assert addresses(catalog) == ["prod", "test", "web/prod", "web/test"]
    assert catalog.problems == ()


def test_a_service_and_an_environment_of_one_name_are_both_refused():
    catalog = catalog_of(environment(), environment("web"), lodger())
    assert [problem.code for problem in catalog.problems] == ["E1205", "E1205"]
    assert addresses(catalog) == ["prod"]
    assert catalog.is_frozen("web")
    assert catalog.is_frozen("web/prod")


def test_only_the_environment_that_is_named_twice_is_refused():
    both = service('  environments: {prod: {}, test: {}}\n  services: {web: {image: "x:1", port: 80}}')
    catalog = catalog_of(environment(), environment("test"), both, lodger())
    assert addresses(catalog) == ["prod", "test", "web/test"]
    assert catalog.frozen == {"web/prod"}


def test_an_environment_with_mistakes_freezes_itself_and_its_services_only():
    catalog = catalog_of(environment(more="  prun: {}"), lodger(), alone().replace("name: web", "name: other"))
    assert addresses(catalog) == ["other"]
    assert catalog.frozen == {"prod", "web/prod"}


def test_a_service_whose_environment_is_missing_tells_its_other_mistakes_too():
    catalog = catalog_of(lodger(web=", prot: 1, stopTimeout: 9h"))
    assert [problem.code for problem in catalog.problems] == ["E1203", "E1101", "E1105"]
    assert catalog.frozen == {"web/prod"}


def test_what_the_missing_environment_may_define_is_not_missing():
    catalog = catalog_of(lodger(web=", env: {A: '${vars.A}'}").replace("port: 80, ", ""))
    assert [problem.code for problem in catalog.problems] == ["E1203"]


def test_a_document_of_an_unknown_kind_keeps_its_name_frozen():
    catalog = catalog_of(alone().replace("kind: ApiService", "kind: ApiServce"))
    assert [problem.hint for problem in catalog.problems] == ["did you mean `ApiService`?"]
    assert catalog.frozen == {"web"}
    assert not catalog.unreadable


def test_a_document_without_a_name_makes_its_file_unreadable():
    catalog = catalog_of(alone().replace("metadata: {name: web}", "metadata: {}"))
    assert [problem.code for problem in catalog.problems] == ["E1103"]
    assert catalog.unreadable == {"f.yaml"}


def test_dependencies_in_a_circle_are_refused_with_their_places_and_others_go_on():
    def one(name, needs):
        return alone(f"  dependsOn: [{needs}]").replace("{name: web}", f"{{name: {name}}}")

    catalog = catalog_of(one("a", "b"), one("b", "c"), one("c", "a"), one("d", "a"))
    assert addresses(catalog) == ["d"]
    assert catalog.frozen == {"a", "b", "c"}
    assert [problem.code for problem in catalog.errors] == ["E1207"] * 3
    assert len({problem.line for problem in catalog.errors}) == 3


def test_a_dependency_elsewhere_is_only_a_warning():
    catalog = catalog_of(alone("  dependsOn: [identity]"))
    assert [problem.code for problem in catalog.warnings] == ["E1208"]
    assert addresses(catalog) == ["web"]


def test_an_instance_knows_where_it_was_written():
    catalog = catalog_of(environment(), lodger(metadata=", annotations: {penstock.dev/owner: me}"))
    instance = catalog.instances[1]
    assert (instance.kind, instance.name, instance.environment) == ("ApiService", "web", "prod")
    assert (instance.file, instance.line) == ("f.yaml", 11)
    assert instance.annotations == {"penstock.dev/owner": "me"}
    assert catalog.instances[0].address == "prod"


def test_an_empty_folder_asks_for_nothing_and_says_so(tmp_path):
    catalog = load([tmp_path])
    assert (catalog.instances, catalog.problems, catalog.files) == ((), (), ())


def test_a_missing_folder_is_unreadable(tmp_path):
    catalog = load([tmp_path / "gone"])
    assert catalog.unreadable == {str(tmp_path / "gone")}
