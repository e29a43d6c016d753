"""Why packets end here: the names behind the counters (enum drop_reason of bpf/types.h, compared by a test)."""

from enum import IntEnum


class DropReason(IntEnum):
    """Append only: a counter keeps its number for good."""

    NONE = 0
    NO_PORT = 1
    PORT_DISABLED = 2
    TRUNCATED = 3
    VLAN_TAGGED = 4
    ETHERTYPE = 5
    RESERVED_MAC = 6
    SPOOFED_MAC = 7
    SPOOFED_IPV4 = 8
    SPOOFED_IPV6 = 9
    SPOOFED_ARP = 10
    SPOOFED_ND = 11
    IPV4_MALFORMED = 12
    IPV6_MALFORMED = 13
    IPV6_EXTENSIONS = 14
    ARP_MALFORMED = 15
    ARP_UNKNOWN = 16
    ARP_UNSOLICITED = 17
    ND_MALFORMED = 18
    ND_UNKNOWN = 19
    ND_UNSOLICITED = 20
    RS_UNANSWERED = 21
    ROGUE_ROUTER = 22
    ROGUE_DHCP = 23
    DHCP_MALFORMED = 24
    DHCP_FOREIGN = 25
    DHCP_NO_ANSWER = 26
    TOO_BIG = 27
    UNKNOWN_MAC = 28
    HAIRPIN = 29
    NO_TUNNEL = 30
    NOT_HERE = 31
    UNKNOWN_VNI = 32
    UNKNOWN_SENDER = 33
    VXLAN_MALFORMED = 34
    VXLAN_FRAGMENT = 35
    ERROR = 36


def name_of(number: int) -> str:
    """Return how the reason is called outside ("spoofed_mac"); a newer program may know more of them than we do."""
    try:
        return DropReason(number).name.lower()
    except ValueError:
        return f"reason_{number}"
