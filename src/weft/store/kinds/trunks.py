"""Trunks: one port that carries others."""

from weft.store.kinds.kind import Kind

TRUNK = Kind("trunk", refers=(("port_id", "port"),), indexed=("project_id",), unique=(("port_id",),))
"""Fields: project_id, name, description, admin_state_up, port_id (the parent), tags [], created_at. Status: derived."""

SUBPORT = Kind(
    "subport",
    refers=(("trunk_id", "trunk"), ("port_id", "port")),
    indexed=("segmentation_id",),
    unique=(("trunk_id", "segmentation_id"),),  # VLAN tags: there is no other type of segmentation
    coupled=(("trunk_id", "port_id", "segmentation_type", "segmentation_id"),),
)
"""A port on a trunk. id = the port's, so that it is on one trunk at most, whatever two sites do at once; two ports
added to one trunk at two sites are two records, and both stay. Fields: trunk_id, port_id, segmentation_type ("vlan"),
segmentation_id."""

KINDS = (TRUNK, SUBPORT)
