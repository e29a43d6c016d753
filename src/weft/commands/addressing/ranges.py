"""Which numbers a project's new segments are taken from: its own ranges first, then shared ones, then all the others.

Source: neutron, plugins/ml2/drivers/helpers.py and objects/network_segment_range.py.
"""

from collections.abc import Iterator

from weft.store.blocks import Interval
from weft.store.kinds import NETWORK_SEGMENT_RANGE
from weft.store.prefixes import merged, minus
from weft.store.protocol import State
from weft.store.records import Record

LIMITS = {"vlan": (1, 4094), "vxlan": (1, (1 << 24) - 1), "geneve": (1, (1 << 24) - 1), "gre": (1, (1 << 32) - 1)}

DEFAULT_PHYSICAL_NETWORK = "physnet1"  # where VLANs are taken from as long as no range says where


def ranges_of(state: State, network_type: str, physical_network: str | None = None) -> list[Record]:
    """Return the ranges of a type, on one physical network if it is named, by ID."""
    found = [
        record
        for record in state.lookup(NETWORK_SEGMENT_RANGE.name, "network_type", network_type)
        if physical_network is None or record.get("physical_network") == physical_network
    ]
    return sorted(found, key=lambda record: record.key.id)


def numbers_for(
    state: State, network_type: str, physical_network: str | None, project_id: str
) -> Iterator[list[Interval]]:
    """Yield the numbers to try, the best first; those of other projects' ranges are never among them."""
    own: list[Interval] = []
    shared: list[Interval] = []
    others: list[Interval] = []
    for record in ranges_of(state, network_type, physical_network):
        interval = (record.get("minimum"), record.get("maximum"))
        if record.get("shared"):
            shared.append(interval)
        else:
            (own if record.get("project_id") == project_id else others).append(interval)
    closed = merged([*own, *others])
    yield merged(own)
    yield minus(merged(shared), closed)
    yield minus([LIMITS[network_type]], merged([*closed, *shared]))


def has_ranges(state: State, network_type: str) -> bool:
    """Tell whether anybody made ranges of a type at all."""
    return bool(state.lookup(NETWORK_SEGMENT_RANGE.name, "network_type", network_type))
