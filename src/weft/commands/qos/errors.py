"""Why QoS commands refuse, in Neutron's words. Source: neutron-lib, exceptions/qos.py."""

from weft.model import Conflict, Denied, NotFound


class QosPolicyNotFound(NotFound):
    """No such policy."""

    code = "qos_policy_not_found"

    def __init__(self, policy_id: str) -> None:
        super().__init__(f"QoS policy {policy_id} could not be found.")


class PolicyRemoveAuthorizationError(Denied):
    """Somebody else's policy is taken off by those only who may use it."""

    code = "policy_remove_authorization_error"

    def __init__(self, policy_id: str) -> None:
        super().__init__(f"Failed to remove provided policy {policy_id} because you are not authorized.")


class QosRuleNotFound(NotFound):
    """The policy has no such rule."""

    code = "qos_rule_not_found"

    def __init__(self, rule_id: str, policy_id: str = "") -> None:
        super().__init__(f"QoS rule {rule_id} for policy {policy_id} could not be found.")


class QosRuleTypeNotFound(NotFound):
    """There is no such type of rule."""

    code = "qos_rule_type_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"QoS rule type {name} could not be found.")


class QoSPolicyDefaultAlreadyExists(Conflict):
    """A project has one default policy."""

    code = "qos_policy_default_already_exists"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"A default QoS policy exists for project {project_id}.")


class QosPolicyInUse(Conflict):
    """Something is held to the policy."""

    code = "qos_policy_in_use"

    def __init__(self, policy_id: str, object_type: str, object_id: str) -> None:
        super().__init__(f"QoS Policy {policy_id} is used by {object_type} {object_id}.")


class QoSRuleParameterConflict(Conflict):
    """The rule contradicts another one of the policy."""

    code = "qos_rule_parameter_conflict"

    def __init__(self, value: object, policy_id: str, other_type: str, other_value: object) -> None:
        super().__init__(
            f"Unable to add the rule with value {value} to the policy {policy_id} as the existing rule of type "
            f"{other_type} has value {other_value}."
        )


class QoSRulesConflict(Conflict):
    """The policy has such a rule already."""

    code = "qos_rules_conflict"

    def __init__(self, type_name: str, rule_id: str, policy_id: str) -> None:
        super().__init__(
            f"Rule {type_name} conflicts with rule {rule_id} which already exists in QoS Policy {policy_id}."
        )
