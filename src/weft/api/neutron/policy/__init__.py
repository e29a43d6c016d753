"""Who may do what: Neutron's own rules, as oslo.policy reads them, with the operator's in their place.

`rules.py` reads them, `checks.py` says what a rule's words mean, `rights.py` works out what a set of roles may do
once for all its callers, `target.py` is what rules look at, `policy.py` holds the rules in force.
"""

from weft.api.neutron.policy.policy import (
    Policy,
    PolicyNotAuthorized,
    check,
    enforce,
    hidden_attributes,
    rights_of,
    settled,
)
from weft.api.neutron.policy.target import ABSENT, Target

__all__ = [
    "ABSENT",
    "Policy",
    "PolicyNotAuthorized",
    "Target",
    "check",
    "enforce",
    "hidden_attributes",
    "rights_of",
    "settled",
]
