"""What the words of a rule mean: oslo.policy's own checks, and the two that Neutron adds.

Source: neutron, policy.py (OwnerCheck, FieldCheck); oslo.policy, _checks.py.
"""

import re
from collections.abc import Iterator

from oslo_policy import _checks, policy

from weft.api.caller import Caller
from weft.api.neutron.policy.target import ABSENT, Target

_FIELD = re.compile(r"%\((.*)\)s")
_TRUE = ("true", "1", "yes", "on", "t", "y")  # as oslo.utils reads booleans


@policy.register("project_id")
@policy.register("tenant_id")
class OwnerCheck(_checks.Check):
    """`project_id:%(network:project_id)s`: the object, or one it refers to, is of the caller's project."""

    def __init__(self, kind: str, match: str) -> None:
        super().__init__(kind, match)
        found = _FIELD.fullmatch(match)
        if found is None:
            raise ValueError(f"{match} is not of the form %(field)s")
        self.field = found[1]

    def asks(self, caller: Caller, target: Target) -> bool:
        """Tell whether it holds. Nobody owns what has no owner. Raises NotFound if the object referred to is gone."""
        if caller.project_id is None:
            return False
        return bool(target.owner(self.field, caller) == caller.project_id)

    def __call__(self, *args: object) -> bool:
        """Stand in for `asks`, which gets typed arguments."""
        raise AssertionError("rights.py calls `asks`")


@policy.register("field")
class FieldCheck(_checks.Check):
    """`field:networks:shared=True`, `field:port:device_owner=~^network:`: an attribute has this value."""

    def __init__(self, kind: str, match: str) -> None:
        super().__init__(kind, match)
        self.resource, _, condition = match.partition(":")
        self.field, equals, self.value = condition.partition("=")
        if not equals:
            raise ValueError(f"field:{match} is not of the form field:resource:attribute=value")
        self.pattern = re.compile(self.value[1:]) if self.value.startswith("~") else None

    def asks(self, caller: Caller, target: Target) -> bool:
        """Tell whether it holds. Raises NetworkNotFound where it is about a network that the owner does not see."""
        value = target.get(self.field, caller)
        if value is ABSENT and (self.resource, self.field) == ("networks", "shared"):
            value = target.is_network_shared(caller)
        if value is ABSENT or value is None:
            return False
        if self.pattern is not None:
            return self.pattern.match(str(value)) is not None
        if isinstance(value, bool):
            return value == (self.value.lower() in _TRUE)
        return str(value) == self.value

    def __call__(self, *args: object) -> bool:
        """Stand in for `asks`, which gets typed arguments."""
        raise AssertionError("rights.py calls `asks`")


def parts(check: _checks.BaseCheck) -> Iterator[_checks.BaseCheck]:
    """Yield the checks that one is made of, itself included; rules it names are not followed."""
    yield check
    if isinstance(check, _checks.NotCheck):
        yield from parts(check.rule)
    elif isinstance(check, (_checks.AndCheck, _checks.OrCheck)):
        for rule in check.rules:
            yield from parts(rule)
