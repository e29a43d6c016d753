"""`external_gateway_info`: where a router's default route leads. Source: neutron-lib, api/validators, validate_dict."""

from typing import Any

from weft.wire.neutron import addresses, types
from weft.wire.neutron.attributes import Type

_KEYS = ("network_id", "external_fixed_ips", "enable_snat", "qos_policy_id")
_SCHEMA = {
    "type": ["object", "null"],
    "required": ["network_id"],
    "properties": {
        "network_id": {"type": "string", "format": "uuid"},
        "external_fixed_ips": types.FIXED_IPS.schema,
        "enable_snat": {"type": "boolean"},
        "qos_policy_id": {"type": ["string", "null"]},
    },
}


def _problem(value: Any) -> str | None:
    if not value:  # nothing, {}: no gateway
        return None
    if problem := _keys_problem(value):
        return problem
    if problem := types.uuid_problem(value["network_id"]):
        return problem
    if "external_fixed_ips" in value and (problem := types.FIXED_IPS.problem(value["external_fixed_ips"])):
        return problem
    qos_policy_id = value.get("qos_policy_id")
    return None if qos_policy_id is None else types.uuid_problem(qos_policy_id)


def _keys_problem(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"'{value}' is not a dictionary"
    if "network_id" not in value:
        provided = "{" + ", ".join(map(repr, value)) + "}" if value else "set()"
        return f"Validation of dictionary's keys failed. Expected keys: {{'network_id'}} Provided keys: {provided}"
    unexpected = [key for key in value if key not in _KEYS]
    return f"Unexpected keys supplied: {', '.join(unexpected)}" if unexpected else None


def _convert(value: Any) -> Any:
    """Return the parts in canonical form; what has another shape is left for the check. Raises BadValue."""
    if not isinstance(value, dict) or _keys_problem(value):
        return value
    converted = dict(value)
    if "external_fixed_ips" in value:
        converted["external_fixed_ips"] = addresses.canonical_fixed_ips(value["external_fixed_ips"])
    if "enable_snat" in value:
        converted["enable_snat"] = types.to_boolean(value["enable_snat"])
    return converted


GATEWAY_INFO = Type(_SCHEMA, _convert, _problem)
