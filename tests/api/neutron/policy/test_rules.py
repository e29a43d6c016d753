"""Which rules are in force, and what is said of a file that cannot be used."""

from pathlib import Path

import pytest

from weft.api.neutron.policy.rules import BadPolicyFile, default_texts, read_rules


def test_neutrons_defaults_are_all_there_under_their_names():
    texts = default_texts()
    assert len(texts) == 372
    assert texts["create_network:shared"] == "rule:admin_only"
    assert texts["create_port:fixed_ips:ip_address"].endswith("role:member and rule:network_owner")
    assert str(read_rules()["admin_only"]) == "rule:context_is_admin"


def test_a_file_speaks_in_place_of_the_defaults_and_later_ones_in_place_of_earlier(tmp_path):
    one, two = tmp_path / "policy.yaml", tmp_path / "more.yaml"
    one.write_text('"create_network": "role:builder"\n"delete_network": "!"\n')
    two.write_text('{"delete_network": "role:builder"}')
    rules = read_rules((one, two))
    assert str(rules["create_network"]) == "role:builder"
    assert str(rules["delete_network"]) == "role:builder"
    assert str(rules["update_network"]) == str(read_rules()["update_network"])


def test_the_guides_example_is_a_policy_file(tmp_path):
    guide = (Path(__file__).parents[4] / "docs/howto/override-policy.md").read_text()
    file = tmp_path / "policy.yaml"
    file.write_text(guide.split("```yaml\n")[1].split("```")[0])
    assert str(read_rules((file,))["create_port:mac_address"]) == "rule:admin_only"


def test_a_rule_keeps_its_former_name(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text('"update_ports_tags": "!"')
    assert str(read_rules((file,))["update_port:tags"]) == "!"


def test_a_rule_that_nobody_wrote_says_what_default_says():
    assert str(read_rules()["update_port:colour"]) == "rule:admin_or_owner"


BAD = [
    ("not YAML", '"create_network: "role:x"', "policy.yaml: "),
    ("a list", "- create_network", "must be a mapping from rule names to rules"),
    ("a rule that is no text", '"create_network": 7', "rule 'create_network' must be a string"),
    ("an unfinished rule", '"create_network": "(role:x or"', "rule create_network: cannot make sense of '(role:x or'"),
    ("a word that is no check", '"create_network": "everyone"', "cannot make sense of 'everyone'"),
    ("a check that asks a server", '"create_network": "http://policy.test/"', "cannot make sense of 'http:"),
    ("an owner of nothing", '"create_network": "project_id:mine"', "rule create_network: mine is not of the form"),
    ("a field without a value", '"x": "field:networks:shared"', "is not of the form field:resource:attribute=value"),
    ("a circle", '"a": "rule:b"\n"b": "rule:a"', "rule a refers to itself: a -> b -> a"),
]


@pytest.mark.parametrize(("text", "told"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_file_is_refused_with_one_line_that_names_it(tmp_path: Path, text, told):
    file = tmp_path / "policy.yaml"
    file.write_text(text)
    with pytest.raises(BadPolicyFile) as refused:
        read_rules((file,))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(BadPolicyFile, match=r"gone\.yaml: No such file"):
        read_rules((tmp_path / "gone.yaml",))
