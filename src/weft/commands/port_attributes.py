"""Address pairs and DHCP options of ports. Source: neutron, db/allowedaddresspairs_db.py, db/extradhcpopt_db.py."""

from collections.abc import Sequence
from typing import Any

from weft.commands.errors import NeutronDbObjectDuplicateEntry
from weft.wire.neutron.address_pairs import DuplicateAddressPairInRequest
from weft.wire.neutron.dhcp_options import MAY_BE_BLANK

Items = list[dict[str, Any]]


def filled_pairs(pairs: Sequence[dict[str, Any]], mac: str) -> Items:
    """Return address pairs, the port's own MAC where they name none. Raises DuplicateAddressPairInRequest."""
    filled = [{"mac_address": pair.get("mac_address", mac), "ip_address": pair["ip_address"]} for pair in pairs]
    for position, pair in enumerate(filled):
        if pair in filled[:position]:
            raise DuplicateAddressPairInRequest(pair["mac_address"], pair["ip_address"])
    return filled


def new_options(asked: Sequence[dict[str, Any]], port_id: str) -> Items:
    """Return a new port's DHCP options: those that say something. Raises NeutronDbObjectDuplicateEntry."""
    options: Items = []
    for option in asked:
        if _says_something(option):
            if any(_same(option, other) for other in options):
                raise _duplicate(option, port_id)
            options.append(dict(option))
    return options


def changed_options(present: Sequence[dict[str, Any]], asked: Sequence[dict[str, Any]], port_id: str) -> Items:
    """Return the options once each of `asked` has been added, changed, or taken away, its value being null.

    An option that is not named stays. Raises NeutronDbObjectDuplicateEntry.
    """
    options = [dict(option) for option in present]
    added: Items = []
    for option in asked:
        held = next((one for one in options if _same(one, option)), None)
        if held is not None:
            if option["opt_value"] is None:
                options.remove(held)
            elif _says_something(option):
                held["opt_value"] = option["opt_value"]
        elif _says_something(option):
            if any(_same(option, other) for other in added):
                raise _duplicate(option, port_id)
            added.append(dict(option))
    return [*options, *added]


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["opt_name"] == other["opt_name"] and one["ip_version"] == other["ip_version"])


def _says_something(option: dict[str, Any]) -> bool:
    if option["opt_name"] in MAY_BE_BLANK:
        return option["opt_value"] is not None
    return bool(option["opt_value"])


def _duplicate(option: dict[str, Any], port_id: str) -> NeutronDbObjectDuplicateEntry:
    values = f"{port_id}-{option['opt_name']}-{option['ip_version']}"
    return NeutronDbObjectDuplicateEntry("ExtraDhcpOpt", ("portid", "optname", "ipversion"), values)
