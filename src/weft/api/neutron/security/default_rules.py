"""`/v2.0/default-security-group-rules`, described."""

from weft.api.neutron.resource import Resource
from weft.commands.security.default_rules import CreateDefaultRule, create_default_rules, delete_default_rule
from weft.commands.security.errors import DefaultSecurityGroupRuleNotFound
from weft.wire.neutron.security.default_rule import DEFAULT_SECURITY_GROUP_RULE

DEFAULT_RULES = Resource(
    name="default_security_group_rule",
    collection="default_security_group_rules",
    path="default-security-group-rules",
    verbs=frozenset({"list", "show", "create", "delete"}),
    attributes=DEFAULT_SECURITY_GROUP_RULE,
    create_request=CreateDefaultRule,
    create=create_default_rules,
    delete=delete_default_rule,
    not_found=DefaultSecurityGroupRuleNotFound,
)
