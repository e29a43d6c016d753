"""Addresses that a port may use besides its own. Texts: neutron-lib, api/validators/allowedaddresspairs.py."""

from ipaddress import ip_address, ip_network
from typing import Any

from weft.model import Invalid
from weft.wire.neutron.addresses import canonical_mac, ip_problem, mac_problem
from weft.wire.neutron.attributes import BadRequest, Type
from weft.wire.neutron.security.values import prefix_problem

MAX_PAIRS = 10  # Neutron's: max_allowed_address_pair
_KEYS = ("mac_address", "ip_address")
_MULTICAST = {4: ip_network("224.0.0.0/4"), 6: ip_network("ff00::/8")}


class AllowedAddressPairExhausted(Invalid):
    """More pairs than a port takes."""

    code = "allowed_address_pair_exhausted"

    def __init__(self) -> None:
        super().__init__(f"The number of allowed address pair exceeds the maximum {MAX_PAIRS}.")


class AllowedAddressPairsMissingIP(Invalid):
    """A pair without an address."""

    code = "allowed_address_pairs_missing_ip"

    def __init__(self) -> None:
        super().__init__("AllowedAddressPair must contain ip_address")


class DuplicateAddressPairInRequest(Invalid):
    """A pair is there twice."""

    code = "duplicate_address_pair_in_request"

    def __init__(self, mac: str | None, address: str) -> None:
        super().__init__(f"Request contains duplicate address pair: mac_address {mac} ip_address {address}.")


def pairs_problem(pairs: Any) -> str | None:
    """Say what is wrong with a list of pairs. Raises BadRequest and the errors above, where Neutron raises."""
    if not isinstance(pairs, list):
        raise BadRequest("Allowed address pairs must be a list.")
    if len(pairs) > MAX_PAIRS:
        raise AllowedAddressPairExhausted
    seen = set()
    for pair in pairs:
        if not isinstance(pair, dict):
            return f"'{pair}' is not a dictionary"
        if "mac_address" in pair:
            _refuse(mac_problem(canonical_mac(pair["mac_address"])))
        if "ip_address" not in pair:
            raise AllowedAddressPairsMissingIP
        mac, address = pair.get("mac_address"), pair["ip_address"]
        if (mac, str(address)) in seen:
            raise DuplicateAddressPairInRequest(mac, address)
        seen.add((mac, str(address)))
        if unknown := [key for key in pair if key not in _KEYS]:
            raise BadRequest(f"Unrecognized attribute(s) '{', '.join(unknown)}'")
        is_prefix = isinstance(address, str) and "/" in address
        _refuse(prefix_problem(address) if is_prefix else ip_problem(address))
        _refuse(_prefix_multicast(address) if is_prefix else _address_multicast(address))
        if mac is not None and int(canonical_mac(mac)[:2], 16) & 1:
            raise BadRequest(f"MAC address {mac} is a multicast address, which is not supported.")
    return None


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise BadRequest(problem)


def _address_multicast(address: str) -> str | None:
    is_multicast = ip_address(address).is_multicast
    return f"IP {address} is a multicast address, which is not supported." if is_multicast else None


def _prefix_multicast(prefix: str) -> str | None:
    network = ip_network(prefix, strict=False)
    multicast = _MULTICAST[network.version]
    if prefix == "0.0.0.0/0" or not network.overlaps(multicast):
        return None
    return f"Subnet {prefix} overlaps with multicast range {multicast}, which is not supported."


ADDRESS_PAIRS = Type(
    {
        "type": ["array", "null"],
        "maxItems": MAX_PAIRS,
        "items": {
            "type": "object",
            "required": ["ip_address"],
            "properties": {"mac_address": {"type": "string"}, "ip_address": {"type": "string"}},
        },
    },
    lambda value: [] if value is None else value,
    pairs_problem,
)
