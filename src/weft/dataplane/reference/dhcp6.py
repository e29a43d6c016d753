"""DHCPv6 (RFC 8415), answered on the node."""

from weft.plan import Dhcp6Entry, PortEntry

CLIENT_PORT, SERVER_PORT = 546, 547


def answer_dhcp6(frame: bytes, port: PortEntry, entry: Dhcp6Entry) -> bytes | None:
    """Return the server's answer. Raises Dropped for what gets none."""
    return None
