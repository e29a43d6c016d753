"""Why sharing is refused, in Neutron's words (neutron, extensions/rbac.py, db/rbac_db_models.py; neutron-lib)."""

from collections.abc import Sequence

from weft.model import Conflict, Invalid, NotFound


class RbacPolicyNotFound(NotFound):
    """No such entry."""

    code = "rbac_policy_not_found"

    def __init__(self, id: str) -> None:
        super().__init__(f"RBAC policy of type unknown with ID {id} not found")


class RbacPolicyInUse(Conflict):
    """Somebody uses the object on the strength of this entry."""

    code = "rbac_policy_in_use"

    def __init__(self, object_id: str, details: str) -> None:
        super().__init__(
            f"RBAC policy on object {object_id} cannot be removed because other objects depend on it.\n"
            f"Details: {details}"
        )


class DuplicateRbacPolicy(Conflict):
    """The entry is there already."""

    code = "duplicate_rbac_policy"

    def __init__(self) -> None:
        super().__init__("An RBAC policy already exists with those values.")


class InvalidActionForType(Invalid):
    """Objects of this type cannot be shared in this way."""

    code = "invalid_action_for_type"

    def __init__(self, action: str, object_type: str, valid: Sequence[str]) -> None:
        super().__init__(f"Invalid action '{action}' for object type '{object_type}'. Valid actions: {tuple(valid)!r}")
