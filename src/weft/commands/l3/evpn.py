"""The VXLAN identifier under which a router's routes travel in EVPN. Source: neutron, db/evpn_db.py.

They are apart from those of networks, as in Neutron, and belong to no site: an administrator names one, or lets us
find one. Two sites that cannot hear each other may take the same; then the older counts and the merge report says so.
"""

from collections.abc import Container

from msgspec import UnsetType

from weft.commands.context import Context
from weft.commands.l3.errors import EVPNNoVniAvailable, EVPNVNIInUse
from weft.store.kinds import ROUTER
from weft.store.protocol import State
from weft.store.writes import Claim
from weft.wire.neutron.l3.router import EVPN_VNI_MAX

POOL = "evpn_vni"  # of claims


def evpn_vni(state: State, asked: int | UnsetType, taken: Container[int], context: Context) -> int | None:
    """Return the identifier of a new router: none unless asked for, any free one for 0.

    `taken`: what others of this decision have. Raises EVPNVNIInUse, EVPNNoVniAvailable. Searching begins anywhere, so
    it is quick while there are fewer routers than identifiers, and two sites rarely meet.
    """
    if isinstance(asked, UnsetType):
        return None
    held = context.held(POOL)

    def is_free(vni: int) -> bool:
        return vni not in taken and str(vni) not in held and not any(state.lookup(ROUTER.name, "evpn_vni", vni))

    if asked:
        if not is_free(asked):
            raise EVPNVNIInUse(asked)
        return asked
    places = ((context.seed + step) % EVPN_VNI_MAX + 1 for step in range(EVPN_VNI_MAX))
    if (found := next(filter(is_free, places), None)) is None:
        raise EVPNNoVniAvailable(1, EVPN_VNI_MAX)
    return found


def evpn_claim(vni: int) -> Claim:
    """Return what keeps two processes of a site from taking one identifier."""
    return Claim(POOL, str(vni))
