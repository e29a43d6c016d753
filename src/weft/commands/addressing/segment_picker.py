"""Segments of networks as they are asked for: checked, numbered and reserved.

Every network has a VNI of its own in the overlay, whatever its type; a VXLAN segment's number is such a VNI. Numbers
of the other types are the administrators' business: they are chosen apart from those of other sites as well as can be,
and what two sites gave out at once is reported.
Source: neutron, plugins/ml2/managers.py (TypeManager) and plugins/ml2/drivers/type_*.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.commands.addressing.errors import FlatNetworkInUse, SegmentsContainDuplicateEntry, VlanIdInUse
from weft.commands.addressing.network_segments import Segment, key_of
from weft.commands.addressing.ranges import DEFAULT_PHYSICAL_NETWORK, LIMITS, has_ranges, numbers_for, ranges_of
from weft.commands.context import Context
from weft.commands.errors import InvalidInput, NoNetworkAvailable, TunnelIdInUse
from weft.commands.vnis import VniPicker
from weft.store.blocks import Interval, counted
from weft.store.kinds import SEGMENT
from weft.store.pools import live_sites
from weft.store.protocol import State
from weft.store.writes import Claim

TUNNELS = ("vxlan", "gre", "geneve")
TYPES = ("flat", "vlan", "local", *TUNNELS)
# The most that a frame may hold, by type: an underlay of 1,500 less what Neutron reckons for the tunnel.
MTU_BYTES = {"flat": 1500, "vlan": 1500, "vxlan": 1450, "gre": 1458, "geneve": 1442}
SEGMENT_CLAIMS = "segment"
TRIES = 64

Asked = Mapping[str, Any]  # network_type, physical_network, segmentation_id; None: not given


def largest_mtu(network_types: Iterable[str | None]) -> int:
    """Return the largest MTU of a network with segments of such types."""
    return min((MTU_BYTES[of] for of in network_types if of in MTU_BYTES), default=1500)


def check_segments(asked: Sequence[Asked]) -> None:
    """Raise InvalidInput, SegmentsContainDuplicateEntry unless these can be a network's segments."""
    for one in asked:
        check_segment(one)
    whole = [
        tuple(one.values()) for one in asked if one["segmentation_id"] is not None or one["network_type"] == "flat"
    ]
    if len(set(whole)) != len(whole):
        raise SegmentsContainDuplicateEntry


def check_segment(asked: Asked) -> None:
    """Raise InvalidInput unless this can be a segment."""
    of, where, number = asked["network_type"], asked["physical_network"], asked["segmentation_id"]
    if of is None:
        raise InvalidInput("network_type required")
    if of not in TYPES:
        raise InvalidInput(f"network_type value '{of}' not supported")
    if of in TUNNELS:
        if where:
            raise InvalidInput(f"provider:physical_network specified for {of} network")
        low, high = LIMITS[of]
        if number is not None and not low <= number <= high:
            raise InvalidInput(f"provider:segmentation_id out of range ({low} through {high})")
    elif of == "vlan":
        _check_vlan(where, number)
    else:
        if of == "flat" and not where:
            raise InvalidInput("physical_network required for flat provider network")
        if of == "local" and where:
            raise InvalidInput("physical_network prohibited for local provider network")
        if number:
            raise InvalidInput(f"segmentation_id prohibited for {of} provider network")


class SegmentPicker:
    """Reserves segments for one decision, never the same twice; `claims` collects what goes with them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self.vnis = VniPicker(state, context)
        self._keys = set(context.held(SEGMENT_CLAIMS))
        self._claims: list[Claim] = []

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What nobody else of this site may take meanwhile."""
        return (*self.vnis.claims, *self._claims)

    def any_vni(self, project_id: str) -> int:
        """Return a free VNI for a project's network. Raises NeedsTransfer, NoNetworkAvailable."""
        if not has_ranges(self._state, "vxlan"):
            return self.vnis.any()
        for numbers in numbers_for(self._state, "vxlan", None, project_id):
            vni = self.vnis.within(numbers)
            if vni is not None:
                return vni
        raise NoNetworkAvailable

    def reserve(self, asked: Asked, project_id: str, id: str, index: int) -> Segment:
        """Return the segment asked for (checked before), with a number.

        Raises FlatNetworkInUse, VlanIdInUse, TunnelIdInUse, NoNetworkAvailable, NeedsTransfer.
        """
        of, where, number = asked["network_type"], asked["physical_network"] or None, asked["segmentation_id"]
        if of == "vxlan":
            number = self.any_vni(project_id) if number is None else self.vnis.exactly(number)
        elif of == "flat":
            number = None
            if self._is_taken(key_of(of, where, None)):
                raise FlatNetworkInUse(str(where))
        elif of != "local":
            where, number = self._numbered(of, where, number, project_id)
        key = key_of(of, where, number)
        if key is not None and of != "vxlan":
            self._keys.add(key)
            self._claims.append(Claim(SEGMENT_CLAIMS, key))
        return Segment(id, of, where, number, index, None)

    def _numbered(self, of: str, where: str | None, number: int | None, project_id: str) -> tuple[str | None, int]:
        if number is not None:
            if not self._is_taken(key_of(of, where, number)):
                return where, number
            raise VlanIdInUse(number, str(where)) if of == "vlan" else TunnelIdInUse(number)
        for place in [where] if where is not None or of != "vlan" else _physical_networks(self._state):
            for numbers in numbers_for(self._state, of, place, project_id):
                found = self._free(of, place, numbers)
                if found is not None:
                    return place, found
        raise NoNetworkAvailable

    def _free(self, of: str, where: str | None, numbers: list[Interval]) -> int | None:
        """Return a free number: one of every n-th first, which n sites count off differently, then any."""
        count = counted(numbers)
        sites = live_sites(self._state)
        mine = sites.index(self._context.site) if self._context.site in sites else 0
        step = max(len(sites), 1)
        lanes = count.total // step
        for turn in range(min(TRIES, lanes)):
            number = count.nth((self._context.seed + turn * 7919) % lanes * step + mine)
            if not self._is_taken(key_of(of, where, number)):
                return number
        walk = (count.nth(place) for place in range(min(count.total, LIMITS["vlan"][1])))
        return next((number for number in walk if not self._is_taken(key_of(of, where, number))), None)

    def _is_taken(self, key: str | None) -> bool:
        return key in self._keys or bool(self._state.lookup(SEGMENT.name, "key", key))


def _check_vlan(where: str | None, number: int | None) -> None:
    low, high = LIMITS["vlan"]
    if number is not None and not where:
        raise InvalidInput("segmentation_id requires physical_network for VLAN provider network")
    if number is not None and not low <= number <= high:
        raise InvalidInput(f"segmentation_id out of range ({low} through {high})")


def _physical_networks(state: State) -> list[str | None]:
    """Return the physical networks of which VLANs may be taken without naming one."""
    named = dict.fromkeys(record.get("physical_network") for record in ranges_of(state, "vlan"))
    return [*named] or [DEFAULT_PHYSICAL_NETWORK]
