"""Names and addresses of a lab."""

import pytest

from weft.lab.layout import layout, site_name
from weft.model import Invalid


@pytest.mark.parametrize(("number", "name"), [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (53, "ba")])
def test_sites_are_called_like_columns_of_a_sheet(number, name):
    assert site_name(number) == name


def test_every_name_and_address_is_used_once():
    nodes = layout(50, 4).nodes
    for names in (
        [n.name for n in nodes],
        [n.netns for n in nodes],
        [n.mgmt_ip for n in nodes],
        [n.underlay_ip for n in nodes],
    ):
        assert len(set(names)) == 200


def test_device_names_fit_the_kernel():
    assert max(len(n.mgmt_device) for n in layout(200, 200).nodes) <= 15  # IFNAMSIZ - 1
    assert max(len(name) for s in layout(200, 1).sites for name in (s.switch, s.uplink, s.router_port)) <= 15


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (201, 1), (1, 201)])
def test_absurd_sizes_are_refused(size):
    with pytest.raises(Invalid):
        layout(*size)


def test_places_are_sites_or_nodes():
    lab = layout(3, 2)
    assert [n.name for n in lab.nodes_of("b")] == ["b1", "b2"]
    assert [n.name for n in lab.nodes_of("c2")] == ["c2"]
    with pytest.raises(Invalid, match="no site or node 'd'; it has a, b, c"):
        lab.nodes_of("d")
