"""One node's data plane as a function: a plan, and at which hook which packet comes in.

Says what must happen, in the order in which it must be decided; `bpf/` is how it happens. A property test
pushes the same packets through both. Nothing here is fast, and nothing has memory: the same packet gets the
same result each time.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from weft.dataplane.reference.arp import answer_arp
from weft.dataplane.reference.fields import ETHERNET, IPV6, VLAN_TYPES, mac_text
from weft.dataplane.reference.ipv4 import check_ipv4
from weft.dataplane.reference.ipv6 import check_ipv6
from weft.dataplane.reference.nd import mac_of_link_local
from weft.dataplane.reference.result import UNDERLAY, Dropped, Packet, Result, require
from weft.dataplane.reference.vxlan import unwrap, wrap
from weft.dataplane.templates import FABRIC_LINK_LOCAL, FABRIC_MAC
from weft.plan import FdbKey, LocalDevice, NeighbourKey, NodePlan, PortEntry, RemoteNode

RESERVED = bytes.fromhex("0180c20000")  # spanning tree, pause, LLDP: never leave a bridge (802.1D, 7.12.6)


class Model:
    """The data plane that holds `plan`."""

    def __init__(self, plan: NodePlan) -> None:
        self._plan = plan

    def from_port(self, device: str, frame: bytes) -> Result:
        """A workload sends a frame."""
        return self._result(lambda: self._from_port(device, frame))

    def from_underlay(self, packet: bytes) -> Result:
        """The underlay device receives a packet."""
        return self._result(lambda: self._from_underlay(packet))

    def _result(self, act: Callable[[], Result]) -> Result:
        try:
            return act()
        except Dropped as dropped:
            return Result("dropped", reason=dropped.reason)

    def _from_port(self, device: str, frame: bytes) -> Result:
        port = self._plan.ports.get(device)
        if port is None:
            raise Dropped("no_port")
        require(port.enabled, "port_disabled")
        answer = self._admit(port, frame)
        if answer is not None:
            return Result("answered", (Packet(device, answer),))
        return self._forward(port, frame)

    def _admit(self, port: PortEntry, frame: bytes) -> bytes | None:
        """Return the node's answer, or None if the frame may be forwarded."""
        require(len(frame) >= ETHERNET, "truncated")
        ether_type = int.from_bytes(frame[12:14], "big")
        require(ether_type not in VLAN_TYPES, "vlan_tagged")
        require(mac_text(frame[6:12]) == port.mac or not port.guarded, "spoofed_mac")
        require(not (frame[:5] == RESERVED and frame[5] < 16), "reserved_mac")
        require(len(frame) <= ETHERNET + port.mtu_bytes, "too_big")
        plan, device = self._plan, port.device
        match ether_type:
            case 0x0800:
                return check_ipv4(frame, port, plan.dhcp4.get(device))
            case 0x86DD:
                find = self._find_ipv6(port)
                return check_ipv6(frame, port, find, plan.ra.get(device), plan.dhcp6.get(device))
            case 0x0806:
                return answer_arp(frame, port, self._find_ipv4(port))
        raise Dropped("ethertype")

    def _find_ipv4(self, port: PortEntry) -> Callable[[IPv4Address], str | None]:
        def find(address: IPv4Address) -> str | None:
            dhcp4 = self._plan.dhcp4.get(port.device)
            is_server = dhcp4 is not None and dhcp4.server == address  # a lease is renewed by unicast
            return self._plan.neighbours.get(NeighbourKey(port.vni, address)) or (FABRIC_MAC if is_server else None)

        return find

    def _find_ipv6(self, port: PortEntry) -> Callable[[IPv6Address], tuple[str, bool] | None]:
        def find(address: IPv6Address) -> tuple[str, bool] | None:
            mac = self._plan.neighbours.get(NeighbourKey(port.vni, address))
            if mac is not None:
                return mac, False
            made_from = mac_of_link_local(address)
            if made_from is not None and FdbKey(port.vni, made_from) in self._plan.fdb:
                return made_from, False
            if port.device in self._plan.ra and address == FABRIC_LINK_LOCAL:
                return FABRIC_MAC, True
            return None

        return find

    def _forward(self, port: PortEntry, frame: bytes) -> Result:
        if frame[0] & 1:
            return self._flood(port, frame)
        target = self._plan.fdb.get(FdbKey(port.vni, mac_text(frame[:6])))
        match target:
            case None:
                raise Dropped("unknown_mac")
            case LocalDevice(device):
                require(device != port.device, "hairpin")
                return Result("forwarded", (self._deliver(device, frame),))
            case RemoteNode(tunnel_ip):
                return Result("forwarded", (self._tunnel(port.vni, frame, tunnel_ip),))

    def _flood(self, port: PortEntry, frame: bytes) -> Result:
        entry = self._plan.flood.get(port.vni)
        if entry is None:
            raise Dropped("unknown_vni")
        here = [Packet(device, frame) for device in entry.devices if device != port.device]
        if entry.tunnel_ips and self._plan.tunnel_ip is None:
            return Result("dropped", tuple(here), "no_tunnel")  # those on this node have heard it all the same
        there = [self._tunnel(port.vni, frame, tunnel_ip) for tunnel_ip in entry.tunnel_ips]
        return Result("flooded", (*here, *there))

    def _deliver(self, device: str, frame: bytes) -> Packet:
        port = self._plan.ports.get(device)
        require(port is None or port.enabled, "port_disabled")
        return Packet(device, frame)

    def _tunnel(self, vni: int, frame: bytes, tunnel_ip: IPv4Address) -> Packet:
        if self._plan.tunnel_ip is None:
            raise Dropped("no_tunnel")
        return Packet(UNDERLAY, wrap(frame, vni, self._plan.tunnel_ip, tunnel_ip))

    def _from_underlay(self, packet: bytes) -> Result:
        plan = self._plan
        unwrapped = unwrap(packet, plan.tunnel_ip) if plan.tunnel_ip else None
        if unwrapped is None:
            return Result("passed")
        sender, vni, frame = unwrapped
        require(any(sender in entry.tunnel_ips for entry in plan.flood.values()), "unknown_sender")
        is_ipv6 = frame[12:14] == IPV6.to_bytes(2, "big")
        require(not is_ipv6 or len(frame) >= ETHERNET + 40, "truncated")  # the kernel turns the packet into IPv6
        if frame[0] & 1:
            entry = plan.flood.get(vni)
            if entry is None:
                raise Dropped("unknown_vni")
            return Result("flooded", tuple(Packet(device, frame) for device in entry.devices))
        match plan.fdb.get(FdbKey(vni, mac_text(frame[:6]))):
            case None:
                raise Dropped("unknown_mac" if vni in plan.flood else "unknown_vni")
            case RemoteNode():
                raise Dropped("not_here")  # never from tunnel to tunnel: no loops
            case LocalDevice(device):
                return Result("forwarded", (self._deliver(device, frame),))
