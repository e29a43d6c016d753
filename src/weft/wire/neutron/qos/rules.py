"""The rules of a QoS policy, a table of types. Source: neutron-lib, api/definitions/qos*.py."""

from typing import Any

import msgspec

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import ID

NUMBER_MAX = (1 << 31) - 1  # Neutron's: DB_INTEGER_MAX_VALUE
DSCP_MARKS = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56)  # RFC 2474, 2597
INGRESS, EGRESS, ANY = "ingress", "egress", "any"
DIRECTIONS = (INGRESS, EGRESS)


def _range_problem(value: Any) -> str | None:
    if value < 0:
        return f"'{value}' is too small - must be at least '0'"
    return None if value <= NUMBER_MAX else f"'{value}' is too large - must be no larger than '{NUMBER_MAX}'"


AMOUNT = Type({"type": "integer", "minimum": 0, "maximum": NUMBER_MAX}, types.to_int, _range_problem)
MARK = Type(
    {"enum": list(DSCP_MARKS)},
    types.to_int,
    lambda value: None if value in DSCP_MARKS else f"{value} is not in valid_values",
)


class RuleType(msgspec.Struct, frozen=True):
    """One type of rule, by the attributes that its rules have."""

    name: str  # "bandwidth_limit"
    required: str  # the attribute that must be given
    burst: str = ""  # the attribute that may be given beside it
    directions: tuple[str, ...] = ()  # () = rules have none

    @property
    def kind(self) -> str:
        """The kind of its rules' records."""
        return f"qos_{self.name}_rule"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what its rules say."""
        return tuple(name for name in (self.required, self.burst, "direction" if self.directions else "") if name)

    def attributes(self) -> tuple[Attribute, ...]:
        """Return the rule as the API describes it."""
        kind = MARK if self.required == "dscp_mark" else AMOUNT
        found = [Attribute(name=self.required, type=kind, default=REQUIRED, **_ALL)]
        if self.burst:
            found.append(Attribute(name=self.burst, type=AMOUNT, default=0, **_ALL))
        if self.directions:
            found.append(Attribute(name="direction", type=types.one_of(self.directions), default=EGRESS, **_ALL))
        return (ID, *found)


_ALL: dict[str, Any] = {"post": True, "put": True, "filter": True, "sort": True}

RULE_TYPES = (
    RuleType("bandwidth_limit", "max_kbps", "max_burst_kbps", DIRECTIONS),
    RuleType("dscp_marking", "dscp_mark"),
    RuleType("minimum_bandwidth", "min_kbps", directions=DIRECTIONS),
    RuleType("minimum_packet_rate", "min_kpps", directions=(ANY, *DIRECTIONS)),
    RuleType("packet_rate_limit", "max_kpps", "max_burst_kpps", DIRECTIONS),
)
