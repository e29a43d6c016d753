"""What a command locked is given back with its record: else nobody could use it again for a minute."""

from tests.commands.l3.place import Place, plug, port
from weft.commands.l3.conntrack_helpers import CreateConntrackHelper, create_conntrack_helpers
from weft.commands.l3.floatingips import CreateFloatingIP, create_floatingips
from weft.commands.l3.routers import CreateRouter, UpdateRouter, create_routers, update_router
from weft.commands.trunks.trunks import CreateTrunk, create_trunks
from weft.store.locks import locks_of


def locked_and_given_back(place: Place, command, request) -> tuple[set, set]:
    """Return what a create locks, and what deleting all it made gives back."""
    writes = command(place.site.state, [request], place.site.context(project_id="p"))
    place.site.apply(writes)
    records = [place.site.state.raw(write.key) for write in writes.writes]
    return set(writes.claims), {claim for record in records if record for claim in locks_of(record, 0)}


def test_all_is_given_back():
    place = Place()
    parent, child = port(place.site, place.inside), port(place.site, place.inside)
    subports = [{"port_id": child, "segmentation_type": "vlan", "segmentation_id": 7}]
    outside = {"network_id": place.outside}
    plug(place.site, place.router, place.subnet_id)
    place.site.do(update_router, place.router, UpdateRouter(external_gateway_info=outside))
    for command, request in (
        (create_routers, CreateRouter(project_id="p", external_gateway_info=outside, evpn_vni=7)),
        (create_floatingips, CreateFloatingIP(project_id="p", floating_network_id=place.outside, port_id=parent)),
        (create_trunks, CreateTrunk(project_id="p", port_id=parent, sub_ports=subports)),
        (
            create_conntrack_helpers,
            CreateConntrackHelper(router_id=place.router, protocol="tcp", port=21, helper="ftp"),
        ),
    ):
        locked, given_back = locked_and_given_back(place, command, request)
        assert locked
        assert locked <= given_back
