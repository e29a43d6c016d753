"""Machines as records."""

import pytest

from weft.lab.home import Home
from weft.lab.layout import layout
from weft.lab.machines import Machine, NoSuchMachine, all_machines, forget, least_loaded, load_machine, reserve
from weft.model import Conflict, Invalid


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "lab")


def machine(name: str, node: str = "a1") -> Machine:
    return Machine(name, node[0], node, "5f3c")


def test_a_name_is_taken_once(home):
    reserve(home, machine("web"))
    with pytest.raises(Conflict) as caught:
        reserve(home, machine("web"))
    assert caught.value.hint == "weft lab machine delete web"
    assert [each.name for each in all_machines(home)] == ["web"]
    forget(home, "web")
    assert not list(home.machines_dir.iterdir())
    with pytest.raises(NoSuchMachine):
        load_machine(home, "web")


def test_forgetting_one_spares_another_whose_name_begins_alike(home):
    reserve(home, machine("web"))
    reserve(home, machine("web-2"))
    forget(home, "web")
    assert [each.name for each in all_machines(home)] == ["web-2"]


@pytest.mark.parametrize("name", ["", "a b", "a/b", "../x", "-a", "a-", "a.b", "x" * 41])
def test_names_that_are_no_host_names_are_refused(home, name):
    with pytest.raises(Invalid):
        load_machine(home, name)


def test_the_node_with_the_fewest_machines_is_chosen():
    lab = layout(2, 2)
    assert least_loaded(lab, "a", []) == "a1"
    assert least_loaded(lab, "a", [machine("x", "a1"), machine("y", "b1")]) == "a2"
    assert least_loaded(lab, "a", [machine("x", "a1"), machine("y", "a2")]) == "a1"
