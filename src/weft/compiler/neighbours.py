"""The neighbour table: which MAC has an address, so that ARP and ND are answered on the asking node.

Only what is asked for on this node's own networks is held; the question never crosses the WAN.
"""

from ipaddress import IPv6Address

from weft.compiler.scene import Scene, usable_addresses
from weft.model import BoundPort
from weft.plan import NeighbourKey


def neighbour_keys(scene: Scene, bound: BoundPort) -> tuple[NeighbourKey, ...]:
    """Return the keys that an open port answers to, each once; the value of each is the port's MAC.

    A port with IPv6 answers to the link-local address of its MAC too: it is the only one besides the
    fixed addresses that anti-spoofing lets it use.
    """
    assert scene.network is not None
    vni = scene.network.vni
    addresses = usable_addresses(scene, bound)
    if any(address.version == 6 for address in addresses):
        addresses = (*addresses, link_local(bound.port.mac))
    # one address may come twice, of two subnets that sites made alike at once
    return tuple(NeighbourKey(vni, address) for address in dict.fromkeys(addresses))


def link_local(mac: str) -> IPv6Address:
    """Return the link-local address that a host derives from its MAC (RFC 4291, appendix A)."""
    octets = bytes.fromhex(mac.replace(":", ""))
    interface = bytes((octets[0] ^ 2,)) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return IPv6Address(b"\xfe\x80" + bytes(6) + interface)
